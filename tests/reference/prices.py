"""Prices of a year: session tariffs by mode, the intake tariff and bundle prices per insurer."""

from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.default import planned_sessions
from agents.insurer import negotiated_price, next_price_factor, relative_result
from model import expectations
from model.codes import (
    DIGITAL,
    GROUP,
    HOME,
    INDIVIDUAL,
    INSURERS,
    MODES,
    PHASES,
    POLICY_CONTRACT,
    REGULAR_CONTRACT,
    WEIGHT_CLASSES,
)
from model.contracts.contract import Contract
from model.contracts.mixed_fee import MixedFee
from model.contracts.prices import Prices, cents
from model.contracts.quarter_bundle import QuarterBundle

from .providers import Claims, Kind, ReferenceInsurer

if TYPE_CHECKING:
    from .model import ReferenceModel

#: Every kind of quarter, weight class by weight class.
KINDS: list[Kind] = [
    (kind, phase) for kind in range(len(WEIGHT_CLASSES)) for phase in range(len(PHASES))
]


def set_prices(model: "ReferenceModel") -> None:
    """Set the tariffs of the year, and the bundle prices once the contract is in force."""
    tariff = session_tariff(model, model.month)
    nothing = {(insurer, *kind): 0 for insurer in range(len(INSURERS)) for kind in KINDS}
    model.prices = [price_list(model, tariff, nothing) for _ in model.contracts]
    if model.policy.offers_contract and model.month >= model.policy_month:
        contract = model.contracts[POLICY_CONTRACT]
        if contract.bundle is not None:
            answer_to_switching(model, contract)
            set_bundle_prices(model, contract, tariff)


def answer_to_switching(model: "ReferenceModel", contract: Contract) -> None:
    """Let each insurer that competes on price trim or raise it after what last year brought."""
    if model.month == model.policy_month or contract.bundle.prices is not None:
        return
    if not (model.policy.by_choice or contract.terms.single):
        return
    p = model.p
    for insurer, year in zip(model.insurers, model.insurer_years, strict=True):
        before = insurer.price_factor
        own = relative_result(
            year.result,
            year.patients,
            sum(one.result for one in model.insurer_years),
            sum(one.patients for one in model.insurer_years),
        )
        insurer.price_factor = next_price_factor(
            before, own, insurer.won, p.insurer_price_step, p.insurer_price_band
        )
        model.happened["price trimmed"] += insurer.price_factor < before
        model.happened["price raised"] += insurer.price_factor > before


def session_tariff(model: "ReferenceModel", month: int) -> float:
    """Return the tariff of an individual session in the year of a month, EUR."""
    p = model.p
    years = max(0, (month - model.policy_month) // 12)
    return p.session_tariff_contracted * (1.0 + p.session_tariff_real_growth) ** years


def price_list(
    model: "ReferenceModel", tariff: float, of_quarter: dict[tuple[int, int, int], int]
) -> Prices:
    """Return a contract's prices; bundle prices (cents) by insurer, weight class and phase."""
    p = model.p
    of_mode = {
        INDIVIDUAL: tariff,
        GROUP: tariff * p.group_tariff_ratio_contracted,
        DIGITAL: tariff * p.remote_session_tariff_ratio,
        HOME: tariff + p.home_session_surcharge,
    }
    quarter = np.zeros((len(INSURERS), len(WEIGHT_CLASSES), len(PHASES)), dtype=np.int64)
    for place, price in of_quarter.items():
        quarter[place] = price
    return Prices(
        session=np.array([cents(of_mode[mode]) for mode in range(len(MODES))]),
        intake=cents(tariff * p.intake_to_session_tariff_ratio),
        quarter=quarter,
    )


def set_bundle_prices(model: "ReferenceModel", contract: Contract, tariff: float) -> None:
    """Set the bundle prices, so that the clauses beside the bundle cost nothing.

    What those are expected to pay is reckoned once, in the first year.
    """
    bundle = contract.bundle
    first_time = model.month == model.policy_month
    model.bundle_prices = group_prices(model, contract, tariff)
    model.prices[POLICY_CONTRACT] = with_bundle(model, contract, tariff)
    if first_time and bundle.prices is None:
        model.beside = side_payments(model, contract)
        model.happened["side payments"] += model.beside != 0.0
        model.bundle_prices = [
            [max(0.0, price - model.beside) for price in prices] for prices in model.bundle_prices
        ]
        model.prices[POLICY_CONTRACT] = with_bundle(model, contract, tariff)


def group_prices(model: "ReferenceModel", contract: Contract, tariff: float) -> list[list[float]]:
    """Return each insurer's price of each price group, EUR: as agreed, or from last year's claims.

    The largest insurer that offers the contract sets it for all, from one shared claims register;
    or each insurer by itself, from its own claims.
    """
    bundle = contract.bundle
    if bundle.prices is not None:
        return [list(bundle.prices) for _ in model.insurers]
    groups = price_groups(bundle)
    offering = [insurer for insurer in model.insurers if insurer.offers]
    if not offering:
        return [[0.0] * len(groups) for _ in model.insurers]
    first_time = model.month == model.policy_month
    claims = model.claims[REGULAR_CONTRACT if first_time else POLICY_CONTRACT]
    fee = contract.find(MixedFee)
    left = 1.0 if fee is None else 1.0 - fee.share
    new = []
    for insurer in model.insurers:
        if contract.terms.single:
            setting, known = insurer, known_by(model, insurer, claims, groups)
        else:
            setting, known = offering[0], everybodys(claims)
        old = [None] * len(groups) if first_time else model.bundle_prices[insurer.number]
        new.append(
            [
                setting.price_of_quarter(kinds, known, before, tariff, left)
                for kinds, before in zip(groups, old, strict=True)
            ]
        )
    model.happened["repriced"] += not first_time and new != old
    return new


def everybodys(claims: list[Claims]) -> Claims:
    """Return the claims of all insurers together."""
    together = Claims()
    for one in claims:
        together.add(one, KINDS)
    return together


def known_by(
    model: "ReferenceModel",
    insurer: ReferenceInsurer,
    claims: list[Claims],
    groups: list[list[Kind]],
) -> Claims:
    """Return the claims that an insurer prices by itself from.

    Its own, and those of all insurers for price groups in which it had few quarters.
    """
    own, pooled, known = claims[insurer.number], everybodys(claims), Claims()
    for kinds in groups:
        enough = sum(own.quarters[k] for k in kinds) >= model.p.purchasing_quarters_least
        known.add(own if enough else pooled, kinds)
        model.happened["priced from own claims" if enough else "priced from pooled claims"] += 1
    return known


def price_groups(bundle: QuarterBundle) -> list[list[Kind]]:
    """Return which kinds of quarter share a price, group by group."""
    group_of = bundle.groups()
    return [
        [kind for kind in KINDS if group_of[kind] == group]
        for group in range(len(bundle.group_names()))
    ]


def with_bundle(model: "ReferenceModel", contract: Contract, tariff: float) -> Prices:
    """Return the contract's prices with the bundle prices at each insurer."""
    of_quarter = {}
    for insurer in model.insurers:
        own = model.bundle_prices[insurer.number]
        for kinds, price in zip(price_groups(contract.bundle), own, strict=True):
            price = price * model.price_factor
            for kind in kinds:
                model.price_limits[insurer.number, *kind] = cents(price * insurer.price_factor)
            if contract.terms.negotiated:
                price = negotiated(model, insurer, price, tariff)
            for kind in kinds:
                of_quarter[insurer.number, *kind] = cents(price * insurer.price_factor)
    return price_list(model, tariff, of_quarter)


def room_to_negotiate(
    model: "ReferenceModel", insurer: int, weight_class: int, phase: int
) -> float:
    """Return how far an insurer's limit lies above its offer, EUR for one kind of quarter."""
    if not model.contracts[POLICY_CONTRACT].terms.negotiated:
        return 0.0
    limit = model.price_limits[insurer, weight_class, phase]
    offer = int(model.prices[POLICY_CONTRACT].quarter[insurer, weight_class, phase])
    return max(0, limit - offer) / 100.0


def negotiated(
    model: "ReferenceModel", insurer: ReferenceInsurer, most: float, tariff: float
) -> float:
    """Return what an insurer and the practices agree on for a quarter, EUR.

    Practices reckon with what a typical therapist gives if a session more brings nothing.
    """
    p = model.p
    a_year = planned_sessions(
        4.0 * (most / tariff),
        p.altruism_rho_median,
        p.norm_median,
        0.0,
        p.variable_cost_per_session,
        p.benefit_curvature_k,
        0.0,
        0.0,
        0.0,
        p.sessions_most_per_year,
    )
    power = bargaining_power(model, insurer)
    model.happened["negotiated"] += 1
    return negotiated_price(most, a_year / 4.0, tariff, p.variable_cost_per_session, power)


def bargaining_power(model: "ReferenceModel", insurer: ReferenceInsurer) -> float:
    """Return an insurer's power in bargaining, 0 to 1, from its market share."""
    return insurer.share_of_insured**model.p.negotiation_power_of_share


def side_payments(model: "ReferenceModel", contract: Contract) -> float:
    """Return what the other clauses are expected to pay per quarter at these prices, EUR."""
    books = model.books
    norms, care = books.norms(), books.care_norm()
    answer = expectations.response(
        model.p, norms, books.usual_by_phase(), np.array(books.class_mix)
    )
    known = expectations.outlook(
        contract, model.prices[POLICY_CONTRACT], norms, care, answer, model.p
    )
    return expectations.side_payments(contract, known, answer)

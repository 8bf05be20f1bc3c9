"""January: contracts are offered and signed, prices set, deductibles opened."""

import math
from typing import TYPE_CHECKING

import numpy as np

from model.codes import CLASS_A, CLASS_B1, INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.clause import Activity
from model.contracts.contract import Contract
from model.contracts.prices import Prices, cents
from model.entitlement import Entitlement
from model.randomness import ONCE

from .providers import Claims

if TYPE_CHECKING:
    from .model import ReferenceModel

KINDS = (0, 1, 2, 3)  # three weight classes, maintenance
MAINTENANCE = 3


def open_year(model: "ReferenceModel") -> None:
    """Start a calendar year; in the first policy year the policy comes into force."""
    if model.month == model.policy_month:
        model.p = model.p.replace(model.policy.levers)
        model.entitlement = model.policy.entitlement
        if model.policy.offers_contract:
            offer_and_sign(model)
    set_prices(model)
    bring_forward(model)
    for patient in model.patients:
        used_elsewhere = patient.luck("deductible used elsewhere")
        exhausted = used_elsewhere < model.p.deductible_exhausted_anyway_share
        patient.deductible_left = 0 if exhausted else cents(model.p.compulsory_deductible)
    model.claims = [Claims(), Claims()]


def bring_forward(model: "ReferenceModel") -> None:
    """Count what was paid last year for months of this year; no money changes hands now."""
    for patient in model.patients:
        patient.tally.paramedical += patient.deferred
        patient.tally.total_care += patient.deferred
        patient.tally.revenue += patient.deferred
        patient.deferred = 0
    for practice in model.practices:
        practice.tally.revenue += practice.deferred
        practice.deferred = 0


def offer_and_sign(model: "ReferenceModel") -> None:
    """Some insurers offer the scenario's contract, some practices take it."""
    policy = model.policy
    offer(model)
    for practice in model.practices:
        if policy.only_practices is not None:
            takes_it = practice.number in policy.only_practices
        else:
            lot = model.luck("take contract", practice.number, ONCE)
            takes_it = lot < policy.practices_share
        for insurer in model.insurers:
            if takes_it and insurer.offers:
                practice.contract_with[insurer.number] = POLICY_CONTRACT
                model.happened["contract signed"] += 1


def offer(model: "ReferenceModel") -> None:
    """Let insurers, in the order of a lottery, offer the contract up to a share of all insured.

    Each takes part if that brings the share of people covered closer to what the policy says.
    """
    wanted = model.policy.insurers_share
    people = {
        one: model.p[f"insurer_share_2022_{name.lower()}"] for one, name in enumerate(INSURERS)
    }
    covered = 0.0
    for insurer in sorted(
        model.insurers, key=lambda one: model.luck("offer contract", one.number, ONCE)
    ):
        share = people[insurer.number] / sum(people.values())
        insurer.offers = abs(covered + share - wanted) < wanted - covered
        if insurer.offers:
            covered += share


def set_prices(model: "ReferenceModel") -> None:
    """Set the tariffs of the year, and the bundle prices once the contract is in force."""
    p = model.p
    years = max(0, (model.month - model.policy_month) // 12)
    tariff = p.session_tariff_contracted * (1.0 + p.session_tariff_real_growth) ** years
    session, intake = cents(tariff), cents(tariff * p.intake_to_session_tariff_ratio)
    model.prices = [Prices(session, intake, np.zeros(4, dtype=np.int64)) for _ in model.contracts]
    if model.policy.offers_contract and model.month >= model.policy_month:
        bundle = model.contracts[POLICY_CONTRACT].bundle
        if bundle is not None:
            per_kind = bundle_prices(model, bundle, tariff)
            model.prices[POLICY_CONTRACT] = Prices(session, intake, np.array(per_kind))


def bundle_prices(model: "ReferenceModel", bundle: BundleQuarter, tariff: float) -> list[int]:
    """Return the price of each kind of quarter in cents; remember the prices per group in EUR."""
    groups = price_groups(bundle)
    if bundle.prices is not None:
        model.bundle_prices = list(bundle.prices)
    else:
        first_time = model.month == model.policy_month
        claims = model.claims[REGULAR_CONTRACT if first_time else POLICY_CONTRACT]
        old = [None] * len(groups) if first_time else model.bundle_prices
        offering = [insurer for insurer in model.insurers if insurer.offers]
        if offering:
            model.bundle_prices = [
                offering[0].price_of_quarter(kinds, claims, old_price, tariff)
                for kinds, old_price in zip(groups, old, strict=True)
            ]
        else:
            model.bundle_prices = [0.0] * len(groups)
        if not first_time and any(
            new != before for new, before in zip(model.bundle_prices, old, strict=True)
        ):
            model.happened["repriced"] += 1
    price_of_kind = {
        kind: cents(price)
        for kinds, price in zip(groups, model.bundle_prices, strict=True)
        for kind in kinds
    }
    return [price_of_kind[kind] for kind in KINDS]


def price_groups(bundle: BundleQuarter) -> list[list[int]]:
    """Return which kinds of quarter share a price."""
    groups = [[0, 1, 2]] if bundle.weight_classes == 1 else [[0], [1], [2]]
    if bundle.maintenance_class:
        return [*groups, [MAINTENANCE]]
    return [list(KINDS)]  # one price for everything


def pays(contract: Contract, prices: Prices, **activity: int) -> dict[str, int]:
    """Return what each clause pays for one patient-month, cents."""
    return {
        clause.name: int(clause.pay(Activity.of_one(**activity), prices)[0])
        for clause in contract.clauses
    }


def euros_for(model: "ReferenceModel", contract: int, **activity: int) -> float:
    """Return what one more session or quarter is worth under a contract, EUR."""
    terms, prices = model.contracts[contract], model.prices[contract]
    more = sum(pays(terms, prices, **activity).values())
    nothing = sum(pays(terms, prices).values())
    return (more - nothing) / 100


def fee_of_session(model: "ReferenceModel", contract: int) -> float:
    """Return the worth of one more session to the practice, EUR."""
    return euros_for(model, contract, sessions=1)


def price_of_quarter(model: "ReferenceModel", contract: int, kind: int) -> float:
    """Return the worth of opening a quarter of a kind, EUR."""
    if kind == MAINTENANCE:
        return euros_for(model, contract, opened=1, maintenance=1)
    return euros_for(model, contract, opened=1, weight_class=kind)


def most_covered(model: "ReferenceModel", first_year: bool, class_number: int) -> float:
    """Return the covered sessions in twelve months; infinite if the entitlement is open."""
    if model.entitlement is Entitlement.OPEN:
        return math.inf
    year = "first_year" if first_year else "later_years"
    if model.entitlement is Entitlement.MAXIMA_2019:
        classes = {CLASS_A: "a", CLASS_B1: "b"}
        name = "b" if class_number == 2 else classes.get(class_number, "c_d")
        return int(model.p[f"cap_2019_{year}_class_{name}"])
    name = {CLASS_A: "a", CLASS_B1: "b1"}.get(class_number, "b2_c_d")
    return int(model.p[f"cap_2021_{year}_class_{name}"])

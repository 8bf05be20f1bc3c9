"""January: prices of the year, and what each contract then rewards at each insurer."""

from typing import TYPE_CHECKING

import numpy as np

from agents.insurer import (
    CENTS,
    expected_bundle_sessions,
    negotiated_price,
    next_price_factor,
    relative_result,
)
from model import expectations
from model.codes import INSURERS, PHASES, POLICY_CONTRACT, REGULAR_CONTRACT, WEIGHT_CLASSES
from model.contracts.contract import Contract
from model.contracts.incentives import incentives
from model.contracts.mixed_fee import MixedFee
from model.contracts.prices import Prices, cents
from model.contracts.quarter_bundle import QuarterBundle
from model.parameters import ParameterSet
from model.population import insurer_shares
from model.rewards import enter, remember

if TYPE_CHECKING:
    from agents.insurer import Insurer
    from model.simulation import World

MONTHS_PER_YEAR = 12


def session_tariff(p: ParameterSet, years_into_policy: int) -> float:
    """Return the session tariff in a year, EUR at the prices of 2025."""
    return p.session_tariff_contracted * (1.0 + p.session_tariff_real_growth) ** max(
        0, years_into_policy
    )


def year_tariff(world: "World") -> float:
    """Return the session tariff of this year, EUR."""
    return session_tariff(world.p, (world.month - world.policy_month) // MONTHS_PER_YEAR)


def mode_tariffs(p: ParameterSet, tariff: float) -> np.ndarray:
    """Return the tariff of a session by mode, EUR, shape (4,)."""
    return np.array(
        [
            tariff,
            tariff * p.group_tariff_ratio_contracted,
            tariff * p.remote_session_tariff_ratio,
            tariff + p.home_session_surcharge,
        ]
    )


def set_prices(world: "World") -> None:
    """Set the tariffs and bundle prices of the year."""
    p = world.p
    tariff = year_tariff(world)
    by_mode = np.array([cents(x) for x in mode_tariffs(p, tariff)])
    intake = cents(tariff * p.intake_to_session_tariff_ratio)
    none = np.zeros((len(INSURERS), len(WEIGHT_CLASSES), len(PHASES)), dtype=np.int64)
    world.prices = [Prices(by_mode, intake, none) for _ in world.contracts]
    if world.month >= world.policy_month and world.policy.offers_contract:
        contract = world.contracts[POLICY_CONTRACT]
        if contract.bundle is not None:
            _answer_to_switching(world, contract)
            world.bundle_prices = _bundle_prices(world, contract, tariff)
            world.prices[POLICY_CONTRACT] = _with_bundle(world, contract, tariff)
            if contract.bundle.prices is None and world.month == world.contract_month:
                world.side_payment = _side_payments(world, contract)
                world.bundle_prices = np.maximum(0.0, world.bundle_prices - world.side_payment)
                world.prices[POLICY_CONTRACT] = _with_bundle(world, contract, tariff)


def _answer_to_switching(world: "World", contract: Contract) -> None:
    """Let insurers that compete on price answer to the COPD patients they won or lost last year.

    Only where the price is theirs: set by each for itself, or offered to practices that choose.
    """
    assert contract.bundle is not None
    compete = world.policy.by_choice or contract.terms.single
    if not compete or contract.bundle.prices is not None or world.month == world.contract_month:
        return
    p, year = world.p, world.insurer_years[-1]
    results, patients = year["result"].tolist(), year["patients"].tolist()
    for insurer in range(len(INSURERS)):
        own = relative_result(results[insurer], patients[insurer], sum(results), sum(patients))
        world.offer_factor[insurer] = next_price_factor(
            world.offer_factor[insurer], own, int(world.won[insurer]), p.insurer_price_step,
            p.insurer_price_band,
        )  # fmt: skip


def _with_bundle(world: "World", contract: Contract, tariff: float) -> Prices:
    """Return the contract's prices with the year's bundle prices at each insurer."""
    known = world.prices[POLICY_CONTRACT]
    negotiated = bool(contract.terms.negotiated)
    per_insurer = [
        _at_insurer(world, contract, number, tariff, negotiated) for number in range(len(INSURERS))
    ]
    return Prices(known.session, known.intake, np.stack(per_insurer))


def _side_payments(world: "World", contract: Contract) -> float:
    """Return what the other clauses are expected to pay per quarter at these prices, EUR."""
    p, books = world.p, world.books
    norms = books.norms()
    answer = expectations.response(p, norms, books.usual_sessions, books.class_mix)
    known = expectations.outlook(
        contract, world.prices[POLICY_CONTRACT], norms, books.care_norm(), answer, p
    )
    return expectations.side_payments(contract, known, answer)


def _bundle_prices(world: "World", contract: Contract, tariff: float) -> np.ndarray:
    """Return the year's bundle prices before negotiation, EUR, shape (10 insurers, groups).

    Bought jointly, the largest insurer that offers the contract sets one price for all (insurers
    that compete for practices may then trim or raise it: ``_answer_to_switching``).
    """
    clause = contract.bundle
    assert clause is not None
    count = len(clause.group_names())
    if clause.prices is not None:
        return np.tile(np.asarray(clause.prices, dtype=float), (len(INSURERS), 1))
    largest = min((i for i in world.insurers if i.offers), key=lambda i: i.number, default=None)
    if largest is None:
        return np.zeros((len(INSURERS), count))
    first = world.month == world.contract_month
    # In its first year a contract is priced on what was claimed under any other.
    of_insurer = [
        _by_group(clause, values.sum(axis=0) if first else values[POLICY_CONTRACT])
        for values in (world.claims.value, world.claims.quarters)
    ]
    everybody = [amounts.sum(axis=0) for amounts in of_insurer]

    def price(insurer: "Insurer", sessions: np.ndarray, quarters: np.ndarray) -> np.ndarray:
        # Beside a fee per session the bundle pays only for what the fee leaves.
        mixed = contract.find(MixedFee)
        left = 1.0 - (mixed.share if mixed is not None else 0.0)
        return insurer.set_quarter_prices(
            None if first else world.bundle_prices[insurer.number],
            sessions,
            quarters,
            tariff,
            world.p.bundle_price_factor * left,
            world.p.price_ratchet,
            world.p.bundle_price_quarter_average_patient,
            0.0 if first else world.side_payment,
        )

    if not contract.terms.single:
        return np.tile(price(largest, *everybody), (len(INSURERS), 1))
    own_sessions, own_quarters = of_insurer
    enough = own_quarters >= world.p.purchasing_quarters_least
    sessions, quarters = (
        np.where(enough, own, pooled)
        for own, pooled in zip((own_sessions, own_quarters), everybody, strict=True)
    )
    return np.stack([price(i, sessions[i.number], quarters[i.number]) for i in world.insurers])


def _by_group(clause: QuarterBundle, values: np.ndarray) -> np.ndarray:
    """Return sums per insurer and price group of values per insurer, class and phase."""
    groups = clause.groups().ravel()
    count = len(clause.group_names())
    return np.stack([np.bincount(groups, of_one.ravel(), minlength=count) for of_one in values])


def room_to_negotiate(world: "World") -> np.ndarray:
    """Return how far each insurer's limit lies above its offer, EUR per quarter, (10, 3, 3).

    An insurer pays at most what the fee per session would cost. Without negotiation there is no
    room.
    """
    offered, contract = world.prices[POLICY_CONTRACT].quarter, world.contracts[POLICY_CONTRACT]
    if not contract.terms.negotiated:
        return np.zeros(offered.shape)
    tariff = year_tariff(world)
    limit = [_at_insurer(world, contract, number, tariff, False) for number in range(len(INSURERS))]
    out: np.ndarray = np.maximum(0, np.stack(limit) - offered) / CENTS
    return out


def bargaining_power(world: "World") -> np.ndarray:
    """Return each insurer's bargaining power, 0 to 1, from its market share, (10,)."""
    return insurer_shares(world.p) ** world.p.negotiation_power_of_share


def _at_insurer(
    world: "World", contract: Contract, insurer: int, tariff: float, negotiated: bool
) -> np.ndarray:
    """Return one insurer's price per weight class and phase, cents: negotiated, or its limit."""
    assert contract.bundle is not None
    prices = world.bundle_prices[insurer] * world.regulator.price_factor
    if negotiated:
        power = float(bargaining_power(world)[insurer])
        prices = [
            negotiated_price(price, expected_bundle_sessions(price / tariff, world.p), tariff,
                             world.p.variable_cost_per_session, power)
            for price in prices
        ]  # fmt: skip
    own = [cents(price * world.offer_factor[insurer]) for price in prices]
    out: np.ndarray = np.array(own)[contract.bundle.groups()]
    return out


def read_rewards(world: "World") -> None:
    """Ask each contract what it rewards this year, at each insurer."""
    p, books = world.p, world.books
    norms, care = books.norms(), books.care_norm()
    answer = expectations.response(p, norms, books.usual_sessions, books.class_mix)
    regular_margin = 0.0
    for number, contract in enumerate(world.contracts):
        prices = world.prices[number]
        known = expectations.outlook(
            contract, prices, norms, care, answer, p, books.overrun_rate,
            books.revenue_before(), regular_margin,
        )  # fmt: skip
        regular_margin = known.margin if number == REGULAR_CONTRACT else regular_margin
        world.outlooks[number] = known
        differ = bool((prices.quarter != prices.quarter[0]).any())
        world.incentives[number] = [
            incentives(contract, insurer, known, answer, p.crowding_chi_m)
            for insurer in (range(len(INSURERS)) if differ else range(1))
        ]
        for insurer in range(len(INSURERS)):
            of_insurer = world.incentives[number][min(insurer, len(world.incentives[number]) - 1)]
            enter(world.rewards, number, insurer, of_insurer)
    if world.month == 0 or not world.policy_holds:
        remember(world.rewards)

"""Phase (January): a new year of contracts, prices and deductibles."""

import numpy as np

from agents.drives import drives
from agents.insurer import expected_bundle_sessions, negotiated_price
from model import expectations
from model.codes import INSURERS, PHASES, POLICY_CONTRACT, REGULAR_CONTRACT, TREATED, WEIGHT_CLASSES
from model.contracts.contract import Contract
from model.contracts.incentives import incentives
from model.contracts.mixed_fee import MixedFee
from model.contracts.prices import Prices, cents
from model.contracts.quarter_bundle import QuarterBundle
from model.entitlement import maxima, self_paid_sessions
from model.month.settlement import bring_forward
from model.parameters import ParameterSet
from model.population import insurer_shares
from model.randomness import ONCE, draw, draws, stream
from model.rewards import enter


def open_year(world) -> None:
    """Run the phase on a world."""
    if world.month == world.policy_month:
        world.enter_policy()
        _offer_and_sign(world)
    _end_lost_contracts(world)
    world.books.note_usual(world.claims.sessions.sum(axis=0), world.claims.quarters.sum(axis=0))
    world.drives = drives(world.practices, world.conduct, world.p)
    _set_prices(world)
    _read_rewards(world)
    _renew_deductibles(world)
    world.books.open_year()
    bring_forward(world)
    world.claims.clear()


def _offer_and_sign(world) -> None:
    """Insurers offer the scenario's contract, practices take it or not."""
    policy = world.policy
    world.maxima = maxima(policy.entitlement, world.p)
    world.self_paid = self_paid_sessions(policy.entitlement, world.p)
    _count_as_past_the_list(world)
    if not policy.offers_contract:
        return
    offer, take = (stream(world.seed, name, ONCE) for name in ("offer contract", "take contract"))
    _offer(world, policy.insurers_share, offer)
    network_only = world.contracts[POLICY_CONTRACT].terms.network_only
    for practice in world.practice_agents:
        if policy.only_practices is not None:
            practice.willing = practice.number in policy.only_practices
        else:
            practice.consider_contract(policy.practices_share, draw(take, practice.number))
        if network_only and not world.practices.in_network[practice.number]:
            practice.willing = False
        for insurer in world.insurers:
            if practice.willing and insurer.offers:
                practice.sign(insurer.number, POLICY_CONTRACT)


def _count_as_past_the_list(world) -> None:
    """Let who is in treatment when the chronic list starts count as past its first sessions."""
    care = world.care
    treated = care.status == TREATED
    care.lifetime_sessions[treated] = np.maximum(care.lifetime_sessions[treated], world.self_paid)


def _offer(world, share: float, luck: np.uint64) -> None:
    """Let insurers offer the contract, in random order, until they insure a share of people.

    An insurer that would overshoot takes part if that comes closer than staying out.
    """
    shares = insurer_shares(world.p)
    insured = 0.0
    for insurer in sorted(world.insurers, key=lambda one: draw(luck, one.number)):
        own = shares[insurer.number]
        insurer.offers = insured + 0.5 * own < share
        insured += own if insurer.offers else 0.0


def _end_lost_contracts(world) -> None:
    """Take the contract from practices that lost it in December's reckoning."""
    for practice, insurer in np.argwhere(world.books.lost):
        world.practice_agents[practice].sign(int(insurer), REGULAR_CONTRACT)
    world.books.lost[:] = False


def session_tariff(p: ParameterSet, years_into_policy: int) -> float:
    """Return the session tariff in a year, EUR at the prices of 2025."""
    return p.session_tariff_contracted * (1.0 + p.session_tariff_real_growth) ** max(
        0, years_into_policy
    )


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


def _set_prices(world) -> None:
    """Set the tariffs and bundle prices of the year."""
    p = world.p
    tariff = session_tariff(p, (world.month - world.policy_month) // 12)
    by_mode = np.array([cents(x) for x in mode_tariffs(p, tariff)])
    intake = cents(tariff * p.intake_to_session_tariff_ratio)
    none = np.zeros((len(INSURERS), len(WEIGHT_CLASSES), len(PHASES)), dtype=np.int64)
    world.prices = [Prices(by_mode, intake, none) for _ in world.contracts]
    if world.month >= world.policy_month and world.policy.offers_contract:
        contract = world.contracts[POLICY_CONTRACT]
        if contract.bundle is not None:
            world.bundle_prices = _bundle_prices(world, contract.bundle, tariff)
            world.prices[POLICY_CONTRACT] = _with_bundle(world, contract, tariff)
            if contract.bundle.prices is None and world.month == world.policy_month:
                world.side_payment = _side_payments(world, contract)
                world.bundle_prices = np.maximum(0.0, world.bundle_prices - world.side_payment)
                world.prices[POLICY_CONTRACT] = _with_bundle(world, contract, tariff)


def _with_bundle(world, contract: Contract, tariff: float) -> Prices:
    """Return the contract's prices with the year's bundle prices at each insurer."""
    known = world.prices[POLICY_CONTRACT]
    per_insurer = [_at_insurer(world, contract, number, tariff) for number in range(len(INSURERS))]
    return Prices(known.session, known.intake, np.stack(per_insurer))


def _side_payments(world, contract: Contract) -> float:
    """Return what the other clauses are expected to pay per quarter at these prices, EUR."""
    p, books = world.p, world.books
    norms = books.norms()
    answer = expectations.response(p, norms, books.usual_sessions, books.class_mix)
    known = expectations.outlook(
        contract, world.prices[POLICY_CONTRACT], norms, books.care_norm(), answer, p
    )
    return expectations.side_payments(contract, known, answer)


def _bundle_prices(world, clause: QuarterBundle, tariff: float) -> np.ndarray:
    """Return the year's bundle prices per price group, EUR."""
    if clause.prices is not None:
        return np.asarray(clause.prices, dtype=float)
    first = world.month == world.policy_month
    source = REGULAR_CONTRACT if first else POLICY_CONTRACT
    groups = clause.groups().ravel()
    count = int(groups.max()) + 1
    sessions = np.bincount(groups, world.claims.value[source].ravel(), minlength=count)
    quarters = np.bincount(groups, world.claims.quarters[source].ravel(), minlength=count)
    largest = min((i for i in world.insurers if i.offers), key=lambda i: i.number, default=None)
    if largest is None:
        return np.zeros(count)
    # Beside a fee per session the bundle pays only for what the fee leaves.
    mixed = world.contracts[POLICY_CONTRACT].find(MixedFee)
    left = 1.0 - (mixed.share if mixed is not None else 0.0)
    return largest.set_quarter_prices(
        None if first else world.bundle_prices,
        sessions,
        quarters,
        tariff,
        world.p.bundle_price_factor * left,
        world.p.price_ratchet,
        world.p.bundle_price_quarter_average_patient,
        0.0 if first else world.side_payment,
    )


def _at_insurer(world, contract, insurer: int, tariff: float) -> np.ndarray:
    """Return one insurer's price per weight class and phase, cents: negotiated if agreed so."""
    prices = world.bundle_prices
    if contract.terms.negotiated:
        power = float(insurer_shares(world.p)[insurer]) ** world.p.negotiation_power_of_share
        prices = [
            negotiated_price(price, expected_bundle_sessions(price / tariff, world.p), tariff,
                             world.p.variable_cost_per_session, power)
            for price in prices
        ]  # fmt: skip
    return np.array([cents(x) for x in prices])[contract.bundle.groups()]


def _read_rewards(world) -> None:
    """Ask each contract what it rewards this year, at each insurer."""
    p, books = world.p, world.books
    norms, care = books.norms(), books.care_norm()
    answer = expectations.response(p, norms, books.usual_sessions, books.class_mix)
    regular_margin = 0.0
    for number, contract in enumerate(world.contracts):
        known = expectations.outlook(
            contract, world.prices[number], norms, care, answer, p, books.overrun_rate,
            books.revenue_before(), regular_margin,
        )  # fmt: skip
        regular_margin = known.margin if number == REGULAR_CONTRACT else regular_margin
        world.outlooks[number] = known
        world.incentives[number] = [
            incentives(contract, insurer, known, answer, p.crowding_chi_m)
            for insurer in (range(len(INSURERS)) if contract.terms.negotiated else range(1))
        ]
        for insurer in range(len(INSURERS)):
            of_insurer = world.incentives[number][min(insurer, len(world.incentives[number]) - 1)]
            enter(world.rewards, number, insurer, of_insurer)


def _renew_deductibles(world) -> None:
    """Open the deductible for those whose other care does not use it up anyway."""
    p = world.p
    luck = draws(
        stream(world.seed, "deductible used elsewhere", world.month), world.person.female.size
    )
    world.care.deductible_left[:] = np.where(
        luck < p.deductible_exhausted_anyway_share, 0, world.person.deductible
    )

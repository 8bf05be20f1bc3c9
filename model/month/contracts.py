"""Phase (January): a new year of contracts, prices and deductibles."""

import numpy as np

from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.prices import QUARTER_KINDS, Prices, cents
from model.entitlement import maxima
from model.month.settlement import bring_forward
from model.parameters import ParameterSet
from model.population import insurer_shares
from model.randomness import ONCE, draw, draws, stream


def open_year(world) -> None:
    """Run the phase on a world."""
    if world.month == world.policy_month:
        world.enter_policy()
        _offer_and_sign(world)
    _set_prices(world)
    bring_forward(world)
    _renew_deductibles(world)
    for claims in (world.claims.sessions, world.claims.quarters):
        claims[:] = 0


def _offer_and_sign(world) -> None:
    """Insurers offer the scenario's contract, practices take it or not."""
    policy = world.policy
    world.maxima = maxima(policy.entitlement, world.p)
    if not policy.offers_contract:
        return
    offer, take = (stream(world.seed, name, ONCE) for name in ("offer contract", "take contract"))
    _offer(world, policy.insurers_share, offer)
    for practice in world.practice_agents:
        if policy.only_practices is not None:
            practice.willing = practice.number in policy.only_practices
        else:
            practice.consider_contract(policy.practices_share, draw(take, practice.number))
        for insurer in world.insurers:
            if practice.willing and insurer.offers:
                practice.sign(insurer.number, POLICY_CONTRACT)


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


def session_tariff(p: ParameterSet, years_into_policy: int) -> float:
    """Return the session tariff in a year, EUR at the prices of 2025."""
    return p.session_tariff_contracted * (1.0 + p.session_tariff_real_growth) ** max(
        0, years_into_policy
    )


def _set_prices(world) -> None:
    """Set tariffs and bundle prices of the year, and read off what each contract rewards."""
    p = world.p
    tariff = session_tariff(p, (world.month - world.policy_month) // 12)
    intake = tariff * p.intake_to_session_tariff_ratio
    none = np.zeros(len(QUARTER_KINDS), dtype=np.int64)
    world.prices = [Prices(cents(tariff), cents(intake), none) for _ in world.contracts]
    if world.month >= world.policy_month and world.policy.offers_contract:
        clause = world.contracts[POLICY_CONTRACT].bundle
        if clause is not None:
            euros = _bundle_prices(world, clause, tariff)
            world.bundle_prices = euros
            per_kind = np.array([cents(x) for x in euros])[clause.group_of_kind()]
            world.prices[POLICY_CONTRACT] = Prices(cents(tariff), cents(intake), per_kind)
    for number, contract in enumerate(world.contracts):
        rewards = contract.incentives(world.prices[number])
        world.session_fee[number] = rewards.session
        world.quarter_price[number] = rewards.quarter


def _bundle_prices(world, clause: BundleQuarter, tariff: float) -> np.ndarray:
    """Return the year's bundle prices per price group, EUR."""
    if clause.prices is not None:
        return np.asarray(clause.prices, dtype=float)
    first = world.month == world.policy_month
    source = REGULAR_CONTRACT if first else POLICY_CONTRACT
    groups = clause.group_of_kind()
    count = int(groups.max()) + 1
    sessions = np.bincount(groups, weights=world.claims.sessions[source], minlength=count)
    quarters = np.bincount(groups, weights=world.claims.quarters[source], minlength=count)
    largest = min((i for i in world.insurers if i.offers), key=lambda i: i.number, default=None)
    if largest is None:
        return np.zeros(count)
    return largest.set_quarter_prices(
        None if first else world.bundle_prices,
        sessions,
        quarters,
        tariff,
        world.p.bundle_price_factor,
        world.p.price_ratchet,
        world.p.bundle_price_quarter_average_patient,
    )


def _renew_deductibles(world) -> None:
    """Open the compulsory deductible for those whose other care does not use it up anyway."""
    p = world.p
    luck = draws(
        stream(world.seed, "deductible used elsewhere", world.month), world.person.female.size
    )
    world.care.deductible_left[:] = np.where(
        luck < p.deductible_exhausted_anyway_share, 0, cents(p.compulsory_deductible)
    )

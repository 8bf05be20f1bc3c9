"""Phase (January): a new year of contracts, prices and deductibles."""

from typing import TYPE_CHECKING

import numpy as np

from agents.drives import drives
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.entitlement import maxima, self_paid_sessions
from model.month.audit_rate import learn_from_audits, set_audit_rate
from model.month.choice import reputations
from model.month.gaps import note_what_is_lacking
from model.month.joining import choose_contracts, draw_lots, on_offer, sign_by_lot
from model.month.prices import MONTHS_PER_YEAR, read_rewards, set_prices
from model.month.reckoning import note_running_quarters
from model.month.settlement import bring_forward
from model.month.switching import switch_insurers
from model.population import insurer_shares
from model.randomness import ONCE, draw, draws, stream

if TYPE_CHECKING:
    from model.simulation import World


def open_year(world: "World") -> None:
    """Run the phase on a world.

    Prices are set, and rewards read, as if everybody held the contract; then practices decide.
    """
    if world.month == world.contract_month:
        world.enter_policy()
        _open_policy(world)
    offers = world.policy_holds and world.policy.offers_contract
    held = world.contract_of == POLICY_CONTRACT
    _end_lost_contracts(world)
    if offers:
        learn_from_audits(world)
    world.books.note_usual(
        world.claims.sessions.sum(axis=(0, 1)), world.claims.quarters.sum(axis=(0, 1))
    )
    world.drives = drives(world.people, world.conduct, world.practices, world.theories, world.p)
    world.access.open_year()
    set_prices(world)
    read_rewards(world)
    if offers and set_audit_rate(world):
        read_rewards(world)
    if offers:
        allowed = on_offer(world)
        if world.policy.by_choice:
            choose_contracts(world, allowed, held)
        else:
            sign_by_lot(world, allowed)
    note_what_is_lacking(world)
    _renew_deductibles(world)
    world.reputations = reputations(world)
    world.books.open_year()
    note_running_quarters(world)
    bring_forward(world)
    switch_insurers(world)
    world.claims.clear()


def _open_policy(world: "World") -> None:
    """Let the entitlement of the policy hold; insurers offer its contract, practices draw lots."""
    policy = world.policy
    world.maxima = maxima(policy.entitlement, world.p)
    world.self_paid = self_paid_sessions(policy.entitlement, world.p)
    _count_as_past_the_list(world)
    if policy.offers_contract:
        _offer(world, policy.insurers_share, stream(world.seed, "offer contract", ONCE))
        if not policy.by_choice:
            draw_lots(world)


def _count_as_past_the_list(world: "World") -> None:
    """Let who is in treatment when the chronic list starts count as past its first sessions."""
    care = world.care
    treated = care.status == TREATED
    care.lifetime_sessions[treated] = np.maximum(care.lifetime_sessions[treated], world.self_paid)


def _offer(world: "World", share: float, luck: np.uint64) -> None:
    """Let insurers offer the contract, in random order, until they insure a share of people.

    An insurer that would overshoot takes part if that comes closer than staying out.
    """
    shares = insurer_shares(world.p)
    insured = 0.0
    for insurer in sorted(world.insurers, key=lambda one: draw(luck, one.number)):
        own = shares[insurer.number]
        insurer.offers = insured + 0.5 * own < share
        insured += own if insurer.offers else 0.0


def _end_lost_contracts(world: "World") -> None:
    """Take the contract from practices that lost it in December's reckoning, for some years."""
    lost = world.books.lost
    for practice, insurer in np.argwhere(lost):
        world.practice_agents[practice].sign(int(insurer), REGULAR_CONTRACT)
    world.barred_until[lost] = world.month + MONTHS_PER_YEAR * int(world.p.contract_loss_years)
    lost[:] = False


def _renew_deductibles(world: "World") -> None:
    """Open the deductible for those whose other care does not use it up anyway."""
    p = world.p
    luck = draws(
        stream(world.seed, "deductible used elsewhere", world.month), world.person.female.size
    )
    world.care.deductible_left[:] = np.where(
        luck < p.deductible_exhausted_anyway_share, 0, world.person.deductible
    )

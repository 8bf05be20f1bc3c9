"""Acceptance: what taking in a patient is worth to a therapist, and to the patient (4.5)."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.capacity import others_with_room, outside_option, shadow_price
from agents.behaviours.default import profit
from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import acceptance_under, sessions_under, stretches_under
from model.access import Access
from model.codes import GOLD_STAGES, INDIVIDUAL, INTENSIVE, PROFILE_3, REGULAR_CONTRACT
from model.contracts.incentives import stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS, MONTHS_PER_QUARTER, phase_of
from model.month.gaps import gap_in_year
from model.month.modes import choose_mode, usual_mode
from model.rules import phase

if TYPE_CHECKING:
    from agents.drives import Drives
    from model.month import intake, modes
    from model.practices import Practices
    from model.rewards import Rewards
    from model.state import Care, Health, Person

#: What is known of the practices in each region. staff: Of each practice. with_room: The same, 0 if
#: it has no room. room, region_staff: Staff of a region with room, and in all. requests, refused:
#: This year, by region. refused_share: Last year, by region.
Nearby = namedtuple("Nearby", "staff with_room room region_staff requests refused refused_share")


def nearby_of(
    practices: "Practices", load: np.ndarray, capacity: np.ndarray, access: Access
) -> Nearby:
    """Return what is known of the practices in each region, once a month before intake.

    An empty practice always has room.
    """
    with_room = np.where((load < capacity) | (load <= 0.0), practices.staff, 0.0)
    regions = practices.region_start.size - 1
    return Nearby(
        staff=practices.staff,
        with_room=with_room,
        room=np.bincount(practices.region, with_room, regions),
        region_staff=np.bincount(practices.region, practices.staff, regions),
        requests=access.requests,
        refused=access.refused,
        refused_share=access.refused_share,
    )


@phase
def treatment_elsewhere(practice: int, region: int, nearby: Nearby, found: float) -> float:
    """Return the part of full treatment that a patient refused here would get in the region.

    ``found`` is the part found where others have room and refuse nobody.
    """
    others = others_with_room(
        nearby.room[region],
        nearby.region_staff[region],
        nearby.with_room[practice],
        nearby.staff[practice],
    )  # fmt: skip
    return outside_option(found, others, nearby.refused_share[region])


@phase
def warranty_loss(
    month: int,
    warranty_until: int,
    quarter_price: np.ndarray,
    intensive_quarters: int,
    supplement: float,
) -> float:
    """Return what of a first year's bundles cannot be billed under a warranty on relapse, EUR."""
    lost = 0.0
    for quarter in range(FIRST_YEAR_QUARTERS):
        if month + MONTHS_PER_QUARTER * quarter < warranty_until:
            lost += quarter_price[phase_of(quarter, intensive_quarters)] + supplement
    return lost


@phase
def warranty_end(month: int, last_care: int, warranty_months: float, relapse: bool) -> int:
    """Return the month from which a bundle is payable again: now, or later after a relapse.

    A relapse is a return to the practice that was paid a bundle for the last episode.
    """
    return last_care + int(warranty_months) if relapse and warranty_months > 0.0 else month


@phase
def weigh(
    i: int, month: int, person: "Person", health: "Health", care: "Care", drives: "Drives",
    therapist: int, contract: int, weight_class: int, reach: float, warranty_until: int,
    elsewhere: float, scarce: float, c: "intake.Constants", modes: "modes.Constants",
    rewards: "Rewards", supplement: float,
) -> tuple[float, int]:  # fmt: skip
    """Return the chance that a patient is accepted, and how sessions would be given.

    Args:
        i: Row of the patient.
        month: Month number.
        person: Columns of persons.
        health: Columns of health.
        care: Columns of care.
        drives: What moves each therapist.
        therapist: Row of the therapist.
        contract: Contract that would pay.
        weight_class: Weight class that would be put on file.
        reach: Most sessions that cover allows, a year.
        warranty_until: Month from which a bundle is payable.
        elsewhere: Part of full treatment that others would give.
        scarce: How scarce the practice's slots are, 0 to 1 (``scarcity``).
        c: Constants of the intake.
        modes: Constants of the modes.
        rewards: What each contract rewards at each insurer.
        supplement: Negotiated above the price of a bundle quarter, EUR.

    Returns:
        Chance of accepting, mode of the sessions.
    """
    insurer, stage = person.insurer[i], health.gold[i] - GOLD_STAGES[0]
    theory = drives.theory[therapist]
    seen = contract_in_mind(theory, contract)
    # To a therapist who keeps to the guideline, need ends at its ceiling.
    need = care.need[i]
    if drives.keeps_guideline[therapist]:
        need = min(need, c.guideline_maximum[care.profile[i]])
    accepted = c.patient_limit * care.need[i]
    most = min(reach, accepted)
    crowding = rewards.crowding[seen, insurer]
    own_rho = crowded_rho(drives.rho_sessions[therapist], crowding)
    fee_by_mode = rewards.session[seen, insurer, weight_class]
    attachment, stop_share = rewards.attachment[seen, insurer], rewards.stop_share[seen, insurer]
    usual = usual_mode(person.mode_luck[i], modes)
    lacking, honest = drives.lacking[therapist], care.profile[i] - PROFILE_3
    gap = gap_in_year(
        theory, lacking, rewards, seen, insurer, honest, weight_class, stage, usual, usual, need,
        c.cost, c.cost_cv, modes.cost_ratio,
    )  # fmt: skip
    mode = choose_mode(
        person.mode_luck[i], fee_by_mode, c.cost, need, need, own_rho, c.curvature, modes, theory,
        gap, c.decay,
    )  # fmt: skip
    if mode != usual:
        gap = gap_in_year(
            theory, lacking, rewards, seen, insurer, honest, weight_class, stage, usual, mode,
            need, c.cost, c.cost_cv, modes.cost_ratio,
        )  # fmt: skip
    cost = c.cost * modes.cost_ratio[mode]
    reference = rewards.reference[seen, insurer, mode]
    fee = fee_by_mode[mode] + stop_loss_session(need, reference, c.cost_cv, attachment, stop_share)
    sessions = sessions_under(
        theory, need, own_rho, drives.norm[therapist], fee, cost, c.curvature,
        rewards.outcome_pay[seen, insurer, weight_class], rewards.floor[seen, insurer], most, most,
        gap, c.cost, c.decay,
    )  # fmt: skip
    quarter_price = rewards.quarter[seen, insurer, weight_class]
    contacts = max(c.least_contacts, rewards.least_contacts[seen, insurer])
    if stretches_under(
        theory, 0.25 * sessions, contacts, quarter_price[INTENSIVE] + supplement, own_rho,
        4.0 * c.curvature, fee, cost, 0.25 * accepted, gap,
    ):  # fmt: skip
        sessions = 4.0 * contacts
    fixed = rewards.fixed[seen, insurer, weight_class, stage] + FIRST_YEAR_QUARTERS * supplement
    fixed += stop_loss_pay(sessions, reference, c.cost_cv, attachment, stop_share)
    fixed -= warranty_loss(month, warranty_until, quarter_price, c.intensive_quarters, supplement)
    regular = rewards.session[REGULAR_CONTRACT, insurer, weight_class, INDIVIDUAL] - c.cost
    chance = acceptance_under(
        theory, profit(fixed, fee_by_mode[mode], cost, sessions), sessions, need, reach, elsewhere,
        crowded_rho(drives.rho_acceptance[therapist], crowding), c.curvature, c.cost, c.decay,
        c.reservation + shadow_price(scarce, regular, sessions * modes.cost_ratio[mode]),
        c.precision,
    )  # fmt: skip
    return chance, mode

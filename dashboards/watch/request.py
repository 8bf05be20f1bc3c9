"""The last request of a patient: accepted or refused, what both were worth, and why.

Noted right after the intake phase, as plain numbers. Who was accepted is known by then, so what a
practice had room for when each patient's turn came is followed in the same order.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.behaviours.capacity import scarcity, shadow_price
from agents.behaviours.default import acceptance_surplus, patient_gain, profit
from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import acceptance_under, sessions_under, stretches_under
from model.codes import DEFAULT, GOLD_STAGES, INDIVIDUAL, INTENSIVE, PROFILE_3, REGULAR_CONTRACT
from model.contracts.incentives import stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.month.acceptance import (
    Nearby,
    nearby_of,
    treatment_elsewhere,
    warranty_end,
    warranty_loss,
)
from model.month.gaps import gap_before_grading, gap_in_year
from model.month.grading import class_on_file, grade
from model.month.income import supplement_of
from model.month.modes import choose_mode, usual_mode
from model.randomness import draw, stream


@dataclass(frozen=True)
class Before:
    """What the intake changes, as it stood before it, by row or by practice."""

    requests: np.ndarray
    intakes: np.ndarray
    practice: np.ndarray
    contract: np.ndarray
    treated_by: np.ndarray
    year_start: np.ndarray
    first_year: np.ndarray
    used: np.ndarray
    load: np.ndarray
    nearby: Nearby


@dataclass(frozen=True)
class Asked:
    """What a therapist saw when a patient asked to be taken in; money in EUR a year.

    Attributes:
        month: Month of the request.
        practice: Practice that was asked.
        theory: What moves the therapist (``model.codes``).
        contract: 0 regular, 1 the scenario's own.
        weight_class: Class that would be put on file, from 0.
        mode: How sessions would be given.
        need: Sessions a year needed, as the therapist sees them.
        sessions: Sessions a year that would be planned.
        money: Fixed amounts, margin and stop-loss of the patient together.
        rho, curvature: Weight on profit and k.
        reach: Most sessions that cover allows.
        elsewhere: Part of full treatment that others would give.
        scarce: How scarce slots are, 0 to 1.
        reservation: What the slot must bring, with what it could earn otherwise.
        precision: Logit precision, per EUR.
        session_cost, decay: Of monotone benefit.
        accepted: What the engine did.
    """

    month: int
    practice: int
    theory: int
    contract: int
    weight_class: int
    mode: int
    need: float
    sessions: float
    money: float
    rho: float
    curvature: float
    reach: float
    elsewhere: float
    scarce: float
    reservation: float
    precision: float
    session_cost: float
    decay: float
    accepted: bool


def before_intake(world: Any) -> Before:
    """Return what is needed to tell of this month's requests afterwards."""
    care, tally = world.care, world.tally
    return Before(
        tally.requests.copy(), tally.intakes.copy(), care.practice.copy(), care.contract.copy(),
        care.treated_by.copy(), care.treatment_year_start.copy(), care.first_year.copy(),
        care.covered_used.copy(), world.load.copy(),
        nearby_of(world.practices, world.load, world.capacity, world.access),
    )  # fmt: skip


def see_requests(world: Any, before: Before) -> dict[int, Asked]:
    """Return what was seen at each request of this month, in the order they were decided."""
    care, c = world.care, world.constants["intake"]
    rows = np.flatnonzero(world.tally.requests != before.requests)
    load, found = before.load.copy(), {}
    for row in rows[np.argsort(care.waiting_since[rows], kind="stable")].tolist():
        accepted = bool(world.tally.intakes[row] != before.intakes[row])
        found[row] = _see(world, row, before, load, accepted)
        if accepted:
            load[before.practice[row]] += care.need[row] * c.first_share / 3.0
    return found


def _covered(world: Any, row: int, before: Before) -> float:
    """Return the most sessions that cover allows in the treatment year of a request."""
    care, c, month = world.care, world.constants["intake"], world.month
    first, used = before.first_year[row], before.used[row]
    if month - int(care.last_care[row]) >= c.repeat_after:  # a small integer would overflow
        first, used = 1, 0
    elif month - int(before.year_start[row]) >= 12:
        first, used = 0, 0
    filed = class_on_file(
        care.entitlement_class[row], first == 1, care.need[row], world.maxima,
        draw(stream(world.seed, "file class", month), row), c.class_upgrade_share,
    )  # fmt: skip
    return float(max(0, world.maxima[1 - first, filed] - used))


def _see(world: Any, row: int, before: Before, load: np.ndarray, accepted: bool) -> Asked:
    care, person, health, rewards = world.care, world.person, world.health, world.rewards
    c, modes, drives = world.constants["intake"], world.constants["modes"], world.drives
    seeking, month = world.constants["care_seeking"], world.month
    practice, insurer = before.practice[row], person.insurer[row]
    staff = world.practices.per_practice
    chance = draw(stream(world.seed, "choose therapist", month), row)
    therapist = practice * staff + int(chance * staff)
    contract, theory = world.contract_of[practice, insurer], drives.theory[therapist]
    seen = contract_in_mind(theory, contract)
    crowding = rewards.crowding[seen, insurer]
    keeps, lacking = drives.keeps_guideline[therapist], drives.lacking[therapist]
    if accepted:
        filed = care.weight_class[row]
    else:
        filed, _ = grade(
            row, person, health, care, seeking, c,
            crowded_rho(drives.rho_grading[therapist], crowding), drives.moral_cost[therapist],
            rewards.grading[seen, insurer], rewards.expected_loss[seen, insurer], theory,
            gap_before_grading(
                row, person, health, care, theory, lacking, keeps, rewards, seen, insurer, c, modes
            ),
        )  # fmt: skip
    reach = float(c.most)
    if person.pays_above[row] != 1:
        reach = min(_covered(world, row, before), reach)
    need = care.need[row]
    if keeps:
        need = min(need, c.guideline_maximum[care.profile[row]])
    limit = c.patient_limit * care.need[row]
    most, stage = min(reach, limit), health.gold[row] - GOLD_STAGES[0]
    own_rho = crowded_rho(drives.rho_sessions[therapist], crowding)
    usual, honest = usual_mode(person.mode_luck[row], modes), care.profile[row] - PROFILE_3
    fees = rewards.session[seen, insurer, filed]

    def gap_in(mode: int) -> float:
        return gap_in_year(
            theory, lacking, rewards, seen, insurer, honest, filed, stage, usual, mode, need,
            c.cost, c.cost_cv, modes.cost_ratio,
        )  # fmt: skip

    mode = choose_mode(
        person.mode_luck[row], fees, c.cost, need, need, own_rho, c.curvature, modes, theory,
        gap_in(usual), c.decay,
    )  # fmt: skip
    gap, cost = gap_in(mode), c.cost * modes.cost_ratio[mode]
    risk = (
        rewards.reference[seen, insurer, mode], c.cost_cv, rewards.attachment[seen, insurer],
        rewards.stop_share[seen, insurer],
    )  # fmt: skip
    fee = fees[mode] + stop_loss_session(need, *risk)
    sessions = sessions_under(
        theory, need, own_rho, drives.norm[therapist], fee, cost, c.curvature,
        rewards.outcome_pay[seen, insurer, filed], rewards.floor[seen, insurer], most, most, gap,
        c.cost, c.decay,
    )  # fmt: skip
    above = supplement_of(world.supplement, seen, practice, insurer)
    quarter = rewards.quarter[seen, insurer, filed]
    contacts = max(c.least_contacts, rewards.least_contacts[seen, insurer])
    if stretches_under(
        theory, 0.25 * sessions, contacts, quarter[INTENSIVE] + above, own_rho, 4.0 * c.curvature,
        fee, cost, 0.25 * limit, gap,
    ):  # fmt: skip
        sessions = 4.0 * contacts
    warranty = warranty_end(
        month, care.last_care[row], rewards.warranty_months[contract, insurer],
        before.contract[row] == contract and before.treated_by[row] == practice,
    )  # fmt: skip
    fixed = (
        rewards.fixed[seen, insurer, filed, stage]
        + FIRST_YEAR_QUARTERS * above
        + stop_loss_pay(sessions, *risk)
        - warranty_loss(month, warranty, quarter, c.intensive_quarters, above)
    )
    scarce = scarcity(load[practice], world.capacity[practice], c.scarcity_start)
    regular = rewards.session[REGULAR_CONTRACT, insurer, filed, INDIVIDUAL] - c.cost
    return Asked(
        month=month, practice=int(practice), theory=int(theory), contract=int(contract),
        weight_class=int(filed), mode=int(mode), need=float(need), sessions=float(sessions),
        money=float(profit(fixed, fees[mode], cost, sessions)),
        rho=float(crowded_rho(drives.rho_acceptance[therapist], crowding)),
        curvature=float(c.curvature), reach=reach,
        elsewhere=float(
            treatment_elsewhere(practice, person.region[row], before.nearby, c.outside_option)
        ),
        scarce=float(scarce),
        reservation=float(
            c.reservation + shadow_price(scarce, regular, sessions * modes.cost_ratio[mode])
        ),
        precision=float(c.precision), session_cost=float(c.cost), decay=float(c.decay),
        accepted=accepted,
    )  # fmt: skip


def chance_of(a: Asked) -> float:
    """Return the chance with which the patient was accepted, by the engine's rule."""
    return float(
        acceptance_under(
            a.theory, a.money, a.sessions, a.need, a.reach, a.elsewhere, a.rho, a.curvature,
            a.session_cost, a.decay, a.reservation, a.precision,
        )
    )  # fmt: skip


def gain_of(a: Asked) -> float:
    """Return what the patient would gain by being treated here, EUR a year (default theory)."""
    return float(patient_gain(a.sessions, a.need, a.reach, a.curvature, a.elsewhere))


def worth(a: Asked) -> tuple[float, float] | None:
    """Return what accepting and what refusing is worth to the therapist, EUR a year.

    F + (p - c) q + gain / rho against what the slot must bring; None where the theory is not the
    default one, which weighs them like this.
    """
    if a.theory != DEFAULT:
        return None
    return float(acceptance_surplus(a.money, gain_of(a), a.rho)), a.reservation

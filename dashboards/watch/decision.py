"""The last decision about a patient: how many sessions, out of which options, and why.

What a therapist saw is noted right after the planning phase, as plain numbers; options and their
utilities are worked out when somebody asks, by the rules that the engine itself plans with.
"""

from dataclasses import dataclass
from typing import Any

from agents.behaviours.default import benefit, profit, wished_sessions
from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import sessions_under, stretches_under
from agents.measuring import quarter_outcome_pay
from model.codes import DEFAULT, PROFILE_3, REGULAR_CONTRACT
from model.contracts.incentives import stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import phase_of
from model.month.gaps import gap_in_quarter
from model.month.income import quarter_price, supplement_of
from model.month.modes import usual_mode
from model.physiotherapy import guideline_ceiling

QUARTERS = 4.0


@dataclass(frozen=True)
class Seen:
    """What a therapist saw when a quarter was planned; money in EUR, sessions a year.

    Attributes:
        month: Month of the plan.
        theory: What moves the therapist (``model.codes``).
        contract: 0 regular, 1 the scenario's own.
        quarter: Quarters completed in this episode.
        phase: Phase of it, of which bundles know the price.
        without_need: The quarter was opened for a patient who no longer needs care.
        need: Patient-optimal sessions n, at the rate of this quarter.
        rho, norm, curvature: Weight on profit, professional norm x, curvature k.
        fee, cost: Of one more session in the mode chosen, p and c.
        outcome_pay: beta.
        floor: Least share of need that a clause demands, phi.
        ceiling: Most sessions: patient, year and, where it is kept to, guideline.
        most: The same without the guideline.
        guideline: Most sessions whatever the patient accepts.
        accepted: Most sessions that the patient accepts.
        price: What billing this quarter brings.
        contacts: Sessions in the quarter from which it may be billed.
        gap: Income gap of the patient (target income only).
        session_cost, decay: Of monotone benefit.
        cover: Sessions left under cover, in this quarter.
        capped: Whether sessions stop where cover stops.
        plan: What the engine planned, sessions in the quarter.
    """

    month: int
    theory: int
    contract: int
    quarter: int
    phase: int
    without_need: bool
    need: float
    rho: float
    norm: float
    curvature: float
    fee: float
    cost: float
    outcome_pay: float
    floor: float
    ceiling: float
    most: float
    guideline: float
    accepted: float
    price: float
    contacts: float
    gap: float
    session_cost: float
    decay: float
    cover: float
    capped: bool
    plan: float


@dataclass(frozen=True)
class Option:
    """One number of sessions that could be planned.

    Attributes:
        name: "none", "half", "need", "wish", "chosen" or "most".
        sessions: In the quarter.
        money: Fees less cost of them, EUR in the quarter.
        benefit: What they are worth to the patient, EUR in the quarter.
        utility: What is weighed, EUR in the quarter.
    """

    name: str
    sessions: float
    money: float
    benefit: float
    utility: float


def see(world: Any, row: int) -> Seen:
    """Return what the therapist of a patient sees, right after the planning phase.

    Args:
        world: A world of which the planning phase of this month has run.
        row: A patient whose quarter was planned in it.
    """
    care, person, rewards = world.care, world.person, world.rewards
    c, intake, modes = (world.constants[name] for name in ("planning", "intake", "modes"))
    therapist, insurer, quarter = care.therapist[row], person.insurer[row], int(care.quarter[row])
    contract, kind = int(care.contract[row]), care.weight_class[row]
    theory = world.drives.theory[therapist]
    seen = contract_in_mind(theory, contract)
    honest, phase_now = care.profile[row] - PROFILE_3, phase_of(quarter, c.intensive_quarters)
    above = supplement_of(world.supplement, seen, care.practice[row], insurer)
    price_due = quarter_price(rewards, seen, insurer, honest, phase_now, above)
    price = quarter_price(rewards, seen, insurer, kind, phase_now, above)
    if world.month < care.warranty_until[row]:
        price_due = price = 0.0
    contacts = 1.0
    if contract != REGULAR_CONTRACT:
        contacts = max(c.least_contacts, rewards.least_contacts[contract, insurer])
    ceiling = guideline_ceiling(
        intake.guideline_maximum[care.profile[row]], quarter, c.shares, c.maintenance_per_week
    )
    need = QUARTERS * care.need_quarter[row]
    accepted = intake.patient_limit * need
    most = c.most
    if world.drives.keeps_guideline[therapist]:
        most = min(most, QUARTERS * ceiling)
    usual, mode = usual_mode(person.mode_luck[row], modes), care.mode[row]
    gap = gap_in_quarter(
        theory, world.drives.lacking[therapist], rewards, seen, insurer, honest, kind, usual,
        mode, need, price_due, price, c.cost, modes.cost_ratio,
    )  # fmt: skip
    fee = rewards.session[seen, insurer, kind, mode] + stop_loss_session(
        need, rewards.reference[seen, insurer, mode], intake.cost_cv,
        rewards.attachment[seen, insurer], rewards.stop_share[seen, insurer],
    )  # fmt: skip
    year = 1 - care.first_year[row]
    cover = world.maxima[year, care.filed_class[row]] - care.covered_used[row]
    return Seen(
        month=world.month, theory=int(theory), contract=contract, quarter=quarter,
        phase=int(phase_now),
        without_need=bool(care.extended[row]), need=float(need),
        rho=float(
            crowded_rho(world.drives.rho_sessions[therapist], rewards.crowding[seen, insurer])
        ),
        norm=float(world.drives.norm[therapist]), curvature=c.curvature, fee=float(fee),
        cost=float(c.cost * modes.cost_ratio[mode]),
        outcome_pay=float(
            quarter_outcome_pay(
                rewards.outcome_pay[seen, insurer, kind], quarter == 0, c.effort_shift
            )
        ),
        floor=float(rewards.floor[seen, insurer]), ceiling=float(min(most, accepted)),
        most=float(min(c.most, accepted)), guideline=float(most), accepted=float(accepted),
        price=float(price), contacts=float(contacts), gap=float(gap), session_cost=c.cost,
        decay=intake.decay,
        cover=float(max(0, cover)), capped=not person.pays_above[row],
        plan=float(care.plan[row]),
    )  # fmt: skip


def preferred(s: Seen) -> float:
    """Return the sessions a year preferred before thresholds and cover, by the engine's rule."""
    return sessions_under(
        s.theory, s.need, s.rho, s.norm, s.fee, s.cost, s.curvature, s.outcome_pay, s.floor,
        s.ceiling, s.most, s.gap, s.session_cost, s.decay,
    )  # fmt: skip


def steps(s: Seen) -> tuple[float, float, float]:
    """Return sessions in the quarter: preferred, after the contacts to bill, within cover."""
    if s.without_need:
        first = second = s.contacts
    else:
        first = second = preferred(s) / QUARTERS
        if stretches_under(
            s.theory, first, s.contacts, s.price, s.rho, QUARTERS * s.curvature, s.fee, s.cost,
            s.accepted / QUARTERS, s.gap,
        ):  # fmt: skip
            second = s.contacts
    third = s.cover if s.capped and second > s.cover else second
    return float(first), float(second), float(third)


def utility(s: Seen, sessions: float) -> float:
    """Return what a therapist of the default theory weighs, EUR a year.

    U(q) = (p - c) q + (1 / rho + beta) [B(q, n) - x |q - n|], of which ``planned_sessions`` is the
    best choice between floor and ceiling (``agents.behaviours.default``): the quadratic has its top
    at ``wished_sessions``, and the kink of the norm draws it toward need by x / k.

    Args:
        s: What the therapist saw.
        sessions: Sessions a year, q.
    """
    weight = 1.0 / s.rho + s.outcome_pay
    norm = s.norm * abs(sessions - s.need)
    return profit(0.0, s.fee, s.cost, sessions) + weight * (
        benefit(sessions, s.need, s.curvature) - norm
    )


def options(s: Seen) -> list[Option]:
    """Return options with their utilities, few to many sessions; none where no utility is weighed.

    Only the default theory weighs them like this; to open a quarter without need is no such choice.
    """
    if s.theory != DEFAULT or s.without_need:
        return []
    wish = wished_sessions(s.need, s.rho, s.fee, s.cost, s.curvature, s.outcome_pay, 0.0)
    low = s.floor * s.need
    named = {
        "chosen": preferred(s), "need": s.need, "wish": wish, "most": s.ceiling,
        "half": 0.5 * s.need, "none": 0.0,
    }  # fmt: skip
    found: list[Option] = []
    for name, sessions in named.items():
        allowed = max(0.0, min(low, s.ceiling)) - 1e-9 <= sessions <= s.ceiling + 1e-9
        known = any(abs(one.sessions - sessions / QUARTERS) < 0.05 for one in found)
        if known or not allowed:
            continue
        found.append(
            Option(
                name, float(sessions / QUARTERS),
                float(profit(0.0, s.fee, s.cost, sessions) / QUARTERS),
                float(benefit(sessions, s.need, s.curvature) / QUARTERS),
                float(utility(s, sessions) / QUARTERS),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.sessions)

"""How a patient's sessions are given: individually, or in the other way that is at hand.

Noted right after the planning phase, for whoever could be treated in a group or at a distance.
"""

from dataclasses import dataclass
from typing import Any

from agents.behaviours.default import profit
from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import substitutes_under
from dashboards.watch.decision import Seen
from model.codes import DEFAULT, DIGITAL, GROUP, INDIVIDUAL, PROFILE_3
from model.month.gaps import gap_in_quarter
from model.month.income import quarter_price, supplement_of
from model.month.modes import possible_mode, usual_mode


@dataclass(frozen=True)
class Manner:
    """What a therapist saw when it was decided how sessions are given; EUR per session.

    Attributes:
        month: Month of the plan.
        theory: What moves the therapist (``model.codes``).
        other: The other way at hand: in a group, or at a distance.
        chosen: What the engine chose.
        fee, cost: Of an individual session.
        other_fee, other_cost: Of a session the other way.
        effect: Of the other way, against an individual session.
        sessions, need: Individually given and needed, a year.
        rho, curvature: Weight on profit and k.
        gap: Income gap (target income only).
        decay: Of monotone benefit.
    """

    month: int
    theory: int
    other: int
    chosen: int
    fee: float
    cost: float
    other_fee: float
    other_cost: float
    effect: float
    sessions: float
    need: float
    rho: float
    curvature: float
    gap: float
    decay: float


def see_manner(world: Any, row: int, seen: Seen) -> Manner | None:
    """Return what was seen about the manner of a plan; None where there is no other way.

    Args:
        world: A world of which the planning phase of this month has run.
        row: A patient whose quarter was planned in it.
        seen: What was noted of that plan.
    """
    care, person, rewards = world.care, world.person, world.rewards
    c, intake, modes = (world.constants[name] for name in ("planning", "intake", "modes"))
    other = int(possible_mode(person.mode_luck[row], modes))
    if other not in (GROUP, DIGITAL) or seen.without_need:
        return None
    therapist, insurer, kind = care.therapist[row], person.insurer[row], care.weight_class[row]
    contract, honest = contract_in_mind(seen.theory, seen.contract), care.profile[row] - PROFILE_3
    usual = usual_mode(person.mode_luck[row], modes)
    # A warranty leaves nothing to bill, in whatever class.
    due = seen.price and quarter_price(
        rewards, contract, insurer, honest, seen.phase,
        supplement_of(world.supplement, contract, care.practice[row], insurer),
    )  # fmt: skip
    gap = gap_in_quarter(
        seen.theory, world.drives.lacking[therapist], rewards, contract, insurer, honest, kind,
        usual, usual, seen.need, due, seen.price, c.cost, modes.cost_ratio,
    )  # fmt: skip
    fees = rewards.session[contract, insurer, kind]
    return Manner(
        month=seen.month, theory=seen.theory, other=other, chosen=int(care.mode[row]),
        fee=float(fees[INDIVIDUAL]), cost=float(c.cost), other_fee=float(fees[other]),
        other_cost=float(c.cost * modes.cost_ratio[other]), effect=float(modes.effect[other]),
        sessions=min(seen.need, seen.guideline), need=seen.need, rho=seen.rho,
        curvature=seen.curvature, gap=float(gap), decay=float(intake.decay),
    )  # fmt: skip


def wants_other(m: Manner) -> bool:
    """Return whether the other way is wanted, by the engine's rule."""
    return bool(
        substitutes_under(
            m.theory, m.other_fee, m.other_cost, m.fee, m.cost, m.effect, m.sessions, m.need,
            m.rho, m.curvature, m.gap, m.decay,
        )
    )  # fmt: skip


def worth(m: Manner) -> tuple[float, float] | None:
    """Return what a session is worth individually and the other way, EUR; default theory only.

    p - c against p_g - c_g - (1 / rho) (1 - eta) k max(0, n - q): ``default.substitutes`` with each
    side on its own. None where the theory is another.
    """
    if m.theory != DEFAULT:
        return None
    harm = (1.0 - m.effect) * m.curvature * max(0.0, m.need - m.sessions)
    alone = profit(0.0, m.fee, m.cost, 1.0)
    return float(alone), float(profit(0.0, m.other_fee, m.other_cost, 1.0) - harm / m.rho)

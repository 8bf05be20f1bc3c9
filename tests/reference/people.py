"""December: therapists leave as the year has pleased them, and newcomers take up empty posts."""

import math
from typing import TYPE_CHECKING

from scipy.special import ndtri

from agents.behaviours.default import loglogistic_quantile, moral_cost_scale, profit_weight
from agents.career import leaving_chance, vacancies_in_balance, working_share
from agents.therapist import Satisfaction, job_satisfaction
from model.codes import INDIVIDUAL, REGULAR_CONTRACT
from model.contracts.risk import kept_result_sd, loss_probability
from model.contracts.stop_loss import StopLoss
from model.physiotherapy import first_calendar_share

from .planning import first_year_shares
from .providers import ReferencePractice, Therapist

if TYPE_CHECKING:
    from .model import ReferenceModel

MINUTES_PER_HOUR, WEEKS_PER_YEAR = 60.0, 52.0


def change_people(model: "ReferenceModel") -> None:
    """Let therapists leave or stay, fill empty posts, and see for how much care there are hands."""
    for practice in model.practices:
        practice.staffed = sum(one.in_post for one in practice.therapists)
    content = {
        practice.number: satisfaction(model, practice)
        for practice in model.practices
        if practice.tally.sessions > 0
    }
    before_policy = model.month < model.policy_month
    if content and (before_policy or model.usual_satisfaction == 0.0):
        model.usual_satisfaction = sum(content.values()) / len(content)
    for practice in model.practices:
        happy = content.get(practice.number, model.usual_satisfaction)
        practice.left = sum(leaves(model, one, happy) for one in practice.therapists)
        for therapist in practice.therapists:
            if not therapist.in_post:
                fill_post(model, therapist)
        practice.capacity = capacity(model, practice)


def satisfaction(model: "ReferenceModel", practice: ReferencePractice) -> float:
    """Return the job satisfaction in a practice this year, 0 to 100."""
    p, tally = model.p, practice.tally
    patients = max(1, sum(
        one.tally.sessions > 0 and one.treated_by == practice.number for one in model.patients
    ))  # fmt: skip
    quarters = max(1.0, tally.quarters)
    bundled = tally.policy_quarters / quarters
    # At the largest insurer, for an individual patient in the class by the middle.
    regular, policy = (
        model.rewards[number][0] for number in (REGULAR_CONTRACT, len(model.contracts) - 1)
    )
    fee = regular.session[1, INDIVIDUAL] * (1.0 - bundled)
    fee += policy.session[1, INDIVIDUAL] * bundled
    stop_loss = model.contracts[-1].find(StopLoss)
    in_first_year = first_calendar_share(first_year_shares(model))
    model.happened["stop-loss takes risk away"] += stop_loss is not None and bundled > 0.0
    sd = kept_result_sd(
        fee,
        practice.cost_factor * p.full_cost_per_session,
        tally.sessions / patients,
        policy.reference[INDIVIDUAL],
        p.cost_cv_per_patient,
        stop_loss.attachment if stop_loss else 0.0,
        bundled * policy.stop_share / in_first_year if stop_loss else 0.0,
    )
    model.happened["only locums to ask"] += practice.staffed == 0
    free = p.autonomy_bundle if model.contracts[-1].per_patient else p.autonomy_fee
    hours = tally.admin / MINUTES_PER_HOUR / WEEKS_PER_YEAR / max(1, practice.staffed)
    return job_satisfaction(
        p.autonomy_fee * (1.0 - bundled) + free * bundled,
        p.admin_hours_other_care + hours,
        tally.gap / tally.need if tally.need > 0.0 else 0.0,
        loss_probability(
            (tally.revenue - tally.cost) / 100.0 / patients,
            sd,
            patients,
        ),
        tally.upcoded / quarters,
        Satisfaction(*(p[f"satisfaction_{name}"] for name in Satisfaction._fields)),
    )


def leaves(model: "ReferenceModel", therapist: Therapist, happy: float) -> bool:
    """Let a therapist leave or stay; return whether one left."""
    p = model.p
    chance = leaving_chance(
        p.therapist_turnover, happy, model.usual_satisfaction, p.turnover_per_satisfaction_point
    )
    if not therapist.in_post or model.luck("leave the practice", therapist.number) >= chance:
        return False
    therapist.in_post = False
    model.happened["therapist left"] += 1
    model.happened["left in discontent"] += happy < model.usual_satisfaction
    return True


def fill_post(model: "ReferenceModel", therapist: Therapist) -> None:
    """Let somebody else take up an empty post, with motives drawn anew, or leave it empty."""
    p = model.p
    if model.luck("fill a vacancy", therapist.number) >= p.vacancy_fill_chance:
        model.happened["post stays empty"] += 1
        return
    kind, motive, norm, moral, guideline = (
        model.luck(f"newcomer {name}", therapist.number)
        for name in ("motive kind", "motive", "norm", "moral cost", "guideline")
    )
    therapist.in_post = True
    therapist.rho = p.altruism_rho_median * math.exp(p.altruism_rho_sigma * float(ndtri(motive)))
    if kind < p.share_pure_professional:
        therapist.rho = p.rho_pure_professional
    elif kind > 1.0 - p.share_strongly_extrinsic:
        therapist.rho = p.rho_strongly_extrinsic
    therapist.norm = p.norm_median * math.exp(p.norm_sigma * float(ndtri(norm)))
    shape = p.upcode_loglogistic_shape
    scale = moral_cost_scale(
        p.upcode_share_at_border,
        shape,
        profit_weight(p.altruism_rho_median),
        p.upcode_reference_step,
    )
    therapist.own_moral_cost = loglogistic_quantile(moral, scale, shape)
    therapist.keeps_guideline = guideline < p.guideline_adherence_share
    model.happened["newcomer"] += 1


def capacity(model: "ReferenceModel", practice: ReferencePractice) -> float:
    """Return the sessions a month for which the practice has people."""
    p = model.p
    filled = sum(one.in_post for one in practice.therapists) / len(practice.therapists)
    usual = 1.0 - vacancies_in_balance(p.therapist_turnover, p.vacancy_fill_chance)
    here, normal = (working_share(share, p.vacancy_cover_share) for share in (filled, usual))
    return practice.room * here / normal

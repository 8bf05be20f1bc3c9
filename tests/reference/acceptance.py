"""Acceptance: what taking in a patient is worth to a therapist."""

from typing import TYPE_CHECKING, NamedTuple

from agents.behaviours.capacity import others_with_room, outside_option, scarcity, shadow_price
from agents.behaviours.default import profit
from agents.behaviours.theory import acceptance_under, sessions_under, stretches_under
from model.codes import GOLD_STAGES, INDIVIDUAL, INTENSIVE, REGULAR_CONTRACT
from model.contracts.incentives import Incentives, stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import phase_of

from .examination import need_as_seen
from .modes import choose_mode
from .patient import ReferencePatient
from .providers import ReferencePractice, Therapist
from .rewards import rewards_for
from .theories import (
    cost_ratio,
    mode_before,
    rewards_in_mind,
    supplement_in_mind,
    theory_of,
    yearly_gap,
)

if TYPE_CHECKING:
    from .model import ReferenceModel

FIRST_YEAR_QUARTERS = 4


class Offer(NamedTuple):
    """What comes of a request.

    Attributes:
        accepted: Whether the patient is taken in.
        mode: How sessions would be given.
        warranty_until: Month before which no bundle is payable.
    """

    accepted: bool
    mode: int
    warranty_until: int


def treatment_elsewhere(
    model: "ReferenceModel", practice: ReferencePractice, with_room: set[int]
) -> float:
    """Return the part of full treatment that a patient refused here would get in the region."""
    nearby = [one for one in model.practices if one.region == practice.region]
    share = others_with_room(
        sum(one.staff for one in nearby if one.number in with_room),
        sum(one.staff for one in nearby),
        practice.staff if practice.number in with_room else 0.0,
        practice.staff,
    )
    refused = model.asked.refused_share.get(practice.region, 0.0)
    model.happened["others have no room"] += share == 0.0 and len(nearby) > 1
    model.happened["others refused last year"] += refused > 0.0
    return outside_option(model.p.outside_option_share, share, refused)


def weigh(
    model: "ReferenceModel",
    patient: ReferencePatient,
    therapist: Therapist,
    contract: int,
    weight_class: int,
    left: float,
    elsewhere: float,
) -> Offer:
    """Weigh income against what the patient gains, and accept or refuse.

    What is planned here and would be given elsewhere ends where cover does (``left`` sessions),
    unless the patient pays on. ``elsewhere`` is the part of full treatment that others would give.
    """
    p = model.p
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, contract, patient.insurer)
    rho = crowded_rho(therapist.rho_sessions, rewards.crowding)
    model.happened["monitoring crowds out"] += rho > therapist.rho_sessions
    reach = p.sessions_most_per_year
    if not patient.pays_above:
        reach = min(left, reach)
    accepted = p.patient_limit_factor * patient.need
    most = min(reach, accepted)
    need = need_as_seen(model, patient, therapist)
    model.happened["need beyond the guideline"] += need < patient.need

    above = supplement_in_mind(model, theory, contract, patient.practice, patient.insurer)
    before = mode_before(model, patient)
    gap = yearly_gap(model, patient, therapist, rewards, weight_class, before, need)
    mode = choose_mode(model, patient, rewards, weight_class, rho, need, need, theory, gap)
    if mode != before:
        gap = yearly_gap(model, patient, therapist, rewards, weight_class, mode, need)
    fee = rewards.session[weight_class, mode]
    cost = p.variable_cost_per_session * cost_ratio(model, mode)
    above_stop = (
        rewards.reference[mode],
        p.cost_cv_per_patient,
        rewards.attachment,
        rewards.stop_share,
    )
    with_stop = fee + stop_loss_session(need, *above_stop)
    sessions = sessions_under(
        theory,
        need,
        rho,
        therapist.norm,
        with_stop,
        cost,
        p.benefit_curvature_k,
        rewards.outcome_pay[weight_class],
        rewards.floor,
        most,
        most,
        gap,
        p.variable_cost_per_session,
        p.benefit_decay_sessions,
    )
    contacts = float(max(int(p.bundle_min_contacts_to_claim), rewards.least_contacts))
    if stretches_under(
        theory,
        sessions / 4.0,
        contacts,
        rewards.quarter[weight_class, INTENSIVE] + above,
        rho,
        4.0 * p.benefit_curvature_k,
        with_stop,
        cost,
        accepted / 4.0,
        gap,
    ):
        model.happened["stretched to the threshold at intake"] += 1
        sessions = 4.0 * contacts
    fixed = rewards.fixed[weight_class, patient.gold - GOLD_STAGES[0]]
    fixed += FIRST_YEAR_QUARTERS * above
    model.happened["supplement weighed at intake"] += above > 0.0
    fixed += stop_loss_pay(sessions, *above_stop)
    warranty_until = model.month
    # A relapse is a return to the practice that was paid a bundle for the last episode.
    returns = patient.treated_by == patient.practice and patient.contract == contract
    warranty = rewards_for(model, contract, patient.insurer).warranty_months
    model.happened["warranty of another practice"] += warranty > 0 and not returns
    if warranty and returns:
        warranty_until = patient.last_care + warranty
    fixed -= not_payable(model, rewards, weight_class, warranty_until, above)
    chance = acceptance_under(
        theory,
        profit(fixed, fee, cost, sessions),
        sessions,
        need,
        reach,
        elsewhere,
        crowded_rho(therapist.rho_acceptance, rewards.crowding),
        p.benefit_curvature_k,
        p.variable_cost_per_session,
        p.benefit_decay_sessions,
        p.reservation_value
        + price_of_slot(model, patient, weight_class, sessions * cost_ratio(model, mode)),
        p.choice_precision,
    )
    model.happened["nothing to weigh"] += chance in (0.0, 1.0)
    return Offer(patient.luck("accept patient") < chance, mode, warranty_until)


def price_of_slot(
    model: "ReferenceModel", patient: ReferencePatient, weight_class: int, sessions: float
) -> float:
    """Return what the sessions could earn with a regular patient where slots are scarce, EUR."""
    p, practice = model.p, model.practices[patient.practice]
    regular = rewards_for(model, REGULAR_CONTRACT, patient.insurer)
    margin = regular.session[weight_class, INDIVIDUAL] - p.variable_cost_per_session
    scarce = scarcity(practice.load, practice.capacity, p.scarcity_from_utilisation)
    model.happened["slots are scarce"] += scarce > 0.0
    return shadow_price(scarce, margin, sessions)


def not_payable(
    model: "ReferenceModel",
    rewards: Incentives,
    weight_class: int,
    warranty_until: int,
    supplement: float,
) -> float:
    """Return what of the first year's bundles falls under the warranty on a relapse, EUR."""
    starts = [model.month + 3 * quarter for quarter in range(FIRST_YEAR_QUARTERS)]
    lost = [
        rewards.quarter[weight_class, phase_of(quarter, int(model.p.intensive_quarters))]
        + supplement
        for quarter, start in enumerate(starts)
        if start < warranty_until
    ]
    model.happened["warranty weighed"] += bool(lost)
    return float(sum(lost))

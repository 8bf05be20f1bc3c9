"""Measurement: outcomes of the first quarter, with noise, gaps, and a therapist's pen."""

from typing import TYPE_CHECKING

from agents.behaviours.default import profit_weight
from model.codes import TREATED
from model.contracts.noise import inflation
from model.month.measurement import experience

from .patient import ReferencePatient
from .rewards import rewards_for

if TYPE_CHECKING:
    from .model import ReferenceModel


def measure(model: "ReferenceModel") -> None:
    """Measure everybody whose first quarter of an episode ended this month."""
    for patient in model.patients:
        if patient.status == TREATED and patient.quarter == 1 and patient.quarter_month == 0:
            measure_walk(model, patient)
            measure_burden(model, patient)


def on_paper(model: "ReferenceModel", patient: ReferencePatient, which: int, cost: float) -> float:
    """Return by how much a measurement is made to look better, where the therapist measures.

    Args:
        model: The model.
        patient: The patient.
        which: 0 for burden, 1 for the walk.
        cost: What inflating it costs the therapist, EUR per squared unit.
    """
    rewards = rewards_for(model, patient.contract, patient.insurer)
    weight = profit_weight(model.therapists[patient.therapist].rho_grading)
    better = inflation(weight, rewards.gaming[which], cost)
    model.happened["burden inflated" if which == 0 else "walk inflated"] += better > 0.0
    return better


def measure_walk(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Register the gain in the 6-minute walk."""
    p = model.p
    # A metre counts as the part of a CCQ point that is as relevant to the patient.
    cost = p.kpi_gaming_cost * (p.mcid_ccq / p.mcid_6mwd) ** 2
    walk = patient.true_walk() + p.walk_measurement_sd * patient.normal_luck("measure walk again")
    patient.note("walk_change", walk - patient.walk_intake + on_paper(model, patient, 1, cost))


def measure_burden(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Measure burden, and register it with the patient's own view if there is an answer."""
    p = model.p
    change = patient.ccq_intake - (
        patient.ccq + p.ccq_measurement_sem * patient.normal_luck("measure follow-up")
    )
    patient.tally.followed += 1
    patient.tally.improved += change >= p.mcid_ccq
    model.happened["relevant improvement"] += change >= p.mcid_ccq
    answers = patient.luck("answer questionnaires") < p.questionnaire_response_share
    patient.note("measured", float(answers))
    if not answers:
        model.happened["no answer"] += 1
        return
    change += on_paper(model, patient, 0, p.kpi_gaming_cost)
    patient.note("ccq_change", change)
    patient.note("relevant_change", float(change >= p.mcid_ccq))
    felt = patient.ccq_intake - patient.ccq + p.gpe_noise_sd * patient.normal_luck("feel better")
    patient.note("gpe", float(felt >= p.mcid_ccq))
    score = experience(
        p.prem_mean,
        p.prem_sd * patient.normal_luck("experience"),
        p.prem_per_share_of_need,
        patient.delivered,
        patient.need_quarter,
    )
    patient.note("prem", score)

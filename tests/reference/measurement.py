"""Measurement: outcomes of the first quarter, with noise, gaps, and a therapist's pen."""

from typing import TYPE_CHECKING

from agents.attending import response_chance
from agents.behaviours.theory import weight_under
from agents.measuring import EXCEPTED, LEFT_OUT
from model.codes import TREATED
from model.contracts.noise import inflation
from model.month.measurement import experience

from .measuring import choose_to_measure
from .patient import ReferencePatient
from .theories import conduct_rho, rewards_in_mind, theory_of

if TYPE_CHECKING:
    from .model import ReferenceModel


def measure(model: "ReferenceModel") -> None:
    """Measure everybody whose first quarter of an episode ended this month."""
    for patient in model.patients:
        if patient.status == TREATED and patient.quarter == 1 and patient.quarter_month == 0:
            count_improvement(model, patient)
            embellished = on_paper(model, patient, 0, model.p.kpi_gaming_cost)
            choice = choose_to_measure(model, patient, embellished)
            if choice != EXCEPTED:
                measure_walk(model, patient)
                measure_burden(model, patient, embellished, asked=choice != LEFT_OUT)


def on_paper(model: "ReferenceModel", patient: ReferencePatient, which: int, cost: float) -> float:
    """Return by how much a measurement is made to look better, where the therapist measures.

    Args:
        model: The model.
        patient: The patient.
        which: 0 for burden, 1 for the walk.
        cost: What inflating it costs the therapist, EUR per squared unit.
    """
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, patient.contract, patient.pays_now)
    weight = weight_under(theory, conduct_rho(model, therapist, rewards))
    better = inflation(weight, rewards.gaming[which], cost)
    model.happened["burden inflated" if which == 0 else "walk inflated"] += better > 0.0
    return better


def measure_walk(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Register the gain in the 6-minute walk."""
    p = model.p
    # A metre counts as the part of a CCQ point that is as relevant to the patient.
    cost = p.kpi_gaming_cost * (p.mcid_ccq / p.mcid_6mwd) ** 2
    walk = patient.true_walk() + p.walk_measurement_sd * patient.normal_luck("measure walk again")
    practised = p.kpi_test_reach * patient.teaching
    gain = walk - patient.walk_intake + practised
    patient.note("walk_change", gain + on_paper(model, patient, 1, cost))


def measured_change(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the fall of burden since intake that the questionnaire would show, CCQ points."""
    noise = patient.normal_luck("measure follow-up")
    return patient.ccq_intake - (patient.ccq + model.p.ccq_measurement_sem * noise)


def count_improvement(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Count a patient due, and whether there is a relevant improvement: the study's own view."""
    improved = measured_change(model, patient) >= model.p.mcid_ccq
    patient.tally.followed += 1
    patient.tally.improved += improved
    model.happened["relevant improvement"] += improved
    practice = model.practices[patient.practice].tally
    practice.followed += 1.0
    practice.fall += patient.ccq_before - patient.ccq


def measure_burden(
    model: "ReferenceModel", patient: ReferencePatient, embellished: float, asked: bool
) -> None:
    """Register burden, with the patient's own view, if the patient is asked and answers."""
    p = model.p
    chance = response_chance(
        p.questionnaire_response_share, patient.ccq, p.response_per_ccq, p.treated_ccq_typical
    )
    answers = asked and patient.luck("answer questionnaires") < chance
    too_ill = asked and not answers and chance < p.questionnaire_response_share
    model.happened["too ill to answer"] += too_ill
    patient.note("measured", float(answers))
    if not answers:
        model.happened["no answer"] += 1
        return
    patient.tally.answered += 1
    change = measured_change(model, patient) + embellished
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

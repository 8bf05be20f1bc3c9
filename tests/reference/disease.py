"""The disease progresses: lung function falls, attacks strike, some people die."""

import math
from typing import TYPE_CHECKING

from model.codes import ALIVE, DEAD, NOT_YET, OUTSIDE
from model.disease import (
    admission_rate,
    death_rate,
    gold_stage,
    monthly_probability,
    next_fev1,
    scaled_loss,
    training_rate_ratio,
)

from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel

OLDEST = 120


def progress_disease(model: "ReferenceModel") -> None:
    """Let everybody alive live a month; who enters now starts living next month."""
    for patient in model.patients:
        patient.struck = 0
        if patient.alive == ALIVE:
            stage = patient.gold  # the stage at the start of the month sets every hazard
            strike(model, patient, stage)
            lose_lung_function(model, patient)
            perhaps_die(model, patient, stage)
        elif patient.alive == NOT_YET and patient.entry_month == model.month:
            patient.alive = ALIVE
            model.happened["entered"] += 1


def strike(model: "ReferenceModel", patient: ReferencePatient, stage: int) -> None:
    """Decide on a lung attack with admission, and on one without."""
    p = model.p
    severe = p[f"severe_exacerbation_rate_gold_{stage}"]
    moderate = p[f"exacerbation_rate_gold_{stage}"] - severe
    level = p.exacerbation_national_scaling
    rate = admission_rate(
        level * p.severe_level_factor * severe,
        patient.frailty,
        any(patient.admission_months),
        p.exac_hr_prior_admission,
        training_rate_ratio(p.effect_admission_rr_trained, patient.training, p.training_reference),
    )
    admitted = patient.luck("admission") < monthly_probability(rate)
    rate = level * moderate * patient.frailty
    attacked = patient.luck("attack") < monthly_probability(rate)

    # A new month is written down: the oldest of the twelve is forgotten.
    patient.attack_months = [admitted or attacked, *patient.attack_months[:-1]]
    patient.admission_months = [admitted, *patient.admission_months[:-1]]
    if admitted:
        patient.struck = 2
        patient.tally.admissions += 1
        patient.tally.qalys -= p.qaly_loss_exac_severe
        model.happened["admission"] += 1
    elif attacked:
        patient.struck = 1
        patient.tally.qalys -= p.qaly_loss_exac_moderate
        model.happened["attack"] += 1


def lose_lung_function(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Lower FEV1 by the personal decline, and by more after an attack; restage."""
    p = model.p
    loss = scaled_loss(patient.fev1_decline, patient.fev1, p.fev1_decline_measured_at)
    if patient.struck:
        loss += p.fev1_decline_per_exacerbation
    patient.fev1 = next_fev1(
        patient.fev1,
        loss,
        patient.fev1_reference,
        patient.fev1_reference_decline,
        p.fev1_floor,
        p.gold_2_fev1_below,
    )
    before = patient.gold
    patient.gold = gold_stage(patient.fev1, p.gold_3_fev1_below, p.gold_4_fev1_below)
    if patient.gold != before:
        model.happened["new stage"] += 1


def perhaps_die(model: "ReferenceModel", patient: ReferencePatient, stage: int) -> None:
    """Decide on death: background, COPD, the months after an admission, and in hospital."""
    p = model.p
    age = min(OLDEST, (model.month - patient.birth_month) // 12)
    at_65 = p.mortality_women_65 if patient.female else p.mortality_men_65
    background = at_65 * math.exp(p.mortality_age_slope * (age - 65.0))

    # Of those admitted some die in hospital; the rest of the case fatality is spread evenly over
    # the months after the month of the admission.
    months_after = int(p.post_admission_months)
    excess = 0.0
    if any(patient.admission_months[1 : months_after + 1]):
        later = (p.case_fatality_admission - p.inhospital_mortality) / (
            1.0 - p.inhospital_mortality
        )
        excess = -12.0 * math.log(1.0 - later) / months_after
        model.happened["excess hazard"] += 1

    rate = death_rate(background, p[f"mortality_hr_gold{stage}"], excess)
    dies = patient.luck("death") < monthly_probability(rate)
    admitted = patient.struck == 2
    dies_in_hospital = admitted and patient.luck("death in hospital") < p.inhospital_mortality
    if not (dies or dies_in_hospital):
        return
    patient.alive = DEAD
    patient.status = OUTSIDE
    patient.tally.died = 1
    if dies_in_hospital:
        patient.tally.copd_death, patient.tally.stable_death = 1.0, 0.0
        model.happened["death in hospital"] += 1
    else:
        patient.tally.copd_death = 1.0 - background / rate
        patient.tally.stable_death = (rate - excess) / rate
    model.happened["death"] += 1

"""Training: sessions train and rest undoes it; burden and quality of life follow."""

from typing import TYPE_CHECKING

from model.codes import ALIVE
from model.disease import burden, utility
from model.physiotherapy import monthly_retention, next_training

from .modes import relative_effect

if TYPE_CHECKING:
    from .model import ReferenceModel


def train(model: "ReferenceModel") -> None:
    """Let everybody alive live the month's training and quality of life."""
    p = model.p
    retention = monthly_retention(p.training_half_life_months)
    for patient in model.patients:
        if patient.alive != ALIVE:
            continue
        attended = patient.sessions + patient.uncovered
        trains_patient = 1.0 - patient.teaching
        model.happened["trained for the test"] += attended > 0 and trains_patient < 1.0
        attended = attended * relative_effect(model, patient.mode) * trains_patient
        if model.month < patient.hospital_until:
            attended += p.hospital_sessions_per_month
            model.happened["trained in hospital"] += 1
        patient.training = next_training(
            patient.training,
            attended,
            retention,
            p.training_tau_sessions,
        )
        of_stage = patient.between_stages("ccq_baseline")
        patient.ccq = burden(of_stage, patient.ccq_offset, p.training_hmax_ccq, patient.training)
        quality = utility(
            p[f"eq5d_gold{patient.gold}"], patient.ccq, of_stage, p.utility_per_ccq_point
        )
        patient.tally.qalys += quality / 12.0
        patient.tally.months += 1
        if patient.ever_asked == 1:
            patient.tally.asked_months += 1
            patient.tally.ccq_sum += patient.ccq

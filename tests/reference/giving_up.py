"""Giving up: who turns back goes without care, or to the hospital."""

from typing import TYPE_CHECKING

from model.codes import OUTSIDE

from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel


def turn_back(model: "ReferenceModel", patient: ReferencePatient, until: int) -> None:
    """Let a patient go home before anything was decided, not to ask again before a month."""
    patient.status = OUTSIDE
    patient.pause_until = until


def give_up(model: "ReferenceModel", patient: ReferencePatient, until: int) -> None:
    """Let a patient stop trying until a month; some go to the hospital for exercise meanwhile."""
    turn_back(model, patient, until)
    if patient.luck("turn to hospital") < model.p.hospital_substitution_share:
        patient.hospital_until = model.month + int(model.p.hospital_therapy_months)
        patient.pause_until = max(until, patient.hospital_until)
        model.happened["turned to hospital"] += 1

"""The entitlement: how many sessions are covered, and what is on file about it."""

import math
from typing import TYPE_CHECKING, NamedTuple

from model.codes import CLASS_A, CLASS_B1, CLASS_B2
from model.entitlement import Entitlement

from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel


def most_covered(model: "ReferenceModel", first_year: bool, class_number: int) -> float:
    """Return the covered sessions in twelve months; infinite if there is no maximum."""
    if model.entitlement in (Entitlement.OPEN, Entitlement.CHRONIC_LIST):
        return math.inf
    year = "first_year" if first_year else "later_years"
    if model.entitlement is Entitlement.MAXIMA_2019:
        classes = {CLASS_A: "a", CLASS_B1: "b", CLASS_B2: "b"}
        return int(model.p[f"cap_2019_{year}_class_{classes.get(class_number, 'c_d')}"])
    classes = {CLASS_A: "a", CLASS_B1: "b1"}
    return int(model.p[f"cap_2021_{year}_class_{classes.get(class_number, 'b2_c_d')}"])


def self_paid_left(model: "ReferenceModel", patient: ReferencePatient) -> int:
    """Return how many first sessions of the condition basic insurance still leaves out."""
    if model.entitlement is not Entitlement.CHRONIC_LIST:
        return 0
    return max(0, int(model.p.chronic_list_self_paid_sessions) - patient.lifetime_sessions)


def covered_sessions_left(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the covered sessions left in the treatment year (infinite if there is no maximum)."""
    most = most_covered(model, patient.first_year == 1, patient.filed_class)
    return most - patient.covered_used


class File(NamedTuple):
    """What the insurer knows of a patient's entitlement."""

    treatment_year_start: int
    first_year: int
    covered_used: int
    filed_class: int


def file_if_accepted(
    model: "ReferenceModel", patient: ReferencePatient, new_treatment: bool
) -> File:
    """Return how the entitlement would stand: a new treatment, or the old one going on."""
    start, first_year, used = (
        patient.treatment_year_start,
        patient.first_year,
        patient.covered_used,
    )
    if new_treatment:
        start, first_year, used = model.month, 1, 0
    elif model.month - start >= 12:
        whole_years = (model.month - start) // 12
        start, first_year, used = start + 12 * whole_years, 0, 0
    filed = class_to_file(model, patient, first_year == 1, patient.need)
    return File(start, first_year, used, filed)


def class_to_file(
    model: "ReferenceModel", patient: ReferencePatient, first_year: bool, wanted: float
) -> int:
    """Return the true entitlement class, or B2 where that lifts a maximum that would bind."""
    true_class = patient.entitlement_class
    own_maximum = most_covered(model, first_year, true_class)
    if (
        true_class < CLASS_B2
        and wanted > own_maximum
        and most_covered(model, first_year, CLASS_B2) > own_maximum
        and patient.luck("file class") < model.p.class_upgrade_share
    ):
        model.happened["class upgraded"] += 1
        return CLASS_B2
    return true_class


def start_next_treatment_year(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Open a new twelve months of the entitlement."""
    patient.treatment_year_start += 12
    patient.covered_used = 0
    patient.first_year = 0
    model.happened["next treatment year"] += 1

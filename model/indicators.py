"""Indicators: what a KPI clause can look at, and who holds the pen when it is measured.

An indicator is one number per patient (or request, or quarter). What is kept is never the true
state but what was measured, claimed or answered: with noise, with gaps, and sometimes made to look
better by whoever measures.
"""

from dataclasses import dataclass
from typing import Literal

Measurer = Literal["therapist", "patient", "independent"]


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        id: Name in scenario files and results.
        en, nl: Label.
        unit: Unit of one patient's value.
        better: Direction that is good.
        measured_by: Who measures unless a contract says otherwise.
        recorded: When a value is noted.
        case_mix: What its case-mix norm corrects for.
        a_year: Measurements of a patient in a whole first year, if all are made.
        answered: Whether the patient must answer for it to be measured.
    """

    id: str
    en: str
    nl: str
    unit: str
    better: Literal["higher", "lower"]
    measured_by: Measurer
    recorded: str
    case_mix: str = "weight class on file and GOLD stage"
    a_year: int = 1
    answered: bool = False


INDICATORS = (
    Indicator("ccq_change", "Fall of disease burden (CCQ)", "Daling van de ziektelast (CCQ)",
              "CCQ points", "higher", "patient", "end of the first quarter, against intake",
              answered=True),
    Indicator("relevant_change", "Relevant fall of burden (0.4 CCQ)",
              "Relevante daling van de ziektelast (0,4 CCQ)", "share", "higher", "patient",
              "end of the first quarter, against intake", answered=True),
    Indicator("walk_change", "Gain in the 6-minute walk", "Winst op de zesminutenwandeltest",
              "m", "higher", "therapist", "end of the first quarter, against intake"),
    Indicator("gpe", "Patient feels clearly better (GPE)",
              "Patiënt voelt zich duidelijk beter (GPE)", "share", "higher", "patient",
              "end of the first quarter", answered=True),
    Indicator("treatment_index", "Sessions against the national mean (treatment index)",
              "Zittingen ten opzichte van het landelijk gemiddelde (behandelindex)",
              "index", "higher", "independent", "each finished quarter, from claims",
              "weight class on file and phase, in the index itself", a_year=4),
    Indicator("dropout", "Patients who break off", "Patiënten die afbreken", "share", "lower",
              "independent", "each quarter that ends or is broken off", a_year=4),
    Indicator("start_in_time", "Start within the agreed days", "Start binnen de afgesproken dagen",
              "share", "higher", "therapist", "each intake"),
    Indicator("heavy_class", "Quarters in the heaviest class", "Kwartalen in de zwaarste klasse",
              "share", "lower", "independent", "each finished quarter, from claims",
              "GOLD stage known to the referring doctor", a_year=4),
    Indicator("severe_accepted", "Severe patients accepted", "Aangenomen ernstige patiënten",
              "share", "higher", "independent", "each request of a patient with GOLD III or IV"),
    Indicator("measured", "Complete measurements", "Volledige metingen", "share", "higher",
              "independent", "each patient due for the follow-up measurement"),
    Indicator("admissions", "Lung attacks with admission", "Longaanvallen met opname",
              "per patient-quarter", "lower", "independent", "each finished quarter, from claims",
              "GOLD stage known to the referring doctor", a_year=4),
    Indicator("prem", "Patient experience (PREM)", "Patiëntervaring (PREM)", "points, 0 to 10",
              "higher", "patient", "end of the first quarter", answered=True),
)  # fmt: skip

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
NUMBER = {indicator.id: number for number, indicator in enumerate(INDICATORS)}

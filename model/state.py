"""State of the world as columns: what is known of every person, one array per fact.

Rules run over columns; ``agents.patient.Patient`` is a Mesa agent that reads and writes one row.
The tables below are the single declaration: they make the arrays and say what each means.
"""

from collections import namedtuple
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from model.columns import Columns


@dataclass(frozen=True)
class Column:
    """One fact of every person: its name, how it is stored, its unit and what it means."""

    name: str
    dtype: str
    unit: str
    meaning: str


PERSON_COLUMNS = (
    Column("birth_month", "i4", "month number", "month of birth; month 0 is January of year one"),
    Column("female", "i1", "0 or 1", "sex"),
    Column("income", "i1", "0-4", "income quintile, 0 lowest"),
    Column("smoker", "i1", "0 or 1", "smokes now"),
    Column("region", "i2", "region number", "region of residence"),
    Column("insurer", "i1", "0-9", "health insurer now, 0 largest"),
    Column("supplementary", "i1", "0 or 1", "has supplementary cover"),
    Column("pays_above", "i1", "0 or 1", "goes on from another pocket above a session maximum"),
    Column("place", "f8", "0-1", "where the person lives on the ring of the region"),
    Column("entry_month", "i2", "month number", "first month with a GOLD II+ diagnosis"),
    Column("frailty", "f8", "factor", "personal multiplier of the lung-attack rate, mean 1"),
    Column("fev1_reference", "f8", "litres", "FEV1 that counts as 100 %"),
    Column("fev1_decline", "f8", "mL/month", "personal decline of FEV1"),
    Column("fev1_reference_decline", "f8", "mL/month", "fall of the reference with age"),
    Column("ccq_offset", "f8", "CCQ points", "personal deviation of disease burden"),
    Column("walk_offset", "f8", "m", "personal deviation of the 6-minute walk"),
    Column("steps", "f8", "steps/day", "usual daily activity"),
    Column("need_luck", "f8", "normal score", "part of wanted care that does not follow the class"),
    Column("class_luck", "f8", "0-1", "position of wanted care within the entitlement class"),
    Column("mode_luck", "f8", "0-1", "decides which modes of session are possible for the person"),
    Column("deductible", "i4", "cents", "compulsory and voluntary deductible of a full year"),
)

HEALTH_COLUMNS = (
    Column("alive", "i1", "code", "0 not yet in the population, 1 alive, 2 dead"),
    Column("fev1", "f8", "% of reference", "lung function"),
    Column("gold", "i1", "2-4", "GOLD stage"),
    Column("attacks", "u2", "12 bits", "months of the last year with a lung attack; bit 0 is now"),
    Column("admissions", "u2", "12 bits", "the same for attacks with admission"),
    Column("struck", "i1", "code", "this month: 0 no attack, 1 lung attack, 2 with admission"),
    Column("training", "f8", "0-1", "share of the attainable training effect, h"),
    Column("ccq", "f8", "CCQ points", "true disease burden"),
)

CARE_COLUMNS = (
    Column("status", "i1", "code", "0 outside, 1 waiting for intake, 2 in treatment"),
    Column("practice", "i4", "row", "practice asked or treating, -1 none"),
    Column("therapist", "i4", "row", "treating therapist, -1 none"),
    Column("treated_by", "i4", "row", "practice of the last treatment, -1 none"),
    Column("waiting_since", "i2", "month number", "month of the request"),
    Column("refusals", "i1", "count", "refusals since the request"),
    Column("ever_asked", "i1", "0 or 1", "has ever asked for physiotherapy"),
    Column(
        "pause_until", "i2", "month number", "does not ask, or is not looked at, again before it"
    ),
    Column(
        "refused_until", "i2", "month number", "an earlier refusal holds back before this month"
    ),
    Column(
        "hospital_until", "i2", "month number", "exercise therapy in hospital before this month"
    ),
    Column("last_care", "i2", "month number", "last month with a session"),
    Column("profile", "i1", "2-5", "true guideline profile at the last grading"),
    Column("weight_class", "i1", "0-2", "weight class on file"),
    Column("upcoded", "i1", "code", "0 honest, 1 too heavy, 2 the same, unprovable, 3 too light"),
    Column("entitlement_class", "i1", "0-4", "true class A, B1, B2, C, D"),
    Column("filed_class", "i1", "0-4", "entitlement class on file"),
    Column("need", "f8", "sessions", "patient-optimal sessions in the first treatment year"),
    Column("wants_maintenance", "i1", "0 or 1", "needs maintenance after the first year"),
    Column("mode", "i1", "code", "how sessions are given this quarter (model.codes.MODES)"),
    Column("lifetime_sessions", "i2", "sessions", "sessions ever received for this condition"),
    Column("warranty_until", "i2", "month number", "no bundle is payable before this month"),
    Column("quarter", "i2", "count", "quarters completed in this episode"),
    Column("quarter_month", "i1", "0-2", "month within the patient's own quarter"),
    Column("contract", "i1", "row", "contract under which this quarter is paid"),
    Column("payer", "i1", "0-9", "insurer that pays this quarter, or paid the last one"),
    Column(
        "policy_account",
        "i4",
        "practice x 10 + insurer",
        "where the last quarter under the scenario's contract was paid that ran this year, -1 none",
    ),
    Column("need_quarter", "f8", "sessions", "patient-optimal sessions this quarter"),
    Column("plan", "f8", "sessions", "planned sessions this quarter"),
    Column("teaching", "f8", "0-1", "share of this quarter's sessions that trains for the test"),
    Column("rounding", "f8", "0-1", "luck that spreads whole sessions over the months"),
    Column("attends", "f8", "factor", "sessions attended of those planned, this quarter"),
    Column("planned_so_far", "i2", "sessions", "whole sessions planned so far this quarter"),
    Column("delivered", "i2", "sessions", "sessions delivered this quarter"),
    Column("quarter_billed", "i1", "code", "bundle of this quarter: 0 not yet, 1 paid, 2 not paid"),
    Column("extended", "i1", "0 or 1", "this quarter was opened without need"),
    Column("treatment_year_start", "i2", "month number", "start of the entitlement's 12 months"),
    Column("first_year", "i1", "0 or 1", "in the first treatment year"),
    Column("covered_used", "i2", "sessions", "covered sessions used in this treatment year"),
    Column("deductible_left", "i4", "cents", "deductible still open this calendar year"),
    Column("deferred", "i8", "cents", "part of a paid quarter that falls in next year"),
    Column("ccq_intake", "f8", "CCQ points", "burden measured at intake"),
    Column("ccq_before", "f8", "CCQ points", "true burden at intake"),
    Column("walk_intake", "f8", "m", "6-minute walk measured at intake"),
    Column("intake", "i1", "0 or 1", "intake this month"),
    Column("sessions", "i2", "sessions", "covered sessions this month"),
    Column("uncovered", "i2", "sessions", "sessions above the maximum this month"),
    Column("opened", "i1", "0 or 1", "a bundle quarter became payable this month"),
    Column("unused", "i1", "months", "months of a paid quarter left by breaking off this month"),
    Column("month_cost", "i8", "cents", "care cost this month (therapy and lung attacks)"),
)

TALLY_COLUMNS = (
    Column("months", "i2", "months", "months alive this year"),
    Column("asked_months", "i2", "months", "months alive since first asking for physiotherapy"),
    Column("ccq_sum", "f8", "CCQ points x months", "burden over those months"),
    Column("qalys", "f8", "QALY", "quality-adjusted life years"),
    Column("admissions", "i2", "count", "lung attacks with admission"),
    Column("died", "i1", "0 or 1", "died this year"),
    Column("copd_death", "f8", "share", "part of that death due to COPD (excess hazard)"),
    Column("stable_death", "f8", "share", "part of that death not due to an admission"),
    Column("sessions", "i4", "sessions", "sessions received, all payers"),
    Column("requests", "i2", "count", "intake requests decided"),
    Column("refused", "i2", "count", "intake requests refused"),
    Column("soft_refused", "i2", "count", "of which not called a refusal"),
    Column("intakes", "i2", "count", "intakes"),
    Column("waited", "i2", "months", "months waited, over the intakes"),
    Column("quarters", "i2", "count", "patient-quarters planned"),
    Column("under", "i2", "count", "patient-quarters with too few sessions planned"),
    Column("over", "i2", "count", "patient-quarters with too many sessions planned"),
    Column("upcoded", "i2", "count", "patient-quarters on file in too heavy a class"),
    Column("unprovable", "i2", "count", "of which where no audit can tell"),
    Column("downgraded", "i2", "count", "patient-quarters on file in too light a class"),
    Column("followed", "i2", "count", "patients measured after their first quarter"),
    Column("improved", "i2", "count", "of whom with a relevant improvement"),
    Column("answered", "i2", "count", "of those measured, who answered the questionnaires"),
    Column("left_out", "i2", "count", "of whom no answer was asked because it would cost money"),
    Column("excepted", "i2", "count", "of whom nothing was noted for a reason that would pass"),
    Column("stopped", "i2", "count", "episodes that the patient broke off"),
    Column("stopped_early", "i2", "count", "of which in the first two months"),
    Column("stopped_programme", "i2", "count", "of which in the first twelve weeks"),
    Column("paramedical", "i8", "cents", "paramedical framework, in the year the care falls"),
    Column("total_care", "i8", "cents", "all care cost, all payers"),
    Column("out_of_pocket", "i8", "cents", "paid by the patient"),
    Column("revenue", "i8", "cents", "received by the practice"),
    Column("cost", "f8", "cents", "full cost to the practice"),
    Column("admin", "f8", "minutes", "administration for this patient"),
    Column("grouped", "i4", "sessions", "sessions received in a group"),
    Column("digital", "i4", "sessions", "sessions received at a distance"),
    Column("hospital_therapy", "i8", "cents", "exercise therapy in hospital"),
    Column("overclaim", "i8", "cents", "paid beyond an honest bill, findable by audit"),
    Column(
        "policy_value", "i8", "cents", "sessions under the scenario's contract, at session tariffs"
    ),
    Column("gradable", "i1", "0 or 1", "paid by a class where a heavier one would bring more"),
    Column("too_heavy", "i1", "0 or 1", "of which in too heavy a class, findable by audit"),
)


PRACTICE_TALLY_COLUMNS = (
    Column("revenue", "f8", "cents", "received for COPD care this year"),
    Column("cost", "f8", "cents", "full cost of that care"),
    Column("usual_cost", "f8", "cents", "cost of its sessions and intakes at the mean practice"),
    Column("sessions", "f8", "sessions", "sessions delivered"),
    Column("admin", "f8", "minutes", "administration"),
    Column("quarters", "f8", "count", "patient-quarters planned"),
    Column("policy_quarters", "f8", "count", "of which under the scenario's contract"),
    Column("upcoded", "f8", "count", "of which on file in too heavy a class"),
    Column("gradable", "f8", "count", "first-year quarters that could be on file too heavy"),
    Column("too_heavy", "f8", "count", "of which on file in too heavy a weight class"),
    Column("caught", "f8", "count", "files in which an audit found too much claimed"),
    Column("gap", "f8", "sessions", "absolute difference between plan and need"),
    Column("need", "f8", "sessions", "sessions needed"),
    Column("sought", "f8", "count", "requests that ended here: started, refused, left the queue"),
    Column("in_time", "f8", "count", "of which started within the agreed days"),
    Column("followed", "f8", "count", "patients measured after their first quarter"),
    Column("fall", "f8", "CCQ points", "fall of their true burden since intake"),
)

if TYPE_CHECKING:

    class Person(Columns):
        """``PERSON_COLUMNS``."""

    class Health(Columns):
        """``HEALTH_COLUMNS``."""

    class Care(Columns):
        """``CARE_COLUMNS``."""

    class Tally(Columns):
        """``TALLY_COLUMNS``."""

    class PracticeTally(Columns):
        """``PRACTICE_TALLY_COLUMNS``."""

else:
    Person = namedtuple("Person", [c.name for c in PERSON_COLUMNS])
    Health = namedtuple("Health", [c.name for c in HEALTH_COLUMNS])
    Care = namedtuple("Care", [c.name for c in CARE_COLUMNS])
    Tally = namedtuple("Tally", [c.name for c in TALLY_COLUMNS])
    PracticeTally = namedtuple("PracticeTally", [c.name for c in PRACTICE_TALLY_COLUMNS])

TABLES = {
    "practice_tally": (PracticeTally, PRACTICE_TALLY_COLUMNS),
    "person": (Person, PERSON_COLUMNS),
    "health": (Health, HEALTH_COLUMNS),
    "care": (Care, CARE_COLUMNS),
    "tally": (Tally, TALLY_COLUMNS),
}


def empty(table: str, rows: int) -> Any:
    """Return a table of zeros: a named tuple of arrays, each of shape (rows,)."""
    kind, columns = TABLES[table]
    return kind(*(np.zeros(rows, dtype=column.dtype) for column in columns))


def copy[Table: Columns](table: Table) -> Table:
    """Return a deep copy of a named tuple of arrays."""
    return type(table)(*(array.copy() for array in table))


def clear(table: "Columns") -> None:
    """Set every column of a table to zero, in place."""
    for array in table:
        array[:] = 0

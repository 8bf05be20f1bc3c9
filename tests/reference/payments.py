"""What a contract pays for one patient-month, clause by clause."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from model.codes import TREATED
from model.contracts.clause import Activity, Clause
from model.contracts.kpi import Kpi
from model.contracts.period_tariff import PeriodTariff
from model.contracts.pro_rata import ProRata
from model.contracts.quarter_bundle import QuarterBundle

from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel


@dataclass(frozen=True)
class Bill:
    """One patient's month.

    Attributes:
        activity: What was done, as the bill says.
        paid: Cents per clause; negative goes back to the insurer.
        withheld: Cents per KPI that the insurer keeps until the KPI is judged.
        care: Paid by the clauses that pay for care.
        ahead: Of that, paid for a whole quarter when it starts (bundle, or tariff per quarter).
        refund: Back for unused months (negative).
    """

    activity: Activity
    paid: dict[str, int]
    withheld: dict[str, int]
    care: int
    ahead: int
    refund: int


def activity_of(model: "ReferenceModel", patient: ReferencePatient) -> Activity:
    """Return what was done for a patient this month."""
    return Activity.of_one(
        insurer=patient.pays_now,
        sessions=patient.sessions,
        mode=patient.mode,
        intake=patient.intake,
        opened=patient.opened,
        weight_class=patient.weight_class,
        phase=patient.phase,
        quarter_month=patient.month_of_quarter,
        unused=patient.unused,
        in_care=int(patient.status == TREATED),
        supplement=model.books.accounts[patient.practice, patient.pays_now].supplement,
    )


def bill_of(model: "ReferenceModel", patient: ReferencePatient) -> Bill:
    """Ask every clause of the patient's contract what it pays this month."""
    return billed(model, patient.contract, activity_of(model, patient))


def billed_in_class(
    model: "ReferenceModel", patient: ReferencePatient, bill: Bill, weight_class: int
) -> Bill:
    """Return the same month billed in another weight class."""
    other = replace(bill.activity, weight_class=np.array([weight_class]))
    return billed(model, patient.contract, other)


def billed(model: "ReferenceModel", number: int, activity: Activity) -> Bill:
    """Return the bill of a month under a contract."""
    contract, prices = model.contracts[number], model.prices[number]
    paid, withheld = {}, {}
    care = ahead = refund = 0
    for clause in contract.clauses:
        amounts = clause.pay(activity, prices)
        if amounts is None:
            continue
        paid[clause.name] = amount = int(amounts[0])
        care += amount if clause.pays_for_care else 0
        ahead += amount if pays_ahead(clause) else 0
        refund += amount if isinstance(clause, ProRata) else 0
    for clause in contract.clauses:
        if isinstance(clause, Kpi) and (kept := clause.withheld(np.array([care]))) is not None:
            withheld[clause.name] = int(kept[0])
    return Bill(activity, paid, withheld, care, ahead, refund)


def pays_ahead(clause: Clause) -> bool:
    """Return whether a clause pays for a whole quarter when it starts."""
    if isinstance(clause, PeriodTariff):
        return clause.period == "quarter"
    return isinstance(clause, QuarterBundle)

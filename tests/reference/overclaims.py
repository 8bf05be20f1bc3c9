"""Overclaims: what was paid beyond an honest bill, as far as an audit can find it."""

from typing import TYPE_CHECKING

from model.codes import MAINTENANCE, PROFILE_3, UPCODE_DETECTABLE
from model.contracts.audit import Audit
from model.contracts.period_tariff import PeriodTariff

from .patient import ReferencePatient
from .payments import Bill, billed_in_class

if TYPE_CHECKING:
    from .model import ReferenceModel

HEAVIEST = 2


def note_gradable(model: "ReferenceModel", patient: ReferencePatient, bill: Bill) -> None:
    """Note whether the heaviest class would bring more this month, and whether it does."""
    if model.contracts[patient.contract].find(Audit) is None:
        return
    true_class = patient.profile - PROFILE_3
    if true_class == HEAVIEST or patient.phase == MAINTENANCE:
        return
    honest = billed_in_class(model, patient, bill, max(0, true_class)).care
    if billed_in_class(model, patient, bill, HEAVIEST).care > honest:
        patient.tally.gradable = 1
        if patient.upcoded == UPCODE_DETECTABLE:
            patient.tally.too_heavy = 1


def overclaim(model: "ReferenceModel", patient: ReferencePatient, bill: Bill) -> int:
    """Return the overclaim of a month, cents.

    Of a quarter opened without need it is all that was paid; of a class graded too heavy, where an
    audit can tell, what the true class would not have brought. A fee per session alone is no claim
    on a class or a quarter.
    """
    contract = model.contracts[patient.contract]
    if contract.bundle is None and contract.find(PeriodTariff) is None:
        return 0
    if patient.extended == 1:
        too_much = bill.care
        model.happened["overclaim: no need"] += too_much > 0
    elif patient.upcoded == UPCODE_DETECTABLE and patient.phase != MAINTENANCE:
        honest = billed_in_class(model, patient, bill, patient.profile - PROFILE_3)
        too_much = bill.care - honest.care
        model.happened["overclaim: class"] += too_much > 0
    else:
        too_much = 0
    return max(0, too_much)

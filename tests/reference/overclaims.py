"""Overclaims: what was paid beyond an honest bill, as far as an audit can find it."""

from typing import TYPE_CHECKING

from model.codes import MAINTENANCE, PROFILE_3, UPCODE_DETECTABLE
from model.contracts.period_tariff import PeriodTariff

from .patient import ReferencePatient
from .payments import Bill, billed_in_class

if TYPE_CHECKING:
    from .model import ReferenceModel


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

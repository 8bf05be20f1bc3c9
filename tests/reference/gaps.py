"""January: what each practice lacks of its usual income, for who wants a target income."""

from typing import TYPE_CHECKING

from agents.behaviours.target_income import lacking_share
from model.codes import MAINTENANCE, POLICY_CONTRACT
from model.physiotherapy import quarter_need

from .examination import need_as_seen
from .patient import ReferencePatient
from .planning import FIRST_YEAR_QUARTERS as QUARTERS
from .planning import first_year_shares
from .providers import ReferencePractice
from .rewards import rewards_for
from .theories import honest, income_of_year, margin_of_session, mode_before

if TYPE_CHECKING:
    from .model import ReferenceModel


def note_what_is_lacking(model: "ReferenceModel") -> None:
    """Let therapists know what their practice lacks, from last year's patients at need."""
    if model.theories.get("target_income", 0.0) <= 0.0:
        return
    for practice in model.practices:
        incomes = [
            incomes_of(model, practice, patient)
            for patient in model.patients
            if patient.treated_by == practice.number
            and patient.last_care >= model.month - 12
            and patient.extended == 0
        ]
        usual, at_need = (sum(part) for part in zip(*incomes, strict=True)) if incomes else (0, 0)
        lacking = lacking_share(float(usual), float(at_need))
        model.happened["income lacking"] += lacking > 0.0
        model.happened["income made up by other patients"] += lacking == 0.0 and any(
            now < before - 0.01 for before, now in incomes
        )
        for therapist in practice.therapists:
            therapist.lacking = lacking


def incomes_of(
    model: "ReferenceModel", practice: ReferencePractice, patient: ReferencePatient
) -> tuple[float, float]:
    """Return what a year at need brought under the fee of history, and brings now, EUR."""
    contract = practice.contract_with[patient.insurer]
    held = rewards_for(model, contract, patient.insurer), model.habit[patient.insurer]
    kind, mode = honest(patient), mode_before(model, patient)
    above = model.books.accounts[practice.number, patient.insurer].supplement / 100.0
    above *= contract == POLICY_CONTRACT
    if patient.quarter < QUARTERS:
        need = need_as_seen(model, patient, model.therapists[patient.therapist])
        now, before = (income_of_year(model, one, patient, kind, mode, need) for one in held)
        return before, now + QUARTERS * above
    need = 4.0 * quarter_need(
        patient.need, patient.quarter, first_year_shares(model), model.p.maintenance_ratio
    )
    now, before = (margin_of_session(model, one, kind, mode) * need for one in held)
    price = held[0].quarter[kind, MAINTENANCE]
    return before, now + QUARTERS * (price + above if price > 0.0 else price)

"""Files: the year of one patient, audited and settled."""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import DIGITAL, GROUP, INDIVIDUAL, POLICY_CONTRACT
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.prices import cents
from model.contracts.stop_loss import StopLoss
from model.contracts.year import Files
from model.ledger import Framework, Party

from .ledger import post, post_between
from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel


def settle_files(
    model: "ReferenceModel", contract: Contract, patients: list[ReferencePatient]
) -> dict[tuple[int, int], int]:
    """Settle audits and stop-loss, one patient at a time.

    Returns:
        What the stop-loss paid per practice and insurer, cents.
    """
    ceded: dict[tuple[int, int], int] = {}
    for patient in patients:
        file = file_of(model, patient)
        note_audit(model, contract, file)
        for clause in contract.clauses:
            amounts = clause.settle_files(file)
            if amounts is None:
                continue
            amount = int(amounts[0])
            insurer, practice = patient.insurer, patient.treated_by
            post_between(model, clause.name, insurer, practice, patient.row, amount)
            patient.count_care(amount)
            model.practices[practice].tally.revenue += amount
            if isinstance(clause, StopLoss):
                ceded[practice, insurer] = ceded.get((practice, insurer), 0) + amount
            model.happened[f"paid: {clause.name}"] += amount > 0
            model.happened[f"back: {clause.name}"] += amount < 0
            if isinstance(clause, Audit):
                model.practices[practice].tally.caught += amount < 0
        audit = contract.find(Audit)
        if audit is not None and audit.audited(file)[0]:
            pay_for_audit(model, audit, patient)
    return ceded


def note_audit(model: "ReferenceModel", contract: Contract, file: Files) -> None:
    """Note whether a file is audited, and whether something wrong is found."""
    audit = contract.find(Audit)
    if audit is not None and audit.audited(file)[0]:
        found = file.overclaim[0] > 0 and file.luck_detect[0] < audit.detection
        model.books.audited += 1
        model.books.found += int(found)
        model.happened["audit finds"] += bool(found)


def file_of(model: "ReferenceModel", patient: ReferencePatient) -> Files:
    """Return the year of one patient as the clauses ask for it."""
    return Files(
        practice=np.array([patient.treated_by]),
        insurer=np.array([patient.insurer]),
        cost=np.array([reference_value(model, patient)]),
        overclaim=np.array([patient.tally.overclaim]),
        luck_audit=np.array([patient.luck("audit file")]),
        luck_detect=np.array([patient.luck("audit finds")]),
        watched=np.array([int(patient.account.watched)]),
    )


def reference_value(model: "ReferenceModel", patient: ReferencePatient) -> int:
    """Return what the year's sessions come to at the tariff of their mode, cents.

    A session at home counts as one in the practice.
    """
    tariff, tally = model.prices[POLICY_CONTRACT].session.tolist(), patient.tally
    alone = tally.sessions - tally.grouped - tally.digital
    return (
        alone * tariff[INDIVIDUAL] + tally.grouped * tariff[GROUP] + tally.digital * tariff[DIGITAL]
    )


def pay_for_audit(model: "ReferenceModel", audit: Audit, patient: ReferencePatient) -> None:
    """Let the insurer pay its auditor, and the practice the time it takes."""
    post(
        model,
        "audit_cost",
        Framework.INSURER_RESULT,
        (Party.INSURER, patient.insurer),
        (Party.ADMINISTRATION, 0),
        patient.row,
        patient.insurer,
        cents(audit.insurer_cost),
    )
    own = cents(audit.practice_cost)
    patient.tally.cost += own
    model.practices[patient.treated_by].tally.cost += own
    # What the practice's time costs, told as time: a session with overhead lasts so many minutes.
    minutes = audit.practice_cost / (model.p.full_cost_per_session / model.p.session_minutes)
    patient.tally.admin += minutes
    model.practices[patient.treated_by].tally.admin += minutes
    model.happened["watched file audited" if patient.account.watched else "file audited"] += 1

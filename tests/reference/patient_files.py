"""Files: the year of one patient, audited and settled."""

from typing import TYPE_CHECKING

import numpy as np

from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.prices import cents
from model.contracts.stop_loss import StopLoss
from model.contracts.year import Files
from model.ledger import Framework, Party

from .books import Account
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
        note_audit(model, contract, file, patient)
        for clause in contract.clauses:
            amounts = clause.settle_files(file)
            if amounts is None:
                continue
            amount = int(amounts[0])
            practice, insurer = patient.file_key
            post_between(model, clause.name, insurer, practice, patient.row, amount)
            patient.count_care(amount)
            model.practices[practice].tally.revenue += amount
            if isinstance(clause, StopLoss):
                ceded[practice, insurer] = ceded.get((practice, insurer), 0) + amount
            if insurer != patient.insurer or practice != patient.treated_by:
                model.happened[f"{clause.name} at an earlier account"] += amount != 0
            model.happened[f"paid: {clause.name}"] += amount > 0
            model.happened[f"back: {clause.name}"] += amount < 0
            if isinstance(clause, Audit):
                model.practices[practice].tally.caught += amount < 0
        audit = contract.find(Audit)
        if audit is not None and audit.audited(file)[0]:
            pay_for_audit(model, audit, patient)
    return ceded


def note_audit(
    model: "ReferenceModel", contract: Contract, file: Files, patient: ReferencePatient
) -> None:
    """Note whether a file says anything about how many upcode, and whether too heavy is found.

    It says something if it would have been audited in any practice, and its class could be too
    heavy.
    """
    audit = contract.find(Audit)
    if audit is None or not audit.audited(file)[0]:
        return
    found = file.overclaim[0] > 0 and file.luck_detect[0] < audit.detection
    model.happened["audit finds"] += bool(found)
    by_lot = file.luck_audit[0] < audit.rate
    model.happened["audited though not by lot"] += not by_lot
    model.happened["audit learns nothing of classes"] += bool(by_lot and not patient.tally.gradable)
    model.happened["audit finds no need only"] += bool(found and not patient.tally.too_heavy)
    if by_lot and patient.tally.gradable:
        model.books.audited += 1
        model.books.found += int(found and patient.tally.too_heavy)


def account_of(model: "ReferenceModel", patient: ReferencePatient) -> Account:
    """Return the books of the insurer on the practice with which the file of the year lies."""
    return model.books.accounts[patient.file_key]


def file_of(model: "ReferenceModel", patient: ReferencePatient) -> Files:
    """Return the year of one patient as the clauses ask for it."""
    return Files(
        practice=np.array([patient.file_key[0]]),
        insurer=np.array([patient.file_key[1]]),
        cost=np.array([patient.tally.policy_value]),
        overclaim=np.array([patient.tally.overclaim]),
        luck_audit=np.array([patient.luck("audit file")]),
        luck_detect=np.array([patient.luck("audit finds")]),
        watched=np.array([int(account_of(model, patient).watched)]),
    )


def pay_for_audit(model: "ReferenceModel", audit: Audit, patient: ReferencePatient) -> None:
    """Let the insurer pay its auditor, and the practice the time it takes."""
    number, insurer = patient.file_key
    practice = model.practices[number].tally
    post(
        model,
        "audit_cost",
        Framework.INSURER_RESULT,
        (Party.INSURER, insurer),
        (Party.ADMINISTRATION, 0),
        patient.row,
        insurer,
        cents(audit.insurer_cost),
    )
    own = cents(audit.practice_cost)
    patient.tally.cost += own
    practice.cost += own
    # What the practice's time costs, told as time: a session with overhead lasts so many minutes.
    minutes = audit.practice_cost / (model.p.full_cost_per_session / model.p.session_minutes)
    patient.tally.admin += minutes
    practice.admin += minutes
    watched = account_of(model, patient).watched
    model.happened["watched file audited" if watched else "file audited"] += 1

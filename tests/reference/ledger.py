"""The ledger: every euro becomes one line with both ends named."""

from typing import TYPE_CHECKING, NamedTuple

from model.ledger import Framework, Party

if TYPE_CHECKING:
    from .model import ReferenceModel


class Line(NamedTuple):
    """One line of the ledger, in the order of the engine's columns."""

    month: int
    payer: Party
    payer_id: int
    payee: Party
    payee_id: int
    patient: int
    insurer: int
    clause: str
    framework: Framework
    cents: int


End = tuple[Party, int]


def post(
    model: "ReferenceModel",
    clause: str,
    framework: Framework,
    payer: End,
    payee: End,
    patient: int,
    insurer: int,
    amount: int,
) -> None:
    """Add a line, unless there is nothing to pay."""
    if amount:
        line = Line(model.month, *payer, *payee, patient, insurer, clause, framework, amount)
        model.ledger.append(line)


def post_between(
    model: "ReferenceModel",
    clause: str,
    insurer: int,
    practice: int,
    patient: int,
    amount: int,
    framework: Framework = Framework.PARAMEDICAL,
) -> None:
    """Add a line from insurer to practice, or the other way round if the amount is negative."""
    there, back = (Party.INSURER, insurer), (Party.PRACTICE, practice)
    if amount < 0:
        there, back = back, there
    post(model, clause, framework, there, back, patient, insurer, abs(amount))

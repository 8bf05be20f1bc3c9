"""Macro clawback: an overrun of the macro framework is recovered from all practices."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Clause, Filled, Share
from model.contracts.outlook import Case, Outlook
from model.share_out import share_out


class MacroClawback(Clause):
    """Let the ministry recover an overrun (*macrobeheersinstrument*, MBI).

    Everybody pays for what all overspent together: a practice that saves a euro sees almost none of
    it back. The allocation rule for paramedical care could not be read; in proportion to turnover
    is assumed (policy evidence, section 8).

    Attributes:
        reference: Year whose spending the overrun is counted from.
        probability: Chance per year that the ministry uses the instrument when overspent.
    """

    levers: ClassVar[dict[str, str]] = {"probability": "mbi_clawback_probability"}
    clause: Literal["macro_clawback"] = "macro_clawback"
    reference: Literal["year_before"] = "year_before"
    probability: Filled[Share] = None

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return minus expected overrun per euro of turnover x revenue, EUR."""
        return -outlook.overrun_rate * case.revenue


def levies(overrun_cents: int, turnover: np.ndarray) -> np.ndarray:
    """Return what each practice pays so that an overrun is recovered to the cent.

    Args:
        overrun_cents: Spent above the framework, cents; nothing is levied at 0 or below.
        turnover: Turnover per practice, cents, shape (practices,); below zero counts as none.

    Returns:
        Whole cents per practice, in proportion to turnover, shape (practices,).
    """
    due = np.array([max(0, overrun_cents)])
    return share_out(due, np.maximum(turnover, 0), np.zeros(turnover.size, np.int64))

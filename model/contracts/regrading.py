"""Re-grading: when the weight class of a patient may change."""

from typing import Literal

from model.contracts.clause import Clause
from model.contracts.terms import Terms
from model.parameters import ParameterSet


class Regrading(Clause):
    """Let the weight class change at the start of each quarter; without it the class stays.

    Follows the patient's need, and offers a chance to upcode each quarter instead of once (policy
    evidence, section 1.2: the rule could not be read, a quarter boundary is assumed).

    Attributes:
        at: When the class may change.
    """

    clause: Literal["regrading"] = "regrading"
    at: Literal["quarter_start"]

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to examine and grade a patient anew."""
        return p.admin_minutes_regrading

    def terms(self) -> Terms:
        """Return that the class may change."""
        return Terms(regrade=1)

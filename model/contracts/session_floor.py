"""Session floor: a least share of what a patient needs must be given."""

from typing import ClassVar, Literal

from model.contracts.clause import Clause, Filled, Share
from model.contracts.terms import Terms
from model.parameters import ParameterSet


class SessionFloor(Clause):
    """Demand at least a share phi of the patient's need, against undertreatment.

    Under a flat price F a therapist who cares for profit only accepts a patient with need n if and
    only if n <= (F - t) / (c phi), with c the cost of a session and t the value of the slot (S3).
    With F 1,200, c 30 and t 0 that is 80 at phi 0.5, 57.1 at 0.7 and 44.4 at 0.9: without prices by
    weight class the floor turns undertreatment into risk selection.

    Attributes:
        share: Least share of need, phi.
    """

    levers: ClassVar[dict[str, str]] = {"share": "session_floor_share"}
    clause: Literal["session_floor"] = "session_floor"
    share: Filled[Share] = None

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to account for need and sessions in the file."""
        return p.admin_minutes_file_rule

    def terms(self) -> Terms:
        """Return the floor."""
        return Terms(session_floor=self.share)

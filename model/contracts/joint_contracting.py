"""Joint contracting: practices that are too small to bear risk contract together."""

from typing import Annotated, Literal

from pydantic import Field

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class JointContracting(Clause):
    """Let practices sign as one group, that shares risk and is judged as one.

    A margin of 5 % leaves 5 patients a chance of loss of 0.433 and 100 patients 0.227 (R1); a
    practice has about nine of these patients (policy evidence, section 0).

    Attributes:
        practices: Practices in a group, 2 to 200.
    """

    clause: Literal["joint_contracting"] = "joint_contracting"
    practices: Annotated[int, Field(strict=True, ge=2, le=200)]

    def terms(self) -> Terms:
        """Return the size of a group."""
        return Terms(pooled_practices=self.practices)

"""Warranty: a relapse soon after treatment is treated within the bundle already paid."""

from typing import Annotated, Literal

from pydantic import Field

from model.contracts.clause import Clause
from model.contracts.terms import Terms
from model.parameters import ParameterSet


class Warranty(Clause):
    """Pay no new bundle for so many months after the last session of an episode.

    Makes an early stop costly for the practice, and a patient who relapses unwelcome.

    Attributes:
        months: Months after the last session, 1 to 24.
    """

    clause: Literal["warranty"] = "warranty"
    months: Annotated[int, Field(strict=True, ge=1, le=24)]

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to account for earlier episodes in the file."""
        return p.admin_minutes_file_rule

    def terms(self) -> Terms:
        """Return the months without a new bundle."""
        return Terms(warranty_months=self.months)

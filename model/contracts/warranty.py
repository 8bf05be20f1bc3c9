"""Warranty: a relapse soon after treatment is treated within the bundle already paid."""

from typing import Annotated, Literal

from pydantic import Field

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class Warranty(Clause):
    """Pay no new bundle for so many months after the last session of an episode.

    Makes an early stop costly for the practice, and a patient who relapses unwelcome.

    Attributes:
        months: Months after the last session, 1 to 24.
    """

    clause: Literal["warranty"] = "warranty"
    months: Annotated[int, Field(strict=True, ge=1, le=24)]

    def terms(self) -> Terms:
        """Return the months without a new bundle."""
        return Terms(warranty_months=self.months)

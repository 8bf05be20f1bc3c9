"""Minimum contacts: a quarter may be billed only after so many sessions."""

from typing import Annotated, Literal

from pydantic import Field

from model.contracts.clause import Clause
from model.contracts.terms import Terms
from model.parameters import ParameterSet


class MinimumContacts(Clause):
    """Ask for a least number of contacts in a quarter before it is payable.

    The rule of the experiment could not be read; one contact is the default, three is the usual
    alternative (policy evidence, section 1.2). A step: sessions pile up at it (U5).

    Attributes:
        contacts: Contacts in the quarter, 1 to 30.
    """

    clause: Literal["minimum_contacts"] = "minimum_contacts"
    contacts: Annotated[int, Field(strict=True, ge=1, le=30)]

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to account for the contacts of a quarter in the file."""
        return p.admin_minutes_file_rule

    def terms(self) -> Terms:
        """Return the least contacts per quarter."""
        return Terms(least_contacts=self.contacts)

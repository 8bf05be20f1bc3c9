"""Single purchasing: each insurer sets the bundle price from its own claims."""

from typing import Literal

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class SinglePurchasing(Clause):
    """Let each insurer price the bundle by itself instead of all together.

    Without this clause the largest insurer that offers the contract sets one price for all, from
    the claims of all. An insurer with few quarters of a price group (``purchasing_quarters_least``)
    knows too little and takes the claims of all for that group.
    """

    clause: Literal["single_purchasing"] = "single_purchasing"

    def terms(self) -> Terms:
        """Return that each insurer purchases by itself."""
        return Terms(single=1)

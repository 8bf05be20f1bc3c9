"""Negotiation: the bundle price is agreed between insurer and practices."""

from typing import Literal

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class Negotiation(Clause):
    """Let each insurer negotiate the bundle price instead of setting it.

    The tariff of the experiment is free (*vrij tarief*), by written agreement (letter of
    20 June 2024).
    """

    clause: Literal["negotiation"] = "negotiation"

    def terms(self) -> Terms:
        """Return that prices are negotiated."""
        return Terms(negotiated=1)

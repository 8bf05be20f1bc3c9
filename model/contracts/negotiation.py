"""Negotiation: the bundle price is agreed between insurer and practices."""

from typing import Literal

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class Negotiation(Clause):
    """Let each insurer negotiate the bundle price instead of setting it.

    Twice, by Nash bargaining: with practices at large on the price it offers
    (``agents.insurer.negotiated_price``), and, where practices choose, with each practice that
    would refuse that price on a supplement for all its quarters of the year
    (``agents.insurer.negotiated_supplement``). No price goes above what the insurer would pay under
    the fee per session. What practices expect of other clauses goes by the price on offer.

    The tariff of the experiment is free (*vrij tarief*), by written agreement (letter of
    20 June 2024).
    """

    clause: Literal["negotiation"] = "negotiation"

    def terms(self) -> Terms:
        """Return that prices are negotiated."""
        return Terms(negotiated=1)

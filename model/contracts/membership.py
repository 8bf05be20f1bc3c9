"""Membership: only practices that belong to a network may sign."""

from typing import Literal

from model.contracts.clause import Clause
from model.contracts.terms import Terms


class Membership(Clause):
    """Open the contract to members of the quality network only.

    Its arterial-disease track sends measurements to a national database every month and shows each
    therapist the national mean (policy evidence, section 2). Members chose to join, so a comparison
    with other practices compares two kinds of practice as well.

    Attributes:
        of: The network.
    """

    clause: Literal["membership"] = "membership"
    of: Literal["quality_network"]

    def terms(self) -> Terms:
        """Return that only the network may sign."""
        return Terms(network_only=1)

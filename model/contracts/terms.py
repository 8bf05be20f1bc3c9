"""Terms: what a contract binds its parties to, apart from amounts of money."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Terms:
    """Terms of a contract. Terms of several clauses combine: the strictest holds.

    Attributes:
        least_contacts: Contacts before a quarter may be billed; 0 for the registry's.
        session_floor: Least share of a patient's need that must be given, 0 to 1.
        warranty_months: No new bundle within so many months after the last session of an episode.
        regrade: 1 if the class may change at the start of each quarter, 0 if it stays.
        network_only: 1 if only practices in the quality network may sign.
        pooled_practices: Practices that contract together; 1 for each by itself.
        negotiated: 1 if each insurer negotiates the bundle price with the practices.
        single: 1 if each insurer sets the bundle price from its own claims.
        monitoring: Number of clauses that watch the practice and punish or pay (crowding out,
            ``model.contracts.noise.effective_rho``).
    """

    least_contacts: float = 0.0
    session_floor: float = 0.0
    warranty_months: int = 0
    regrade: int = 0
    network_only: int = 0
    pooled_practices: int = 1
    negotiated: int = 0
    single: int = 0
    monitoring: float = 0.0

    def __or__(self, other: "Terms") -> "Terms":
        """Return both together: of each term the larger, of monitoring the sum."""
        both = {f.name: max(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        both["monitoring"] = self.monitoring + other.monitoring
        return Terms(**both)

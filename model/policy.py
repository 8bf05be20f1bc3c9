"""A policy: which entitlement and which contract hold from the policy year on, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.contracts.clause import Clause
from model.contracts.contract import REGULAR, Contract
from model.entitlement import Entitlement

#: What moves therapists unless a policy says otherwise.
USUAL_THEORIES: Mapping[str, float] = {"default": 1.0}


@dataclass(frozen=True)
class Policy:
    """What a scenario changes in the world, as plain data.

    Attributes:
        entitlement: Session maxima from the policy year on.
        clauses: Clauses of the contract that is offered beside the regular one; empty for none.
        practices_share: Share of practices that take it where it is offered.
        insurers_share: Share of insured people whose insurer offers it.
        by_choice: Whether practices decide each January what the contract is worth to them
            (``agents.joining``), instead of a lot once.
        only_practices: If given, exactly these practices take it (for tests and teaching).
        regulator_acts: Whether the regulator stops or adjusts the experiment on its evaluation, or
            only watches.
        levers: Parameter values that hold from the policy year on.
        theories: Share of therapists moved by each theory of behaviour from the policy year on,
            adding up to 1 (``model.codes.THEORIES``).
        theories_in_history: Whether they hold before the policy year as well.
    """

    entitlement: Entitlement = Entitlement.OPEN
    clauses: tuple[Clause, ...] = ()
    practices_share: float = 1.0
    insurers_share: float = 1.0
    by_choice: bool = False
    only_practices: tuple[int, ...] | None = None
    regulator_acts: bool = False
    levers: dict[str, float] = field(default_factory=dict)
    theories: Mapping[str, float] = field(default_factory=lambda: dict(USUAL_THEORIES))
    theories_in_history: bool = False

    def theories_now(self, holds: bool) -> Mapping[str, float]:
        """Return the shares of theories in force, given whether the policy holds already."""
        return self.theories if holds or self.theories_in_history else USUAL_THEORIES

    def same_contract(self, other: "Policy") -> bool:
        """Return whether the same contract is offered to the same practices and patients."""
        return all(
            getattr(self, name) == getattr(other, name)
            for name in (
                "entitlement", "clauses", "practices_share", "insurers_share", "by_choice",
                "only_practices",
            )
        )  # fmt: skip

    @property
    def offers_contract(self) -> bool:
        """Whether the contract differs from the regular one."""
        return bool(self.clauses) and set(self.clauses) != set(REGULAR.clauses)

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The regular contract, and the scenario's own if it has one."""
        return (REGULAR, Contract(self.clauses)) if self.offers_contract else (REGULAR,)


#: What held in 2021-2024: fee per session with maxima. Every scenario shares this history.
HISTORY = Policy(entitlement=Entitlement.MAXIMA_2021)

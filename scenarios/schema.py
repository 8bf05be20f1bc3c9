"""What a scenario says: a title, a story, and what changes from the policy year on.

A scenario is a policy people can send each other. It names an entitlement, one contract (a list
of clauses), who takes part and which levers are set; everything else stays as in history. A file
may say less and extend another scenario (``scenarios.inheritance``).
"""

from typing import Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)

from model.codes import THEORIES
from model.contracts.clause import Clause
from model.contracts.contract import REGULAR, AnyClause
from model.entitlement import Entitlement
from model.parameters import ParameterError, Registry, load_registry
from model.parameters.spelling import hint
from model.policy import USUAL_THEORIES, Policy
from scenarios.complaint import complaint
from scenarios.contradictions import first_contradiction
from scenarios.parts import BothLanguages, Name, Number, Paragraph, Part, PracticeNumber, Share

#: Levers that a scenario file states elsewhere; as a lever they would change nothing.
STATED_ELSEWHERE = {
    "practice_participation_share": "'practices' under 'participation'",
    "insurer_participation_share": "'insurers' under 'participation'",
    "bundle_price_quarter_average_patient": "'prices' of a bundle clause",
}

#: Shares written with a few decimals (0.333) may miss 1 by so much.
ROUNDING = 0.002


class Participation(Part):
    """Who takes the scenario's contract.

    Attributes:
        practices: Share of practices that take it where it is offered.
        insurers: Share of insured people whose insurer offers it.
        by_choice: Whether each practice weighs it every January, to join, stay or leave.
        only_practices: If given, exactly these practices take it (by number, for teaching).
    """

    practices: Share = 1.0
    insurers: Share = 1.0
    by_choice: StrictBool = False
    only_practices: tuple[PracticeNumber, ...] | None = None

    @model_validator(mode="after")
    def _one_way_to_say_who(self) -> Self:
        if self.only_practices is not None and self.practices != 1.0:
            raise complaint(
                "'practices' and 'only_practices' both say which practices take part; keep one",
                "only_practices",
            )
        if self.by_choice and self.only_practices is not None:
            raise complaint(
                "'by_choice' lets practices decide and 'only_practices' decides for them; keep one",
                "by_choice",
            )
        if self.by_choice and self.practices != 1.0:
            raise complaint(
                "'by_choice' lets practices decide, so 'practices' cannot say how many take part; "
                "keep one",
                "by_choice",
            )
        return self


class _Stated(Part):
    """A policy with a title, a story and a source.

    Attributes:
        title: Short name for a table or figure.
        story: One paragraph: what the scenario is, never what comes out of it.
        source: Seed passage or document that it rests on.
        entitlement: Session maxima from the policy year on.
        contract: Clauses of the contract on offer; clauses add up.
        participation: Who takes that contract.
        regulator: Whether the regulator only watches, or acts on its yearly evaluation: it may stop
            the experiment or lower the price.
        theories: Share of therapists moved by each theory of behaviour, from the policy year on;
            the shares add up to 1.
        set: Levers by registry name, held from the policy year on.
    """

    title: BothLanguages
    story: BothLanguages
    source: Paragraph
    entitlement: Entitlement = Entitlement.OPEN
    contract: tuple[AnyClause, ...] = REGULAR.clauses
    participation: Participation = Participation()
    regulator: Literal["watches", "acts"] = "watches"
    theories: dict[str, Share] = Field(default_factory=lambda: dict(USUAL_THEORIES))
    set: dict[str, Number] = Field(default_factory=dict)

    @field_validator("theories")
    @classmethod
    def _theories_add_up(cls, shares: dict[str, float]) -> dict[str, float]:
        for name in shares:
            if name not in THEORIES:
                known = f"there is no theory '{name[:100]}'{hint(name[:100], THEORIES)}"
                raise complaint(known, name)
        total = sum(shares.values())
        if abs(total - 1.0) > ROUNDING:
            raise complaint(f"the shares of the theories add up to {total:g}, not to 1")
        return shares

    @field_validator("set")
    @classmethod
    def _levers_exist(cls, levers: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        for name, value in levers.items():
            _check_lever(name, value, registry_of(info))
        return levers


class ScenarioFile(_Stated):
    """One scenario file: a policy, or what changes in another scenario.

    Attributes:
        extends: Scenario that this one starts from: a name of the library, or the path of a file,
            seen from the folder of this one. Title, story and source are always its own.
        contract: Clauses of the contract on offer; clauses add up. Replaces the inherited contract.
        remove: Clauses taken out of the inherited contract, by name (a KPI: kpi_ and its
            indicator).
        add: Clauses added to what is left of the inherited contract.
    """

    extends: Name = ""
    remove: tuple[Name, ...] = ()
    add: tuple[AnyClause, ...] = ()

    def states(self, key: str) -> bool:
        """Return whether the file itself says something under a key."""
        return key in self.model_fields_set


class Scenario(_Stated):
    """A whole policy: what its file says, with what it inherits filled in. See ``_Stated``."""

    _name: str = PrivateAttr(default="")
    _extends: str = PrivateAttr(default="")
    _added: tuple[str, ...] = PrivateAttr(default=())
    _removed: tuple[Clause, ...] = PrivateAttr(default=())

    @property
    def name(self) -> str:
        """The stem of the file it was read from; empty if it was made in code."""
        return self._name

    @property
    def extends(self) -> str:
        """The name of the scenario that its file extends; empty if none."""
        return self._extends

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the clauses that its file adds to the inherited contract."""
        return self._added

    @property
    def removed(self) -> tuple[Clause, ...]:
        """Clauses that its file takes out of the inherited contract."""
        return self._removed

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> Self:
        p = registry_of(info).values(self.set)
        found = first_contradiction(self.contract, self.entitlement, p)
        if found is not None:
            names = [f"'{clause.name}'" for clause in self.contract]
            raise complaint(found.sentence(names, f"'entitlement: {self.entitlement}'"), "contract")
        return self

    def policy(self) -> Policy:
        """Return what the scenario changes in the world, as plain data."""
        return Policy(
            entitlement=self.entitlement,
            clauses=self.contract,
            practices_share=self.participation.practices,
            insurers_share=self.participation.insurers,
            by_choice=self.participation.by_choice,
            only_practices=self.participation.only_practices,
            regulator_acts=self.regulator == "acts",
            levers=dict(self.set),
            theories=dict(self.theories),
        )


def registry_of(info: ValidationInfo) -> Registry:
    """Return the registry that a scenario is checked against; the one shipped if none is given."""
    return (info.context or {}).get("registry") or load_registry()


def why_not_settable(name: str) -> str | None:
    """Return why setting a parameter would change nothing, or None if it would."""
    place = STATED_ELSEWHERE.get(name)
    return None if place is None else f"'{name}' is stated in a scenario file as {place}"


def _check_lever(name: str, value: float, registry: Registry) -> None:
    """Refuse a setting that is no lever, or lies outside its range."""
    levers = [lever.name for lever in registry.by_role("lever")]
    if name not in registry:
        raise complaint(f"there is no lever '{name}'{hint(name[:100], levers)}", name)
    if name not in levers:
        role = registry[name].role
        article = "an" if role == "uncertainty" else "a"
        raise complaint(f"'{name}' is {article} {role}, and a scenario sets levers only", name)
    reason = why_not_settable(name)
    if reason is not None:
        raise complaint(reason, name)
    try:
        registry.values({name: value})
    except ParameterError as error:
        raise complaint(str(error), name) from None

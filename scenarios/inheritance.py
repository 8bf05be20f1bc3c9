"""Inheritance: a scenario that starts from another one and says only what it changes.

Title, story and source are always its own. ``remove`` takes clauses out of the inherited contract,
``add`` puts clauses in (in this order, so that a clause is changed by doing both), ``contract``
replaces it. ``set`` and ``participation`` are merged key by key, ``entitlement``, ``theories`` and
``regulator`` are overridden.
"""

from dataclasses import dataclass
from pathlib import Path

from model.contracts.clause import Clause
from model.entitlement import Entitlement
from model.parameters import Registry
from model.parameters.located_yaml import Located
from scenarios.complaint import ScenarioError
from scenarios.contradictions import first_contradiction
from scenarios.schema import Participation, Scenario, ScenarioFile
from scenarios.sentences import at, short


@dataclass(frozen=True)
class Place:
    """Where something was written.

    Attributes:
        path: The file.
        line: The line in it, from 1.
    """

    path: Path
    line: int

    def seen_from(self, path: Path) -> str:
        """Return the line, and the file if it is another one."""
        same = path == self.path
        return f"line {self.line}" if same else f"{self.path.name}, line {self.line}"


@dataclass(frozen=True)
class Draft:
    """What a file says together with all it extends, with where it was written.

    Attributes:
        path: The file itself.
        clauses: Clauses of the contract, each with its place (the file's first line if the
            contract is the regular one that nobody wrote).
        entitlement: Session maxima, and their place.
        participation: Who takes the contract.
        regulator: Whether the regulator watches or acts.
        theories: Share of therapists by theory of behaviour.
        levers: Levers set.
        added: Names of the clauses that the file itself adds.
        removed: Clauses that the file itself takes out.
    """

    path: Path
    clauses: tuple[tuple[Clause, Place], ...]
    entitlement: tuple[Entitlement, Place]
    participation: Participation
    regulator: str
    theories: dict[str, float]
    levers: dict[str, float]
    added: tuple[str, ...] = ()
    removed: tuple[Clause, ...] = ()


def draft(stated: ScenarioFile, located: Located, base: Draft | None) -> Draft:
    """Return what a file says on top of its base.

    Args:
        stated: The file.
        located: The same, with its lines.
        base: What it extends, or None.

    Raises:
        ScenarioError: The file changes a contract that it does not inherit, or takes out what is
            not there.
    """
    _check_changes(stated, located, base)
    if base is None:
        return Draft(
            path=located.path,
            clauses=_listed("contract", stated, located),
            entitlement=(stated.entitlement, _place(located, "entitlement")),
            participation=stated.participation,
            regulator=stated.regulator,
            theories=stated.theories,
            levers=stated.set,
        )
    removed = _removed(stated, located, base)
    if stated.states("contract"):
        clauses = _listed("contract", stated, located)
    else:
        kept = tuple(each for each in base.clauses if each[0] not in removed)
        clauses = kept + _listed("add", stated, located)
    own = (stated.entitlement, _place(located, "entitlement"))
    return Draft(
        path=located.path,
        clauses=clauses,
        entitlement=own if stated.states("entitlement") else base.entitlement,
        participation=_merged(base.participation, stated.participation),
        regulator=stated.regulator if stated.states("regulator") else base.regulator,
        theories=stated.theories if stated.states("theories") else base.theories,
        levers=base.levers | stated.set,
        added=tuple(clause.name for clause in stated.add),
        removed=removed,
    )


def resolve(made: Draft, stated: ScenarioFile, located: Located, registry: Registry) -> Scenario:
    """Return the whole scenario.

    Raises:
        ScenarioError: Two things contradict each other; the sentence says on which lines.
    """
    clauses = tuple(clause for clause, _ in made.clauses)
    entitlement, where = made.entitlement
    found = first_contradiction(clauses, entitlement, registry.values(made.levers))
    if found is not None:
        names = [
            f"'{clause.name}' ({place.seen_from(made.path)})" for clause, place in made.clauses
        ]
        said = found.sentence(names, f"'{entitlement}' ({where.seen_from(made.path)})")
        places = [made.clauses[number][1] for number in found.about]
        places += [where] if found.entitlement else []
        here = [place.line for place in places if place.path == made.path]
        line = max(here) if here else _line_of_change(located)
        raise ScenarioError(f"{made.path.name}, line {line}: {said}")
    scenario = Scenario.model_validate(
        {
            "title": stated.title,
            "story": stated.story,
            "source": stated.source,
            "entitlement": entitlement,
            "contract": clauses,
            "participation": made.participation,
            "regulator": made.regulator,
            "theories": made.theories,
            "set": made.levers,
        },
        context={"registry": registry},
    )
    scenario._name = made.path.stem
    scenario._extends = Path(stated.extends).stem
    scenario._added, scenario._removed = made.added, made.removed
    return scenario


def _check_changes(stated: ScenarioFile, located: Located, base: Draft | None) -> None:
    """Refuse changes to a contract that is not inherited."""
    for key in ("remove", "add"):
        if not stated.states(key):
            continue
        if base is None:
            raise at(
                located,
                f"'{key}' changes the contract of another scenario; say which with 'extends'",
                key,
            )
        if stated.states("contract"):
            whole, change = located.line("contract"), located.line(key)
            raise at(
                located,
                f"'contract' (line {whole}) replaces the inherited contract that '{key}' "
                f"(line {change}) changes; keep one of the two",
                max(("contract", key), key=located.line),
            )


def _removed(stated: ScenarioFile, located: Located, base: Draft) -> tuple[Clause, ...]:
    """Return the clauses that are taken out of the inherited contract."""
    there = {clause.name: clause for clause, _ in base.clauses}
    for number, name in enumerate(stated.remove):
        if name in stated.remove[:number]:
            first = located.line("remove", stated.remove.index(name))
            again = located.line("remove", number)
            raise at(
                located,
                f"'{name}' is taken out twice (line {first} and line {again})",
                "remove", number,
            )  # fmt: skip
        if name not in there:
            raise at(
                located,
                f"the contract of '{base.path.stem}' has no clause '{short(name)}' to take out, it "
                f"has {', '.join(there)}",
                "remove", number,
            )  # fmt: skip
    return tuple(there[name] for name in stated.remove)


def _listed(key: str, stated: ScenarioFile, located: Located) -> tuple[tuple[Clause, Place], ...]:
    """Return the clauses listed under a key of the file, with their places."""
    return tuple(
        (clause, _place(located, key, number)) for number, clause in enumerate(getattr(stated, key))
    )


def _place(located: Located, *keys: str | int) -> Place:
    return Place(located.path, located.line(*keys))


def _line_of_change(located: Located) -> int:
    """Return the line that changed a contract which was in order before."""
    keys = ("contract", "remove", "set", "extends")
    return next((located.line(key) for key in keys if (key,) in located.lines), 1)


def _merged(base: Participation, own: Participation) -> Participation:
    """Return who takes part: what the file says, and what it leaves to its base.

    ``practices``, ``only_practices`` and ``by_choice`` are ways to say the same, so one ousts the
    others.
    """
    inherited = {key: getattr(base, key) for key in base.model_fields_set}
    stated = {
        key: value for key in own.model_fields_set if (value := getattr(own, key)) is not None
    }
    who = {"practices", "only_practices", "by_choice"}
    says_who = who & {key for key, value in stated.items() if value is not False}
    if says_who:
        inherited = {key: value for key, value in inherited.items() if key not in who}
    return Participation(**(inherited | stated))

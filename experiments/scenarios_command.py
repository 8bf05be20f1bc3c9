"""The scenario library: a table for the screen, one scenario in full, JSON, and the JSON Schema."""

import io
import json
import textwrap
from collections.abc import Mapping
from typing import Any

from experiments.number_format import percentage
from experiments.texts import texts
from model.entitlement import Entitlement
from model.parameters import Registry
from model.policy import USUAL_THEORIES
from scenarios.clause_words import clause_in_words
from scenarios.json_schema import scenario_schema
from scenarios.loader import ScenarioError, library, load
from scenarios.schema import Participation, Scenario

FORMATS = ("table", "json")
LANGUAGES = ("en", "nl")
SCREEN_WIDTH = 88
NAME_WIDTH = 33  # the longest name of the library fits on one line

_HEADINGS = {
    "en": ("Scenario", "What it is"),
    "nl": ("Scenario", "Wat het is"),
}
_ENTITLEMENTS = {
    Entitlement.MAXIMA_2019: {"en": "session maxima of 2019", "nl": "maxima van 2019"},
    Entitlement.MAXIMA_2021: {"en": "session maxima of 2021-2024", "nl": "maxima van 2021-2024"},
    Entitlement.CHRONIC_LIST: {
        "en": "chronic list: first sessions self-paid, then no maximum",
        "nl": "chronische lijst: eerste zittingen voor eigen rekening, daarna geen maximum",
    },
    Entitlement.OPEN: {"en": "no session maximum", "nl": "geen maximum aan zittingen"},
}
_PARTICIPATION = {
    "en": (
        "{} of practices",
        "{} of the insured",
        "practices {}",
        "nobody takes part",
        "practices by choice",
        "everybody",
    ),
    "nl": (
        "{} van de praktijken",
        "{} van de verzekerden",
        "praktijken {}",
        "niemand doet mee",
        "praktijken naar keuze",
        "iedereen",
    ),
}
_REGULATOR_ACTS = {"en": "the regulator acts", "nl": "de toezichthouder grijpt in"}
_PARTS = {
    "en": (
        "Entitlement",
        "Contract",
        "Takes part",
        "Behaviour",
        "Set",
        "Regulator",
        "Source",
        "as {}, with",
        "as {}",
    ),
    "nl": (
        "Aanspraak",
        "Contract",
        "Doet mee",
        "Gedrag",
        "Ingesteld",
        "Toezicht",
        "Bron",
        "als {}, met",
        "als {}",
    ),
}
_LEGEND = {
    "en": "(* as in {0}, + added, - taken out)",
    "nl": "(* zoals in {0}, + toegevoegd, - weggelaten)",
}
_INDENT = 13  # of what stands behind the name of a part


def scenarios_text(
    registry: Registry,
    name: str | None = None,
    fmt: str = "table",
    language: str = "en",
    schema: bool = False,
) -> str:
    """Return what ``zorgbundel scenarios`` prints.

    Args:
        registry: Parameters whose levers the scenarios may set.
        name: One scenario, by library name or path; all of the library when None.
        fmt: "table" for reading, "json" for every detail.
        language: Language for reading; json carries both.
        schema: Return the JSON Schema of scenario files instead.

    Raises:
        ScenarioError: For an unknown format, language or scenario, or a broken file.
    """
    if schema:
        return json.dumps(scenario_schema(registry), ensure_ascii=False, indent=2) + "\n"
    if name is None:
        return scenarios_table(registry, fmt, language)
    _check(fmt, language)
    scenario = load(name, registry)
    return _json(_record(scenario)) if fmt == "json" else _page(scenario, registry, language)


def scenarios_table(registry: Registry, fmt: str = "table", language: str = "en") -> str:
    """Return the scenario library as text.

    Args:
        registry: Parameters whose levers the scenarios may set.
        fmt: "table" for reading, "json" for every detail.
        language: Language of the table; json carries both.

    Raises:
        ScenarioError: For an unknown format or language, or a broken library file.
    """
    _check(fmt, language)
    scenarios = [load(name, registry) for name in library()]
    if fmt == "json":
        return _json([_record(each) for each in scenarios])
    return _screen(scenarios, language)


def contract_in_words(scenario: Scenario, language: str) -> str:
    """Return the contract as people would say it."""
    return " + ".join(clause_in_words(clause, language) for clause in scenario.contract)


def _check(fmt: str, language: str) -> None:
    if language not in LANGUAGES:
        raise ScenarioError(f"there is no language '{language}', use one of {', '.join(LANGUAGES)}")
    if fmt not in FORMATS:
        raise ScenarioError(f"there is no format '{fmt}', use one of {', '.join(FORMATS)}")


def _json(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, indent=2) + "\n"


def _record(scenario: Scenario) -> dict[str, Any]:
    """Return all there is to know about a scenario, name first; the contract is the whole one."""
    return {
        "name": scenario.name,
        "extends": scenario.extends,
        "added": list(scenario.added),
        "removed": [clause.name for clause in scenario.removed],
        **scenario.model_dump(mode="json"),
        "contract_in_words": {
            language: contract_in_words(scenario, language) for language in LANGUAGES
        },
    }


def _participation_in_words(who: Participation, language: str) -> str:
    """Return who takes part, or nothing when all do."""
    practices, insurers, only, nobody, choice, _ = _PARTICIPATION[language]
    said = []
    if who.only_practices is not None:
        numbers = ", ".join(str(number) for number in who.only_practices)
        said.append(only.format(numbers) if numbers else nobody)
    elif who.by_choice:
        said.append(choice)
    elif who.practices < 1:
        said.append(practices.format(f"{100 * who.practices:g}%"))
    if who.insurers < 1:
        said.append(insurers.format(f"{100 * who.insurers:g}%"))
    return ", ".join(said)


def theories_in_words(shares: Mapping[str, float], language: str) -> str:
    """Return by which theories therapists behave, the largest share first."""
    t = texts(language)
    held = sorted(((share, name) for name, share in shares.items() if share > 0), reverse=True)
    names = [(share, t(f"theory.{name}.name")) for share, name in held]
    if len(names) == 1:
        return names[0][1]
    return ", ".join(f"{percentage(share, language)} {name}" for share, name in names)


def _unusual_theories(scenario: Scenario, language: str) -> str:
    usual = scenario.theories == dict(USUAL_THEORIES)
    return "" if usual else theories_in_words(scenario.theories, language)


# --- the whole library on a screen


def _screen(scenarios: list[Scenario], language: str) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0))
    left, right = _HEADINGS[language]
    table.add_column(left, width=NAME_WIDTH, no_wrap=True)
    table.add_column(right)
    for number, scenario in enumerate(scenarios):
        if number:
            table.add_row()
        # Text objects, because rich would read square brackets in a string as markup.
        table.add_row(Text(scenario.name), Text(_summary(scenario, language)))
    buffer = io.StringIO()
    Console(file=buffer, width=SCREEN_WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _summary(scenario: Scenario, language: str) -> str:
    """Return title, contract, and on a last line entitlement, participation and levers.

    Of a scenario that extends another, only what it adds to the contract and takes out of it.
    """
    own = [c for c in scenario.contract if not scenario.extends or c.name in scenario.added]
    changes = [f"- {clause_in_words(clause, language)}" for clause in scenario.removed]
    changes += [f"+ {clause_in_words(clause, language)}" for clause in own]
    *_, with_changes, as_is = _PARTS[language]
    base = (with_changes if changes else as_is).format(scenario.extends)
    facts = [
        _ENTITLEMENTS[scenario.entitlement][language],
        _participation_in_words(scenario.participation, language),
        _unusual_theories(scenario, language),
        _levers_in_words(scenario),
        _REGULATOR_ACTS[language] if scenario.regulator == "acts" else "",
    ]
    lines = [
        getattr(scenario.title, language),
        *([base] if scenario.extends else []),
        *(_folded(change, SCREEN_WIDTH - NAME_WIDTH - 5) for change in changes),
        "; ".join(fact for fact in facts if fact),
    ]
    return "\n".join(lines)


def _levers_in_words(scenario: Scenario) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in scenario.set.items())


def _folded(line: str, width: int) -> str:
    """Return a line folded to a width; what follows stands below its first word, after a mark."""
    return textwrap.fill(line, width, subsequent_indent="  ", break_on_hyphens=False)


# --- one scenario


def _page(scenario: Scenario, registry: Registry, language: str) -> str:
    """Return one scenario in full: the whole contract, what a lever fills in included."""
    entitlement, contract, takes_part, behaviour, levers, regulator, source, *_ = _PARTS[language]
    p = registry.values(scenario.set)
    clauses = [
        ("+ " if clause.name in scenario.added else "* ")
        + clause_in_words(clause.filled(p), language)
        for clause in scenario.contract
    ]
    clauses += [f"- {clause_in_words(clause, language)}" for clause in scenario.removed]
    if scenario.extends:
        clauses.append(_LEGEND[language].format(scenario.extends))
    everybody = _PARTICIPATION[language][-1]
    who = _participation_in_words(scenario.participation, language) or everybody
    blocks = [
        f"{scenario.name}: {getattr(scenario.title, language)}",
        getattr(scenario.story, language),
    ]
    parts = [
        _part(entitlement, [_ENTITLEMENTS[scenario.entitlement][language]]),
        _part(contract, clauses),
        _part(takes_part, [who]),
        _part(behaviour, [theories_in_words(scenario.theories, language)]),
        _part(levers, [_levers_in_words(scenario)] if scenario.set else []),
        _part(regulator, [_REGULATOR_ACTS[language]] if scenario.regulator == "acts" else []),
        _part(source, [scenario.source]),
    ]
    filled = [textwrap.fill(block, SCREEN_WIDTH, break_on_hyphens=False) for block in blocks]
    return "\n\n".join([*filled, "\n".join(part for part in parts if part)]) + "\n"


def _part(name: str, lines: list[str]) -> str:
    """Return the lines of one part of a page, its name before the first; nothing if there is none.

    Args:
        name: What the part is called.
        lines: Its lines, each folded to the screen.
    """
    folded = "\n".join(_folded(line, SCREEN_WIDTH - _INDENT) for line in lines)
    return f"{name:<{_INDENT}}" + folded.replace("\n", "\n" + " " * _INDENT) if lines else ""

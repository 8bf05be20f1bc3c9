"""The scenario library as a table for the screen, or as JSON for another program."""

import io
import json
import textwrap
from typing import Any

from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.clause import Clause
from model.entitlement import Entitlement
from model.parameters import Registry
from scenarios.loader import ScenarioError, library, load
from scenarios.schema import Participation, Scenario

FORMATS = ("table", "json")
LANGUAGES = ("en", "nl")
SCREEN_WIDTH = 88
NAME_WIDTH = 33  # the longest name of the library fits on one line

_HEADINGS = {
    "en": ("Scenario and contract", "What it is"),
    "nl": ("Scenario en contract", "Wat het is"),
}
_ENTITLEMENTS = {
    Entitlement.MAXIMA_2019: {"en": "session maxima of 2019", "nl": "maxima van 2019"},
    Entitlement.MAXIMA_2021: {"en": "session maxima of 2021-2024", "nl": "maxima van 2021-2024"},
    Entitlement.OPEN: {"en": "no session maximum", "nl": "geen maximum aan zittingen"},
}
_CLAUSES = {
    "intake_fee": {"en": "intake fee", "nl": "tarief voor de intake"},
    "fee_per_session": {"en": "fee per session", "nl": "tarief per zitting"},
    "bundle_quarter": {"en": "bundle per quarter", "nl": "zorgbundel per kwartaal"},
}
_BUNDLE = {
    "en": ("{} weight classes", "one price", "maintenance quarter", "fixed prices EUR {}"),
    "nl": ("{} zwaarteklassen", "één prijs", "onderhoudskwartaal", "vaste prijzen EUR {}"),
}
_PARTICIPATION = {
    "en": ("{} of practices", "{} of insurers", "practices {}", "nobody takes part"),
    "nl": ("{} van de praktijken", "{} van de verzekeraars", "praktijken {}", "niemand doet mee"),
}


def scenarios_table(registry: Registry, fmt: str = "table", language: str = "en") -> str:
    """Return the scenario library as text.

    Args:
        registry: Parameters whose levers the scenarios may set.
        fmt: "table" for reading, "json" for every detail.
        language: Language of the table; json carries both.

    Raises:
        ScenarioError: For an unknown format or language, or a broken library file.
    """
    if language not in LANGUAGES:
        raise ScenarioError(f"there is no language '{language}', use one of {', '.join(LANGUAGES)}")
    if fmt not in FORMATS:
        raise ScenarioError(f"there is no format '{fmt}', use one of {', '.join(FORMATS)}")
    scenarios = [load(name, registry) for name in library()]
    if fmt == "json":
        records = [_record(each) for each in scenarios]
        return json.dumps(records, ensure_ascii=False, indent=2) + "\n"
    return _screen(scenarios, language)


def clause_in_words(clause: Clause, language: str) -> str:
    """Return one clause of a contract as people would say it."""
    words = _CLAUSES[clause.name][language]
    if not isinstance(clause, BundleQuarter):
        return words
    classes, one_price, maintenance, fixed = _BUNDLE[language]
    several = clause.weight_classes > 1
    details = [classes.format(clause.weight_classes) if several else one_price]
    if clause.maintenance_class:
        details.append(maintenance)
    if clause.prices is not None:
        details.append(fixed.format(" / ".join(f"{price:g}" for price in clause.prices)))
    return f"{words} ({', '.join(details)})"


def contract_in_words(scenario: Scenario, language: str) -> str:
    """Return the contract as people would say it."""
    return " + ".join(clause_in_words(clause, language) for clause in scenario.contract)


def _participation_in_words(who: Participation, language: str) -> str:
    """Return who takes part, or nothing when all do."""
    practices, insurers, only, nobody = _PARTICIPATION[language]
    said = []
    if who.only_practices is not None:
        numbers = ", ".join(str(number) for number in who.only_practices)
        said.append(only.format(numbers) if numbers else nobody)
    elif who.practices < 1:
        said.append(practices.format(f"{100 * who.practices:g}%"))
    if who.insurers < 1:
        said.append(insurers.format(f"{100 * who.insurers:g}%"))
    return ", ".join(said)


def _record(scenario: Scenario) -> dict[str, Any]:
    """Return all there is to know about a scenario, name first."""
    in_words = {language: contract_in_words(scenario, language) for language in LANGUAGES}
    return {
        "name": scenario.name,
        **scenario.model_dump(mode="json"),
        "contract_in_words": in_words,
    }


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
        table.add_row(Text(_facts(scenario, language)), Text(_story(scenario, language)))
    buffer = io.StringIO()
    Console(file=buffer, width=SCREEN_WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _facts(scenario: Scenario, language: str) -> str:
    """Return name, entitlement, contract, participation and levers, each on lines of its own."""
    # One line per fact below the name: five columns would leave no room for the story.
    facts = [
        _ENTITLEMENTS[scenario.entitlement][language],
        *(clause_in_words(clause, language) for clause in scenario.contract),
        _participation_in_words(scenario.participation, language),
        *(f"{name} = {value:g}" for name, value in scenario.set.items()),
    ]
    lines = [scenario.name]
    for fact in facts:
        lines += textwrap.wrap(fact, NAME_WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)


def _story(scenario: Scenario, language: str) -> str:
    return f"{getattr(scenario.title, language)}\n\n{getattr(scenario.story, language)}"

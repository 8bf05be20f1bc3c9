"""The scenarios that a command or a design names: different ones, each under a name of its own."""

from collections.abc import Iterable
from pathlib import Path

from model.parameters import Registry
from scenarios.loader import ScenarioError, library, load
from scenarios.schema import Scenario


def named_scenarios(
    names: Iterable[str], registry: Registry, folder: Path = Path()
) -> dict[str, Scenario]:
    """Return scenarios by name, in the order in which they are named.

    Args:
        names: Names of the library, or paths of files.
        registry: Parameters.
        folder: Where files are looked for.

    Raises:
        ScenarioError: One cannot be read, has the name of one of the library, or is named twice.
    """
    known, chosen = library(), {}
    for text in names:
        scenario = load(text if text in known or "." not in text else folder / text, registry)
        if scenario.name in known and text != scenario.name:
            raise ScenarioError(
                f"{text} has the name of a scenario of the library; give your file another name."
            )
        if scenario.name in chosen:
            raise ScenarioError(f"'{scenario.name}' is named twice; compare different scenarios.")
        chosen[scenario.name] = scenario
    return chosen

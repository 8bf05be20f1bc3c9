"""The report of a scenario: the two pages of ``zorgbundel brief``, with the link of its view."""

import base64
import datetime
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from experiments.briefs.brief import FORMATS
from experiments.briefs.brief_command import rendered
from experiments.briefs.contents import brief_of
from experiments.briefs.results import Results
from experiments.comparison import Design, compare
from experiments.manifest import command, manifest
from experiments.output import OutputError
from experiments.posteriors.draws import usual_source
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import load


def design_of(asked: Mapping[str, Any]) -> Design:
    """Return the design of what is asked: scenario, settings, seeds, draws, share."""
    return Design(
        "fee_for_service_open", (asked["scenario"],), int(asked["seeds"]), int(asked["draws"]), 0,
        asked["share"], dict(asked["settings"]), span=Span(),
        draws_from=usual_source(load_registry()),
    )  # fmt: skip


def steps(asked: Mapping[str, Any]) -> int:
    """Return the number of steps: tasks, and each file."""
    return int(asked["seeds"]) + int(asked["draws"]) + len(FORMATS)


def make_report(asked: Mapping[str, Any], done: Callable[[], None]) -> dict[str, Any]:
    """Run what the page shows and return its brief.

    This is the one function behind the report button. ``files`` holds each format in base64,
    without the PDF if it would take more than two pages; ``name`` is their name without ending.

    Args:
        asked: scenario, settings, seeds, draws, share, language, and link: the address of the view.
        done: Told of every step.
    """
    registry = load_registry()
    design = design_of(asked)
    scenarios = {name: load(name, registry) for name in design.worlds}
    policies = {name: one.policy() for name, one in scenarios.items()}
    comparison = compare(design, policies, registry, 1, done)
    contents = {name: one.model_dump(mode="json") for name, one in scenarios.items()}
    about = manifest(comparison, contents, registry)
    about = {**about, "date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
             "command": command(design), "link": asked["link"]}  # fmt: skip
    brief = brief_of(Results(comparison, about), asked["scenario"], asked["language"])
    files = {}
    for fmt in FORMATS:
        with suppress(OutputError):
            files[fmt] = base64.b64encode(rendered(brief, fmt)).decode("ascii")
        done()
    return {"files": files, "name": f"zorgbundel_{asked['scenario']}.{asked['language']}"}

"""A scenario file of the visitor's own: checked, and run beside fee per session."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dashboards.make_result import describe, make_result, titles_of
from experiments.comparison import Design, gathered, tasks
from experiments.posteriors.draws import usual_source
from experiments.runner import run_task
from model.parameters import load_registry
from scenarios.loader import ScenarioError, load
from scenarios.schema import Scenario

BASELINE = "fee_for_service_open"

#: Largest file, bytes.
MOST_BYTES = 64 * 1024


def read_text(text: str) -> Scenario:
    """Return the scenario that a file's text describes.

    Raises:
        ScenarioError: It is too large, or no scenario; the message names the line.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ScenarioError("The file is larger than 64 kB.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            return load(path, load_registry())
        except ScenarioError as error:
            raise ScenarioError(str(error).replace(f"{folder}/", "")) from None


def run_own(asked: Mapping[str, Any], done: Callable[[], None]) -> dict[str, Any]:
    """Check a scenario and run it; what is wrong with it comes back as ``problem``.

    Args:
        asked: text, seeds, draws, share.
        done: Told after each task.
    """
    registry = load_registry()
    try:
        own = read_text(asked["text"])
    except ScenarioError as error:
        return {"problem": str(error)[:400]}
    design = Design(
        BASELINE, (own.name,), int(asked["seeds"]), int(asked["draws"]), 0, asked["share"],
        draws_from=usual_source(registry),
    )  # fmt: skip
    if own.name in {BASELINE, *design.worlds} - {own.name}:
        return {"problem": f"The name '{own.name}' is that of a scenario it is compared with."}
    scenarios = {name: own if name == own.name else load(name, registry) for name in design.worlds}
    policies = {name: one.policy() for name, one in scenarios.items()}
    results = []
    for task in tasks(design, policies, registry):
        results.append(run_task(task))
        done()
    comparison = gathered(design, results, registry)
    return {
        "about": describe(own, registry),
        "result": make_result(comparison, own.name, titles_of(scenarios)),
    }

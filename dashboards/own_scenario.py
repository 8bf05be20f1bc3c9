"""A scenario file of the visitor's own: checked, and run beside fee per session."""

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dashboards.make_result import describe, make_result, titles_of
from dashboards.own_problem import Problem, problem_of
from dashboards.upload import MOST_BYTES
from experiments.comparison import Design, compare
from experiments.posteriors.draws import usual_source
from model.parameters import load_registry
from scenarios.loader import library, load
from scenarios.schema import Scenario

BASELINE = "fee_for_service_open"


class NotAScenarioError(ValueError):
    """A visitor's file is no scenario.

    Attributes:
        problem: ``code`` of the text that says why, and what it wants filled in.
    """

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem["code"])
        self.problem = problem


def read_text(text: str, name: str = "scenario") -> Scenario:
    """Return the scenario that a file's text describes.

    It may extend a scenario of the library, and no other file: a visitor has no files here.

    Args:
        text: What the file says.
        name: Name of the file.

    Raises:
        NotAScenarioError: It is too large, or no scenario.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise NotAScenarioError({"code": "large"})
    registry = load_registry()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{own_name(name)}.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        problem = problem_of(path, registry)
        if problem is not None:
            raise NotAScenarioError(problem)
        return load(path, registry)


def own_name(name: str) -> str:
    """Return a name for a visitor's scenario: of letters, and none of the library's."""
    stem = re.sub(r"[^a-z0-9_]+", "_", Path(name).stem.lower())[:40].strip("_") or "scenario"
    return f"{stem}_own" if stem in library() else stem


def run_own(asked: Mapping[str, Any], done: Callable[[], None]) -> dict[str, Any]:
    """Check a scenario and run it; what is wrong with it comes back as ``problem``.

    Args:
        asked: text, name, seeds, draws, share.
        done: Told after each task.
    """
    registry = load_registry()
    try:
        own = read_text(asked["text"], asked.get("name", ""))
    except NotAScenarioError as error:
        return {"problem": error.problem}
    design = Design(
        BASELINE, (own.name,), int(asked["seeds"]), int(asked["draws"]), 0, asked["share"],
        draws_from=usual_source(registry),
    )  # fmt: skip
    scenarios = {name: own if name == own.name else load(name, registry) for name in design.worlds}
    policies = {name: one.policy() for name, one in scenarios.items()}
    comparison = compare(design, policies, registry, 1, done)
    return {
        "about": describe(own, registry),
        "result": make_result(comparison, own.name, titles_of(scenarios)),
    }

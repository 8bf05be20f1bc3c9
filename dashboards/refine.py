"""Refining until it is clear: ``zorgbundel compare --until-clear`` as a page shows it."""

from collections.abc import Mapping
from typing import Any

from dashboards.make_result import make_result, titles_of
from dashboards.report import design_of
from experiments.until_clear import compare_until_clear
from model.parameters import load_registry
from scenarios.loader import load


def refine(asked: Mapping[str, Any], told: Any) -> dict[str, Any]:
    """Add pairs of worlds until what is watched is clear, or the budget is used.

    Args:
        asked: As a report's, with ``max_pairs``: most pairs, fixed beforehand.
        told: The way back (``dashboards.side_work.Told``).
    """
    registry = load_registry()
    design = design_of(asked)
    scenarios = {name: load(name, registry) for name in design.worlds}
    policies = {name: one.policy() for name, one in scenarios.items()}
    most, made = int(asked["max_pairs"]), {"done": 0}
    total = most + int(asked["draws"])
    told.progress(0, total)

    def done() -> None:
        made["done"] += 1
        told.progress(made["done"], total)

    comparison, spent = compare_until_clear(design, policies, registry, most, workers=1, done=done)
    result = make_result(comparison, asked["scenario"], titles_of(scenarios))
    return {"result": result, "until_clear": spent.document()}

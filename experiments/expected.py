"""Headline numbers of every library scenario, kept beside its YAML and checked by the tests.

A changed number means a changed model: refresh on purpose (``make expected``), never in passing,
and mark the change **Results** in the changelog.
"""

import json
from pathlib import Path

from experiments.paired import WINDOW, values
from experiments.runner import Task, run_task
from model.outcomes import MEASURES
from model.parameters import Registry, load_registry
from scenarios.loader import library, load

#: Small enough for every test run, large enough to touch every branch.
SHARE, SEED = 0.02, 1

#: Relative difference that still counts as the same number (other processors, other libraries).
TOLERANCE = 1e-6


def expected_path(name: str) -> Path:
    """Return the file with a scenario's headline numbers, beside its YAML."""
    return library()[name].with_suffix(".expected.json")


def headline_numbers(registry: Registry) -> dict[str, dict[str, float]]:
    """Return the value of every measure over the window, national, by scenario."""
    policies = {name: load(name, registry).policy() for name in library()}
    runs = run_task(Task("seed", SEED, SEED, registry.values(), policies, SHARE)).outcomes
    table = values(runs, {measure.id for measure in MEASURES if measure.bottom is None})
    table = table[(table["split"] == "all") & (table["year"] == WINDOW)]
    return {
        name: {row.measure: float(row.value) for row in own.itertuples()}
        for name, own in table.groupby("policy")
    }


def read_expected(name: str) -> dict[str, float]:
    """Return the headline numbers on file for one scenario."""
    return json.loads(expected_path(name).read_text(encoding="utf-8"))["headline"]


def refresh() -> list[str]:
    """Write the headline numbers of all scenarios; return the names of those that changed."""
    changed = []
    for name, headline in headline_numbers(load_registry()).items():
        path = expected_path(name)
        text = json.dumps({"share": SHARE, "seed": SEED, "headline": headline}, indent=1) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


if __name__ == "__main__":
    print("\n".join(refresh()) or "no headline number changed")

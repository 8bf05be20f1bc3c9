"""The results in a folder, read for a brief: nothing is run again, and nothing changed is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison import Comparison
from experiments.output import OutputError
from experiments.safe_files import read_json, read_parquet
from experiments.scenario_names import Titles

#: Folders that a brief cannot be made of: their kind, and what to do instead.
_OTHERS = {
    "sweep": "a sweep, without the worlds that the budget tests need; see 'zorgbundel analyse'",
    "run": "one run, with nothing to compare it with",
    "branch": "a branch of one run, without the worlds that the budget tests need",
    "evaluation": "an evaluation, without the worlds that the budget tests need",
    "theories": "a comparison of theories, without the worlds that the budget tests need",
    "validation": "a validation, which compares no policies",
    "analysis": "the analysis of a sweep, without the worlds that the budget tests need",
    "neutral-price": "the search for a price, without the worlds that the budget tests need",
    "safe-corridor": "the search for a corridor, without the worlds that the budget tests need",
}


@dataclass(frozen=True)
class Results:
    """A comparison with what made it.

    Attributes:
        comparison: The results.
        manifest: What made them, as in ``manifest.json``.
    """

    comparison: Comparison
    manifest: Mapping[str, Any]

    @property
    def titles(self) -> Titles:
        """Titles of the scenarios, by name and language."""
        return {name: body["title"] for name, body in self.manifest["scenarios"].items()}


def read_results(folder: Path) -> Results:
    """Return the comparison in a results folder.

    Raises:
        OutputError: There is none, it is damaged, or was changed after it was written.
    """
    from experiments.budget_verdict import budget_verdict
    from experiments.manifest import ComparisonManifest, read_manifest
    from experiments.reproduce_command import read_table
    from model.parameters import load_registry

    if (folder / "design.json").is_file() and not (folder / "manifest.json").is_file():
        raise _refused(folder, "sweep")
    if (kind := _kind(folder)) in _OTHERS:
        raise _refused(folder, kind)
    manifest = read_manifest(folder)
    if not isinstance(manifest, ComparisonManifest):
        raise _refused(folder, manifest.kind)
    tables = {name: read_table(folder, name, known) for name, known in manifest.tables.items()}
    design = manifest.design.design()
    central = load_registry().values(design.settings)
    budgets = {name: budget_verdict(tables["runs"], name, central) for name in design.policies}
    return Results(
        Comparison(
            design, tables["runs"], tables["effects"], budgets, _draws(folder, design.draws),
            tables["evaluations"],
        ),
        read_json(folder / "manifest.json"),
    )  # fmt: skip


def _kind(folder: Path) -> str:
    """Return the kind in a manifest, as far as it can be read."""
    try:
        found = read_json(folder / "manifest.json")
        return str(found.get("kind", ""))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""


def _refused(folder: Path, kind: str) -> OutputError:
    what = _OTHERS.get(kind, "no comparison")
    return OutputError(
        f"{folder} holds {what}; a brief is made from a folder of 'zorgbundel compare --out' or "
        "'zorgbundel demo'."
    )


def _draws(folder: Path, count: int) -> pd.DataFrame:
    """Return the parameters drawn, one row per draw."""
    path = folder / "parameter_draws.parquet"
    if count == 0 and not path.is_file():
        return pd.DataFrame()
    table = read_parquet(path)
    if len(table) != count:
        raise OutputError(f"{path} was changed after it was written.")
    return table

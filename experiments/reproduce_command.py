"""``zorgbundel reproduce``: run a results folder again and compare every number."""

from pathlib import Path

import click
import numpy as np
import pandas as pd

from experiments.compare_command import _run
from experiments.manifest import code_fingerprint, design_from_dict, read_manifest, table_hash
from experiments.output import OutputError
from model.parameters import load_registry
from scenarios.loader import ScenarioError
from scenarios.schema import Scenario


def reproduce_folder(folder: Path, workers: int | None) -> int:
    """Run the comparison of a folder again; return 0 if identical, 1 if not.

    Scenarios come from the manifest, not from the library, so a changed library does not matter;
    a changed program is said.

    Raises:
        OutputError: The folder is no results folder, or its tables were changed.
    """
    manifest = read_manifest(folder)
    saved = _read_runs(folder)
    if table_hash(saved) != manifest["tables"]["runs"]:
        raise OutputError(f"{folder / 'runs.parquet'} was changed after it was written.")
    registry = load_registry()
    design = design_from_dict(manifest["design"])
    try:
        chosen = {
            name: Scenario.model_validate(body) for name, body in manifest["scenarios"].items()
        }
    except ValueError:
        raise ScenarioError(
            f"{folder / 'manifest.json'} holds a scenario that is not valid."
        ) from None
    if manifest["code"] != code_fingerprint():
        click.echo("Note: the program has changed since these results were made.", err=True)
    comparison, _ = _run(design, chosen, registry, workers, quiet=False)
    if table_hash(comparison.runs) == manifest["tables"]["runs"]:
        click.echo(f"Identical: all {len(saved):,} numbers of {folder} were made again.")
        return 0
    click.echo(_difference(saved, comparison.runs))
    return 1


def _read_runs(folder: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(folder / "runs.parquet")
    except (OSError, ValueError):
        raise OutputError(f"{folder / 'runs.parquet'} is missing or damaged.") from None


def _difference(saved: pd.DataFrame, again: pd.DataFrame) -> str:
    if saved.shape != again.shape:
        return f"Different: {len(saved):,} rows were saved, {len(again):,} were made again."
    gap = np.abs(saved["top"].to_numpy() - again["top"].to_numpy())
    scale = np.maximum(1.0, np.abs(saved["top"].to_numpy()))
    return (
        f"Different: {int((gap > 1e-9 * scale).sum()):,} of {len(saved):,} numbers differ by more "
        f"than 1e-9, at most {float((gap / scale).max()):.2g} of their size."
    )

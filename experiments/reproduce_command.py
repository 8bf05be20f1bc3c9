"""``zorgbundel reproduce``: run a results folder again and compare every number."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import pandas as pd

from experiments.branch_command import branch_again
from experiments.compare_command import run_design
from experiments.csv_copies import check_copies
from experiments.fingerprints import fingerprint_of, folder_of, looks_like_one
from experiments.manifest import (
    BranchManifest,
    ComparisonManifest,
    EvaluationManifest,
    RunManifest,
    TheoriesManifest,
    ValidationManifest,
    code_fingerprint,
    read_manifest,
    table_hash,
)
from experiments.output import OutputError
from experiments.power.evaluate_command import ways
from experiments.power.evaluation_power import evaluate_power
from experiments.power.evaluation_worlds import EvaluationDesign, evaluate_worlds
from experiments.run_command import estimates_only, run_world, yearly_values
from experiments.safe_files import read_json, read_parquet, sound
from experiments.sweeps.kept_worlds import HowMade
from model.parameters import load_registry
from scenarios.loader import ScenarioError
from scenarios.schema import Scenario


def reproduce(given: Path, sample: int | None, workers: int | None) -> int:
    """Run what a folder holds again; return 0 if all numbers are identical, 1 if not.

    Args:
        given: The folder, or the fingerprint of one in or below results/ or this folder; or the
            file of a frozen forecast.
        sample: How many runs of a sweep, chosen at random; None for all.
        workers: Processes; None for one per core.

    Raises:
        OutputError: There is no such results folder, or it was changed.
    """
    folder = given
    if not given.exists() and looks_like_one(str(given)):
        folder = folder_of(str(given))
        click.echo(f"Fingerprint {given}: {folder}")
    if _is_sweep(folder):
        return _reproduce_sweep(folder, sample, workers)
    if sample is not None:
        raise ScenarioError("--sample is for the folder of a sweep.")
    if folder.is_file():
        return _forecast_again(folder, workers)
    return reproduce_folder(folder, workers)


def _is_sweep(folder: Path) -> bool:
    return (folder / "design.json").is_file() and not (folder / "manifest.json").is_file()


def _reproduce_sweep(folder: Path, sample: int | None, workers: int | None) -> int:
    from experiments.answers.analyse_command import FOLDER
    from experiments.sweeps.reproduce_sweep import sweep_again
    from experiments.sweeps.store import read_about

    # The runs of a sweep have no CSV copies; the analysis that lies in its folder has.
    for place in (folder, folder / FOLDER):
        check_copies(place)
    found = sweep_again(folder, sample, workers)
    if found.code_changed:
        click.echo(CHANGED, err=True)
    click.echo(found.sentence(folder))
    click.echo(f"Fingerprint: {fingerprint_of(read_about(folder))}")
    return 1 if found.different else 0


def _forecast_again(path: Path, workers: int | None) -> int:
    from experiments.forecasts.again import forecast_again

    found = forecast_again(path, workers)
    if found.model_changed:
        click.echo(CHANGED, err=True)
    click.echo(found.sentence(path))
    return 1 if found.different else 0


def reproduce_folder(folder: Path, workers: int | None) -> int:
    """Run what a folder with a manifest holds again; return 0 if all is identical, 1 if not.

    Scenarios come from the manifest, not from the library, so a changed library does not matter;
    a changed program is said.

    Raises:
        OutputError: The folder is no results folder, or its tables or their CSV copies were
            changed.
    """
    manifest = read_manifest(folder)
    saved = {
        name: read_table(folder, name, known)
        for name, known in manifest.tables.items()
        if name in MADE_AGAIN or (folder / f"{name}.parquet").exists()
    }
    check_copies(folder)
    if manifest.code != code_fingerprint():
        click.echo(CHANGED, err=True)
    if isinstance(manifest, RunManifest):
        again = _run_again(manifest, folder)
    elif isinstance(manifest, EvaluationManifest):
        again = _evaluate_again(manifest, folder, workers)
    elif isinstance(manifest, BranchManifest):
        again = {"runs": branch_again(manifest, folder, workers).runs}
    elif isinstance(manifest, TheoriesManifest):
        again = {"effects": _theories_again(manifest, folder, workers)}
    elif isinstance(manifest, ValidationManifest):
        again = {"values": _validate_again(manifest, workers)}
    else:
        again = _compare_again(manifest, folder, workers)
    different = [
        name for name, table in again.items() if table_hash(table) != manifest.tables[name]
    ]
    if not different:
        numbers = len(next(iter(again.values())))
        click.echo(f"Identical: all {numbers:,} numbers of {folder} were made again.")
        click.echo(f"Fingerprint: {_fingerprint(folder)}")
        return 0
    for name in different:
        # What nobody looked at until now, such as a table that was thrown away, is asked for.
        known = saved[name] if name in saved else read_table(folder, name, manifest.tables[name])
        click.echo(_difference(known, again[name]))
    return 1


#: Tables that are made again and compared; a comparison's effects follow from its runs.
MADE_AGAIN = ("runs", "outcomes", "evaluations", "values")


CHANGED = "Note: the program has changed since these results were made."


def _fingerprint(folder: Path) -> str:
    document = read_json(folder / "manifest.json")
    return document.get("fingerprint") or fingerprint_of(document)


def _scenario(body: dict, folder: Path) -> Scenario:
    try:
        return Scenario.model_validate(body)
    except ValueError:
        path = folder / "manifest.json"
        raise ScenarioError(f"{path} holds a scenario that is not valid.") from None


def _compare_again(
    manifest: ComparisonManifest, folder: Path, workers: int | None
) -> dict[str, pd.DataFrame]:
    design, registry = manifest.design.design(), load_registry()
    registry.values(design.settings)
    chosen = {name: _scenario(body, folder) for name, body in manifest.scenarios.items()}
    comparison, _ = run_design(design, chosen, registry, workers, quiet=False)
    return {"runs": comparison.runs, "evaluations": comparison.evaluations}


def _run_again(manifest: RunManifest, folder: Path) -> dict[str, pd.DataFrame]:
    p = load_registry().values(manifest.settings)
    policy = _scenario(manifest.scenario, folder).policy()
    world = run_world(policy, p, manifest.share, manifest.years, manifest.seed, keep_lines=False)
    return {"outcomes": yearly_values(world.results()), "evaluations": estimates_only(world)}


def _theories_again(manifest: TheoriesManifest, folder: Path, workers: int | None) -> pd.DataFrame:
    from experiments.theories import TheoryDesign, compare_theories

    registry = load_registry()
    registry.values(manifest.settings)
    policies = {
        name: _scenario(manifest.scenarios[name], folder).policy()
        for name in (manifest.baseline, manifest.policy)
    }
    design = TheoryDesign(
        manifest.baseline, manifest.policy, manifest.seeds, manifest.share, manifest.settings,
        manifest.first_seed,
    )  # fmt: skip
    return compare_theories(design, policies, registry, workers).effects


def _validate_again(manifest: ValidationManifest, workers: int | None) -> pd.DataFrame:
    from experiments.validation.validate_command import validate_again

    return validate_again(manifest, workers)


def _evaluate_again(
    manifest: EvaluationManifest, folder: Path, workers: int | None
) -> dict[str, pd.DataFrame]:
    registry = load_registry()
    registry.values(manifest.settings)
    scenarios = {
        name: _scenario(manifest.scenarios[name], folder)
        for name in (manifest.baseline, manifest.policy)
    }
    design = EvaluationDesign(
        manifest.baseline, manifest.policy, ways(manifest.uptake), manifest.practices,
        manifest.years, manifest.share, manifest.seeds, manifest.draws, manifest.settings,
        manifest.first_seed, manifest.replications, manifest.draws_from,
    )  # fmt: skip
    with TemporaryDirectory(prefix="zorgbundel-again-") as place:  # everything is made again
        store = evaluate_worlds(design, scenarios, registry, HowMade(Path(place), workers))
        power = evaluate_power(design, store, registry, workers)
    return {"evaluations": power.table, "power_curve": power.curve}


def read_table(folder: Path, name: str, expected: str) -> pd.DataFrame:
    """Return a table of a results folder, if it is what its manifest says.

    Raises:
        OutputError: It is missing, damaged or was changed.
    """
    path = folder / f"{name}.parquet"
    table = read_parquet(path)
    with sound(path):
        found = table_hash(table)
    if found != expected:
        raise OutputError(f"{path} was changed after it was written.")
    return table


def _difference(saved: pd.DataFrame, again: pd.DataFrame) -> str:
    if saved.shape != again.shape:
        return f"Different: {len(saved):,} rows were saved, {len(again):,} were made again."
    columns = [
        name
        for name in (
            "top",
            "bottom",
            "value",
            "estimate",
            "true_effect",
            "true",
            "notices",
            "mean",
            "baseline",
        )
        if name in saved
    ]
    old, new = (np.nan_to_num(t[columns].to_numpy(dtype=float)) for t in (saved, again))
    gap = np.abs(old - new) / np.maximum(1.0, np.abs(old))
    rows = int((gap > 1e-9).any(axis=1).sum())
    return (
        f"Different: {rows:,} of {len(saved):,} numbers differ by more than 1e-9, "
        f"at most {float(gap.max()):.2g} of their size."
    )

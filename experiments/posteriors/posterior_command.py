"""``zorgbundel calibration --posterior``: make parameter draws that agree with the facts."""

import contextlib
import hashlib
import importlib.metadata
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.table import Table

from experiments.calibration import past_facts
from experiments.fingerprints import fingerprint_of
from experiments.manifest import version
from experiments.output import OutputError, csv_text
from experiments.posteriors.calibration_runs import CalibrationRuns, Plan, facts_code, write_whole
from experiments.posteriors.draws import draws as drawn_sets
from experiments.posteriors.posterior import (
    CHECKS,
    KEPT_APART,
    Tell,
    Waves,
    agreement,
    check_runs,
    posterior_table,
    run_waves,
)
from experiments.posteriors.posterior_report import parameter_rows, target_rows
from experiments.posteriors.stored_posterior import registry_fingerprint
from experiments.progress_bar import progress_bar
from experiments.terminal import console
from model.parameters import Registry, load_registry

#: Seed of the draws that are simulated again as a check.
CHECK_SEED = 1


def make_posterior(plan: Plan, folder: Path, workers: int | None, as_json: bool) -> None:
    """Make a posterior in a folder, or go on with one; see ``zorgbundel calibration --help``."""
    registry = load_registry()
    made_with = {"registry": registry_fingerprint(registry), "code": facts_code()}
    runs = CalibrationRuns(folder, plan, made_with)
    try:
        with _progress(as_json) as tell:
            past_facts(registry.values(), 0.001, 0)  # compiles once, for all workers
            waves = run_waves(plan, registry, runs, workers, tell)
            if not waves.agrees.any():
                raise OutputError(_nothing_agrees(waves))
            about = _save(plan, waves, registry, runs, made_with)
            sets = drawn_sets(registry, CHECKS, CHECK_SEED, str(folder / "posterior.csv"))
            checks = check_runs(plan, sets, runs, workers, tell)
            about["check"] = agreement(waves, checks)
            write_whole(folder / "posterior.json", json.dumps(about, indent=1) + "\n")
    except KeyboardInterrupt:
        raise OutputError(
            f"Stopped; finished runs are kept in {folder}, and the same command goes on."
        ) from None
    targets, parameters = target_rows(waves, checks, registry), parameter_rows(waves, registry)
    _report(folder, waves, targets, parameters, registry, fingerprint_of(about))
    if as_json:
        document = about | {"target_rows": _records(targets), "parameters": _records(parameters)}
        click.echo(json.dumps(document, allow_nan=False))
        return
    _show(folder, about, waves, targets, parameters)


def _nothing_agrees(waves: Waves) -> str:
    """Return why there is no posterior: the target that is missed most often at the end."""
    last = waves.values[waves.values["wave"] == waves.values["wave"].max()]
    worst = min(waves.observed, key=lambda one: one.agrees(last[one.id].to_numpy()).mean())
    share = worst.agrees(last[worst.id].to_numpy()).mean()
    return (
        f"No run agrees with all targets after {len(waves.about)} waves ('{worst.id}' in "
        f"{share:.0%} of the last); run more waves, or look at the ranges of the targets."
    )


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Tell]:
    with progress_bar(quiet) as progress:
        bars: dict[str, Any] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=done, total=of)

        yield tell


def _save(
    plan: Plan, waves: Waves, registry: Registry, runs: CalibrationRuns, made_with: dict[str, str]
) -> dict[str, Any]:
    """Write the draws and what they rest on; the CSV first, so that the JSON never lies."""
    table = posterior_table(waves, registry, plan.draws)
    body = table.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    about = {
        "kind": "posterior",
        "method": "history matching in waves, then rejection ABC (experiments/posteriors)",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "version": version(),
        **made_with,
        "command": f"zorgbundel calibration --posterior --out DIR --waves {plan.waves} "
        f"--runs {plan.runs} --draws {plan.draws} --share {plan.share:g} --seed {plan.seed}",
        "share": plan.share,
        "seed": plan.seed,
        "draws": len(table),
        "wanted": plan.draws,
        "effective_sample_size": len(table),
        "constrained": waves.active,
        "agreeing_share_of_prior": float(f"{waves.prior_acceptance:.3g}"),
        "agreeing_but_ruled_out_later": float(f"{waves.lost():.3g}"),
        "waves": [one | {"plausible": float(f"{one['plausible']:.3g}")} for one in waves.about],
        "targets": {
            one.id: {"value": one.value, "low": one.low, "high": one.high,
                     "chance_sd": float(f"{one.chance:.3g}")}
            for one in waves.observed
        },
        "kept_apart": list(KEPT_APART),
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "packages": {
            name: importlib.metadata.version(name) for name in ("scikit-learn", "numpy", "scipy")
        },
    }  # fmt: skip
    write_whole(runs.folder / "posterior.csv", body)
    write_whole(runs.folder / "posterior.json", json.dumps(about, indent=1) + "\n")
    return about


def _report(
    folder: Path, waves: Waves, targets: pd.DataFrame, parameters: pd.DataFrame,
    registry: Registry, fingerprint: str,
) -> None:  # fmt: skip
    """Write tables and figures; every figure says which posterior it is of."""
    from experiments.figures import image_bytes
    from experiments.figures.posterior import parameters_figure, targets_figure

    write_whole(folder / "targets.csv", csv_text(targets))
    write_whole(folder / "parameters.csv", csv_text(parameters))
    for name, drawing in (
        ("targets", targets_figure(waves, targets, registry)),
        ("parameters", parameters_figure(waves, parameters, registry)),
    ):
        (folder / f"{name}.png").write_bytes(image_bytes(drawing, "png", fingerprint))
        write_whole(folder / f"{name}.txt", f"{drawing.title}\n\n{drawing.alt}\n")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(table.to_json(orient="records"))


def _show(
    folder: Path,
    about: dict[str, Any],
    waves: Waves,
    targets: pd.DataFrame,
    parameters: pd.DataFrame,
) -> None:
    screen = console()
    table = Table(title="Share of runs within the range of each target")
    for name in ("target", "range", "prior", "posterior draws", "moved most by"):
        table.add_column(name, justify="left" if name in ("target", "moved most by") else "right")
    for row in targets.itertuples():
        table.add_row(
            f"{row.target}{'' if row.used else ' (kept apart)'}",
            f"{row.low:,.4g} to {row.high:,.4g}",
            f"{row.prior_within:.0%}",
            f"{row.check_within:.0%}",
            row.moved_by.replace(" ", ", "),
        )
    screen.print(table)
    used = targets[targets["used"]]
    screen.print(
        f"{about['draws']} draws agree with all {len(used)} targets; {waves.prior_acceptance:.2%} "
        f"of all draws from the ranges would. The facts bear on {len(waves.active)} of "
        f"{len(waves.names)} parameters."
    )
    check = about["check"]
    screen.print(
        f"Simulated again with other luck, {check['agree']:.0%} of {check['runs']} agree with all "
        f"targets, {check['agree_allowing_for_luck']:.0%} if luck is allowed for."
    )
    if about["draws"] < about["wanted"]:
        screen.print(f"{about['wanted']} were wanted: the same command with more --waves goes on.")
    narrow = ", ".join(f"{r.parameter} ({r.narrower:.0%})" for r in parameters.head(5).itertuples())
    screen.print(f"Narrowed most: {narrow}.")
    screen.print(f"Draws, tables and figures are in {folder}; use them by")
    screen.print(f"  zorgbundel compare ... --draws-from {folder / 'posterior.csv'}")

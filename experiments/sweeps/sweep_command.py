"""``zorgbundel sweep``: start, resume or expand the runs of a design."""

import json
import math
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from experiments.progress_bar import progress_bar
from experiments.screen import console, interval, number
from experiments.sweeps.design import read_design
from experiments.sweeps.planned_runs import load_scenarios
from experiments.sweeps.store import Store, open_store
from experiments.sweeps.sweep import Report, cluster, local, sweep
from experiments.sweeps.sweep_summary import ALL_POINTS, kept_summary
from model.outcomes import BY_ID
from model.parameters import load_registry
from scenarios.loader import ScenarioError

#: Exit codes: some runs failed; stopped by Ctrl-C (as a shell says it).
SOME_FAILED, STOPPED = 1, 130


def run_sweep(
    path: Path,
    out: Path,
    workers: int | None,
    address: str | None,
    retry_failed: bool,
    as_json: bool,
) -> int:
    """Run a sweep from the command line and return the exit code."""
    if address is not None and workers is not None:
        raise ScenarioError("--workers is for this machine and --cluster for others; give one.")
    registry = load_registry()
    design = read_design(path, registry)
    scenarios = load_scenarios(design, registry, path.parent)
    _, sentence = design.chosen_source(registry)
    if sentence:
        click.echo(sentence, err=True)
    progress = progress_bar(as_json)
    bar = progress.add_task("", total=None)

    def started(planned: int, before: int) -> None:
        text = f"Simulating {planned:,} x {len(scenarios)} worlds"
        progress.update(bar, total=planned, completed=before, description=text)
        progress.start()

    try:
        report = sweep(
            design, scenarios, registry, out,
            local(out, workers) if address is None else cluster(out, address),
            retry_failed, started, lambda runs: progress.advance(bar, runs),
        )  # fmt: skip
    finally:
        progress.stop()
    if report.stopped:
        click.echo(
            f"zorgbundel: Stopped; {report.done + report.failed:,} of {report.planned:,} runs are "
            f"saved in {out}, and the same command goes on from there.",
            err=True,
        )
        return STOPPED
    store = open_store(out, verify=False)  # checked, or written, a moment ago
    if as_json:
        click.echo(json.dumps(_document(report, store), allow_nan=False))
    else:
        _show(report, store)
    return SOME_FAILED if report.failed else 0


def _document(report: Report, store: Store) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    rows = kept_summary(store).to_dict("records")
    return {
        "folder": str(store.folder),
        "planned": report.planned,
        "finished_before": report.before,
        "done": report.done,
        "failed": report.failed,
        "of_other_designs": report.other,
        "events": [*report.repairs.sentences(), *report.events],
        "effects": [{key: _known(value) for key, value in row.items()} for row in rows],
    }


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _show(report: Report, store: Store) -> None:
    """Print what happened, and the effects."""
    screen = console()
    made = report.done + report.failed - report.before
    for sentence in (*report.repairs.sentences(), *report.events):
        screen.print(sentence)
    screen.print(
        f"{report.planned:,} runs: {report.before:,} finished before, {made:,} made now, "
        f"{report.failed:,} failed."
    )
    if report.same:
        screen.print(
            f"{report.same:,} of them are the very same run as another, because points of the "
            "design coincide; such a run is made once."
        )
    if report.other:
        screen.print(
            f"{report.other:,} more in the folder belong to an earlier design or version of the "
            "code; they are kept and not used."
        )
    if report.failed:
        _show_failures(store, screen)
    found = kept_summary(store)
    for (point, policy), rows in found.groupby(["point", "policy"], sort=False):
        screen.print()
        screen.print(_table(store, int(point), str(policy), rows))
    screen.print(
        f"\nTables are in {store.folder}; what they say: zorgbundel analyse {store.folder}"
    )


def _show_failures(store: Store, screen: Any) -> None:
    runs = store.runs(inputs=False)
    failed = runs[runs["status"] == "failed"]
    for (stage, error), same in failed.groupby(["stage", "error"], sort=False):
        one = same.iloc[0]
        when = "" if math.isnan(one["month"]) else f", month {int(one['month'])}"
        screen.print(f"  {len(same)} x in {stage}{when}: {error}", highlight=False, markup=False)
    screen.print("Tracebacks are in the table of runs; --retry-failed tries these runs again.")


def _table(store: Store, point: int, policy: str, rows: Any) -> Table:
    place = ""
    if store.levers:
        runs = store.runs()
        one = runs[runs["point"] == point]
        if point == ALL_POINTS:
            place = f", all {runs['point'].nunique():,} points"
        elif len(one):
            said = ", ".join(f"{name} {one.iloc[0][name]:g}" for name in store.levers)
            place = f", {said}"
    table = Table(
        title=f"{policy}, compared with {store.baseline}{place}",
        caption=f"mean per year over the policy window, {int(rows['runs'].max()):,} paired runs",
    )
    for name, justify in (
        ("outcome", "left"), ("baseline", "right"), ("effect", "right"),
        ("chance (95 %)", "right"), ("assumptions (90 %)", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify)
    for row in rows.itertuples():
        measure = BY_ID[row.measure]
        table.add_row(
            f"{measure.en} [dim]({measure.unit})[/dim]",
            number(measure, row.baseline),
            number(measure, row.mean, True),
            interval(measure, row.monte_carlo_low, row.monte_carlo_high),
            interval(measure, row.parameter_low, row.parameter_high),
        )
    return table

"""``zorgbundel branch``: continue one saved world under a changed contract, from the same state."""

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from experiments.branch import (
    CHANGED,
    CONTINUED,
    Branch,
    branch_month,
    branch_tasks,
    changed_scenario,
    prove_same,
    run_both_futures,
    saved_policy,
    span_of,
)
from experiments.fingerprints import with_fingerprint
from experiments.manifest import (
    BranchManifest,
    RunManifest,
    code_fingerprint,
    read_manifest,
    table_hash,
    version,
)
from experiments.number_format import Language
from experiments.output import OutputError, check_free, new_folder, write_table
from experiments.progress_bar import progress_bar
from experiments.run_command import records
from experiments.saving import write_manifest
from experiments.terminal import console, interval, number
from experiments.texts import texts
from model.outcomes import MEASURES
from model.parameters import Registry, load_registry
from scenarios.loader import load
from scenarios.schema import Scenario


def branch_world(
    folder: Path,
    at: str,
    settings: tuple[str, ...],
    policy: str | None,
    seeds: int,
    workers: int | None,
    language: Language,
    out: Path | None,
    as_json: bool,
) -> None:
    """Branch a saved world from the command line; see ``zorgbundel branch --help``."""
    registry, manifest = load_registry(), read_manifest(folder)
    if not isinstance(manifest, RunManifest):
        raise OutputError(
            f"{folder} holds no single world; branch what 'zorgbundel run SCENARIO --out' made."
        )
    branch_month(at, span_of(manifest))
    saved = saved_policy(manifest.scenario, folder, registry)
    instead = None if policy is None else load(policy, registry)
    changed = changed_scenario(saved, instead, settings, registry)
    if out is not None:
        check_free(out)
    if manifest.code != code_fingerprint():
        click.echo(
            f"Note: the program has changed since {folder} was made; whether it still gives the"
            " same world is checked.",
            err=True,
        )
    with progress_bar(as_json) as progress:
        bar = progress.add_task("Simulating both futures", total=seeds)
        found = _both_futures(
            manifest, changed, at, seeds, folder, registry, workers,
            done=lambda: progress.advance(bar),
        )  # fmt: skip
    document = branch_document(found, manifest, changed)
    if out is not None:
        with new_folder(out) as work:
            write_table(found.runs, work, "runs")
            write_table(found.effects, work, "effects")
            write_manifest(document, work)
    if as_json:
        national = found.effects[found.effects["split"] == "all"]
        click.echo(json.dumps({**document, "effects": records(national)}, allow_nan=False))
        return
    show_branch(found, saved, changed, instead is not None, language)
    if out is not None:
        console().print(texts(language)("branch.saved", folder=out))


def _both_futures(
    manifest: RunManifest,
    changed: Scenario,
    at: str,
    seeds: int,
    folder: Path,
    registry: Registry,
    workers: int | None,
    done,
) -> Branch:
    tasks = branch_tasks(
        manifest,
        registry.values(manifest.settings),
        saved_policy(manifest.scenario, folder, registry).policy(),
        changed.policy(),
        branch_month(at, span_of(manifest)),
        seeds,
    )
    return run_both_futures(tasks, lambda first: prove_same(manifest, first, folder), workers, done)


def branch_again(manifest: BranchManifest, folder: Path, workers: int | None) -> Branch:
    """Return a saved branch, made again from its manifest."""
    registry = load_registry()
    changed = saved_policy(manifest.changed, folder, registry)
    return _both_futures(
        manifest.world, changed, manifest.at, manifest.seeds, folder, registry, workers,
        done=lambda: None,
    )  # fmt: skip


def branch_document(found: Branch, manifest: RunManifest, changed: Scenario) -> dict[str, Any]:
    """Return what made a branch, as its manifest holds it."""
    return with_fingerprint({
        "kind": "branch",
        "version": version(),
        "code": code_fingerprint(),
        "at": found.at,
        "state": found.state,
        "seeds": found.seeds,
        "world": manifest.model_dump(mode="json"),
        "changed": changed.model_dump(mode="json"),
        "tables": {"runs": table_hash(found.runs), "effects": table_hash(found.effects)},
    })  # fmt: skip


def show_branch(
    found: Branch, saved: Scenario, changed: Scenario, other: bool, language: Language
) -> None:
    """Print what was changed, both futures with the effect between them, and what it rests on."""
    t, screen = texts(language), console()
    screen.print()
    screen.print(branch_table(found, saved, language))
    screen.print()
    if other:
        screen.print(Text(t("branch.instead", title=getattr(changed.title, language))))
    moved = {k: v for k, v in changed.set.items() if saved.set.get(k) != v}
    if moved:
        said = ", ".join(f"{name} = {value:g}" for name, value in moved.items())
        screen.print(Text(t("branch.levers", levers=said)))
    one = found.seeds == 1
    screen.print(Text(t("branch.one_world" if one else "branch.worlds", seeds=found.seeds)))
    screen.print(Text(t("branch.same_state", at=found.at, state=found.state[:16])))


def branch_table(found: Branch, saved: Scenario, language: Language) -> Table:
    """Return the outcomes of both futures, with the effect over all years and year by year."""
    t = texts(language)
    table = Table(
        title=t("branch.title", title=getattr(saved.title, language), at=found.at),
        caption=t("branch.caption"),
        padding=(0, 0),
    )
    years = sorted(found.runs["year"].unique())
    shown = years if len(years) > 1 else []
    table.add_column(t("branch.outcome"))
    for name in (CONTINUED, CHANGED, "effect"):
        table.add_column(t(f"branch.{name}"), justify="right")
    if found.seeds > 1:
        table.add_column(t("branch.chance"), justify="right")
    for year in shown:
        table.add_column(str(year), justify="right")
    for measure in MEASURES:
        row = found.effect(measure.id)
        cells = [
            number(measure, row["baseline"], language=language),
            number(measure, row["baseline"] + row["mean"], language=language),
            number(measure, row["mean"], True, language),
        ]
        if found.seeds > 1:
            cells.append(
                interval(measure, row["monte_carlo_low"], row["monte_carlo_high"], language)
            )
        by_year = [
            number(measure, found.effect(measure.id, y)["mean"], True, language) for y in shown
        ]
        table.add_row(getattr(measure, language), *cells, *by_year)
    return table

"""Worlds behind an answer, kept in its folder: a finished run is never made again.

A command that needs many worlds for one answer makes them as a sweep, in the folder ``worlds`` of
its results. So it goes on after a power cut, grows with more seeds or draws, stops cleanly and
turns a world that raises into a row, as ``zorgbundel sweep`` does.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pandas as pd

from experiments.number_format import Language
from experiments.output import OutputError, check_free
from experiments.progress_bar import progress_bar
from experiments.safe_files import read_json
from experiments.sweeps.chunk import write_whole
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import Common
from experiments.sweeps.result_tables import FAILED
from experiments.sweeps.store import Store, open_store
from experiments.sweeps.sweep import local, sweep
from experiments.texts import texts
from model.parameters import Registry
from scenarios.schema import Scenario

#: Where the worlds are, in the folder of the answer.
WORLDS = "worlds"

#: What was asked, in the folder of the answer.
QUESTION = "question.json"

#: Exit codes: some worlds failed and are left out; stopped by Ctrl-C (as a shell says it).
SOME_FAILED, STOPPED = 1, 130


@dataclass(frozen=True)
class HowMade:
    """How worlds are made, which changes nothing in what comes out.

    Attributes:
        out: Folder of the answer.
        workers: Processes; None for one per core.
        retry_failed: Whether runs that failed are tried again.
        quiet: Whether the progress bar is left out.
        language: Language of what is said meanwhile.
    """

    out: Path
    workers: int | None = None
    retry_failed: bool = False
    quiet: bool = False
    language: Language = "en"


def usual_folder(kind: str, policy: str) -> Path:
    """Return where a question about a policy is kept if the user names no place."""
    return Path("results") / f"{kind}-{policy}"


def take_folder(out: Path, question: Mapping[str, Any]) -> None:
    """Take a folder for an answer: a new one, or the one where this was asked before.

    Args:
        out: The folder.
        question: What is asked. How many worlds it takes is no part of it: those of an earlier,
            smaller answer are used again.

    Raises:
        OutputError: It cannot be used, or holds something else.
    """
    path = out / QUESTION
    if not path.is_file():
        check_free(out)
        try:
            write_whole(path, (json.dumps(question, indent=2) + "\n").encode())
        except OSError as error:
            raise OutputError(f"{out} cannot be written ({error.strerror}).") from None
        return
    try:
        known = read_json(path)
    except ValueError:
        raise OutputError(f"{path} is damaged; choose another --out.") from None
    if known != dict(question):
        raise OutputError(f"{out} holds the answer to another question; choose another --out.")


def kept_worlds(
    design: SweepDesign,
    scenarios: Mapping[str, Scenario],
    registry: Registry,
    how: HowMade,
    shared: Common | None = None,
) -> Store:
    """Make the worlds of a design that are not there yet, and return all of them.

    Says on standard error what was repaired and what failed.

    Args:
        design: What to run.
        scenarios: Its scenarios by name, the baseline first.
        registry: Parameters.
        how: How to.
        shared: What all runs share, if the scenarios alone do not say it.

    Raises:
        SystemExit: Stopped by the user, or every run failed.
        OutputError: The folder is in use, or nothing can be written to it any more.
    """
    t, folder = texts(how.language), how.out / WORLDS
    progress = progress_bar(how.quiet)
    bar = progress.add_task("", total=None)
    worlds = len(scenarios if shared is None else shared.policies)

    def started(planned: int, before: int) -> None:
        text = t("worlds.simulating", runs=planned, worlds=worlds)
        progress.update(bar, total=planned, completed=before, description=text)
        progress.start()

    try:
        report = sweep(
            design, scenarios, registry, folder, local(folder, how.workers), how.retry_failed,
            started, lambda runs: progress.advance(bar, runs), shared,
        )  # fmt: skip
    finally:
        progress.stop()
    for sentence in (*report.repairs.sentences(), *report.events):
        click.echo(sentence, err=True)
    if report.stopped:
        made = report.done + report.failed
        click.echo(t("worlds.stopped", made=made, runs=report.planned, folder=how.out), err=True)
        raise SystemExit(STOPPED)
    store = open_store(folder, verify=False)  # checked, or written, a moment ago
    if report.failed:
        click.echo(failures(store, how.language), err=True)
    if not report.done:
        raise SystemExit(SOME_FAILED)
    return store


def failed_runs(store: Store) -> int:
    """Return how many runs failed, and so are left out of the answer."""
    return int((store.runs(inputs=False)["status"] == FAILED).sum())


def exit_after(store: Store) -> None:
    """End the command so that a shell knows if some worlds are left out.

    Raises:
        SystemExit: Some are.
    """
    if failed_runs(store):
        raise SystemExit(SOME_FAILED)


def failures(store: Store, language: Language) -> str:
    """Return in one sentence how many runs failed, where and why."""
    runs = store.runs(inputs=False)
    failed = runs[runs["status"] == FAILED]
    return texts(language)(
        "worlds.failed", failed=len(failed), runs=len(runs), list=failure_list(failed, language),
        folder=store.folder / "runs",
    )  # fmt: skip


def failure_list(failed: pd.DataFrame, language: Language) -> str:
    """Return in words where and why runs failed, those that failed alike together."""
    t, parts = texts(language), []
    for (stage, error), same in failed.groupby(["stage", "error"], sort=False):
        month = same["month"].iloc[0]
        when = "" if math.isnan(month) else t("worlds.month", month=int(month))
        parts.append(t("worlds.failure", count=len(same), stage=stage, when=when, error=error))
    return "; ".join(parts)


def enough(store: Store, kind: str, fewest: int, language: Language) -> None:
    """Refuse an answer from too few worlds.

    Args:
        store: The worlds.
        kind: Kind of run, "seed" or "draw".
        fewest: Fewest finished runs of it.
        language: Language of the sentence.

    Raises:
        OutputError: So many failed that there are fewer.
    """
    runs = store.runs(inputs=False)
    ours = runs[(runs["kind"] == kind) & (runs["status"] != FAILED)]["index"].nunique()
    if ours < fewest:
        raise OutputError(texts(language)("worlds.too_few", left=ours, fewest=fewest))

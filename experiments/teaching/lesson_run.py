"""Running a lesson: its worlds with the same luck, and each finding with both intervals.

If the same lesson would give other numbers, raise ``lesson_results.VERSION``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from experiments.comparison import SUMS
from experiments.evaluations import last_evaluation
from experiments.explanation import explain, january
from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.paired import WINDOW, values
from experiments.posteriors.draws import DRAW_SEED, draws, usual_source
from experiments.runner import Task, TaskResult, run_task, run_tasks
from experiments.teaching.found import Found
from experiments.teaching.lesson import FEW, MANY, Lesson, Promise
from model.parameters import Registry

SEED, DRAW = "seed", "draw"


@dataclass(frozen=True)
class Job:
    """Worlds of a lesson that share parameters and luck.

    Attributes:
        task: What to run.
        places: Which findings of the lesson it is for.
        lesson: The lesson.
    """

    task: Task
    places: tuple[int, ...]
    lesson: Lesson


@dataclass(frozen=True)
class Part:
    """What one run says of one finding.

    Attributes:
        place: Which finding.
        kind, index: Which run ("seed" or "draw").
        rows: (year, value in the baseline, value in the policy world, effect); year 0 for the
            whole window.
    """

    place: int
    kind: str
    index: int
    rows: tuple[tuple[int, float, float, float], ...]


def jobs(lesson: Lesson, registry: Registry, seeds: int | None = None, draw: int | None = None):
    """Return the jobs of a lesson, one per run and set of settings.

    Args:
        lesson: The lesson.
        registry: Parameters.
        seeds: Number of seeds, if not that of the lesson.
        draw: Number of draws, if not that of the lesson.
    """
    groups: dict[tuple, list[int]] = {}
    for place, promise in enumerate(lesson.promises):
        groups.setdefault(tuple(sorted(promise.settings.items())), []).append(place)
    count = lesson.draws if draw is None else draw
    drawn = draws(registry, count, DRAW_SEED, usual_source(registry)) if count else []
    out = []
    for settings, places in groups.items():
        promises = [lesson.promises[place] for place in places]
        worlds = {w.key: w for one in promises for w in (one.baseline, one.policy)}
        policies = {key: world.made(registry).policy() for key, world in worlds.items()}
        seen = [one for one in promises if one.kind == "seen"]
        make = partial(
            Task, policies=policies, share=lesson.share,
            baseline=seen[0].baseline.key if seen else "",
        )  # fmt: skip
        held = dict(settings)
        for seed in range(1, 1 + (lesson.seeds if seeds is None else seeds)):
            task = make(SEED, seed, seed, registry.values(held))
            out.append(Job(task, tuple(places), lesson))
        for k, p in enumerate(drawn):
            out.append(Job(make(DRAW, k, DRAW_SEED, p.replace(held)), tuple(places), lesson))
    return out


def run_job(job: Job) -> list[Part]:
    """Run one job and return what it says of each finding."""
    promises = [job.lesson.promises[place] for place in job.places]
    result = None
    if any(one.kind != "loss_chance" for one in promises):
        result = run_task(job.task)
    table = None if result is None else values(result.outcomes, SUMS)
    out = []
    for place, promise in zip(job.places, promises, strict=True):
        if promise.kind == "loss_chance":
            rows = _loss_chance(promise, job.task)
        elif promise.kind == "seen":
            rows = _seen(promise, result)
        else:
            rows = _effect(promise, table)
        out.append(Part(place, job.task.kind, job.task.index, tuple(rows)))
    return out


def _effect(promise: Promise, table: pd.DataFrame):
    own = table[
        (table["measure"] == promise.measure)
        & (table["split"] == promise.split)
        & (table["group"].astype(str) == promise.group)
    ]
    by_year = own.pivot_table(index="year", columns="policy", values="value", observed=True)
    for year, row in by_year.iterrows():
        before, after = float(row[promise.baseline.key]), float(row[promise.policy.key])
        yield int(year), before, after, after - before


def _seen(promise: Promise, result: TaskResult):
    """Yield the last estimate of the regulator beside the true effect, as baseline."""
    judged = last_evaluation(result.evaluations.assign(kind=SEED), promise.policy.key)
    for row in judged[judged["indicator"] == promise.measure].itertuples():
        yield WINDOW, float(row.true_effect), float(row.estimate), float(row.estimate)


def _loss_chance(promise: Promise, task: Task):
    policy = task.policies[promise.policy.key]
    losses = explain(january(policy, task.parameters, seed=task.seed)).losses
    yield WINDOW, float(losses[MANY]), float(losses[FEW]), float(losses[FEW] - losses[MANY])


def gathered(lesson: Lesson, parts: list[Part]) -> list[list[Found]]:
    """Return per finding of a lesson the window and then its years, over all runs."""
    out = []
    for place in range(len(lesson.promises)):
        own = sorted((p for p in parts if p.place == place), key=lambda p: (p.kind, p.index))
        years = sorted({row[0] for part in own for row in part.rows})
        out.append([_over_runs(year, own) for year in years])
    return out


def _over_runs(year: int, parts: list[Part]) -> Found:
    cells = {SEED: [], DRAW: []}
    for part in parts:
        cells[part.kind] += [row[1:] for row in part.rows if row[0] == year]
    seeds = np.array(cells[SEED], dtype=float).reshape(-1, 3)
    drawn = np.array(cells[DRAW], dtype=float).reshape(-1, 3)
    mean = np.nanmean(seeds, axis=0)
    return Found(
        year, float(mean[0]), float(mean[1]), float(mean[2]),
        monte_carlo_interval(seeds[:, 2]),
        parameter_interval(drawn[:, 2]) if len(drawn) else (float("nan"), float("nan")),
        tuple(float(x) for x in seeds[:, 2]),
    )  # fmt: skip


def run_lesson(
    lesson: Lesson,
    registry: Registry,
    workers: int | None = None,
    done: Callable[[int, int], None] = lambda k, of: None,
    seeds: int | None = None,
    draw: int | None = None,
) -> list[list[Found]]:
    """Run a lesson and return each finding: first the window, then the years.

    Args:
        lesson: The lesson.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Told how many runs of how many are finished.
        seeds: Number of seeds, if not that of the lesson.
        draw: Number of draws, if not that of the lesson.
    """
    todo, parts = jobs(lesson, registry, seeds, draw), []
    for k, found in enumerate(run_tasks(todo, workers, lambda: None, run_job)):
        parts += found
        done(k + 1, len(todo))
    return gathered(lesson, parts)


def smaller(lesson: Lesson, share: float) -> Lesson:
    """Return a lesson that simulates a smaller share of the country."""
    name = lesson.name
    out = lesson.model_copy(update={"share": share})
    out._name = name
    return out

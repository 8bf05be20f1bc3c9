"""Running paired worlds: one task is one seed and one set of parameters, for all policies.

The warm-up is simulated once per task and branched, so that all policies continue from the
identical state and share their luck ever after. Tasks are plain data and run in any order in any
process with the same result.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context

import pandas as pd

from experiments.evaluations import NO_EVALUATIONS, Seen, beside_truth
from experiments.processes import interrupts_held, worker_count
from model.parameters import ParameterSet
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

#: Stage of a task before its policies part.
WARM_UP = "warm-up"


@dataclass(frozen=True)
class Task:
    """One pair (or more) of worlds to run.

    Attributes:
        kind: "seed" (central parameters, own luck) or "draw" (drawn parameters, common luck); or
            the name of a theory of behaviour (``experiments.theories``).
        index: Number of the seed or draw.
        seed: Seed of the worlds.
        parameters: All numbers.
        policies: Policies by name.
        share: Share of the country.
        span: Simulated period.
        baseline: Policy with which the true effects behind the evaluations are reckoned; empty for
            none.
        history: What holds before the policy year.
        treated_only: Whether only a cohort in treatment is simulated.
    """

    kind: str
    index: int
    seed: int
    parameters: ParameterSet
    policies: Mapping[str, Policy]
    share: float
    span: Span = field(default_factory=Span)
    baseline: str = ""
    history: Policy = HISTORY
    treated_only: bool = False

    @property
    def size(self) -> Size:
        """How much of the country a world holds."""
        if self.treated_only:
            patients = max(1, round(self.parameters.copd_physio_patients * self.share))
            return Size.of_treated(self.parameters, patients)
        return Size.of_share(self.parameters, self.share)


@dataclass(frozen=True)
class TaskResult:
    """What comes out of a task.

    Attributes:
        outcomes: Columns kind, index, policy, year, measure, split, group, top, bottom, patients,
            small; policy years only.
        evaluations: What the regulator saw in each policy world beside what is true
            (``experiments.evaluations``), with kind, index and policy.
        further: Further tables by name, if the task keeps more.
    """

    outcomes: pd.DataFrame
    evaluations: pd.DataFrame
    further: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass
class Kept:
    """The last warm-up and baseline of a process, for the next task that shares them.

    Tasks that differ in what the policies do continue from the same history beside the same
    baseline, so neither is simulated again.
    """

    _key: tuple | None = None
    _history: World | None = None
    _baseline: tuple[Policy, pd.DataFrame, Seen] | None = None

    def history(
        self, task: Task, told: Callable[[str, World], None], each_month: Callable[[], None]
    ) -> World:
        """Return the world at the start of the policy window."""
        key = (task.parameters, task.seed, task.size, task.span, task.history)
        if self._history is None or key != self._key:
            self.forget()
            world = World(
                task.parameters, task.history, task.seed, task.size, task.span, keep_lines=False
            )
            told(WARM_UP, world)
            self._history = _run(world, task.span.policy_month, each_month)
            self._key = key
        return self._history

    def world(
        self,
        task: Task,
        name: str,
        told: Callable[[str, World], None],
        each_month: Callable[[], None],
    ) -> tuple[pd.DataFrame, Seen]:
        """Return the outcomes of one policy's world in the policy years, and what was seen."""
        policy = task.policies[name]
        history = self.history(task, told, each_month)
        if name == task.baseline and self._baseline and self._baseline[0] == policy:
            return self._baseline[1:]
        world = history.branch(policy)
        told(name, world)
        _run(world, task.span.months, each_month)
        results = world.results()
        found = (
            results[results["year"] >= task.span.policy_year].assign(policy=name),
            Seen(world.evaluations, world.panel),
        )
        if name == task.baseline:
            self._baseline = (policy, *found)
        return found

    def forget(self) -> None:
        """Keep nothing; what went wrong half-way is no start for another task."""
        self._key = self._history = self._baseline = None


def run_task(
    task: Task,
    told: Callable[[str, World], None] = lambda stage, world: None,
    kept: Kept | None = None,
    each_month: Callable[[], None] = lambda: None,
) -> TaskResult:
    """Run one task and return its outcomes for the policy years, and the evaluations.

    Args:
        task: What to run.
        told: Called with each stage that begins (``WARM_UP`` or the name of a policy) and its
            world, so that a failure can be placed.
        kept: What the task before it left.
        each_month: Called before every month of every world; stops the task by raising.
    """
    kept = kept or Kept()
    tables, seen = [], {}
    for name in task.policies:
        results, seen[name] = kept.world(task, name, told, each_month)
        tables.append(results)
    judged = [
        beside_truth(one, seen.get(task.baseline), task.span.policy_year).assign(policy=name)
        for name, one in seen.items()
        if name != task.baseline
    ]
    return TaskResult(
        *(
            pd.concat(part, ignore_index=True).assign(kind=task.kind, index=task.index)
            for part in (tables, [one for one in judged if len(one)] or [NO_EVALUATIONS])
        )
    )


def _run(world: World, until_month: int, each_month: Callable[[], None]) -> World:
    """Run a world month by month and return it."""
    for month in range(world.month, until_month):
        each_month()
        world.run(month + 1)
    return world


def warm_up_compiler(parameters: ParameterSet, policies: Mapping[str, Policy]) -> None:
    """Compile all phases once (cached on disk), so that worker processes only load them."""
    size = Size.of_treated(parameters, 50)
    span = Span(2024, 2025, 2025)
    world = World(parameters, HISTORY, 0, size, span, keep_lines=False).run(12)
    for policy in policies.values():
        world.branch(policy).run()


def run_tasks[Job, Result](
    tasks: list[Job],
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
    run: Callable[[Job], Result] = run_task,
) -> Iterator[Result]:
    """Run tasks on a local process pool and yield their results as they finish.

    Args:
        tasks: Tasks, in any order.
        workers: Number of processes; None for one per core. One runs in this process.
        done: Called after each finished task.
        run: What turns a task into its result; a function at the top of a module, so that another
            process finds it.
    """
    count = min(worker_count(workers), len(tasks))
    if count <= 1:
        for task in tasks:
            yield run(task)
            done()
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        pending: set[Future] = set()
        try:
            with interrupts_held():
                pending.update(pool.submit(run, task) for task in tasks)
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
                    done()
        except BaseException:
            for future in pending:
                future.cancel()
            raise

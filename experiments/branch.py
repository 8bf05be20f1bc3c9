"""Branch from here: two futures of one saved world, from the identical state.

A saved run holds no state but what made it, and a fingerprint of its state at every January. It is
run again up to the month asked for; the fingerprints and its own outcomes prove that it is the same
world. From there it lives on twice: as it was, and under what is changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from experiments.comparison import SUMS
from experiments.manifest import RunManifest, code_fingerprint, table_hash
from experiments.output import OutputError
from experiments.paired import effects, values
from experiments.run_command import january_of, yearly_values
from experiments.runner import run_tasks
from experiments.state_fingerprint import state_fingerprint
from model.parameters import ParameterSet, Registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import ScenarioError, parse_settings
from scenarios.schema import Scenario

#: The two futures.
CONTINUED, CHANGED = "continued", "changed"


@dataclass(frozen=True)
class BranchTask:
    """One world to branch.

    Attributes:
        seed: Seed of all luck.
        parameters: Parameters without the levers of either policy.
        policy: What holds until the branch, and goes on in one future.
        changed: What holds from the branch on in the other.
        share: Share of the country.
        span: Simulated period.
        month: Month of the branch, counted from the start of the span.
    """

    seed: int
    parameters: ParameterSet
    policy: Policy
    changed: Policy
    share: float
    span: Span
    month: int


@dataclass(frozen=True)
class Futures:
    """Both futures of one world.

    Attributes:
        seed: Its seed.
        states: Fingerprint of the state at each January of the policy up to the branch.
        outcomes: What is observed in both futures, all policy years, columns as in
            ``experiments.runner.TaskResult``.
        saved_outcomes: Hash of the outcomes of the future that goes on, as a run saves them.
    """

    seed: int
    states: Mapping[str, str]
    outcomes: pd.DataFrame
    saved_outcomes: str


@dataclass(frozen=True)
class Branch:
    """Results.

    Attributes:
        at: Month of the branch, as in 2027-01.
        runs: Outcomes of both futures from the year of the branch on, per seed.
        effects: Changed less continued (``experiments.paired.effects``).
        seeds: Number of worlds.
        state: Fingerprint of the state that both futures of the saved world start from.
    """

    at: str
    runs: pd.DataFrame
    effects: pd.DataFrame
    seeds: int
    state: str

    def effect(self, measure: str, year: int = 0) -> pd.Series:
        """Return the national effect on one measure (year 0: all years from the branch on)."""
        e = self.effects
        own = e[(e["measure"] == measure) & (e["split"] == "all") & (e["year"] == year)]
        return own.iloc[0]


def branch_month(text: str, span: Span) -> int:
    """Return the month of a branch, counted from the start of the span.

    Raises:
        ScenarioError: It is no month, or no January of the policy window.
    """
    allowed = range(span.policy_year, span.last_year + 1)
    year, _, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and (year + month).isascii()
            and (year + month).isdigit() and 1 <= int(month) <= 12):  # fmt: skip
        raise ScenarioError(f"'{text[:40]}' is no month; write it as {span.policy_year}-01")
    if int(month) != 1:
        raise ScenarioError(
            f"{text} is no January; contracts run from January, so a branch starts in one"
        )
    if int(year) not in allowed:
        raise ScenarioError(
            f"{text} lies outside the policy window of this run ({january_of(allowed[0])} to "
            f"{january_of(allowed[-1])})"
        )
    return 12 * (int(year) - span.first_year)


def changed_scenario(
    saved: Scenario, instead: Scenario | None, settings: tuple[str, ...], registry: Registry
) -> Scenario:
    """Return what holds after the branch: another scenario, other levers, or both.

    Args:
        saved: Scenario of the saved run.
        instead: Scenario that takes its place; None to go on with the saved one.
        settings: Levers as name=value.
        registry: Parameters.

    Raises:
        ScenarioError: Nothing is changed, or something that is no lever.
    """
    if instead is None and not settings:
        raise ScenarioError("nothing changes: give --set NAME=VALUE, --policy SCENARIO, or both")
    changes = parse_settings(settings, registry)
    for name in changes:
        role = registry[name].role
        if role != "lever":
            raise ScenarioError(
                f"'{name}' is {'an' if role[0] in 'aeiou' else 'a'} {role}: it made the past that"
                " both futures share, so a branch can change levers only"
            )
    base = saved if instead is None else instead
    body = base.model_dump(mode="json")
    body["set"] = {**body["set"], **changes}
    try:
        return Scenario.model_validate(body, context={"registry": registry})
    except ValidationError as error:
        raise ScenarioError(f"after the change: {error.errors()[0]['msg']}") from None


def run_branch(task: BranchTask) -> Futures:
    """Run one world up to the branch, and both futures to the end."""
    size = Size.of_share(task.parameters, task.share)
    history = World(task.parameters, HISTORY, task.seed, size, task.span, keep_lines=False).run(
        task.span.policy_month
    )
    world, states = history.branch(task.policy), {}
    while world.month < task.month:
        states[january_of(world.year)] = state_fingerprint(world)
        world.run(world.month + 12)
    states[january_of(world.year)] = state_fingerprint(world)
    changed = world.branch(task.changed).run()
    world.run()
    parts = []
    for name, future in ((CONTINUED, world), (CHANGED, changed)):
        results = future.results()
        results = results[results["year"] >= task.span.policy_year]
        parts.append(results.assign(policy=name, kind="seed", index=task.seed))
    return Futures(
        task.seed,
        states,
        pd.concat(parts, ignore_index=True),
        table_hash(yearly_values(world.results())),
    )


def prove_same(manifest: RunManifest, found: Futures, folder: Path) -> None:
    """Refuse to branch a world that is not the saved one.

    Raises:
        OutputError: Its state or its outcomes differ from what was saved.
    """
    states = all(manifest.states.get(name, own) == own for name, own in found.states.items())
    if states and found.saved_outcomes == manifest.tables["outcomes"]:
        return
    if manifest.code != code_fingerprint():
        raise OutputError(
            f"The program has changed since {folder} was made and gives another world now; make it"
            " again with 'zorgbundel run' and branch that."
        )
    raise OutputError(
        f"Run again, the world of {folder} is not the one that was saved: its manifest was changed,"
        " or other versions of the libraries are in use."
    )


def branch_tasks(
    manifest: RunManifest,
    p: ParameterSet,
    policy: Policy,
    changed: Policy,
    month: int,
    seeds: int,
) -> list[BranchTask]:
    """Return one task per seed; the first is the saved world."""
    first = BranchTask(manifest.seed, p, policy, changed, manifest.share, span_of(manifest), month)
    return [replace(first, seed=manifest.seed + k) for k in range(seeds)]


def span_of(manifest: RunManifest) -> Span:
    """Return the period of a saved run."""
    return Span(last_year=Span().policy_year + manifest.years - 1)


def run_both_futures(
    tasks: list[BranchTask],
    prove: Callable[[Futures], None],
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> Branch:
    """Run all tasks and return both futures with the effect of the change.

    Args:
        tasks: One per seed, the saved world first.
        prove: Refuses, before the other seeds are run, a first world that is not the saved one.
        workers: Processes; None for one per core.
        done: Called after each finished task.
    """
    first = run_branch(tasks[0])
    prove(first)
    done()
    found = [first, *run_tasks(tasks[1:], workers, done, run_branch)] if tasks[1:] else [first]
    span = tasks[0].span
    year = span.first_year + tasks[0].month // 12
    runs = pd.concat([one.outcomes for one in found], ignore_index=True)
    order = ["kind", "index", "policy", "year", "measure", "split", "group"]
    runs = runs[runs["year"] >= year].sort_values(order, ignore_index=True)
    at = january_of(year)
    return Branch(at, runs, effects(values(runs, SUMS), CONTINUED), len(tasks), first.states[at])


def saved_policy(body: dict[str, Any], folder: Path, registry: Registry) -> Scenario:
    """Return the scenario of a manifest.

    Raises:
        ScenarioError: It is not valid.
    """
    try:
        return Scenario.model_validate(body, context={"registry": registry})
    except ValidationError:
        path = folder / "manifest.json"
        raise ScenarioError(f"{path} holds a scenario that is not valid.") from None

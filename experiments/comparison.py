"""A comparison: a baseline and policies in paired worlds, with effects and budget verdicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pandas as pd

from experiments.budget_verdict import CAPPED, OPEN, BudgetVerdict, budget_tests, budget_verdict
from experiments.evaluations import NO_EVALUATIONS, joined_evaluations
from experiments.paired import effects, values
from experiments.posteriors.draws import DRAW_SEED, PRIOR, draw_table, draws
from experiments.runner import Task, TaskResult, run_tasks, warm_up_compiler
from model.budget import BudgetTest
from model.outcomes import MEASURES
from model.parameters import ParameterSet, Registry, load_registry
from model.policy import Policy
from model.simulation import Span

if TYPE_CHECKING:
    from experiments.kept_tasks import Simulate

SUMS = {measure.id for measure in MEASURES if measure.bottom is None}

#: Where lifting the maxima can cost as little as the ministry expects: wanted sessions follow the
#: entitlement class, and therapists the guideline's ceilings, almost fully. Draws from everywhere
#: hardly ever come there, so a comparison can look there on purpose; these runs are kept apart and
#: used only for what holds *if* the ministry's estimate is right.
SEARCH_CORNER = {
    "need_class_correlation": (0.95, 1.0),
    "guideline_adherence_share": (0.95, 1.0),
}


@dataclass(frozen=True)
class Design:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policies: Names of the policies compared with it.
        seeds: Number of seeds at central parameters.
        draws: Number of parameter draws.
        search: Number of further draws from the corner of ``SEARCH_CORNER``.
        share: Share of the country simulated.
        settings: Parameters set by the user, by name; held fixed in every draw.
        first_seed: First seed; seeds are consecutive.
        span: Simulated period.
        draws_from: Where the draws come from (``experiments.posteriors.draws``). Further draws come
            from the ranges always: their corner is looked at on purpose.
    """

    baseline: str
    policies: tuple[str, ...]
    seeds: int = 6
    draws: int = 20
    search: int = 0
    share: float = 0.1
    settings: Mapping[str, float] = field(default_factory=dict)
    first_seed: int = 1
    span: Span = field(default_factory=Span)
    draws_from: str = PRIOR

    @property
    def worlds(self) -> tuple[str, ...]:
        """Scenarios to run: those compared, and the two comparators of the budget tests."""
        return tuple(dict.fromkeys((self.baseline, *self.policies, CAPPED, OPEN)))


@dataclass(frozen=True)
class Comparison:
    """Results of a comparison.

    Attributes:
        design: What was run.
        runs: Outcomes of every run (``experiments.runner.run_task``).
        effects: Paired effects with both intervals (``experiments.paired.effects``).
        budgets: Verdict per policy, in the order of the design.
        parameters: Drawn parameters, one row per draw.
        evaluations: What the regulator would see under each policy compared, beside what is true
            (``experiments.evaluations``).
    """

    design: Design
    runs: pd.DataFrame
    effects: pd.DataFrame
    budgets: dict[str, BudgetVerdict]
    parameters: pd.DataFrame
    evaluations: pd.DataFrame = field(default_factory=NO_EVALUATIONS.copy)

    def effect(self, policy: str, measure: str, year: int = 0) -> pd.Series:
        """Return the national effect of one policy on one measure (year 0: the window)."""
        e = self.effects
        row = e[
            (e["policy"] == policy) & (e["measure"] == measure)
            & (e["split"] == "all") & (e["year"] == year)
        ]  # fmt: skip
        return row.iloc[0]

    @cached_property
    def tests(self) -> dict[str, dict[tuple, BudgetTest]]:
        """Both budget tests of every seed and draw, by policy and then (kind, index)."""
        central = load_registry().values(dict(self.design.settings))
        return {name: budget_tests(self.runs, name, central) for name in self.design.policies}


def tasks(design: Design, policies: Mapping[str, Policy], registry: Registry) -> list[Task]:
    """Return the tasks of a design: draws first (they differ most in time), then seeds."""
    central = registry.values(design.settings)
    drawn = draws(registry, design.draws, DRAW_SEED, design.draws_from) if design.draws else []
    worlds = {name: policies[name] for name in design.worlds}
    task = partial(
        Task, policies=worlds, share=design.share, span=design.span, baseline=design.baseline
    )
    out = [task("draw", k, DRAW_SEED, p.replace(design.settings)) for k, p in enumerate(drawn)]
    out += [
        task("search", k, DRAW_SEED, p.replace(design.settings))
        for k, p in enumerate(search_parameters(design.search, registry))
    ]
    out += [
        task("seed", seed, seed, central)
        for seed in range(design.first_seed, design.first_seed + design.seeds)
    ]
    return out


def search_parameters(count: int, registry: Registry) -> list[ParameterSet]:
    """Return draws in which the parameters of ``SEARCH_CORNER`` are squeezed into that corner."""
    if count == 0:
        return []
    out = []
    for p in registry.draws(count, seed=DRAW_SEED + 1):
        corner = {}
        for name, (low, high) in SEARCH_CORNER.items():
            entry = registry[name]
            place = (p[name] - entry.low) / (entry.high - entry.low)
            corner[name] = low + place * (high - low)
        out.append(p.replace(corner))
    return out


def compare(
    design: Design,
    policies: Mapping[str, Policy],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
    simulate: "Simulate | None" = None,
) -> Comparison:
    """Run a design and return its results.

    Args:
        design: What to run.
        policies: Policy of every scenario in ``design.worlds``.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished task.
        simulate: Runs the tasks, if not ``run_tasks`` (``experiments.kept_tasks`` goes on where
            it was left).
    """
    jobs = tasks(design, policies, registry)
    warm_up_compiler(registry.values(), {name: policies[name] for name in design.worlds})
    return gathered(design, list((simulate or run_tasks)(jobs, workers, done)), registry)


def gathered(design: Design, results: list[TaskResult], registry: Registry) -> Comparison:
    """Return the comparison that the results of all tasks of a design make, in any order."""
    runs = pd.concat([one.outcomes for one in results], ignore_index=True)
    runs = runs.sort_values(
        ["kind", "index", "policy", "year", "measure", "split", "group"], ignore_index=True
    )
    seen = joined_evaluations([one.evaluations for one in results], design.policies)
    return summarise(design, runs, registry, seen)


def summarise(
    design: Design,
    runs: pd.DataFrame,
    registry: Registry,
    evaluations: pd.DataFrame = NO_EVALUATIONS,
) -> Comparison:
    """Return effects and verdicts from finished runs (analysis is a step of its own)."""
    central = registry.values(design.settings)
    compared = runs[runs["policy"].isin([design.baseline, *design.policies])]
    table = effects(values(compared, SUMS), design.baseline)
    verdicts = {name: budget_verdict(runs, name, central) for name in design.policies}
    drawn = draw_table(registry, design.draws, DRAW_SEED, design.draws_from) if design.draws else {}
    parameters = pd.DataFrame(drawn).assign(**dict(design.settings))
    return Comparison(design, runs, table, verdicts, parameters, evaluations)

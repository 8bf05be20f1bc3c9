"""A comparison that adds pairs of worlds until what one watches is clear (or the budget ends).

Which pairs to add is decided by ``experiments.budget_of_runs``, so that looking often does not make
a sign appear by chance. Pairs differ by chance only; draws of the assumptions stay as designed.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.budget_of_runs import ERROR, Decision, decide, looks
from experiments.comparison import SUMS, Comparison, Design, gathered, tasks
from experiments.importance import nil_band
from experiments.paired import WINDOW, values
from experiments.runner import TaskResult, run_tasks, warm_up_compiler
from model.outcomes import BY_ID
from model.parameters import Registry
from model.policy import Policy

if TYPE_CHECKING:
    from experiments.kept_tasks import Simulate

#: What must be clear unless somebody asks otherwise: money, the dangers the minister names, and
#: the people who do the work.
WATCHED = (
    "paramedical_spending",
    "disease_burden_ccq",
    "refused_share",
    "undertreated_share",
    "upcoded_share",
    "job_satisfaction",
    "admin_hours",
)


@dataclass(frozen=True)
class Spent:
    """How the budget of runs was spent.

    Attributes:
        schedule: Numbers of pairs at which the results could be looked at.
        decisions: What the last look says of each measure watched, by policy.
    """

    schedule: tuple[int, ...]
    decisions: Mapping[str, tuple[Decision, ...]]

    @property
    def pairs(self) -> int:
        """Pairs of worlds that were run."""
        return next(iter(self.decisions.values()))[0].pairs

    @property
    def settled(self) -> bool:
        """Whether everything watched is clear or small."""
        return all(one.settled for found in self.decisions.values() for one in found)

    def table(self) -> pd.DataFrame:
        """Return one row per policy and measure: policy and the fields of ``Decision``."""
        return pd.DataFrame(
            [{"policy": name, **vars(one)} for name, found in self.decisions.items()
             for one in found]
        )  # fmt: skip

    def document(self) -> dict[str, Any]:
        """Return this for ``--json``: looks, pairs run, and per policy and measure the verdict."""
        return {
            "looks": list(self.schedule),
            "pairs": self.pairs,
            "settled": self.settled,
            "error": ERROR,
            "policies": {
                name: {one.measure: _decision(one) for one in found}
                for name, found in self.decisions.items()
            },
        }


def _decision(one: Decision) -> dict[str, Any]:
    known = not math.isnan(one.mean)
    return {
        "state": one.state,
        "mean": one.mean if known else None,
        "interval": [one.low, one.high] if known else None,
        "margin": one.margin,
    }


def compare_until_clear(
    design: Design,
    policies: Mapping[str, Policy],
    registry: Registry,
    max_pairs: int,
    watched: Iterable[str] = WATCHED,
    workers: int | None = None,
    start: Callable[[int], None] = lambda tasks: None,
    done: Callable[[], None] = lambda: None,
    simulate: "Simulate | None" = None,
) -> tuple[Comparison, Spent]:
    """Run a design, and further pairs until what is watched is clear or the budget is used.

    Args:
        design: What to run; ``seeds`` is the number of pairs at the first look.
        policies: Policy of every scenario in ``design.worlds``.
        registry: Parameters.
        max_pairs: Most pairs; fixed beforehand.
        watched: Measures that must be clear.
        workers: Processes; None for one per core.
        start: Called before each round with its number of tasks.
        done: Called after each finished task.
        simulate: Runs the tasks, if not ``run_tasks`` (``experiments.kept_tasks`` goes on where
            it was left).

    Returns:
        The comparison over all pairs run (its design says how many), and how the budget was spent.
    """
    schedule, watched = looks(design.seeds, max_pairs), tuple(watched)
    warm_up_compiler(registry.values(), {name: policies[name] for name in design.worlds})
    results: list[TaskResult] = []
    have = 0
    for pairs in schedule:
        more = replace(design, first_seed=design.first_seed + have, seeds=pairs - have)
        if have:
            more = replace(more, draws=0, search=0)
        jobs = tasks(more, policies, registry)
        start(len(jobs))
        results += (simulate or run_tasks)(jobs, workers, done)
        have = pairs
        found = Spent(schedule, decisions(results, design, schedule, watched))
        if found.settled:
            break
    return gathered(replace(design, seeds=have), results, registry), found


def decisions(
    results: Iterable[TaskResult],
    design: Design,
    schedule: tuple[int, ...],
    watched: Iterable[str],
) -> dict[str, tuple[Decision, ...]]:
    """Return what the pairs run so far say of each measure watched, by policy."""
    watched = tuple(watched)
    parts = (one.outcomes for one in results)
    runs = pd.concat(
        [
            part[(part["kind"] == "seed") & (part["split"] == "all")
                 & part["measure"].isin(watched)]
            for part in parts
        ]
    )  # fmt: skip
    table = values(runs, SUMS)
    table = table[table["year"] == WINDOW].pivot_table(
        index="index", columns=["policy", "measure"], values="value", dropna=False
    )
    out = {}
    for policy in design.policies:
        found = []
        for measure in watched:
            base = table[design.baseline, measure]
            margin = nil_band(BY_ID[measure], float(base.mean()))
            effect = (table[policy, measure] - base).to_numpy()
            found.append(decide(measure, effect, schedule, margin))
        out[policy] = tuple(found)
    return out

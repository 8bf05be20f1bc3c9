"""The worlds behind a robust search: candidates of one generation, lived together in every draw.

All candidates of a generation share history and luck with the baseline, so one task per draw runs
them all from one warm-up.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from experiments.answers.robust import POLICY, Candidate, Objective, Space
from experiments.comparison import DRAW_SEED, SUMS
from experiments.paired import WINDOW, values
from experiments.runner import Task, run_tasks
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import Common, with_levers
from experiments.sweeps.sampling import block_of, draw
from model.parameters import Registry

#: Seed of the luck in the draws that are held out: what was chosen may owe its place to luck.
HELD_OUT_SEED = DRAW_SEED + 1


@dataclass(frozen=True)
class RobustDesign:
    """What is searched, in which worlds.

    Attributes:
        design: Levers with their ranges, policies, draws and size.
        common: What all worlds share.
        objectives: What is to be done well.
        generations: Number of generations.
        population: Candidates per generation.
    """

    design: SweepDesign
    common: Common
    objectives: tuple[Objective, ...]
    generations: int
    population: int

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies to choose from."""
        return tuple(name for name in self.common.policies if name != self.common.baseline)

    @property
    def space(self) -> Space:
        """Among what is searched: a range ``[low, high]``, or values if there are not two."""
        by_value = any(len(each) != 2 or each[0] >= each[1] for each in self.design.levers.values())
        return Space(self.design.levers, self.policies, by_value)

    def digest(self, registry: Registry) -> str:
        """Return a hash of everything that decides what an evaluation gives."""
        drawn = [sorted(one.items()) for one in drawn_of(self.design, registry)]
        text = json.dumps([self.common.digest(), [one.measure for one in self.objectives], drawn])
        return hashlib.sha256(text.encode()).hexdigest()


def evaluate(
    robust: RobustDesign,
    candidates: Sequence[Candidate],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
    held_out: bool = False,
) -> list[Mapping[str, Sequence[float]]]:
    """Return the paired effects of candidates on every objective, per draw.

    Args:
        robust: What is searched.
        candidates: Levers, and the policy if there is a choice.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each draw.
        held_out: Whether to live them in the draws that play no part in the choice.
    """
    measures = [one.measure for one in robust.objectives]
    parts = []
    for one in run_tasks(tasks(robust, candidates, registry, held_out), workers, done):
        runs = one.outcomes
        parts.append(runs[(runs["split"] == "all") & runs["measure"].isin(measures)])
    table = values(pd.concat(parts, ignore_index=True), SUMS)
    wide = table[table["year"] == WINDOW].pivot_table(
        index="index", columns=["measure", "policy"], values="value", dropna=False
    )
    base = robust.common.baseline
    return [
        {name: (wide[name, str(k)] - wide[name, base]).to_list() for name in measures}
        for k in range(len(candidates))
    ]


def tasks(
    robust: RobustDesign,
    candidates: Sequence[Candidate],
    registry: Registry,
    held_out: bool = False,
) -> list[Task]:
    """Return one task per draw: the baseline, and each candidate under its number."""
    common, design = robust.common, robust.design
    worlds = {common.baseline: common.policies[common.baseline]}
    for k, candidate in enumerate(candidates):
        levers = {name: value for name, value in candidate.items() if name != POLICY}
        policy = common.policies[candidate.get(POLICY, robust.policies[0])]
        worlds[str(k)] = with_levers(policy, levers)
    luck = HELD_OUT_SEED if held_out else DRAW_SEED
    first = Task(
        "draw", 0, luck, common.parameters, worlds, common.share, design.span,
        treated_only=common.treated_only,
    )  # fmt: skip
    return [
        replace(first, index=k, parameters=common.parameters.replace(drawn))
        for k, drawn in enumerate(drawn_of(design, registry, held_out))
    ]


def drawn_of(
    design: SweepDesign, registry: Registry, held_out: bool = False
) -> list[dict[str, float]]:
    """Return what each draw of a design changes, as a sweep of it would.

    Those held out are as many, from the first block after it (``experiments.sweeps.sampling``):
    within a block draws are spread evenly, so the rest of it is not independent of its beginning.
    """
    uncertain, source = design.uncertain(registry), design.source(registry)
    first = 0
    if held_out:
        _, start, size = block_of(design.draws - 1)
        first = start + size
    return [draw(first + k, uncertain, registry, source) for k in range(design.draws)]

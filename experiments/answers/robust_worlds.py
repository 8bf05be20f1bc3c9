"""The worlds behind a robust search: candidates of one generation, lived together in every draw.

They are a sweep (``experiments.sweeps``) with a run per candidate and draw: runs of one draw share
history, luck and baseline, a world that raises is a row, and what is finished is never made again.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import click
import numpy as np

from experiments.answers.robust import POLICY, Candidate, Objective, Space
from experiments.comparison import SUMS
from experiments.number_format import Language
from experiments.output import OutputError
from experiments.paired import WINDOW, values
from experiments.posteriors.draws import DRAW_SEED
from experiments.runner import WARM_UP, Task
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.kept_worlds import WORLDS, HowMade
from experiments.sweeps.planned_runs import Common, PlannedRun, RunInput, run_name, with_levers
from experiments.sweeps.result_tables import FAILED
from experiments.sweeps.sampling import block_of, draw
from experiments.sweeps.store import Store, open_store
from experiments.sweeps.sweep import local, sweep
from experiments.sweeps.sweep_work import STARTING
from experiments.texts import texts
from model.parameters import Registry
from scenarios.schema import Scenario

#: Fewest draws whose worst decile means something.
FEWEST_DRAWS = 5

#: Seed of the luck in the draws that are held out: what was chosen may owe its place to luck.
HELD_OUT_SEED = DRAW_SEED + 1


@dataclass(frozen=True)
class RobustDesign:
    """What is searched, in which worlds.

    Attributes:
        design: Levers with their ranges, policies, draws and size.
        common: What all worlds share.
        scenarios: Its scenarios by name, the baseline first.
        objectives: What is to be done well.
        generations: Number of generations.
        population: Candidates per generation.
    """

    design: SweepDesign
    common: Common
    scenarios: Mapping[str, Scenario]
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


@dataclass(frozen=True)
class CandidateWorlds(Common):
    """Runs of candidates: one per candidate and draw, each beside the baseline of its draw.

    Attributes:
        candidates: Levers, and the policy if there is a choice.
        held_out: Whether they are lived in the draws that play no part in the choice.
    """

    candidates: tuple[Candidate, ...] = ()
    held_out: bool = False

    @property
    def choice(self) -> tuple[str, ...]:
        """Policies to choose from."""
        return tuple(name for name in self.policies if name != self.baseline)

    def planned(self, design: SweepDesign, registry: Registry) -> Iterator[PlannedRun]:
        """Yield a run per draw and candidate; those of one draw share history and baseline."""
        digest, luck = self.digest(), HELD_OUT_SEED if self.held_out else DRAW_SEED
        inputs = [self._inputs(one) for one in self.candidates]
        for index, drawn in enumerate(drawn_of(design, registry, self.held_out)):
            for point, levers in enumerate(inputs):
                name = run_name(digest, luck, drawn, levers)
                yield PlannedRun("draw", index, point, RunInput(name, luck, drawn, levers))

    def _inputs(self, candidate: Candidate) -> dict[str, float]:
        """Return a candidate as numbers: of the policy its place among those to choose from."""
        chosen = self.choice.index(candidate.get(POLICY, self.choice[0]))
        levers = {name: float(value) for name, value in candidate.items() if name != POLICY}
        return levers | {POLICY: float(chosen)}

    @property
    def further_plan(self) -> Mapping[str, Any]:
        """The candidates."""
        return {"candidates": [dict(one) for one in self.candidates], "held_out": self.held_out}

    def task(self, run: RunInput) -> Task:
        """Return a run as a task: the baseline, and the policy chosen with its levers."""
        levers = dict(run.levers)
        name = self.choice[int(levers.pop(POLICY))]
        worlds = {
            self.baseline: self.policies[self.baseline],
            name: with_levers(self.policies[name], levers),
        }
        return replace(super().task(replace(run, levers={})), policies=worlds)


def evaluate(
    robust: RobustDesign,
    candidates: Sequence[Candidate],
    registry: Registry,
    how: HowMade,
    done: Callable[[int], None] = lambda runs: None,
    held_out: bool = False,
) -> list[Mapping[str, Sequence[float]]]:
    """Return the paired effects of candidates on every objective, per draw.

    A world that raises is a row of the store. Where the candidate's own world does, its effects are
    not known there, so that it cannot win (``Objective.worst``); a draw whose history or baseline
    cannot be lived says nothing of a candidate, and is left out.

    Args:
        robust: What is searched.
        candidates: Levers, and the policy if there is a choice.
        registry: Parameters.
        how: Where and how the worlds are made and kept.
        done: Called with the number of runs that came to an end.
        held_out: Whether to live them in the draws that play no part in the choice.

    Raises:
        KeyboardInterrupt: The user stopped it.
        OutputError: The worlds cannot be kept, or too few of them could be lived.
    """
    folder = how.out / WORLDS
    shared = CandidateWorlds(
        **{one.name: getattr(robust.common, one.name) for one in fields(Common)},
        candidates=tuple(candidates), held_out=held_out,
    )  # fmt: skip
    shared = replace(shared, splits=("all",))
    report = sweep(
        robust.design, robust.scenarios, registry, folder, local(folder, how.workers),
        how.retry_failed, lambda planned, before: done(before), done, shared,
    )  # fmt: skip
    for sentence in (*report.repairs.sentences(), *report.events):
        click.echo(sentence, err=True)
    if report.stopped:
        raise KeyboardInterrupt
    return effects_of(robust, len(candidates), open_store(folder, verify=False), how.language)


def effects_of(
    robust: RobustDesign, candidates: int, store: Store, language: Language
) -> list[Mapping[str, Sequence[float]]]:
    """Return the paired effects of candidates on every objective, from the worlds of a store.

    Raises:
        OutputError: There are too few draws in which the baseline could be lived.
    """
    measures, base = [one.measure for one in robust.objectives], robust.common.baseline
    found = store.outcomes(measures)
    table = values(found.assign(index=found["run"]), SUMS)
    table = table[table["year"] == WINDOW]
    ours = table["policy"] == base
    # Each run has two worlds, whatever the policy in the other one is called.
    wide = table.assign(policy=np.where(ours, base, POLICY)).pivot(
        index="index", columns=["measure", "policy"], values="value"
    )
    runs = store.runs(inputs=False)
    common_to_all = runs["stage"].isin([STARTING, WARM_UP, base])
    runs = runs[~((runs["status"] == FAILED) & common_to_all)]
    out: list[Mapping[str, Sequence[float]]] = []
    for k in range(candidates):
        names = runs.loc[runs["point"] == k, "run"]
        if len(names) < min(FEWEST_DRAWS, robust.design.draws):
            raise OutputError(
                texts(language)("worlds.too_few", left=len(names), fewest=FEWEST_DRAWS)
            )
        lived = wide.reindex(names)
        out.append({name: (lived[name, POLICY] - lived[name, base]).to_list() for name in measures})
    return out


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

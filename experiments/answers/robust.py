"""Robust contract search: levers at which a contract does well even where assumptions are bad.

A candidate is a policy with a value for every lever of the design. It is lived in a few draws of
the assumptions, always the same ones with the same luck, beside the baseline. Each objective is
judged by its worst decile over the draws, so that a candidate cannot win by doing splendidly in
most of them and badly in some. The search is Optuna's: NSGA-II (Deb et al. 2002, doi
10.1109/4235.996017), and NSGA-III with more than three objectives (Deb and Jain 2014, doi
10.1109/TEVC.2013.2281535). What comes out is not one best contract, but the front of those of which
none is better on every objective.

Of many candidates the best looking one is also the luckiest one: on the draws it was chosen on, the
front looks better than it is (the winner's curse). So the front is lived again in as many draws
that played no part in the choice, with other luck (``lived_again``), and it is those figures that
are reported.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from experiments.safe_files import read_json

if TYPE_CHECKING:
    import optuna

#: Part of the draws in which an objective may be worse than the value it is judged by.
WORST = 0.1

#: Name of the choice between policies, if the design has more than one.
POLICY = "policy"

#: Most objectives that NSGA-II sorts well.
FEW_OBJECTIVES = 3

_SEED = 1


@dataclass(frozen=True)
class Objective:
    """One thing a contract should do well.

    Attributes:
        measure: Id of the measure whose paired effect it is.
        better: Direction that is better.
    """

    measure: str
    better: Literal["lower", "higher"]

    @property
    def sign(self) -> float:
        """1 if lower is better, -1 if higher is: effects times this are to be minimised."""
        return 1.0 if self.better == "lower" else -1.0

    def worst(self, effects: Sequence[float]) -> float:
        """Return the effect that is undercut in a tenth of the draws, in its own sign.

        An effect that is not known in a draw counts as infinitely bad: it cannot win.
        """
        worse = self.sign * np.asarray(effects, dtype=float)
        if np.isnan(worse).any():
            return self.sign * np.inf
        return self.sign * float(np.quantile(worse, 1.0 - WORST))


#: What policymakers, patients, insurers and therapists each mind most.
OBJECTIVES = (
    Objective("paramedical_spending", "lower"),
    Objective("disease_burden_ccq", "lower"),
    Objective("refused_share", "lower"),
    Objective("job_satisfaction", "higher"),
    Objective("admin_hours", "lower"),
)

#: A value for every lever, and the policy if there is a choice.
Candidate = Mapping[str, Any]

#: Gives, per candidate, the effects on each objective over the draws.
Evaluate = Callable[[Sequence[Candidate]], list[Mapping[str, Sequence[float]]]]


@dataclass(frozen=True)
class Space:
    """Among what is searched.

    Attributes:
        levers: Lowest and highest value of each lever, or the values it may have.
        policies: Names of the policies to choose from.
        by_value: Levers that have only the values named.
    """

    levers: Mapping[str, Sequence[float]]
    policies: tuple[str, ...] = ()
    by_value: bool = False

    def ask(self, trial: "optuna.Trial") -> dict[str, Any]:
        """Return a candidate as the sampler proposes it."""
        chosen: dict[str, Any] = {}
        if len(self.policies) > 1:
            chosen[POLICY] = trial.suggest_categorical(POLICY, list(self.policies))
        for name, values in self.levers.items():
            if self.by_value:
                chosen[name] = trial.suggest_categorical(name, list(values))
            else:
                chosen[name] = trial.suggest_float(name, values[0], values[-1])
        return chosen


def search(
    space: Space,
    evaluate: Evaluate,
    objectives: Sequence[Objective],
    generations: int,
    population: int,
    done: Callable[[int], None] = lambda candidates: None,
) -> pd.DataFrame:
    """Search so many generations, and return all candidates (``table``).

    The same call proposes the same candidates, so a search that was cut off, or wants more
    generations, is simply run again with an evaluation that remembers (``Memory``).

    Args:
        space: Among what is searched.
        evaluate: Gives the effects of candidates; a whole generation at once.
        objectives: What is to be done well.
        generations: Number of generations.
        population: Candidates per generation.
        done: Called with the number of candidates finished so far.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        directions=["minimize"] * len(objectives), sampler=_sampler(len(objectives), population)
    )
    for _ in range(generations):
        trials = [study.ask() for _ in range(population)]
        candidates = [space.ask(trial) for trial in trials]
        for trial, effects in zip(trials, evaluate(candidates), strict=True):
            judged = [one.sign * one.worst(effects[one.measure]) for one in objectives]
            trial.set_user_attr("effects", {k: list(map(float, v)) for k, v in effects.items()})
            # Optuna takes no infinite values; a candidate without outcomes is far behind.
            study.tell(trial, [min(value, 1e300) for value in judged])
        done(len(study.trials))
    return table(study, objectives)


def _sampler(objectives: int, population: int) -> "optuna.samplers.BaseSampler":
    import warnings

    from optuna import samplers

    if objectives <= FEW_OBJECTIVES:
        return samplers.NSGAIISampler(population_size=population, seed=_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "experimental": its interface may change, not its method
        return samplers.NSGAIIISampler(population_size=population, seed=_SEED)


class Memory:
    """Evaluations that were made before, on disk: none is made twice.

    One file per evaluation of a generation, written to a temporary name and renamed.
    """

    def __init__(self, folder: Path, evaluate: Evaluate) -> None:
        """Read what is in the folder; a file that cannot be read counts as never made."""
        self.folder, self.evaluate = folder, evaluate
        self.known: dict[str, Mapping[str, list[float]]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.json")):
            try:
                self.known |= _evaluations(read_json(path, finite=False))
            except (ValueError, TypeError, AttributeError, OverflowError):
                path.unlink()

    def __call__(self, candidates: Sequence[Candidate]) -> list[Mapping[str, Sequence[float]]]:
        """Return the effects of candidates; those not yet known are evaluated and kept."""
        names = [json.dumps(one, sort_keys=True) for one in candidates]
        missing = {
            name: one for name, one in zip(names, candidates, strict=True) if name not in self.known
        }
        if missing:
            found = self.evaluate(list(missing.values()))
            new = {
                name: {measure: list(map(float, values)) for measure, values in effects.items()}
                for name, effects in zip(missing, found, strict=True)
            }
            name = hashlib.sha256("".join(missing).encode()).hexdigest()[:20]
            place = self.folder / f"{name}.json"
            part = place.with_suffix(".part")
            part.write_text(json.dumps(new), encoding="utf-8")
            part.replace(place)
            self.known |= new
        return [self.known[name] for name in names]


def _evaluations(data: Any) -> dict[str, Mapping[str, list[float]]]:
    """Return what a file of evaluations says, if it is one."""
    return {
        str(name): {str(measure): [float(one) for one in values] for measure, values in of.items()}
        for name, of in data.items()
    }


def table(study: "optuna.Study", objectives: Sequence[Objective]) -> pd.DataFrame:
    """Return one row per different candidate, in the order of the search.

    Columns: number, policy (if there is a choice), every lever;
    per objective its worst decile (under the id of the measure) and ``<measure>_mean``; front
    (whether no other candidate is at least as good on all objectives and better on one).
    """
    rows = []
    for trial in study.trials:
        effects = trial.user_attrs["effects"]
        row: dict[str, Any] = {"number": trial.number, **trial.params}
        for one in objectives:
            row[one.measure] = one.worst(effects[one.measure])
            row[f"{one.measure}_mean"] = float(np.mean(effects[one.measure]))
        rows.append(row)
    found = pd.DataFrame(rows)
    if len(found):
        # A child may be a copy of a parent.
        levers = list(study.trials[0].params)
        found = found.drop_duplicates(levers, ignore_index=True)
        costs = np.column_stack([one.sign * found[one.measure] for one in objectives])
        found["front"] = not_dominated(costs)
    return found


def held(measure: str) -> str:
    """Return the column with the worst decile of a measure in draws that were held out."""
    return f"{measure}_held_out"


def lived_again(
    found: pd.DataFrame,
    space: Space,
    evaluate: Evaluate,
    objectives: Sequence[Objective],
    batch: int,
    done: Callable[[int], None] = lambda candidates: None,
) -> pd.DataFrame:
    """Return the candidates with what the front comes to in draws it was not chosen on.

    Args:
        found: Candidates (``table``).
        space: Among what was searched.
        evaluate: Gives the effects of candidates in the draws that were held out.
        objectives: What is to be done well.
        batch: Candidates evaluated at once.
        done: Called with the number of candidates finished so far.

    Returns:
        The same table with, for the front, ``held(measure)`` and its mean
        ``<measure>_held_out_mean`` per objective; and front_held_out: whether no other of the front
        beats it on those figures either.
    """
    front = found[found["front"]]
    chosen = [name for name in (POLICY, *space.levers) if name in found]
    candidates = front[chosen].to_dict("records")
    effects: list[Mapping[str, Sequence[float]]] = []
    for start in range(0, len(candidates), batch):
        effects += evaluate(candidates[start : start + batch])
        done(len(effects))
    out = found.copy()
    for one in objectives:
        values = [each[one.measure] for each in effects]
        out.loc[front.index, held(one.measure)] = [one.worst(each) for each in values]
        out.loc[front.index, f"{held(one.measure)}_mean"] = [
            float(np.mean(each)) for each in values
        ]
    costs = np.column_stack([one.sign * out.loc[front.index, held(one.measure)]
                             for one in objectives])  # fmt: skip
    out["front_held_out"] = False
    out.loc[front.index, "front_held_out"] = not_dominated(costs)
    return out


def not_dominated(costs: np.ndarray) -> np.ndarray:
    """Return which rows no other row beats: as low on every cost, and lower on one."""
    no_worse = (costs[:, None, :] >= costs[None, :, :]).all(axis=2)
    worse = (costs[:, None, :] > costs[None, :, :]).any(axis=2)
    return ~(no_worse & worse).any(axis=1)


@dataclass(frozen=True)
class Choice:
    """A design on the front worth naming.

    Attributes:
        role: Id of the measure it is best on, or "compromise".
        number: Candidate.
    """

    role: str
    number: int


def choices(
    found: pd.DataFrame,
    objectives: Sequence[Objective],
    reads: Callable[[Objective, float], Hashable] = lambda objective, value: value,
) -> list[Choice]:
    """Return the compromise, and the best design for each objective, where they were chosen.

    The compromise is the design on the front nearest to the best of everything, when each objective
    runs from 0 (best on the front) to 1 (worst on it). Nothing goes by the draws that were held
    out: what is picked by its figures there would look better in them than it is, once more.

    Args:
        found: Candidates (``table``).
        objectives: What is to be done well.
        reads: What a value looks like to readers; an objective on which several designs look
            equally good has no best one.
    """
    front = found[found["front"]]
    costs = np.column_stack([one.sign * front[one.measure] for one in objectives])
    low, span = costs.min(axis=0), np.ptp(costs, axis=0)
    scaled = (costs - low) / np.where(span > 0.0, span, 1.0)
    nearest = int(np.argmin((scaled**2).sum(axis=1)))
    out = [Choice("compromise", int(front["number"].iloc[nearest]))]
    for k, one in enumerate(objectives):
        best = int(np.argmin(costs[:, k]))
        looks = [reads(one, float(value)) for value in front[one.measure]]
        if looks.count(looks[best]) == 1:
            out.append(Choice(one.measure, int(front["number"].iloc[best])))
    return out

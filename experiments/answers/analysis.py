"""The analysis of a sweep: what the effects are, and what they hang on.

Per policy and measure: the paired effect in every run, the ranking of what carries it, how far it
swings from low to high, and the corner of the assumptions in which the policy goes wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from experiments.answers.discovery import Box, can_search, discover
from experiments.answers.effect_words import amount
from experiments.answers.sensitivity import (
    given_data_indices,
    morris_effects,
    sobol_indices,
    tornado,
)
from experiments.carriers import candidates
from experiments.importance import matters_from
from experiments.intervals import parameter_interval
from experiments.sweeps.sampling import problem, unit_points
from experiments.sweeps.store import Store
from experiments.until_clear import WATCHED
from model.outcomes import BY_ID, Measure
from model.parameters import Registry

Method = Literal["sobol", "morris", "given data"]

#: Why a design was not analysed by its own method.
Unfit = Literal["small", "holes"]

#: Smallest Sobol design (its N) whose indices mean anything; a smaller one is taken as plain runs.
LEAST_SOBOL = 32

#: Share of the differences between runs below which something is not what an effect hangs on.
LEAST_SHARE = 0.05


@dataclass(frozen=True)
class Hanging:
    """What the effect of one policy on one measure hangs on.

    Attributes:
        policy: The policy.
        measure: Id of the measure.
        method: How the ranking was made: by the Sobol or Morris design of the sweep, or from the
            runs as they are.
        ranking: Inputs, most important first (``experiments.answers.sensitivity``).
        swings: Mean effect at low and high values of each input (``tornado``).
        effects: Effect in every run that varies an input.
        wrong: Whether the policy goes wrong in that run (``goes_wrong``).
        searched: Whether there are enough runs that go wrong to look for a corner.
        box: Corner of the inputs in which it goes wrong; None if there is none.
        margin: Size from which an effect matters (``experiments.importance.matters_from``), in the
            unit of the measure.
        points: Mean effect at each point of a Sobol or Morris design that was run several times at
            each; None for other runs.
        draws: Whether those several runs differ in assumptions, and not by chance only.
        unfit: Why a Sobol or Morris design was not analysed by its own method: too small, or with
            runs missing. None if it was, or if there is no such design.
        samples: Samples of the design (its N); None if it has none.
    """

    policy: str
    measure: str
    method: Method
    ranking: pd.DataFrame
    swings: pd.DataFrame
    effects: np.ndarray
    wrong: np.ndarray
    searched: bool
    box: Box | None
    margin: float = 0.0
    points: np.ndarray | None = None
    draws: bool = False
    unfit: Unfit | None = None
    samples: int | None = None

    @property
    def flat(self) -> bool:
        """Whether the effect differs too little between runs to ask what carries the difference.

        Its middle range is below the margin of no importance, or both ends read the same.
        """
        if self.effects.size < 2:
            return False
        low, high = parameter_interval(self.effects)
        if high - low < self.margin:
            return True
        return amount(BY_ID[self.measure], low, "en") == amount(BY_ID[self.measure], high, "en")

    @property
    def repeated(self) -> bool:
        """Whether the ranking is of means over several runs at each point of a design."""
        return self.points is not None and self.method != "given data"

    @property
    def part(self) -> float:
        """Return the share of the differences between runs that is between points of the design.

        Variance of the means per point over that of the runs; 1 if there is one run per point.
        """
        total = float(np.var(self.effects))
        if not self.repeated or total == 0.0:
            return 1.0
        return min(1.0, float(np.var(self.points)) / total)

    @property
    def minor(self) -> bool:
        """Whether what the design varied hardly matters beside what it did not vary.

        It makes up next to nothing of the differences between runs, or moves the effect by less
        than the margin of no importance.
        """
        if not self.repeated:
            return False
        low, high = parameter_interval(self.points)
        return self.slight or high - low < self.margin

    @property
    def slight(self) -> bool:
        """Whether what the design varied makes up next to nothing of the differences."""
        return self.part < LEAST_SHARE

    @property
    def names(self) -> list[str]:
        """Return the inputs that the answer hangs on, most important first.

        None if the answer hardly differs, or hardly by what the design varied.
        """
        return [] if self.flat or self.minor else self.in_design

    @property
    def in_design(self) -> list[str]:
        """Return the inputs that stand out among those that were varied, most important first.

        From runs as they are: those beyond coincidence. From a design: those whose interval lies
        above a twentieth (of the variance, or of the largest mean effect), as hardly any is nil.
        """
        r = self.ranking
        if r.empty:
            return []
        if self.method == "given data":
            return list(r.loc[r["clear"].astype(bool), "name"])
        low, value = {"sobol": ("total_low", "total"), "morris": ("mu_star_low", "mu_star")}[
            self.method
        ]
        least = LEAST_SHARE * (1.0 if self.method == "sobol" else float(r[value].max()))
        return list(r.loc[r[low] > least, "name"])


def analyse(
    store: Store,
    registry: Registry,
    policies: Sequence[str] | None = None,
    measures: Sequence[str] = WATCHED,
) -> list[Hanging]:
    """Return what the effects of a sweep hang on, by policy and measure.

    Args:
        store: Results.
        registry: Parameters.
        policies: Policies wanted; None for all.
        measures: Measures wanted.
    """
    return [
        hanging(store, registry, policy, measure)
        for policy in policies or store.policies
        for measure in measures
    ]


def hanging(store: Store, registry: Registry, policy: str, measure: str) -> Hanging:
    """Return what one effect hangs on."""
    runs = store.paired(measure, policy)
    # Seeds are at central parameters: beside draws they would crowd the middle.
    varying = runs[runs["kind"] != "seed"]
    if varying.empty:
        varying = runs
    inputs = varying[carrying(store, measure)].reset_index(drop=True)
    effect = varying["effect"].to_numpy(dtype=float)
    wrong = goes_wrong(BY_ID[measure], effect, float(runs["baseline"].mean()))
    together = groups_of(store, registry, varying)
    method, ranking, unfit = _ranking(store, registry, runs, inputs, effect, together)
    swings = tornado(inputs, effect, together)
    known = ~np.isnan(effect)
    searched = inputs.shape[1] > 0 and can_search(wrong[known], together[known])
    box = discover(inputs[known], wrong[known], together[known]) if searched else None
    margin = matters_from(BY_ID[measure], float(runs["baseline"].mean()))
    return Hanging(
        policy, measure, method, ranking, swings, effect[known], wrong[known], searched, box,
        margin, _points(store, varying), bool((varying["kind"] == "draw").any()), unfit,
        store.design.samples,
    )  # fmt: skip


def _points(store: Store, runs: pd.DataFrame) -> np.ndarray | None:
    """Return the mean effect at each point of a design that was run several times at each."""
    if store.design.sampling not in ("sobol", "morris") or not runs["point"].duplicated().any():
        return None
    return runs.groupby("point")["effect"].mean().dropna().to_numpy(dtype=float)


def groups_of(store: Store, registry: Registry, runs: pd.DataFrame) -> np.ndarray:
    """Return which runs belong together: those of one draw, or else of one point of the design.

    The points of a Sobol design share values within a block, those of a Morris design within a
    trajectory.
    """
    if (runs["kind"] == "draw").all():
        return runs["index"].to_numpy()
    factors = len(store.design.sampled(registry))
    block = {"sobol": 2 * factors + 2, "morris": factors + 1}.get(store.design.sampling, 1)
    # Seeds of a design without points have nothing in common.
    return (runs["point"] // block if store.inputs else runs["index"]).to_numpy()


def carrying(store: Store, measure: str) -> list[str]:
    """Return the inputs that can carry an effect on a measure.

    What only puts a value on lives after they are lived cannot move spending.
    """
    names = list(store.inputs)
    if not names:
        return []
    return candidates(store.runs()[names], measure)


def goes_wrong(measure: Measure, effects: np.ndarray, baseline: float) -> np.ndarray:
    """Return in which runs a policy goes wrong on a measure.

    Spending: it costs more than the baseline. Other measures: they get worse by more than matters
    (``experiments.importance.matters_from``); for what is neither good nor bad, a rise counts.
    """
    worse = -effects if measure.better == "higher" else effects
    return worse > matters_from(measure, baseline)


def _ranking(
    store: Store,
    registry: Registry,
    runs: pd.DataFrame,
    inputs: pd.DataFrame,
    effect: np.ndarray,
    together: np.ndarray,
) -> tuple[Method, pd.DataFrame, Unfit | None]:
    """Return the ranking by the design of the sweep if it is complete, else from runs as they are.

    With it why the design was not used, if there is one that was not. Several seeds or draws at one
    point are averaged first.
    """
    design, unfit = store.design, None
    if design.sampling in ("sobol", "morris"):
        by_point = runs.groupby("point")["effect"].mean()
        unit = unit_points(design, registry)
        enough = design.sampling == "morris" or (design.samples or 0) >= LEAST_SOBOL
        if enough and len(by_point) == len(unit) and not by_point.isna().any():
            names = problem(design, registry)["names"]
            effects = by_point.sort_index().to_numpy()
            if design.sampling == "sobol":
                return "sobol", sobol_indices(names, effects), None
            return "morris", morris_effects(names, unit, effects), None
        unfit = "holes" if enough else "small"
    return "given data", given_data_indices(inputs, effect, together), unfit

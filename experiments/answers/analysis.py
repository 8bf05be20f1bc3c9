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
from experiments.answers.sensitivity import (
    given_data_indices,
    morris_effects,
    sobol_indices,
    tornado,
)
from experiments.carriers import candidates
from experiments.importance import nil_band
from experiments.sweeps.sampling import problem, unit_points
from experiments.sweeps.store import Store
from experiments.until_clear import WATCHED
from model.outcomes import BY_ID, Measure
from model.parameters import Registry

Method = Literal["sobol", "morris", "given data"]

#: The measure whose neutrality is a test of its own: any rise is too much.
SPENDING = "paramedical_spending"

#: Smallest Sobol design (its N) whose indices mean anything; a smaller one is taken as plain runs.
LEAST_SOBOL = 32


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

    @property
    def names(self) -> list[str]:
        """Return the inputs that the answer hangs on, most important first.

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
        least = 0.05 * (1.0 if self.method == "sobol" else float(r[value].max()))
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
    method, ranking = _ranking(store, registry, runs, inputs, effect, together)
    swings = tornado(inputs, effect, together)
    known = ~np.isnan(effect)
    searched = inputs.shape[1] > 0 and can_search(wrong[known], together[known])
    box = discover(inputs[known], wrong[known], together[known]) if searched else None
    return Hanging(
        policy, measure, method, ranking, swings, effect[known], wrong[known], searched, box
    )


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

    Spending: it costs more than the baseline. Other measures: they get worse by more than the
    margin of no importance (``experiments.importance.nil_band``); for what is neither good nor bad,
    a rise counts.
    """
    margin = 0.0 if measure.id == SPENDING else nil_band(measure, baseline)
    worse = -effects if measure.better == "higher" else effects
    return worse > margin


def _ranking(
    store: Store,
    registry: Registry,
    runs: pd.DataFrame,
    inputs: pd.DataFrame,
    effect: np.ndarray,
    together: np.ndarray,
) -> tuple[Method, pd.DataFrame]:
    """Return the ranking by the design of the sweep if it is complete, else from runs as they are.

    Several seeds or draws at one point are averaged first.
    """
    design = store.design
    if design.sampling in ("sobol", "morris"):
        by_point = runs.groupby("point")["effect"].mean()
        unit = unit_points(design, registry)
        enough = design.sampling == "morris" or (design.samples or 0) >= LEAST_SOBOL
        if enough and len(by_point) == len(unit) and not by_point.isna().any():
            names = problem(design, registry)["names"]
            effects = by_point.sort_index().to_numpy()
            if design.sampling == "sobol":
                return "sobol", sobol_indices(names, effects)
            return "morris", morris_effects(names, unit, effects)
    return "given data", given_data_indices(inputs, effect, together)

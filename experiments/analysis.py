"""The analysis of a sweep: what the effects are, and what they hang on.

Per policy and measure: the paired effect in every run, the ranking of what carries it, how far it
swings from low to high, and the corner of the assumptions in which the policy goes wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from experiments.carriers import candidates
from experiments.discovery import Box, discover
from experiments.sampling import problem, unit_points
from experiments.sensitivity import given_data_indices, morris_effects, sobol_indices, tornado
from experiments.store import Store
from experiments.theories import nil_band
from experiments.until_clear import WATCHED
from model.outcomes import BY_ID, Measure
from model.parameters import Registry

Method = Literal["sobol", "morris", "given data"]

#: The measure whose neutrality is a test of its own: any rise is too much.
SPENDING = "paramedical_spending"


@dataclass(frozen=True)
class Hanging:
    """What the effect of one policy on one measure hangs on.

    Attributes:
        policy: The policy.
        measure: Id of the measure.
        method: How the ranking was made: by the Sobol or Morris design of the sweep, or from the
            runs as they are.
        ranking: Inputs, most important first (``experiments.sensitivity``).
        swings: Mean effect at low and high values of each input (``tornado``).
        effects: Effect in every run that varies an input.
        wrong: Whether the policy goes wrong in that run (``goes_wrong``).
        box: Corner of the inputs in which it goes wrong; None if there is none.
    """

    policy: str
    measure: str
    method: Method
    ranking: pd.DataFrame
    swings: pd.DataFrame
    effects: np.ndarray
    wrong: np.ndarray
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
    method, ranking = _ranking(store, registry, runs, inputs, effect)
    known = ~np.isnan(effect)
    box = discover(inputs[known], wrong[known]) if inputs.shape[1] else None
    return Hanging(
        policy, measure, method, ranking, tornado(inputs, effect), effect[known], wrong[known], box
    )


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
    margin of no importance (``experiments.theories.nil_band``); for what is neither good nor bad, a
    rise counts.
    """
    margin = 0.0 if measure.id == SPENDING else nil_band(measure, baseline)
    worse = -effects if measure.better == "higher" else effects
    return worse > margin


def _ranking(
    store: Store, registry: Registry, runs: pd.DataFrame, inputs: pd.DataFrame, effect: np.ndarray
) -> tuple[Method, pd.DataFrame]:
    """Return the ranking by the design of the sweep if it is complete, else from runs as they are.

    Several seeds or draws at one point are averaged first.
    """
    design = store.design
    if design.sampling in ("sobol", "morris"):
        by_point = runs.groupby("point")["effect"].mean()
        unit = unit_points(design, registry)
        if len(by_point) == len(unit) and not by_point.isna().any():
            names = problem(design, registry)["names"]
            effects = by_point.sort_index().to_numpy()
            if design.sampling == "sobol":
                return "sobol", sobol_indices(names, effects)
            return "morris", morris_effects(names, unit, effects)
    return "given data", given_data_indices(inputs, effect)

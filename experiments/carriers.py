"""Which assumptions carry an outcome: rank correlations over the parameter draws.

A comparison draws well over a hundred assumptions and has a few dozen draws, so some of them
correlate with any outcome by coincidence. The remedy: an assumption counts as *clear* only when it
survives a correction for the number of assumptions looked at (Holm), or when it was named as a
carrier beforehand.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.comparison import Comparison
from model.budget import BudgetTest

#: Named beforehand as the unknowns of the entitlement test (policy evidence, end of section 3.4).
EXPECTED = (
    "need_class_correlation",
    "guideline_adherence_share",
    "paid_above_maximum_share",
    "class_upgrade_share",
)

#: Assumptions that only put a price or a value on lives after they are lived: whatever they
#: correlate with, they cannot move spending on physiotherapy. By the start of the name.
ONLY_VALUES = (
    "autonomy_",
    "copd_care_cost_",
    "cost_exacerbation_",
    "entitlement_budget_",
    "eq5d_",
    "hospital_share_",
    "qaly_loss_",
    "satisfaction_",
    "session_tariff_private",
    "utility_per_",
)
BUDGET_TESTS = ("entitlement", "neutrality", "together")

LEAST_CORRELATION = 0.3
LEVEL = 0.05
FEWEST_DRAWS = 8


@dataclass(frozen=True)
class Carrier:
    """One assumption and how closely an outcome follows it over the draws.

    Attributes:
        name: Parameter.
        rho: Spearman's rank correlation.
        p: Its p-value, for this parameter alone.
        clear: Whether it survives the correction for looking at many (see the module).
    """

    name: str
    rho: float
    p: float
    clear: bool


def tests_of(comparison: Comparison, policy: str) -> dict[tuple, BudgetTest]:
    """Return both budget tests of every seed and draw of one policy, by (kind, index)."""
    return comparison.tests[policy]


def yearly_means(comparison: Comparison, policy: str, test: str, kind: str) -> np.ndarray:
    """Return the mean yearly amount of one budget test per seed or draw, EUR, by index.

    Args:
        comparison: Results.
        policy: Policy.
        test: "entitlement", "neutrality" or "together".
        kind: "seed" or "draw".
    """
    tests = tests_of(comparison, policy)
    chosen = sorted(key for key in tests if key[0] == kind)
    return np.array([getattr(tests[key], test).mean() for key in chosen])


def carriers(
    comparison: Comparison, policy: str, measure: str = "neutrality", top: int | None = 5
) -> list[Carrier]:
    """Return the assumptions that carry an outcome, closest first; empty with too few draws.

    Args:
        comparison: Results.
        policy: Policy.
        measure: A budget test ("neutrality", "entitlement", "together") or a measure, for its
            effect over the policy window.
        top: How many to return; None for all.
    """
    outcome = _outcomes(comparison, policy, measure)
    if outcome.size < FEWEST_DRAWS:
        return []
    names = candidates(comparison.parameters, measure)
    beforehand = EXPECTED if measure == "entitlement" else ()
    found = _ranked(comparison.parameters[names], outcome, beforehand)
    return found if top is None else found[:top]


def coincidence_bound(draws: int, looked_at: int) -> float:
    """Return the rank correlation that the largest of so many coincidences stays under.

    With probability 0.95, by Bonferroni and the usual t-approximation.
    """
    from scipy import stats

    if draws < FEWEST_DRAWS or looked_at < 1:
        return 1.0
    t = stats.t.ppf(1.0 - LEVEL / (2.0 * looked_at), draws - 2)
    return float(t / math.sqrt(draws - 2 + t * t))


def candidates(parameters: pd.DataFrame, measure: str = "neutrality") -> list[str]:
    """Return the drawn parameters that can carry an outcome.

    Args:
        parameters: Drawn parameters, one column each.
        measure: The outcome; spending cannot be moved by what only values lives (``ONLY_VALUES``).
    """
    left_out = ONLY_VALUES if measure in (*BUDGET_TESTS, "paramedical_spending") else ()
    return [
        name
        for name in parameters
        if not name.startswith(left_out) and parameters[name].nunique() > 1
    ]


def _outcomes(comparison: Comparison, policy: str, measure: str) -> np.ndarray:
    if measure in BUDGET_TESTS:
        return yearly_means(comparison, policy, measure, "draw")
    rows = comparison.runs
    rows = rows[(rows["measure"] == measure) & (rows["split"] == "all") & (rows["kind"] == "draw")]
    sums = rows.groupby(["policy", "index"])[["top", "bottom"]].sum()
    value = sums["top"] / sums["bottom"].where(sums["bottom"] != 0)
    if policy not in value.index.get_level_values(0):
        return np.array([])
    return (value[policy] - value[comparison.design.baseline]).sort_index().to_numpy()


def _ranked(
    parameters: pd.DataFrame, outcome: np.ndarray, beforehand: Iterable[str]
) -> list[Carrier]:
    rows = [
        (name, rho, p)
        for name, rho, p in zip(parameters, *_spearman(parameters, outcome), strict=True)
        if not math.isnan(rho)
    ]
    survivors = _holm({name: p for name, _, p in rows})
    named = set(beforehand)
    found = [
        Carrier(
            name, rho, p,
            clear=abs(rho) > LEAST_CORRELATION
            and (name in survivors or (name in named and p < LEVEL)),
        )
        for name, rho, p in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-abs(each.rho), each.name))


def _spearman(parameters: pd.DataFrame, outcome: np.ndarray) -> tuple[list[float], list[float]]:
    """Return rank correlation and p-value of every column, as ``scipy.stats.spearmanr`` of each.

    All at once, for there are hundreds and somebody waits. Not-a-number where one is constant.
    """
    from scipy import stats

    draws = outcome.size
    ranks = stats.rankdata(parameters.to_numpy(dtype=float)[:draws], axis=0)
    ranks, own = ranks - ranks.mean(axis=0), stats.rankdata(outcome)
    own = own - own.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.clip((own @ ranks) / np.sqrt((ranks * ranks).sum(axis=0) * (own @ own)), -1, 1)
        t = rho * np.sqrt((draws - 2) / ((1.0 + rho) * (1.0 - rho)))
    return rho.tolist(), (2.0 * stats.t.sf(np.abs(t), draws - 2)).tolist()


def _holm(p_values: dict[str, float]) -> set[str]:
    """Return the names whose p-value survives Holm's step-down correction."""
    survivors = set()
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        if p >= LEVEL / (len(p_values) - place):
            break
        survivors.add(name)
    return survivors

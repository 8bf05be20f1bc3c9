"""What an effect amounts to: better, worse, none, small or unclear, and how firmly that stands.

``reading`` looks at both intervals of one row; ``firm_reading`` is for sentences about all runs
("in each of the 4 runs with other assumptions"), so it also looks at the runs themselves.
"""

import math

import numpy as np
import pandas as pd

from experiments import importance
from experiments import number_format as nf
from experiments.comparison import SUMS, Comparison
from experiments.importance import Reading, is_nothing, matters_from
from experiments.number_format import Language
from experiments.paired import WINDOW, values
from experiments.texts import texts
from model.outcomes import Measure


def is_clear(row: pd.Series) -> bool:
    """Return whether the Monte Carlo interval of an effect excludes zero."""
    return bool(row["monte_carlo_low"] > 0.0 or row["monte_carlo_high"] < 0.0)


def no_difference(row: pd.Series) -> bool:
    """Return whether an effect is zero by luck and by assumptions: each interval from 0 to 0.

    Without draws, or with one, there is no interval of assumptions, and luck alone decides.
    """
    return is_nothing(*_intervals(row))


def _intervals(row: pd.Series) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """Return the intervals of chance and of assumptions; of these None if they were not varied."""
    chance, assumptions = (
        (float(row[f"{kind}_low"]), float(row[f"{kind}_high"]))
        for kind in ("monte_carlo", "parameter")
    )
    return chance, assumptions if row["draws"] >= 2 else None


def vanishes(row: pd.Series) -> bool:
    """Return whether the parameter interval of an effect ends at zero: it may go, but not turn."""
    return bool(row["parameter_low"] == 0.0 or row["parameter_high"] == 0.0)


def _none_drawn(row: pd.Series) -> bool:
    return bool(row["parameter_low"] == row["parameter_high"] == 0.0)


def depends_on_assumptions(row: pd.Series) -> bool:
    """Return whether the parameter interval of an effect holds zero (False without draws).

    An interval from 0 to 0 says that nothing happens; only beside a clear effect is that a
    dependence.
    """
    holds_zero = bool(row["parameter_low"] <= 0.0 <= row["parameter_high"])
    return holds_zero and (not _none_drawn(row) or is_clear(row))


def reading(measure: Measure, row: pd.Series) -> Reading:
    """Return what the effect in a row comes to (``experiments.importance.reading``)."""
    return importance.reading(measure, row["baseline"], *_intervals(row))


def run_effects(comparison: Comparison, policy: str, measure: str) -> pd.DataFrame:
    """Return the national effect over the window in every run: kind, index and effect.

    A run in which there was nobody to measure it on has not-a-number.
    """
    runs, base = comparison.runs, comparison.design.baseline
    runs = runs[runs["measure"] == measure]
    runs = runs[(runs["split"] == "all") & runs["policy"].isin([base, policy])]
    table = values(runs, SUMS)
    table = table[table["year"] == WINDOW]
    by_world = table.set_index(["kind", "index", "policy"])["value"].unstack("policy")
    effect = by_world[policy] - by_world[base]
    return effect.rename("effect").reset_index()


def runs_apart(comparison: Comparison, policy: str, measure: str) -> tuple[int, int]:
    """Return in how many runs, of luck and of assumptions, there is any effect; and of how many."""
    found = run_effects(comparison, policy, measure)
    found = found.loc[found["kind"].isin(["seed", "draw"]), "effect"].dropna()
    return int((found != 0.0).sum()), len(found)


def varied(draws: int) -> str:
    """Return how much can be said of the assumptions: "none", "few" or "many" draws.

    With few the number of runs is said; words about nearly all assumptions take as many runs as
    the outermost words for probabilities.
    """
    if draws == 0:
        return "none"
    return "many" if nf.enough_for_outermost(draws) else "few"


def in_each(draws: int, language: Language) -> str:
    """Return ``in each of the 4 runs with other assumptions``."""
    t = texts(language)
    return t("reading.in_one") if draws == 1 else t("reading.in_each", draws=draws)


def firm_reading(comparison: Comparison, policy: str, measure: Measure) -> Reading:
    """Return the reading of an effect, or unclear where it does not stand in (nearly) all runs.

    Better, worse or small: by chance, and with few draws in each of them too, with many over the
    whole parameter interval. Equal: no effect in any run.
    """
    row, draws = comparison.effect(policy, measure.id), comparison.design.draws
    word = reading(measure, row)
    if word == "equal":
        return word if runs_apart(comparison, policy, measure.id)[0] == 0 else "unclear"
    if word == "unclear" or draws == 0:
        return word
    known = run_effects(comparison, policy, measure.id)
    known = known.loc[known["kind"] == "draw", "effect"].dropna().to_numpy()
    if varied(known.size) == "many":
        known = np.array([row["parameter_low"], row["parameter_high"]])
    elif known.size < draws:
        return "unclear"
    if word == "small":
        margin = matters_from(measure, row["baseline"])
        stands = importance.is_nil((known.min(), known.max()), margin)
    else:
        stands = (math.copysign(1.0, row["mean"]) * known > 0.0).all()
    return word if stands else "unclear"

"""What an effect amounts to: better, worse, no difference or unclear, and how firmly that stands.

``reading`` looks at both intervals of one row; ``firm_reading`` is for sentences about all runs
("in each of the 4 runs with other assumptions"), so it also looks at the runs themselves.
"""

import math

import numpy as np
import pandas as pd

from experiments import number_format as nf
from experiments.comparison import SUMS, Comparison
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
    chance = row["monte_carlo_low"] == row["monte_carlo_high"] == 0.0
    return bool(chance and (row["draws"] < 2 or _none_drawn(row)))


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


def reading(measure: Measure, row: pd.Series) -> str:
    """Return whether an effect is better, worse, neither, equal (no difference) or unclear."""
    if no_difference(row):
        return "equal"
    if not is_clear(row):
        return "unclear"
    if measure.better == "neither":
        return "neither"
    return "better" if (row["mean"] > 0) == (measure.better == "higher") else "worse"


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


def firm_reading(comparison: Comparison, policy: str, measure: Measure) -> str:
    """Return the reading of an effect, or unclear where it does not stand in (nearly) all runs.

    Better or worse: clear of chance, and with few draws the same way in each of them, with many
    the whole parameter interval on the same side. Equal: no effect in any run.
    """
    row, draws = comparison.effect(policy, measure.id), comparison.design.draws
    word = reading(measure, row)
    if word == "equal":
        return word if runs_apart(comparison, policy, measure.id)[0] == 0 else "unclear"
    if word == "unclear" or draws == 0:
        return word
    side = math.copysign(1.0, row["mean"])
    known = run_effects(comparison, policy, measure.id)
    known = known.loc[known["kind"] == "draw", "effect"].dropna().to_numpy()
    if varied(known.size) == "many":
        ends = np.array([row["parameter_low"], row["parameter_high"]])
        return word if (side * ends > 0.0).all() else "unclear"
    same = known.size == draws and (side * known > 0.0).all()
    return word if same else "unclear"

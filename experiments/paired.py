"""Paired effects: the difference between two worlds that share their luck, and how sure it is.

Two kinds of not-knowing are kept apart:

- *Monte Carlo*: chance. Central parameters, several seeds; a t-interval for the mean effect.
- *Parameters*: assumptions. Several parameter draws with the same luck; the range of effects.
"""

import numpy as np
import pandas as pd

#: Confidence of the Monte Carlo interval, and part of the draws inside the parameter interval.
MONTE_CARLO_LEVEL = 0.95
PARAMETER_LEVEL = 0.90

#: Stands for the whole policy window in tables by year.
WINDOW = 0


def values(runs: pd.DataFrame, sums: set[str]) -> pd.DataFrame:
    """Return the value of every measure per run, year and group, and over the window.

    Args:
        runs: Output of ``experiments.runner`` (top and bottom of every measure).
        sums: Measures that are national sums: over the window they are yearly means. The others
            are ratios: over the window the ratio of the sums.

    Returns:
        Table with kind, index, policy, year (0 for the window), measure, split, group, value,
        patients, small.
    """
    keys = ["kind", "index", "policy", "measure", "split", "group"]
    window = runs.groupby(keys, sort=False, observed=True).agg(
        top=("top", "sum"), bottom=("bottom", "sum"), patients=("patients", "sum"),
        small=("small", "any"),
    ).reset_index()  # fmt: skip
    years = runs["year"].nunique()
    window.loc[window["measure"].isin(sums), "bottom"] = years
    both = pd.concat([runs, window.assign(year=WINDOW)], ignore_index=True)
    both["value"] = np.divide(
        both["top"], both["bottom"], out=np.full(len(both), np.nan),
        where=(both["bottom"] != 0).to_numpy(),
    )  # fmt: skip
    return both.drop(columns=["top", "bottom"])


def monte_carlo_interval(effects: np.ndarray) -> tuple[float, float]:
    """Return the t-interval of the mean of paired effects; not-a-number with fewer than two."""
    from scipy import stats

    effects = np.asarray(effects, dtype=float)
    effects = effects[~np.isnan(effects)]
    if effects.size < 2:
        return (float("nan"), float("nan"))
    spread = float(effects.std(ddof=1))
    mean = float(effects.mean())
    if spread == 0.0:
        return (mean, mean)
    half = stats.t.ppf(0.5 + MONTE_CARLO_LEVEL / 2.0, effects.size - 1) * spread
    half /= np.sqrt(effects.size)
    return (mean - float(half), mean + float(half))


def parameter_interval(effects: np.ndarray) -> tuple[float, float]:
    """Return the middle 90 % of the effects over draws; not-a-number with fewer than two."""
    effects = np.asarray(effects, dtype=float)
    effects = effects[~np.isnan(effects)]
    if effects.size < 2:
        return (float("nan"), float("nan"))
    tail = 0.5 - PARAMETER_LEVEL / 2.0
    low, high = np.quantile(effects, [tail, 1.0 - tail])
    return (float(low), float(high))


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a probability estimated from ``of`` draws."""
    from scipy import stats

    if of == 0:
        return (0.0, 1.0)
    interval = stats.binomtest(hits, of).proportion_ci(MONTE_CARLO_LEVEL, method="wilson")
    return (float(interval.low), float(interval.high))


def effects(table: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return the effect of every policy against the baseline, with both intervals.

    Args:
        table: Output of ``values``.
        baseline: Name of the baseline policy.

    Returns:
        Table with policy, measure, split, group, year (0 for the window), baseline (mean value),
        mean (effect), monte_carlo_low/high, parameter_low/high, seeds, draws, patients, small.
    """
    keys = ["measure", "split", "group", "year"]
    world = ["kind", "index"]
    base = table[table["policy"] == baseline].set_index(world + keys)
    rows = []
    for policy in [name for name in table["policy"].unique() if name != baseline]:
        own = table[table["policy"] == policy].set_index(world + keys)
        joined = own[["value", "patients", "small"]].join(base["value"], rsuffix="_base")
        joined["effect"] = joined["value"] - joined["value_base"]
        for key, cell in joined.groupby(level=keys, sort=False):
            kinds = cell.index.get_level_values("kind")
            seeds = cell.loc[kinds == "seed"]
            draws = cell.loc[kinds == "draw", "effect"].to_numpy()
            chance = monte_carlo_interval(seeds["effect"].to_numpy())
            range_ = parameter_interval(draws)
            rows.append((
                policy, *key, seeds["value_base"].mean(), seeds["effect"].mean(), *chance, *range_,
                len(seeds), len(draws), int(seeds["patients"].mean()), bool(seeds["small"].any()),
            ))  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=[
            "policy", *keys, "baseline", "mean", "monte_carlo_low", "monte_carlo_high",
            "parameter_low", "parameter_high", "seeds", "draws", "patients", "small",
        ],
    )  # fmt: skip

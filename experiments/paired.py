"""Paired effects: the difference between two worlds that share their luck, as tables.

How sure it is stands beside it: both intervals of ``experiments.intervals``.
"""

import numpy as np
import pandas as pd

from experiments.intervals import monte_carlo_intervals, parameter_intervals

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
    base = _by_run(table[table["policy"] == baseline], keys, "value")
    out = []
    for policy in [name for name in table["policy"].unique() if name != baseline]:
        own = table[table["policy"] == policy]
        effect = _by_run(own, keys, "value") - base
        by_seed, by_draw = (_columns(effect, kind) for kind in ("seed", "draw"))
        chance = monte_carlo_intervals(by_seed.to_numpy())
        range_ = parameter_intervals(by_draw.to_numpy())
        seeds = own[own["kind"] == "seed"].groupby(keys, sort=False, observed=True)
        out.append(
            pd.DataFrame(
                {
                    "policy": policy,
                    "baseline": _columns(base, "seed").mean(axis=1),
                    "mean": by_seed.mean(axis=1),
                    "monte_carlo_low": chance[0],
                    "monte_carlo_high": chance[1],
                    "parameter_low": range_[0],
                    "parameter_high": range_[1],
                    "seeds": by_seed.shape[1],
                    "draws": by_draw.shape[1],
                    "patients": seeds["patients"].mean().astype(int),
                    "small": seeds["small"].any(),
                },
                index=effect.index,
            ).reset_index()
        )
    order = ["policy", *keys]
    result = pd.concat(out, ignore_index=True)
    return result[order + [name for name in result.columns if name not in order]]


def _by_run(table: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Return one row per cell and one column per run, named (kind, index)."""
    return table.set_index([*keys, "kind", "index"])[column].unstack(["kind", "index"])


def _columns(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the columns of one kind of run; none if there are none."""
    return table.loc[:, table.columns.get_level_values("kind") == kind]

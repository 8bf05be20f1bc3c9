"""Evaluations: what the regulator sees in a world, beside what is true.

The truth is known because every policy world has a twin with the same luck: the baseline of the
comparison. It is never shown to the regulator.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.regulator import NO_VERDICT
from model.month.evaluation import (
    COLUMNS,
    MACRO_FRAMEWORK,
    NATIONAL,
    SESSIONS_GROWTH,
    framework_excess,
    sessions_growth,
)
from model.panel import ROW, WATCHED, PanelYear, true_effect

#: Columns of a table of evaluations; those of one line are explained at ``Line`` in
#: ``model.month.evaluation``. true_effect: what the contract really did, same indicator, practices
#: and years; empty where nobody joined or there is no baseline.
KEYS = ("kind", "index", "policy")
NO_EVALUATIONS = pd.DataFrame(columns=[*KEYS, *COLUMNS, "true_effect"])


@dataclass(frozen=True)
class Seen:
    """What is kept of a world for this.

    Attributes:
        evaluations: What the regulator concluded, one table per year.
        panel: Every practice in every year.
    """

    evaluations: Sequence[pd.DataFrame]
    panel: list[PanelYear]


def beside_truth(world: Seen, baseline: Seen | None, policy_year: int) -> pd.DataFrame:
    """Return all evaluations of a world, with the true effect beside each estimate.

    Args:
        world: The policy's world.
        baseline: The baseline with the same luck; None if there is none.
        policy_year: First year of the policy.
    """
    tables = [table for table in world.evaluations if len(table)]
    if not tables:
        return pd.DataFrame(columns=[*COLUMNS, "true_effect"])
    table = pd.concat(tables, ignore_index=True)
    pairs = zip(table["indicator"], table["year"], strict=True)
    if baseline is None:
        return table.assign(true_effect=np.nan)
    known = {pair: _truth(world.panel, baseline.panel, *pair, policy_year) for pair in set(pairs)}
    truth = [known[pair] for pair in zip(table["indicator"], table["year"], strict=True)]
    return table.assign(true_effect=truth)


def _truth(
    panel: list[PanelYear], baseline: list[PanelYear], indicator: str, year: int, policy_year: int
) -> float:
    """Return the true effect behind one line; for a watch, what the policy adds to it."""
    if indicator == SESSIONS_GROWTH:
        here, there = (sessions_growth(world, year, policy_year) for world in (panel, baseline))
        return here - there
    if indicator == MACRO_FRAMEWORK:
        here, there = (framework_excess(world, year) for world in (panel, baseline))
        return here - there
    return true_effect(panel, baseline, WATCHED[ROW[indicator]], year, policy_year)


def joined_evaluations(tables: Sequence[pd.DataFrame], policies: Sequence[str]) -> pd.DataFrame:
    """Return the evaluations of the policies compared as one table, in a fixed order."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return NO_EVALUATIONS.copy()
    table = pd.concat(filled, ignore_index=True)
    table = table[table["policy"].isin(policies)]
    order = list(NO_EVALUATIONS.columns)
    return table[order].sort_values([*KEYS, "year"], kind="stable", ignore_index=True)


def last_evaluation(evaluations: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Return, per seed, the strongest estimate of each indicator in the last year judged.

    A world in which the regulator stopped the experiment was last judged before that.
    """
    own = evaluations[(evaluations["kind"] == "seed") & (evaluations["policy"] == policy)]
    own = own[(own["method"] != NATIONAL) & (own["verdict"] != NO_VERDICT)]
    last = own[own["year"] == own.groupby("index")["year"].transform("max")]
    return last.drop_duplicates(["index", "indicator"])


@dataclass(frozen=True)
class SeenAndTrue:
    """One indicator in the last evaluation, over seeds.

    Attributes:
        indicator: Its id.
        method: How it was estimated in most seeds.
        estimate, low, high: Means over the seeds.
        true: Mean true effect.
        covered: Seeds in which the interval holds the true effect.
        of: Seeds in which there is an interval.
    """

    indicator: str
    method: str
    estimate: float
    low: float
    high: float
    true: float
    covered: int
    of: int


def seen_and_true(evaluations: pd.DataFrame, policy: str) -> list[SeenAndTrue]:
    """Return what the last evaluation would say of each indicator against the truth."""
    last = last_evaluation(evaluations, policy)
    out = []
    for watched in WATCHED:
        own = last[last["indicator"] == watched.id]
        if len(own) == 0:
            continue
        within = (own["low"] <= own["true_effect"]) & (own["true_effect"] <= own["high"])
        means = {name: float(own[name].mean()) for name in ("estimate", "low", "high")}
        out.append(
            SeenAndTrue(
                watched.id,
                own["method"].mode().iloc[0],
                **means,
                true=float(own["true_effect"].mean()),
                covered=int(within.sum()),
                of=int(own["true_effect"].notna().sum()),
            )
        )
    return out


def verdicts(evaluations: pd.DataFrame, policy: str) -> dict[str, int]:
    """Return how often each verdict came in the last evaluation, over seeds."""
    last = last_evaluation(evaluations, policy).drop_duplicates("index")
    return {str(word): int(count) for word, count in last["verdict"].value_counts().items()}

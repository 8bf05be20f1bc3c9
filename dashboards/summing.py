"""Summing up finished tasks quickly: what ``experiments.comparison.summarise`` gives, indexed.

A visitor waits for it, twice a run, so what is looked up hundreds of times is looked up in an
index, and what does not depend on the runs is kept.
"""

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from experiments.budget_verdict import budget_verdict
from experiments.comparison import SUMS, Comparison, Design
from experiments.evaluations import joined_evaluations
from experiments.paired import effects, values
from experiments.posteriors.draws import DRAW_SEED, draw_table
from model.parameters import load_registry

ORDER = ["kind", "index", "policy", "year", "measure", "split", "group"]


class IndexedComparison(Comparison):
    """A comparison whose national effects are found without searching the table."""

    def effect(self, policy: str, measure: str, year: int = 0) -> pd.Series:
        """Return the national effect of one policy on one measure (year 0: the window)."""
        known = self.__dict__.get("_rows")
        if known is None:
            own = self.effects[self.effects["split"] == "all"]
            keys = zip(own["policy"], own["measure"], own["year"], strict=True)
            known = self.__dict__["_rows"] = (own, {key: k for k, key in enumerate(keys)}, {})
        own, places, rows = known
        key = (policy, measure, year)
        if key not in rows:
            rows[key] = own.iloc[places[key]]
        return rows[key]


def comparison_of(
    design: Design, finished: Sequence[tuple[pd.DataFrame, pd.DataFrame]]
) -> Comparison:
    """Return the comparison that finished tasks make.

    Args:
        design: What was run.
        finished: Outcomes and evaluations of every task.

    Notes:
        Its runs are national only: nothing that is made from a comparison reads others.
    """
    registry = load_registry()
    runs = pd.concat([outcomes for outcomes, _ in finished], ignore_index=True)
    runs = runs.sort_values(ORDER, ignore_index=True)
    seen = joined_evaluations([evaluations for _, evaluations in finished], design.policies)
    compared = runs[runs["policy"].isin([design.baseline, *design.policies])]
    table = effects(values(compared, SUMS), design.baseline)
    national = runs[runs["split"] == "all"]
    central = registry.values(design.settings)
    verdicts = {name: budget_verdict(national, name, central) for name in design.policies}
    parameters = _drawn(design.draws, design.draws_from).assign(**dict(design.settings))
    return IndexedComparison(design, national, table, verdicts, parameters, seen)


@lru_cache(maxsize=4)
def _drawn(count: int, source: str) -> pd.DataFrame:
    """Return drawn parameters, one row a draw; none without draws."""
    return pd.DataFrame(draw_table(load_registry(), count, DRAW_SEED, source) if count else {})

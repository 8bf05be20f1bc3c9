"""One evaluation on practices, by several methods, and what makes it miss the truth."""

from collections.abc import Iterable

import numpy as np

from experiments.power.matching import MATCHED, joining_odds, matched_difference
from experiments.power.practice_panels import as_true
from model.estimates import AFTER_DIFFERENCE, BEFORE_AFTER, DID, Estimate, estimates
from model.panel import WATCHED, PanelYear, Watched, sample

#: Confidence of the interval of an evaluation.
LEVEL = 0.95

BY_ID = {watched.id: watched for watched in WATCHED}


def evaluated(
    panel: list[PanelYear],
    traits: np.ndarray,
    fewest: float,
    year: int,
    policy_year: int,
    indicators: Iterable[Watched] = WATCHED,
    matched: bool = True,
) -> dict[tuple[str, str], Estimate]:
    """Return what an evaluation on these practices says in a year, by indicator and method.

    Difference in differences (or before and after, if there is nobody to compare with), afterwards
    only, and matched on traits.

    Args:
        panel: Practices in every year, as in ``model.panel``.
        traits: What was known of them before the policy, (practices, traits).
        fewest: Practices needed on each side.
        year: Last year evaluated.
        policy_year: First year of the policy.
        indicators: What to evaluate.
        matched: Whether to match as well, which takes as long as all the rest.
    """
    upto = [one for one in panel if one.year <= year]
    out: dict[tuple[str, str], Estimate] = {}
    odds = None
    for watched in indicators:
        seen = sample(upto, watched, year, policy_year)
        for found in estimates(
            seen.joined, seen.others, seen.before, seen.after, seen.change, seen.weight, fewest,
            LEVEL,
        ):  # fmt: skip
            out[watched.id, found.method] = found
        if matched and (watched.id, DID) in out:
            if odds is None:
                both = seen.joined | seen.others
                odds = np.ones(both.size)
                odds[both] = joining_odds(seen.joined[both], traits[both])
            known = (seen.joined | seen.others) & np.isfinite(seen.change) & (seen.weight > 0)
            out[watched.id, MATCHED] = matched_difference(
                seen.change[known], seen.joined[known], seen.weight[known], odds[known], LEVEL
            )
    return out


def sources_of_bias(
    panel: list[PanelYear],
    baseline: list[PanelYear],
    watched: Watched,
    year: int,
    policy_year: int,
    estimate: float,
    truth: float,
) -> tuple[float, float, float]:
    """Return what makes a difference in differences miss the truth; the three add up to its bias.

    Selection: the difference in differences of the same practices in the baseline world, where
    nobody has the contract: what those who join would have changed anyway. Spillover: what the
    contract does to those who did not join, and all else that truly differs. Measurement: what is
    seen less what is true.

    Args:
        panel: Panel of the policy world.
        baseline: Panel of its twin without the policy.
        watched: Indicator.
        year: Last year evaluated.
        policy_year: First year of the policy.
        estimate: What the difference in differences says on what is seen.
        truth: True effect.
    """
    anyway, truly = (
        _true_difference(one, watched, year, policy_year)
        for one in (as_true(baseline, labels=panel), as_true(panel))
    )
    return anyway, truly - truth - anyway, estimate - truly


def _true_difference(panel: list[PanelYear], watched: Watched, year: int, policy_year: int):
    """Return the difference in differences of a panel, without the regression round it."""
    seen = sample([one for one in panel if one.year <= year], watched, year, policy_year)
    known = np.isfinite(seen.change) & (seen.weight > 0)
    mine, theirs = known & seen.joined, known & seen.others
    if not (mine.any() and theirs.any()):
        return float("nan")
    return float(
        np.average(seen.change[mine], weights=seen.weight[mine])
        - np.average(seen.change[theirs], weights=seen.weight[theirs])
    )


def strongest(methods: Iterable[str]) -> str:
    """Return the method that a regulator would rely on."""
    there = set(methods)
    return next((one for one in (DID, BEFORE_AFTER, AFTER_DIFFERENCE) if one in there), "")

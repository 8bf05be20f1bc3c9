"""Score a frozen forecast against what was observed.

Proper scores only: the interval score (Gneiting and Raftery 2007, J Am Stat Assoc 102:359) and its
weighted sum over the median and central intervals, which approaches the continuous ranked
probability score (Bracher et al. 2021, PLoS Comput Biol 17:e1008618). Lower is better, 0 is
perfect, and nobody can do better on average by saying something else than what he expects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: What was observed: (quantity, group, year) to value.
Observed = Mapping[tuple[str, str, int], float]


def interval_score(low: float, high: float, observed: float, outside: float) -> float:
    """Return (u - l) + 2/a (l - y) if below + 2/a (y - u) if above.

    Args:
        low: Lower end l.
        high: Upper end u.
        observed: What came, y.
        outside: a, the chance that the forecast leaves outside the interval.
    """
    miss = max(low - observed, 0.0) + max(observed - high, 0.0)
    return (high - low) + 2.0 / outside * miss


def weighted_interval_score(
    levels: Sequence[float], quantiles: Sequence[float], observed: float
) -> float:
    """Return [|y - m| / 2 + sum of a/2 IS_a] / (K + 1/2) over K central intervals.

    Args:
        levels: Levels of the quantiles, rising, symmetric about the median.
        quantiles: The quantiles.
        observed: What came.
    """
    half = len(levels) // 2
    total = 0.5 * abs(observed - quantiles[half])
    for k in range(half):
        outside = 2.0 * levels[k]
        score = interval_score(quantiles[k], quantiles[-1 - k], observed, outside)
        total += 0.5 * outside * score
    return total / (half + 0.5)


@dataclass(frozen=True)
class Score:
    """How one number of the forecast did.

    Attributes:
        quantity, group, year: Which.
        observed: What came.
        quantiles: What was expected.
        score: Weighted interval score, in the unit of the quantity.
        within: For each central interval, widest first, whether it held what came.
        side: -1 if it came out below the widest interval, 1 above, 0 within.
    """

    quantity: str
    group: str
    year: int
    observed: float
    quantiles: tuple[float, ...]
    score: float
    within: tuple[bool, ...]
    side: int

    @property
    def median(self) -> float:
        """The middle of what was expected."""
        return self.quantiles[len(self.quantiles) // 2]


def scores(forecast: Mapping[str, Any], observed: Observed) -> list[Score]:
    """Return the score of every number of a forecast that was observed, in the forecast's order."""
    levels = forecast["levels"]
    half, out = len(levels) // 2, []
    for one in forecast["predictions"]:
        key = (one["quantity"], one["group"], one["year"])
        if key not in observed:
            continue
        y, q = observed[key], tuple(one["quantiles"])
        score = weighted_interval_score(levels, q, y)
        out.append(
            Score(
                *key,
                y,
                q,
                score,
                tuple(q[k] <= y <= q[-1 - k] for k in range(half)),
                int(y > q[-1]) - int(y < q[0]),
            )
        )
    return out


@dataclass(frozen=True)
class Coverage:
    """How often central intervals of one width held what came.

    Attributes:
        level: What part of outcomes the interval should hold.
        hits, of: In how many of how many it did.
    """

    level: float
    hits: int
    of: int


def coverage(levels: Sequence[float], found: Sequence[Score]) -> list[Coverage]:
    """Return the coverage of each central interval, widest first."""
    return [
        Coverage(1.0 - 2.0 * levels[k], sum(one.within[k] for one in found), len(found))
        for k in range(len(levels) // 2)
    ]


def mean_scores(found: Sequence[Score]) -> dict[str, float]:
    """Return the mean score of each quantity, in its own unit.

    Quantities are not pooled: a score over what came, or over what was expected, is not proper.
    """
    names = dict.fromkeys(one.quantity for one in found)
    return {
        name: float(np.mean([one.score for one in found if one.quantity == name])) for name in names
    }

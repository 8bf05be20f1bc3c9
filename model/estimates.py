"""Estimates of an effect from practices: difference-in-differences and what is weaker than it.

All take plain arrays, one value per practice, and know nothing of the world. The regression is that
of statsmodels (Seabold and Perktold 2010, doi 10.25080/Majora-92bf1922-011), which is loaded on
first use: it takes a fifth of a second.
"""

from collections import namedtuple

import numpy as np

#: Ways to estimate, strongest first.
DID, BEFORE_AFTER, AFTER_DIFFERENCE = (
    "difference_in_differences",
    "before_after",
    "after_difference",
)

#: What one method says.
#:
#: method: Name. estimate: Effect, in the unit of the values. standard_error: Robust to unequal
#: variances (HC3). low, high: Interval. joined, others: Practices behind it. identified: Whether
#: the method can tell an effect of joining from what would have changed, or differed, anyway.
Estimate = namedtuple(
    "Estimate", "method estimate standard_error low high joined others identified"
)


def estimates(
    joined: np.ndarray,
    others: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    change: np.ndarray,
    weight: np.ndarray,
    fewest: float,
    level: float,
) -> list[Estimate]:
    """Return what can be estimated, strongest first; nothing if too few practices joined.

    Args:
        joined: Which practices joined, shape (practices,).
        others: Which never did.
        before: Value of each before; not-a-number where nothing was seen.
        after: Value of each afterwards.
        change: After minus before, with the calendar of the others taken off.
        weight: Weight of each.
        fewest: Practices needed on each side.
        level: Confidence of the interval.
    """
    out = []
    known = np.isfinite(change) & (weight > 0)
    mine, theirs = known & joined, known & others
    if mine.sum() >= fewest and theirs.sum() >= fewest:
        both = mine | theirs
        out.append(difference_in_differences(change[both], mine[both], weight[both], level))
    elif mine.sum() >= fewest:
        out.append(before_after((after - before)[mine], weight[mine], level))
    known = np.isfinite(after) & (weight > 0)
    mine, theirs = known & joined, known & others
    if mine.sum() >= fewest and theirs.sum() >= fewest:
        both = mine | theirs
        out.append(after_difference(after[both], mine[both], weight[both], level))
    return out


def difference_in_differences(
    change: np.ndarray, joined: np.ndarray, weight: np.ndarray, level: float
) -> Estimate:
    """Return the extra change of those who joined.

    change_i = a + b joined_i + e_i by weighted least squares; b is the estimate. With two periods
    this equals two-way fixed effects. It holds if both groups would have changed alike.

    Args:
        change: After minus before, shape (practices,).
        joined: Whether each practice joined.
        weight: Weight of each, above 0.
        level: Confidence of the interval, for example 0.95.
    """
    return _contrast(DID, change, joined, weight, level, identified=True)


def after_difference(
    after: np.ndarray, joined: np.ndarray, weight: np.ndarray, level: float
) -> Estimate:
    """Return the difference between those who joined and the others, as they are afterwards.

    Naive: whoever joined may have been different before. Arguments as
    ``difference_in_differences``.
    """
    return _contrast(AFTER_DIFFERENCE, after, joined, weight, level, identified=False)


def before_after(change: np.ndarray, weight: np.ndarray, level: float) -> Estimate:
    """Return the mean change of those who joined, where there is nobody to compare them with.

    Whatever else changed in those years is in it. Arguments as ``difference_in_differences``.
    """
    column = np.ones((change.size, 1))
    return Estimate(BEFORE_AFTER, *_fit(change, column, weight, level), change.size, 0, False)


def _contrast(
    method: str,
    values: np.ndarray,
    joined: np.ndarray,
    weight: np.ndarray,
    level: float,
    identified: bool,
) -> Estimate:
    columns = np.column_stack([np.ones(values.size), joined.astype(float)])
    count = int(np.count_nonzero(joined))
    fitted = _fit(values, columns, weight, level)
    return Estimate(method, *fitted, count, values.size - count, identified)


def _fit(
    values: np.ndarray, columns: np.ndarray, weight: np.ndarray, level: float
) -> tuple[float, float, float, float]:
    """Return the last coefficient with its standard error and t-interval."""
    from statsmodels.regression.linear_model import WLS

    fit = WLS(values, columns, weights=weight).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(1.0 - level)[-1]
    return float(fit.params[-1]), float(fit.bse[-1]), float(low), float(high)

"""Sharing out amounts of whole cents without losing or making one."""

import numpy as np

#: Whole cents are exact as floats up to here (90 trillion euros).
_LARGEST = 2**53


def share_out(total: np.ndarray, weights: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Divide an amount per group over its rows in proportion to weights, to the cent.

    Rounds the running total within a group and takes differences: a row is less than a cent from
    its exact share, a row without weight gets nothing, and the last running total is the whole.
    Rows in a different order may differ by a cent. A group without any weight shares equally.

    Args:
        total: Whole cents per group, shape (groups,); may be negative.
        weights: Weight per row, not negative, shape (rows,).
        group: Group of each row, 0 to groups - 1, shape (rows,).

    Returns:
        Whole cents per row, int64, shape (rows,).

    Raises:
        ValueError: A total is not in whole cents, a weight is negative or not finite, or there is
            money for a group without rows.
    """
    total, weights, group = np.asarray(total), np.asarray(weights, dtype=float), np.asarray(group)
    rows_in = np.bincount(group, minlength=total.size)
    _check(total, weights, rows_in)
    weight_in = np.bincount(group, weights, minlength=total.size)
    if not np.isfinite(weight_in).all():
        raise ValueError("Weights must be finite, and so must their sum.")
    # Every group then weighs about 1, so that a light group behind heavy ones loses no digits.
    parts = np.ones(weights.size)
    np.divide(weights, weight_in[group], out=parts, where=weight_in[group] > 0.0)

    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    running = np.concatenate([[0.0], np.cumsum(parts[order])])
    after = np.cumsum(rows_in)
    first = after - rows_in
    before, whole = running[first][sorted_group], running[after][sorted_group]
    upto = np.rint(total[sorted_group] * ((running[1:] - before) / (whole - before)))
    upto = upto.astype(np.int64)
    amounts = np.diff(upto, prepend=0)
    starts = first[rows_in > 0]
    amounts[starts] = upto[starts]
    shared = np.empty(group.size, np.int64)
    shared[order] = amounts
    return shared


def _check(total: np.ndarray, weights: np.ndarray, rows_in: np.ndarray) -> None:
    """Refuse what cannot be shared out to the cent."""
    if not np.issubdtype(total.dtype, np.integer):
        raise ValueError("Totals must be whole cents.")
    if total.size and max(int(total.max()), -int(total.min())) > _LARGEST:
        raise ValueError("Totals must stay below 2^53 cents.")
    if rows_in.size > total.size:
        raise ValueError("A row belongs to a group that has no total.")
    if np.any((rows_in == 0) & (total != 0)):
        raise ValueError("There is money for a group without rows.")
    if not np.all(weights >= 0.0):
        raise ValueError("Weights cannot be negative.")

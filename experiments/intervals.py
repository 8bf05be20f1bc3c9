"""How sure an effect is: chance and assumptions, each with an interval of its own, never mixed.

- *Monte Carlo*: chance. Central parameters, several seeds; a t-interval for the mean effect.
- *Parameters*: assumptions. Several parameter draws with the same luck; the range of effects.

Needs no tables (pandas): the server of the dashboard uses it while visitors wait.
"""

import numpy as np

#: Confidence of the Monte Carlo interval, and part of the draws inside the parameter interval.
MONTE_CARLO_LEVEL = 0.95
PARAMETER_LEVEL = 0.90


def monte_carlo_interval(effects: np.ndarray) -> tuple[float, float]:
    """Return the t-interval of the mean of paired effects; not-a-number with fewer than two."""
    low, high = monte_carlo_intervals(np.asarray(effects, dtype=float)[None, :])
    return (float(low[0]), float(high[0]))


def monte_carlo_intervals(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return t-intervals of many means at once: rows are cells, columns are seeds.

    A missing effect (not-a-number: nobody in the cell) is left out of its row.
    """
    from scipy import stats

    known = ~np.isnan(effects)
    n = known.sum(axis=1)
    enough = n >= 2
    safe = np.maximum(n, 2)
    mean = np.where(known, effects, 0.0).sum(axis=1) / np.maximum(n, 1)
    gaps = np.where(known, effects - mean[:, None], 0.0)
    sd = np.sqrt((gaps**2).sum(axis=1) / (safe - 1))
    half = stats.t.ppf(0.5 + MONTE_CARLO_LEVEL / 2.0, safe - 1) * sd / np.sqrt(safe)
    return (np.where(enough, mean - half, np.nan), np.where(enough, mean + half, np.nan))


def parameter_interval(effects: np.ndarray) -> tuple[float, float]:
    """Return the middle 90 % of the effects over draws; not-a-number with fewer than two."""
    low, high = parameter_intervals(np.asarray(effects, dtype=float)[None, :])
    return (float(low[0]), float(high[0]))


def parameter_intervals(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle 90 % of many rows at once: rows are cells, columns are draws."""
    tail = 0.5 - PARAMETER_LEVEL / 2.0
    low, high = (np.full(len(effects), np.nan) for _ in range(2))
    known = ~np.isnan(effects)
    full = known.all(axis=1)
    if effects.shape[1] >= 2 and full.any():
        low[full], high[full] = np.quantile(effects[full], [tail, 1.0 - tail], axis=1)
    for row in np.flatnonzero(~full & (known.sum(axis=1) >= 2)):
        low[row], high[row] = np.quantile(effects[row, known[row]], [tail, 1.0 - tail])
    return low, high


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a probability estimated from ``of`` draws."""
    from scipy import stats

    if of == 0:
        return (0.0, 1.0)
    interval = stats.binomtest(hits, of).proportion_ci(MONTE_CARLO_LEVEL, method="wilson")
    return (float(interval.low), float(interval.high))

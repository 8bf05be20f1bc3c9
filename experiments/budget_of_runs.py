"""A run budget that spends itself: pairs of worlds are added until sign and size are clear.

Whoever looks at the results after 6, 12, 24, ... pairs and stops when they please finds a sign by
chance far more often than one time in twenty. So the error is spent over the looks: at each look
the interval is widened such that, over *all* looks together, the chance that it ever leaves out the
true mean effect is at most 5 %. These are repeated confidence intervals, and stopping early, late
or for any reason costs nothing.

Source:
    Lan and DeMets 1983, Biometrika 70(3), doi 10.1093/biomet/70.3.659 (spending functions);
    Armitage, McPherson and Rowe 1969, JRSS A 132(2), doi 10.2307/2343787 (the recursion);
    Jennison and Turnbull 1989, JRSS B 51(3) (repeated confidence intervals), and 2000, Group
    Sequential Methods, section 11.4 (Student's t at each look's level, as the spread is estimated).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from experiments.importance import is_nil

#: Chance that the sign of a measure is ever called clear if there is no effect, over all looks.
ERROR = 0.05

#: Size is clear when half the interval is at most this part of the effect.
PRECISION = 0.5

Spending = Literal["pocock", "obrien_fleming"]

#: Spending by a Pocock-type function: early looks may stop. O'Brien and Fleming's hardly lets them
#: (at a sixteenth of the budget it spends 4e-15), which saves no runs where effects are large.
SPENDING: Spending = "pocock"

#: Points of the grid on which the recursion integrates; the bounds are exact to four decimals.
_GRID = 801

State = Literal["clear", "small", "size unclear", "unclear"]


@dataclass(frozen=True)
class Decision:
    """What so many pairs say of one measure.

    Attributes:
        measure: Id of the measure.
        state: "clear": the sign is, and the size within half of it. "small": the effect lies inside
            the margin of no importance, whatever its sign. "size unclear": the sign is clear but
            the size is not. "unclear": neither.
        pairs: Pairs of worlds looked at.
        mean: Mean effect.
        low, high: Interval that holds the true mean at all looks together, with 95 % confidence.
        margin: Effects up to this size have no importance.
    """

    measure: str
    state: State
    pairs: int
    mean: float
    low: float
    high: float
    margin: float

    @property
    def settled(self) -> bool:
        """Whether more pairs would add nothing that is asked for."""
        return self.state in ("clear", "small")


def looks(first: int, most: int) -> tuple[int, ...]:
    """Return the numbers of pairs at which results are looked at: doubling, up to the budget."""
    if not 2 <= first <= most:
        raise ValueError(f"looks go from 2 pairs or more up to the budget, not {first} to {most}")
    out = [first]
    while out[-1] < most:
        # A last step of less than a half would be a look for hardly any pairs.
        following = 2 * out[-1]
        out.append(most if 1.5 * following > most else following)
    return tuple(out)


def decide(measure: str, effects: np.ndarray, schedule: Sequence[int], margin: float) -> Decision:
    """Return what the pairs up to one look say of a measure.

    Args:
        measure: Id of the measure.
        effects: Paired effect per pair; their number is one of the schedule.
        schedule: All looks planned (``looks``), fixed beforehand.
        margin: Size below which an effect has no importance, in the unit of the measure.
    """
    effects = np.asarray(effects, dtype=float)
    schedule = tuple(schedule)
    if effects.size not in schedule:
        raise ValueError(f"{effects.size} pairs are no look of the schedule {schedule}")
    known = effects[~np.isnan(effects)]
    if known.size < 2:
        return Decision(measure, "unclear", effects.size, math.nan, math.nan, math.nan, margin)
    level = nominal_levels(schedule)[schedule.index(effects.size)]
    low, high = repeated_interval(known, level)
    mean = float(known.mean())
    return Decision(
        measure, state_of(mean, low, high, margin), effects.size, mean, low, high, margin
    )


def state_of(mean: float, low: float, high: float, margin: float) -> State:
    """Return the state that an interval and a margin of no importance give."""
    if is_nil((low, high), margin):
        return "small"
    if low > 0.0 or high < 0.0:
        return "clear" if (high - low) / 2.0 <= PRECISION * abs(mean) else "size unclear"
    return "unclear"


def repeated_interval(effects: np.ndarray, level: float) -> tuple[float, float]:
    """Return the interval of the mean at the level of one look.

    Args:
        effects: Paired effects.
        level: Two-sided error of this look alone (``nominal_levels``).
    """
    from scipy import stats

    half = (
        stats.t.isf(level / 2.0, effects.size - 1) * effects.std(ddof=1) / math.sqrt(effects.size)
    )
    return (float(effects.mean() - half), float(effects.mean() + half))


def spent(fraction: float, spending: Spending = SPENDING) -> float:
    """Return the error spent when a fraction of the budget is used (Lan and DeMets 1983).

    Pocock-type: a ln(1 + (e - 1) t). O'Brien-Fleming-type: 4 (1 - Phi(z / sqrt(t))) with z the
    upper a / 4 point, so that both sides together spend a.
    """
    from scipy import stats

    if spending == "pocock":
        return ERROR * math.log1p((math.e - 1.0) * fraction)
    return float(4.0 * stats.norm.sf(stats.norm.isf(ERROR / 4.0) / math.sqrt(fraction)))


@cache
def nominal_levels(schedule: tuple[int, ...], spending: Spending = SPENDING) -> tuple[float, ...]:
    """Return the two-sided error of each look alone, such that together they spend ``ERROR``."""
    from scipy import stats

    return tuple(float(2.0 * stats.norm.sf(c)) for c in bounds(schedule, spending))


@cache
def bounds(schedule: tuple[int, ...], spending: Spending = SPENDING) -> tuple[float, ...]:
    """Return the bound on the size of the standardised mean at each look.

    By recursion over the sum of the effects in units of their spread: its density among those that
    have not crossed a bound before is carried from look to look on a grid.
    """
    from scipy import stats
    from scipy.optimize import brentq

    out: list[float] = []
    before = 0.0
    grid = density = np.empty(0)
    for number, pairs in enumerate(schedule):
        target = spent(pairs / schedule[-1], spending)
        added = target - before
        before = target
        root = math.sqrt(pairs)
        if number == 0:
            bound = float(stats.norm.isf(added / 2.0))
            grid = np.linspace(-bound * root, bound * root, _GRID)
            density = stats.norm.pdf(grid, scale=root)
            out.append(bound)
            continue
        step = math.sqrt(pairs - schedule[number - 1])
        weights = _simpson(grid) * density

        def outside(c: float, root=root, grid=grid, weights=weights, step=step) -> float:
            beyond = stats.norm.sf((c * root - grid) / step) + stats.norm.cdf(
                (-c * root - grid) / step
            )
            return float(weights @ beyond)

        bound = brentq(lambda c, added=added: outside(c) - added, 0.5, 12.0, xtol=1e-10)
        following = np.linspace(-bound * root, bound * root, _GRID)
        density = stats.norm.pdf(following[:, None], grid[None, :], step) @ weights
        grid = following
        out.append(float(bound))
    return tuple(out)


def _simpson(grid: np.ndarray) -> np.ndarray:
    """Return the weights of Simpson's rule on an even grid with an odd number of points."""
    weights = np.ones(grid.size)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return weights * (grid[1] - grid[0]) / 3.0

"""Scenario discovery: in which corner of the assumptions does a policy go wrong?

PRIM (Friedman and Fisher 1999, doi 10.1023/A:1008894516817; Bryant and Lempert 2010, doi
10.1016/j.techfore.2009.08.002) peels the space of inputs down to a box in which the runs of
interest are dense. The peeling is by ``ema_workbench``. A box is found on one part of the runs and
checked on the other, because a search over a hundred inputs always finds something.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.answers.sensitivity import varied
from experiments.intervals import share_interval

#: Part of the runs kept back to check a box with.
HELD_OUT = 0.3

#: A limit stays in a box if leaving it out would lose density beyond chance (quasi-p).
QUASI_P = 0.05

#: More conditions than this nobody can take in.
MOST_LIMITS = 3

#: Fewest runs in all, and fewest of interest among those searched.
FEWEST_RUNS, FEWEST_OF_INTEREST = 40, 8

#: Fewest groups of runs that belong together, so that some can be kept back.
FEWEST_GROUPS = 10

#: Inputs that PRIM peels: those that differ most between runs of interest and others. Peeling all
#: of a hundred and sixty takes a minute, and the rest only adds coincidence.
MOST_INPUTS = 25

#: Runs that a box must hold at least, as a share of those searched.
LEAST_MASS = 0.05

_SEED = 1


@dataclass(frozen=True)
class Limit:
    """One condition of a box.

    Attributes:
        name: Input.
        low: The input is at least this; None if it may be as low as it gets.
        high: The input is at most this; None if it may be as high as it gets.
        quasi_p: Chance that the box would be as dense without this condition (one-sided binomial
            test on the runs searched; too small, as the box was searched for).
    """

    name: str
    low: float | None
    high: float | None
    quasi_p: float

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Return for which values the condition holds."""
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return (values >= low) & (values <= high)


@dataclass(frozen=True)
class Counts:
    """How well a box fits some runs.

    Attributes:
        runs: Number of runs.
        of_interest: Runs of interest.
        inside: Runs in the box.
        hits: Runs of interest in the box.
        groups: Groups of runs that belong together of which one is in the box.
    """

    runs: int
    of_interest: int
    inside: int
    hits: int
    groups: int

    @property
    def coverage(self) -> float:
        """Share of the runs of interest that lie in the box."""
        return self.hits / self.of_interest if self.of_interest else float("nan")

    @property
    def density(self) -> float:
        """Share of the runs in the box that are of interest."""
        return self.hits / self.inside if self.inside else float("nan")

    @property
    def base(self) -> float:
        """Share of all runs that are of interest."""
        return self.of_interest / self.runs if self.runs else float("nan")

    @property
    def density_interval(self) -> tuple[float, float]:
        """Wilson 95 % interval of the density.

        Runs that belong together count as one: all levers tried in one draw say little more than
        one of them, so each group is taken to be a single run (cautious).
        """
        of = self.groups
        return share_interval(round(of * self.hits / self.inside) if self.inside else 0, of)


@dataclass(frozen=True)
class Box:
    """A corner of the inputs in which runs of interest are dense.

    Attributes:
        limits: Conditions, most needed first.
        searched: Fit on the runs it was found with: flattering.
        held_out: Fit on the runs kept back: honest.
    """

    limits: tuple[Limit, ...]
    searched: Counts
    held_out: Counts

    @property
    def confirmed(self) -> bool:
        """Whether the runs kept back are denser inside than everywhere, beyond chance."""
        return self.held_out.density_interval[0] > self.held_out.base


def discover(
    inputs: pd.DataFrame, interest: np.ndarray, groups: np.ndarray | None = None
) -> Box | None:
    """Return the box in which the runs of interest are dense, or None if there is none.

    Of all boxes that PRIM passes, each stripped of conditions that are not needed, the one with the
    largest harmonic mean of coverage and density is taken.

    Args:
        inputs: One row per run, one column per input.
        interest: Whether each run is of interest.
        groups: Which runs belong together, such as all levers tried in one draw: a run kept back is
            no check if its like was searched. None if all stand alone.
    """
    interest = np.asarray(interest, dtype=bool)
    inputs, _ = varied(inputs, np.zeros(len(inputs)))
    groups = np.arange(len(inputs)) if groups is None else np.asarray(groups)
    if not can_search(interest, groups):
        return None
    search, check = _parts(groups)
    x = inputs.astype(float).reset_index(drop=True)
    best: tuple[float, tuple[Limit, ...]] | None = None
    x = x[screened(x.iloc[search], interest[search])]
    for limits in _boxes(x.iloc[search].reset_index(drop=True), interest[search], groups[search]):
        counts = fit(limits, x.iloc[search], interest[search], groups[search])
        quality = _harmonic(counts.coverage, counts.density)
        if best is None or quality > best[0]:
            best = (quality, limits)
    if best is None:
        return None
    limits = tuple(sorted(best[1], key=lambda limit: limit.quasi_p))
    return Box(
        limits,
        fit(limits, x.iloc[search], interest[search], groups[search]),
        fit(limits, x.iloc[check], interest[check], groups[check]),
    )


def can_search(interest: np.ndarray, groups: np.ndarray) -> bool:
    """Return whether there are enough runs, of interest and not, to look for a box."""
    if interest.size < FEWEST_RUNS or np.unique(groups).size < FEWEST_GROUPS:
        return False
    search, _ = _parts(groups)
    return FEWEST_OF_INTEREST <= int(interest[search].sum()) < search.size


def screened(inputs: pd.DataFrame, interest: np.ndarray) -> list[str]:
    """Return the inputs that differ most between runs of interest and others, in their order.

    By the two-sample Kolmogorov-Smirnov distance, which sees any difference in one input.
    """
    from scipy import stats

    distance = {
        name: stats.ks_2samp(values[interest], values[~interest], method="asymp").statistic
        for name, values in ((name, inputs[name].to_numpy()) for name in inputs)
    }
    largest = sorted(distance, key=lambda name: -distance[name])[:MOST_INPUTS]
    return [name for name in inputs if name in set(largest)]


def fit(
    limits: tuple[Limit, ...],
    inputs: pd.DataFrame,
    interest: np.ndarray,
    groups: np.ndarray | None = None,
) -> Counts:
    """Return how well a box fits some runs, of which those of a group belong together."""
    groups = np.arange(len(inputs)) if groups is None else groups
    inside = np.ones(len(inputs), dtype=bool)
    for limit in limits:
        inside &= limit.holds(inputs[limit.name].to_numpy())
    return Counts(
        interest.size, int(interest.sum()), int(inside.sum()), int((inside & interest).sum()),
        np.unique(groups[inside]).size,
    )  # fmt: skip


def _parts(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs to search in and those to check with, whole groups by lot."""
    names, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(_SEED).permutation(names.size)
    held = np.isin(codes, order[: round(HELD_OUT * names.size)])
    return np.flatnonzero(~held), np.flatnonzero(held)


def _boxes(
    x: pd.DataFrame, interest: np.ndarray, groups: np.ndarray
) -> Iterator[tuple[Limit, ...]]:
    """Yield the boxes that PRIM passes, without the conditions that are not needed."""
    with _workbench() as prim:
        # By the ratio of gain in density to loss of mass: Friedman and Fisher's own criterion
        # would peel the largest gain, however few runs are left.
        found = prim.Prim(x, interest, mass_min=LEAST_MASS).find_box()
        if found is None:
            return
        seen = set()
        for number in range(1, len(found.box_lims)):
            limits = _needed(
                x, interest, groups, _limits(found.box_lims[number], found.box_lims[0])
            )
            key = tuple((limit.name, limit.low, limit.high) for limit in limits)
            if limits and key not in seen:
                seen.add(key)
                yield limits


def _limits(box: pd.DataFrame, whole: pd.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    """Return the limits of a box that differ from the whole space."""
    out = {}
    for name in box.columns[(box.to_numpy() != whole.to_numpy()).any(axis=0)]:
        (low, high), (least, most) = box[name], whole[name]
        out[name] = (
            None if low == least else float(low),
            None if high == most else float(high),
        )
    return out


def _needed(
    x: pd.DataFrame,
    interest: np.ndarray,
    groups: np.ndarray,
    limits: Mapping[str, tuple[float | None, float | None]],
) -> tuple[Limit, ...]:
    """Return a box without the conditions that chance explains, and at most ``MOST_LIMITS``."""
    left = dict(limits)
    while left:
        kept = tuple(
            Limit(name, *bounds, quasi_p(name, left, x, interest, groups))
            for name, bounds in left.items()
        )
        worst = max(kept, key=lambda limit: limit.quasi_p)
        if worst.quasi_p <= QUASI_P and len(kept) <= MOST_LIMITS:
            return kept
        del left[worst.name]
    return ()


def quasi_p(
    name: str,
    limits: Mapping[str, tuple[float | None, float | None]],
    x: pd.DataFrame,
    interest: np.ndarray,
    groups: np.ndarray | None = None,
) -> float:
    """Return the chance of so many hits in a box if one condition did nothing.

    One-sided binomial test: hits in the box, at the density of the box without that condition
    (Bryant and Lempert 2010, appendix; as ``ema_workbench`` does for each limit). Runs that belong
    together count as one, as in ``Counts.density_interval``.
    """
    from scipy import stats

    every = tuple(Limit(key, *bounds, 0.0) for key, bounds in limits.items())
    inside = fit(every, x, interest, groups)
    without = fit(tuple(limit for limit in every if limit.name != name), x, interest)
    if inside.inside == 0 or without.inside == inside.inside:
        return 1.0
    hits = round(inside.groups * inside.hits / inside.inside)
    return float(stats.binom.sf(hits - 1, inside.groups, without.density))


def _harmonic(coverage: float, density: float) -> float:
    return 2.0 * coverage * density / (coverage + density) if coverage + density > 0.0 else 0.0


@contextmanager
def _workbench() -> Iterator:
    """Give the PRIM module, without what the package says of add-ons that are not needed here."""
    import logging

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        # The peeling prints its progress at "info" through a logger of its own.
        logging.getLogger("EMA").setLevel(logging.WARNING)
        yield prim

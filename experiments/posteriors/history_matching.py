"""History matching: which inputs may have produced what was observed.

A simulation is too slow to try everywhere, so an *emulator* (a linear trend and a Gaussian process,
scikit-learn) learns each target from some runs, with its own uncertainty. An input is *implausible*
if an emulator, in spite of all uncertainties, cannot bring it near what was observed:

    I(x) = |observed - E[f(x)]| / sqrt(V_observed + V_emulator(x) + V_chance),    I(x) > 3 is out.

Three standard deviations hold at least 95 % of any unimodal distribution (Pukelsheim 1994, The
American Statistician 48(2), 88-91). What is left is simulated again, emulated better, and cut
again, in waves.

Source: Vernon, Goldstein and Bower (2010), Bayesian Analysis 5(4), 619-669,
doi:10.1214/10-BA524; with a stochastic model of many inputs: Andrianakis et al. (2015), PLoS
Computational Biology 11(1), e1003968, doi:10.1371/journal.pcbi.1003968.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Implausibility above this rules an input out.
CUTOFF = 3.0

#: An input counts as active if coincidence among all inputs would show it this seldom.
SCREENING_LEVEL = 0.05
MOST_ACTIVE = 15

#: An emulator that misses more than this share of its own runs by three standard deviations
#: is not believed and rules nothing out.
MOST_SURPRISES = 0.05

#: Inputs judged at once, for memory.
CHUNK = 20_000


@dataclass(frozen=True)
class Observed:
    """What was observed of one target, and how far the truth may be from it.

    Attributes:
        id: Name.
        value: Best value.
        low: Lowest acceptable value: measurement error and what the model leaves out together.
        high: Highest acceptable value.
        chance: Standard deviation between runs that differ by luck only.
    """

    id: str
    value: float
    low: float
    high: float
    chance: float = 0.0

    def agrees(self, model: np.ndarray) -> np.ndarray:
        """Return whether simulated values lie within the range (nobody counted is no)."""
        model = np.asarray(model, dtype=float)
        return (self.low <= model) & (model <= self.high)

    def implausibility(self, mean: np.ndarray, variance: np.ndarray | float) -> np.ndarray:
        """Return I of predictions: the range's edge is at three, were there no other variance."""
        gap = np.asarray(mean, dtype=float) - self.value
        edge = np.where(gap > 0.0, self.high - self.value, self.value - self.low)
        return np.abs(gap) / np.sqrt((edge / CUTOFF) ** 2 + variance + self.chance**2)


def active_inputs(x: np.ndarray, y: np.ndarray) -> list[int]:
    """Return the inputs that move an output, strongest first, by forward selection.

    The next input is the one that correlates most with what the earlier ones leave unexplained;
    selection stops where the best of so many would do as well by coincidence (Bonferroni).

    Args:
        x: Inputs, shape (runs, inputs).
        y: Output, shape (runs,).
    """
    from scipy import stats

    runs, inputs = x.shape
    centred = x - x.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    chosen: list[int] = []
    rest = y - y.mean()
    while len(chosen) < min(MOST_ACTIVE, inputs, runs // 5):
        spread = math.sqrt(float(rest @ rest))
        if spread <= 1e-12 * max(1.0, float(np.abs(y).max())):
            break
        correlation = np.abs(centred.T @ rest) / (length * spread + 1e-300)
        correlation[chosen] = 0.0
        best = int(correlation.argmax())
        freedom = runs - len(chosen) - 2
        t = stats.t.ppf(1.0 - SCREENING_LEVEL / (2.0 * inputs), freedom)
        if correlation[best] < t / math.sqrt(freedom + t * t):
            break
        chosen.append(best)
        rest = y - _design(x[:, chosen]) @ _least_squares(x[:, chosen], y)
    return chosen


def _design(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(x)), x])


def _least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(_design(x), y, rcond=None)[0]


@dataclass(frozen=True)
class Emulator:
    """What a target would be, and how sure that is, without simulating.

    Attributes:
        observed: The target.
        active: Inputs it looks at, as column numbers; everything else is noise to it.
        trend: Intercept and slopes of the linear trend.
        process: Gaussian process of what the trend leaves, in units of ``scale``; None if the
            output never differs.
        scale: Standard deviation of what the trend leaves.
        explained: Share of variance that it predicts in runs left out one by one.
        surprises: Share of those runs missed by more than three standard deviations.
    """

    observed: Observed
    active: tuple[int, ...]
    trend: np.ndarray
    process: Any
    scale: float
    explained: float
    surprises: float

    @property
    def trusted(self) -> bool:
        """Whether it may rule inputs out."""
        return self.surprises <= MOST_SURPRISES

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance at inputs of shape (points, all inputs)."""
        own = x[:, list(self.active)]
        mean = _design(own) @ self.trend
        if self.process is None:
            return mean, np.zeros(len(x))
        if not self.active:
            own = np.zeros((len(x), 1))
        rest, deviation = self.process.predict(own, return_std=True)
        return mean + self.scale * rest, (self.scale * deviation) ** 2

    def implausibility(self, x: np.ndarray) -> np.ndarray:
        """Return the implausibility of inputs of shape (points, all inputs)."""
        return self.observed.implausibility(*self.predict(x))


def fit_emulator(observed: Observed, x: np.ndarray, y: np.ndarray) -> Emulator:
    """Return an emulator of one target.

    Args:
        observed: The target.
        x: Inputs of the runs as quantiles, shape (runs, inputs).
        y: What the runs gave; runs without a value are left out.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
    from threadpoolctl import threadpool_limits

    known = np.isfinite(y)
    x, y = x[known], y[known]
    active = active_inputs(x, y)
    own = x[:, active]
    trend = _least_squares(own, y)
    rest = y - _design(own) @ trend
    scale = float(rest.std())
    if scale <= 1e-12 * max(1.0, float(np.abs(y).max(initial=0.0))):
        return Emulator(observed, tuple(active), trend, None, 0.0, 1.0, 0.0)
    inputs = own if active else np.zeros((len(y), 1))
    kernel = ConstantKernel(0.5, (1e-3, 10.0)) * RBF(
        np.full(inputs.shape[1], 1.5), (0.15, 30.0)
    ) + WhiteKernel(0.5, (1e-5, 3.0))
    process = GaussianProcessRegressor(kernel, alpha=1e-8, random_state=0)
    # One thread: matrices are small, and where other work goes on many threads wait for each other.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A length at its bound says that an input acts linearly.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(inputs, rest / scale)
    error, deviation = _left_out(process, rest / scale)
    total = float(((y - y.mean()) ** 2).sum())
    return Emulator(
        observed,
        tuple(active),
        trend,
        process,
        scale,
        explained=1.0 - float((error**2).sum()) * scale**2 / total,
        surprises=float((np.abs(error) > CUTOFF * deviation).mean()),
    )


def _left_out(process: Any, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return error and deviation in every run as predicted from all others.

    Source: Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, eq. 5.12.
    """
    from scipy.linalg import cho_solve

    precision = cho_solve((process.L_, True), np.eye(len(y))).diagonal()
    return process.alpha_.ravel() / precision, 1.0 / np.sqrt(precision)


Wave = Sequence[Emulator]


def fit_wave(observed: Sequence[Observed], x: np.ndarray, outputs: np.ndarray) -> list[Emulator]:
    """Return one emulator per target, from runs with inputs ``x`` and ``outputs`` by column."""
    return [fit_emulator(one, x, outputs[:, k]) for k, one in enumerate(observed)]


def plausible(waves: Sequence[Wave], x: np.ndarray) -> np.ndarray:
    """Return which inputs no trusted emulator of any wave rules out."""
    from threadpoolctl import threadpool_limits

    left = np.ones(len(x), dtype=bool)
    with threadpool_limits(1):
        for wave in reversed(waves):  # the last wave is the sharpest
            for emulator in wave:
                if emulator.trusted and left.any():
                    where = np.flatnonzero(left)
                    left[where] = emulator.implausibility(x[where]) <= CUTOFF
    return left


@dataclass(frozen=True)
class Found:
    """Inputs that are not implausible.

    Attributes:
        points: The inputs, shape (points, inputs).
        share: Share of all inputs that is not implausible, as estimated by the search.
        tried: Inputs that were tried.
    """

    points: np.ndarray
    share: float
    tried: int


def find_plausible(
    waves: Sequence[Wave],
    count: int,
    inputs: int,
    rng: np.random.Generator,
    most: int = 4_000_000,
    tell: Callable[[int], None] = lambda found: None,
) -> Found:
    """Draw inputs evenly from what is not implausible, by drawing everywhere and leaving out.

    Args:
        waves: Emulators of the waves so far.
        count: Points wanted.
        inputs: Number of inputs.
        rng: Luck of the search.
        most: Points tried at most; fewer than ``count`` may be found then.
        tell: Called with the number found so far.
    """
    kept: list[np.ndarray] = []
    found = tried = 0
    while found < count and tried < most:
        trial = rng.random((CHUNK, inputs))
        good = trial[plausible(waves, trial)]
        kept.append(good)
        found, tried = found + len(good), tried + CHUNK
        tell(min(found, count))
    return Found(np.concatenate(kept)[:count], found / tried, tried)

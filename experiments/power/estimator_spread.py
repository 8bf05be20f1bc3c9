"""How the estimates of many evaluations spread: coverage, power, smallest effect detected.

Evaluations are made again and again on practices drawn with replacement: a cluster bootstrap, in
which a practice comes with all its years.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from experiments.intervals import share_interval
from experiments.posteriors.draws import DRAW_SEED
from experiments.power.practice_evaluation import LEVEL, evaluated
from experiments.power.practice_panels import some
from model.panel import WATCHED, PanelYear, Watched

#: Chance with which an effect should be noticed before it counts as detectable.
POWER = 0.80

#: Fewest evaluations, of those drawn, in which the comparison could be made before anything is said
#: of how good it is: of so many intervals one misses the truth by right.
FEWEST_COMPARED = round(1.0 / (1.0 - LEVEL))

#: Found with one method for one indicator by many evaluations; arrays of shape (replications, 4).
Found = dict[tuple[str, str], np.ndarray]


def replicated(
    panel: list[PanelYear],
    traits: np.ndarray,
    fewest: float,
    year: int,
    policy_year: int,
    practices: int,
    replications: int,
    indicators: Sequence[Watched] = WATCHED,
    matched: bool = True,
) -> Found:
    """Return what many evaluations say, each on practices drawn with replacement.

    The draw of a replication is the same in every call with as many practices to draw from.

    Returns:
        By indicator and method an array (replications, 4): estimate, standard error, and both ends
        of the interval, not-a-number where no comparison could be made.
    """
    out: Found = {}
    upto = [one for one in panel if one.year <= year]
    for k in range(replications):
        chosen = np.random.default_rng([DRAW_SEED, k]).integers(0, len(traits), practices)
        said = evaluated(
            some(upto, chosen), traits[chosen], fewest, year, policy_year, indicators, matched
        )
        for key, found in said.items():
            rows = out.setdefault(key, np.full((replications, 4), np.nan))
            rows[k] = found.estimate, found.standard_error, found.low, found.high
    return out


def spread(found: np.ndarray, truth: float, watched: Watched, loss: float) -> dict[str, float]:
    """Return what the spread of many evaluations says of the estimator.

    Args:
        found: Estimates, standard errors and intervals, (replications, 4).
        truth: True effect.
        watched: Indicator.
        loss: Worsening that should be noticed, above 0; not-a-number if none.
    """
    known = np.isfinite(found[:, 0])
    estimate, error, low, high = found[known].T
    count = len(found)
    worse = watched.worse if np.isfinite(loss) else 0.0
    error_found = float(estimate.std(ddof=1)) if estimate.size > 1 else float("nan")

    def chance(hits: np.ndarray) -> float:
        return float(hits.sum()) / count

    def harm(shift: float) -> np.ndarray:
        """Return in which evaluations the interval lies on the bad side, moved by a shift."""
        return low + shift > 0.0 if watched.worse > 0 else high + shift < 0.0

    judged = watched.worse != 0.0
    # As it would spread round the loss if it were not biased: what bias does is in the others.
    notices = harm(worse * loss - estimate.mean()) if worse and estimate.size else np.zeros(0)
    hits = int(notices.sum())
    interval = share_interval(hits, count) if worse else (float("nan"), float("nan"))
    return {
        "compared": float(known.mean()),
        "estimate": float(estimate.mean()) if estimate.size else float("nan"),
        "coverage": float(((low <= truth) & (truth <= high)).mean()) if known.any() else np.nan,
        "error": error_found,
        "reported_error": float(error.mean()) if error.size else float("nan"),
        "detectable": detectable_effect(error_found),
        "detectable_analytic": detectable_effect(float(error.mean()) if error.size else np.nan),
        "loss": loss,
        "notices": hits / count if worse else float("nan"),
        "notices_monte_carlo_low": interval[0],
        "notices_monte_carlo_high": interval[1],
        "false_alarm": chance(harm(-truth)) if judged else float("nan"),
        "sees_harm": chance(harm(0.0)) if judged else float("nan"),
        "sees_effect": chance(low > 0.0 if truth > 0.0 else high < 0.0),
    }


def detectable_effect(standard_error: float) -> float:
    """Return the smallest effect noticed with chance ``POWER`` at ``LEVEL``: (z + z) SE.

    Bloom 1995, Evaluation Review 19:547, "Minimum detectable effects".
    """
    z = NormalDist().inv_cdf
    return (z(0.5 + LEVEL / 2.0) + z(POWER)) * standard_error


def notice_chance(loss: float, standard_error: float) -> float:
    """Return the chance that an unbiased estimate shows a loss: Phi(loss / SE - z)."""
    if not standard_error > 0.0:
        return float("nan")
    normal = NormalDist()
    return normal.cdf(loss / standard_error - normal.inv_cdf(0.5 + LEVEL / 2.0))

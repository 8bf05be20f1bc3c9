"""Matched comparison: those who joined against others who looked like them before the policy.

Others are weighted by the odds of joining at their traits, p / (1 - p), so that together they look
like those who joined (Hirano, Imbens and Ridder 2003, doi 10.1111/1468-0262.00442). The logit and
the regression are those of statsmodels. Like every comparison on what is known, it takes away what
the traits explain and nothing else.
"""

import warnings

import numpy as np

from model.estimates import Estimate, difference_in_differences

MATCHED = "matched_difference"

#: Chance of joining beyond which a practice has no fair counterpart; chances are cut off there, so
#: that no single practice stands for all (Crump et al. 2009, doi 10.1093/biomet/asn055, use 0.1 to
#: 0.9 to drop them).
FURTHEST = 0.95


def joining_odds(joined: np.ndarray, traits: np.ndarray) -> np.ndarray:
    """Return the odds that each practice joins, given its traits; ones if nothing can be learned.

    Args:
        joined: Whether each practice joined, shape (practices,).
        traits: What was known of each before the policy, (practices, traits); not-a-number where
            nothing is known (counts as the mean).
    """
    import statsmodels.api as sm

    known = np.isfinite(traits).any(axis=0)
    traits = traits[:, known]
    values = np.where(np.isfinite(traits), traits, np.nanmean(traits, axis=0))
    spread = values.std(axis=0)
    values = (values - values.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    # A practice needs company: with too few on one side a logit says nothing.
    if min(joined.sum(), (~joined).sum()) <= values.shape[1] + 1:
        return np.ones(joined.size)
    with warnings.catch_warnings():
        # Perfect separation ends at the cut-off, and so does a fitted value that overflows on its
        # way to 0 or 1; statsmodels reckons those values when they are asked for.
        warnings.simplefilter("ignore")
        fit = sm.GLM(
            joined.astype(float), sm.add_constant(values), family=sm.families.Binomial()
        ).fit()
        fitted = fit.fittedvalues
    chance = np.clip(fitted, 1.0 - FURTHEST, FURTHEST)
    return chance / (1.0 - chance)


def matched_difference(
    change: np.ndarray,
    joined: np.ndarray,
    weight: np.ndarray,
    odds: np.ndarray,
    level: float,
) -> Estimate:
    """Return the extra change of those who joined against others made to look like them.

    Args:
        change: After minus before, shape (practices,).
        joined: Whether each practice joined.
        weight: Weight of each, above 0.
        odds: Odds of joining (``joining_odds``).
        level: Confidence of the interval.
    """
    alike = weight * np.where(joined, 1.0, odds)
    return difference_in_differences(change, joined, alike, level)._replace(method=MATCHED)

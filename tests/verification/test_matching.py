"""Estimators on simulated practices with a known effect: selection on level, and on trend.

Practices that join differ from the others in how they are (level), or in how they would have
changed anyway (trend). What each estimator makes of that is theory, worked out by hand here.
"""

import numpy as np
import pytest

from experiments.power.matching import MATCHED, joining_odds, matched_difference
from model.estimates import after_difference, difference_in_differences

EFFECT, PULL, LEVEL = 0.3, 0.8, 0.95
PRACTICES, REPLICATIONS = 400, 120
NAIVE, DID = "naive", "did"


def lives(seed: int, level: float, trend: float, hidden: bool = False):
    """Return practices whose trait x makes them join and moves their level and their trend.

    Args:
        seed: Of the generator.
        level: What one unit of x adds to the value before and after.
        trend: What one unit of x adds to the change.
        hidden: Whether x is unknown to who evaluates: a trait of no meaning is seen instead.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=PRACTICES)
    joined = rng.random(PRACTICES) < 1.0 / (1.0 + np.exp(-PULL * x))
    before = level * x + 0.3 * rng.normal(size=PRACTICES)
    after = before + 0.5 + trend * x + EFFECT * joined + 0.3 * rng.normal(size=PRACTICES)
    seen = rng.normal(size=PRACTICES) if hidden else x
    return joined, before, after, seen[:, None]


def biases(level: float, trend: float, hidden: bool = False) -> dict[str, tuple[float, float]]:
    """Return the mean bias of each estimator with its standard error."""
    found: dict[str, list[float]] = {NAIVE: [], DID: [], MATCHED: []}
    for seed in range(REPLICATIONS):
        joined, before, after, traits = lives(seed, level, trend, hidden)
        weight = np.ones(PRACTICES)
        change, odds = after - before, joining_odds(joined, traits)
        found[NAIVE].append(after_difference(after, joined, weight, LEVEL).estimate)
        found[DID].append(difference_in_differences(change, joined, weight, LEVEL).estimate)
        found[MATCHED].append(matched_difference(change, joined, weight, odds, LEVEL).estimate)
    return {
        name: (np.mean(one) - EFFECT, np.std(one, ddof=1) / np.sqrt(REPLICATIONS))
        for name, one in found.items()
    }


def lead() -> float:
    """Return how much higher x is among those who join, by simulation of many practices."""
    rng = np.random.default_rng(10_000)
    x = rng.normal(size=1_000_000)
    joined = rng.random(x.size) < 1.0 / (1.0 + np.exp(-PULL * x))
    return float(x[joined].mean() - x[~joined].mean())


def unbiased(found: tuple[float, float]) -> bool:
    return abs(found[0]) < 3.5 * found[1]


def test_with_selection_on_level_only_the_naive_comparison_is_biased():
    found = biases(level=1.0, trend=0.0)

    assert unbiased(found[DID]) and unbiased(found[MATCHED])
    assert found[NAIVE][0] == pytest.approx(lead(), abs=0.03)


def test_with_selection_on_trend_matching_on_what_causes_it_takes_the_bias_away():
    found = biases(level=0.0, trend=0.4)

    # Those who join would have gained 0.4 times their lead anyway.
    assert found[DID][0] == pytest.approx(0.4 * lead(), abs=0.02)
    assert found[NAIVE][0] == pytest.approx(0.4 * lead(), abs=0.02)
    # The cut-off on odds leaves a little; nine tenths are gone.
    assert abs(found[MATCHED][0]) < 0.1 * abs(found[DID][0])


def test_matching_on_something_else_leaves_the_bias_of_a_hidden_trend():
    found = biases(level=0.0, trend=0.4, hidden=True)

    assert found[MATCHED][0] == pytest.approx(found[DID][0], abs=0.01)


def test_the_estimate_is_that_of_inverse_probability_weighting():
    """The same point estimate as the mean of the treated minus a weighted mean of the others."""
    joined, before, after, traits = lives(3, 1.0, 0.4)
    odds = joining_odds(joined, traits)
    change = after - before
    expected = change[joined].mean() - np.average(change[~joined], weights=odds[~joined])

    found = matched_difference(change, joined, np.ones(PRACTICES), odds, LEVEL)

    assert found.estimate == pytest.approx(expected, abs=1e-12)
    assert found.method == MATCHED and found.identified


def test_it_agrees_with_the_treatment_effect_of_statsmodels():
    import statsmodels.api as sm
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    joined, before, after, traits = lives(5, 1.0, 0.4)
    change, columns = after - before, sm.add_constant(traits)
    logit = sm.Logit(joined.astype(float), columns).fit(disp=0)
    known = TreatmentEffect(sm.OLS(change, columns), joined.astype(int), results_select=logit).ipw(
        effect_group=1
    )

    found = matched_difference(
        change, joined, np.ones(PRACTICES), joining_odds(joined, traits), LEVEL
    )

    assert found.estimate == pytest.approx(float(np.ravel(known.effect)[0]), rel=1e-5)
    # The regression takes the odds as given, which is cautious: estimating them tells something.
    assert found.standard_error > float(known.results_gmm.bse[0])


def test_odds_follow_the_traits_and_need_company():
    joined, _, _, traits = lives(1, 0.0, 0.0)
    odds = joining_odds(joined, traits)

    assert np.corrcoef(np.log(odds), traits[:, 0])[0, 1] > 0.99
    few = np.zeros(PRACTICES, dtype=bool)
    few[:2] = True
    assert (joining_odds(few, traits) == 1.0).all()
    # A trait that tells everything ends at the cut-off and breaks nothing.
    told = joining_odds(joined, joined[:, None] + 0.0)
    assert told.max() == pytest.approx(19.0) and told.min() == pytest.approx(1.0 / 19.0)


def test_a_trait_that_is_unknown_counts_as_the_mean():
    joined, _, _, traits = lives(1, 0.0, 0.0)
    gap = traits.copy()
    gap[:40] = np.nan
    filled = traits.copy()
    filled[:40] = traits[40:].mean()

    assert joining_odds(joined, gap) == pytest.approx(joining_odds(joined, filled))
    nothing = np.column_stack([traits, np.full(PRACTICES, np.nan)])
    assert joining_odds(joined, nothing) == pytest.approx(joining_odds(joined, traits))


def test_odds_beyond_what_a_number_holds_warn_nobody(recwarn):
    """A practice far from all others, in traits that tell everything: exp overflows inside."""
    joined = np.arange(PRACTICES) < PRACTICES // 2
    apart = np.where(joined, 1.0, -1.0) * (1.0 + np.random.default_rng(1).random(PRACTICES))
    apart[-1] = -1000.0

    odds = joining_odds(joined, apart[:, None])

    assert odds[[0, -1]] == pytest.approx([19.0, 1.0 / 19.0])
    assert [str(one.message) for one in recwarn] == []

"""Rank correlations of hundreds of assumptions at once are those of SciPy, one by one."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.carriers import _spearman


@pytest.mark.parametrize("draws", [5, 10, 200])
def test_the_same_as_scipy_one_by_one(draws):
    rng = np.random.default_rng(draws)
    outcome = rng.normal(size=draws)
    table = pd.DataFrame({f"p{k}": rng.normal(size=draws + 3) for k in range(40)})
    table["tied"] = np.arange(draws + 3) // 2
    table["close"] = np.append(outcome, [0.0, 1.0, 2.0])
    table["against"] = -table["close"]
    for name, rho, p in zip(table, *_spearman(table, outcome), strict=True):
        one = stats.spearmanr(table[name].to_numpy()[:draws], outcome)
        assert rho == pytest.approx(one.statistic, abs=1e-12)
        assert p == pytest.approx(one.pvalue, abs=1e-9)


def test_what_is_constant_has_no_correlation():
    table = pd.DataFrame({"constant": np.ones(6), "moves": np.arange(6.0)})
    rho, p = _spearman(table, np.array([1.0, 3.0, 2.0, 5.0, 4.0, 6.0]))
    assert np.isnan(rho[0]) and np.isnan(p[0]) and rho[1] > 0.8
    assert all(np.isnan(_spearman(table, np.full(6, 2.0))[0]))

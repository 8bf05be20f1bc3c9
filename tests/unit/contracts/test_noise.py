"""What noise does to a KPI: the rules at their edges (the theory's numbers: test_theory_kpi)."""

import math

import pytest
from scipy import stats

from model.contracts.noise import (
    crowded_rho,
    effective_rho,
    inflation,
    normal_density,
    passing_chance,
    reliability,
    threshold_pull,
)


@pytest.mark.parametrize(
    ("x", "density"), [(0.0, 0.398942), (1.0, 0.241971), (-1.0, 0.241971), (2.0, 0.053991)]
)
def test_the_normal_density_is_that_of_the_tables(x, density):
    assert normal_density(x) == pytest.approx(density, abs=1e-6)
    assert normal_density(x) == pytest.approx(stats.norm.pdf(x))


def test_reliability_grows_from_nothing_to_one():
    assert reliability(0.0, 0.05) == 0.0
    assert reliability(-1.0, 0.05) == 0.0
    assert reliability(1.0, 0.05) == pytest.approx(0.05)  # one patient: the ICC itself
    assert reliability(19.0, 0.05) == pytest.approx(0.5)  # 0.95 / (1 + 18 x 0.05) = 0.95 / 1.9
    assert reliability(1e9, 0.05) == pytest.approx(1.0, abs=1e-6)
    assert reliability(30.0, 0.0) == 0.0  # practices do not differ
    assert reliability(30.0, 1.0) == 1.0  # patients of one practice do not differ


def test_a_noisy_mean_passes_half_the_time_at_the_threshold():
    assert passing_chance(0.5, 0.5, 0.1) == 0.5
    assert passing_chance(0.6, 0.5, 0.1) == pytest.approx(0.841345, abs=1e-6)  # one SD above
    assert passing_chance(0.4, 0.5, 0.1) == pytest.approx(0.158655, abs=1e-6)


def test_without_noise_the_threshold_decides():
    assert passing_chance(0.5, 0.5, 0.0) == 1.0
    assert passing_chance(0.4999, 0.5, 0.0) == 0.0


def test_the_pull_of_a_threshold_is_the_slope_of_stake_times_chance():
    # At the threshold 100 x 0.398942 / 0.2 = 199.47; one SD away 100 x 0.241971 / 0.2 = 120.99.
    assert threshold_pull(100.0, 0.5, 0.5, 0.2) == pytest.approx(199.471, abs=1e-3)
    assert threshold_pull(100.0, 0.3, 0.5, 0.2) == pytest.approx(120.985, abs=1e-3)
    assert threshold_pull(100.0, 0.7, 0.5, 0.2) == pytest.approx(120.985, abs=1e-3)
    step = 1e-5
    slope = (passing_chance(0.43 + step, 0.5, 0.2) - passing_chance(0.43 - step, 0.5, 0.2)) / (
        2 * step
    )
    assert threshold_pull(100.0, 0.43, 0.5, 0.2) == pytest.approx(100.0 * slope, rel=1e-6)


def test_a_threshold_without_noise_pulls_nobody_who_is_not_at_it():
    assert threshold_pull(100.0, 0.4, 0.5, 0.0) == 0.0


def test_inflation_is_pay_over_reluctance_and_none_where_nothing_holds_back():
    assert inflation(0.5, 300.0, 2_000.0) == pytest.approx(0.075)
    assert inflation(0.0, 300.0, 2_000.0) == 0.0
    # Without a cost of gaming the optimum does not exist; the rule then says none.
    assert inflation(0.5, 300.0, 0.0) == 0.0


@pytest.mark.parametrize("rho", [0.5, 1.0, 2.0])
def test_without_monitoring_or_pay_motives_stay_as_they_are(rho):
    assert effective_rho(rho, 0.0, 0.0) == rho
    assert crowded_rho(rho, 0.0) == rho


def test_crowding_out_raises_the_weight_on_profit():
    assert crowded_rho(1.5, 0.25) == pytest.approx(2.0)
    assert crowded_rho(1.5, 0.25) == effective_rho(1.5, 0.25, 0.0)


@pytest.mark.compiled
def test_complete_crowding_out_leaves_nothing_but_profit():
    assert math.isinf(crowded_rho(1.0, 1.0))

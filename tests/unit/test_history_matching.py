"""History matching on problems whose answer is known."""

import math

import numpy as np
import pytest

from experiments.posteriors.history_matching import (
    CUTOFF,
    Observed,
    active_inputs,
    find_plausible,
    fit_emulator,
    fit_wave,
    plausible,
)


def test_implausibility_is_three_at_the_edge_of_the_range_on_either_side():
    lopsided = Observed("x", value=10.0, low=7.0, high=16.0)
    at = np.array([7.0, 10.0, 13.0, 16.0, 22.0])

    assert lopsided.implausibility(at, np.zeros(5)) == pytest.approx([3.0, 0.0, 1.5, 3.0, 6.0])


def test_every_variance_makes_an_input_less_implausible():
    """Range 3 (deviation 1), emulator 2, chance 2: 6 / sqrt(1 + 4 + 4) = 2."""
    observed = Observed("x", value=0.0, low=-3.0, high=3.0, chance=2.0)

    assert observed.implausibility(np.array([6.0]), np.array([4.0])) == pytest.approx([2.0])


def test_only_values_within_the_range_agree():
    observed = Observed("x", value=1.0, low=0.5, high=2.0)

    assert observed.agrees(np.array([0.5, 2.0, 0.49, 2.01, math.nan])).tolist() == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_screening_finds_the_inputs_that_move_the_output_and_hardly_any_other():
    """Two of a hundred inputs act; the weak one shows only once the strong one is accounted for."""
    rng = np.random.default_rng(1)
    x = rng.random((300, 100))
    y = 10.0 * x[:, 7] + 1.0 * x[:, 42] + rng.normal(0.0, 0.2, 300)

    chosen = active_inputs(x, y)
    assert chosen[:2] == [7, 42]
    assert len(chosen) <= 3


def test_screening_finds_nothing_where_nothing_is():
    rng = np.random.default_rng(2)
    found = [len(active_inputs(rng.random((100, 50)), rng.normal(size=100))) for _ in range(40)]

    assert np.mean(np.array(found) > 0) <= 0.2  # 5 % is meant
    assert active_inputs(rng.random((100, 50)), np.full(100, 3.0)) == []


def curved(x):
    """Two active inputs among ten, one of them curved."""
    return np.sin(4.0 * x[:, 0]) + 0.5 * x[:, 3]


def test_an_emulator_predicts_what_it_has_not_seen_and_knows_how_well():
    rng = np.random.default_rng(3)
    x, new = rng.random((150, 10)), rng.random((500, 10))
    emulator = fit_emulator(Observed("x", 0.0, -1.0, 1.0), x, curved(x) + rng.normal(0, 0.05, 150))

    mean, variance = emulator.predict(new)
    error = (mean - curved(new)) / np.sqrt(variance)
    assert set(emulator.active) >= {0, 3}
    assert emulator.explained > 0.95 and emulator.trusted
    assert np.abs(error).mean() < 1.0
    assert (np.abs(error) > CUTOFF).mean() < 0.01
    assert np.sqrt(variance).mean() == pytest.approx(0.05, abs=0.03)


def test_the_error_of_runs_left_out_is_that_of_really_leaving_them_out():
    """The closed form against a process that was fitted without the run."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    from experiments.posteriors.history_matching import _left_out

    rng = np.random.default_rng(4)
    x = rng.random((40, 2))
    emulator = fit_emulator(Observed("x", 0.0, -1.0, 1.0), x, np.sin(6 * x[:, 0]) + x[:, 1])
    own, y = emulator.process.X_train_, emulator.process.y_train_
    error, deviation = _left_out(emulator.process, y)

    rest = np.arange(40) != 5
    without = GaussianProcessRegressor(emulator.process.kernel_, alpha=1e-8, optimizer=None)
    mean, spread = without.fit(own[rest], y[rest]).predict(own[5:6], return_std=True)
    assert error[5] == pytest.approx(y[5] - mean[0], rel=1e-4, abs=1e-6)
    assert deviation[5] == pytest.approx(spread[0], rel=1e-3)


def test_an_output_that_never_differs_is_known_exactly():
    x = np.random.default_rng(5).random((30, 4))
    emulator = fit_emulator(Observed("x", 2.0, 1.0, 3.0), x, np.full(30, 2.5))

    mean, variance = emulator.predict(x)
    assert mean == pytest.approx(np.full(30, 2.5)) and not variance.any()


def test_runs_without_a_value_are_left_out():
    x = np.random.default_rng(6).random((60, 3))
    y = x[:, 0].copy()
    y[::7] = math.nan

    assert fit_emulator(Observed("x", 0.5, 0.0, 1.0), x, y).explained > 0.99


def test_an_emulator_that_is_often_surprised_rules_nothing_out():
    """Far outliers at a tenth of the runs: no Gaussian process describes that."""
    rng = np.random.default_rng(7)
    x = rng.random((200, 3))
    y = x[:, 0] + np.where(rng.random(200) < 0.08, 50.0, 0.0)
    emulator = fit_emulator(Observed("x", 1e6, 1e6 - 1, 1e6 + 1), x, y)

    assert not emulator.trusted
    assert plausible([[emulator]], x).all()


def test_waves_close_in_on_the_known_region():
    """A quarter ring: x0^2 + x1^2 within 0.45 to 0.55, eight idle inputs; area known.

    The region is never cut into, and after the second wave little else is left.
    """
    rng = np.random.default_rng(8)
    observed = [Observed("radius", 0.5, 0.45, 0.55)]
    truth = math.pi / 4.0 * 0.1

    def radius(x):
        return x[:, 0] ** 2 + x[:, 1] ** 2

    waves, shares = [], []
    x = rng.random((60, 10))
    for _ in range(2):
        waves.append(fit_wave(observed, x, radius(x)[:, None]))
        found = find_plausible(waves, 150, 10, rng)
        shares.append(found.share)
        x = found.points
    everywhere = rng.random((20_000, 10))
    inside = observed[0].agrees(radius(everywhere))

    assert inside.mean() == pytest.approx(truth, rel=0.1)
    assert plausible(waves, everywhere)[inside].mean() > 0.99
    assert truth * 0.98 <= shares[-1] <= truth * 1.35
    assert shares[1] <= shares[0] * 1.02


def test_a_search_that_finds_little_stops():
    x = np.random.default_rng(9).random((50, 2))
    wave = fit_wave([Observed("x", 9.0, 8.9, 9.1)], x, x[:, :1])

    found = find_plausible([wave], 10, 2, np.random.default_rng(1), most=40_000)
    assert found.tried == 40_000 and len(found.points) == 0 and found.share == 0.0

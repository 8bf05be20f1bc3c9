"""Luck: uniform, independent between streams, and a function of names and rows only."""

import hashlib

import numpy as np
import pytest
from scipy import stats

from model.randomness import ONCE, draw, draws, normal_draws, ranks, stratified_draws, stream

N = 100_000


@pytest.mark.parametrize(
    ("seed", "decision", "month"),
    [(1, "death", 0), (1, "death", 1), (2, "ask for care", 59), (0, "x", ONCE)],
)
def test_draws_are_uniform(seed, decision, month):
    u = draws(stream(seed, decision, month), N)

    assert stats.kstest(u, "uniform").pvalue > 0.001
    assert u.min() > 0.0 and u.max() < 1.0
    assert np.unique(u).size == N


@pytest.mark.parametrize(
    "other", [(1, "attack", 0), (2, "death", 0), (1, "death", 1), (1, "death", ONCE)]
)
def test_streams_of_other_decisions_months_and_seeds_are_independent(other):
    u, v = draws(stream(1, "death", 0), N), draws(stream(*other), N)

    assert abs(stats.pearsonr(u, v).statistic) < 5 / np.sqrt(N)
    cells = np.histogram2d(u, v, bins=10)[0].ravel()
    assert stats.chisquare(cells).pvalue > 0.001


def test_neighbouring_persons_are_independent():
    u = draws(stream(7, "attack", 3), N)

    for lag in (1, 2, 12):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 5 / np.sqrt(N)


def test_a_draw_depends_on_stream_and_person_only():
    key = stream(3, "accept patient", 8)
    everyone = draws(key, 500)

    assert draw(key, 321) == draw(key, 321) == everyone[321]
    np.testing.assert_array_equal(draws(key, np.array([9, 321, 9])), everyone[[9, 321, 9]])
    np.testing.assert_array_equal(draws(key, 100), everyone[:100])


def test_a_stream_is_the_start_of_a_sha256_and_not_python_hash():
    digest = hashlib.sha256(b"3|death|8").digest()

    assert stream(3, "death", 8) == int.from_bytes(digest[:8], "little")
    assert stream(3, "death") == stream(3, "death", ONCE) != stream(3, "death", 0)


def test_the_generator_is_splitmix64():
    """Reference written out with Python's own integers."""
    mask = (1 << 64) - 1

    def reference(key, person):
        z = (key + (person + 1) * 0x9E3779B97F4A7C15) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        return ((z >> 11) + 0.5) / 2**53

    for key in (0, 1, 2**63 + 5, 2**64 - 1):
        for person in (0, 1, 380_999):
            assert draw(np.uint64(key), person) == reference(key, person)


def test_normal_draws_have_the_moments_of_a_standard_normal():
    z = normal_draws(stream(4, "measure burden", 2), N)

    assert z.mean() == pytest.approx(0.0, abs=5 / np.sqrt(N))
    assert z.std() == pytest.approx(1.0, abs=0.012)
    assert stats.skew(z) == pytest.approx(0.0, abs=0.04)
    assert stats.kurtosis(z) == pytest.approx(0.0, abs=0.08)
    np.testing.assert_allclose(
        stats.norm.cdf(z[:100]), draws(stream(4, "measure burden", 2), 100), rtol=1e-12
    )


@pytest.mark.parametrize("count", [1, 2, 7, 1000])
def test_stratified_draws_fill_each_slice_exactly_once(count):
    u = stratified_draws(stream(1, "person income"), count)

    assert sorted(np.floor(u * count).astype(int)) == list(range(count))


@pytest.mark.parametrize("count", [1, 2, 7, 1_000, 30_011])
def test_ranks_are_those_of_sorting(count):
    u = draws(stream(5, "ranks"), count)
    assert ranks(u)[np.argsort(u)].tolist() == list(range(count))


def test_ranks_of_numbers_that_crowd_together_and_at_the_end():
    u = np.array([0.5, 0.5000001, 1.0, 0.4999, 0.50000005, 1e-9])
    assert ranks(u).tolist() == [2, 4, 5, 1, 3, 0]


def test_stratified_draws_of_nobody_are_empty():
    assert stratified_draws(stream(1, "person income"), 0).size == 0


def test_stratified_draws_come_in_random_order():
    u = stratified_draws(stream(1, "person age"), 5000)
    v = stratified_draws(stream(1, "person sex"), 5000)

    assert abs(np.corrcoef(u, np.arange(5000))[0, 1]) < 0.08
    assert abs(np.corrcoef(u, v)[0, 1]) < 0.08
    assert stats.kstest(u * 5000 % 1, "uniform").pvalue > 0.001

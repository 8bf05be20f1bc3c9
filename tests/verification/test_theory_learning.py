"""Model C (C1-C3): logit choice, imitation and innovation, on the rules in use.

Clinical evidence, section 4.4, with its test values.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from agents.behaviours.default import benefit, profit
from agents.learning import drifted, imitates, logit_choice, prefers
from agents.peers import neighbour
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

#: Model A under fee per session: c 30, p 38, k 5, need 45 and a = 0.5, so the optimum is 46.6.
C, P, K, NEED, A = 30.0, 38.0, 5.0, 45.0, 0.5
GRID = np.arange(0.0, 100.0, 0.05)
UTILITY = np.array([A * profit(0.0, P, C, q) + (1.0 - A) * benefit(q, NEED, K) for q in GRID])
EVENLY = (np.arange(4_000) + 0.5) / 4_000


def chosen(utilities, precision, luck=EVENLY):
    """Return the options that evenly spread luck chooses."""
    return np.array([logit_choice(utilities, precision, u) for u in luck])


def test_c1_high_precision_takes_the_best_and_none_takes_any():
    utilities = np.array([10.0, 12.0, 11.0, -500.0])

    assert set(chosen(utilities, 1e6)) == {1}
    shares = np.bincount(chosen(utilities, 0.0), minlength=4) / EVENLY.size
    np.testing.assert_allclose(shares, 0.25, atol=1e-3)
    # On the grid of sessions the best is Model A's own choice, n + rho (p - c) / k.
    assert GRID[logit_choice(UTILITY, 1e6, 0.3)] == pytest.approx(46.6)


def test_c2_the_choice_is_normal_round_the_optimum():
    """Variance 1 / (lambda (1 - a) k) = 1 / (0.05 x 0.5 x 5) = 8.00 round 46.60."""
    sessions = GRID[chosen(UTILITY, 0.05)]

    assert sessions.mean() == pytest.approx(46.60, abs=1e-2)
    assert sessions.var() == pytest.approx(8.00, abs=2e-2)
    inside = np.mean(np.abs(sessions - 46.6) < math.sqrt(8.0))
    assert inside == pytest.approx(0.6827, abs=5e-3)


@pytest.mark.parametrize("precision", [0.02, 0.05, 0.2])
def test_c2_the_chances_are_those_of_the_logit(precision):
    """Exactly exp(lambda U) over the sum of all: the luck at which the choice changes says it."""
    utilities = np.array([0.0, 30.0, -20.0])
    weights = np.exp(precision * utilities)
    edges = np.cumsum(weights) / weights.sum()
    for option, edge in enumerate(edges[:-1]):
        assert logit_choice(utilities, precision, edge - 1e-9) == option
        assert logit_choice(utilities, precision, edge + 1e-9) == option + 1


def test_a_choice_between_two_is_the_logistic_of_their_difference():
    chance = 1.0 / (1.0 + math.exp(-0.02 * 50.0))  # 0.731

    assert prefers(100.0, 150.0, 0.02, 1.0 - chance + 1e-9)
    assert not prefers(100.0, 150.0, 0.02, 1.0 - chance - 1e-9)
    # Far from each other nothing overflows.
    assert prefers(-1e9, 1e9, 0.1, 1e-9) and not prefers(1e9, -1e9, 0.1, 1.0 - 1e-9)


# --- C3: imitation, and styles that stick


class Street:
    """Practices on a ring that imitate, drift and innovate by the rules in use.

    A style pays step x style: the heavier money weighs, the more is earned under a steep step.
    """

    def __init__(self, styles, seed, pull=0.0, rate=0.0, precision=0.05):
        self.styles = np.array(styles, dtype=float)
        self.luck = np.random.default_rng(seed)
        self.pull, self.rate, self.precision = pull, rate, precision

    def year(self, step):
        count, before = self.styles.size, self.styles.copy()
        for one in range(count):
            peer = neighbour(one, count, int(self.luck.random() * 4))
            style = before[one]
            if imitates(step * style, step * before[peer], self.precision, self.luck.random()):
                style = before[peer]
            tries = self.luck.random() < self.rate
            change = 0.3 * self.luck.standard_normal() if tries else 0.0
            self.styles[one] = drifted(style, self.pull, change, 1.0)


def test_c3_pure_imitation_ends_in_one_style():
    """Much is at stake, or styles that earn all but the same would stay apart for long."""
    for seed in range(5):
        street = Street(np.random.default_rng(100 + seed).uniform(-1.0, 1.0, 40), seed)
        best = street.styles.max()
        for _ in range(400):
            street.year(step=5_000.0)
        assert set(street.styles) == {best}


def test_c3_with_a_little_innovation_styles_stay_apart():
    street, kinds = Street(np.zeros(40), 7, rate=0.05), []
    for _ in range(400):
        street.year(step=500.0)
        kinds.append(np.unique(street.styles).size)
    assert np.mean(kinds[-200:]) > 1.5
    assert street.styles.mean() > 0.7  # they climb to the bound, where nothing more is to be had


def test_styles_that_spread_under_a_steep_step_stay_for_a_while_after_it():
    """Hysteresis: without a step nobody has reason to copy; the norm undoes a tenth a year."""
    means = []
    for seed in range(20):
        street = Street(np.zeros(40), seed, pull=0.1, rate=0.1)
        path = []
        for step, years in ((0.0, 20), (500.0, 20), (0.0, 20)):
            for _ in range(years):
                street.year(step)
                path.append(street.styles.mean())
        means.append(path)
    path = np.mean(means, axis=0)

    assert abs(path[19]) < 0.05  # nothing spreads before
    assert path[39] > 0.3
    assert path[44] > 0.5 * path[39]  # five years after: 0.9^5 = 0.59 of it is left
    assert path[59] < 0.25 * path[39]  # and twenty years after hardly anything


def test_where_no_style_pays_more_nothing_spreads():
    street = Street(np.linspace(-0.5, 0.5, 11), 3)
    before = street.styles.copy()
    for _ in range(50):
        street.year(step=0.0)
    np.testing.assert_array_equal(street.styles, before)


# --- in a country


def learned(share: float, patients_each: float) -> float:
    """Return the mean style in sessions after five years of a flat bundle among keen learners."""
    p = load_registry().values()
    p = p.replace(
        {
            "learning_precision": 0.1,
            "learning_looks": 4,
            "innovation_rate": 0.15,
            "style_norm_pull": 0.0,
            "practice_cost_log_sd": 0.05,
        }
    )
    size = Size.of_share(p, share)
    size = replace(size, practices=round(size.practices * 9.0 / patients_each))
    policy = Policy(clauses=(IntakeFee(), FlatBundle()))
    styles = [
        World(p, policy, seed, size, Span(2024, 2025, 2029), keep_lines=False).run().conduct.style
        for seed in (1, 2)
    ]
    return float(np.mean([style[:, 0].mean() for style in styles]))


def test_what_a_bundle_pays_is_learned():
    """Fewer sessions leave more of a flat bundle: money comes to weigh more, the style climbs.

    Without a reason to climb the mean of some 1,700 practices has a standard error below 0.01.
    """
    assert learned(0.25, 9.0) > 0.03


@pytest.mark.slow
def test_little_can_be_learned_from_nine_patients():
    """The margin per patient of a practice with nine patients is mostly chance (K2: reliability
    about a third); with ninety the same lessons are learned much faster.
    """
    assert learned(0.5, 90.0) > 1.5 * learned(0.5, 9.0)

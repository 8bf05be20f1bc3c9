"""Closed forms of social learning (G1-G3): iterating the rules in use leads to them.

Clinical evidence, section 4.7, with its test values.
"""

import math

import numpy as np
import pytest

from agents.behaviours.default import grading_choice
from agents.learning import imitates, imitation_chance
from agents.peers import moral_cost_among_peers, peer_pull
from model.codes import HONEST

CLOSE = 1e-3
#: a dF (1 - A D) = 100: half of a step of 200, without audits.
WEIGHT, STEP = 0.5, 200.0
PEOPLE = 20_000
EVENLY = (np.arange(PEOPLE) + 0.5) / PEOPLE


def share_that_upcodes(own_costs, psi, share):
    """One round: everybody grades, knowing the share of last round."""
    upcoded = 0
    for own in own_costs:
        cost = moral_cost_among_peers(own, psi, share)
        upcoded += grading_choice(STEP, 0.0, WEIGHT, 0.0, cost) != HONEST
    return upcoded / own_costs.size


def settled(own_costs, psi, share):
    """Repeat until the share no longer changes."""
    for _ in range(200):
        before, share = share, share_that_upcodes(own_costs, psi, share)
        if abs(share - before) < 1e-7:
            return share
    raise AssertionError("no fixed point")


# --- G1: uniform moral costs


@pytest.mark.parametrize(("psi", "share"), [(0.0, 0.25), (160.0, 0.4167), (240.0, 0.625)])
def test_g1_peers_multiply_upcoding(psi, share):
    """u = x / (hmax - psi): 100 / 400 alone, 100 / 240 at psi 160, 100 / 160 at psi 240."""
    uniform = 400.0 * EVENLY

    assert settled(uniform, psi, 0.0) == pytest.approx(share, abs=CLOSE)
    assert settled(uniform, psi, 1.0) == pytest.approx(share, abs=CLOSE)  # one state only
    multiplier = settled(uniform, psi, 0.0) / settled(uniform, 0.0, 0.0)
    assert multiplier == pytest.approx(1.0 / (1.0 - psi / 400.0), abs=3 * CLOSE)


def test_g1_psi_is_a_share_of_the_highest_cost_that_fits_the_share_at_the_border():
    """hmax = a dF / share = 0.5 x 728 / 0.2 = 1,820; a quarter of it is 455."""
    assert peer_pull(0.25, 0.2, 0.5, 728.0) == pytest.approx(455.0)
    hmax = peer_pull(1.0, 0.25, WEIGHT, STEP)
    assert settled(hmax * EVENLY, 0.4 * hmax, 0.0) == pytest.approx(0.25 / 0.6, abs=CLOSE)


# --- G2: logistic moral costs


MU, SIGMA = 300.0, 50.0
LOGISTIC = MU + SIGMA * np.log(EVENLY / (1.0 - EVENLY))


def test_g2_a_strong_pull_of_peers_has_two_stable_states():
    """psi / (4 sigma) = 2: 0.0212 from below, 0.9788 from above, 0.5 divides them."""
    psi = 400.0
    assert psi / (4.0 * SIGMA) > 1.0
    assert settled(LOGISTIC, psi, 0.0) == pytest.approx(0.0212, abs=CLOSE)
    assert settled(LOGISTIC, psi, 0.49) == pytest.approx(0.0212, abs=CLOSE)
    assert settled(LOGISTIC, psi, 0.51) == pytest.approx(0.9788, abs=CLOSE)
    assert settled(LOGISTIC, psi, 1.0) == pytest.approx(0.9788, abs=CLOSE)
    assert share_that_upcodes(LOGISTIC, psi, 0.5) == pytest.approx(0.5, abs=CLOSE)


def test_g2_a_weak_pull_has_one():
    """psi / (4 sigma) = 0.75: only u = 1 / (1 + exp(-(x + psi u - mu) / sigma)) = 0.019."""
    for start in (0.0, 1.0):
        u = settled(LOGISTIC, 150.0, start)
        assert u == pytest.approx(0.019, abs=CLOSE)
        assert u == pytest.approx(
            1.0 / (1.0 + math.exp(-(100.0 + 150.0 * u - MU) / SIGMA)), abs=CLOSE
        )


def test_g2_upcoding_stays_when_the_step_that_made_it_is_gone():
    """A region tips at a step of 600 and stays there when it is back at 200."""
    psi, share, found = 400.0, 0.0, []
    for step in (STEP, 600.0, STEP):
        for _ in range(50):
            upcoded = [
                grading_choice(step, 0.0, WEIGHT, 0.0, moral_cost_among_peers(own, psi, share))
                for own in LOGISTIC[::20]
            ]
            share = float(np.mean(np.array(upcoded) != HONEST))
        found.append(share)
    # At a step of 600, x = 300 and u = 1 / (1 + exp(-400 u / 50)) is all but 1.
    assert found == pytest.approx([0.0212, 0.9997, 0.9788], abs=2 * CLOSE)


# --- G3: contagion


def test_g3_copying_and_correction_balance():
    """du/dt = lam u (1 - u) - r u with lam 0.5 and r 0.2: u* = 1 - r / lam = 0.6.

    Who games earns more. In a twentieth of a year everybody meets a colleague with chance lam / 20
    and imitates who is better paid; with chance r / 20 an audit puts things right. The mean over
    the time after settling lies within three standard errors; these come from a hundred worlds.
    """
    lam, r, dt = 0.5, 0.2, 0.05
    luck = np.random.default_rng(1)
    ends = []
    for _ in range(100):
        games = np.arange(400) < 200
        for _ in range(1_200):
            meets = np.flatnonzero(luck.random(400) < lam * dt)
            peers = luck.integers(400, size=meets.size)
            before = games.copy()
            for one, peer in zip(meets, peers, strict=True):
                payoff, other = 100.0 * before[one], 100.0 * before[peer]
                if imitates(payoff, other, 1.0, luck.random()):
                    games[one] = before[peer]
            games[luck.random(400) < r * dt] = False
        ends.append(games.mean())
    error = np.std(ends, ddof=1) / math.sqrt(len(ends))
    assert np.mean(ends) == pytest.approx(0.6, abs=3 * error)
    assert error < 0.01


@pytest.mark.parametrize(("lam", "r"), [(0.5, 0.2), (0.8, 0.2), (0.3, 0.4)])
def test_g3_in_a_large_crowd_the_balance_is_exact(lam, r):
    """With the chance that ``imitates`` gives, the share of those who game goes to 1 - r / lam."""
    chance = np.mean([imitates(0.0, 100.0, 1.0, u) for u in EVENLY[::20]])
    back = np.mean([imitates(100.0, 0.0, 1.0, u) for u in EVENLY[::20]])
    u, dt = 0.5, 0.05
    for _ in range(5_000):
        u += dt * (lam * u * (1.0 - u) * (chance - back) - r * u)
    assert u == pytest.approx(max(0.0, 1.0 - r / lam), abs=CLOSE)


@pytest.mark.parametrize("start", [0.02, 0.5])
def test_g3_where_little_is_at_stake_copying_is_the_replicator_equation(start):
    """P(copy) = lambda (other - own) / 2 for small differences, so of a style that pays d more

    du/dt = u (1 - u) lambda d / 2: logistic growth, u / (1 - u) = odds x exp(lambda d t / 2).
    """
    precision, more, years = 0.02, 2.0, 200
    chances = [imitation_chance(0.0, d, precision) for d in (more, 2.0 * more)]
    assert chances == pytest.approx([0.02, 0.04], rel=1e-3)  # in proportion
    assert imitation_chance(more, 0.0, precision) == imitation_chance(0.0, 0.0, precision) == 0.0
    u, dt = start, 0.05
    for _ in range(round(years / dt)):
        u += dt * u * (1.0 - u) * chances[0]
    odds = start / (1.0 - start) * math.exp(0.5 * precision * more * years)
    assert u == pytest.approx(odds / (1.0 + odds), abs=5 * CLOSE)


def test_g3_the_chance_is_twice_the_logit_less_one_at_any_stake():
    for difference in (1.0, 50.0, 400.0):
        logit = 1.0 / (1.0 + math.exp(-0.02 * difference))
        assert imitation_chance(10.0, 10.0 + difference, 0.02) == pytest.approx(2.0 * logit - 1.0)
        copied = np.mean([imitates(10.0, 10.0 + difference, 0.02, u) for u in EVENLY[::10]])
        assert copied == pytest.approx(2.0 * logit - 1.0, abs=CLOSE)


def test_g3_nobody_copies_who_earns_less():
    assert not any(imitates(100.0, 99.0, 0.01, u) for u in EVENLY[::500])

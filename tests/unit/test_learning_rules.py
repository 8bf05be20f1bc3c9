"""How practices choose, copy and drift, and how content therapists are, by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from agents.career import working_share
from agents.drives import drives, psi_of, theories_of
from agents.learning import (
    comparable_margin,
    drifted,
    imitates,
    imitation_chance,
    logit_choice,
    prefers,
    weight_in_style,
)
from agents.therapist import Satisfaction, job_satisfaction
from model.codes import THEORIES
from model.parameters import load_registry


@pytest.mark.parametrize(
    ("u", "chosen"), [(0.01, 0), (0.24, 0), (0.26, 1), (0.74, 1), (0.76, 2), (0.999, 2)]
)
def test_options_share_the_interval_by_their_odds(u, chosen):
    # odds 1 : 2 : 1
    utilities = np.array([0.0, math.log(2.0) / 0.5, 0.0])
    assert logit_choice(utilities, 0.5, u) == chosen


def test_a_high_precision_takes_the_best_and_none_takes_any():
    assert logit_choice(np.array([1.0, 3.0, 2.0]), 100.0, 0.999) == 1
    assert [logit_choice(np.array([1.0, 9.0]), 0.0, u) for u in (0.49, 0.51)] == [0, 1]
    assert logit_choice(np.array([1e4, 0.0]), 1.0, 0.5) == 0  # no overflow


def test_the_other_payoff_is_preferred_by_its_odds():
    three_to_one = math.log(3.0) / 0.1
    assert prefers(0.0, three_to_one, 0.1, 0.26)
    assert not prefers(0.0, three_to_one, 0.1, 0.24)


def test_only_who_earns_more_is_copied():
    assert imitation_chance(100.0, 140.0, 0.05) == pytest.approx(math.tanh(1.0))
    assert imitation_chance(100.0, 100.5, 0.05) == pytest.approx(math.tanh(0.0125))
    assert imitation_chance(100.0, 100.0, 0.05) == 0.0
    assert imitation_chance(140.0, 100.0, 0.05) == 0.0
    chance = math.tanh(1.0)
    assert imitates(100.0, 140.0, 0.05, chance - 0.01)
    assert not imitates(100.0, 140.0, 0.05, chance + 0.01)
    assert not imitates(100.0, 100.0, 0.05, 0.0)


def test_margins_are_compared_at_the_cost_of_the_mean_practice():
    # EUR 1,000 received, 880 spent of which 800 x 1.1 on care
    assert comparable_margin(100_000.0, 88_000.0, 80_000.0, 1.1, 4) == pytest.approx(50.0)
    assert comparable_margin(100_000.0, 88_000.0, 80_000.0, 1.0, 4) == pytest.approx(30.0)
    assert comparable_margin(100_000.0, 88_000.0, 80_000.0, 1.0, 0) == pytest.approx(120.0)
    assert comparable_margin(100_000.0, 88_000.0, 80_000.0, 1.0, 1) == pytest.approx(120.0)


def test_a_style_drifts_to_the_norm_within_its_bounds():
    assert drifted(0.5, 0.2, 0.25, 1.0) == pytest.approx(0.65)
    assert drifted(0.9, 0.0, 0.3, 1.0) == 1.0
    assert drifted(-0.9, 0.0, -0.3, 1.0) == -1.0
    assert drifted(-0.5, 0.2, 0.0, 1.0) == pytest.approx(-0.4)
    assert weight_in_style(2.0, 0.0) == 2.0
    assert weight_in_style(2.0, math.log(1.5)) == pytest.approx(3.0)


# --- therapists

WEIGHTS = Satisfaction(
    base=60.0, autonomy=20.0, admin=4.0, admin_free=2.0, mismatch=0.5, loss=10.0, gaming=30.0
)


@pytest.mark.parametrize(
    ("known", "index"),
    [
        ({}, 60.0),
        ({"autonomy": 0.5}, 70.0),
        ({"admin_hours": 2.0}, 60.0),
        ({"admin_hours": 5.0}, 48.0),
        ({"mismatch": 0.2}, 50.0),
        ({"loss_chance": 0.4}, 56.0),
        ({"gaming_share": 0.1}, 57.0),
        ({"autonomy": 3.0}, 100.0),
        ({"autonomy": 1.99}, 99.8),
        ({"admin_hours": 40.0}, 0.0),
        ({"mismatch": 1.19}, 0.5),
    ],
)
def test_satisfaction(known, index):
    plain = dict(autonomy=0.0, admin_hours=0.0, mismatch=0.0, loss_chance=0.0, gaming_share=0.0)
    assert job_satisfaction(*(plain | known).values(), WEIGHTS) == pytest.approx(index)


def test_colleagues_cover_part_of_an_empty_post():
    assert working_share(0.75, 0.4) == pytest.approx(0.85)
    assert working_share(1.0, 0.4) == 1.0


def test_styles_colleagues_and_audits_make_the_drives_of_a_year():
    p = load_registry().values()
    people = SimpleNamespace(
        rho=np.array([1.0, 2.0, 3.0, 4.0]),
        own_moral_cost=np.array([100.0, 200.0, 300.0, 400.0]),
        norm=np.array([1.0, 2.0, 3.0, 4.0]),
        keeps_guideline=np.array([True, False, True, False]),
    )
    conduct = SimpleNamespace(
        style=np.log(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])),
        too_heavy_nearby=np.array([0.0, 0.5]),
        caught_nearby=np.array([0.25, 0.0]),
    )
    practices = SimpleNamespace(per_practice=2, theory_luck=np.array([0.1, 0.2, 0.3, 0.9]))
    one = drives(people, conduct, practices, {THEORIES[0]: 0.5, THEORIES[1]: 0.5}, p)
    assert one.rho_sessions == pytest.approx([1.0, 2.0, 12.0, 16.0])
    assert one.rho_acceptance == pytest.approx([2.0, 4.0, 15.0, 20.0])
    assert one.rho_grading == pytest.approx([3.0, 6.0, 18.0, 24.0])
    feared, pulled = 1.0 + 0.25 * p.audit_fear, 0.5 * psi_of(p)
    assert one.moral_cost == pytest.approx(
        [100.0 * feared, 200.0 * feared, max(0.0, 300.0 - pulled), max(0.0, 400.0 - pulled)]
    )
    assert list(one.norm) == [1.0, 2.0, 3.0, 4.0]
    assert list(one.theory) == [0, 0, 0, 1]
    assert list(one.lacking) == [0.0] * 4


def test_theories_take_their_shares_in_order():
    luck = np.array([0.0, 0.29, 0.31, 0.79, 0.81, 0.999])
    first, second, last = THEORIES[0], THEORIES[2], THEORIES[3]
    found = theories_of(luck, {first: 0.3, second: 0.5, last: 0.2})
    assert list(found) == [0, 0, 2, 2, 3, 3]
    assert found.dtype == np.int8


def test_shares_that_add_up_to_almost_one_leave_nobody_without_a_theory():
    found = theories_of(
        np.array([0.2, 1.0 - 1e-16, 1.0]), {THEORIES[0]: 0.7, THEORIES[1]: 0.3 - 1e-9}
    )
    assert list(found) == [0, 1, 1]

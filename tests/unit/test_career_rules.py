"""Careers: the chance of leaving, vacancies in balance, and the capacity that is left."""

import math

import pytest

from agents.career import leaving_chance, vacancies_in_balance, working_share


@pytest.mark.parametrize(
    ("satisfaction", "chance"),
    [
        (70.0, 0.09),  # as content as usual
        (60.0, 0.09 * math.exp(0.3)),  # 0.1215: a third more
        (80.0, 0.09 * math.exp(-0.3)),  # 0.0667
        (0.0, 0.09 * math.exp(2.1)),
    ],
)
def test_leaving_rises_as_satisfaction_falls(satisfaction, chance):
    assert leaving_chance(0.09, satisfaction, 70.0, 0.03) == pytest.approx(chance)


def test_leaving_is_a_chance():
    assert leaving_chance(0.5, 0.0, 100.0, 0.06) == 1.0
    assert leaving_chance(0.0, 0.0, 100.0, 0.06) == 0.0


def test_without_a_slope_satisfaction_does_not_matter():
    assert leaving_chance(0.09, 10.0, 70.0, 0.0) == leaving_chance(0.09, 90.0, 70.0, 0.0) == 0.09


@pytest.mark.parametrize(("leaving", "filling"), [(0.09, 0.7), (0.3, 0.5), (1.0, 0.2), (0.05, 1.0)])
def test_in_balance_as_many_posts_fall_empty_as_are_filled(leaving, filling):
    vacant = vacancies_in_balance(leaving, filling)
    before_filling = vacant + (1.0 - vacant) * leaving

    assert before_filling * (1.0 - filling) == pytest.approx(vacant)


def test_vacancies_by_hand():
    # 0.09 x 0.3 / (0.7 + 0.09 x 0.3) = 0.027 / 0.727
    assert vacancies_in_balance(0.09, 0.7) == pytest.approx(0.037139, abs=1e-6)
    assert vacancies_in_balance(0.0, 0.7) == 0.0
    assert vacancies_in_balance(0.09, 1.0) == 0.0
    assert vacancies_in_balance(0.09, 0.0) == 1.0  # nobody is ever replaced
    assert vacancies_in_balance(0.0, 0.0) == 0.0  # nobody ever leaves


@pytest.mark.parametrize(
    ("filled", "cover", "share"),
    [(1.0, 0.3, 1.0), (0.5, 0.3, 0.65), (0.0, 0.3, 0.3), (0.0, 0.0, 0.0), (0.5, 1.0, 1.0)],
)
def test_colleagues_and_locums_do_part_of_the_work(filled, cover, share):
    assert working_share(filled, cover) == pytest.approx(share)

"""The panel of practice-years: who is compared with whom, over which years, against what truth."""

import numpy as np
import pytest

from model.panel import (
    ROW,
    WATCHED,
    PanelYear,
    held,
    sample,
    true_effect,
    years_counted,
)

POLICY_YEAR = 2025
ADMISSIONS, SPENDING, JOY = (WATCHED[ROW[x]] for x in ("admissions", "spending", "satisfaction"))


def year(number, joined, values, patients=None, true=None, count=None):
    """Return a year in which every indicator of a practice has the same value."""
    joined = np.array(joined, dtype=bool)
    patients = np.array(patients if patients is not None else [10.0] * joined.size)
    count = patients if count is None else np.array(count, dtype=float)
    rows = (len(WATCHED), 1)
    seen = np.tile(np.array(values, dtype=float) * count, rows)
    truth = seen if true is None else np.tile(np.array(true, dtype=float) * count, rows)
    counts = np.tile(count, rows)
    return PanelYear(number, joined, patients, patients, seen, counts, truth, counts, 0, 0, False)


@pytest.fixture
def panel():
    """Four practices: one joins at once, one a year later, one leaves, one never joins."""
    return [
        year(2023, [0, 0, 0, 0], [1.0, 2.0, 3.0, 4.0]),
        year(2024, [0, 0, 0, 0], [2.0, 2.0, 3.0, 4.0]),
        year(2025, [1, 0, 1, 0], [3.0, 3.0, 3.0, 5.0]),
        year(2026, [1, 1, 0, 0], [4.0, 5.0, 3.0, 7.0]),
    ]


def test_who_holds_the_contract_and_who_never_did(panel):
    joined, others = held(panel, 2026, POLICY_YEAR)
    assert joined.tolist() == [True, True, False, False]
    assert others.tolist() == [False, False, False, True]
    joined, others = held(panel, 2025, POLICY_YEAR)  # what comes later does not count yet
    assert joined.tolist() == [True, False, True, False]
    assert others.tolist() == [False, True, False, True]


def test_years_before_and_after(panel):
    before, after = years_counted(panel, ADMISSIONS, 2026, POLICY_YEAR)
    assert before.T.tolist() == [[True, True, False, False]] * 4
    assert after.T.tolist() == [
        [False, False, True, True],
        [False, False, False, True],  # joined late
        [False, False, False, False],  # left
        [False, False, True, True],
    ]


def test_money_is_judged_on_the_last_year(panel):
    _, after = years_counted(panel, SPENDING, 2026, POLICY_YEAR)
    assert after.T.tolist() == [[False, False, False, True]] * 2 + [
        [False, False, False, False],
        [False, False, False, True],
    ]


def test_values_and_change_by_hand(panel):
    seen = sample(panel, ADMISSIONS, 2026, POLICY_YEAR)

    assert seen.before.tolist() == [1.5, 2.0, 3.0, 4.0]
    assert seen.after[[0, 1, 3]].tolist() == [3.5, 5.0, 6.0]
    assert np.isnan(seen.after[2])
    # Against the fourth practice: 4, 4, 5, 7 in the four years.
    assert seen.change[0] == pytest.approx((-2.0 - 3.0) / 2 - (-3.0 - 2.0) / 2)
    assert seen.change[1] == pytest.approx(-2.0 - (-2.0))  # 2026 only, on the calendar of 2026
    assert seen.change[3] == 0.0
    assert seen.weight.tolist() == [20.0, 10.0, 0.0, 20.0]


def test_job_satisfaction_counts_by_practice(panel):
    assert sample(panel, JOY, 2026, POLICY_YEAR).weight.tolist() == [1.0] * 4


def test_the_calendar_makes_no_difference_if_all_joined_at_once():
    panel = [
        year(2024, [0, 0, 0], [1.0, 4.0, 2.0], patients=[10.0, 5.0, 5.0]),
        year(2025, [1, 0, 0], [3.0, 5.0, 4.0], patients=[10.0, 5.0, 5.0]),
    ]
    seen = sample(panel, ADMISSIONS, 2025, POLICY_YEAR)
    raw = seen.after - seen.before

    assert seen.change[0] - seen.change[1:].mean() == pytest.approx(raw[0] - raw[1:].mean())


def test_a_practice_nobody_saw_has_no_value():
    panel = [
        year(2024, [0, 0], [1.0, 4.0], count=[0.0, 5.0]),
        year(2025, [1, 0], [3.0, 5.0]),
    ]
    seen = sample(panel, ADMISSIONS, 2025, POLICY_YEAR)
    assert np.isnan(seen.before[0]) and np.isnan(seen.change[0])
    assert seen.after[0] == 3.0


def test_where_all_joined_there_is_no_calendar_of_others():
    panel = [year(2024, [0, 0], [1.0, 4.0]), year(2025, [1, 1], [3.0, 5.0])]
    assert sample(panel, ADMISSIONS, 2025, POLICY_YEAR).change.tolist() == [2.0, 1.0]


# --- the truth


def test_the_true_effect_by_hand(panel):
    """Same practices, years and weights; true values, not those seen."""
    policy = [
        year(one.year, one.joined, [9.0] * 4, patients=[10.0, 30.0, 5.0, 8.0], true=true)
        for one, true in zip(
            panel,
            ([1.0] * 4, [1.0] * 4, [2.0, 1.0, 9.0, 1.0], [4.0, 5.0, 9.0, 1.0]),
            strict=True,
        )
    ]
    baseline = [year(one.year, [0] * 4, [7.0] * 4, true=[1.0, 2.0, 3.0, 4.0]) for one in panel]

    # First practice: (2 + 4) / 2 - 1 = 2 with weight 20; second: 5 - 2 = 3 with weight 30.
    found = true_effect(policy, baseline, ADMISSIONS, 2026, POLICY_YEAR)
    assert found == pytest.approx((2.0 * 20.0 + 3.0 * 30.0) / 50.0)
    # Money: the last year only, 4 - 1 = 3 with weight 10 and 3 with weight 30.
    assert true_effect(policy, baseline, SPENDING, 2026, POLICY_YEAR) == pytest.approx(3.0)


def test_the_same_world_has_no_effect(panel):
    assert true_effect(panel, panel, ADMISSIONS, 2026, POLICY_YEAR) == 0.0


def test_without_anybody_joining_there_is_no_true_effect():
    panel = [year(2024, [0, 0], [1.0, 4.0]), year(2025, [0, 0], [3.0, 5.0])]
    assert np.isnan(true_effect(panel, panel, ADMISSIONS, 2025, POLICY_YEAR))


def test_what_is_watched_is_what_the_letter_names():
    ids = [watched.id for watched in WATCHED]
    assert ids == [
        "burden_fall", "admissions", "start_in_time", "total_cost", "spending", "satisfaction",
        "sessions",
    ]  # fmt: skip
    # Every indicator has its margin; on the number of sessions no verdict rests.
    assert {watched.id for watched in WATCHED if not watched.margin} == {"sessions"}
    assert {watched.id for watched in WATCHED if watched.money} == {"total_cost", "spending"}
    assert all(watched.last_year_only == watched.money for watched in WATCHED)
    assert [watched.worse for watched in WATCHED] == [-1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 0.0]
    assert all(watched.en != watched.nl for watched in WATCHED)

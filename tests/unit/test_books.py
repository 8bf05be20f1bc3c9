"""The books: what is entered in a year, and what is left of it in January."""

import numpy as np
import pytest

from model.books import NEVER, YEARS_KEPT, Books
from model.register import CARE_COST, PREM, record


def test_empty_books_have_an_account_per_practice_and_insurer():
    books = Books.empty(3)

    assert books.practices == 3
    assert books.revenue.shape == books.quarters.shape == (30,)
    assert books.watched.shape == books.lost.shape == books.missed.shape == (3, 10)
    assert (books.coordination_from == NEVER).all()
    assert books.revenue_before() == 0.0


def test_money_is_entered_at_the_practice_and_insurer():
    books = Books.empty(3)
    # Twice practice 2 with insurer 9.
    books.earn(
        np.array([2, 0, 2], dtype=np.int8), np.array([9, 1, 9]), np.array([10_000, 500, -2_000])
    )

    assert (books.revenue[29], books.revenue[1]) == (8_000, 500)
    assert books.revenue.sum() == 8_500


@pytest.mark.compiled
def test_accounts_of_small_integers_do_not_overflow():
    many = Books.empty(40)
    many.earn(np.array([39], dtype=np.int8), np.array([9], dtype=np.int8), np.array([7]))
    assert many.revenue[399] == 7


def test_revenue_before_is_per_patient_quarter():
    books = Books.empty(1)
    books.earn(np.array([0, 0]), np.array([0, 3]), np.array([60_000, 15_000]))
    books.quarters[[0, 3]] = [2.0, 1.0]

    assert books.revenue_before() == 250.0  # EUR 750 over three quarters


def test_a_new_year_starts_empty_with_last_years_means_as_the_norm():
    books = Books.empty(1)
    for value in (0.0, 1.0, 1.0, 1.0):
        record(books.register, PREM, 0, 1, 3, value)
    books.earn(np.array([0]), np.array([0]), np.array([12_345]))
    books.quarters[0] = 4.0
    books.withheld["kpi_prem"] = np.array([99] * 10)
    last = books.register
    books.open_year()

    np.testing.assert_array_equal(books.register.norm[PREM], 0.75)
    assert not books.register.count.any()
    assert books.before == [last]
    assert (books.last_revenue[0], books.last_quarters[0]) == (12_345, 4.0)
    assert not books.revenue.any() and not books.quarters.any()
    assert books.withheld == {}
    # This year's patients are compared with last year's norm.
    record(books.register, PREM, 0, 1, 3, 1.0)
    assert books.register.expected[PREM, 0] == 0.75


def test_three_years_of_measurements_are_kept_this_one_included():
    books, registers = Books.empty(1), []
    for _ in range(4):
        registers.insert(0, books.register)
        books.open_year()

    assert YEARS_KEPT == 3
    assert len(books.before) == 2
    assert all(kept is wanted for kept, wanted in zip(books.before, registers, strict=False))


def test_standing_outlives_the_year():
    books = Books.empty(2)
    books.watched[1, 4], books.missed[0, 2] = True, 1
    books.coordination_from[1] = 30
    books.open_year()

    assert books.watched[1, 4] and books.missed[0, 2] == 1 and books.coordination_from[1] == 30


def test_usual_sessions_are_means_and_stay_where_nobody_was_seen():
    books = Books.empty(1)
    sessions, quarters = np.zeros((3, 3)), np.zeros((3, 3))
    sessions[0, 0], quarters[0, 0] = 120, 10
    books.note_usual(sessions, quarters)
    sessions[:], quarters[:] = 0, 0
    sessions[2, 1], quarters[2, 1] = 21, 2
    books.note_usual(sessions, quarters)

    assert (books.usual_sessions[0, 0], books.usual_sessions[2, 1]) == (12.0, 10.5)
    assert books.usual_sessions.sum() == 22.5


def test_the_care_norm_is_per_patient_month():
    books = Books.empty(2)
    for account, euros in ((0, 100.0), (0, 300.0), (15, 200.0)):
        record(books.register, CARE_COST, account, 0, 2, euros)
    norm = books.care_norm()

    assert norm.mean == 200.0
    assert norm.sd == pytest.approx((20_000 / 3) ** 0.5)  # (100^2 + 0 + 100^2) / 3
    assert norm.patients == 1.5  # patient-months per practice
    assert "prem" in books.norms()


def test_a_copy_goes_its_own_way():
    books = Books.empty(2)
    books.withheld["kpi_prem"] = np.zeros(20, np.int64)
    books.open_year()
    books.withheld["kpi_prem"] = np.zeros(20, np.int64)
    books.overrun_rate, books.reference_spending = 0.1, 8
    other = books.copy()

    record(books.register, PREM, 0, 1, 3, 1.0)
    books.revenue[0], books.quarters[0], books.last_revenue[0] = 1, 1, 1
    books.watched[0, 0], books.lost[0, 0], books.missed[0, 0] = True, True, 1
    books.coordination_from[0], books.usual_sessions[0, 0] = 5, 9.0
    books.withheld["kpi_prem"][0] = 3
    books.before.append(books.register)
    assert not other.register.count.any() and not other.register.cell_count.any()
    for array in (
        other.revenue, other.quarters, other.last_revenue, other.watched, other.lost, other.missed,
        other.usual_sessions, other.withheld["kpi_prem"],
    ):  # fmt: skip
        assert not array.any()
    assert (other.coordination_from == NEVER).all()
    assert len(other.before) == 1
    assert (other.overrun_rate, other.reference_spending) == (0.1, 8)

"""A quarter over New Year: which months of it, and which part of a refund, are next year's."""

import numpy as np
import pytest

from model.month.settlement import months_in_next_year, unused_next_year

JANUARY, OCTOBER, NOVEMBER, DECEMBER = 0, 9, 10, 11


@pytest.mark.parametrize("year", [0, 12, 24])
@pytest.mark.parametrize(
    ("month", "next_in_quarter", "next_year"),
    [
        (DECEMBER, 1, 2),  # the first of three: January and February follow
        (DECEMBER, 2, 1),
        (DECEMBER, 0, 0),  # the last
        (NOVEMBER, 1, 1),  # December and January follow
        (NOVEMBER, 2, 0),
        (OCTOBER, 1, 0),
        (JANUARY, 1, 0),
    ],
)
def test_the_months_of_a_paid_quarter_that_fall_in_the_next_year(
    year, month, next_in_quarter, next_year
):
    assert months_in_next_year(year + month, np.array([next_in_quarter])) == next_year


@pytest.mark.parametrize("year", [0, 12, 24])
@pytest.mark.parametrize(
    ("month", "unused", "refund", "next_year"),
    [
        (DECEMBER, 2, -20_000, -10_000),  # December and January are unused
        (DECEMBER, 1, -10_000, 0),
        (NOVEMBER, 2, -20_000, 0),
        (DECEMBER, 2, -20_001, -10_001),  # whole cents
        (JANUARY, 2, -20_000, 0),
        (DECEMBER, 0, 0, 0),
    ],
)
def test_a_refund_belongs_to_the_year_of_the_unused_months(year, month, unused, refund, next_year):
    found = unused_next_year(year + month, np.array([unused], np.int8), np.array([refund]))

    assert found == next_year
    assert np.issubdtype(found.dtype, np.integer)

"""The short form of Wilson's interval is that of SciPy."""

import pytest

from experiments.intervals import share_interval
from experiments.wilson import wilson_interval


def test_it_is_the_interval_of_the_tables():
    for of in range(0, 41):
        for hits in range(of + 1):
            assert wilson_interval(hits, of) == pytest.approx(share_interval(hits, of), abs=1e-12)


def test_a_value_from_a_textbook():
    """Ten hits of ten: 0.722 to 1 (Newcombe 1998 gives 0.7225)."""
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=5e-5)

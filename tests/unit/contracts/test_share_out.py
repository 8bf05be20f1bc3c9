"""Shared-out cents add up, computed by hand and for any totals and weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.share_out import share_out

CENTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.floats(0.0, 1e12)


def shared(total, weights, group):
    return share_out(np.array(total), np.array(weights), np.array(group, dtype=np.int64))


def test_rows_get_their_share_and_a_thirded_cent_goes_somewhere():
    # 300 over 1:2 is 100 and 200. 100 over three: running totals 33.3, 66.7, 100 round to
    # 33, 67, 100. The groups are mixed on purpose.
    found = shared([300, 100], [1.0, 5.0, 2.0, 5.0, 5.0], [0, 1, 0, 1, 1])

    np.testing.assert_array_equal(found, [100, 33, 200, 34, 33])
    assert found.dtype == np.int64


def test_a_negative_total_is_the_mirror_image():
    np.testing.assert_array_equal(shared([-100], [5, 5, 5], [0, 0, 0]), [-33, -34, -33])


def test_a_group_without_weight_shares_equally_and_a_row_without_weight_gets_nothing():
    # Group 0 has no weight: 10 over 2. In group 1 the last row has none.
    np.testing.assert_array_equal(shared([10, 7], [0.0, 0.0, 3.0, 0.0], [0, 0, 1, 1]), [5, 5, 7, 0])


def test_a_light_group_behind_heavy_ones_keeps_its_shares():
    np.testing.assert_array_equal(shared([9, 400], [1e15, 3e-9, 1e-9], [0, 1, 1]), [9, 300, 100])


def test_running_totals_follow_the_order_of_the_rows():
    # Two groups of 1,000 equal rows, mixed; 317 cents each, so 0.317 of a cent per row.
    found = shared([317, 317], np.ones(2_000), np.arange(2_000) % 2).reshape(1_000, 2)
    exact = 0.317 * np.arange(1, 1_001)

    assert np.abs(found.cumsum(axis=0) - exact[:, None]).max() < 0.501


def test_groups_without_rows_or_money_change_nothing():
    np.testing.assert_array_equal(shared([0, 5, 0, 0], [1.0], [1]), [5])
    assert shared([0, 0], [], []).size == 0
    assert share_out(np.zeros(0, np.int64), [], np.zeros(0, np.int64)).size == 0


@st.composite
def tables(draw):
    groups = draw(st.integers(1, 6))
    rows = draw(st.lists(st.tuples(st.integers(0, groups - 1), WEIGHTS), max_size=30))
    present = {g for g, _ in rows}
    total = [draw(CENTS) if g in present else 0 for g in range(groups)]
    return total, [w for _, w in rows], [g for g, _ in rows]


@given(tables())
def test_every_group_adds_up_to_its_total(table):
    total, weights, group = table
    found = shared(np.array(total, dtype=np.int64), weights, group)

    for g, wanted in enumerate(total):
        assert sum(int(x) for x, k in zip(found, group, strict=True) if k == g) == wanted


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_each_row_is_within_a_cent_of_its_exact_share(total, weights):
    found = shared([total], weights, [0] * len(weights))

    # In whole numbers: |amount - total w / sum| <= 1, times the sum.
    for amount, weight in zip(found, weights, strict=True):
        assert abs(int(amount) * sum(weights) - total * weight) <= sum(weights)


@pytest.mark.parametrize(
    ("total", "weights", "group", "message"),
    [
        ([5, 5], [1.0], [0], "without rows"),
        ([5], [-1.0], [0], "negative"),
        ([5], [float("nan")], [0], "negative"),
        ([5], [float("inf")], [0], "finite"),
        ([5], [1e308, 1e308], [0, 0], "finite"),
        ([5.5], [1.0], [0], "whole cents"),
        ([2**60], [1.0], [0], "2\\^53"),
        ([5], [1.0], [1], "no total"),
    ],
)
def test_what_cannot_be_shared_is_refused(total, weights, group, message):
    with pytest.raises(ValueError, match=message):
        shared(total, weights, group)

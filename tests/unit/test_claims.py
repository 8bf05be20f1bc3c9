"""What insurers know of finished quarters: kept apart, copied and cleared."""

import numpy as np
import pytest

from model.claims import Claims

COLUMNS = ("sessions", "value", "quarters")


def test_nobody_has_claimed_anything_yet():
    claims = Claims.none()
    for name in COLUMNS:
        assert getattr(claims, name).shape == (2, 10, 3, 3)
        assert not getattr(claims, name).any()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_copy_goes_its_own_way(name):
    claims = Claims.none()
    copy = claims.copy()
    getattr(copy, name)[1, 9, 2, 2] = 5.0
    assert not getattr(claims, name).any()
    assert sum(getattr(copy, one).sum() for one in COLUMNS) == 5.0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_new_year_starts_at_nothing_in_the_same_arrays(name):
    claims = Claims.none()
    array = getattr(claims, name)
    array[:] = 3.0
    claims.clear()
    assert getattr(claims, name) is array
    assert np.array_equal(array, np.zeros(array.shape))

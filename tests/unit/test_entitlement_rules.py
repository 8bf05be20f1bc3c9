"""Entitlement classes A to D and the session maxima of 2019, 2021 and none."""

import numpy as np
import pytest

from model.codes import CLASS_A, CLASS_B1, CLASS_B2, CLASS_C, CLASS_D
from model.entitlement import (
    NO_MAXIMUM,
    Entitlement,
    entitlement_class,
    maxima,
    self_paid_sessions,
)
from model.parameters import load_registry

P = load_registry().values()
CUTS = {"low_burden": 1.0, "high_burden": 1.9, "walk_cutoff": 0.7}


@pytest.mark.parametrize(
    ("attacks", "admissions", "ccq", "walk", "expected"),
    [
        (0, 0, 0.9, 0.5, CLASS_A),
        (1, 0, 0.9, 0.5, CLASS_A),
        (0, 0, 1.0, 0.5, CLASS_B1),
        (1, 0, 1.8, 0.5, CLASS_B1),
        (1, 0, 1.9, 0.7, CLASS_B1),
        (1, 0, 1.9, 0.69, CLASS_B2),
        (2, 0, 0.9, 0.9, CLASS_C),
        (1, 1, 0.9, 0.9, CLASS_C),
        (2, 0, 1.0, 0.9, CLASS_D),
        (1, 1, 3.0, 0.3, CLASS_D),
    ],
)
def test_the_class_follows_attacks_burden_and_capacity(attacks, admissions, ccq, walk, expected):
    found = entitlement_class(
        attacks, admissions, ccq, walk, CUTS["low_burden"], CUTS["high_burden"], CUTS["walk_cutoff"]
    )
    assert found == expected


def test_the_maxima_of_2019_know_one_class_b():
    np.testing.assert_array_equal(
        maxima(Entitlement.MAXIMA_2019, P), [[5, 27, 27, 70, 70], [0, 3, 3, 52, 52]]
    )


def test_the_maxima_of_2021_give_b2_what_c_and_d_have():
    np.testing.assert_array_equal(
        maxima(Entitlement.MAXIMA_2021, P), [[5, 27, 70, 70, 70], [0, 3, 52, 52, 52]]
    )


def test_only_under_the_chronic_list_the_first_sessions_are_the_patients_own():
    own = {entitlement: self_paid_sessions(entitlement, P) for entitlement in Entitlement}

    assert own.pop(Entitlement.CHRONIC_LIST) == 20
    assert set(own.values()) == {0} and len(own) == 3


@pytest.mark.parametrize("entitlement", [Entitlement.OPEN, Entitlement.CHRONIC_LIST])
def test_without_maxima_nothing_can_bind(entitlement):
    table = maxima(entitlement, P)

    assert table.shape == (2, 5)
    assert (table == NO_MAXIMUM).all()
    assert P.sessions_most_per_year < NO_MAXIMUM


def test_maxima_are_read_from_the_parameters():
    changed = P.replace({"cap_2021_later_years_class_b1": 9})

    assert maxima(Entitlement.MAXIMA_2021, changed)[1, CLASS_B1] == 9

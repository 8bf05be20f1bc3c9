"""The entitlement: classes A to D and the session maxima of 2019, 2021-2024 and none.

Sources: ``model/parameters/entitlement.yaml``; policy evidence section 3.1.
"""

from enum import StrEnum

import numpy as np

from model.codes import CLASS_A, CLASS_B1, CLASS_B2, CLASS_C, CLASS_D
from model.parameters import ParameterSet
from model.rules import rule


class Entitlement(StrEnum):
    """Which session maxima hold."""

    MAXIMA_2019 = "maxima_2019"
    MAXIMA_2021 = "maxima_2021"
    CHRONIC_LIST = "chronic_list"
    OPEN = "open"


#: Stands for "no maximum" in a table of maxima.
NO_MAXIMUM = 32_000


@rule
def entitlement_class(
    attacks: int,
    admissions: int,
    ccq: float,
    walk_share: float,
    low_burden: float,
    high_burden: float,
    walk_cutoff: float,
) -> int:
    """Return the entitlement class (0 to 4: A, B1, B2, C, D).

    C and D: two or more attacks, or one with admission, in a year. A and C: low burden. B2 is the
    part of B with high burden and low capacity, both measured by the therapist (source L3, L8).

    Args:
        attacks: Months with an attack in the last twelve.
        admissions: Months with an admission in the last twelve.
        ccq: Burden, CCQ points.
        walk_share: 6-minute walk, share of predicted.
        low_burden: CCQ below this counts as few symptoms.
        high_burden: CCQ from this counts as high burden.
        walk_cutoff: Walk below this share counts as low capacity.
    """
    many_attacks = attacks >= 2 or admissions >= 1
    if many_attacks:
        return CLASS_C if ccq < low_burden else CLASS_D
    if ccq < low_burden:
        return CLASS_A
    if ccq >= high_burden and walk_share < walk_cutoff:
        return CLASS_B2
    return CLASS_B1


def self_paid_sessions(entitlement: Entitlement, p: ParameterSet) -> int:
    """Return how many first sessions of a condition the patient or a supplement pays.

    Up to 2018 the first 20 sessions of a condition on the chronic list were not covered, and from
    then on there was no maximum (letter of 25 June 2021, 29689 nr. 1105).
    """
    return int(p.chronic_list_self_paid_sessions) if entitlement is Entitlement.CHRONIC_LIST else 0


def maxima(entitlement: Entitlement, p: ParameterSet) -> np.ndarray:
    """Return the covered sessions per twelve months, shape (2 years, 5 classes).

    Row 0 is the first treatment year, row 1 each later one; columns are A, B1, B2, C, D.
    """
    if entitlement in (Entitlement.OPEN, Entitlement.CHRONIC_LIST):
        return np.full((2, 5), NO_MAXIMUM, dtype=np.int64)
    if entitlement is Entitlement.MAXIMA_2019:
        a, b, cd = (
            (p.cap_2019_first_year_class_a, p.cap_2019_later_years_class_a),
            (p.cap_2019_first_year_class_b, p.cap_2019_later_years_class_b),
            (p.cap_2019_first_year_class_c_d, p.cap_2019_later_years_class_c_d),
        )
        rows = [(a[y], b[y], b[y], cd[y], cd[y]) for y in (0, 1)]
    else:
        a, b1, rest = (
            (p.cap_2021_first_year_class_a, p.cap_2021_later_years_class_a),
            (p.cap_2021_first_year_class_b1, p.cap_2021_later_years_class_b1),
            (p.cap_2021_first_year_class_b2_c_d, p.cap_2021_later_years_class_b2_c_d),
        )
        rows = [(a[y], b1[y], rest[y], rest[y], rest[y]) for y in (0, 1)]
    return np.array(rows, dtype=np.int64)

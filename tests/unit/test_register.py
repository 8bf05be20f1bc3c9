"""The register: measurements per practice and insurer, and the case-mix norm, by hand."""

import numpy as np
import pytest

from model.indicators import INDICATORS, NUMBER
from model.register import (
    CARE_COST,
    CCQ_CHANGE,
    CELLS,
    DROPOUT,
    HEAVY_CLASS,
    PREM,
    ROWS,
    cell_means,
    empty_register,
    norm_of,
    norms,
    of_practices,
    record,
    tallies,
)

#: Weight class 1 on file, GOLD III: the middle of nine cells.
MIDDLE = 4


def filled(entries, practices=2, norm=None):
    """A register with (indicator, account, weight class, GOLD stage, value) noted."""
    register = empty_register(practices)
    if norm is not None:
        register.norm[:] = norm
    for entry in entries:
        record(register, *entry)
    return register


def test_an_empty_register_has_a_place_for_every_account_and_kind_of_patient():
    register = empty_register(3)

    assert ROWS == len(INDICATORS) + 1 == CARE_COST + 1
    for part in (register.count, register.total, register.squares, register.expected):
        assert part.shape == (ROWS, 30) and not part.any()
    for part in (register.cell_count, register.cell_total, register.norm):
        assert part.shape == (ROWS, CELLS) == (ROWS, 9)


def test_a_measurement_is_noted_with_its_account_and_with_the_like():
    register = filled([(PREM, 13, 1, 3, 8.0), (PREM, 13, 2, 4, 6.0), (PREM, 4, 1, 3, 9.5)])

    assert (register.count[PREM, 13], register.total[PREM, 13]) == (2.0, 14.0)
    assert register.squares[PREM, 13] == 100.0  # 64 + 36
    assert register.total[PREM, 4] == 9.5
    assert register.count.sum() == 3.0  # nothing else
    assert (register.cell_count[PREM, MIDDLE], register.cell_total[PREM, MIDDLE]) == (2.0, 17.5)
    assert (register.cell_count[PREM, 8], register.cell_total[PREM, 8]) == (1.0, 6.0)


def test_the_norm_of_the_like_is_added_up_beside_the_values():
    norm = np.zeros((ROWS, CELLS))
    norm[PREM] = np.arange(9.0)
    register = filled([(PREM, 0, 0, 2, 9.0), (PREM, 0, 1, 3, 9.0), (PREM, 0, 2, 4, 9.0)], norm=norm)

    assert register.expected[PREM, 0] == 0.0 + 4.0 + 8.0


def test_the_class_on_file_says_nothing_about_the_share_of_heavy_classes():
    """It is the class that is judged: only the stage counts, which the referrer knows."""
    norm = np.zeros((ROWS, CELLS))
    norm[HEAVY_CLASS] = [0.1, 0.2, 0.3, 9, 9, 9, 9, 9, 9]
    register = filled(
        [(HEAVY_CLASS, 0, 2, 4, 1.0), (HEAVY_CLASS, 0, 0, 4, 0.0), (HEAVY_CLASS, 0, 1, 2, 0.0)],
        norm=norm,
    )

    assert register.expected[HEAVY_CLASS, 0] == pytest.approx(0.3 + 0.3 + 0.1)
    np.testing.assert_array_equal(register.cell_count[HEAVY_CLASS, :4], [1.0, 0.0, 2.0, 0.0])


def test_a_cell_with_ten_patients_has_its_own_mean_and_a_smaller_one_that_of_all():
    # 10 in the middle with 0.2 each, 9 in cell 0 with 1.0: all (2 + 9) / 19.
    entries = [(DROPOUT, 0, 1, 3, 0.2)] * 10 + [(DROPOUT, 1, 0, 2, 1.0)] * 9
    means = cell_means(filled(entries))

    assert means[DROPOUT, MIDDLE] == pytest.approx(0.2)
    np.testing.assert_allclose(np.delete(means[DROPOUT], MIDDLE), 11 / 19)


def test_what_was_not_measured_this_year_keeps_its_old_norm():
    norm = np.full((ROWS, CELLS), 0.7)
    means = cell_means(filled([(PREM, 0, 1, 3, 8.0)], norm=norm))

    np.testing.assert_array_equal(means[DROPOUT], 0.7)
    np.testing.assert_array_equal(means[PREM], 8.0)


def test_what_is_known_in_january_is_the_mean_and_sd_of_all_patients():
    # 1, 2, 3 and 6 over two practices: mean 3, squares 50 / 4 = 12.5, SD sqrt(3.5).
    register = filled(
        [(CCQ_CHANGE, a, 0, 2, v) for a, v in ((0, 1.0), (0, 2.0), (11, 3.0), (19, 6.0))]
    )
    known = norms(register, practices=2)

    assert set(known) == set(NUMBER)  # not the care cost, which is no indicator
    found = known["ccq_change"]
    assert (found.mean, found.sd) == pytest.approx((3.0, 3.5**0.5))
    assert found.patients == 2.0  # four measurements over two practices
    assert found.expected.shape == (3, 3)
    np.testing.assert_array_equal(found.expected, 3.0)  # fewer than ten of each kind
    never = known["prem"]
    assert (never.mean, never.sd, never.patients) == (0.0, 0.0, 0.0)


def test_the_norm_by_class_and_stage_has_the_class_in_the_rows():
    entries = [(PREM, 0, c, g, 10.0 * c + g) for c in range(3) for g in (2, 3, 4)] * 10
    known = norms(filled(entries), practices=2)["prem"]

    np.testing.assert_allclose(known.expected, [[2, 3, 4], [12, 13, 14], [22, 23, 24]])


def test_the_norm_of_heavy_classes_is_the_same_for_every_class_on_file():
    entries = [(HEAVY_CLASS, 0, 2, 4, 1.0)] * 10 + [(HEAVY_CLASS, 0, 0, 2, 0.0)] * 10
    known = norms(filled(entries), practices=2)["heavy_class"]

    # GOLD II never, GOLD IV always; of GOLD III nobody: the mean of all.
    np.testing.assert_allclose(known.expected, [[0.0, 0.5, 1.0]] * 3)


def test_equal_values_have_no_spread_even_after_rounding():
    register = filled([(PREM, 0, 0, 2, 0.1)] * 3)

    assert norm_of(register, PREM, cell_means(register)[PREM], 2).sd == pytest.approx(0.0, abs=1e-8)


def test_tallies_are_of_the_accounts_asked_for_newest_year_first():
    norm = np.full((ROWS, CELLS), 0.5)
    now = filled([(PREM, 3, 1, 3, 8.0), (PREM, 12, 1, 3, 7.0)], norm=norm)
    before = filled([(PREM, 3, 1, 3, 6.0), (PREM, 3, 1, 3, 4.0)])
    found = tallies([now, before], np.array([12, 3]))["prem"]

    np.testing.assert_array_equal(found[0].count, [1.0, 1.0])
    np.testing.assert_array_equal(found[0].total, [7.0, 8.0])
    np.testing.assert_array_equal(found[0].squares, [49.0, 64.0])
    np.testing.assert_array_equal(found[0].expected, [0.5, 0.5])
    np.testing.assert_array_equal(found[1].count, [0.0, 2.0])
    np.testing.assert_array_equal(found[1].total, [0.0, 10.0])
    assert set(tallies([now], np.array([0]))) == set(NUMBER)


def test_a_practice_is_all_its_insurers_together():
    # Practice 0 at insurers 0 and 9, practice 1 at insurer 2 (account 12).
    entries = [(PREM, 0, 1, 3, 8.0), (PREM, 9, 1, 3, 6.0), (PREM, 12, 0, 2, 9.0)]
    count, total = of_practices(filled(entries), PREM)

    np.testing.assert_array_equal(count, [2.0, 1.0])
    np.testing.assert_array_equal(total, [14.0, 9.0])

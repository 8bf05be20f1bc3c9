"""The ledger: every euro once, in whole cents, with both ends named."""

import numpy as np
import pytest

from model.ledger import COLUMNS, NOBODY, Framework, Ledger, Party


def post(ledger, cents, month=0, clause="fee_per_session", patient=(7, 8, 9), insurer=(0, 1, 1)):
    ledger.post(
        month, clause, Framework.PARAMEDICAL, Party.INSURER, np.array(insurer),
        Party.PRACTICE, np.array([4, 5, 5]), np.array(patient), np.array(insurer), np.array(cents),
    )  # fmt: skip


def test_a_line_names_both_ends_and_the_reason():
    ledger = Ledger()
    post(ledger, [3653, 0, 7306], month=14)
    lines = ledger.lines()

    assert list(lines.columns) == list(COLUMNS)
    assert len(lines) == 2  # nothing is nothing
    assert lines.iloc[1].to_dict() == {
        "month": 14, "payer": 0, "payer_id": 1, "payee": 2, "payee_id": 5, "patient": 9,
        "insurer": 1, "clause": 0, "framework": 0, "cents": 7306,
    }  # fmt: skip


def test_negative_amounts_are_refused_and_nothing_is_posted():
    ledger = Ledger()

    with pytest.raises(ValueError, match="no negative amounts \\(clause fee_per_session\\)"):
        post(ledger, [100, -1, 100])
    assert ledger.lines().empty and ledger.totals().empty


def test_totals_are_the_sums_of_the_lines():
    rng, ledger = np.random.default_rng(1), Ledger()
    for month in range(36):
        post(ledger, rng.integers(0, 9, 3), month, ("a", "b")[month % 2], insurer=(3, 9, 3))
    lines = ledger.lines()
    lines["paid_in"] = lines.month // 12
    by_hand = lines.groupby(["paid_in", "clause", "insurer"]).cents.sum()
    totals = ledger.totals()

    assert [
        (y, ledger.clauses[c], i, cents) for (y, c, i), cents in by_hand.items() if cents
    ] == list(totals[["paid_in", "clause", "insurer", "cents"]].itertuples(index=False, name=None))
    assert totals.cents.sum() == lines.cents.sum() > 0


def test_totals_are_kept_without_lines():
    full, lean = Ledger(), Ledger(keep_lines=False)
    for ledger in (full, lean):
        post(ledger, [1, 2, 3])
        post(ledger, [10, 20, 30], month=12)

    assert full.totals().equals(lean.totals())
    assert lean.lines().empty and list(lean.lines().columns) == list(COLUMNS)


def test_readable_lines_use_words():
    ledger = Ledger()
    post(ledger, [3653, 0, 7306])
    ledger.post(
        1, "deductible", Framework.DEDUCTIBLE, Party.PATIENT, np.array([7]), Party.INSURER,
        np.array([0]), np.array([7]), np.array([0]), np.array([500]),
    )  # fmt: skip
    table = ledger.readable()

    assert list(table.clause) == ["fee_per_session", "fee_per_session", "deductible"]
    assert list(table.payer) == ["insurer", "insurer", "patient"]
    assert list(table.payee) == ["practice", "practice", "insurer"]
    assert list(table.framework) == ["paramedical", "paramedical", "deductible"]
    assert list(table.cents) == [3653, 7306, 500]


def test_one_value_can_stand_for_all_rows():
    ledger = Ledger()
    ledger.post(
        3, "other", Framework.OTHER_CURATIVE, Party.INSURER, np.array([0, 1]),
        Party.OTHER_PROVIDERS, np.int32(0), np.int32(NOBODY), np.array([0, 1]), np.array([5, 6]),
    )  # fmt: skip
    lines = ledger.lines()

    assert list(lines.patient) == [NOBODY, NOBODY]
    assert list(lines.payee_id) == [0, 0]
    assert list(lines.cents) == [5, 6]


def test_large_amounts_do_not_overflow():
    ledger = Ledger()
    post(ledger, [2**40, 2**40, 2**40])

    assert ledger.totals().cents.sum() == ledger.lines().cents.sum() == 3 * 2**40


def test_a_copy_goes_its_own_way():
    ledger = Ledger()
    post(ledger, [1, 2, 3])
    other = ledger.copy()
    post(other, [10, 20, 30], clause="bundle_quarter")
    post(other, [100, 0, 0])

    assert ledger.clauses == ["fee_per_session"]
    assert ledger.lines().cents.sum() == ledger.totals().cents.sum() == 6
    assert other.lines().cents.sum() == other.totals().cents.sum() == 166

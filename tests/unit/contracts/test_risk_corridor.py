"""Risk corridor: what is shared per pool and insurer, and on average (R3)."""

import math

import numpy as np
import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.outlook import Case, Outlook
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.year import Accounts


def accounts(revenue, reference_cost, insurer=None, group=None) -> Accounts:
    revenue = np.array(revenue)
    each, blank = np.arange(revenue.size), np.zeros(revenue.size, np.int64)
    return Accounts(
        practice=each,
        insurer=blank if insurer is None else np.array(insurer),
        pools={"contract": each, "group": blank if group is None else np.array(group)},
        patients=blank,
        revenue=revenue,
        revenue_before=blank,
        quarters=blank,
        reference_cost=np.array(reference_cost),
        care_cost=blank,
        target_cost=blank,
        measured={},
        icc=0.05,
    )


def outlook(margin=60.0, patients=9.0, cost_cv=0.667) -> Outlook:
    """Mean cost 40 x 30 = EUR 1,200 per patient-year."""
    return plain_outlook(patients=patients, sessions=40.0, margin=margin, cost_cv=cost_cv)


def case(sessions=40.0, revenue=1_260.0) -> Case:
    return Case(sessions=sessions, quarters=(1.0, 1.0, 2.0), revenue=revenue)


def test_only_the_result_outside_the_band_is_shared():
    # Revenue 1,000.00, band 50.00. Results: +150 (100 outside), -250 (-200), +50 (at the edge), 0.
    year = accounts([100_000] * 4, [85_000, 125_000, 95_000, 100_000])

    found = RiskCorridor(width=0.05, kept=0.25).settle_accounts(year)
    # 75 % of 100.00 goes back, 75 % of 200.00 comes in.
    np.testing.assert_array_equal(found, [-7_500, 15_000, 0, 0])
    assert found.dtype == np.int64
    assert not RiskCorridor(width=0.05, kept=1.0).settle_accounts(year).any()


def test_a_group_is_settled_as_one_and_shared_by_revenue():
    # Together: revenue 4,000.00, result +600 - 200 = +400.00, no band, half back: 200.00 over 3:1.
    # Apart: -300.00 and +100.00.
    year = accounts([300_000, 100_000], [240_000, 120_000])

    together = RiskCorridor(width=0.0, kept=0.5, pool="group").settle_accounts(year)
    np.testing.assert_array_equal(together, [-15_000, -5_000])
    apart = RiskCorridor(width=0.0, kept=0.5).settle_accounts(year)
    np.testing.assert_array_equal(apart, [-30_000, 10_000])


def test_insurers_never_share_with_each_other():
    # Group 4 with insurers 2 and 9, group 5 with insurers 2 and 4; no band, nothing kept.
    # (4, 2): results +100 and -40 = +60.00 over revenue 1:2. (4, 9): -30.00. (5, 2): +10.00.
    # (5, 4): -5.00.
    year = accounts(
        [100_000, 50_000, 200_000, 80_000, 10_000],
        [90_000, 53_000, 204_000, 79_000, 10_500],
        insurer=[2, 9, 2, 2, 4],
        group=[4, 4, 4, 5, 5],
    )

    found = RiskCorridor(width=0.0, kept=0.0, pool="group").settle_accounts(year)
    np.testing.assert_array_equal(found, [-2_000, 3_000, -4_000, -1_000, 500])


def test_a_year_of_repayments_has_no_band():
    # Revenue -10.00, cost 90.00: result -100.00, all of it outside.
    year = accounts([-1_000], [9_000])

    found = RiskCorridor(width=0.5, kept=0.0).settle_accounts(year)
    np.testing.assert_array_equal(found, [10_000])


@pytest.mark.parametrize(("margin", "width"), [(60.0, 0.05), (60.0, 0.0), (-150.0, 0.1)])
def test_the_mean_settlement_is_the_expectation(margin, width):
    """Practices with 16 patients: SD of the mean cost is 0.667 x 1,200 / 4 = EUR 200.10."""
    clause = RiskCorridor(width=width, kept=0.3)
    count, n = 200_000, 16
    luck = np.random.default_rng(7)
    cost = n * (1_200.0 + 200.1 * luck.standard_normal(count))
    revenue = n * (1_200.0 + margin)
    year = accounts(np.full(count, round(100 * revenue)), np.rint(100 * cost).astype(np.int64))
    paid = clause.settle_accounts(year) / 100 / n

    expected = clause.expect(case(revenue=1_200.0 + margin), outlook(margin, patients=16.0))
    assert paid.mean() == pytest.approx(expected, abs=3 * paid.std() / math.sqrt(count))
    assert abs(expected) > 10 * paid.std() / math.sqrt(count)


def test_without_a_band_the_mean_margin_is_shared():
    # No band: (1 - 0.3) x 60 goes to the insurer, whatever the spread.
    clause = RiskCorridor(width=0.0, kept=0.3)

    assert clause.expect(case(), outlook()) == pytest.approx(-42.0)
    assert clause.expect(case(), outlook(cost_cv=0.0)) == pytest.approx(-42.0)


def test_outside_the_band_a_session_is_paid_for():
    """R3: effective fee (1 - g) c x P(outside); without a band that is 0.7 x 30 = EUR 21."""
    clause = RiskCorridor(width=0.0, kept=0.3)
    fee = clause.expect(case(41.0), outlook()) - clause.expect(case(40.0), outlook())
    assert fee == pytest.approx(21.0)

    # Margin 0, a band of one SD (SD 0.5 x 1,200 / 3 = 200; 200 / 1,200): outside 31.73 % of the
    # time, so the fee is 0.3173 x 21 = 6.663.
    clause = RiskCorridor(width=200 / 1_200, kept=0.3)
    even = outlook(margin=0.0, cost_cv=0.5)
    fee = clause.expect(case(41.0, 1_200.0), even) - clause.expect(case(40.0, 1_200.0), even)
    assert fee == pytest.approx(6.663, abs=0.001)


def test_without_spread_inside_the_band_nothing_is_expected():
    # Margin 60 of 1,260; the band is 126 at 10 % and 25.20 at 2 % (34.80 outside, half shared).
    assert RiskCorridor(width=0.1, kept=0.5).expect(case(), outlook(cost_cv=0.0)) == 0.0
    found = RiskCorridor(width=0.02, kept=0.5).expect(case(), outlook(cost_cv=0.0))
    assert found == pytest.approx(-17.40)
    # Without spread, band or margin every euro above cost is shared, once.
    even = outlook(margin=0.0, cost_cv=0.0)
    found = RiskCorridor(width=0.0, kept=0.0).expect(case(revenue=1_300.0), even)
    assert found == pytest.approx(-100.0)


def test_without_patients_nothing_is_expected():
    assert RiskCorridor(width=0.0, kept=0.0).expect(case(), outlook(patients=0.0)) == 0.0


@pytest.mark.parametrize(
    "bad",
    [
        {"width": 0.1},
        {"kept": 0.5},
        {"width": -0.1, "kept": 0.5},
        {"width": 0.1, "kept": 1.5},
        {"width": 0.1, "kept": 0.5, "pool": "region"},
    ],
)
def test_impossible_corridors_are_refused(bad):
    with pytest.raises(ValidationError):
        RiskCorridor(**bad)

"""A KPI: what follows from it, to the cent, and what it says to expect.

That practices get on average what is expected: ``tests/verification/test_theory_kpi_settled.py``.
"""

import numpy as np
import pytest
from kpi_accounts import FOUR, PRICES, accounts, case, flat_norm, kpi, outlook, tallies
from pydantic import ValidationError

from model.contracts.clause import Activity
from model.contracts.kpi import Kpi
from model.contracts.terms import Terms
from model.parameters import ParameterSet

# --- what follows, by hand

REVENUE = [100_000, 200_010, 300_000, 50_000]


@pytest.mark.parametrize(
    ("consequence", "amounts"),
    [
        # 5 % of 2,000.10 is 100.005: half a cent is rounded to the even one.
        ("bonus", [0, 10_000, 15_000, 0]),
        ("malus", [-5_000, 0, 0, 0]),
        # What was withheld comes back, also to the practice that is too small to judge.
        ("withhold", [0, 222, 333, 444]),
    ],
)
def test_money_follows_where_the_bound_is_kept_or_missed(consequence, amounts):
    clause = kpi(at_least=0.5, consequence=consequence, share=0.05, minimum_patients=5.0)
    year = accounts("relevant_change", FOUR, revenue=REVENUE, withheld=[111, 222, 333, 444])

    paid = clause.settle_accounts(year)
    np.testing.assert_array_equal(paid, amounts)
    assert paid.dtype == np.int64


@pytest.mark.parametrize("consequence", ["none", "audit", "improvement_plan", "loss_of_contract"])
def test_other_consequences_move_no_money(consequence):
    clause = kpi(at_least=0.5, consequence=consequence)
    year = accounts("relevant_change", FOUR, revenue=REVENUE)

    assert clause.settle_accounts(year) is None
    assert clause.withheld(np.array([1_000])) is None
    assert clause.pay(Activity.of_one(sessions=3), PRICES) is None
    np.testing.assert_array_equal(clause.verdict(year).missed, [True, False, False, True])
    assert clause.expect(case(0.3), outlook(flat_norm(0.4, 0.5, 16.0))) == 0.0


@pytest.mark.parametrize("consequence", ["bonus", "malus", "withhold"])
def test_below_the_least_number_of_patients_nobody_wins_or_loses(consequence):
    clause = kpi(at_least=0.5, consequence=consequence, share=0.1, minimum_patients=11.0)
    year = accounts("relevant_change", FOUR, revenue=REVENUE, withheld=[111, 222, 333, 444])

    back = [111, 222, 333, 444] if consequence == "withhold" else [0, 0, 0, 0]
    np.testing.assert_array_equal(clause.settle_accounts(year), back)


@pytest.mark.parametrize(
    ("bounds", "bonus"),
    [
        ({"at_most": 0.5}, [10, 10, 0]),
        ({"at_least": 0.5}, [0, 10, 10]),
        ({"at_least": 0.45, "at_most": 0.55}, [0, 10, 0]),
    ],
)
def test_bounds_can_be_a_floor_a_ceiling_or_a_band(bounds, bonus):
    year = accounts("relevant_change", tallies([10] * 3, [4, 5, 6]), revenue=100)

    np.testing.assert_array_equal(
        kpi(consequence="bonus", share=0.1, **bounds).settle_accounts(year), bonus
    )


@pytest.mark.parametrize(
    ("pool", "malus"),
    [
        # Practices at 0.2, 0.6 | 0.6, 0.2 with 10, 10 | 30, 10 patients; the floor is 0.45.
        ("practice", [-10, 0, 0, -10]),
        ("contract", [-10, 0, 0, -10]),
        ("group", [-10, -10, 0, 0]),  # 8 / 20 = 0.4 and 20 / 40 = 0.5
        ("region", [0, 0, 0, 0]),  # 28 / 60 = 0.467
    ],
)
def test_a_pool_is_judged_together_and_each_pays_its_own_share(pool, malus):
    year = accounts(
        "relevant_change",
        tallies([10, 10, 30, 10], [2, 6, 18, 2]),
        revenue=100,
        group=[0, 0, 1, 1],
        region=[0, 0, 0, 0],
    )
    clause = kpi(at_least=0.45, consequence="malus", share=0.1, pool=pool)

    np.testing.assert_array_equal(clause.settle_accounts(year), malus)


@pytest.mark.parametrize(("years", "bonus"), [(1, [10, 0]), (2, [0, 0]), (3, [0, 10])])
def test_up_to_three_years_count_together(years, bonus):
    # Newest first: 6, 1, 0 of 10 and 4, 5, 9 of 10. Over 1, 2, 3 years: 0.6, 0.35, 0.23 and
    # 0.4, 0.45, 0.6.
    year = accounts(
        "relevant_change",
        tallies([10, 10], [6, 4]), tallies([10, 10], [1, 5]), tallies([10, 10], [0, 9]),
        revenue=100,
    )  # fmt: skip
    clause = kpi(at_least=0.5, consequence="bonus", share=0.1, years=years)

    np.testing.assert_array_equal(clause.settle_accounts(year), bonus)


@pytest.mark.parametrize(
    ("judged_on", "malus"),
    [
        # National mean 74 / 148 = 0.5, SD 0.5. Values 0.25 (n 4), 0.4 (n 100), 0.75 (n 44).
        ("estimate", [-10, -10, 0]),
        # Reliabilities 0.2 / 1.15 = 0.174, 5 / 5.95 = 0.84: 0.457 and 0.416.
        ("shrunk", [0, -10, 0]),
        # Benefit of one standard error: 0.25 + 0.25 and 0.4 + 0.05.
        ("confidence_bound", [0, 0, 0]),
    ],
)
def test_a_small_practice_is_spared_by_shrinkage_and_a_larger_one_by_its_interval(judged_on, malus):
    count, improved = [4, 100, 44], [1, 40, 33]
    year = accounts("relevant_change", tallies(count, improved, improved), revenue=100)
    clause = kpi(at_least=0.45, consequence="malus", share=0.1, judged_on=judged_on)

    np.testing.assert_array_equal(clause.settle_accounts(year), malus)


def test_without_case_mix_severe_patients_cost_a_practice_its_bonus():
    # Both give what is usual: 0.6 for the mild (expected 6 of 10), 0.3 for the severe (3 of 10).
    year = accounts("relevant_change", tallies([10, 10], [6, 3], expected=[6, 3]), revenue=100)
    plain, adjusted = (
        kpi(at_least=0.45, consequence="bonus", share=0.1, case_mix=mix) for mix in (False, True)
    )

    np.testing.assert_array_equal(plain.settle_accounts(year), [10, 0])
    np.testing.assert_array_equal(adjusted.settle_accounts(year), [10, 10])


def test_the_stake_is_a_share_of_what_is_paid_for_care():
    withheld = kpi(at_least=0.5, consequence="withhold", share=0.05).withheld(
        np.array([30_001, 0, -5_000, 70])
    )

    # 1,500.05 and 3.5 cents; nothing is withheld from a repayment.
    np.testing.assert_array_equal(withheld, [1_500, 0, 0, 4])
    assert withheld.dtype == np.int64
    assert kpi(at_least=0.5, consequence="bonus", share=0.05).withheld(np.array([30_000])) is None


# --- a slope


def test_a_slope_pays_each_unit_per_measured_patient():
    clause = kpi(indicator="ccq_change", slope=100.0, reference=0.4)
    # Means 0.5, 0.3 and 0.4 of 10, 20 and 5 patients: 10 x 0.1, 20 x -0.1 and 0, at EUR 100.
    year = accounts("ccq_change", tallies([10, 20, 5], [5.0, 6.0, 2.0]))

    paid = clause.settle_accounts(year)
    np.testing.assert_array_equal(paid, [10_000, -20_000, 0])
    assert paid.dtype == np.int64


def test_where_less_is_better_the_slope_turns_round():
    # Per patient-quarter: 0.1, 0.3; reference 0.2; 10 quarters each at EUR 50.
    year = accounts("admissions", tallies([10, 10], [1.0, 3.0]))
    clause = kpi(indicator="admissions", slope=50.0, reference=0.2)

    np.testing.assert_array_equal(clause.settle_accounts(year), [5_000, -5_000])


def test_without_a_reference_practices_pay_each_other():
    # National mean (5 + 6) / 30: 0.3667; +0.1333 x 10 and -0.0667 x 20, at EUR 30.
    year = accounts("ccq_change", tallies([10, 20], [5.0, 6.0]))

    np.testing.assert_array_equal(
        kpi(indicator="ccq_change", slope=30.0).settle_accounts(year), [4_000, -4_000]
    )


def test_who_is_too_small_neither_gets_a_slope_nor_moves_the_reference():
    # Without practice 1 the mean is 11 / 30.
    year = accounts("ccq_change", tallies([10, 2, 20], [5.0, 8.0, 6.0]))
    clause = kpi(indicator="ccq_change", slope=30.0, minimum_patients=3.0)

    np.testing.assert_array_equal(clause.settle_accounts(year), [4_000, 0, -4_000])
    tiny = kpi(indicator="ccq_change", slope=30.0, minimum_patients=21.0)
    np.testing.assert_array_equal(tiny.settle_accounts(year), [0, 0, 0])


def test_a_slope_on_a_pool_pays_each_for_its_own_patients_at_the_value_of_all():
    # Group {0, 1}: 12 / 30 = 0.4 over two years, 0.1 above; 10 and 5 measured this year.
    year = accounts(
        "ccq_change",
        tallies([10, 5, 10], [5.0, 1.0, 2.0]), tallies([10, 5, 10], [5.0, 1.0, 2.0]),
        group=[0, 0, 1],
    )  # fmt: skip
    clause = kpi(indicator="ccq_change", slope=100.0, reference=0.3, pool="group", years=2)

    # Group 1: 0.2, that is 0.1 below, for 10 patients.
    np.testing.assert_array_equal(clause.settle_accounts(year), [10_000, 5_000, -10_000])


def test_a_slope_can_be_shrunk_and_adjusted():
    # ICC 0.05, n 19: reliability 0.5. Expected 0.3 and 0.5 a patient; totals 0.5 and 0.5. Against
    # the norm +0.2 and 0; norm on average 0.4: 0.6 and 0.4, mean 0.5; shrunk 0.55 and 0.45.
    year = accounts("ccq_change", tallies([19, 19], [9.5, 9.5], expected=[5.7, 9.5]))
    clause = kpi(indicator="ccq_change", slope=100.0, case_mix=True, judged_on="shrunk")

    # 19 x 0.05 x EUR 100
    np.testing.assert_array_equal(clause.settle_accounts(year), [9_500, -9_500])


# --- what it is


def test_its_lines_in_the_ledger_are_named_after_the_indicator():
    assert kpi(slope=1.0).name == "kpi_relevant_change"


def test_whoever_usually_measures_measures_unless_the_contract_says_otherwise():
    assert kpi(slope=1.0).who_measures == "patient"
    assert kpi(indicator="walk_change", slope=1.0).who_measures == "therapist"
    assert kpi(slope=1.0, measured_by="independent").who_measures == "independent"


def test_a_kpi_with_a_consequence_is_monitoring():
    assert kpi(at_least=0.5).terms() == Terms()
    assert kpi(at_least=0.5, consequence="audit").terms() == Terms(monitoring=1.0)
    assert kpi(slope=10.0).terms() == Terms(monitoring=1.0)


def test_what_is_left_out_comes_from_the_registry():
    p = ParameterSet(
        {"kpi_minimum_patients": 10.0, "kpi_confidence": 0.9, "kpi_withhold_share": 0.05}
    )
    clause = Kpi(indicator="prem", at_least=8.0, consequence="bonus", share=0.02).filled(p)

    assert (clause.minimum_patients, clause.confidence, clause.share) == (10.0, 0.9, 0.02)
    assert Kpi(indicator="prem", at_least=8.0, consequence="malus").filled(p).share == 0.05
    assert clause.yardstick.minimum_patients == 10.0
    assert (clause.yardstick.at_least, clause.yardstick.at_most) == (8.0, None)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "either bounds"),
        ({"at_least": 0.5, "slope": 1.0}, "either bounds"),
        ({"at_least": 0.6, "at_most": 0.5}, "nobody could meet"),
        ({"slope": 1.0, "consequence": "bonus"}, "leave the consequence out"),
        ({"at_least": 0.5, "reference": 0.4}, "belongs to a slope"),
        ({"at_least": 0.5, "share": 0.1}, "belongs to a consequence"),
        ({"at_least": 0.5, "consequence": "audit", "share": 0.1}, "belongs to a consequence"),
        ({"indicator": "happiness", "at_least": 0.5}, "indicator"),
        ({"at_least": float("nan")}, "at_least"),
        ({"at_least": 2_000.0}, "at_least"),
        ({"at_least": 0.5, "minimum_patients": 0.0}, "minimum_patients"),
        ({"at_least": 0.5, "confidence": 0.5}, "confidence"),
        ({"at_least": 0.5, "years": 4}, "years"),
        ({"at_least": 0.5, "pool": "country"}, "pool"),
        ({"at_least": 0.5, "judged_on": "mood"}, "judged_on"),
        ({"at_least": 0.5, "case_mix": 1}, "case_mix"),
        ({"at_least": 0.5, "measured_by": "insurer"}, "measured_by"),
        ({"at_least": 0.5, "treshold": 0.5}, "treshold"),
    ],
)
def test_a_kpi_that_contradicts_itself_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        kpi(**keys)


def test_a_band_may_be_a_point():
    assert kpi(at_least=0.5, at_most=0.5).yardstick.at_most == 0.5

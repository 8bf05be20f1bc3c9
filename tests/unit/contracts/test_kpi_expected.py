"""What a KPI is expected to pay, by hand."""

import math

import numpy as np
import pytest
from kpi_accounts import case, flat_norm, kpi, outlook

from model.contracts.kpi import measurements
from model.contracts.outlook import SINGLE_POOLS, Norm

# --- what to expect, by hand


def test_a_withheld_share_is_expected_to_be_lost_as_often_as_the_kpi_is_missed():
    """16 patients of SD 0.4: the noise of the mean is 0.1; the floor lies one SD below it.

    Phi(-1) = 0.158655, phi(1) = 0.241971; at stake is 5 % of EUR 1,000.
    """
    known = outlook(flat_norm(0.6, 0.4, 16.0))
    withhold, malus, bonus = (
        kpi(at_least=0.5, consequence=c, share=0.05) for c in ("withhold", "malus", "bonus")
    )

    for clause in (withhold, malus):
        assert clause.expect(case(0.6), known) == pytest.approx(-50.0 * 0.158655, abs=1e-4)
    assert bonus.expect(case(0.6), known) == pytest.approx(50.0 * 0.841345, abs=1e-4)
    # A patient 0.2 below the mean costs 0.2 x 50 x 0.241971 / 0.1.
    for clause in (withhold, malus, bonus):
        gain = clause.expect(case(0.4), known) - clause.expect(case(0.6), known)
        assert gain == pytest.approx(-24.1971, abs=1e-3)
        assert clause.pull(50.0, known) == pytest.approx(120.985, abs=1e-2)


def test_a_ceiling_pulls_down_and_a_band_both_ways():
    # Ceiling one SD above, floor two below: -0.241971 + 0.053991 per 0.1 of noise.
    known = outlook(flat_norm(0.6, 0.4, 16.0))
    ceiling = kpi(at_most=0.7, consequence="malus", share=0.05)
    band = kpi(at_least=0.4, at_most=0.7, consequence="malus", share=0.05)

    assert ceiling.pull(50.0, known) == pytest.approx(-120.985, abs=1e-2)
    assert band.pull(50.0, known) == pytest.approx(-93.990, abs=1e-2)
    # Missed: Phi(-1) + Phi(-2) = 0.158655 + 0.022750.
    assert band.expect(case(0.6), known) == pytest.approx(-50.0 * 0.181405, abs=1e-4)


def test_shrinkage_moves_the_bound_away_from_the_mean():
    # 19 patients: reliability 0.5, so a floor 0.05 below the mean is met down to 0.1 below; noise
    # 0.436 / sqrt(19) = 0.1.
    known = outlook(flat_norm(0.6, 0.1 * math.sqrt(19.0), 19.0))
    clause = kpi(at_least=0.55, consequence="malus", share=0.05, judged_on="shrunk")

    assert clause.expect(case(0.6), known) == pytest.approx(-50.0 * 0.158655, abs=1e-4)
    assert clause.pull(50.0, known) == pytest.approx(120.985, abs=1e-2)


def test_the_benefit_of_the_doubt_moves_the_bound_by_its_interval():
    # A floor at the mean, one standard error of doubt: missed one SD below.
    known = outlook(flat_norm(0.6, 0.4, 16.0))
    floor, ceiling = (
        kpi(**{side: 0.6}, consequence="malus", share=0.05, judged_on="confidence_bound")
        for side in ("at_least", "at_most")
    )

    for clause, sign in ((floor, 1.0), (ceiling, -1.0)):
        assert clause.expect(case(0.6), known) == pytest.approx(-50.0 * 0.158655, abs=1e-4)
        assert clause.pull(50.0, known) == pytest.approx(sign * 120.985, abs=1e-2)


def test_more_years_lessen_the_noise():
    # 4 patients a year of SD 0.4: noise 0.2 in one year, 0.1155 in three.
    known = outlook(flat_norm(0.6, 0.4, 4.0))
    one, three = (kpi(at_least=0.6, consequence="bonus", share=0.05, years=y) for y in (1, 3))

    # At the threshold 50 x 0.398942 / noise, and of four on average nobody is measured in 1 year of
    # 55 (e^-4 = 0.0183): 0.9817 x 99.736. What is measured now counts in three verdicts for a third
    # each, so nothing has to be divided by the years.
    assert one.pull(50.0, known) == pytest.approx(97.909, abs=1e-2)
    assert three.pull(50.0, known) == pytest.approx(172.747, abs=1e-2)


@pytest.mark.parametrize("pool", ["group", "region"])
def test_in_a_pool_the_noise_is_less_and_so_is_the_own_part(pool):
    """Four practices of 4 patients: noise 0.4 / 4 = 0.1, but a quarter of the mean is one's own."""
    known = outlook(flat_norm(0.6, 0.4, 4.0), pool_size=SINGLE_POOLS | {pool: 4.0})
    clause = kpi(at_least=0.6, consequence="bonus", share=0.05, pool=pool)

    # 50 x 0.398942 / 0.1 / 4; alone, with noise 0.2, it is twice as much.
    assert clause.pull(50.0, known) == pytest.approx(49.868, abs=1e-2)
    assert clause.expect(case(0.6), known) == pytest.approx(25.0)
    assert clause.expect(case(0.7), known) == pytest.approx(25.0 + 4.9868, abs=1e-3)


def test_one_insurers_part_of_a_practice_is_noisier():
    # A quarter of 16 patients: noise 0.2, and 1.83 % (e^-4) have none: 0.9817 x 99.736.
    known = outlook(flat_norm(0.6, 0.4, 16.0), pool_size=SINGLE_POOLS | {"contract": 0.25})
    clause = kpi(at_least=0.6, consequence="bonus", share=0.05, pool="contract")

    assert clause.pull(50.0, known) == pytest.approx(97.909, abs=1e-2)


def test_case_mix_compares_a_patient_with_the_like():
    cells = np.array([[0.9, 0.8, 0.7], [0.7, 0.6, 0.5], [0.5, 0.4, 0.3]])
    known = outlook(Norm(0.6, 0.4, cells, 16.0))
    plain, adjusted = (
        kpi(at_least=0.6, consequence="bonus", share=0.05, case_mix=mix) for mix in (False, True)
    )
    usual = case(0.4, weight_class=2, stage=1)

    assert adjusted.gap(usual, known) == pytest.approx(0.0)
    assert plain.gap(usual, known) == pytest.approx(-0.2)
    # 50 x 0.398942 / 0.1 = 199.471 a unit
    assert adjusted.expect(usual, known) == pytest.approx(25.0)
    assert plain.expect(usual, known) == pytest.approx(25.0 - 39.894, abs=1e-2)


def test_few_measurements_are_seldom_judged():
    """Nine measured on average, ten needed: the Poisson chance of ten or more is 0.41259."""
    known = outlook(flat_norm(0.6, 0.3, 9.0))
    clause = kpi(at_least=0.6, consequence="bonus", share=0.05, minimum_patients=10.0)

    assert clause.expect(case(0.6), known) == pytest.approx(50.0 * 0.41259 / 2, abs=1e-3)
    assert clause.pull(50.0, known) == pytest.approx(0.41259 * 199.471, abs=1e-2)
    slope = kpi(slope=100.0, reference=0.5, minimum_patients=10.0)
    assert slope.expect(case(0.6), known) == pytest.approx(0.41259 * 10.0, abs=1e-3)
    assert slope.pull(0.0, known) == pytest.approx(0.41259 * 100.0, abs=1e-2)


def test_nothing_measured_pulls_nobody():
    clause = kpi(at_least=0.5, consequence="malus", share=0.05)
    known = outlook(flat_norm(0.0, 0.0, 0.0))

    assert clause.pull(50.0, known) == 0.0
    assert clause.expect(case(0.3), known) == 0.0
    # All the same, as where nobody is ever refused: certainly kept, or certainly missed.
    same = outlook(flat_norm(1.0, 0.0, 16.0))
    assert clause.expect(case(1.0), same) == pytest.approx(0.0)
    ceiling = kpi(at_most=0.5, consequence="malus", share=0.05)
    assert ceiling.expect(case(1.0), same) == pytest.approx(-50.0, abs=1e-4)


def test_a_slope_expects_the_distance_from_its_reference():
    known = outlook(flat_norm(0.4, 0.3, 16.0), "ccq_change")
    fixed = kpi(indicator="ccq_change", slope=100.0, reference=0.3)
    relative = kpi(indicator="ccq_change", slope=100.0)
    patient = case(0.6, "ccq_change", measured=0.8)

    # Measured with chance 0.8: 0.8 x (0.6 - 0.3) and 0.8 x (0.6 - 0.4), at EUR 100.
    assert fixed.expect(patient, known) == pytest.approx(24.0)
    assert relative.expect(patient, known) == pytest.approx(16.0)


def test_a_slope_where_less_is_better_counts_every_quarter():
    known = outlook(flat_norm(0.2, 0.4, 40.0), "admissions")
    clause = kpi(indicator="admissions", slope=50.0, reference=0.3)

    # Four measurements a year, each 0.3 - 0.1 better, at EUR 50; no answer is needed.
    patient = case(0.1, "admissions", measured=0.5)
    assert clause.expect(patient, known) == pytest.approx(40.0)
    assert clause.pull(0.0, known) == pytest.approx(-50.0)


def test_a_shrunk_slope_pays_less_for_one_patient_and_the_same_for_the_level():
    # 19 patients: reliability 0.5.
    known = outlook(flat_norm(0.4, 0.3, 19.0), "ccq_change")
    clause = kpi(indicator="ccq_change", slope=100.0, reference=0.3, judged_on="shrunk")

    assert clause.expect(case(0.4, "ccq_change"), known) == pytest.approx(10.0)
    assert clause.expect(case(0.6, "ccq_change"), known) == pytest.approx(10.0 + 0.5 * 20.0)


def test_a_slope_on_a_pool_leaves_most_of_it_to_the_others():
    known = outlook(flat_norm(0.4, 0.3, 5.0), "ccq_change", pool_size=SINGLE_POOLS | {"group": 4.0})
    clause = kpi(indicator="ccq_change", slope=100.0, reference=0.3, pool="group")

    # The level pays 10 whoever reached it; of 0.2 more a quarter of 20 comes back.
    assert clause.expect(case(0.4, "ccq_change"), known) == pytest.approx(10.0, abs=1e-3)
    assert clause.expect(case(0.6, "ccq_change"), known) == pytest.approx(15.0, abs=1e-3)


@pytest.mark.parametrize(
    ("indicator", "answering", "times"),
    [
        ("ccq_change", 0.8, 0.8),
        ("walk_change", 0.8, 1.0),
        ("dropout", 0.8, 4.0),
        ("prem", 1.0, 1.0),
    ],
)
def test_how_often_a_patient_is_measured_in_a_first_year(indicator, answering, times):
    assert measurements(indicator, case(0.0, measured=answering)) == times
    assert measurements(indicator, case(0.0)) == (4.0 if indicator == "dropout" else 1.0)


def test_a_kpi_with_a_consequence_takes_time_and_one_without_takes_none():
    known = outlook(flat_norm(0.6, 0.4, 16.0), kpi_minutes_cost=4.0)

    for clause, cost in (
        (kpi(at_least=0.5), 0.0),
        (kpi(at_least=0.5, consequence="audit"), 16.0),  # four quarters
        (kpi(at_least=0.5, consequence="bonus", share=0.05), 16.0),
        (kpi(slope=10.0), 16.0),
    ):
        assert clause.burden(case(0.6), known) == cost


def test_a_plan_or_a_lost_contract_is_dreaded_as_often_as_the_kpi_is_missed():
    known = outlook(flat_norm(0.6, 0.4, 16.0), plan_cost=100.0, contract_gain=200.0)
    plan, loss = (
        kpi(at_least=0.5, consequence=c) for c in ("improvement_plan", "loss_of_contract")
    )

    # Missed with chance 0.158655; a patient 0.1 above the mean takes away 0.1 x 2.41971 of it.
    assert plan.burden(case(0.6), known) == pytest.approx(15.8655, abs=1e-3)
    assert loss.burden(case(0.6), known) == pytest.approx(31.7311, abs=1e-3)
    assert plan.burden(case(0.7), known) == pytest.approx(15.8655 - 24.1971, abs=1e-3)
    # A contract that brings less than the regular one is no loss.
    worse = outlook(flat_norm(0.6, 0.4, 16.0), contract_gain=-200.0)
    assert loss.burden(case(0.6), worse) == 0.0

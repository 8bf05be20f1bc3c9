"""Index band: a KPI on the treatment index with two bounds and the benefit of the doubt."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.contract import Contract
from model.contracts.index_band import IndexBand
from model.contracts.kpi import Kpi
from model.contracts.outlook import Case, Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.terms import Terms
from model.contracts.year import Accounts, Tallies
from model.parameters import ParameterSet

#: One-sided confidence that is exactly one standard error of doubt: Phi(1).
ONE_SE = 0.8413447460685429


def band(**known) -> IndexBand:
    usual = {"lower": 70.0, "upper": 130.0, "minimum_patients": 1.0, "confidence": ONE_SE}
    return IndexBand(**usual | {"share": 0.1} | known)


def accounts(*values: list[float]) -> Accounts:
    """One account per list of treatment indices; each was paid EUR 1,000."""
    size = len(values)
    blank, each = np.zeros(size, np.int64), np.arange(size)
    one_year = Tallies(
        np.array([len(v) for v in values], float),
        np.array([sum(v) for v in values]),
        np.array([sum(x * x for x in v) for v in values]),
        np.zeros(size),
    )
    return Accounts(
        practice=each,
        insurer=blank,
        pools={"practice": each},
        patients=blank,
        revenue=blank + 100_000,
        revenue_before=blank,
        quarters=blank,
        reference_cost=blank,
        care_cost=blank,
        target_cost=blank,
        measured={"treatment_index": [one_year]},
        icc=0.05,
    )


def outlook(mean: float, sd: float, patients: float, **known) -> Outlook:
    norm = Norm(mean, sd, np.full((3, 3), mean), patients)
    usual = {
        "prices": Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64)),
        "norms": {"treatment_index": norm}, "patients": 9.0, "sessions": 30.0, "margin": 0.0,
        "cost_cv": 0.6, "reference_cost": 36.53, "benchmark": 2_000.0, "admission_cost": 5_000.0,
        "ccq_value": 6_000.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)


def case(index: float) -> Case:
    return Case(
        sessions=30.0, quarters=(2.0, 2.0, 0.0), revenue=1_000.0, values={"treatment_index": index}
    )


#: 4 quarters at 60 on average, 16 at 60, 4 at 140, 16 at 140; each 30 above or below its mean.
#: National mean 100; every value is 30 or 70 off: SD sqrt((10^2 + 70^2) / 2) = 50.
FOUR = accounts([30, 90] * 2, [30, 90] * 8, [110, 170] * 2, [110, 170] * 8)


def test_a_practice_misses_the_band_if_its_whole_interval_lies_outside():
    # SE 50 / 2 = 25 with 4 quarters and 50 / 4 = 12.5 with 16: 60 + 25 and 140 - 25 are inside
    # (70, 130), so are 60 + 12.5 and 140 - 12.5.
    np.testing.assert_array_equal(band().kpi.verdict(FOUR).missed, [False] * 4)
    # With bounds at 75 and 125 the two large practices lie outside.
    narrow = band(lower=75.0, upper=125.0).kpi.verdict(FOUR)
    np.testing.assert_array_equal(narrow.missed, [False, True, False, True])
    np.testing.assert_allclose(narrow.value, [60.0, 60.0, 140.0, 140.0])


def test_a_malus_is_taken_outside_the_band_and_nothing_paid_inside():
    clause = band(lower=75.0, upper=125.0, consequence="malus")

    np.testing.assert_array_equal(clause.settle_accounts(FOUR), [0, -10_000, 0, -10_000])
    larger = band(lower=75.0, upper=125.0, consequence="malus", minimum_patients=17.0)
    np.testing.assert_array_equal(larger.settle_accounts(FOUR), [0, 0, 0, 0])


@pytest.mark.parametrize("consequence", ["improvement_plan", "loss_of_contract"])
def test_other_consequences_move_no_money(consequence):
    assert band(consequence=consequence).settle_accounts(FOUR) is None


def test_a_session_more_is_worth_something_near_the_floor_and_costs_near_the_ceiling():
    """Mean 80, 16 quarters of SD 40: SE 10, so the floor of 80 is missed below 70.

    One SD: phi(1) = 0.241971, Phi(-1) = 0.158655; at stake EUR 100.
    """
    low, high = (
        band(lower=low, upper=high, consequence="malus")
        for low, high in ((80.0, 900.0), (0.0, 80.0))
    )
    known = outlook(80.0, 40.0, 16.0)

    for clause, sign in ((low, 1.0), (high, -1.0)):
        assert clause.expect(case(80.0), known) == pytest.approx(-15.8655, abs=1e-3)
        # One point of the index moves the chance by 0.241971 / 10.
        gain = clause.expect(case(81.0), known) - clause.expect(case(80.0), known)
        assert gain == pytest.approx(sign * 2.41971, abs=1e-4)


def test_an_improvement_plan_is_dreaded_as_often_as_the_band_is_missed():
    known = outlook(80.0, 40.0, 16.0, plan_cost=50.0, kpi_minutes_cost=2.0)
    clause = band(lower=80.0, upper=900.0)

    # 0.158655 x 50, and 4 quarters of EUR 2 for the measurements.
    assert clause.burden(case(80.0), known) == pytest.approx(8.0 + 7.93276, abs=1e-4)
    assert clause.expect(case(80.0), known) == 0.0


def test_it_is_one_kpi_of_the_contract_and_one_that_watches():
    clause = band()

    assert Contract((clause,)).kpis == (clause.kpi,)
    assert clause.kpi == Kpi(
        indicator="treatment_index", at_least=70.0, at_most=130.0, minimum_patients=1.0,
        judged_on="confidence_bound", confidence=ONE_SE, consequence="improvement_plan",
    )  # fmt: skip
    assert clause.terms() == Terms(monitoring=1.0)
    assert clause.name == "index_band"


def test_it_stands_beside_another_kpi_on_the_index():
    """Their lines in the ledger have different names, so a contract may have both."""
    other = Kpi(indicator="treatment_index", at_most=120.0, consequence="audit")

    assert len(Contract((band(), other)).kpis) == 2


def test_what_is_left_out_comes_from_the_registry():
    p = ParameterSet(
        {
            "treatment_index_floor": 60.0,
            "treatment_index_no_contract_from": 140.0,
            "kpi_minimum_patients": 10.0,
            "kpi_confidence": 0.9,
            "kpi_withhold_share": 0.05,
        }
    )
    kpi = IndexBand(lower=80.0, consequence="malus").filled(p).kpi

    assert (kpi.at_least, kpi.at_most, kpi.share) == (80.0, 140.0, 0.05)
    assert (kpi.minimum_patients, kpi.confidence) == (10.0, 0.9)


def test_a_band_upside_down_is_refused():
    with pytest.raises(ValidationError, match="nobody could keep"):
        IndexBand(lower=130.0, upper=70.0)
    assert IndexBand(lower=100.0, upper=100.0).lower == 100.0


@pytest.mark.parametrize(
    "keys",
    [
        {"lower": -1.0},
        {"upper": 1_001.0},
        {"confidence": 0.5},
        {"minimum_patients": 0.0},
        {"consequence": "bonus"},
        {"consequence": "withhold"},
        {"share": 1.1},
        {"pool": "group"},
    ],
)
def test_impossible_bands_are_refused(keys):
    with pytest.raises(ValidationError):
        band(**keys)

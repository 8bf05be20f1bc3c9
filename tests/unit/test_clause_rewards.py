"""What a contract of several clauses rewards."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.codes import INSURERS, MODES
from model.contracts.audit import Audit
from model.contracts.contract import REGULAR, Contract
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.pro_rata import ProRata
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import ParameterSet

#: Whatever these leave out, so that the numbers below do not move with the registry.
LEVERS = ParameterSet(
    {
        "audit_rate": 0.04, "audit_detection_prob": 0.8, "audit_fine_multiple": 1.0,
        "audit_cost": 150.0, "audit_practice_cost": 75.0, "audit_rate_watched": 0.3,
        "kpi_minimum_patients": 10.0, "kpi_confidence": 0.9, "kpi_withhold_share": 0.05,
        "treatment_index_floor": 40.0, "treatment_index_no_contract_from": 150.0,
        "session_floor_share": 0.7, "coordination_lump_sum": 2500.0,
        "coordination_start_rate": 0.02, "coordination_paramedical_share": 0.5,
        "mbi_clawback_probability": 0.02, "shared_savings_minimum_rate": 0.02,
        "shared_savings_most": 0.1,
    }
)  # fmt: skip

#: By weight class (rows) and phase (columns), the same at every insurer.
QUARTER = np.array([[30000, 20000, 10000], [40000, 25000, 10000], [50000, 30000, 10000]])
PRICES = Prices(np.array([3000, 2000, 1500, 3500]), 5000, np.tile(QUARTER, (len(INSURERS), 1, 1)))


# --- what a contract rewards

OUTLOOK = Outlook(
    prices=PRICES,
    norms={},
    patients=9.0,
    sessions=29.0,
    margin=60.0,
    cost_cv=0.667,
    reference_cost=30.0,
    benchmark=1_000.0,
    admission_cost=4_000.0,
    ccq_value=500.0,
    icc=0.05,
    unused_share=1.0 / 3.0,
)
GRADED_UP = Case(
    sessions=40.0, quarters=(2.0, 2.0, 0.0), weight_class=1, true_class=0, intakes=1.0, dropout=0.3
)
BUNDLED = Contract(
    (Audit(), ProRata(), MixedFee(share=0.2), WeightClassBundle(), IntakeFee())
).filled(LEVERS)


def test_what_is_expected_of_each_clause():
    """An honest grading would bring 2 x 300 + 2 x 200 = 1,000 for the quarters: 300 too much."""
    assert BUNDLED.expected(GRADED_UP, OUTLOOK) == {
        "intake_fee": 50.0,
        "weight_class_bundle": pytest.approx(1_300.0),  # 2 x 400 + 2 x 250
        "mixed_fee": pytest.approx(240.0),  # 40 x 6
        "audit": pytest.approx(-19.2),  # 0.04 x 0.8 x (1 + 1) x 300
        "pro_rata": pytest.approx(-32.5),  # 0.3 x 1/3 x 1,300 / 4
    }


def test_revenue_is_what_is_paid_for_care_and_overclaim_what_honesty_would_not_bring():
    reckoned = BUNDLED.reckon(GRADED_UP, OUTLOOK)
    honest = BUNDLED.reckon(replace(GRADED_UP, true_class=1), OUTLOOK)
    too_light = BUNDLED.reckon(replace(GRADED_UP, true_class=2), OUTLOOK)

    assert (reckoned.revenue, reckoned.overclaim) == (pytest.approx(1_590.0), pytest.approx(300.0))
    assert (honest.revenue, honest.overclaim) == (pytest.approx(1_590.0), 0.0)
    assert too_light.overclaim == 0.0  # who grades too light claims nothing too much


def test_worth_is_what_is_expected_less_what_the_clauses_cost_the_practice():
    # 1,590 - 19.2 - 32.5, less 0.04 x 75 for the time that audits take
    assert BUNDLED.worth(GRADED_UP, OUTLOOK) == pytest.approx(1_535.3)


@settings(max_examples=50, deadline=None)
@given(st.permutations(BUNDLED.clauses))
def test_worth_does_not_hang_on_the_order_of_the_clauses(clauses):
    assert Contract(tuple(clauses)).worth(GRADED_UP, OUTLOOK) == pytest.approx(1_535.3)


def test_the_regular_contract_rewards_sessions_and_not_quarters():
    case = Case(sessions=10.0, quarters=(1.0, 0.0, 0.0), intakes=1.0)

    assert REGULAR.worth(case, OUTLOOK) == 350.0  # 10 x 30 + 50
    assert REGULAR.worth(replace(case, sessions=11.0), OUTLOOK) == 380.0
    assert REGULAR.worth(replace(case, quarters=(2.0, 0.0, 0.0)), OUTLOOK) == 350.0


def test_a_bundle_rewards_quarters_and_not_sessions():
    bundle = Contract((IntakeFee(), WeightClassBundle()))
    case = Case(sessions=10.0, quarters=(1.0, 0.0, 0.0), intakes=1.0)

    assert bundle.worth(case, OUTLOOK) == 350.0  # 300 + 50
    assert bundle.worth(replace(case, sessions=11.0), OUTLOOK) == 350.0
    assert bundle.worth(replace(case, quarters=(1.0, 1.0, 0.0)), OUTLOOK) == 550.0


def test_a_whole_fee_beside_a_bundle_of_nothing_rewards_what_the_regular_contract_does():
    free = replace(OUTLOOK, prices=Prices(PRICES.session, PRICES.intake, 0 * PRICES.quarter))
    mixed = Contract((IntakeFee(), WeightClassBundle(), MixedFee(share=1.0)))
    for mode in range(len(MODES)):
        case = Case(sessions=12.0, quarters=(1.0, 0.0, 0.0), mode=mode, intakes=1.0)
        assert mixed.worth(case, free) == REGULAR.worth(case, free) > 0.0

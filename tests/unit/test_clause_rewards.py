"""What a contract of several clauses rewards."""

from dataclasses import replace

import pytest
from clause_activity import GRADED_UP, LEVERS, OUTLOOK, PRICES
from hypothesis import given, settings
from hypothesis import strategies as st

from model.codes import MODES
from model.contracts.audit import Audit
from model.contracts.contract import REGULAR, Contract
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.outlook import Case
from model.contracts.prices import Prices
from model.contracts.pro_rata import ProRata
from model.contracts.weight_class_bundle import WeightClassBundle

# --- what a contract rewards

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

"""Clauses and contracts, computed by hand to the cent."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.clause import Activity
from model.contracts.contract import REGULAR, Contract
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.contracts.prices import QUARTER_KINDS, Prices, cents
from model.policy import Policy

PRICES = Prices(3653, 5480, np.array([30000, 35000, 40000, 15000]))

#: Four patients: a busy month, an intake, a heavy quarter opened, a maintenance quarter opened.
MONTH = Activity(
    sessions=np.array([8, 2, 5, 1], dtype=np.int16),
    intake=np.array([0, 1, 0, 0], dtype=np.int8),
    opened=np.array([0, 1, 1, 1], dtype=np.int8),
    weight_class=np.array([0, 1, 2, 2], dtype=np.int8),
    maintenance=np.array([0, 0, 0, 1], dtype=np.int8),
)


def test_the_fee_pays_each_session():
    np.testing.assert_array_equal(FeePerSession().pay(MONTH, PRICES), [29224, 7306, 18265, 3653])


def test_the_intake_fee_pays_each_intake():
    np.testing.assert_array_equal(IntakeFee().pay(MONTH, PRICES), [0, 5480, 0, 0])


def test_the_bundle_pays_each_quarter_by_class_whatever_is_delivered():
    np.testing.assert_array_equal(BundleQuarter().pay(MONTH, PRICES), [0, 35000, 40000, 15000])


def test_many_sessions_do_not_overflow_the_small_columns():
    busy = Activity.of_one(sessions=200)

    assert FeePerSession().pay(busy, PRICES)[0] == 730600
    small = Activity(*(np.array([x], dtype=np.int8) for x in (100, 0, 0, 0, 0)))
    assert FeePerSession().pay(small, PRICES)[0] == 365300


def test_the_clauses_of_a_contract_add_up_in_any_order():
    clauses = (IntakeFee(), FeePerSession(), BundleQuarter())
    one, other = Contract(clauses), Contract(clauses[::-1])

    assert one.worth(MONTH, PRICES) == other.worth(MONTH, PRICES) == 58448 + 5480 + 90000
    assert set(one.settle(MONTH, PRICES)) == {"intake_fee", "fee_per_session", "bundle_quarter"}
    assert Contract(()).worth(MONTH, PRICES) == 0


def test_the_regular_contract_rewards_sessions_and_not_quarters():
    rewards = REGULAR.incentives(PRICES)

    assert (rewards.session, rewards.intake) == (36.53, 54.80)
    np.testing.assert_array_equal(rewards.quarter, np.zeros(4))
    assert REGULAR.bundle is None


def test_the_bundle_rewards_quarters_and_not_sessions():
    rewards = Contract((IntakeFee(), BundleQuarter())).incentives(PRICES)

    assert (rewards.session, rewards.intake) == (0.0, 54.80)
    np.testing.assert_array_equal(rewards.quarter, [300.0, 350.0, 400.0, 150.0])
    assert rewards.quarter.shape == (len(QUARTER_KINDS),)


def test_the_marginal_reward_of_a_mixed_contract_is_the_sum():
    mixed = Contract((FeePerSession(), BundleQuarter()))
    rewards = mixed.incentives(PRICES)

    assert rewards.session == 36.53 and rewards.intake == 0.0
    assert rewards.quarter[3] == 150.0
    assert mixed.bundle == BundleQuarter()


@pytest.mark.parametrize(
    ("classes", "maintenance", "groups"),
    [(3, True, [0, 1, 2, 3]), (1, True, [0, 0, 0, 1]), (1, False, [0, 0, 0, 0])],
)
def test_kinds_of_quarter_share_prices_as_the_clause_says(classes, maintenance, groups):
    clause = BundleQuarter(weight_classes=classes, maintenance_class=maintenance)

    np.testing.assert_array_equal(clause.group_of_kind(), groups)


@pytest.mark.parametrize(
    ("classes", "maintenance", "wanted"), [(3, True, 4), (1, True, 2), (1, False, 1)]
)
def test_a_bundle_needs_one_price_per_class(classes, maintenance, wanted):
    for count in range(6):
        prices = tuple(100.0 + k for k in range(count))
        keys = {"weight_classes": classes, "maintenance_class": maintenance, "prices": prices}
        if count == wanted:
            assert BundleQuarter(**keys).prices == prices
        else:
            with pytest.raises(ValidationError, match=f"prices needs {wanted} amounts"):
                BundleQuarter(**keys)


def test_three_classes_need_a_price_for_maintenance():
    """A maintenance quarter is no lightest first quarter: it cannot borrow a class's price."""
    for prices in (None, (100.0, 200.0, 300.0), (100.0, 200.0, 300.0, 50.0)):
        with pytest.raises(ValidationError, match="need maintenance_class: true"):
            BundleQuarter(weight_classes=3, maintenance_class=False, prices=prices)


@pytest.mark.parametrize("keys", [{"weight_classes": True}, {"maintenance_class": 1}])
def test_numbers_and_yes_or_no_are_not_mixed_up(keys):
    with pytest.raises(ValidationError):
        BundleQuarter(**keys)


@pytest.mark.parametrize("bad", [-0.01, 100_001.0, float("nan"), float("inf"), "cheap"])
def test_a_bundle_refuses_impossible_prices(bad):
    with pytest.raises(ValidationError):
        BundleQuarter(prices=(bad, 1.0, 1.0, 1.0))


def test_a_clause_refuses_keys_and_classes_it_does_not_know():
    with pytest.raises(ValidationError, match="weight_clases"):
        BundleQuarter(weight_clases=3)
    with pytest.raises(ValidationError):
        BundleQuarter(weight_classes=2)
    with pytest.raises(ValidationError):
        FeePerSession(tariff=36.0)
    with pytest.raises(ValidationError):
        IntakeFee(clause="fee_per_session")


def test_a_clause_cannot_be_changed_after_the_fact():
    with pytest.raises(ValidationError, match="frozen"):
        BundleQuarter().weight_classes = 1


@pytest.mark.parametrize("which", ["session", "intake", "quarter"])
def test_prices_cannot_be_negative(which):
    good = {"session": 1, "intake": 1, "quarter": np.array([0, 1, 2, 3])}
    Prices(**good)
    bad = {**good, which: np.array([1, 1, -1, 1]) if which == "quarter" else -1}

    with pytest.raises(ValueError, match="cannot be negative"):
        Prices(**bad)


@pytest.mark.parametrize(
    ("euros", "whole"), [(0.0, 0), (36.53, 3653), (0.29, 29), (1.005, 100), (19.999, 2000)]
)
def test_euros_become_whole_cents(euros, whole):
    assert cents(euros) == whole and isinstance(cents(euros), int)


def test_the_incentives_are_read_at_the_margin_so_a_zero_price_rewards_nothing():
    free = Prices(0, 0, np.zeros(4, dtype=np.int64))
    rewards = Contract((IntakeFee(), FeePerSession(), BundleQuarter())).incentives(free)

    assert (rewards.session, rewards.intake, rewards.quarter.sum()) == (0.0, 0.0, 0.0)


def test_a_contract_has_each_clause_once():
    with pytest.raises(ValueError, match="same clause twice"):
        Contract((IntakeFee(), BundleQuarter(), BundleQuarter(prices=(1.0, 1.0, 1.0, 1.0))))


def test_a_policy_offers_a_contract_only_if_it_differs_from_the_regular_one():
    assert not Policy().offers_contract
    assert not Policy(clauses=(FeePerSession(), IntakeFee())).offers_contract
    assert Policy(clauses=(IntakeFee(), BundleQuarter())).offers_contract
    assert len(Policy().contracts) == 1
    assert len(Policy(clauses=(FeePerSession(),)).contracts) == 2

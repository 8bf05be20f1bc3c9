"""Bundles: which quarters share a price, what is paid when one opens, and what is refused."""

from dataclasses import fields

import numpy as np
import pytest
from pydantic import ValidationError

from model.codes import INTENSIVE, MAINTENANCE, TAPERING
from model.contracts.clause import Activity
from model.contracts.flat_bundle import FlatBundle
from model.contracts.outlook import Case, Outlook
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.prices import Prices
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.quarter_bundle import QuarterBundle, phase_of
from model.contracts.weight_class_bundle import WeightClassBundle

BUNDLES = [
    FlatBundle(),
    FlatBundle(maintenance_price=False),
    WeightClassBundle(),
    PhaseBundle(),
    ProfilePhaseBundle(),
]

#: Rows: weight class; columns: phase. Insurer 0 pays these, insurer 1 EUR 10 more for each.
PER_KIND = np.array([[40000, 20000, 15000], [60000, 30000, 15500], [70000, 35000, 16000]])
PRICES = Prices(np.full(4, 3653), 5480, np.stack([PER_KIND, PER_KIND + 1000]))


def month(**columns) -> Activity:
    """A month of five patients in small columns, as the state keeps them."""
    named = {name: np.array(column, dtype=np.int8) for name, column in columns.items()}
    nothing = np.zeros(5, dtype=np.int8)
    return Activity(**{f.name: named.get(f.name, nothing) for f in fields(Activity)})


def outlook() -> Outlook:
    return Outlook(
        prices=PRICES,
        norms={},
        patients=9.0,
        sessions=30.0,
        margin=100.0,
        cost_cv=0.6,
        reference_cost=30.0,
        benchmark=2_000.0,
        admission_cost=5_000.0,
        ccq_value=500.0,
        icc=0.05,
    )


@pytest.mark.parametrize(
    ("bundle", "groups"),
    [
        (FlatBundle(), [[0, 0, 1], [0, 0, 1], [0, 0, 1]]),
        (FlatBundle(maintenance_price=False), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]),
        (WeightClassBundle(), [[0, 0, 3], [1, 1, 3], [2, 2, 3]]),
        (PhaseBundle(), [[0, 1, 2], [0, 1, 2], [0, 1, 2]]),
        (ProfilePhaseBundle(), [[0, 1, 6], [2, 3, 6], [4, 5, 6]]),
    ],
)
def test_quarters_share_a_price_as_the_bundle_says(bundle, groups):
    np.testing.assert_array_equal(bundle.groups(), groups)
    assert set(np.unique(groups)) == set(range(len(bundle.group_names())))


def test_price_groups_are_named_in_the_order_of_the_prices():
    assert FlatBundle().group_names() == ("first_year", "maintenance")
    assert FlatBundle(maintenance_price=False).group_names() == ("every_quarter",)
    assert WeightClassBundle().group_names() == (
        "profile_3", "profile_4", "profile_5", "maintenance",
    )  # fmt: skip
    assert PhaseBundle().group_names() == ("intensive", "tapering", "maintenance")
    assert ProfilePhaseBundle().group_names() == (
        "profile_3_intensive", "profile_3_tapering", "profile_4_intensive", "profile_4_tapering",
        "profile_5_intensive", "profile_5_tapering", "maintenance",
    )  # fmt: skip


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_pays_each_quarter_that_opens_whatever_is_delivered(bundle):
    paid = bundle.pay(
        month(
            insurer=[0, 1, 0, 1, 0],
            opened=[1, 1, 1, 0, 1],
            weight_class=[0, 1, 2, 2, 2],
            phase=[0, 1, 2, 0, 0],
            sessions=[1, 9, 4, 12, 0],
        ),
        PRICES,
    )

    np.testing.assert_array_equal(paid, [40000, 31000, 16000, 0, 70000])
    assert paid.dtype == np.int64


def test_a_bundle_expects_its_quarters_at_the_prices_of_class_phase_and_insurer():
    one = Case(sessions=40.0, quarters=(2.0, 1.5, 0.25), weight_class=1)
    other = Case(sessions=80.0, quarters=(2.0, 1.5, 0.25), weight_class=1, insurer=1)

    # 2 x 600 + 1.5 x 300 + 0.25 x 155; at insurer 1 a tenner more for 3.75 quarters
    assert ProfilePhaseBundle().expect(one, outlook()) == pytest.approx(1_688.75)
    assert ProfilePhaseBundle().expect(other, outlook()) == pytest.approx(1_726.25)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_needs_one_price_per_group(bundle):
    fixed = bundle.model_dump(exclude={"prices"})
    wanted = len(bundle.group_names())
    for count in range(9):
        prices = tuple(100.0 + k for k in range(count))
        if count == wanted:
            assert type(bundle)(**fixed, prices=prices).prices == prices
        else:
            with pytest.raises(ValidationError, match=f"prices needs {wanted} amount"):
                type(bundle)(**fixed, prices=prices)


def test_the_refusal_names_the_groups():
    said = r"prices needs 4 amounts \(profile_3, profile_4, profile_5, maintenance\), not 2"
    with pytest.raises(ValidationError, match=said):
        WeightClassBundle(prices=(1.0, 2.0))
    with pytest.raises(ValidationError, match=r"prices needs 1 amount \(every_quarter\), not 2"):
        FlatBundle(maintenance_price=False, prices=(1.0, 2.0))


@pytest.mark.parametrize("bad", [-0.01, 100_001.0, float("nan"), float("inf"), "cheap", True])
def test_a_bundle_refuses_impossible_prices(bad):
    with pytest.raises(ValidationError):
        PhaseBundle(prices=(bad, 1.0, 1.0))


@pytest.mark.parametrize(
    ("bundle", "keys"),
    [
        (FlatBundle, {"maintenance_price": 1}),
        (FlatBundle, {"maintenance_prise": True}),
        (PhaseBundle, {"maintenance_price": True}),
        (WeightClassBundle, {"clause": "flat_bundle"}),
        (ProfilePhaseBundle, {"weight_classes": 3}),
    ],
)
def test_a_bundle_refuses_keys_and_values_it_does_not_know(bundle, keys):
    with pytest.raises(ValidationError):
        bundle(**keys)


def test_a_bundle_cannot_be_changed_after_the_fact():
    with pytest.raises(ValidationError, match="frozen"):
        FlatBundle().maintenance_price = False


def test_a_bundle_without_price_groups_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        QuarterBundle(clause="quarter_bundle")


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_pays_for_care_by_the_month_and_settles_no_year(bundle):
    assert bundle.pays_for_care
    assert bundle.settle_accounts(None) is None and bundle.settle_files(None) is None


@pytest.mark.parametrize(
    ("intensive_quarters", "phases"),
    [
        (0, [TAPERING] * 4),
        (1, [INTENSIVE] + [TAPERING] * 3),
        (2, [INTENSIVE] * 2 + [TAPERING] * 2),
        (4, [INTENSIVE] * 4),
        (6, [INTENSIVE] * 4),  # an intensive phase ends with the first year
    ],
)
def test_a_first_year_is_intensive_then_tapering_and_the_rest_is_maintenance(
    intensive_quarters, phases
):
    found = [phase_of(quarter, intensive_quarters) for quarter in range(7)]

    assert found == [*phases, MAINTENANCE, MAINTENANCE, MAINTENANCE]

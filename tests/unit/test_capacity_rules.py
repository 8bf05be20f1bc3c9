"""What a scarce slot is worth, what others would do, and how acceptance uses both."""

import numpy as np
import pytest

from agents.behaviours.capacity import others_with_room, outside_option, scarcity, shadow_price
from agents.behaviours.default import acceptance_chance, acceptance_probability, patient_gain
from model.access import Access
from model.month.acceptance import nearby_of, treatment_elsewhere, warranty_end
from model.parameters import load_registry
from model.population import Size
from model.practices import make_practices

P = load_registry().values()


@pytest.mark.parametrize(
    ("load", "scarce"), [(0.0, 0.0), (80.0, 0.0), (90.0, 0.5), (100.0, 1.0), (130.0, 1.0)]
)
def test_slots_become_scarce_between_a_utilisation_and_full(load, scarce):
    assert scarcity(load, 100.0, 0.8) == pytest.approx(scarce)


def test_a_scarce_slot_is_worth_what_a_regular_patient_would_bring():
    assert shadow_price(0.5, 12.0, 40.0) == 240.0
    assert shadow_price(0.0, 12.0, 40.0) == 0.0
    assert shadow_price(1.0, -3.0, 40.0) == 0.0  # a loss-making regular patient is no loss


def test_others_are_weighed_by_staff_without_the_own_practice():
    assert others_with_room(6.0, 10.0, 2.0, 2.0) == 0.5
    assert others_with_room(6.0, 10.0, 0.0, 2.0) == 0.75
    assert others_with_room(2.0, 2.0, 2.0, 2.0) == 0.0  # the only practice of the region


def test_the_outside_option_needs_room_and_willingness():
    assert outside_option(0.9, 0.5, 0.2) == pytest.approx(0.36)
    assert outside_option(0.9, 0.0, 0.0) == 0.0
    assert outside_option(0.9, 1.0, 1.0) == 0.0


def test_refusals_of_last_year_are_kept_by_region():
    access = Access(np.array([10.0, 0.0]), np.array([4.0, 0.0]), np.array([0.9, 0.3]))
    copied = access.copy()
    access.open_year()

    assert access.refused_share.tolist() == [0.4, 0.0]
    assert access.requests.tolist() == access.refused.tolist() == [0.0, 0.0]
    assert copied.requests.tolist() == [10.0, 0.0]


def test_treatment_elsewhere_looks_at_the_other_practices_of_the_region():
    practices = make_practices(Size.of_share(P, 0.01), P, 1)
    regions = practices.region_start.size - 1
    first, last = practices.region_start[0], practices.region_start[1]
    load = np.where(np.arange(practices.count) == first, 1e9, 0.0)
    access = Access(np.zeros(regions), np.zeros(regions), np.full(regions, 0.25))
    nearby = nearby_of(practices, load, practices.capacity, access)
    staff = practices.staff[first:last]

    def elsewhere(practice):
        return treatment_elsewhere(practice, 0, nearby, 0.8)

    assert last - first > 1 and nearby.with_room[first] == 0.0
    assert elsewhere(first) == pytest.approx(0.8 * 0.75)
    others = (staff[2:].sum()) / (staff.sum() - staff[1])
    assert elsewhere(first + 1) == pytest.approx(0.8 * 0.75 * others)


def test_a_bundle_is_payable_again_when_the_warranty_ends():
    assert warranty_end(20, 15, 9.0, True) == 24
    assert warranty_end(20, 15, 9.0, False) == 20
    assert warranty_end(20, 15, 0.0, True) == 20


@pytest.mark.parametrize("precision", [0.001, 0.05, 1e6])
def test_nobody_errs_where_money_and_patient_agree(precision):
    assert acceptance_chance(40.0, 0.0, 1.0, 40.0, precision) == 1.0
    assert acceptance_chance(39.9, -1.0, 1.0, 40.0, precision) == 0.0
    assert acceptance_chance(39.9, 0.0, 1.0, 40.0, precision) == 0.0


@pytest.mark.parametrize(("money", "gain"), [(-50.0, 80.0), (60.0, -30.0), (0.0, 40.0)])
def test_where_they_pull_apart_the_logit_decides_on_the_surplus(money, gain):
    for rho in (0.5, 2.0):
        surplus = money + gain / rho
        chance = acceptance_chance(money, gain, rho, 20.0, 0.05)

        assert chance == acceptance_probability(surplus, 20.0, 0.05)
        assert 0.0 < chance < 1.0
        assert acceptance_chance(money, gain, rho, 20.0, 1e6) == (
            0.5 if surplus == 20.0 else float(surplus > 20.0)
        )


def test_the_gain_of_a_patient_is_against_what_others_would_give():
    # k = 5: B(40, 45) = 5,000, B(45, 45) = 5,062.5
    assert patient_gain(40.0, 45.0, 1e9, 5.0, 0.0) == pytest.approx(5_000.0)
    assert patient_gain(40.0, 45.0, 1e9, 5.0, 1.0) == pytest.approx(-62.5)
    assert patient_gain(40.0, 45.0, 40.0, 5.0, 1.0) == pytest.approx(0.0)

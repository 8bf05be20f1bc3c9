"""Grading both ways: one test scored low or high, and what is counted of it."""

import numpy as np
import pytest

from agents.behaviours.default import too_light_surplus
from model import state
from model.codes import (
    DEFAULT,
    DOWNGRADED,
    HONEST,
    PROFILE_3,
    PROFILE_4,
    PROFILE_5,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.care_seeking import true_walks
from model.month.grading import count_grading, grade
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()

#: A therapist with rho 1 has a = 0.5.
RHO = 1.0


@pytest.fixture(scope="module")
def world():
    return World(P, HISTORY, 1, Size.of_treated(P, 20))


def graded(world, profile, gains, own_cost, expected_loss=0.0, steps=0.0, walk=0.0):
    """Grade patient 0, whose tests lie so many measurement SDs above their cut-offs."""
    intake, seeking = world.constants["intake"], world.constants["care_seeking"]
    person, health, care = world.person, world.health, world.care
    person.steps[0] = seeking.steps_cutoff + steps * intake.steps_sd
    care.profile[0] = profile
    person.walk_offset[0] = 0.0
    wanted = (seeking.walk_cutoff + walk * intake.walk_sd) * seeking.walk_predicted
    person.walk_offset[0] = wanted - true_walks(np.array([0]), person, health, seeking)[0]
    return grade(
        0, person, health, care, seeking, intake, RHO, own_cost, np.array(gains), expected_loss,
        DEFAULT, 0.0,
    )  # fmt: skip


UPWARD = [[0.0, 200.0, 400.0], [-200.0, 0.0, 200.0], [-400.0, -200.0, 0.0]]
DOWNWARD = [[0.0, -50.0, -300.0], [0.0, 0.0, -250.0], [300.0, 250.0, 0.0]]


def test_what_a_class_that_is_too_light_is_worth():
    assert too_light_surplus(300.0, 0.5, 100.0) == pytest.approx(50.0)
    assert too_light_surplus(300.0, 0.5, 150.0) == 0.0


@pytest.mark.parametrize(
    ("profile", "walk", "steps", "own_cost", "found"),
    [
        # A year in profile 5 brings 400 and 200, weighed by a half.
        (PROFILE_3, 0.0, -2.0, 199.0, (2, UPCODE_DETECTABLE)),
        (PROFILE_3, 0.0, -2.0, 201.0, (0, HONEST)),
        (PROFILE_4, -2.0, 0.0, 99.0, (2, UPCODE_DETECTABLE)),
        (PROFILE_4, -2.0, 0.0, 101.0, (1, HONEST)),
        # Two SDs from the cut-off the cost is threefold.
        (PROFILE_3, 2.0, -2.0, 66.0, (2, UPCODE_DETECTABLE)),
        (PROFILE_3, 2.0, -2.0, 67.0, (0, HONEST)),
        # Nothing is heavier than profile 5.
        (PROFILE_5, -0.1, -0.1, 0.0, (2, HONEST)),
    ],
)
def test_a_test_is_scored_low_where_the_heavier_class_pays(
    world, profile, walk, steps, own_cost, found
):
    assert graded(world, profile, UPWARD, own_cost, walk=walk, steps=steps) == found


@pytest.mark.parametrize(
    ("loss", "distance", "choice"),
    [
        (0.15, 0.5, UPCODE_DETECTABLE),  # 0.85 of the gain against 0.8
        (0.25, 0.5, UPCODE_UNDETECTABLE),  # 0.75 against 0.8
        (0.25, 1.5, UPCODE_DETECTABLE),  # too far from the cut-off to look like chance
        (1.10, 1.5, HONEST),
        (1.10, 0.5, UPCODE_UNDETECTABLE),  # no audit removes it (U3)
    ],
)
def test_audits_move_upcoding_to_what_they_cannot_prove(world, loss, distance, choice):
    """The way that cannot be proved leaves 0.8 of the gain: it is taken from A D = 0.2 (U3)."""
    assert P.undetectable_gain_share == 0.8
    assert graded(world, PROFILE_3, UPWARD, 10.0, loss, walk=distance)[1] == choice


@pytest.mark.parametrize(
    ("walk", "steps", "own_cost", "found"),
    [
        # Profile 3 brings 300 and 4 brings 250; a = 0.5.
        (-0.1, -0.1, 10.0, (0, DOWNGRADED)),  # 150 - 11 against 125 - 11
        (-3.0, -0.1, 10.0, (1, DOWNGRADED)),  # 150 - 40 against 125 - 11
        (-3.0, -3.0, 37.0, (0, DOWNGRADED)),  # 150 - 148 against 125 - 148
        (-3.0, -3.0, 38.0, (2, HONEST)),
    ],
)
def test_one_of_two_tests_is_scored_high_where_a_lighter_class_pays(
    world, walk, steps, own_cost, found
):
    assert graded(world, PROFILE_5, DOWNWARD, own_cost, walk=walk, steps=steps) == found
    # No audit takes anything back for a class that is too light.
    assert graded(world, PROFILE_5, DOWNWARD, own_cost, 5.0, walk=walk, steps=steps) == found


def test_of_two_ways_that_are_worth_the_same_activity_is_scored_high(world):
    alike = [[0.0] * 3, [0.0] * 3, [250.0, 250.0, 0.0]]
    assert graded(world, PROFILE_5, alike, 0.0) == (1, DOWNGRADED)


@pytest.mark.parametrize("profile", [PROFILE_3, PROFILE_4])
def test_who_has_one_low_test_cannot_be_made_lighter_by_one_test(world, profile):
    """The other class with one low test needs both scored wrongly."""
    swap = [[0.0, 900.0, 0.0], [900.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert graded(world, profile, swap, 0.0) == (profile - PROFILE_3, HONEST)


def test_where_no_class_pays_more_everybody_is_graded_honestly(world):
    for profile in (PROFILE_3, PROFILE_4, PROFILE_5):
        found = graded(world, profile, np.zeros((3, 3)), 0.0)
        assert found == (profile - PROFILE_3, HONEST)


def test_what_is_counted_of_a_grading():
    profiles = [PROFILE_3, PROFILE_4, PROFILE_4, PROFILE_5, PROFILE_5]
    codes = [HONEST, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE, HONEST, DOWNGRADED]
    care, tally = state.empty("care", 5), state.empty("tally", 5)
    practice = state.empty("practice_tally", 1)
    care.profile[:], care.upcoded[:] = profiles, codes

    heavy = [count_grading(i, 0, care, tally, practice) for i in range(5)]

    assert heavy == [False, True, True, False, False]
    assert tally.unprovable.tolist() == [0, 0, 1, 0, 0]
    assert tally.downgraded.tolist() == [0, 0, 0, 0, 1]
    assert (practice.gradable[0], practice.too_heavy[0]) == (3.0, 2.0)


# --- in a world

STEEP = WeightClassBundle(prices=(300.0, 300.0, 600.0, 100.0))
FEW_HEAVY = Kpi(indicator="heavy_class", slope=225.0, minimum_patients=1.0)


@pytest.mark.parametrize(
    ("clauses", "upcoded", "downgraded"),
    [
        ((), False, False),
        ((FlatBundle(),), False, False),
        ((STEEP,), True, False),
        ((FlatBundle(), FEW_HEAVY), False, True),
        ((STEEP, FEW_HEAVY), True, False),  # 1,200 for the class against 900 for its absence
    ],
)
def test_a_class_goes_the_way_that_pays(clauses, upcoded, downgraded):
    policy = Policy(clauses=(IntakeFee(), *clauses)) if clauses else Policy()
    span, size = Span(2024, 2025, 2025), Size.of_share(P, 0.05)
    results = World(P, policy, 1, size, span, keep_lines=False).run().results()
    last = results[(results.year == 2025) & (results.split == "all")].set_index("measure").top

    assert (last["upcoded_share"] > 0.0) == upcoded
    assert (last["downgraded_share"] > 0.0) == downgraded
    assert 0.0 <= last["upcoded_unprovable_share"] <= last["upcoded_share"]

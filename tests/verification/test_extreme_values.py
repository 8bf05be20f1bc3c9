"""Extreme values: what must happen at the ends of the world, stated before it is run.

Beside ``test_extremes.py`` (no tariff, no hazard, a certain death, nobody treated, every slot too
dear): here every price and cost zero, hazards one, a single patient, a single practice, a single
insurer, practices without room, and therapists who are all professionals or all out for profit.
"""

from dataclasses import replace

import numpy as np
import pytest

from model.codes import ALIVE, INSURERS, THEORIES, TREATED
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.ledger import Party
from model.outcomes import MEASURES
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

REGISTRY = load_registry()
P = REGISTRY.values()
SPAN = Span(2024, 2025, 2026)
FLAT = Policy(clauses=(IntakeFee(), FlatBundle(prices=(290.0, 290.0))))
POLICIES = {"fee": Policy(), "bundle": FLAT}
LETTERS = [name.lower() for name in INSURERS]
#: Euros that are no price and no cost: the worth of benefit to a therapist, fears and moral costs.
NO_MONEY = (
    "benefit_curvature_k", "norm_median", "upcode_reference_step", "reservation_value",
    "value_per_qaly",
)  # fmt: skip


def small(share=0.003, **changes):
    """Return a size of a share of the country, with some of its numbers set by hand."""
    return replace(Size.of_share(P, share), **changes)


def run(policy, p=P, size=None, span=SPAN):
    return World(p, policy, 1, size or small(), span).run()


def totals(world, measure):
    """Return numerator and denominator of a measure over the policy years, for everyone."""
    table = world.results()
    own = table[
        (table.measure == measure) & (table.split == "all") & (table.year >= SPAN.policy_year)
    ]
    return float(own.top.sum()), float(own.bottom.sum())


def complete(world):
    """Assert that every measure is there and finite, whatever the world was."""
    table = world.results()
    assert set(table.measure) == {measure.id for measure in MEASURES}
    assert np.isfinite(table.top).all() and np.isfinite(table.bottom).all()


# --- money


def test_if_nothing_costs_anything_no_euro_moves():
    """Every parameter in euros per something that somebody pays is zero."""
    free = {
        entry.name: 0.0
        for entry in REGISTRY.all()
        if entry.unit.startswith("EUR") and entry.name not in NO_MONEY
    }
    assert {
        "session_tariff_contracted",
        "compulsory_deductible",
        "cost_exacerbation_severe_2025",
    } <= {*free}
    world = run(Policy(), P.replace(free))

    assert world.ledger.totals().cents.sum() == 0
    for measure in ("paramedical_spending", "total_care_cost", "out_of_pocket"):
        assert totals(world, measure)[0] == 0.0
    assert totals(world, "treated_patients")[0] > 0  # care is given for nothing
    complete(world)


# --- hazards


def test_if_every_month_strikes_everybody_has_an_attack_each_month():
    stages = (2, 3, 4)
    struck = P.replace(
        {f"exacerbation_rate_gold_{s}": 1e9 for s in stages}
        | {"mortality_men_65": 0.0, "mortality_women_65": 0.0, "exac_random_intercept_sd": 0.0}
    )
    world = run(Policy(), struck)
    old = (world.health.alive == ALIVE) & (world.person.entry_month < 12)

    assert old.sum() > 500
    assert (world.health.attacks[old] == 0b111111111111).all()
    complete(world)


def test_if_everybody_stops_at_once_nobody_is_treated_for_long():
    """With a chance of one to break off each month every treatment ends in the month it began."""
    leaving = P.replace({"dropout_early": 1.0, "dropout_late": 1.0})
    world = run(Policy(), leaving)

    assert totals(world, "treated_patients")[0] > 0
    usual = run(Policy())
    few, many = (np.divide(*totals(w, "sessions_per_patient")) for w in (world, usual))
    assert few < 0.4 * many
    complete(world)


# --- one of a kind


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_world_of_one_patient(policy):
    size = small(patients=1, practices=3, entrants=0.0)
    world = run(policy, size=size)

    assert world.person.female.size == 1
    table = world.results()
    whole = table[(table.split == "all") & (table.measure == "treated_patients")]
    assert (whole.top <= size.scale).all()  # one person, counted for so many
    complete(world)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_world_of_one_practice(policy):
    """Everybody who is treated is treated there, as far as there is room."""
    world = run(policy, size=small(practices=1))

    asked = world.care.practice[world.care.practice >= 0]
    assert asked.size and (asked == 0).all()
    lines = world.ledger.lines()
    assert set(lines[lines.payee == Party.PRACTICE].payee_id) == {0}
    refused, requests = totals(world, "refused_share")
    assert 0.0 <= refused <= requests
    complete(world)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("letter", [LETTERS[0], LETTERS[-1]])
def test_a_country_insured_with_one_insurer(policy, letter):
    """There are ten insurers always; here nine have nobody and none moves to them.

    A world with fewer does not exist: the ten labels are part of the state. Shares are set so that
    one holds everybody, and switching in January is off.
    """
    shares = {f"insurer_share_2022_{name}": float(name == letter) for name in LETTERS}
    world = run(policy, P.replace(shares | {"insurer_switch_rate_copd": 0.0}))

    only = LETTERS.index(letter)
    assert (world.person.insurer == only).all()
    lines = world.ledger.lines()
    assert set(lines[lines.payer == Party.INSURER].payer_id) == {only}
    complete(world)


def test_without_room_a_practice_treats_one_patient_at_a_time():
    """The nearest to a country without practices, for a share of it always has one at least.

    Room for nobody: a practice then still takes a patient when it has none, so that even the
    smallest is never shut; so many patients at a time as there are practices, and not one more.
    """
    world = World(
        P.replace({"capacity_slack": -1.0, "initial_treated_ratio": 0.0}),
        Policy(),
        1,
        small(),
        SPAN,
    )
    assert Size.of_share(P, 1e-9).practices == 1
    assert (world.capacity == 0.0).all()
    seen = 0
    while world.month < SPAN.months:
        world.step()
        treated = world.care.practice[world.care.status == TREATED]
        assert np.bincount(treated, minlength=1).max() <= 1
        seen = max(seen, treated.size)
    assert 0 < seen <= world.practices.count
    complete(world)


# --- motives


def moved_by(theory, policy):
    """Return a world whose therapists are all moved by one theory, from the first month."""
    mixed = replace(policy, theories={theory: 1.0}, theories_in_history=True)
    history = replace(HISTORY, theories={theory: 1.0}, theories_in_history=True)
    world = World(P, history, 1, small(0.005), SPAN, keep_lines=False)
    return world.run(world.policy_month).branch(mixed).run()


def rate(world, measure):
    top, bottom = totals(world, measure)
    return top / bottom


def test_pure_professionals_give_what_is_needed_whatever_they_are_paid():
    fee, bundle = (moved_by("pure_professional", policy) for policy in POLICIES.values())

    for world in (fee, bundle):
        assert rate(world, "undertreated_share") == rate(world, "overtreated_share") == 0.0
        assert rate(world, "upcoded_share") == 0.0
    assert rate(bundle, "sessions_per_patient") == pytest.approx(
        rate(fee, "sessions_per_patient"), rel=0.02
    )


def test_pure_profit_gives_as_much_as_is_paid_for_and_as_little_as_is_not():
    fee, bundle = (moved_by("pure_profit", policy) for policy in POLICIES.values())

    assert rate(fee, "undertreated_share") < 0.1 and rate(fee, "overtreated_share") > 0.5
    assert rate(bundle, "undertreated_share") > 0.8 and rate(bundle, "overtreated_share") < 0.1
    assert rate(bundle, "sessions_per_patient") < 0.5 * rate(fee, "sessions_per_patient")


@pytest.mark.parametrize("theory", THEORIES)
def test_every_theory_alone_makes_a_complete_world(theory):
    complete(moved_by(theory, FLAT))

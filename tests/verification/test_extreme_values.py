"""Extreme values: what must happen at the ends of the world, stated before it is run.

Prices and costs zero, hazards zero or one, nobody treated, every slot too dear; one patient, one
practice, one insurer, no practice at all; therapists who are all professionals or all out for
profit. Clauses at an extreme: ``test_clause_extremes.py``.
"""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from small_worlds import CAPPED, FIXED_BUNDLE, NEUTRAL_BUNDLE, OPEN, SPAN, P, value, world

from model.codes import ALIVE, INSURERS, THEORIES, TREATED
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.ledger import Party
from model.outcomes import MEASURES, SPLITS
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import World
from scenarios.loader import library, load

REGISTRY = load_registry()
FLAT = Policy(clauses=(IntakeFee(), FlatBundle(prices=(290.0, 290.0))))
POLICIES = {"fee": Policy(), "bundle": FLAT}
LETTERS = [name.lower() for name in INSURERS]
#: Euros that are no price and no cost: the worth of benefit to a therapist, fears and moral costs.
NO_MONEY = (
    "benefit_curvature_k", "norm_median", "upcode_reference_step", "reservation_value",
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


@pytest.mark.parametrize("policy", [OPEN, CAPPED, NEUTRAL_BUNDLE], ids=["open", "capped", "bundle"])
@pytest.mark.parametrize("treated", [400, None], ids=["treated", "eligible"])
def test_a_zero_tariff_gives_practices_no_revenue(policy, treated, tallies):
    free = P.replace(
        {"session_tariff_contracted": 0.0, "session_tariff_private": 0.0,
         "home_session_surcharge": 0.0}
    )  # fmt: skip
    w = world(policy, free, treated).run()

    assert "practice" not in set(w.ledger.totals().payee)
    assert sum(t.revenue.sum() for t in tallies["PracticeTally"]) == 0.0
    assert sum(t.revenue.sum() for t in tallies["Tally"]) == 0
    assert sum(t.sessions.sum() for t in tallies["Tally"]) > 0  # care was given nevertheless


@pytest.mark.parametrize("name", ["bundle_flat", "outcome_pay"])
def test_where_benefit_is_worth_no_euro_nothing_is_paid_per_euro_of_it(name):
    """Also under outcome pay, which is then paid but weighed by nobody."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        w = run(load(name, REGISTRY).policy(), P.replace({"value_per_qaly": 0.0}))

    assert (w.rewards.outcome_pay == 0.0).all()
    assert np.isfinite(w.care.plan).all()
    complete(w)


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


@pytest.mark.parametrize("policy", [OPEN, FIXED_BUNDLE], ids=["fee", "bundle"])
def test_without_hazard_nobody_dies_and_nobody_is_admitted(policy):
    stages = (2, 3, 4)
    safe = P.replace(
        {"mortality_men_65": 0.0, "mortality_women_65": 0.0}
        | {f"exacerbation_rate_gold_{s}": 0.0 for s in stages}
        | {f"severe_exacerbation_rate_gold_{s}": 0.0 for s in stages}
    )
    w = world(policy, safe).run()

    results = w.results()
    for year in (2024, 2025, 2026):
        assert value(results, "deaths", year)[0] == 0
        assert value(results, "admissions", year)[0] == 0
    assert (w.health.alive[: w.rows_upto[-1]] == ALIVE).all()
    assert not w.health.attacks.any()
    assert not {"admission", "lung_attack"} & set(w.ledger.clauses)


def test_a_certain_death_leaves_nobody():
    w = world(OPEN, P.replace({"mortality_men_65": 1e6, "mortality_women_65": 1e6})).run(2)
    first = w.person.entry_month < 0

    assert not (w.health.alive[first] == ALIVE).any()
    assert not (w.care.status[first] == TREATED).any()


@pytest.mark.parametrize("policy", [OPEN, CAPPED, NEUTRAL_BUNDLE], ids=["open", "capped", "bundle"])
def test_measures_are_defined_when_nobody_is_treated(policy):
    nobody = P.replace({"seek_rate": 0.0, "initial_treated_ratio": 0.0})
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        w = world(policy, nobody).run()
    results = w.results()

    assert set(results.measure) == {m.id for m in MEASURES}
    assert set(results.split) == set(SPLITS)
    assert np.isfinite(results.top).all() and np.isfinite(results.bottom).all()
    for year in (2024, 2025, 2026):
        for measure in ("treated_patients", "paramedical_spending", "out_of_pocket"):
            assert value(results, measure, year)[0] == 0
        assert value(results, "sessions_per_patient", year) == (0, 0)
        assert value(results, "deaths", year)[0] > 0
    treated = results[results.measure == "sessions_per_patient"]
    assert (treated.patients == 0).all() and treated.small.all()


def test_when_every_slot_is_too_dear_everybody_is_refused():
    w = world(OPEN, P.replace({"reservation_value": 1e9})).run()
    refused, requests = value(w.results(), "refused_share", 2026)

    assert refused == requests > 0


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
    """A practice then still takes a patient when it has none, so that even the smallest is open.

    So many patients at a time as there are practices, and not one more.
    """
    world = World(
        P.replace({"capacity_slack": -1.0, "initial_treated_ratio": 0.0}),
        Policy(),
        1,
        small(),
        SPAN,
    )
    assert (world.capacity == 0.0).all()
    seen = 0
    while world.month < SPAN.months:
        world.step()
        treated = world.care.practice[world.care.status == TREATED]
        assert np.bincount(treated, minlength=1).max() <= 1
        seen = max(seen, treated.size)
    assert 0 < seen <= world.practices.count
    complete(world)


@pytest.mark.parametrize(
    "name", ["fee_for_service_open", "bundle_by_choice", "bundle_all_safeguards"]
)
def test_without_practices_nobody_is_treated_and_lives_go_on(name):
    """A share of a country has one practice at least, so only a size set by hand has none."""
    assert Size.of_share(P, 1e-9).practices == 1
    w = run(load(name, REGISTRY).policy(), size=small(practices=0))

    for measure in ("treated_patients", "paramedical_spending", "out_of_pocket", "refused_share"):
        assert totals(w, measure)[0] == 0.0
    assert totals(w, "deaths")[0] > 0 and totals(w, "total_care_cost")[0] > 0
    assert set(w.ledger.totals().clause) == {"lung_attack", "admission", "other_copd_care"}
    complete(w)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(library()))
def test_every_scenario_stands_a_country_without_practices(name):
    w = run(load(name, REGISTRY).policy(), size=small(0.001, practices=0))

    assert totals(w, "treated_patients")[0] == 0.0
    complete(w)


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

    for each in (fee, bundle):
        assert rate(each, "undertreated_share") == rate(each, "overtreated_share") == 0.0
        assert rate(each, "upcoded_share") == 0.0
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

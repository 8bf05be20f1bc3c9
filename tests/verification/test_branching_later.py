"""Branching while a policy is in force: what goes on is the same world, what changes is new."""

from dataclasses import replace

import numpy as np
import pytest
from rich_contract import RICH

from experiments.state_fingerprint import STATE, state_fingerprint
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2027)
JANUARY = 24  # of 2026, the second year of the policy
BUNDLE = Policy(clauses=(IntakeFee(), WeightClassBundle()), by_choice=True)
FLAT = Policy(clauses=(IntakeFee(), FlatBundle(prices=(300.0, 300.0))))
POLICIES = {
    "by choice": BUNDLE,
    "by lot": replace(BUNDLE, by_choice=False, practices_share=0.5, insurers_share=0.6),
    "every clause": Policy(clauses=RICH),
    "regulator acts": replace(BUNDLE, regulator_acts=True, levers={"price_ratchet": 0.5}),
    "no contract": Policy(),
}


def world_at(policy: Policy, month: int = JANUARY, share: float = 0.01) -> World:
    history = World(P, HISTORY, 5, Size.of_share(P, share), SPAN)
    return history.run(SPAN.policy_month).branch(policy).run(month)


def results(world: World) -> str:
    return world.results().to_csv() + world.ledger.lines().to_csv()


@pytest.mark.parametrize("name", POLICIES)
def test_an_unchanged_branch_is_the_continued_world(name):
    trunk = world_at(POLICIES[name])
    branch = trunk.branch(POLICIES[name])
    assert state_fingerprint(branch) == state_fingerprint(trunk)
    branch.run()
    trunk.run()

    assert results(branch) == results(trunk)
    assert state_fingerprint(branch) == state_fingerprint(trunk)
    assert [one.joined.tolist() for one in branch.panel] == [
        one.joined.tolist() for one in trunk.panel
    ]


def test_a_changed_branch_leaves_its_trunk_alone_and_differs_from_then_on():
    trunk = world_at(BUNDLE)
    before = state_fingerprint(trunk)
    changed = trunk.branch(replace(BUNDLE, levers={"bundle_price_factor": 0.8})).run()
    assert state_fingerprint(trunk) == before
    trunk.run()

    years = [one.results().query("year < 2026").to_csv() for one in (trunk, changed)]
    assert years[0] == years[1]
    lines = [one.ledger.lines().query("month < @JANUARY").to_csv() for one in (trunk, changed)]
    assert lines[0] == lines[1]
    assert results(changed) != results(trunk)


def test_a_price_lever_moves_the_prices_of_the_contract_that_goes_on():
    trunk = world_at(BUNDLE)
    cut = trunk.branch(replace(BUNDLE, levers={"bundle_price_factor": 0.9, "price_ratchet": 0.0}))
    kept = trunk.branch(replace(BUNDLE, levers={"price_ratchet": 0.0}))
    for world in (cut, kept):
        world.step()

    assert cut.bundle_prices == pytest.approx(0.9 * kept.bundle_prices)
    assert cut.p.bundle_price_factor == 0.9 and cut.basis.bundle_price_factor == 1.0


def test_another_contract_is_offered_anew():
    trunk = world_at(replace(BUNDLE, levers={"audit_fear": 0.0}))
    changed = trunk.branch(FLAT)
    assert changed.p.fingerprint() == P.fingerprint()  # levers of the old scenario end with it
    changed.step()

    assert (changed.contract_of == 1).all()  # everybody, not only who had chosen the other
    assert changed.bundle_prices == pytest.approx(300.0)
    assert changed.contract_month == JANUARY and changed.policy_month == SPAN.policy_month


def test_a_contract_without_prices_of_its_own_is_priced_on_all_claims():
    """Everybody had a bundle, so under the fee hardly anything was claimed last year."""
    trunk = world_at(Policy(clauses=(IntakeFee(), WeightClassBundle())), share=0.02)
    changed = trunk.branch(Policy(clauses=(IntakeFee(), FlatBundle())))
    claims = trunk.claims
    value, quarters = (part.sum(axis=(0, 1)) for part in (claims.value, claims.quarters))
    changed.step()
    beside = changed.side_payment

    expected = [
        P.session_tariff_contracted * value[:, phases].sum() / quarters[:, phases].sum() - beside
        for phases in ([0, 1], [2])
    ]
    assert changed.bundle_prices[0] == pytest.approx(expected)
    assert claims.quarters[0].sum() < 0.2 * quarters.sum()


@pytest.mark.parametrize("later", [Policy(), FLAT], ids=["fee per session", "another bundle"])
def test_a_running_quarter_ends_under_the_contract_and_prices_it_began_with(later):
    earlier = Policy(clauses=(IntakeFee(), FlatBundle(prices=(400.0, 400.0))))
    trunk = world_at(earlier, share=0.02)
    care = trunk.care
    running = np.flatnonzero((care.status == 2) & (care.contract == 1) & (care.quarter_month > 0))
    paid = running[care.quarter_billed[running] == 1]
    ends = {row: JANUARY + 3 - int(care.quarter_month[row]) for row in paid}
    assert len(paid) > 20
    changed = trunk.branch(later).run(JANUARY + 3)
    lines = changed.ledger.lines()
    lines = lines[(lines["month"] >= JANUARY) & (lines["framework"] == 0)]
    for row, end in ends.items():
        own = lines[(lines["patient"] == row) & (lines["month"] < end)]
        own = own[own["clause"] != changed.ledger.clauses.index("intake_fee")]
        assert own.empty, "a paid quarter is not paid again, by the session or by the bundle"
    other = running[care.quarter_billed[running] == 0]
    bills = lines[lines["patient"].isin(other) & (lines["cents"] == 40_000)]
    assert set(bills["month"]) <= {JANUARY, JANUARY + 1}
    assert not (changed.care.contract[changed.care.status == 2] == 1).any() or later is FLAT


def test_a_former_contract_is_not_judged_any_more():
    kpi = Kpi(
        indicator="start_in_time", at_least=0.8, minimum_patients=1, consequence="withhold",
        share=0.1,
    )  # fmt: skip
    trunk = world_at(Policy(clauses=(IntakeFee(), FlatBundle(prices=(400.0, 400.0)), kpi)))
    changed = trunk.branch(FLAT).run()

    assert changed.former is not None
    assert not any(isinstance(one, Kpi) for one in changed.former.contract.clauses)
    lines = changed.ledger.lines()
    names = np.array(changed.ledger.clauses)[lines["clause"]]
    withheld = np.char.startswith(names.astype(str), "withheld")
    assert withheld[lines["month"] < JANUARY].any()
    assert not withheld[lines["month"] >= JANUARY].any()


def test_back_to_the_fee_per_session_and_forth():
    trunk = world_at(FLAT)
    back = trunk.branch(Policy(clauses=(FeePerSession(), IntakeFee()))).run(JANUARY + 12)
    assert back.former is not None and not (back.contract_of == 1).any()
    forth = back.branch(FLAT).run()

    assert (forth.contract_of == 1).all() and forth.contract_month == JANUARY + 12


def test_two_changes_in_one_january_are_one():
    trunk = world_at(FLAT)
    twice = trunk.branch(BUNDLE).branch(Policy()).run()

    assert results(twice) == results(trunk.branch(Policy()).run())


def test_the_same_change_twice_in_one_january_is_that_change():
    trunk = world_at(FLAT)
    twice = trunk.branch(Policy()).branch(Policy())
    assert twice.quarter_minutes.size == 2  # quarters of the former contract still run
    assert results(twice.run()) == results(trunk.branch(Policy()).run())


def test_administration_of_a_running_quarter_is_known_when_a_lever_moves_too():
    """With a lever the constants are collected anew; the former contract keeps its minutes."""
    trunk = world_at(FLAT)
    plain, moved = (
        trunk.branch(Policy(levers=levers)) for levers in ({}, {"audit_rate_least": 0.02})
    )
    for world in (plain, moved):
        world.step()
        assert world.quarter_minutes[1] == trunk.quarter_minutes[1] > 0.0
    np.testing.assert_array_equal(plain.tally.admin, moved.tally.admin)


def test_a_contract_that_takes_the_place_of_another_is_not_judged_for_it():
    """The regulator looks at last year only once the contract has had a year."""
    trunk = world_at(BUNDLE)
    changed = trunk.branch(replace(FLAT, regulator_acts=True))
    evaluated = len(changed.evaluations)
    changed.run(changed.month + 12)
    assert len(changed.evaluations) == evaluated and not changed.regulator.stopped
    changed.run(changed.month + 1)
    assert len(changed.evaluations) == evaluated + 1


def test_only_in_january():
    late = world_at(BUNDLE, JANUARY + 1)
    with pytest.raises(ValueError, match="run from January"):
        late.branch(BUNDLE)


def test_the_fingerprint_sees_every_part_of_the_state():
    world = world_at(BUNDLE)
    before = state_fingerprint(world)
    missing = {
        name
        for name, value in vars(world).items()
        if isinstance(value, np.ndarray) and name not in STATE
    }
    assert missing <= {"rows_upto", "class_shares", "in_care"}  # traits, parameters, made anew
    for column in (world.health.ccq, world.books.last_quarters, world.conduct.style,
                   world.contract_of, world.person.insurer):  # fmt: skip
        kept = column.flat[0]
        column.flat[0] = kept + 1
        assert state_fingerprint(world) != before
        column.flat[0] = kept
    assert state_fingerprint(world) == before
    world.practice_agents[0].willing ^= True
    assert state_fingerprint(world) != before

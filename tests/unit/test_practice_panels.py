"""Panels of practices from paired worlds, and ways to decide who takes part."""

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.power.evaluation_worlds import EvaluationDesign, worlds_of
from experiments.power.kept_panels import SCHEMA, panels_of, table_of
from experiments.power.practice_panels import (
    TRAITS,
    PanelTask,
    admit_in_waves,
    as_true,
    run_panels,
    side_by_side,
    some,
)
from experiments.power.uptake import ALL, CHOSEN, GROUP, LOT, POOLED, STAGGERED, WAYS, allocation
from experiments.sweeps.planned_runs import Common
from model.contracts.joint_contracting import JointContracting
from model.contracts.offer_band import OfferBand
from model.panel import ROW, WATCHED, true_effect
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.randomness import ONCE, draws, stream
from model.simulation import Span, World
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
SPAN = Span(2024, 2025, 2026)
BUNDLE = load("bundle_by_choice", REGISTRY).policy()
SHARE, SEED = 0.01, 2


@pytest.fixture(scope="module")
def made():
    ways = {name: allocation(BUNDLE, name, 2) for name in (CHOSEN, STAGGERED, LOT)}
    task = PanelTask(
        "seed", SEED, SEED, P,
        {"open": Policy(), **{name: policy for name, (policy, _) in ways.items()}},
        SHARE, SPAN, "open", waves={STAGGERED: ways[STAGGERED][1]},
    )  # fmt: skip
    return run_panels(task)


# --- who takes part


def test_each_way_of_uptake_says_who_decides():
    made = {name: allocation(BUNDLE, name, 4) for name in (*WAYS, "0.3")}

    assert made[CHOSEN][0].by_choice and made[POOLED][0].by_choice
    shares = {name: made[name][0].practices_share for name in (LOT, STAGGERED, ALL, "0.3")}
    assert shares == {LOT: 0.5, STAGGERED: 0.2, ALL: 1.0, "0.3": 0.3}
    assert not any(made[name][0].by_choice for name in shares)
    assert {name: waves for name, (_, waves) in made.items() if waves > 1} == {STAGGERED: 5}
    # The same insurers offer the same contract everywhere.
    assert {policy.insurers_share for policy, _ in made.values()} == {0.6}
    groups = [one for one in made[POOLED][0].clauses if isinstance(one, JointContracting)]
    assert [one.practices for one in groups] == [GROUP]
    assert made[CHOSEN][0].clauses == BUNDLE.clauses


def test_a_regulator_that_acts_only_watches_while_it_is_evaluated():
    acts = load("bundle_regulator_acts", REGISTRY).policy()
    assert acts.regulator_acts
    assert not any(allocation(acts, name, 3)[0].regulator_acts for name in WAYS)


def test_neighbours_are_pooled_once():
    joint = load("bundle_joint_contracting", REGISTRY).policy()
    clauses = allocation(joint, POOLED, 3)[0].clauses
    assert sum(isinstance(one, JointContracting) for one in clauses) == 1


# --- waves


def test_practices_are_admitted_in_waves_by_their_lot(made):
    lot = draws(stream(SEED, "take contract", ONCE), len(made.traits))
    by_year = {one.year: one.joined for one in made.by_world[STAGGERED]}

    assert not by_year[2024].any()
    assert set(np.flatnonzero(by_year[2025])) <= set(np.flatnonzero(lot < 1 / 3))
    assert set(np.flatnonzero(by_year[2026])) <= set(np.flatnonzero(lot < 2 / 3))
    assert by_year[2025].sum() < by_year[2026].sum() < len(lot)
    # Where an insurer offers it to all, the waves are exactly those of the lot.
    everywhere = allocation(load("bundle_flat", REGISTRY).policy(), STAGGERED, 2)[0]
    world = world_of(everywhere)
    admit_in_waves(world, 3)
    world.run()
    held = [one.joined for one in world.panel]
    assert (held[1] == (lot < 1 / 3)).all() and (held[2] == (lot < 2 / 3)).all()


def test_one_wave_is_participation_by_lot():
    policy = Policy(clauses=BUNDLE.clauses, practices_share=0.5)
    plain, waved = world_of(policy).run(), world_of(policy)
    admit_in_waves(waved, 1)

    assert waved.run().results().to_csv() == plain.results().to_csv()


def test_waves_respect_an_offer_band():
    band = OfferBand(lower=100.0, upper=101.0, minimum_patients=1, confidence=0.51)
    policy, waves = allocation(Policy(clauses=(*BUNDLE.clauses, band)), STAGGERED, 1)
    world = world_of(policy)
    admit_in_waves(world, waves)
    world.run()

    lot = draws(stream(SEED, "take contract", ONCE), world.practices.count)
    assert world.panel[-1].joined.sum() < (lot < 1.0).sum()


def world_of(policy):
    history = World(P, HISTORY, SEED, Size.of_share(P, SHARE), SPAN, keep_lines=False)
    return history.run(SPAN.policy_month).branch(policy)


# --- panels


def test_the_panels_are_those_of_the_worlds(made):
    world = world_of(allocation(BUNDLE, CHOSEN, 2)[0]).run()
    for mine, theirs in zip(made.by_world[CHOSEN], world.panel, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one, other)
    assert made.fewest == P.evaluation_fewest_practices


def test_panels_come_back_from_a_store_as_they_were(made):
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(table_of(made).assign(run="a"), schema=SCHEMA)
    pq.write_table(table, sink)
    again = panels_of(pq.read_table(sink.getvalue()).to_pandas(), made.kind, made.index)

    assert list(again.by_world) == list(made.by_world)
    for name, years in made.by_world.items():
        for one, other in zip(again.by_world[name], years, strict=True):
            for mine, theirs in zip(one, other, strict=True):
                np.testing.assert_array_equal(mine, theirs)
            assert one.joined.dtype == bool and isinstance(one.overrun, bool)
    np.testing.assert_array_equal(again.traits, made.traits)
    assert (again.fewest, again.kind, again.index) == (made.fewest, made.kind, made.index)


def test_what_decides_a_panel_is_part_of_the_name_of_its_run():
    one = EvaluationDesign("fee_for_service_open", "bundle_by_choice", (STAGGERED, ALL), years=3)
    scenarios = {name: load(name, REGISTRY) for name in (one.baseline, one.policy)}
    shared = worlds_of(one, scenarios, REGISTRY)

    assert dict(shared.waves) == {STAGGERED: 4}
    assert list(shared.policies) == ["fee_for_service_open", STAGGERED, ALL]
    assert shared.digest() != replace(shared, waves={}).digest()
    assert shared.digest() != Common(**{f.name: getattr(shared, f.name) for f in fields(Common)}
                                     ).digest()  # fmt: skip


def test_traits_are_known_before_the_policy_and_the_same_in_every_world(made):
    before = made.by_world["open"][0]
    seen = dict(zip(TRAITS, made.traits.T, strict=True))

    np.testing.assert_allclose(seen["log_patients"], np.log1p(before.patients))
    row = ROW["sessions"]
    treats = before.seen_count[row] > 0
    np.testing.assert_allclose(
        seen["sessions"][treats], (before.seen_total[row] / before.seen_count[row])[treats]
    )
    assert np.isnan(seen["sessions"][~treats]).all()
    assert set(np.unique(seen["large"])) <= {0.0, 1.0}


def test_worlds_side_by_side_have_the_effect_of_all(made):
    policy, twin = made.by_world[LOT], made.by_world["open"]
    watched = WATCHED[ROW["sessions"]]
    one = true_effect(policy, twin, watched, 2026, 2025)
    twice = true_effect(side_by_side([policy, policy]), side_by_side([twin, twin]), watched,
                        2026, 2025)  # fmt: skip

    assert twice == pytest.approx(one)
    assert side_by_side([policy, policy])[0].patients.size == 2 * policy[0].patients.size


def test_some_practices_come_with_all_their_years(made):
    panel = made.by_world[LOT]
    picked = some(panel, np.array([3, 3, 0]))

    for whole, part in zip(panel, picked, strict=True):
        np.testing.assert_array_equal(part.joined, whole.joined[[3, 3, 0]])
        np.testing.assert_array_equal(part.seen_total, whole.seen_total[:, [3, 3, 0]])


def test_in_a_panel_as_true_the_truth_is_seen(made):
    policy, twin = made.by_world[LOT], made.by_world["open"]
    shown = as_true(twin, labels=policy)

    for one, label, own in zip(shown, policy, twin, strict=True):
        assert one.seen_total is own.true_total and one.seen_count is own.true_count
        assert one.joined is label.joined and one.patients is label.patients

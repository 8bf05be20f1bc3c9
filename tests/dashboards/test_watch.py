"""The watched world: the engine's own, its notes true, its options those of the engine."""

import numpy as np
import pytest

from dashboards.texts import texts
from dashboards.watch import scene, told
from dashboards.watch.decision import options, steps, utility
from dashboards.watch.grading import best_class, classes
from dashboards.watch.neighbourhood import BEFORE, Neighbourhood, begin, size_of
from dashboards.watch.places import Places
from experiments.state_fingerprint import state_fingerprint
from model.codes import POLICY_CONTRACT, TREATED
from model.parameters import load_registry
from model.simulation import World
from scenarios.loader import load

#: One with a floor and outcome pay in the quick tests, the others in the long ones.
SCENARIOS = (
    "bundle_all_safeguards",
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("fee_for_service_open", "bundle_flat", "bundle_weight_classes")
    ),
)
REGISTRY = load_registry()
P = REGISTRY.values()


def policy(name):
    return load(name, REGISTRY).policy()


@pytest.mark.parametrize(
    "name", ["bundle_weight_classes", pytest.param("bundle_all_safeguards", marks=pytest.mark.slow)]
)
def test_a_watched_world_is_the_world_itself(name):
    watched = Neighbourhood(P, policy(name), 3)
    alone = World(P, policy(name), 3, size_of(P), watched.span)
    for months in (13, 24):
        watched.run(months)
        alone.run(months)
        assert state_fingerprint(watched) == state_fingerprint(alone)
    assert watched.time == alone.time


@pytest.fixture(scope="module", params=SCENARIOS)
def watched(request):
    """A world with everything that was ever seen when a quarter was planned."""
    world = begin(P, policy(request.param), 2)
    found, graded, lines = dict.fromkeys(world.seen.items()), [], []
    while not world.over:
        world.run(world.month + 1)
        found |= dict.fromkeys((r, s) for r, s in world.seen.items() if s.month == world.month - 1)
        graded += [one for one in world.graded.values() if one.month == world.month - 1]
        lines.append(world.lines)
    return world, [seen for _, seen in found], lines, graded


def test_what_was_seen_gives_the_plan_of_the_engine(watched):
    _, found, _, _ = watched
    assert len(found) > 800
    for seen in found:
        assert steps(seen)[2] == pytest.approx(seen.plan, abs=1e-9)


def test_nothing_allowed_is_better_than_what_is_preferred(watched):
    _, found, _, _ = watched
    tried = several = 0
    for seen in found[::7]:
        listed = options(seen)
        if not listed:
            assert seen.without_need
            continue
        chosen = 4.0 * steps(seen)[0]
        low = min(seen.ceiling, seen.floor * seen.need)
        best = max(utility(seen, q) for q in np.linspace(low, seen.ceiling, 200))
        assert utility(seen, chosen) >= best - 1e-6
        assert max(listed, key=lambda one: one.utility).sessions == pytest.approx(chosen / 4.0)
        assert len({one.name for one in listed}) == len(listed)
        several += len(listed) > 2
        tried += 1
    assert tried > 80 and several > tried / 2


def test_lines_of_the_months_are_the_ledger(watched):
    world, _, lines, _ = watched
    first = world.policy_month - BEFORE
    ledger = world.ledger.lines()
    wanted = ledger[ledger["month"] >= first]
    assert sum(int(one["cents"].sum()) for one in lines) == int(wanted["cents"].sum()) > 0
    assert sum(map(len, lines)) == len(wanted)


def test_sessions_of_a_quarter_are_those_of_three_months(watched):
    world, _, _, _ = watched
    care = world.care
    row = int(np.flatnonzero((care.status == TREATED) & (care.quarter > 1))[0])
    assert 0 <= world.received[:, row].sum() <= 92
    assert world.needed[:, row].sum() > 0.0


def test_places_are_few_and_come_free():
    here = Places(2)
    assert here.take("a") and here.take("b") and here.take("a")
    assert not here.take("c")
    here.leave("a")
    here.leave("a")
    assert here.take("c") and here.held == 2


def test_the_picture_counts_what_it_shows(watched):
    world, _, _, _ = watched
    found, shown = scene.counts(world), scene.dots(world)
    assert found["treated"] + found["waiting"] == len(shown)
    assert sum(one[3] for one in shown) == found["waiting"]
    gaps = [got - need for _, _, _, waits, need, got in shown if not waits]
    assert sum(gap <= -scene.CLEAR for gap in gaps) == pytest.approx(found["less"], abs=2)
    assert {one[1] for one in shown} <= {2, 3, 4}
    assert len(scene.practice_rows(world, "nl")) == world.practices.count
    treated = sum(int(one[2]) for one in scene.practice_rows(world, "nl"))
    assert treated == found["treated"]


def test_the_table_of_the_ledger_adds_up_and_has_words(watched):
    world, _, lines, _ = watched
    groups = scene.grouped_lines(world)
    assert sum(one[4] for one in groups) == int(lines[-1]["cents"].sum())
    assert sum(one[3] for one in groups) == len(lines[-1])
    for language in ("nl", "en"):
        assert all("_" not in one for one in scene.ledger_table(world, language).split(">"))
        assert scene.every_line(world, language).count("<tr>") == len(lines[-1]) + 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_agent_can_be_told_of(watched, language):
    world, _, _, _ = watched
    for row in range(0, world.person.female.size, 97):
        assert f">{texts(language)('watch.patient', number=row)}<" in told.patient(
            world, row, language
        )
    in_care = [one[0] for one in scene.dots(world) if not one[3] and one[0] in world.seen]
    with_options = [row for row in in_care if options(world.seen[row])]
    assert with_options and told.EQUATION in told.patient(world, with_options[0], language)
    for number in range(world.practices.count):
        assert "<table" in told.practice(world, number, language)


def test_what_bends_a_plan_is_said(watched):
    world, found, _, _ = watched
    t = texts("en")
    for seen in found:
        first, second, third = steps(seen)
        said = " ".join(told.sentences(world, seen, "en"))
        assert ("may be billed" in said) == (second != first)
        assert ("Cover stops" in said) == (third != second)
        assert (t("watch.without_need") in said) == seen.without_need


def test_the_best_way_to_grade_is_what_the_engine_put_on_file(watched):
    world, _, _, graded = watched
    assert len(graded) > 200
    for one in graded:
        best = best_class(one)
        assert (best.code, best.filed) == (one.code, one.filed)
    weighed = [one for one in graded if len(classes(one)) > 1]
    if world.rewards.grading[POLICY_CONTRACT].max() > 0.0:
        assert weighed
        assert "A·D" in told.grading(world, weighed[-1], "en")
    honest = [one for one in graded if len(classes(one)) == 1]
    assert "nothing to weigh" in told.grading(world, honest[0], "en")

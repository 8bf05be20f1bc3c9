"""Twin lives: the same until the policy reaches them, and the clause that did it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from experiments.number_format import LANGUAGES
from experiments.teaching.twin_lives import DIED, QUESTIONS, SHOWN, heads, month_name, rows
from experiments.teaching.twin_words import COLUMNS_WITH_WORDS, twins_of
from experiments.teaching.twins import (
    DECISIONS,
    LIFE,
    cause,
    choose,
    first_difference,
    follow,
    live,
)
from experiments.texts import texts
from model.contracts.session_floor import SessionFloor
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.randomness import draw, stream
from model.simulation import Span
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
SHARE, SPAN = 0.004, Span(2023, 2025, 2027)
FEE, BUNDLE = "fee_for_service_open", "bundle_weight_classes"


def policy(name, theory=None):
    made = load(name, REGISTRY).policy()
    return made if theory is None else replace(made, theories={theory: 1.0})


@cache
def pair(baseline=FEE, other=BUNDLE, theory=None):
    return live(policy(baseline, theory), policy(other, theory), P, 1, SHARE, SPAN)


def partings(found):
    """Return every person's month of parting; the number of months for never."""
    differs = np.any(
        [found.baseline.columns[name] != found.policy.columns[name] for name in LIFE], axis=0
    )
    return np.where(differs.any(axis=0), np.argmax(differs, axis=0), found.baseline.months)


def test_the_month_is_lived_as_the_world_lives_it():
    history = pair().history
    one, two = history.branch(policy(BUNDLE)), history.branch(policy(BUNDLE))
    lives = follow(one)
    two.run()
    for table in ("health", "care", "tally", "practice_tally"):
        for a, b in zip(getattr(one, table), getattr(two, table), strict=True):
            np.testing.assert_array_equal(a, b)
    assert lives.months == 36
    np.testing.assert_array_equal(lives.columns["burden"][-1], two.health.ccq)


def test_without_another_policy_nobody_parts_and_no_euro_differs():
    same = live(policy(BUNDLE), policy(BUNDLE), P, 1, SHARE, SPAN)
    assert (partings(same) == 36).all()
    np.testing.assert_array_equal(same.baseline.columns["paid"], same.policy.columns["paid"])
    assert choose(same, "fewer_sessions") is None and choose(same, "practice_loss") is None


def test_lives_differ_only_from_the_month_of_parting_on():
    """Up to then every followed column is the same, for everybody and in every month."""
    found, months = pair(), partings(pair())
    assert 0 < (months < 36).sum() < months.size
    for row in np.flatnonzero(months < 36):
        parting = first_difference(*found.lives(int(row)))
        assert parting.month == months[row] and parting.values[0] != parting.values[1]
    for name in LIFE:
        a, b = found.baseline.columns[name], found.policy.columns[name]
        before = np.arange(36)[:, None] < months[None, :]
        np.testing.assert_array_equal(a[before], b[before])


#: What belongs to the contract and to money, and may differ while the life is the same.
BOOKS = {"contract", "policy_account", "payer", "quarter_billed", "deductible_left", "opened",
         "month_cost"}  # fmt: skip


def test_before_lives_part_everything_else_in_the_world_is_the_same_too():
    """Not only what is followed: whatever the model knows of a person, but for the books."""
    found, months = pair(), partings(pair())
    worlds = [found.history.branch(one) for one in found.policies]
    looked = 0
    for month in (6, 17, 30):
        for world in worlds:
            world.run(found.history.month + month)
        together = months >= month
        assert together.any() and not together.all()
        for table in ("health", "care"):
            one, other = (getattr(world, table) for world in worlds)
            for name in set(one._fields) - BOOKS:
                looked += 1
                a, b = (getattr(x, name)[together] for x in (one, other))
                np.testing.assert_array_equal(a, b, err_msg=f"{table}.{name} in month {month}")
    assert looked > 120


def test_an_attack_differs_only_where_training_or_burden_did_before():
    """The luck of an attack is the same in both worlds, so only another life can turn it."""
    found, months = pair(), partings(pair())
    a, b = found.baseline.columns["attack"], found.policy.columns["attack"]
    when, who = np.nonzero((a > 0) != (b > 0))
    assert (when >= months[who]).all()
    for month, row in zip(when.tolist(), who.tolist(), strict=True):
        earlier = [
            (found.baseline.columns[n][:month, row] != found.policy.columns[n][:month, row]).any()
            for n in ("training", "burden", "attack", "alive")
        ]
        assert any(earlier)


def test_both_worlds_draw_from_the_same_streams():
    """The share of an episode's sessions that rounding moves is each world's own draw: the same."""
    found = pair()
    months = range(24, 60)
    worlds = [found.history.branch(one) for one in found.policies]
    for month in months:
        for world in worlds:
            world.run(month + 1)
        key = stream(1, "spread sessions", month)
        for world in worlds:
            new = np.flatnonzero(
                (world.care.status == 2) & (world.care.quarter_month == 1) & (world.care.plan > 0)
            )
            luck = np.array([draw(key, int(row)) for row in new])
            drawn = world.care.rounding[new] == luck
            assert drawn.mean() > 0.9 if new.size else True


def test_money_of_a_patient_adds_up_to_what_practices_receive():
    found = pair()
    for lives in (found.baseline, found.policy):
        assert (lives.columns["own"] >= 0).all()
        by_patient = lives.columns["paid"].sum()
        assert by_patient == pytest.approx(lives.revenue.sum(), rel=0.02)  # rest: group amounts


def test_the_question_fits_whom_it_finds():
    found = pair()
    one = choose(found, "fewer_sessions")
    a, b = found.lives(one.row)
    assert a["sessions"].sum() > b["sessions"].sum() and a["weight_class"][one.month] == 0
    assert 0 < one.count <= one.of
    two = choose(found, "graded_heavier")
    a, b = found.lives(two.row)
    assert b["upcoded"][two.month] in (1, 2) and not np.isin(a["upcoded"], (1, 2)).any()
    three = choose(found, "practice_loss")
    year = three.month // 12
    assert found.policy.result()[year, three.practice] < 0 <= found.baseline.result()[
        year, three.practice
    ]  # fmt: skip


def test_a_severe_patient_is_refused_because_of_the_floor_if_profit_decides():
    found = pair("bundle_flat", "bundle_floor_flat", "pure_profit")
    one = choose(found, "severe_refused")
    a, b = found.lives(one.row)
    assert b["refused"][one.month] > 0 and b["gold"][one.month] >= 3 and a["refused"].sum() == 0
    parting = first_difference(a, b)
    made = cause(found, one.row, parting)
    assert made.kind == "clause" and isinstance(made.clauses[0], SessionFloor)


def test_of_several_clauses_the_one_is_named_without_which_nothing_happens():
    """Bundle and floor and audits at once: the plan at the floor is the floor's doing."""
    found = pair("bundle_weight_classes", "bundle_all_safeguards")
    named = 0
    months = partings(found)
    for row in np.flatnonzero(months < 12)[:2]:
        parting = first_difference(*found.lives(int(row)))
        made = cause(found, int(row), parting)
        assert made.kind in ("clause", "contract") and len(made.clauses) >= 1
        named += made.kind == "clause"
    plain = pair()
    row = int(np.flatnonzero(partings(plain) < 12)[0])
    made = cause(plain, row, first_difference(*plain.lives(row)))
    assert isinstance(made.clauses[0], WeightClassBundle)


def test_the_order_of_the_month_decides_what_came_first():
    a = {name: np.zeros(3) for names in DECISIONS.values() for name in names}
    b = {name: values.copy() for name, values in a.items()}
    b["burden"][1] = b["plan"][1] = b["refused"][2] = 1.0
    parting = first_difference(a, b)
    assert (parting.month, parting.decision, parting.column) == (1, "planning", "plan")
    b["paid"][0] = 5.0
    assert first_difference(a, b).month == 1  # money alone parts no lives
    assert first_difference(a, b, ("paid", "own")).month == 0
    assert first_difference(a, a) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_in_words(question, language):
    scenarios = tuple(load(name, REGISTRY) for name in (FEE, BUNDLE))
    found = twins_of(pair(), scenarios, question, 1, SHARE)
    said = " ".join(found.sentences[language])
    assert "{" not in said and "None" not in said
    if not found.found:
        assert len(found.sentences[language]) == 1
        return
    table = rows(found, language)
    assert all(len(row) == len(heads(language)) for row in table)
    if found.parting >= 0:
        assert month_name(2025, found.parting, language).lower() in said.lower()
        shown = [row[0] for row in table[:-1]]
        assert f"{2025 + found.parting // 12}-{found.parting % 12 + 1:02d}" in shown


def test_the_table_ends_when_both_lives_have():
    scenarios = tuple(load(name, REGISTRY) for name in (FEE, BUNDLE))
    found = twins_of(pair(), scenarios, "fewer_sessions", 1, SHARE)
    dead = replace(
        found, parting=2, status=([2, 2, 2, *[DIED] * 33], [2, 2, 2, 2, *[DIED] * 32])
    )  # fmt: skip
    months = [row[0] for row in rows(dead, "en")[:-1]]
    assert months == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_part_lives_has_words(language):
    t = texts(language)
    for name in COLUMNS_WITH_WORDS:
        assert f"twins.what.{name}" in t
    for name in (*SHOWN, "month", "status"):
        assert f"twins.column.{name}" in t
    for key in QUESTIONS:
        assert f"twins.ask.{key}" in t and f"twins.count.{key}" in t

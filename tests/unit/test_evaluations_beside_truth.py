"""What the regulator sees, beside what is true: the table, its summary and its words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.budget_verdict import CAPPED, OPEN
from experiments.comparison import Design, compare, tasks
from experiments.document import comparison_document
from experiments.evaluations import (
    NO_EVALUATIONS,
    Seen,
    beside_truth,
    joined_evaluations,
    last_evaluation,
    seen_and_true,
    verdicts,
)
from experiments.findings import evaluation_sentence
from experiments.run_command import estimates_only, run_world
from experiments.runner import run_task
from experiments.terminal import evaluation_table, run_evaluation_table
from model.month.evaluation import MACRO_FRAMEWORK, NATIONAL, SESSIONS_GROWTH
from model.panel import WATCHED, true_effect
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

REGISTRY = load_registry()
VOLUNTARY, ALL = "bundle_weight_classes_voluntary", "bundle_weight_classes"
DESIGN = Design(
    baseline=OPEN,
    policies=(VOLUNTARY, ALL),
    seeds=2,
    draws=1,
    share=0.01,
    settings={"evaluation_fewest_practices": 3.0},
    span=Span(2024, 2025, 2027),
)
POLICIES = {name: load(name, REGISTRY).policy() for name in (OPEN, CAPPED, VOLUNTARY, ALL)}


@pytest.fixture(scope="module")
def made():
    return compare(DESIGN, POLICIES, REGISTRY, workers=1)


def shown(table) -> str:
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(table)
    return console.export_text()


# --- the table


def test_every_estimate_has_its_truth_beside_it(made):
    table = made.evaluations
    assert list(table) == list(NO_EVALUATIONS)
    assert set(table["policy"]) == {VOLUNTARY, ALL}  # comparators and baseline are not judged
    assert set(table["kind"]) == {"seed", "draw"}
    assert set(table["year"]) == {2025, 2026}
    compared = table[table["method"] != NATIONAL]
    assert np.isfinite(compared[["estimate", "true_effect"]].to_numpy(dtype=float)).all()
    assert set(compared["indicator"]) == {watched.id for watched in WATCHED}
    truths = compared.groupby(["kind", "index", "policy", "year", "indicator"])["true_effect"]
    assert truths.nunique().max() == 1  # the truth does not depend on the method


def test_the_truth_is_that_of_the_twin_worlds(made):
    """Reckoned again from two worlds that are run by hand."""
    task = next(task for task in tasks(DESIGN, POLICIES, REGISTRY) if task.kind == "seed")
    size = Size.of_share(task.parameters, task.share)
    history = World(task.parameters, HISTORY, task.seed, size, task.span, keep_lines=False)
    history.run(task.span.policy_month)
    policy, baseline = (history.branch(POLICIES[name]).run() for name in (VOLUNTARY, OPEN))
    rows = made.evaluations.query(
        "kind == 'seed' and policy == @VOLUNTARY and method != 'national'"
    )
    rows = rows[rows["index"] == task.index]
    for watched in WATCHED:
        for year in (2025, 2026):
            expected = true_effect(policy.panel, baseline.panel, watched, year, 2025)
            own = rows[(rows["indicator"] == watched.id) & (rows["year"] == year)]
            assert (own["true_effect"] == expected).all()
    assert (policy.panel[-1].true_total != baseline.panel[-1].true_total).any()


def test_the_truth_of_a_watch_is_what_the_policy_adds(made):
    task = next(task for task in tasks(DESIGN, POLICIES, REGISTRY) if task.kind == "seed")
    size = Size.of_share(task.parameters, task.share)
    history = World(task.parameters, HISTORY, task.seed, size, task.span, keep_lines=False)
    history.run(task.span.policy_month)
    seen = {}
    for name in (ALL, OPEN):
        table = pd.concat(history.branch(POLICIES[name]).run().evaluations)
        seen[name] = table[table["year"] == 2026].set_index("indicator")["estimate"]
    rows = made.evaluations.query("kind == 'seed' and policy == @ALL and year == 2026")
    rows = rows[rows["index"] == task.index].set_index("indicator")["true_effect"]
    for watch in (SESSIONS_GROWTH, MACRO_FRAMEWORK):
        assert rows[watch] == pytest.approx(seen[ALL][watch] - seen[OPEN][watch])


def test_a_policy_that_is_the_baseline_in_disguise_has_no_true_effect():
    twin = replace(POLICIES[VOLUNTARY], levers={"bundle_price_factor": 1.0})
    design = replace(DESIGN, baseline=VOLUNTARY, policies=("twin",), seeds=1, draws=0)
    task = tasks(design, POLICIES | {"twin": twin}, REGISTRY)[0]
    table = run_task(task).evaluations
    table = table[(table["policy"] == "twin") & (table["method"] != NATIONAL)]
    assert len(table) and (table["true_effect"] == 0.0).all()
    assert (table["estimate"] != 0.0).any()


def test_the_work_may_be_divided_in_any_way(made):
    again = compare(DESIGN, POLICIES, REGISTRY, workers=2)
    pd.testing.assert_frame_equal(again.evaluations, made.evaluations)


def test_one_world_has_estimates_and_no_truth():
    p = REGISTRY.values({"evaluation_fewest_practices": 3.0})
    world = run_world(POLICIES[VOLUNTARY], p, 0.01, 3, 1, keep_lines=False)
    table = estimates_only(world)
    assert set(table["year"]) == {2025, 2026}
    assert table["true_effect"].isna().all()
    assert np.isfinite(table["estimate"].to_numpy(dtype=float)).all()


def test_one_policy_year_is_never_judged():
    world = World(
        REGISTRY.values(),
        Policy(),
        1,
        Size.of_share(REGISTRY.values(), 0.002),
        Span(2024, 2025, 2025),
    ).run()
    table = beside_truth(Seen(world.evaluations, world.panel), None, 2025)
    assert len(table) == 0 and list(table) == list(NO_EVALUATIONS)[3:]
    assert list(joined_evaluations([NO_EVALUATIONS], ["x"])) == list(NO_EVALUATIONS)


# --- the summary


def lines(**columns) -> pd.DataFrame:
    """Return a table of evaluations by hand: one policy, filled up with what does not matter."""
    table = pd.DataFrame(columns)
    fixed = {
        "kind": "seed", "policy": VOLUNTARY, "method": "difference_in_differences",
        "identified": True, "verdict": "continue", "year": 2026, "finding": "unclear",
        "standard_error": 0.1, "mean": 1.0, "margin": 0.0, "joined": 10, "others": 30,
        "price_factor": 1.0,
    }  # fmt: skip
    for name, value in fixed.items():
        if name not in table:
            table[name] = value
    return table[list(NO_EVALUATIONS)]


BY_HAND = lines(
    index=[1, 1, 1, 2, 2],
    year=[2025, 2026, 2026, 2026, 2026],
    indicator=["sessions"] * 3 + ["sessions", "admissions"],
    method=["difference_in_differences"] * 2
    + ["after_difference"]
    + ["difference_in_differences"] * 2,
    estimate=[9.0, 2.0, 8.0, 4.0, 0.1],
    low=[8.0, 1.0, 7.0, 3.0, -0.1],
    high=[10.0, 3.0, 9.0, 5.0, 0.3],
    true_effect=[0.0, 1.5, 1.5, 6.0, 0.2],
    verdict=["stop", "adjust", "adjust", "continue", "continue"],
)


def test_the_last_evaluation_is_the_strongest_estimate_of_the_last_year():
    last = last_evaluation(BY_HAND, VOLUNTARY)
    assert last["estimate"].tolist() == [2.0, 4.0, 0.1]
    assert len(last_evaluation(BY_HAND, "another")) == 0


def test_seen_and_true_by_hand():
    admissions, sessions = seen_and_true(BY_HAND, VOLUNTARY)
    assert (admissions.indicator, sessions.indicator) == ("admissions", "sessions")
    assert (sessions.estimate, sessions.low, sessions.high, sessions.true) == (3.0, 2.0, 4.0, 3.75)
    assert (sessions.covered, sessions.of) == (1, 2)
    assert (admissions.covered, admissions.of) == (1, 1)


def test_verdicts_count_each_seed_once():
    assert verdicts(BY_HAND, VOLUNTARY) == {"adjust": 1, "continue": 1}


# --- words and tables


def test_the_sentence_in_two_languages(made):
    comparison = replace(made, evaluations=BY_HAND)
    english = evaluation_sentence(comparison, VOLUNTARY, "en")
    dutch = evaluation_sentence(comparison, VOLUNTARY, "nl")
    assert "to continue in 1 of 2 runs and to lower the price in 1 of 2 runs" in english
    assert "in 2 of 3 estimates" in english
    assert "om door te gaan in 1 van de 2 doorrekeningen" in dutch
    assert "in 2 van de 3 schattingen" in dutch


def test_where_all_joined_the_sentence_says_that_no_effect_can_be_told(made):
    assert "cannot tell an effect" in evaluation_sentence(made, ALL, "en")
    assert "niet te onderscheiden" in evaluation_sentence(made, ALL, "nl")
    assert "cannot tell an effect" not in evaluation_sentence(made, VOLUNTARY, "en")


def test_without_evaluations_there_is_nothing_to_say(made):
    nothing = replace(made, evaluations=NO_EVALUATIONS)
    assert evaluation_sentence(nothing, VOLUNTARY, "en") == ""
    assert evaluation_table(nothing, VOLUNTARY) is None


def test_the_table_for_the_terminal(made):
    text = shown(evaluation_table(replace(made, evaluations=BY_HAND), VOLUNTARY))
    assert "Sessions per treated patient" in text
    assert "change against others" in text
    assert "+3.00" in text and "+2.00 to +4.00" in text and "+3.75" in text and "1 of 2" in text
    assert "adjust in 1, continue in 1 of 2 seeds" in text


def test_the_table_of_one_world_marks_what_is_worse_or_flagged():
    table = lines(
        index=[1, 1, 1], indicator=["admissions", "spending", SESSIONS_GROWTH],
        method=["difference_in_differences"] * 2 + [NATIONAL], estimate=[0.02, -50.0, 0.07],
        low=[0.01, -60.0, np.nan], high=[0.03, -40.0, np.nan], true_effect=[np.nan] * 3,
        finding=["worse", "better", "flagged"], verdict=["stop"] * 3,
    )  # fmt: skip
    text = shown(run_evaluation_table(table))
    assert "+0.020*" in text and "-50 " in text and "+7.0 %*" in text and "stop" in text


def test_the_json_document_holds_it(made):
    document = comparison_document(made, {})
    evaluation = document["policies"][0]["evaluation"]
    assert set(evaluation["indicators"]) == {watched.id for watched in WATCHED}
    assert sum(evaluation["verdicts"].values()) == DESIGN.seeds
    one = evaluation["indicators"]["spending"]
    assert one["interval"][0] <= one["estimate"] <= one["interval"][1]
    assert one["seeds"] == DESIGN.seeds

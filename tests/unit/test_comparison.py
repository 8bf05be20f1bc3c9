"""Tasks, the runner and a comparison: the same numbers however the work is divided."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import comparison as comparison_module
from experiments.budget_verdict import CAPPED, OPEN
from experiments.comparison import DRAW_SEED, SEARCH_CORNER, SUMS, Design, compare, tasks
from experiments.processes import worker_count
from experiments.runner import Task, run_task, run_tasks
from model.outcomes import MEASURES, SPLITS
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import library, load

REGISTRY = load_registry()
LIBRARY = {name: load(name, REGISTRY).policy() for name in library()}
DESIGN = Design(
    baseline=OPEN,
    policies=("bundle_weight_classes",),
    seeds=2,
    draws=2,
    search=1,
    share=0.003,
    span=Span(2024, 2025, 2026),
)
CELL = ["kind", "index", "policy", "year", "measure", "split", "group"]


def made(design, **more):
    return compare(design, LIBRARY, REGISTRY, **({"workers": 1} | more))


@pytest.fixture(scope="module")
def plain():
    return made(DESIGN)


def runs_of(result, kind, index):
    runs = result.runs
    return runs[(runs.kind == kind) & (runs["index"] == index)].reset_index(drop=True)


# --- tasks


def test_every_task_runs_the_policies_and_both_comparators():
    for design in (DESIGN, replace(DESIGN, baseline="bundle_flat")):
        jobs = tasks(design, LIBRARY, REGISTRY)
        assert len(jobs) == design.seeds + design.draws + design.search
        for task in jobs:
            assert {design.baseline, *design.policies, CAPPED, OPEN} == set(task.policies)
            assert task.policies[CAPPED] == LIBRARY[CAPPED]
            assert (task.share, task.span) == (design.share, design.span)


def test_seeds_differ_by_luck_only_and_draws_by_assumptions_only():
    jobs = tasks(replace(DESIGN, seeds=3, draws=4), LIBRARY, REGISTRY)
    seeds = [task for task in jobs if task.kind == "seed"]
    draws = [task for task in jobs if task.kind == "draw"]
    uncertain = {entry.name for entry in REGISTRY.by_role("uncertainty")}
    central = REGISTRY.values()

    assert [task.seed for task in seeds] == [1, 2, 3]
    assert {task.parameters for task in seeds} == {central}
    assert [task.index for task in draws] == [0, 1, 2, 3]
    assert {task.seed for task in draws} == {DRAW_SEED}
    assert len({task.parameters for task in draws}) == 4
    for task in draws:
        changed = {name for name in central if task.parameters[name] != central[name]}
        assert changed == uncertain


def test_runs_looked_for_on_purpose_lie_in_their_corner():
    design = replace(DESIGN, search=5)
    found = [task for task in tasks(design, LIBRARY, REGISTRY) if task.kind == "search"]

    assert len({task.parameters for task in found}) == 5
    for task in found:
        for name, (low, high) in SEARCH_CORNER.items():
            assert low <= task.parameters[name] <= high
            assert REGISTRY[name].low <= task.parameters[name] <= REGISTRY[name].high


def test_a_setting_holds_in_every_world():
    names = ["session_tariff_contracted", *SEARCH_CORNER, "need_sigma"]
    settings = {name: REGISTRY[name].low for name in names}
    jobs = tasks(replace(DESIGN, settings=settings, search=2), LIBRARY, REGISTRY)

    assert {task.kind for task in jobs} == {"seed", "draw", "search"}
    for task in jobs:
        assert {name: task.parameters[name] for name in names} == settings


def test_a_setting_leaves_the_other_draws_as_they_were():
    free, fixed = (
        tasks(replace(DESIGN, settings=settings), LIBRARY, REGISTRY)
        for settings in ({}, {"need_sigma": REGISTRY["need_sigma"].low})
    )
    for one, other in zip(free, fixed, strict=True):
        assert {n for n in one.parameters if one.parameters[n] != other.parameters[n]} <= {
            "need_sigma"
        }


# --- runner


def test_a_branch_of_the_shared_history_is_a_run_of_its_own():
    """The warm-up is simulated once and continued four times; nobody can tell."""
    task = tasks(DESIGN, LIBRARY, REGISTRY)[0]
    together = run_task(task).outcomes
    size = Size.of_share(task.parameters, task.share)

    for name, policy in task.policies.items():
        alone = World(task.parameters, policy, task.seed, size, task.span).run().results()
        alone = alone[alone.year >= task.span.policy_year].reset_index(drop=True)
        branch = together[together.policy == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(branch[alone.columns], alone)
    assert set(together.kind) == {task.kind} and set(together["index"]) == {task.index}


def test_the_order_of_policies_does_not_matter():
    task = tasks(DESIGN, LIBRARY, REGISTRY)[0]
    turned = replace(task, policies=dict(reversed(task.policies.items())))

    results = [run_task(t) for t in (task, turned)]
    one, other = (result.outcomes.sort_values(CELL, ignore_index=True) for result in results)
    pd.testing.assert_frame_equal(one, other)


def test_a_table_of_runs_has_every_cell_once(plain):
    runs = plain.runs
    assert not runs.duplicated(CELL).any()
    assert set(runs.measure) == {measure.id for measure in MEASURES}
    assert set(runs.split) == set(SPLITS)
    assert sorted(set(runs.year)) == [2025, 2026]  # the warm-up is left out
    assert set(runs.policy) == set(DESIGN.worlds)
    per_run = runs.groupby(["kind", "index", "policy", "year"]).size()
    assert per_run.nunique() == 1 and len(per_run) == 5 * 3 * 2
    assert np.isfinite(runs[["top", "bottom"]].to_numpy()).all()


def test_done_is_told_once_per_task():
    told = []
    jobs = tasks(DESIGN, LIBRARY, REGISTRY)

    tables = list(run_tasks(jobs, 1, lambda: told.append(1)))
    assert len(tables) == len(told) == len(jobs)
    assert list(run_tasks([], None)) == []


def test_the_number_of_workers_is_that_asked_for():
    assert worker_count(3) == 3
    assert worker_count(0) == 1
    assert worker_count() >= 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_fails_is_not_hidden(workers):
    good, *_ = tasks(DESIGN, LIBRARY, REGISTRY)
    bad = Task("seed", 9, 9, good.parameters, {"gone": None}, 0.001, DESIGN.span)

    with pytest.raises(AttributeError):
        list(run_tasks([good, bad, good], workers))


# --- comparison


def test_one_and_two_workers_give_the_same_tables(plain):
    told = []
    split = made(DESIGN, workers=2, done=lambda: told.append(1))

    pd.testing.assert_frame_equal(split.runs, plain.runs)
    pd.testing.assert_frame_equal(split.effects, plain.effects)
    assert split.budgets == plain.budgets
    assert len(told) == 5


def test_more_seeds_leave_the_earlier_runs_as_they_were(plain):
    more = made(replace(DESIGN, seeds=3))

    for kind, index in (("seed", 1), ("seed", 2), ("draw", 0), ("draw", 1), ("search", 0)):
        pd.testing.assert_frame_equal(runs_of(more, kind, index), runs_of(plain, kind, index))
    assert len(runs_of(more, "seed", 3)) == len(runs_of(more, "seed", 2))
    assert more.budgets["bundle_weight_classes"].agreeing == (
        plain.budgets["bundle_weight_classes"].agreeing
    )


def test_one_more_policy_leaves_the_others_as_they_were(plain):
    more = made(replace(DESIGN, policies=("bundle_flat", *DESIGN.policies)))
    kept = more.runs[more.runs.policy != "bundle_flat"].reset_index(drop=True)

    pd.testing.assert_frame_equal(kept, plain.runs)
    assert list(more.budgets) == ["bundle_flat", "bundle_weight_classes"]
    assert more.budgets["bundle_weight_classes"] == plain.budgets["bundle_weight_classes"]


def test_seeds_and_draws_differ_from_one_another(plain):
    spent = plain.runs[
        (plain.runs.measure == "paramedical_spending") & (plain.runs.split == "all")
        & (plain.runs.policy == OPEN) & (plain.runs.year == 2026)
    ]  # fmt: skip
    assert spent.top.nunique() == len(spent) == 5


def test_a_setting_changes_the_result_and_none_does_not(plain):
    tariff = {"session_tariff_contracted": REGISTRY["session_tariff_contracted"].high}
    dearer = made(replace(DESIGN, settings=tariff, draws=0, search=0))

    old, new = (
        r.effects[(r.effects.measure == "paramedical_spending") & (r.effects.split == "all")]
        for r in (plain, dearer)
    )
    assert (new.baseline.to_numpy() > old.baseline.to_numpy()).all()


def test_a_policy_that_changes_nothing_has_no_effect():
    policies = LIBRARY | {"twin": Policy()}
    result = compare(replace(DESIGN, policies=("twin",)), policies, REGISTRY, workers=1)
    e = result.effects.dropna(subset=["mean"])

    columns = ["mean", "monte_carlo_low", "monte_carlo_high", "parameter_low", "parameter_high"]
    assert len(e) > 500
    assert (e[columns].fillna(0.0) == 0.0).all().all()
    assert result.budgets["twin"].neutral.value == 1.0
    assert result.budgets["twin"].neutrality.mean == [0.0, 0.0]


def test_the_effects_are_those_of_the_policies_asked_for(plain):
    e = plain.effects
    assert set(e.policy) == {"bundle_weight_classes"}
    assert not e.duplicated(["policy", "measure", "split", "group", "year"]).any()
    assert set(e.measure) == {measure.id for measure in MEASURES}
    assert (e.seeds == 2).all() and (e.draws == 2).all()


@pytest.mark.parametrize("measure", ["paramedical_spending", "sessions_per_patient", "deaths"])
def test_an_effect_recomputed_by_hand(plain, measure):
    runs = plain.runs[(plain.runs.measure == measure) & (plain.runs.split == "all")]
    effect = []
    for seed in (1, 2):
        own = runs[(runs.kind == "seed") & (runs["index"] == seed)].groupby("policy")
        top, bottom = own.top.sum(), own.bottom.sum()
        if measure in SUMS:
            bottom = 2.0 + 0.0 * bottom
        ratio = top / bottom
        effect.append(ratio["bundle_weight_classes"] - ratio[OPEN])

    row = plain.effect("bundle_weight_classes", measure)
    assert row["mean"] == pytest.approx(np.mean(effect), rel=1e-9, abs=1e-9)
    yearly = [plain.effect("bundle_weight_classes", measure, year)["mean"] for year in (2025, 2026)]
    if measure in SUMS:
        assert row["mean"] == pytest.approx(np.mean(yearly), rel=1e-9, abs=1e-9)


def test_the_table_of_draws_holds_the_numbers_that_were_used():
    settings = {"need_sigma": REGISTRY["need_sigma"].low}
    design = replace(DESIGN, seeds=2, draws=3, search=0, settings=settings, share=0.001)
    result = made(design)
    draws = [task for task in tasks(design, LIBRARY, REGISTRY) if task.kind == "draw"]

    assert len(result.parameters) == 3
    for row, task in zip(result.parameters.to_dict("records"), draws, strict=True):
        assert row == {name: task.parameters[name] for name in row}
        assert set(row) == {entry.name for entry in REGISTRY.by_role("uncertainty")}


def test_another_baseline_keeps_the_budget_tests_as_they_were(plain):
    other = made(replace(DESIGN, baseline="bundle_flat"))
    verdict, before = (r.budgets["bundle_weight_classes"] for r in (other, plain))

    assert verdict == before  # both tests have comparators of their own
    row = other.effect("bundle_weight_classes", "paramedical_spending")
    assert row["mean"] != plain.effect("bundle_weight_classes", "paramedical_spending")["mean"]


def test_analysis_is_a_step_of_its_own(plain):
    again = comparison_module.summarise(DESIGN, plain.runs, REGISTRY)

    pd.testing.assert_frame_equal(again.effects, plain.effects)
    shuffled = plain.runs.sample(frac=1, random_state=3)
    mixed = comparison_module.summarise(DESIGN, shuffled, REGISTRY)
    keys = ["policy", "measure", "split", "group", "year"]
    pd.testing.assert_frame_equal(
        mixed.effects.sort_values(keys, ignore_index=True),
        plain.effects.sort_values(keys, ignore_index=True),
    )
    assert mixed.budgets == plain.budgets


def test_history_is_that_of_every_policy():
    """Before the policy year nothing may differ: the comparison starts from one history."""
    p, size = REGISTRY.values(), Size.of_share(REGISTRY.values(), 0.003)
    straight = [
        World(p, policy, 1, size, DESIGN.span).run(DESIGN.span.policy_month).results()
        for policy in (HISTORY, *LIBRARY.values())
    ]
    for other in straight[1:]:
        pd.testing.assert_frame_equal(straight[0], other)

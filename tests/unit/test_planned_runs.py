"""Planned runs: a name says exactly what a run is, and levers reach the policies alone."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from experiments.sweeps import planned_runs as planned_runs_module
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import code_version, common, load_scenarios, planned_runs
from model.parameters import load_registry
from scenarios.loader import ScenarioError

REGISTRY = load_registry()
ROOT = Path(__file__).resolve().parents[2]
POLICIES = {"baseline": "fee_for_service_open", "policies": ("bundle_flat",)}


def design(**more):
    return SweepDesign.model_validate(POLICIES | more, context={"registry": REGISTRY})


def plan(chosen, **changed):
    shared = common(chosen, load_scenarios(chosen, REGISTRY), REGISTRY)
    return list(planned_runs(chosen, dataclasses.replace(shared, **changed), REGISTRY))


def names(chosen, **changed):
    return [one.input.run for one in plan(chosen, **changed)]


def test_seeds_and_draws_at_every_point():
    runs = plan(design(seeds=2, draws=1, levers={"audit_rate": (0.0, 0.1)}))

    assert [(one.kind, one.index, one.point, one.input.seed) for one in runs] == [
        ("seed", 1, 0, 1), ("seed", 1, 1, 1), ("seed", 2, 0, 2), ("seed", 2, 1, 2),
        ("draw", 0, 0, 1), ("draw", 0, 1, 1),
    ]  # fmt: skip
    assert [one.input.levers["audit_rate"] for one in runs[:2]] == [0.0, 0.1]
    assert runs[0].input.uncertainties == {}
    assert len(runs[4].input.uncertainties) == len(REGISTRY.by_role("uncertainty"))
    assert len({one.input.run for one in runs}) == 6


def test_points_of_a_sampler_that_varies_uncertainties_are_samples():
    runs = plan(
        design(seeds=1, sampling="latin_hypercube", samples=3, uncertainties=("fev1_floor",))
    )

    assert [(one.kind, one.index, one.point) for one in runs] == [
        ("sample", 1, 0), ("sample", 1, 1), ("sample", 1, 2)
    ]  # fmt: skip
    assert len({one.input.uncertainties["fev1_floor"] for one in runs}) == 3


def test_a_larger_design_keeps_the_names_of_its_runs():
    few = names(design(seeds=2, draws=3, levers={"audit_rate": (0.1,)}))
    many = names(design(seeds=4, draws=30, levers={"audit_rate": (0.0, 0.1)}))

    assert set(few) < set(many)


@pytest.mark.parametrize(
    "changed",
    [{"code": "other"}, {"share": 0.2}, {"years": 4}, {"treated_only": True}, {"splits": ("all",)},
     {"baseline": "bundle_flat"}],
)  # fmt: skip
def test_whatever_decides_a_number_is_in_the_name(changed):
    one = design(seeds=1)

    assert names(one) == names(one)
    assert set(names(one)).isdisjoint(names(one, **changed))


def test_seed_settings_years_and_scenario_are_in_the_name():
    base = set(names(design(seeds=1)))

    assert base.isdisjoint(names(design(seeds=1, first_seed=2)))
    assert base.isdisjoint(names(design(seeds=1, settings={"audit_rate": 0.1})))
    assert base.isdisjoint(names(design(seeds=1, years=4)))
    assert base.isdisjoint(names(design(seeds=1, policies=("bundle_phase",))))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the sources that decide numbers, and of a text that does not."""
    root = tmp_path_factory.mktemp("source")
    for name in ("model", "agents", "scenarios", "experiments/texts"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("runner.py", "evaluations.py"):
        shutil.copy(ROOT / "experiments" / name, root / "experiments" / name)
    return root


def test_the_code_version_is_that_of_the_sources(source):
    assert planned_runs_module.source_digest(planned_runs_module._CODE, source) == code_version()


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("model/rules.py", True), ("model/parameters/calibration_targets.yaml", True),
        ("agents/behaviours/default.py", True), ("scenarios/schema.py", True),
        ("experiments/runner.py", True), ("experiments/evaluations.py", True),
        ("experiments/texts/en.yaml", False), ("scenarios/library/bundle_flat.yaml", False),
    ],
)  # fmt: skip
def test_the_code_version_holds_only_what_makes_numbers(source, name, counts):
    def version():
        return planned_runs_module.source_digest(planned_runs_module._CODE, source)

    path = source / name
    before, kept = version(), path.read_bytes()
    path.write_bytes(kept + b"# changed\n")
    try:
        assert (version() != before) is counts
    finally:
        path.write_bytes(kept)
    assert version() == before


def test_a_source_file_that_moves_is_another_version(source):
    before = planned_runs_module.source_digest(planned_runs_module._CODE, source)
    added = source / "model/one_more.py"
    added.write_text("")
    try:
        assert planned_runs_module.source_digest(planned_runs_module._CODE, source) != before
    finally:
        added.unlink()


def test_levers_hold_in_the_policies_from_the_policy_year_on():
    chosen = design(
        seeds=1, levers={"bundle_price_factor": (0.9,), "practice_participation_share": (0.4,)}
    )
    shared = common(chosen, load_scenarios(chosen, REGISTRY), REGISTRY)
    (run,) = planned_runs(chosen, shared, REGISTRY)
    task = shared.task(run.input)

    assert task.policies["bundle_flat"].levers == {"bundle_price_factor": 0.9}
    assert task.policies["bundle_flat"].practices_share == 0.4
    assert task.policies["fee_for_service_open"] == shared.policies["fee_for_service_open"]
    assert task.parameters == REGISTRY.values()


def test_a_cohort_in_treatment_is_a_share_of_those_in_treatment():
    chosen = design(seeds=1, patients="treated", share=0.1)
    shared = common(chosen, load_scenarios(chosen, REGISTRY), REGISTRY)
    (run,) = planned_runs(chosen, shared, REGISTRY)
    size = shared.task(run.input).size

    assert size.treated_only
    assert size.patients == round(0.1 * REGISTRY.values().copd_physio_patients)


def test_participation_that_a_scenario_leaves_to_choice_is_no_lever():
    chosen = design(policies=("bundle_by_choice",), levers={"practice_participation_share": (0.4,)})

    with pytest.raises(ScenarioError, match="changes nothing in 'bundle_by_choice'"):
        load_scenarios(chosen, REGISTRY)


def test_a_scenario_file_is_looked_for_beside_the_design(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "title: {en: A, nl: A}\nstory: {en: B, nl: B}\nsource: a test\nextends: bundle_flat\n"
    )

    found = load_scenarios(design(policies=("mine.yaml",)), REGISTRY, tmp_path)
    assert list(found) == ["fee_for_service_open", "mine"]

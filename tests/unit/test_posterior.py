"""The posterior: a toy whose answer is known, what is used of the world, and what is kept."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from toy_calibration import AGREEING, calibrate_the_toy, toy_facts

from experiments import calibration
from experiments.calibration import PAST, TARGETS, past_facts
from experiments.cli import main
from experiments.output import OutputError
from experiments.posteriors import calibration_runs, posterior
from experiments.posteriors.calibration_runs import CalibrationRun, CalibrationRuns, Plan, run_facts
from experiments.posteriors.history_matching import Found
from experiments.posteriors.posterior import (
    KEPT_APART,
    observed_targets,
    parameters_at,
    posterior_table,
    run_waves,
    used_targets,
)
from experiments.posteriors.posterior_report import parameter_rows, target_rows
from experiments.posteriors.stored_posterior import read_posterior, registry_fingerprint
from model.parameters import load_registry

REGISTRY = load_registry()
P = REGISTRY.values()
PLAN = Plan(waves=6, runs=150, draws=400, seed=3)
MADE_WITH = {"registry": "r", "code": "c"}


@pytest.fixture
def toy(monkeypatch):
    """The parameters of the toy, which is calibrated instead of the world."""
    return calibrate_the_toy(monkeypatch)


def calibrated(registry, folder, plan=PLAN):
    return run_waves(plan, registry, CalibrationRuns(folder, plan, MADE_WITH), workers=1)


# --- a known answer


def test_the_posterior_of_the_toy_is_the_known_one(toy, tmp_path):
    """Given a sum within 0.1 of one: both even, their correlation -0.98, the idle one untouched."""
    waves = calibrated(toy, tmp_path / "toy")
    kept = pd.DataFrame(waves.x[waves.agrees], columns=waves.names)

    assert waves.agrees.sum() >= PLAN.draws
    assert np.abs(kept["first"] + kept["second"] - 1.0).max() <= 0.1
    assert waves.prior_acceptance == pytest.approx(AGREEING, rel=0.15)
    assert kept["first"].corr(kept["second"]) == pytest.approx(-0.98, abs=0.01)
    for name in kept:
        assert kept[name].mean() == pytest.approx(0.5, abs=0.05)
        assert kept[name].std() == pytest.approx(12**-0.5, abs=0.025)
    assert waves.active == ["first", "second"]
    assert waves.lost() < 0.01


def test_later_waves_waste_fewer_runs(toy, tmp_path):
    about = calibrated(toy, tmp_path / "toy").about

    assert about[0]["plausible"] == 1.0
    assert about[1]["plausible"] == pytest.approx(AGREEING, rel=0.25)
    assert about[1]["agree"] > 3 * about[0]["agree"]


def test_the_table_holds_draws_that_agree(toy, tmp_path):
    waves = calibrated(toy, tmp_path / "toy")
    table = posterior_table(waves, toy, 50)

    assert list(table) == ["first", "second", "idle"] and len(table) == 50
    assert (table["first"] + table["second"]).between(0.9 - 1e-5, 1.1 + 1e-5).all()


def test_the_report_says_what_moved(toy, tmp_path):
    waves = calibrated(toy, tmp_path / "toy")
    checks = pd.DataFrame({"sum": [0.95, 1.0, 1.2, 1.05], "later": [0.1, 0.9, 0.9, 0.9]})
    targets = target_rows(waves, checks, toy).set_index("target")
    parameters = parameter_rows(waves, toy).set_index("parameter")

    assert targets.loc["sum", "used"] and not targets.loc["later", "used"]
    assert targets.loc["sum", "prior_within"] == pytest.approx(AGREEING, abs=0.1)
    assert targets.loc["sum", "check_within"] == 0.75
    assert targets.loc["later", "check_within"] == 0.25
    assert set(targets.loc["sum", "moved_by"].split()) == {"first", "second"}
    assert set(parameters.index) == {"first", "second"}
    assert parameters["narrower"].abs().max() < 0.1
    assert parameters.loc["first", "prior_5"] == pytest.approx(0.05)
    assert set(parameters["targets"]) == {"sum"}


def test_targets_that_contradict_each_other_leave_nothing(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(
        posterior, "run_facts",
        lambda run: calibration_runs.CalibrationResult(
            run.wave, run.index, {"sum": 5.0 + run.parameters.first, "later": 0.0}
        ),
    )  # fmt: skip
    monkeypatch.setattr(posterior, "find_plausible", lambda *a, **k: nothing(a[2]))
    waves = calibrated(toy, tmp_path / "toy")
    assert not waves.agrees.any() and len(waves.about) == 1


def nothing(inputs):
    return Found(np.empty((0, inputs)), share=0.0, tried=1)


# --- going on


def counting(monkeypatch, stop_after=None):
    """Count the runs that are really made; interrupt after some."""
    made = []

    def run(task):
        if stop_after is not None and len(made) >= stop_after:
            raise KeyboardInterrupt
        made.append((task.wave, task.index))
        return toy_facts(task)

    monkeypatch.setattr(posterior, "run_facts", run)
    return made


def test_a_stopped_calibration_goes_on_and_ends_the_same(toy, tmp_path, monkeypatch):
    whole = calibrated(toy, tmp_path / "whole")
    first = counting(monkeypatch, stop_after=200)
    with pytest.raises(KeyboardInterrupt):
        calibrated(toy, tmp_path / "parts")
    second = counting(monkeypatch)
    parts = calibrated(toy, tmp_path / "parts")

    assert len(first) == 200 and not set(first) & set(second)
    assert (parts.x == whole.x).all() and (parts.agrees == whole.agrees).all()
    assert parts.about == whole.about


def test_a_finished_one_is_not_run_again_and_a_damaged_run_is(toy, tmp_path, monkeypatch):
    calibrated(toy, tmp_path / "toy")
    (tmp_path / "toy" / "runs" / "wave-01-00007.json").write_text('{"sum": 0.')
    (tmp_path / "toy" / "runs" / "wave-01-00009.json").write_text('{"sum": 1.0}')
    made = counting(monkeypatch)
    calibrated(toy, tmp_path / "toy")

    assert made == [("wave-01", 7), ("wave-01", 9)]


def test_more_draws_go_on_where_it_ended(toy, tmp_path, monkeypatch):
    short = Plan(waves=1, runs=150, draws=400, seed=3)
    calibrated(toy, tmp_path / "toy", short)
    made = counting(monkeypatch)
    more = calibrated(toy, tmp_path / "toy")

    assert {wave for wave, _ in made} == {f"wave-{k:02d}" for k in range(2, len(more.about) + 1)}


@pytest.mark.parametrize(
    ("change", "word"),
    [({"seed": 4}, "--seed 3"), ({"share": 0.2}, "--share 0.1"), ({"runs": 99}, "--runs 150")],
)
def test_runs_of_another_plan_are_not_mixed(tmp_path, change, word):
    CalibrationRuns(tmp_path / "x", PLAN, MADE_WITH)
    with pytest.raises(OutputError, match=word):
        CalibrationRuns(tmp_path / "x", Plan(**({"runs": 150, "seed": 3} | change)), MADE_WITH)


@pytest.mark.parametrize(
    ("name", "words"), [("registry", "other parameters"), ("code", "another version")]
)
def test_runs_of_other_numbers_or_code_are_not_mixed(tmp_path, name, words):
    CalibrationRuns(tmp_path / "x", PLAN, MADE_WITH)
    with pytest.raises(OutputError, match=words):
        CalibrationRuns(tmp_path / "x", PLAN, MADE_WITH | {name: "else"})


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="exists already"):
        CalibrationRuns(tmp_path, PLAN, MADE_WITH)


# --- what is used of the world


def test_only_targets_of_the_registry_from_before_the_experiment_are_used():
    used = used_targets(REGISTRY)

    assert len(used) >= 15
    for target in used:
        entry = REGISTRY[target.parameter]
        assert entry.role == "target"
        assert entry.year is None or entry.year < 2025
        assert target.id not in KEPT_APART
    assert set(KEPT_APART) < {target.id for target in TARGETS}


def test_nothing_of_2025_or_later_is_read(monkeypatch):
    seen = []

    def pooled(world, first_year):
        seen.append((world, first_year))
        return {}

    monkeypatch.setattr(calibration, "pooled_facts", pooled)
    past_facts(P, 0.003, 1)
    ((world, first_year),) = seen

    assert PAST.last_year == 2024 and world.month == 48
    assert first_year == 2023 and [f["year"] for f in world.facts] == [2021, 2022, 2023, 2024]
    assert world.results()["year"].max() == 2024
    assert (
        not world.policy.offers_contract and max(e["year"].max() for e in world.evaluations) < 2025
    )


def test_no_lever_of_a_contract_moves_a_fact_that_is_used():
    """Its price, its floor, its KPIs may be anything: the posterior cannot know them."""
    words = ("bundle", "floor", "kpi", "shared", "coordination", "regulator", "evaluation")
    names = [lever.name for lever in REGISTRY.by_role("lever")]
    bundle = [name for name in names if any(word in name for word in words)]
    bundle.remove("bundle_min_contacts_to_claim")  # every plan of a quarter has so many sessions
    other = P.replace({n: REGISTRY[n].high for n in bundle})

    assert len(bundle) >= 15
    one, two = (run_facts(CalibrationRun("x", 0, p, 0.003, 1)).values for p in (P, other))
    for target in used_targets(REGISTRY):
        np.testing.assert_equal(one[target.id], two[target.id], err_msg=target.id)


def test_a_target_carries_its_range_and_the_measured_luck():
    chance = pd.DataFrame({target.id: [1.0, 2.0, 3.0] for target in TARGETS})
    for one in observed_targets(REGISTRY, chance):
        target = next(t for t in TARGETS if t.id == one.id)
        entry = REGISTRY[target.parameter]
        assert (one.value, one.low, one.high) == (entry.value, entry.low, entry.high)
        assert one.chance == pytest.approx(1.0)


def test_quantiles_become_values_of_each_distribution():
    names = ["need_sigma", *[p.name for p in REGISTRY.by_role("uncertainty")][:20]]
    edges = parameters_at(REGISTRY, names, np.array([[0.0] * 21, [0.5] * 21, [1.0] * 21]))

    for name in names:
        low, middle, high = edges[name]
        assert (low, high) == pytest.approx((REGISTRY[name].low, REGISTRY[name].high))
        assert low < middle < high


def test_the_fingerprint_sees_every_number_and_range():
    from model.parameters import Registry

    entries = {entry.name: entry for entry in REGISTRY.all()}
    first = registry_fingerprint(REGISTRY)
    name = "need_sigma"
    one = entries[name]
    for update in (
        {"value": one.value * 1.01}, {"low": one.low * 0.99}, {"high": one.high * 1.01},
        {"distribution": "loguniform"}, {"role": "lever"},
    ):  # fmt: skip
        assert all(getattr(one, key) != value for key, value in update.items())
        changed = Registry(entries | {name: entries[name].model_copy(update=update)})
        assert registry_fingerprint(changed) != first
    renamed = entries[name].model_copy(update={"note": "other words"})
    assert registry_fingerprint(Registry(entries | {name: renamed})) == first


# --- the command


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


ARGS = ("--waves", 6, "--runs", 100, "--draws", 60, "--workers", 1)


def test_the_command_makes_a_posterior_with_report(toy, tmp_path):
    folder = tmp_path / "made"
    result = call("calibration", "--posterior", "--out", folder, *ARGS)

    assert result.exit_code == 0, result.output
    stored = read_posterior(folder / "posterior.csv")
    about = stored.about
    assert stored.fits(toy) and len(stored.table) == 60 == about["effective_sample_size"]
    assert about["constrained"] == ["first", "second"]
    assert about["check"] == {"runs": 40, "agree": 1.0, "agree_allowing_for_luck": 1.0}
    assert about["agreeing_share_of_prior"] == pytest.approx(AGREEING, rel=0.4)
    assert about["targets"]["sum"]["low"] == 0.9 and about["kept_apart"] == list(KEPT_APART)
    assert "60 draws agree with all 1 targets" in " ".join(result.stdout.split())
    for name in ("targets", "parameters"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(pd.read_csv(folder / f"{name}.csv")) == 2
    assert not list(folder.rglob(".*")) and not list(folder.rglob("*.tmp"))


def test_the_command_prints_one_document(toy, tmp_path):
    result = call("calibration", "--posterior", "--out", tmp_path / "made", *ARGS, "--json")

    document = json.loads(result.stdout)
    assert result.stderr == "" and document["draws"] == 60
    assert {row["target"] for row in document["target_rows"]} == {"sum", "later"}


def test_the_same_command_makes_the_same_file(toy, tmp_path):
    for name in ("one", "two"):
        call("calibration", "--posterior", "--out", tmp_path / name, *ARGS, "--json")

    one, two = ((tmp_path / name / "posterior.csv").read_bytes() for name in ("one", "two"))
    assert one == two


def test_ctrl_c_says_that_the_same_command_goes_on(toy, tmp_path, monkeypatch):
    counting(monkeypatch, stop_after=30)
    result = call("calibration", "--posterior", "--out", tmp_path / "made", *ARGS)

    assert result.exit_code == 2 and "goes on" in result.stderr
    assert not (tmp_path / "made" / "posterior.csv").exists()
    assert len(list((tmp_path / "made" / "runs").iterdir())) == 30


def test_no_agreement_at_all_is_one_sentence(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(
        posterior, "run_facts",
        lambda run: calibration_runs.CalibrationResult(
            run.wave, run.index, {"sum": 1.15 + 0.01 * run.parameters.first, "later": 0.0}
        ),
    )  # fmt: skip
    result = call("calibration", "--posterior", "--out", tmp_path / "made", *ARGS)

    assert result.exit_code == 2
    assert "No run agrees" in result.stderr and "'sum' in 0%" in result.stderr


@pytest.mark.parametrize(
    ("args", "word"),
    [(("--out", "x"), "--out goes with --posterior"), (("--waves", 3), "--waves goes with"),
     (("--posterior",), "--out DIR"), (("--posterior", "--fit", "--out", "x"), "--fit"),
     (("--posterior", "--out", ""), "empty"),
     (("--posterior", "--runs", 1, "--out", "x"), "--runs")],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(args, word):
    result = call("calibration", *args)

    assert result.exit_code == 2 and word in result.stderr

"""The calibration table: which facts, how each is read off the model, and the verdict."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from experiments import calibration
from experiments.calibration import FREE, TARGETS, baseline_facts, calibration_rows
from experiments.cli import main
from model.parameters import load_registry

REGISTRY = load_registry()
P = REGISTRY.values()
BY_ID = {target.id: target for target in TARGETS}


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def rows():
    """The rows as the command prints them, in a small world."""
    result = call("calibration", "--share", 0.02, "--json")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)["rows"]


def test_the_table_has_at_least_fifteen_rows_with_all_the_issue_asks_for(rows):
    assert len(rows) == len(TARGETS) >= 15
    assert len({row["target"] for row in rows}) == len(rows)
    for row in rows:
        assert row["source"].strip() and row["label"].strip()
        assert row["low"] <= row["value"] <= row["high"]
        assert math.isfinite(row["model"])
        assert row["verdict"] in ("pass", "fail")


def test_a_row_repeats_the_registry(rows):
    for row in rows:
        entry = REGISTRY[BY_ID[row["target"]].parameter]
        assert (row["value"], row["source"]) == (entry.value, entry.source)
        assert (row["low"], row["high"]) == (entry.low, entry.high)


def test_the_facts_that_the_issue_names_are_there():
    """Treated, mean, median and tail of sessions, spending, class mix, and what follows."""
    wanted = {
        "treated_patients", "sessions_mean", "sessions_median", "sessions_above_52",
        "sessions_above_100", "spending", "class_a", "class_b1", "admissions", "copd_deaths",
        "patients_per_practice", "dropout_8_weeks",
    }  # fmt: skip
    assert wanted <= set(BY_ID)


def test_every_target_of_the_registry_is_checked():
    """A target that no row compares would be a number without a use."""
    used = {target.parameter for target in TARGETS}

    assert {entry.name for entry in REGISTRY.by_role("target")} <= used
    assert all(REGISTRY[name].low is not None for name in used)


@pytest.mark.parametrize(
    ("model", "verdict"), [(0.6, "pass"), (1.4, "pass"), (0.599, "fail"), (1.401, "fail")]
)
def test_the_edges_of_the_range_pass(monkeypatch, model, verdict):
    name = "need_class_correlation"
    entry = REGISTRY[name].model_copy(update={"value": 1.0, "low": 0.6, "high": 1.4})

    class One(dict):
        def __getitem__(self, wanted):
            assert wanted == name
            return entry

    monkeypatch.setattr(calibration, "baseline_facts", lambda *_: {"x": model})
    monkeypatch.setattr(calibration, "TARGETS", (calibration.Target("x", name, lambda f: f["x"]),))
    (row,) = calibration_rows(One(), P)
    assert row.verdict == verdict


def test_an_unknown_value_fails(monkeypatch):
    target = calibration.Target("x", "physio_use_share", lambda f: math.nan)
    monkeypatch.setattr(calibration, "baseline_facts", lambda *_: {})
    monkeypatch.setattr(calibration, "TARGETS", (target,))

    assert calibration_rows(REGISTRY, P)[0].verdict == "fail"


# --- how the model's value is read off

#: Ten patients: sessions 1, 2, 2, 10, 20, 20, 30, 60, 110, 110.
SESSIONS = np.bincount([1, 2, 2, 10, 20, 20, 30, 60, 110, 110], minlength=251)


@pytest.mark.parametrize(
    ("target", "wanted"),
    [("sessions_mean", 36.5), ("sessions_median", 20.0), ("sessions_above_27", 0.4),
     ("sessions_above_52", 0.3), ("sessions_above_100", 0.2),
     ("sessions_log_sd", math.sqrt(2 * math.log(36.5 / 20)))],
)  # fmt: skip
def test_the_shape_of_sessions(target, wanted):
    assert BY_ID[target].model({"sessions": SESSIONS}) == pytest.approx(wanted)


def test_sessions_on_the_border_are_not_above_it():
    at_27 = np.bincount([27, 28], minlength=251)

    assert BY_ID["sessions_above_27"].model({"sessions": at_27}) == 0.5


def test_shares_and_rates_by_hand():
    facts = {
        "profile_at_intake": np.array([2, 3, 5]), "class_at_intake": np.array([1, 3, 4, 1, 1]),
        "gold": np.array([70, 25, 5]), "stable_deaths_by_gold": np.array([3.0, 2.0, 1.0]),
        "person_years_by_gold": np.array([100.0, 50.0, 10.0]), "stopped_early": 30,
        "stopped_programme": 40, "intakes": 100, "intakes_at_once": 85, "treated": 27_295.0,
        "copd_prevalent": 545_900.0,
    }  # fmt: skip
    wanted = {
        "profile_3": 0.2, "profile_4": 0.3, "profile_5": 0.5, "class_a": 0.1, "class_b1": 0.3,
        "gold_2": 0.7, "gold_3": 0.25, "gold_4": 0.05, "mortality_gold_2": 0.03,
        "mortality_gold_3": 0.04, "mortality_gold_4": 0.1, "dropout_8_weeks": 0.3,
        "completion": 0.6, "intake_at_once": 0.85, "physio_use": 0.05,
    }  # fmt: skip
    for target, value in wanted.items():
        assert BY_ID[target].model(facts) == pytest.approx(value), target


def test_counts_are_scaled_to_the_country():
    small, large = (baseline_facts(P, share, 1) for share in (0.02, 0.04))

    for name in ("treated", "spending", "admissions", "copd_deaths"):
        assert small[name] == pytest.approx(large[name], rel=0.2), name
    assert small["per_practice"] == pytest.approx(large["per_practice"], rel=0.2)


# --- the fit


def test_free_numbers_are_parameters_whose_value_lies_within_their_bounds():
    for name, (low, high) in FREE.items():
        assert low < P[name] < high, name
        assert REGISTRY[name].role != "target"


def test_the_fit_never_sees_a_bundle(monkeypatch):
    """Every world of the calibration is paid per session."""
    policies = []
    world = calibration.World

    class Watched(world):
        def __init__(self, p, policy, *rest, **more):
            policies.append(policy)
            super().__init__(p, policy, *rest, **more)

    monkeypatch.setattr("model.simulation.World", Watched)
    monkeypatch.setattr(calibration, "World", Watched)
    baseline_facts(P, 0.001, 1)
    assert len(policies) == 2
    assert not any(policy.offers_contract for policy in policies)


def test_the_fit_finds_back_a_number_that_was_lost(monkeypatch):
    """A model of one line: the fit must bring a free number back to where the targets hold."""
    name = "seek_rate"
    truth = 0.01
    target = calibration.Target(
        "x", "treated_profile_4_share", lambda f: f["x"] * 0.3 / truth, fitted=True
    )
    monkeypatch.setattr(calibration, "FREE", {name: FREE[name]})
    monkeypatch.setattr(calibration, "TARGETS", (target,))
    monkeypatch.setattr(calibration, "baseline_facts", lambda p, *_: {"x": p[name]})
    told = []

    fitted = calibration.fit(REGISTRY, P.replace({name: 0.006}), tell=told.append)
    assert fitted[name] == pytest.approx(truth, rel=0.05)
    assert told
    assert {n for n in P if fitted[n] != P[n]} == {name}


# --- the command


def test_the_table_on_the_screen_says_how_many_pass():
    result = call("calibration", "--share", 0.02)

    assert result.exit_code == 0
    assert f"of {len(TARGETS)} within the stated range" in " ".join(result.stdout.split())
    assert "pass" in result.stdout


def test_a_world_too_small_to_say_anything_ends_in_words():
    result = call("calibration", "--share", 0.00001, "--json")

    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)

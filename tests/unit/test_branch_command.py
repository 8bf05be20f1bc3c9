"""``zorgbundel branch``: both futures from the identical state, and what is refused."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from experiments.branch import branch_month
from experiments.cli import main
from experiments.fingerprints import with_fingerprint
from experiments.manifest import read_manifest
from experiments.texts import texts
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import ScenarioError

REGISTRY = load_registry()
CUT = ("--set", "bundle_price_factor=0.7")


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def sentence(result) -> str:
    """Return the one sentence on standard error of what was refused."""
    assert result.exit_code == 2, (result.exit_code, result.exception, result.output)
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "world"
    result = call("run", "bundle_weight_classes", "--share", 0.003, "--years", 3, "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def branched(saved, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("branched") / "out"
    result = call("branch", saved, "--at", "2026-01", *CUT, "--seeds", 2, "--workers", 1,
                  "--out", out)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "2 worlds" in result.stdout and "bundle_price_factor = 0.7" in result.stdout
    return out


def altered(saved: Path, tmp_path: Path, **changes) -> Path:
    """Return a copy of the saved world whose manifest says something else, and is sealed anew."""
    folder = tmp_path / "altered"
    shutil.copytree(saved, folder)
    path = folder / "manifest.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(with_fingerprint({**body, **changes})), encoding="utf-8")
    return folder


def test_a_run_keeps_a_fingerprint_of_every_january(saved):
    states = read_manifest(saved).states

    assert list(states) == ["2025-01", "2026-01", "2027-01"]
    assert len(set(states.values())) == 3


def test_the_future_that_goes_on_is_the_saved_world(saved, branched):
    runs = pd.read_parquet(branched / "runs.parquet")
    outcomes = pd.read_parquet(saved / "outcomes.parquet")
    own = runs[(runs["index"] == 1) & (runs["policy"] == "continued")]
    kept = outcomes[outcomes["year"] >= 2026]
    keys = ["year", "measure", "split", "group"]
    own = own.assign(value=own["top"] / own["bottom"].where(own["bottom"] != 0)).set_index(keys)
    pd.testing.assert_series_equal(own["value"], kept.set_index(keys)["value"][own.index])
    assert set(runs["year"]) == {2026, 2027} and set(runs["index"]) == {1, 2}


def test_the_effect_is_changed_less_continued_with_an_interval_over_worlds(branched):
    effects = pd.read_parquet(branched / "effects.parquet")
    row = effects.query("measure == 'paramedical_spending' and split == 'all' and year == 0")

    assert row["mean"].item() < 0.0  # the price of every bundle is cut by 30 %
    assert row["monte_carlo_low"].item() <= row["mean"].item() <= row["monte_carlo_high"].item()
    document = json.loads((branched / "manifest.json").read_text(encoding="utf-8"))
    assert document["at"] == "2026-01" and document["world"]["seed"] == 1
    assert document["state"] == document["world"]["states"]["2026-01"]


def test_a_branch_is_made_again(branched, tmp_path):
    again = call("reproduce", branched, "--workers", 1)
    assert again.exit_code == 0 and again.stdout.startswith("Identical"), again.output

    folder = tmp_path / "spoilt"
    shutil.copytree(branched, folder)
    runs = pd.read_parquet(folder / "runs.parquet")
    runs.loc[0, "top"] += 1.0
    runs.to_parquet(folder / "runs.parquet", index=False)
    assert "was changed after it was written" in sentence(call("reproduce", folder))


def test_a_setting_that_changes_nothing_has_no_effect(saved):
    result = call("branch", saved, "--at", "2026-01", "--set", "bundle_price_factor=1", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)

    assert all(row["mean"] in (0.0, None) for row in document["effects"])


def test_another_scenario_takes_the_place_of_the_present_one(saved):
    result = call("branch", saved, "--at", "2027-01", "--policy", "fee_for_service_open",
                  "--lang", "nl")  # fmt: skip
    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "komt ervoor in de plaats" in shown
    assert texts("nl")("branch.one_world")[:30] in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--at", "2026-13", *CUT), "is no month; write it as 2025-01"),
        (("--at", "soon", *CUT), "is no month"),
        (("--at", "2026-07", *CUT), "is no January; contracts run from January"),
        (("--at", "2028-01", *CUT), "outside the policy window of this run (2025-01 to 2027-01)"),
        (("--at", "2024-01", *CUT), "outside the policy window"),
        (("--at", "2026-01"), "nothing changes"),
        (("--at", "2026-01", "--set", "need_sigma=0.5"), "a branch can change levers only"),
        (("--at", "2026-01", "--set", "bundle_price_facto=0.9"), "bundle_price_factor"),
        (("--at", "2026-01", "--set", "bundle_price_factor=99"), "bundle_price_factor"),
        (("--at", "2026-01", "--set", "practice_participation_share=0.5"), "stated in a scenario"),
        (("--at", "2026-01", "--policy", "bundle_flatt"), "there is no scenario 'bundle_flatt'"),
    ],
)
def test_what_cannot_be_branched_is_said_in_one_sentence(saved, args, said):
    assert said in sentence(call("branch", saved, *args))


def test_a_folder_without_a_single_world_is_refused(branched, tmp_path):
    assert "holds no single world" in sentence(call("branch", branched, "--at", "2026-01", *CUT))
    assert "no manifest.json" in sentence(call("branch", tmp_path, "--at", "2026-01", *CUT))


def test_another_version_that_gives_the_same_world_is_said_and_accepted(saved, tmp_path):
    folder = altered(saved, tmp_path, code="0" * 64)
    result = call("branch", folder, "--at", "2026-01", *CUT, "--json")

    assert result.exit_code == 0, result.output
    assert "the program has changed since" in result.stderr


def test_another_version_that_gives_another_world_is_refused(saved, tmp_path):
    states = {**read_manifest(saved).states, "2026-01": "f" * 64}
    folder = altered(saved, tmp_path, code="0" * 64, states=states)

    assert "gives another world now" in sentence(call("branch", folder, "--at", "2026-01", *CUT))


def test_a_manifest_that_was_changed_is_refused(saved, tmp_path):
    folder = altered(saved, tmp_path, seed=7)

    said = sentence(call("branch", folder, "--at", "2026-01", *CUT))
    assert "is not the one that was saved" in said


def test_a_manifest_without_states_is_proven_by_its_outcomes(saved, tmp_path):
    folder = altered(saved, tmp_path, states={})
    assert call("branch", folder, "--at", "2026-01", *CUT, "--json").exit_code == 0


def test_an_existing_folder_is_not_overwritten(saved, branched):
    said = sentence(call("branch", saved, "--at", "2026-01", *CUT, "--out", branched))
    assert "exists already" in said


def test_the_month_counts_from_the_start_of_the_span():
    assert branch_month("2027-01", Span()) == 48
    for text in ("2027-1", "²027-01", "2027-01-01", "20270-1", ""):
        with pytest.raises(ScenarioError, match="is no month"):
            branch_month(text, Span())

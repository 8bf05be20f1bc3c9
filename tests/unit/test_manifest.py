"""The manifest says what made a result; ``reproduce`` makes it again and compares."""

import copy
import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from experiments import reproduce_command
from experiments.cli import main
from experiments.comparison import Design
from experiments.fingerprints import fingerprint_of
from experiments.manifest import (
    PACKAGES,
    SavedDesign,
    code_fingerprint,
    design_to_dict,
    read_manifest,
    table_hash,
    version,
)
from experiments.output import OutputError
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import load

REGISTRY = load_registry()
SETTING = "need_sigma"


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def sentence(result):
    """Return the one sentence on standard error of a run that was refused."""
    assert result.exit_code == 2, (result.exit_code, result.exception, result.output)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """A small comparison as the command saves it; leave it as it is."""
    folder = tmp_path_factory.mktemp("saved") / "results"
    result = call(
        "compare", "fee_for_service_open", "bundle_flat", "--seeds", 2, "--draws", 2,
        "--share", 0.001, "--set", f"{SETTING}={REGISTRY[SETTING].low}", "--workers", 1,
        "--out", folder,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def folder(saved, tmp_path) -> Path:
    """A copy of the saved comparison with all that ``reproduce`` reads, to be spoilt."""
    for name in ("manifest.json", "runs.parquet", "evaluations.parquet"):
        shutil.copy(saved / name, tmp_path)
    return tmp_path


def rewrite(folder, change):
    """Change the manifest of a folder."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(data)
    data["fingerprint"] = fingerprint_of(data)
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


class RanError(Exception):
    """The manifest was taken for good."""


@pytest.fixture
def unrun(monkeypatch):
    """Do not simulate: only reading is tested."""

    def run(*_, **__):
        raise RanError

    monkeypatch.setattr(reproduce_command, "run_design", run)


# --- what it says


def test_the_manifest_says_what_made_the_result(saved):
    data = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))

    assert data["kind"] == "comparison"
    assert data["version"] == version()
    assert data["code"] == code_fingerprint()
    assert set(data["packages"]) == set(PACKAGES) and all(data["packages"].values())
    assert data["design"]["settings"] == {SETTING: REGISTRY[SETTING].low}
    assert (data["design"]["seeds"], data["design"]["draws"]) == (2, 2)
    central = REGISTRY.values(data["design"]["settings"])
    assert data["parameters"]["fingerprint"] == central.fingerprint()
    assert data["parameters"]["central"] == central.to_dict()
    assert set(data["scenarios"]) == {
        "fee_for_service_open", "bundle_flat", "fee_for_service_capped",
    }  # fmt: skip
    for name, body in data["scenarios"].items():
        assert body == load(name, REGISTRY).model_dump(mode="json")


def test_the_hashes_are_those_of_the_tables_in_the_folder(saved):
    data = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    for name in ("runs", "effects", "evaluations"):
        table = pd.read_parquet(saved / f"{name}.parquet")
        assert data["tables"][name] == table_hash(table)


def test_parquet_and_csv_hold_the_same_table(saved):
    for name in ("runs", "effects", "evaluations", "budget", "parameter_draws"):
        parquet, csv = pd.read_parquet(saved / f"{name}.parquet"), saved / f"{name}.csv"
        again = pd.read_csv(csv, dtype={"group": str}, keep_default_na=True)
        pd.testing.assert_frame_equal(parquet, again, check_dtype=False)


def test_a_manifest_tells_nobody_where_it_was_made(saved):
    text = (saved / "manifest.json").read_text(encoding="utf-8")

    assert str(Path.home()) not in text
    assert str(saved.parent) not in text


def test_a_table_hash_sees_content_only():
    table = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})

    assert table_hash(table) == table_hash(table.copy())
    for other in (
        table.rename(columns={"a": "c"}), table[::-1], table[["b", "a"]],
        table.assign(a=[1.0, 2.0 + 1e-9]), table.assign(b=["x", "y"]),
    ):  # fmt: skip
        assert table_hash(other) != table_hash(table)


def test_a_design_survives_being_written_down():
    design = Design(
        "a", ("b", "c"), 3, 4, share=0.2, settings={SETTING: 0.4}, first_seed=7,
        span=Span(2022, 2024, 2026),
    )  # fmt: skip
    assert (
        SavedDesign.model_validate(json.loads(json.dumps(design_to_dict(design)))).design()
        == design
    )


def test_the_code_fingerprint_sees_an_edit_and_no_cache(tmp_path, monkeypatch):
    import experiments.manifest as module

    (tmp_path / "experiments").mkdir()
    (tmp_path / "model").mkdir()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "experiments" / "manifest.py"))
    source = tmp_path / "model" / "rule.py"
    source.write_text("x = 1", encoding="utf-8")
    first = code_fingerprint()
    (tmp_path / "model" / "rule.pyc").write_bytes(b"compiled")
    assert code_fingerprint() == first
    source.write_text("x = 2", encoding="utf-8")
    assert code_fingerprint() != first
    second = code_fingerprint()
    source.rename(source.with_name("rules.py"))
    assert code_fingerprint() != second


# --- reproduce


def test_a_saved_comparison_is_made_again_number_by_number(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = call("reproduce", folder, "--workers", 1)

    assert result.exit_code == 0, result.output
    rows = len(pd.read_parquet(folder / "runs.parquet"))
    assert result.stdout.startswith("Identical:") and f"{rows:,}" in result.stdout
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_library_may_have_changed_since(folder):
    """The scenarios of the manifest are run, under their old name or another."""

    def change(data):
        data["scenarios"]["my_bundle"] = data["scenarios"].pop("bundle_flat")
        data["design"]["policies"] = ["my_bundle"]

    table = pd.read_parquet(folder / "runs.parquet")
    renamed = table.assign(policy=table.policy.replace("bundle_flat", "my_bundle"))
    order = ["kind", "index", "policy", "year", "measure", "split", "group"]
    renamed = renamed.sort_values(order, ignore_index=True)
    renamed.to_parquet(folder / "runs.parquet", index=False)
    seen = pd.read_parquet(folder / "evaluations.parquet").assign(policy="my_bundle")
    seen.to_parquet(folder / "evaluations.parquet", index=False)
    hashes = {"runs": table_hash(renamed), "evaluations": table_hash(seen)}
    rewrite(folder, lambda data: (change(data), data["tables"].update(hashes)))

    result = call("reproduce", folder, "--workers", 1)
    assert result.exit_code == 0, result.output


def test_a_number_that_was_changed_is_noticed(folder):
    table = pd.read_parquet(folder / "runs.parquet")
    table.loc[table.top.idxmax(), "top"] *= 1 + 1e-9
    table.to_parquet(folder / "runs.parquet", index=False)

    assert "runs.parquet was changed" in sentence(call("reproduce", folder)).replace("'", "")


@pytest.mark.parametrize(("column", "factor"), [("top", 1.001), ("top", 1 + 1e-10)])
def test_a_different_number_is_told_with_exit_code_1(folder, column, factor):
    """As if another program had made the saved numbers: the file fits its own hash."""
    table = pd.read_parquet(folder / "runs.parquet")
    table.loc[table[column].idxmax(), column] *= factor
    table.to_parquet(folder / "runs.parquet", index=False)
    rewrite(folder, lambda data: data["tables"].update(runs=table_hash(table)))

    result = call("reproduce", folder, "--workers", 1)
    assert result.exit_code == 1
    assert result.stdout.startswith("Different:") and len(result.stdout.splitlines()) == 1
    assert ("1 of" in result.stdout) == (factor > 1 + 1e-9)


def test_a_different_evaluation_is_told_with_exit_code_1(folder):
    table = pd.read_parquet(folder / "evaluations.parquet")
    table.loc[0, "estimate"] += 0.5
    table.to_parquet(folder / "evaluations.parquet", index=False)
    rewrite(folder, lambda data: data["tables"].update(evaluations=table_hash(table)))

    result = call("reproduce", folder, "--workers", 1)
    assert result.exit_code == 1
    assert f"1 of {len(table)} numbers" in result.stdout and len(result.stdout.splitlines()) == 1


def test_a_different_denominator_is_told_as_a_difference(folder):
    table = pd.read_parquet(folder / "runs.parquet")
    table.loc[table.bottom.idxmax(), "bottom"] *= 1.5
    table.to_parquet(folder / "runs.parquet", index=False)
    rewrite(folder, lambda data: data["tables"].update(runs=table_hash(table)))

    result = call("reproduce", folder, "--workers", 1)
    assert result.exit_code == 1
    assert "1 of" in result.stdout


def test_changed_effects_are_noticed(saved, folder):
    table = pd.read_parquet(saved / "effects.parquet")
    table["mean"] = -table["mean"]
    table.to_parquet(folder / "effects.parquet", index=False)

    result = call("reproduce", folder, "--workers", 1)
    assert result.exit_code != 0


@pytest.mark.parametrize("changed", [True, False])
def test_a_changed_program_is_said(folder, unrun, changed):
    code = "0" * 64 if changed else code_fingerprint()
    rewrite(folder, lambda data: data.update(code=code))

    assert ("the program has changed" in call("reproduce", folder).stderr) is changed


@pytest.mark.parametrize("name", ["runs", "effects", "budget"])
def test_an_edited_csv_copy_is_refused(saved, folder, unrun, name):
    for kind in ("csv", "parquet"):
        shutil.copy(saved / f"{name}.{kind}", folder)
    path = folder / f"{name}.csv"
    path.write_bytes(path.read_bytes().rsplit(b"\n", 2)[0] + b"\n")  # a row less
    assert f"{name}.csv was changed after it was written" in sentence(call("reproduce", folder))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"7", b'"text"', b"{}", b'{"design": 3}', b"\xff\xfe\x00\x01",
     b"[" * 100_000, b'{"design": {}, "tables": {"runs": "x"}}'],
    ids=["empty", "half", "list", "null", "number", "text", "nothing", "design", "binary", "deep",
         "bare"],
)  # fmt: skip
def test_a_damaged_manifest_gives_one_sentence(folder, unrun, raw):
    (folder / "manifest.json").write_bytes(raw)

    assert "damaged" in sentence(call("reproduce", folder))


def test_what_is_not_run_again_is_said_and_not_called_damaged(tmp_path):
    for kind, command in (("analysis", "analyse"), ("neutral-price", "neutral-price")):
        (tmp_path / "manifest.json").write_text(f'{{"kind": "{kind}"}}', encoding="utf-8")

        assert f"'zorgbundel {command}'" in sentence(call("reproduce", tmp_path))


def test_a_folder_without_results_gives_one_sentence(tmp_path):
    assert "no manifest.json" in sentence(call("reproduce", tmp_path))
    assert "no manifest.json" in sentence(call("reproduce", tmp_path / "nowhere"))
    with pytest.raises(OutputError, match="no manifest"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("spoil", ["gone", "empty", "text", "folder"])
def test_missing_or_damaged_runs_give_one_sentence(folder, unrun, spoil):
    runs = folder / "runs.parquet"
    runs.unlink()
    if spoil == "folder":
        runs.mkdir()
    elif spoil != "gone":
        runs.write_bytes(b"" if spoil == "empty" else b"year,measure\n")

    assert "runs.parquet" in sentence(call("reproduce", folder))


#: Keys without which nothing can be made again.
NEEDED = [
    ("design",), ("design", "baseline"), ("design", "policies"), ("design", "seeds"),
    ("design", "share"), ("design", "settings"), ("design", "last_year"), ("tables",),
    ("tables", "runs"), ("tables", "evaluations"),
]  # fmt: skip


@pytest.mark.parametrize("keys", NEEDED, ids=".".join)
def test_a_manifest_without_a_needed_key_gives_one_sentence(folder, unrun, keys):
    def change(data):
        *path, last = keys
        for key in path:
            data = data[key]
        del data[last]

    rewrite(folder, change)
    assert "damaged" in sentence(call("reproduce", folder))


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (("code",), None),
        (("scenarios",), None),
        (("scenarios",), ["bundle_flat"]),
        (("scenarios",), 3),
        (("design", "seeds"), math.inf),
        (("design", "last_year"), math.inf),
    ],
    ids=lambda x: ".".join(x) if isinstance(x, tuple) else str(x),
)
def test_a_manifest_with_a_wrong_value_gives_one_sentence(folder, unrun, keys, wrong):
    def change(data):
        *path, last = keys
        for key in path:
            data = data[key]
        if wrong is None:
            del data[last]
        else:
            data[last] = wrong

    rewrite(folder, change)
    sentence(call("reproduce", folder))


@pytest.mark.parametrize(
    ("key", "wrong"), [("draws", -1), ("settings", {"no_such": 1.0}), ("settings", {SETTING: -9.0})]
)
def test_a_wrong_number_of_draws_or_setting_gives_one_sentence(folder, key, wrong):
    rewrite(folder, lambda data: data["design"].update({key: wrong}))
    sentence(call("reproduce", folder, "--workers", 1))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("seeds", 0), ("seeds", -1), ("share", 0.0), ("share", 5.0), ("share", -0.1),
     ("last_year", 2020), ("policies", [])],
    ids=str,
)  # fmt: skip
def test_a_design_that_cannot_be_run_gives_one_sentence(folder, unrun, key, wrong):
    rewrite(folder, lambda data: data["design"].update({key: wrong}))
    sentence(call("reproduce", folder))


def test_a_scenario_in_the_manifest_that_is_not_valid_gives_one_sentence(folder, unrun):
    def spoil(value):
        def change(data):
            data["scenarios"]["bundle_flat"]["contract"] = value

        return change

    for value in ([], None, [{"clause": "gift"}]):
        rewrite(folder, spoil(copy.deepcopy(value)))
        assert "not valid" in sentence(call("reproduce", folder))


def test_a_folder_of_one_run_is_made_again_too(tmp_path):
    out = tmp_path / "one"
    made = call("run", "fee_for_service_open", "--share", 0.001, "--years", 1, "--out", out)
    assert made.exit_code == 0, made.output

    result = call("reproduce", out)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Identical:")

"""Files from outside: only ordinary ones are read, of limited size and depth, as data."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from experiments.output import OutputError
from experiments.safe_files import MOST_DEPTH, MOST_JSON, read_footer, read_json, read_parquet
from experiments.sweeps.sweep_folder import LOCK, locked
from model.parameters import ParameterError, load_registry
from model.parameters.located_yaml import MAX_BYTES, MAX_VALUES, LocatedYamlError, read_located
from model.parameters.safe_file import UnreadableError, one_line, read_bytes, short
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError, load

REGISTRY = load_registry()


def strange_places(folder: Path) -> dict[str, Path]:
    """Return paths that are no ordinary files, by what they are."""
    places = {
        name: folder / f"{name}.yaml"
        for name in (
            "missing",
            "folder",
            "pipe",
            "loop",
            "lost link",
            "to a device",
            "below",
            "x" * 300,
        )
    }
    places["folder"].mkdir()
    os.mkfifo(places["pipe"])
    places["loop"].symlink_to(places["loop"])
    places["lost link"].symlink_to(folder / "nowhere")
    places["to a device"].symlink_to("/dev/zero")
    (folder / "file").write_text("x")
    places["below"] = folder / "file" / "below.yaml"
    places["device"] = Path("/dev/zero")
    places["standard input"] = Path("/dev/stdin")
    places["null byte"] = folder / "a\0b.yaml"
    return places


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda path: read_bytes(path, 100), UnreadableError),
        (read_json, UnreadableError),
        (read_parquet, OutputError),
        (read_footer, OutputError),
        (read_located, LocatedYamlError),
        (lambda path: load(path, REGISTRY), ScenarioError),
    ],
    ids=["bytes", "JSON", "Parquet", "footer", "YAML", "scenario"],
)
def test_no_reader_waits_for_a_pipe_or_fills_up_from_a_device(tmp_path, read, error):
    for path in strange_places(tmp_path).values():
        with pytest.raises(error) as caught:
            read(path)
        assert len(str(caught.value).splitlines()) == 1


def test_a_link_to_an_ordinary_file_is_read(tmp_path):
    (tmp_path / "real").write_text("a: 1")
    (tmp_path / "link").symlink_to("real")
    assert read_bytes(tmp_path / "link", 10) == b"a: 1"


def test_a_file_may_be_as_large_as_allowed_and_no_larger(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert len(read_bytes(path, 100)) == 100
    with pytest.raises(UnreadableError, match="too large"):
        read_bytes(path, 99)


def test_yaml_is_limited_in_size_and_values(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: [" + "0," * (MAX_VALUES - 3) + "]")
    assert len(read_located(path).data["a"]) == MAX_VALUES - 3
    path.write_text("a: [" + "0," * MAX_VALUES + "]")
    with pytest.raises(LocatedYamlError, match=r"more than 20,000 values"):
        read_located(path)
    path.write_text("a: " + "x" * MAX_BYTES)
    with pytest.raises(LocatedYamlError, match="too large"):
        read_located(path)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', "[1] x",
        "[" * 100_000, "[" * (MOST_DEPTH + 2) + "]" * (MOST_DEPTH + 2),
        '{"a": ' + "9" * 5_000 + "}",
        "x" * (MOST_JSON + 1),
        '["half a character \\ud800"]', '{"\\udc00": 1}',
    ],
)  # fmt: skip
def test_json_that_is_refused(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(UnreadableError):
        read_json(path)


def test_json_that_is_read(tmp_path):
    path = tmp_path / "a.json"
    for data in ({"a": [1.5, None, "é", "\U0001f600", {"b": True}]}, [], "x", 10**300):
        path.write_text(json.dumps(data))
        assert read_json(path) == data
    path.write_text('{"a": NaN}')
    assert str(read_json(path, finite=False)) == "{'a': nan}"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert read_json(path) == [1]


def test_a_table_that_would_swell_is_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1.5, 2.5]}).to_parquet(path)
    assert read_parquet(path)["a"].tolist() == [1.5, 2.5]
    pd.DataFrame({f"c{k}": [0] * 2_000_000 for k in range(8)}).to_parquet(path)
    assert path.stat().st_size < 100_000  # 128 MB in memory
    with pytest.raises(OutputError, match="unpacks to far too much"):
        read_parquet(path)


def test_a_sentence_shows_nothing_that_steers_a_terminal():
    assert one_line("a\x1b[31m\nb\u202ec\0") == "a [31m b c"
    assert short("x" * 61) == "x" * 57 + "..." and short("x" * 60) == "x" * 60
    assert short(10**5_000) == "a number of very many digits" and short(12) == "12"


def test_a_parameter_error_is_one_short_line(tmp_path):
    (tmp_path / "a.yaml").write_text('"\\e[31m' + "x" * 9_000 + '": {value: 1}\n')
    with pytest.raises(ParameterError) as caught:
        load_registry(tmp_path)
    assert "\x1b" not in str(caught.value) and len(str(caught.value)) < 200


def test_the_nearest_name_of_a_very_long_word_is_found_at_once():
    assert hint("audit_cost" * 100_000, ["audit_cost", "other"]).endswith("'audit_cost'")


# --- folders


def test_a_sweep_never_writes_or_removes_where_a_link_leads(tmp_path):
    """A folder from somebody else may hold links to our own work."""
    mine, theirs = tmp_path / "mine", tmp_path / "sweep"
    mine.mkdir()
    (mine / "thesis.parquet").write_text("years of work")
    for name in ("outcomes", "runs", "broken"):
        theirs.mkdir()
        (theirs / "design.json").write_text("{}")
        (theirs / name).symlink_to(mine)
        with pytest.raises(OutputError, match="is a link"), locked(theirs):
            pass
        (theirs / name).unlink()
        (theirs / "design.json").unlink()
        theirs.rmdir()
    theirs.mkdir()
    (theirs / LOCK).symlink_to(mine / "thesis.parquet")
    with pytest.raises((OutputError, OSError)), locked(theirs):
        pass
    assert (mine / "thesis.parquet").read_text() == "years of work"


def test_a_foreign_folder_with_a_lock_is_not_taken_for_a_sweep(tmp_path):
    (tmp_path / LOCK).write_text("")
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match="exists already"), locked(tmp_path):
        pass
    (tmp_path / "thesis.docx").unlink()
    with locked(tmp_path):  # a sweep that was stopped before it was written down
        pass


COMMANDS = {
    "scenario": ("scenarios", "{}"),
    "contract": ("explain", "{}"),
    "run": ("run", "{}"),
    "design": ("sweep", "{}", "--out", "new"),
    "manifest": ("reproduce", "{}"),
    "branch": ("branch", "{}", "--at", "2026-01", "--set", "audit_cost=300"),
    "sweep": ("analyse", "{}"),
    "posterior": ("compare", "fee_for_service_open", "bundle_flat", "--draws-from", "{}"),
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_ends_in_one_sentence(tmp_path, monkeypatch, command):
    """Whatever is given: a file made to harm, a folder of such files, or no file at all."""
    from click.testing import CliRunner

    from experiments.cli import main
    from tests.fuzz.mangling import hostile

    monkeypatch.chdir(tmp_path)
    places = strange_places(tmp_path)
    for name in ("deep JSON", "a long key", "a pickle", "UTF-16"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("manifest.json", "design.json", "bad.yaml", "bad.csv", "bad.json"):
            (folder / file).write_bytes(hostile()[name])
        places |= {
            f"{name} folder": folder,
            name: folder / "bad.yaml",
            f"{name} table": folder / "bad.csv",
        }
    before = sorted(tmp_path.rglob("*"))
    for what, path in places.items():
        if what == "null byte":
            continue  # no shell can give one
        arguments = [part.format(path) for part in COMMANDS[command]]
        found = CliRunner().invoke(main, arguments)
        said = [line for line in found.stderr.splitlines() if not line.startswith("Simulating")]
        assert found.exit_code == 2, (what, found.exception, found.output)
        assert len(said) == 1 and said[0].startswith("zorgbundel: "), (what, said)
        assert len(said[0]) < 1_000
    assert sorted(tmp_path.rglob("*")) == before


def test_an_output_name_that_is_no_text_gives_one_sentence(tmp_path):
    """Names on Linux are bytes; this one is no UTF-8, and would steer a terminal."""
    from click.testing import CliRunner

    from experiments.cli import main

    out = os.fsencode(str(tmp_path)) + b"/\xff\x1b[31m\nx"
    os.mkdir(out)
    (Path(os.fsdecode(out)) / "mine.txt").write_text("mine")
    found = CliRunner().invoke(main, ["explain", "bundle_flat", "--out", os.fsdecode(out)])
    assert found.exit_code == 2, (found.exception, found.output)
    assert len(found.stderr.splitlines()) == 1 and "\x1b" not in found.stderr

"""No exported cell is run by a spreadsheet, and numbers stay numbers."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.viewmodels.figure import Figure
from experiments.output import csv_text, write_table
from experiments.spreadsheet import safe_cell, safe_table

ROOT = Path(__file__).parents[2]
STARTS = "=+-@\t\r\n"
#: Texts that are likely to start a formula, somewhere.
NASTY = st.text(st.sampled_from("=+-@\t\r\n;,'\" ab1.e"), max_size=12)


def runs(cell: str, separators: str) -> bool:
    """Whether a spreadsheet that splits cells at these separators would run part of a cell."""
    parts = re.split(f"[{separators}]", cell)
    first = cell[:1] in STARTS and cell != ""
    return first or any(part[:1] in "=+-@" and part != "" for part in parts)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return re.search("[a-df-z_\\s]", cell.lower()) is None


@pytest.mark.parametrize(
    "cell, safe",
    [
        ("=1+1", "'=1+1"),
        ("+31 6", "'+31 6"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\nx"),
        ("zorg;=HYPERLINK(1)", "zorg;'=HYPERLINK(1)"),
        ("a\n=1", "a\n'=1"),
        ("bundle_flat", "bundle_flat"),
        ("a - b = c; d", "a - b = c; d"),
        ("-12.5", "-12.5"),
        ("+1e-3", "+1e-3"),
        ("-inf", "'-inf"),
        ("", ""),
    ],
)
def test_known_cells(cell, safe):
    assert safe_cell(cell) == safe


@pytest.mark.parametrize("cell", [-1, -1.5, None, True, float("-inf")])
def test_what_is_no_text_is_left_alone(cell):
    assert safe_cell(cell) is cell


@settings(deadline=None)
@given(NASTY)
def test_no_text_is_run_and_none_is_lost(cell):
    safe = safe_cell(cell)
    assert is_number(cell) or not runs(safe, ";\t\r\n")
    assert safe.replace("'", "") == re.sub("\r\n?", "\n", cell).replace("'", "")


@settings(deadline=None)
@given(st.text())
def test_harmless_text_is_left_alone(cell):
    if "\r" not in cell and not runs(cell, ";\t\n"):
        assert safe_cell(cell) == cell


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_stay_numbers(value):
    assert safe_cell(value) is value
    assert float(safe_cell(str(value))) == value


@settings(deadline=None)
@given(st.lists(st.tuples(NASTY, st.floats(-1e6, 0.0)), min_size=1, max_size=5), NASTY)
def test_a_table_is_safe_to_open_and_keeps_its_numbers(rows, name):
    table = pd.DataFrame(rows, columns=["=evil" + name, "amount"])
    read = list(csv.reader(io.StringIO(csv_text(table), newline="")))
    assert not any(runs(cell, ";\t\r\n") for cell in read[0])
    assert [float(row[1]) for row in read[1:]] == pytest.approx([row[1] for row in rows], abs=0)
    assert all(is_number(row[0]) or not runs(row[0], ";\t\r\n") for row in read[1:])


def test_a_safe_table_is_not_copied():
    table = pd.DataFrame({"policy": ["a", None], "value": [-1.0, 2.0]})
    assert safe_table(table) is table


def test_parquet_keeps_the_text_as_it_is(tmp_path):
    table = pd.DataFrame({"policy": ["=1+1"], "kind": pd.Categorical(["@x"]), "value": [-2.0]})
    write_table(table, tmp_path, "t")
    assert (tmp_path / "t.csv").read_text() == "policy,kind,value\n'=1+1,'@x,-2.0\n"
    assert pd.read_parquet(tmp_path / "t.parquet")["policy"].tolist() == ["=1+1"]


def test_the_dashboard_gives_safe_files_too():
    data = (("=name", "amount"), ("-x;=1", -3.5))
    figure = Figure("f", "t", "s", draw=lambda width: "", columns=(), rows=(), data=data)
    assert figure.csv() == "'=name,amount\n'-x;'=1,-3.5\n"


def test_every_csv_is_written_through_this_file():
    """``to_csv`` and ``csv`` elsewhere would be a way round it; hashes and draws are no exports."""
    allowed = {
        "experiments/output.py",
        "experiments/parameters_command.py",
        "dashboards/viewmodels/figure.py",
        "dashboards/teaching/models.py",
        "experiments/why/screening.py",  # numbers under names of the program
        "experiments/manifest.py",  # text that is hashed
        "experiments/state_fingerprint.py",  # text that is hashed
        "experiments/posteriors/posterior_command.py",  # numbers under names of parameters
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("model", "agents", "scenarios", "experiments", "dashboards")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\.to_csv\(|csv\.(Dict)?[wW]riter", path.read_text(encoding="utf-8"))
    }
    assert found <= allowed

"""The command line says what is wrong in one sentence, and tells what there is."""

import csv
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from experiments import run_command
from experiments.cli import main
from model.parameters import load_registry
from model.schedule import MONTH
from scenarios.loader import LIBRARY, library

REGISTRY = load_registry()
ROOT = Path(__file__).parent.parent.parent
OPEN = (LIBRARY / "fee_for_service_open.yaml").read_text(encoding="utf-8")
CLASSES = (LIBRARY / "bundle_weight_classes.yaml").read_text(encoding="utf-8")


def call(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args])


def sentence(result):
    """Return the one sentence of a refusal."""
    assert result.exit_code == 2, (result.exit_code, repr(result.exception), result.output)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("zorgbundel: ")
    assert len(lines[0]) < 400
    return lines[0].removeprefix("zorgbundel: ")


def fine(*args):
    result = call(*args)
    assert result.exit_code == 0, (result.exception, result.output)
    return result.stdout


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in an empty folder in which nothing may appear; simulate nothing."""
    monkeypatch.chdir(tmp_path)

    def compute(*_, **__):
        raise AssertionError("a world was made before the input was checked")

    monkeypatch.setattr(run_command, "World", compute)
    monkeypatch.setattr("experiments.compare_command.compare", compute)
    return tmp_path


# --- bad input

FILES = {
    "empty.yaml": b"",
    "blank.yaml": b"  \n\n# nothing but a remark\n",
    "binary.yaml": bytes(range(256)) * 4,
    "nul.yaml": b"title: \x00\x01",
    "list.yaml": b"- one\n- two\n",
    "broken.yaml": b"title: {en: 'half",
    "negative.yaml": CLASSES.replace(
        "clause: weight_class_bundle",
        "clause: weight_class_bundle\n    prices: [250, -1, 350, 120]",
    ).encode(),
    "dear.yaml": CLASSES.replace(
        "clause: weight_class_bundle",
        "clause: weight_class_bundle\n    prices: [1e9, 1, 1, 1]",
    ).encode(),
    "share.yaml": CLASSES.replace("practices: 1.0", "practices: 1.01").encode(),
    "insurers.yaml": CLASSES.replace("insurers: 1.0", "insurers: -0.1").encode(),
    "key.yaml": OPEN.replace("entitlement:", "entitlment:").encode(),
    "clause.yaml": CLASSES.replace("weight_class_bundle", "weight_class_bundel").encode(),
    "lever.yaml": (OPEN + "set: {bundle_price_facter: 1.0}\n").encode(),
    "range.yaml": (OPEN + "set: {bundle_price_factor: 99}\n").encode(),
    "measure.yaml": (OPEN + "measures: [spending]\n").encode(),
    "scenario.txt": OPEN.encode(),
}
SAYS = {
    "empty.yaml": "empty", "blank.yaml": "", "binary.yaml": "UTF-8", "nul.yaml": "binary",
    "list.yaml": "", "broken.yaml": "line", "negative.yaml": "0 or more",
    "dear.yaml": "or less", "share.yaml": "1 or less", "insurers.yaml": "0 or more",
    "key.yaml": "'entitlement'", "clause.yaml": "'weight_class_bundle'",
    "lever.yaml": "'bundle_price_factor'", "range.yaml": "must lie in",
    "measure.yaml": "measures", "scenario.txt": ".yaml",
}  # fmt: skip


@pytest.mark.parametrize("command", ["run", "compare first", "compare second"])
@pytest.mark.parametrize("name", FILES)
def test_a_bad_scenario_file_gives_one_sentence(here, name, command):
    (here / name).write_bytes(FILES[name])
    first, *second = command.split()
    names = {"run": [name], "first": [name, "bundle_flat"], "second": ["bundle_flat", name]}
    text = sentence(call(first, *names[second[0] if second else "run"], "--out", "out"))

    assert SAYS[name] in text
    assert name.removesuffix(".txt") in text
    assert [path.name for path in here.iterdir()] == [name]
    assert (here / name).read_bytes() == FILES[name]


BAD_ARGUMENTS = {
    "unknown scenario": ("run nope", "the nearest valid name is"),
    "misspelt scenario": ("run bundle_flt", "'bundle_flat'"),
    "misspelt policy": ("compare fee_for_service_open bundle_flt", "'bundle_flat'"),
    "no such file": ("run nowhere/bundle_flat.yaml", "there is no file"),
    "a folder": ("run .", "folder"),
    "an empty name": ("run ''", "library"),
    "a device": ("run /dev/zero", "no ordinary file"),
    "misspelt parameter": ("run bundle_flat --set need_sgma=0.5", "'need_sigma'"),
    "no number": ("run bundle_flat --set need_sigma=high", "no number"),
    "not a number": ("run bundle_flat --set need_sigma=nan", "finite"),
    "infinite": ("run bundle_flat --set need_sigma=inf", "finite"),
    "no value": ("run bundle_flat --set need_sigma", "name=value"),
    "negative price": ("run bundle_flat --set session_tariff_contracted=-1", "must lie in"),
    "a share above one": ("run bundle_flat --set paid_above_maximum_share=1.5", "must lie in"),
    "a fact": ("run bundle_flat --set compulsory_deductible=1", "fact"),
    "a target": ("run bundle_flat --set target_copd_deaths=1", "target"),
    "set twice": ("run bundle_flat --set need_sigma=0.5 --set need_sigma=0.51", "twice"),
    "set in compare": ("compare bundle_flat fee_for_service_open --set x=1", "no parameter 'x'"),
    "the whole country and more": ("run bundle_flat --share 1.01", "--share"),
    "nobody": ("run bundle_flat --share 0", "--share"),
    "less than nobody": ("compare bundle_flat fee_for_service_open --share -1", "--share"),
    "infinite share": ("run bundle_flat --share inf", "--share"),
    "a share in words": ("run bundle_flat --share tenth", "--share"),
    "calibration of nobody": ("calibration --share 0", "--share"),
    "no years": ("run bundle_flat --years 0", "--years"),
    "a century": ("run bundle_flat --years 100", "--years"),
    "a negative seed": ("run bundle_flat --seed -1", "--seed"),
    "half a seed": ("run bundle_flat --seed 0.5", "--seed"),
    "one seed": ("compare bundle_flat fee_for_service_open --seeds 1", "--seeds"),
    "negative draws": ("compare bundle_flat fee_for_service_open --draws -1", "--draws"),
    "no workers": ("compare bundle_flat fee_for_service_open --workers 0", "--workers"),
    "no scenario": ("run", "SCENARIO"),
    "no policy": ("compare bundle_flat", "POLICY"),
    "itself": ("compare bundle_flat bundle_flat", "twice"),
    "no such command": ("compair", "No such command"),
    "no such option": ("run bundle_flat --sed 1", "--seed"),
    "one too many": ("run bundle_flat bundle_flat", "unexpected"),
    "unknown role": ("parameters --role boss", "'lever'"),
    "unknown format": ("parameters --format xml", "'csv'"),
    "unknown language": ("scenarios --lang fr", "'nl'"),
    "no folder": ("reproduce", "FOLDER"),
    "nothing to reproduce": ("reproduce nowhere", "manifest.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_bad_arguments_give_one_sentence(here, case):
    line, says = BAD_ARGUMENTS[case]
    args = [part if part != "''" else "" for part in line.split()]

    assert says in sentence(call(*args))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "command", ["run bundle_flat", "compare bundle_flat fee_for_service_open", "calibration"]
)
def test_a_share_that_is_no_number_gives_one_sentence(command):
    assert "--share" in sentence(call(*command.split(), "--share", "nan"))


def test_an_existing_folder_is_refused_and_kept(here):
    out = here / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")

    for args in (["run", "bundle_flat"], ["compare", "bundle_flat", "fee_for_service_open"]):
        assert "exists already" in sentence(call(*args, "--out", "out"))
    assert [path.name for path in here.rglob("*")] == ["out", "mine.txt"]


def test_the_program_as_installed_gives_one_sentence(tmp_path):
    """Through the shell's eyes: status, standard output and standard error."""
    program = Path(sys.executable).with_name("zorgbundel")
    done = subprocess.run(
        [program, "run", "bundle_flat", "--set", "need_sgma=1", "--out", "out"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and "'need_sigma'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_program_is_not_called_bad_input(monkeypatch):
    """A ValueError that is nobody's typing error keeps its traceback."""

    def fail(*_, **__):
        raise ValueError("a fault of ours")

    monkeypatch.setattr("experiments.month_command.month_table", fail)
    result = call("month")
    assert isinstance(result.exception, ValueError)


# --- what is told


def test_help_answers_at_once():
    program = Path(sys.executable).with_name("zorgbundel")
    seconds = []
    for _ in range(3):  # a busy machine may be slow once
        start = time.perf_counter()
        done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.0
    for command in ("scenarios", "run", "compare", "reproduce", "calibration", "bench", "demo"):
        assert command in done.stdout


def test_help_loads_nothing_heavy():
    code = "import sys, experiments.cli; print(sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "numba", "pandas", "mesa", "scipy", "pydantic", "yaml"} & set(
        re.findall(r"\w+", done.stdout)
    )


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_and_option_has_a_help_text(command):
    text = fine(command, "--help")

    assert text.startswith("Usage:")
    assert main.commands[command].help
    assert fine(command, "-h") == text


def test_without_a_command_the_help_is_shown():
    assert fine().startswith("Usage:")


def test_the_library_is_listed():
    text = fine("scenarios")
    records = json.loads(fine("scenarios", "--format", "json"))

    assert [record["name"] for record in records] == list(library())
    wanted = {
        "fee_for_service_capped", "fee_for_service_open", "bundle_weight_classes", "bundle_flat",
    }  # fmt: skip
    assert wanted <= set(library())
    assert all(name in text for name in library())
    assert fine("scenarios", "--lang", "nl") != text


@pytest.mark.parametrize("role", ["fact", "uncertainty", "lever", "target"])
def test_parameters_can_be_asked_for_by_role(role):
    records = json.loads(fine("parameters", "--role", role, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(fine("parameters", "--role", role, "--format", "csv"))))
    table = fine("parameters", "--role", role)

    wanted = [entry.name for entry in REGISTRY.by_role(role)]
    assert [record["name"] for record in records] == [row["name"] for row in rows] == wanted
    assert {record["role"] for record in records} == {role}
    assert all(record["source"] and record["unit"] for record in records)
    assert wanted[0].split("_")[0] in table


def test_the_month_is_printed_in_order():
    lines = fine("month").splitlines()

    assert len(lines) == len(MONTH)
    for number_, (line, phase) in enumerate(zip(lines, MONTH, strict=True), start=1):
        assert line.split(".")[0].strip() == str(number_)
        assert phase.name in line and phase.does in line

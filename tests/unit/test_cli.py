"""The command line: one sentence for what is wrong, one document for another program."""

import csv
import io
import json
import math
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from experiments import run_command
from experiments.cli import main
from experiments.run_command import yearly_values
from experiments.saving import budget_rows
from experiments.terminal import interval, number
from model.outcomes import BY_ID, MEASURES
from model.parameters import load_registry
from model.simulation import MONTH
from scenarios.loader import LIBRARY, library

REGISTRY = load_registry()
ROOT = Path(__file__).parent.parent.parent
OPEN = (LIBRARY / "fee_for_service_open.yaml").read_text(encoding="utf-8")
CLASSES = (LIBRARY / "bundle_weight_classes.yaml").read_text(encoding="utf-8")
IDS = [
    "paramedical_spending", "total_care_cost", "out_of_pocket", "sessions_per_patient",
    "other_mode_share", "disease_burden_ccq", "relevant_improvement_share", "admissions", "deaths",
    "qalys",
    "refused_share", "undertreated_share", "overtreated_share", "upcoded_share",
    "upcoded_unprovable_share", "downgraded_share", "waiting_weeks",
    "treated_patients", "practice_margin", "practice_loss_share", "job_satisfaction",
    "admin_hours",
]  # fmt: skip


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


# --- run

SMALL = ["--share", "0.002", "--years", "1"]


def only_json(text):
    """Return the one JSON document that a text is, refusing what JSON does not know."""
    assert len(text.splitlines()) == 1

    def refuse(token):
        raise AssertionError(f"{token} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_run_prints_one_document():
    result = call("run", "bundle_flat", *SMALL, "--json")
    document = only_json(result.stdout)

    assert result.exit_code == 0 and result.stderr == ""
    assert document["scenario"] == "bundle_flat"
    national = [row for row in document["outcomes"] if row["split"] == "all"]
    assert {row["measure"] for row in national} == set(IDS)
    assert {row["year"] for row in national} == {2023, 2024, 2025}
    assert (document["manifest"]["share"], document["manifest"]["seed"]) == (0.002, 1)


def test_run_writes_what_it_prints(tmp_path):
    out = tmp_path / "deeper" / "out"
    document = only_json(fine("run", "bundle_flat", *SMALL, "--json", "--out", out))
    table = pd.read_parquet(out / "outcomes.parquet")

    assert len(table) == len(document["outcomes"])
    printed = [row["value"] for row in document["outcomes"]]
    np.testing.assert_array_equal(np.array(printed, dtype=float), table.value.to_numpy())
    ledger = pd.read_parquet(out / "ledger.parquet")
    totals = pd.read_csv(out / "ledger_totals.csv")
    assert ledger.cents.sum() == totals.cents.sum() > 0
    assert sorted(path.name for path in out.iterdir()) == [
        "insurers.csv", "insurers.parquet",
        "ledger.parquet", "ledger_totals.csv", "ledger_totals.parquet", "manifest.json",
        "outcomes.csv", "outcomes.parquet",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_run_shows_a_table_with_every_outcome():
    text = fine("run", "bundle_flat", *SMALL)

    flat = re.sub(r"\W+", "", text)
    for measure in MEASURES:
        assert re.sub(r"\W+", "", measure.en)[:12] in flat
    assert "2025" in text and "2026" not in text
    assert "fewer than 10 simulated patients" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100


def test_the_same_seed_gives_the_same_document_and_another_does_not():
    one, again, other = (
        fine("run", "bundle_flat", *SMALL, "--json", "--seed", seed) for seed in (1, 1, 2)
    )
    assert one == again != other


def test_a_setting_reaches_the_world():
    low, high = (
        only_json(
            fine("run", "fee_for_service_open", *SMALL, "--json",
                 "--set", f"session_tariff_contracted={value}")
        )
        for value in (34, 39)
    )  # fmt: skip

    def spent(document):
        return next(
            row["value"] for row in document["outcomes"]
            if (row["measure"], row["split"], row["year"]) == ("paramedical_spending", "all", 2025)
        )  # fmt: skip

    assert spent(low) < spent(high)
    assert low["manifest"]["settings"] == {"session_tariff_contracted": 34.0}


def test_years_lengthen_the_window():
    document = only_json(
        fine("run", "fee_for_service_open", "--share", "0.001", "--years", "3", "--json")
    )
    assert {row["year"] for row in document["outcomes"]} == set(range(2023, 2028))


def test_yearly_values_divide_and_leave_the_empty_unknown():
    table = pd.DataFrame({"top": [1.0, 3.0, 0.0], "bottom": [4.0, 1.0, 0.0], "year": 2025})

    value = yearly_values(table).value
    assert value[:2].tolist() == [0.25, 3.0] and math.isnan(value[2])


# --- compare

POLICIES = ("bundle_weight_classes", "bundle_flat")
COMPARE = [
    "compare", "fee_for_service_open", *POLICIES, "--seeds", 2, "--draws", 2, "--share", 0.002,
    "--workers", 1,
]  # fmt: skip


@pytest.fixture(scope="module")
def compared():
    """What ``compare --json`` gives."""
    return call(*COMPARE, "--json")


def test_compare_prints_one_document_and_nothing_else(compared):
    assert compared.exit_code == 0, compared.output
    assert compared.stderr == ""
    document = only_json(compared.stdout)

    assert {"baseline", "policies", "manifest"} <= set(document)
    assert document["baseline"] == "fee_for_service_open"
    assert [policy["name"] for policy in document["policies"]] == list(POLICIES)
    assert set(document["manifest"]["scenarios"]) == {
        "fee_for_service_open", "fee_for_service_capped", *POLICIES,
    }  # fmt: skip


def test_every_measure_has_an_effect_with_both_intervals(compared):
    for policy in only_json(compared.stdout)["policies"]:
        assert set(policy) == {"name", "effects", "budget"}
        assert set(policy["effects"]) == set(IDS)
        for effect in policy["effects"].values():
            wanted = {"mean", "monte_carlo_interval", "parameter_interval", "by_year"}
            assert wanted <= set(effect)
            assert [year["year"] for year in effect["by_year"]] == [2025, 2026, 2027, 2028, 2029]
            for part in (effect, *effect["by_year"]):
                pair = part["monte_carlo_interval"]
                assert pair is None or pair[0] <= part["mean"] <= pair[1]
                pair = part["parameter_interval"]
                assert pair is None or pair[0] <= pair[1]


def test_the_budget_has_the_agreed_keys_in_euros(compared):
    for policy in only_json(compared.stdout)["policies"]:
        budget = policy["budget"]
        assert {
            "years", "framework_eur", "entitlement_use_eur", "neutrality_eur",
            "within_framework_probability", "neutral_probability",
        } <= set(budget)  # fmt: skip
        assert budget["years"] == [2025, 2026, 2027, 2028, 2029]
        assert budget["framework_eur"] == [173_000, 260_000, 347_000, 347_000, 347_000]
        assert len(budget["entitlement_use_eur"]) == len(budget["neutrality_eur"]) == 5
        for name in ("within_framework_probability", "neutral_probability"):
            assert budget[name] in (0.0, 0.5, 1.0)  # of two draws


def test_the_neutrality_test_is_the_effect_on_spending(compared):
    """Two ways to the same euros: the budget test and the effect against the open entitlement."""
    for policy in only_json(compared.stdout)["policies"]:
        years = policy["effects"]["paramedical_spending"]["by_year"]
        assert policy["budget"]["neutrality_eur"] == pytest.approx([year["mean"] for year in years])


def test_entitlement_use_is_the_same_whatever_the_policy(compared):
    first, second = (p["budget"] for p in only_json(compared.stdout)["policies"])

    assert first["entitlement_use_eur"] == second["entitlement_use_eur"]


def test_compare_in_words_shows_effects_budget_and_findings():
    result = call(*COMPARE)
    text = " ".join(result.stdout.split())

    assert result.exit_code == 0
    for label in ("Paramedical spending", "Budget tests", "173,000", "chance (95 %)"):
        assert label in text
    assert "Simulating" in result.stderr and "Simulating" not in result.stdout
    assert sum(line.startswith("- ") for line in result.stdout.splitlines()) >= 3  # findings
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_without_draws_the_parameter_interval_is_unknown():
    document = only_json(
        fine("compare", "fee_for_service_open", "bundle_flat", "--seeds", 2, "--draws", 0,
             "--share", 0.001, "--workers", 1, "--json")
    )  # fmt: skip
    policy = document["policies"][0]

    assert all(effect["parameter_interval"] is None for effect in policy["effects"].values())
    assert policy["budget"]["neutral_probability"] in (0.0, 0.5, 1.0)  # of two seeds


def own_capped(folder):
    """Write a scenario of somebody who took a library file and gave it other maxima."""
    path = folder / "fee_for_service_capped.yaml"
    text = (LIBRARY / path.name).read_text(encoding="utf-8")
    path.write_text(text.replace("maxima_2021", "maxima_2019"), encoding="utf-8")
    return path


def test_an_own_file_never_replaces_a_comparator_of_the_budget_tests(tmp_path, compared):
    result = call(*COMPARE[:4], own_capped(tmp_path), *COMPARE[4:], "--json")
    if result.exit_code == 2:
        return  # refused in one sentence: as good
    before = only_json(compared.stdout)["policies"][0]["budget"]["entitlement_use_eur"]
    assert only_json(result.stdout)["policies"][0]["budget"]["entitlement_use_eur"] == before


def test_an_own_scenario_can_be_compared(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(CLASSES.replace("practices: 1.0", "practices: 0.5"), encoding="utf-8")
    document = only_json(
        fine("compare", "fee_for_service_open", path, "--seeds", 2, "--draws", 0, "--share",
             0.001, "--workers", 1, "--json")
    )  # fmt: skip

    assert document["policies"][0]["name"] == "mine"
    assert document["manifest"]["scenarios"]["mine"]["participation"]["practices"] == 0.5


# --- numbers on the screen


@pytest.mark.parametrize(
    ("measure", "value", "signed", "text"),
    [
        ("paramedical_spending", 1234567.8, False, "1,234,568"),
        ("paramedical_spending", -1234.4, True, "-1,234"),
        ("upcoded_share", 0.12345, False, "12.3 %"),
        ("upcoded_share", 0.02, True, "+2.0 pp"),
        ("refused_share", 0.00123, False, "0.12 %"),
        ("disease_burden_ccq", math.nan, False, "-"),
        ("waiting_weeks", 2.345, True, "+2.35"),
    ],
)
def test_numbers_on_the_screen(measure, value, signed, text):
    assert number(BY_ID[measure], value, signed) == text


def test_intervals_on_the_screen():
    money = BY_ID["paramedical_spending"]

    assert interval(money, -10.0, 20.0) == "-10 to +20"
    assert interval(money, math.nan, math.nan) == "-"


@pytest.mark.parametrize("value", [-1e-6, 0.0])
@pytest.mark.parametrize("measure", ["paramedical_spending", "upcoded_share"])
def test_nothing_has_no_sign(measure, value):
    assert number(BY_ID[measure], value, True)[0] == "0"


def test_the_budget_table_has_a_row_per_policy_and_year(compared, tmp_path):
    from experiments.comparison import Design, compare
    from model.simulation import Span
    from scenarios.loader import load

    design = Design(
        "fee_for_service_open", POLICIES, 2, 0, share=0.001, span=Span(2024, 2025, 2026)
    )
    policies = {name: load(name, REGISTRY).policy() for name in design.worlds}
    result = compare(design, policies, REGISTRY, workers=1)
    rows = budget_rows(result)

    assert list(zip(rows.policy, rows.year, strict=True)) == [
        (name, year) for name in POLICIES for year in (2025, 2026)
    ]
    np.testing.assert_allclose(rows.together, rows.entitlement + rows.neutrality)
    assert rows.framework.tolist() == [173_000, 260_000] * 2

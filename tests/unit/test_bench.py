"""``zorgbundel bench``: what it reports. How fast is its own business, never a test's."""

import json
import math

import pytest
from click.testing import CliRunner

from experiments import bench
from experiments.cli import main
from model.parameters import load_registry
from scenarios.loader import library, load

KEYS = {
    "ns_per_patient_month", "ratio_to_plain_mesa", "growth_ratio", "peak_mb", "startup_s",
    "richest_contract", "richest_contract_extra_percent",
}  # fmt: skip


@pytest.fixture
def played(monkeypatch):
    """Answers instead of measurements, in the order asked for."""
    asked = []
    nanoseconds = {3_000: 80.0, 30_000: 60.0, 381_000: 50.0, 5_000_000: 100.0}

    def apart(measure, *args):
        asked.append((measure.__name__, *args))
        return {
            "_growth": lambda: {"ns": nanoseconds[args[0]]},
            "_whole": lambda: {"seconds": 4.0, "set_up_s": 1.0, "peak_mb": 700.0},
            "_cohort": lambda: {"seconds": 0.4},
            "_plain": lambda: 123.0,
            "_richest": lambda: {"scenario": "all_in", "clauses": 18, "percent": 7.24},
            "_responding": lambda: {"ns": 150.0},
            "_compile": lambda: None,
        }[measure.__name__]()

    monkeypatch.setattr(bench, "_apart", apart)
    monkeypatch.setattr(bench, "_startup", lambda: 0.1)
    return asked


def test_the_report_has_the_agreed_keys(played):
    result = CliRunner().invoke(main, ["bench", "--json"])
    report = json.loads(result.stdout)

    assert result.exit_code == 0
    assert set(report) >= KEYS
    assert set(report["ns_per_patient_month"]) == {"3000", "30000", "381000", "5000000"}
    assert report["growth_ratio"] == 100.0 / 80.0
    assert (report["ratio_to_plain_mesa"], report["peak_mb"]) == (123.0, 700.0)
    assert report["richest_contract_extra_percent"] == 7.24
    assert played[0] == ("_compile",)  # compiling is not measured


def test_progress_goes_to_standard_error(played):
    result = CliRunner().invoke(main, ["bench", "--json"])

    assert len(result.stdout.splitlines()) == 1
    assert "patients" in result.stderr
    assert "richest contract (all_in, 18 clauses) against weight-class bundle" in result.stderr
    assert "+7.2 % per patient-month" in result.stderr


def test_without_json_every_number_has_a_line(played):
    text = CliRunner().invoke(main, ["bench"]).stdout

    assert all(any(line.startswith(f"{key}:") for line in text.splitlines()) for key in KEYS)


@pytest.mark.parametrize(
    ("measure", "args"), [(bench._growth, (300, 1)), (bench._cohort, ())], ids=["growth", "cohort"]
)
def test_a_measurement_gives_positive_numbers(measure, args):
    for value in measure(*args).values():
        assert 0.0 < value < math.inf


def test_the_contract_of_most_clauses_is_compared():
    found = bench._richest(3_000, 2)

    registry = load_registry()
    clauses = {name: len(load(name, registry).policy().clauses) for name in library()}
    assert found["clauses"] == clauses[found["scenario"]] == max(clauses.values()) > 2
    assert -90.0 < found["percent"] < 1_000.0


def test_memory_and_start_up_are_measured():
    assert 10.0 < bench._peak_mb() < 1e6
    assert 0.0 < bench._startup() < 60.0


@pytest.mark.slow
def test_the_whole_bench_runs():
    result = CliRunner().invoke(main, ["bench", "--json"])
    report = json.loads(result.stdout)

    assert result.exit_code == 0
    assert report.pop("richest_contract") in library()
    assert -50.0 < report.pop("richest_contract_extra_percent") < 200.0
    numbers = [*report.pop("ns_per_patient_month").values(), *report.values()]
    assert all(0.0 < number < math.inf for number in numbers)

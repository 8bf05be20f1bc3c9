"""The parameters on screen and as files."""

import csv
import io
import json
import re
from typing import Any

import pytest

from experiments.parameters_command import parameters_table
from model.parameters import Label, Parameter, ParameterError, Registry, load_registry


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load_registry()


def registry_of(**changes: Any) -> Registry:
    """Return a registry with one parameter of value -2."""
    keys = {
        "name": "drop",
        "value": -2.0,
        "low": -3.0,
        "high": -1.0,
        "distribution": "uniform",
        "unit": "share",
        "role": "uncertainty",
        "kind": "assumption",
        "grade": "A",
        "source": "made up",
        "label": Label(en="Drop", nl="Daling"),
        "file": "made_up.yaml",
        "line": 1,
    }
    parameter = Parameter(**{**keys, **changes})
    return Registry({parameter.name: parameter})


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_table_fits_the_screen_and_hides_nothing(shipped, language):
    text = parameters_table(shipped, lang=language)

    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    flat = re.sub(r"\s+", "", text)
    assert getattr(shipped["bundle_price_factor"].label, language).replace(" ", "") in flat


def test_the_table_shows_one_role(shipped):
    text = parameters_table(shipped, role="lever")

    assert "bundle_price_factor" in text
    assert "compulsory_deductible" not in text


def test_csv_and_json_carry_everything(shipped):
    rows = list(csv.DictReader(io.StringIO(parameters_table(shipped, fmt="csv"))))
    records = json.loads(parameters_table(shipped, fmt="json"))

    assert [row["name"] for row in rows] == [record["name"] for record in records] == list(shipped)
    for row, record, parameter in zip(rows, records, shipped.all(), strict=True):
        assert float(row["value"]) == record["value"] == parameter.value
        assert record["source"] == parameter.source
        assert row["label_nl"] == record["label"]["nl"] == parameter.label.nl


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_csv_text_cannot_become_a_formula(start):
    reg = registry_of(note=f"{start}1+1")

    row = next(csv.DictReader(io.StringIO(parameters_table(reg, fmt="csv"))))
    assert row["note"] == f"'{start}1+1"
    assert row["value"] == "-2.0"


def test_brackets_in_a_label_are_shown_as_written():
    reg = registry_of(label=Label(en="Cost [bold] a", nl="b"))

    assert "Cost [bold] a" in parameters_table(reg)


@pytest.mark.parametrize("wrong", [{"fmt": "xml"}, {"lang": "fr"}, {"role": "boss"}])
def test_unknown_choices_are_refused(shipped, wrong):
    with pytest.raises(ParameterError, match="there is no"):
        parameters_table(shipped, **wrong)

"""``zorgbundel validate``: verdicts, the table with all that fails, JSON, folder and figure."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from experiments import figures
from experiments.cli import main
from experiments.figures.validation import BEYOND, position, validation_figure
from experiments.fingerprints import folder_of
from experiments.texts import texts
from experiments.validation import validate as validation
from experiments.validation import validate_command
from experiments.validation.pattern import (
    EMERGENT,
    FAILS,
    GROUPS,
    HOLDS,
    HOLDS_NARROWLY,
    MISSES_NARROWLY,
    TINY,
    VERDICTS,
    Lab,
    Pattern,
    once,
)
from experiments.validation.validate import FAMILIES, PATTERNS, Row, Values, jobs, table_rows
from model.parameters import load_registry

REGISTRY = load_registry()
NONE = (math.nan, math.nan)
BETWEEN = Pattern("border_share", EMERGENT, 1.0, 2.0, "a source", lambda lab: 1.5)


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict"),
    [
        (1.5, 1.2, 1.8, HOLDS), (1.0, 1.0, 2.0, HOLDS), (1.5, *NONE, HOLDS),
        (1.5, 0.9, 2.1, HOLDS_NARROWLY), (1.1, 0.9, 1.3, HOLDS_NARROWLY),
        (2.1, 1.9, 2.3, MISSES_NARROWLY), (0.9, 0.7, 1.1, MISSES_NARROWLY),
        (2.5, 2.1, 2.9, FAILS), (0.5, 0.4, 0.6, FAILS), (2.5, *NONE, FAILS),
        (math.nan, *NONE, FAILS),
    ],
)  # fmt: skip
def test_a_verdict_asks_where_the_whole_interval_lies(value, low, high, verdict):
    assert BETWEEN.verdict(value, low, high) == verdict


def test_every_pattern_has_a_group_a_source_and_words_in_both_languages():
    assert len({pattern.id for pattern in PATTERNS}) == len(PATTERNS) > 80
    assert {pattern.group for pattern in PATTERNS} == set(GROUPS)
    for pattern in PATTERNS:
        assert pattern.low <= pattern.high and len(pattern.source) > 4
        for language in ("en", "nl"):
            assert len(validate_command.label(pattern, language)) > 10
            if pattern.note:
                assert f"validation.note.{pattern.note}" in texts(language)


def test_what_was_worked_out_is_not_worked_out_again():
    calls = []

    @once
    def count(lab, what):
        calls.append(what)
        return what

    one, other = Lab(REGISTRY.values(), 1), Lab(REGISTRY.values(), 2)
    assert [count(one, "a"), count(one, "a"), count(one, "b"), count(other, "a")] == list("aaba")
    assert calls == ["a", "b", "a"]


def test_only_chance_and_assumptions_that_matter_are_run():
    planned = jobs(REGISTRY, 3, 2, 0.5, "prior")

    closed = [job for job in planned if job.family == "closed_forms"]
    assert [(job.kind, job.index) for job in closed] == [("seed", 1)]
    rest = [job for job in planned if job.family == "disease"]
    assert sorted((job.kind, job.index) for job in rest) == [
        ("draw", 0), ("draw", 1), ("seed", 1), ("seed", 2), ("seed", 3)
    ]  # fmt: skip
    assert len({job.p.fingerprint() for job in rest}) == 3
    assert {job.size for job in planned} == {0.5}


# --- on a family of two patterns that costs nothing


def _luck(lab: Lab) -> float:
    return 1.5 + 0.1 * lab.seed


def _nobody(lab: Lab) -> float:
    return 1.0 / 0.0 if lab.seed == 1 else math.inf


PAIR = (
    replace(BETWEEN, value=_luck),
    replace(BETWEEN, id="step_rises", low=TINY, high=math.inf, value=lambda lab: -1.0),
    replace(BETWEEN, id="utility_gold_2", group="cross_model", value=_nobody),
    replace(BETWEEN, id="gold_2", group="calibrated", labels=(("en", "A fact"), ("nl", "Feit")),
            unit="share", low=0.0, high=0.5, value=lambda lab: 0.25, decimals=1, fitted=True),
)  # fmt: skip


@pytest.fixture
def pair(monkeypatch):
    monkeypatch.setattr(validation, "FAMILIES", {"pair": PAIR})
    monkeypatch.setattr(validation, "PATTERNS", PAIR)
    monkeypatch.setattr(validate_command, "warm_up_compiler", lambda *_: None)


def run(*args):
    return CliRunner().invoke(main, ["validate", "--workers", "1", *args])


def test_the_document_holds_every_pattern_with_both_intervals(pair):
    found = json.loads(run("--seeds", "3", "--draws", "2", "--json").stdout)

    by_id = {one["id"]: one for one in found["patterns"]}
    assert list(by_id) == [pattern.id for pattern in PAIR]
    luck = by_id["border_share"]
    assert luck["model"] == pytest.approx(1.7)  # 1.6, 1.7 and 1.8
    half = 4.302653 * 0.1 / math.sqrt(3)  # t with two degrees of freedom
    assert luck["monte_carlo_interval"] == pytest.approx([1.7 - half, 1.7 + half], abs=1e-5)
    assert luck["parameter_interval"] == pytest.approx([1.6, 1.6])
    assert (luck["draws_within"], luck["draws"], luck["verdict"]) == (2, 2, "holds")
    assert by_id["step_rises"]["verdict"] == "fails" and by_id["step_rises"]["expected"][1] is None
    unknown = by_id["utility_gold_2"]
    assert (unknown["model"], unknown["verdict"], unknown["draws_within"]) == (None, "fails", 0)
    assert found["counts"] == {"holds": 2, "holds_narrowly": 0, "misses_narrowly": 0, "fails": 2}
    assert by_id["gold_2"]["used_in_fit"] and by_id["gold_2"]["label"]["nl"] == "Feit"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_screen_hides_no_failure(pair, language):
    result = run("--seeds", "3", "--draws", "0", "--lang", language)
    t = texts(language)

    assert result.exit_code == 0, result.output
    for group in GROUPS:
        assert t(f"validation.title.{group}")[:20] in result.stdout
    told = " ".join(result.stdout.split())
    assert t("validation.count", all=4, holds=2, holds_narrowly=0, misses_narrowly=0,
             fails=2) in told  # fmt: skip
    for pattern in PAIR[1:3]:
        assert f"- {validate_command.label(pattern, language)}:" in told
    assert "[1] a source" in told


def test_the_folder_holds_table_values_and_figures(pair, tmp_path, monkeypatch):
    folder, marks = tmp_path / "out", set()
    draw = figures.image_bytes
    monkeypatch.setattr(
        figures, "image_bytes", lambda *given: marks.add(given[2]) or draw(*given)
    )  # fmt: skip
    result = run("--quick", "--out", str(folder))
    assert result.exit_code == 0, result.output

    table = pd.read_csv(folder / "patterns.csv").set_index("id")
    assert table.loc["border_share", "verdict"] == "holds"
    assert table.loc["border_share", "model"] == pytest.approx(1.7)
    values = pd.read_csv(folder / "values.csv")
    own = values[values["pattern"] == "border_share"]
    assert own["value"].tolist() == pytest.approx([1.6, 1.7, 1.8])
    for language in ("en", "nl"):
        for name in ("1_calibrated", "2_emergent", "3_cross_model"):
            assert (folder / "figures" / language / f"{name}.png").stat().st_size > 5_000
    assert json.loads((folder / "manifest.json").read_text())["kind"] == "validation"
    (mark,) = marks  # what is printed on every figure leads back to the folder
    assert folder_of(mark, tmp_path) == folder

    again = CliRunner().invoke(main, ["reproduce", str(folder), "--workers", "1"])
    assert again.exit_code == 0 and "Identical: all 12 numbers" in again.output, again.output
    assert mark in again.output
    # Another model gives other values, and says how many.
    other = (replace(PAIR[0], value=lambda lab: 9.0), *PAIR[1:])
    monkeypatch.setattr(validation, "FAMILIES", {"pair": other})
    again = CliRunner().invoke(main, ["reproduce", str(folder), "--workers", "1"])
    assert again.exit_code == 1 and "Different: 3 of 12 numbers" in again.output, again.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--seeds", "1"), "--seeds"), (("--draws", "-1"), "--draws"),
        (("--draws-from", "nowhere.csv"), "nowhere.csv"), (("--out", " "), "empty"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(args, said):
    result = run(*args)

    assert result.exit_code == 2
    assert said in result.stderr and len(result.stderr.strip().splitlines()) == 1


# --- figure and words


def row(pattern: Pattern, value: float) -> Row:
    return Row(pattern, value, NONE, NONE, 0, 0, pattern.verdict(value, *NONE))


@pytest.mark.parametrize(
    ("low", "high", "value", "place"),
    [
        (1.0, 3.0, 2.5, 0.75), (1.0, 3.0, 0.0, -0.5), (1.0, 3.0, 99.0, 1.0 + BEYOND),
        (TINY, math.inf, 5.0, 0.5), (TINY, math.inf, -5.0, -0.5 * BEYOND),
        (0.0, 0.0, 0.0, 0.5), (0.0, 0.0, 0.1, 1.0 + 0.5 * BEYOND),
    ],
)  # fmt: skip
def test_the_place_in_the_band(low, high, value, place):
    assert position(row(replace(BETWEEN, low=low, high=high), value), value) == pytest.approx(place)


def test_the_figure_names_what_lies_outside():
    rows = [row(BETWEEN, 1.5), row(replace(BETWEEN, id="step_rises"), 5.0)]
    drawing = validation_figure(rows, EMERGENT, "en", "footer")

    assert "1 of 2" in drawing.title
    assert texts("en")("validation.step_rises") in drawing.alt
    assert texts("en")("validation.border_share") not in drawing.alt


@pytest.mark.parametrize(
    ("changes", "language", "text"),
    [
        ({}, "en", "1.00 to 2.00"), ({}, "nl", "1,00 tot 2,00"),
        ({"low": TINY, "high": math.inf}, "en", "above 0.00"),
        ({"low": 0.5, "high": math.inf, "unit": "share"}, "nl", "ten minste 50,00%"),
        ({"low": -math.inf}, "en", "at most 2.00"),
        ({"low": 0.0, "high": 0.0}, "en", "0.00"),
    ],
)  # fmt: skip
def test_a_band_in_words(changes, language, text):
    assert validate_command.band(replace(BETWEEN, **changes), language) == text


def test_a_draw_outside_the_band_is_counted():
    values = [
        Values("draw", k, {p.id: (5.0 if k else 0.3) for p in PATTERNS}) for k in range(4)
    ] + [Values("seed", 1, {p.id: 0.3 for p in PATTERNS})]
    found = {one.pattern.id: one for one in table_rows(values)}

    assert found["profile_3"].draws_within == 1  # 0.2 to 0.45
    assert found["profile_3"].verdict == HOLDS and found["gold_2"].verdict == FAILS
    assert np.isnan(found["gold_2"].chance[0])
    assert set(FAMILIES) and set(VERDICTS) == {HOLDS, HOLDS_NARROWLY, MISSES_NARROWLY, FAILS}

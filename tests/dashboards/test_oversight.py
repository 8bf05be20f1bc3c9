"""Oversight: seen beside true, from what the package holds."""

import json

import pytest

from dashboards import library, library_more, oversee
from dashboards.texts import texts
from dashboards.viewmodels import oversight as model
from experiments.wilson import wilson_interval
from scenarios.loader import library as scenarios

LANGUAGES = ("nl", "en")


@pytest.fixture(scope="module")
def data():
    return library_more.more("bundle_weight_classes")["oversight"]


def test_every_scenario_of_the_library_is_there_and_all_are_small():
    for name in library_more.names():
        found = library_more.more(name)
        assert found is not None, f"{name}: run 'zorgbundel dashboard --precompute'"
        assert found["oversight"]["asked"] == library_more.oversight_ask(name)
        assert found["follow"]["asked"] == library_more.follow_ask(name)
    assert sum(path.stat().st_size for path in library_more.FOLDER.iterdir()) < 2_500_000


def test_they_are_of_this_program():
    found = [library_more.more(name) for name in library_more.names()]
    program = library_more.more_fingerprint()
    assert {one["fingerprint"] for one in found if one} == {program}, (
        "the model or its words have changed since: run 'zorgbundel dashboard --precompute'"
    )


def test_only_what_is_missing_or_of_another_program_is_made_anew(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(library_more, "_make", lambda job: made.append(job[0]) or job[0])
    program = library_more.more_fingerprint()
    whole = {"oversight": {}, "follow": {}, "fingerprint": program}
    (tmp_path / "kept.json").write_text(json.dumps(whole))
    (tmp_path / "old.json").write_text(json.dumps({**whole, "fingerprint": "other"}))
    (tmp_path / "damaged.json").write_text("{")
    heard = []
    library_more.precompute_more(
        ["kept", "old", "damaged", "none"], tmp_path, heard.append, workers=1
    )
    assert made == ["old", "damaged", "none"] and heard == ["kept", "old", "damaged", "none"]


def test_the_whole_library_but_the_baseline_is_stored():
    assert set(library_more.names()) == set(scenarios()) - {"fee_for_service_open"}
    assert library_more.names()[:4] == library_more.FIRST


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(library.StoredError, match=r"bad\.json"):
        library_more.more("bad", tmp_path)
    assert library_more.more("none", tmp_path) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_too_few_evaluations_could_compare_is_unknown_and_the_truth_is_not(data, language):
    numbers = dict.fromkeys(oversee.SHOWN, 0.25)
    assert oversee.shown(numbers, True) == numbers
    few = oversee.shown({**numbers, "joined": float("nan")}, False)
    assert (few["true"], few["compared"], few["notices"], few["joined"]) == (0.25, 0.25, 0.25, None)
    assert few["estimate"] is few["coverage"] is few["error"] is None
    rows = [{**row, **{name: None for name in oversee.HOW_GOOD}} for row in data["rows"]]
    figure = model.seen_and_true_figure({**data, "rows": rows}, language)
    assert {row[1] for row in figure.rows} == {texts(language)("unknown")}
    assert texts(language)("unknown") not in {row[3] for row in figure.rows}
    assert figure.wide and figure.narrow


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_is_seen_beside_true(data, language):
    figure = model.seen_and_true_figure(data, language)
    indicators = {row["indicator"] for row in data["rows"]}
    assert len(figure.rows) == len(indicators)
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert {row[0] for row in figure.data[1:]} == indicators


def test_above_zero_is_worse_whichever_way_the_indicator_goes(data):
    """A true fall of satisfaction by its whole margin stands at one, right of zero."""
    rows = [dict(row) for row in data["rows"]]
    for row in rows:
        if row["indicator"] == "satisfaction":
            row.update(true=-row["loss"], estimate=0.0)
    figure = model.seen_and_true_figure({**data, "rows": rows}, "en")
    svg = figure.wide.split("Job satisfaction: true")[1]
    assert "+1.00" in svg.split("</text>")[1]


def test_the_interval_of_one_evaluation_is_its_standard_error_on_both_sides():
    assert model.seen_interval({"estimate": 1.0, "error": 0.5}) == pytest.approx((0.02, 1.98))
    assert model.seen_interval({"estimate": None, "error": 0.5}) is None


def point(practices, years, notices):
    return {"practices": practices, "years": years, "notices": notices,
            "notices_monte_carlo_low": None, "notices_monte_carlo_high": None}  # fmt: skip


def test_needed_lies_between_two_sizes_that_were_tried():
    curve = [point(40, 1, 0.2), point(80, 1, 0.79), point(160, 1, 0.81), point(40, 2, 0.85)]
    data = {"curve": curve, "years": 2}
    assert model.needed(data) == [model.Needed(1, 80, 160), model.Needed(2, 0, 40)]
    words = model.needed_words(data, "en")
    assert "between 80 and 160 practices (then after 1 year" in words
    assert "at most 40 practices (from 2 years on)" in words
    assert "tussen de 80 en 160 praktijken" in model.needed_words(data, "nl")


def test_a_size_below_one_that_misses_is_not_enough():
    """A few practices drawn from nearly all joined are judged by a weaker method."""
    curve = [point(40, 1, 0.9), point(80, 1, 0.1), point(160, 1, 0.95)]
    assert model.needed({"curve": curve, "years": 1}) == [model.Needed(1, 80, 160)]
    curve[-1] = point(160, 1, 0.5)
    data = {"curve": curve, "years": 1}
    assert model.needed(data) == [model.Needed(1, 160, 0)]
    assert "more than 160 practices, even after 1 year." in model.needed_words(data, "en")


def counted(practices, years, hits, of=200):
    low, high = wilson_interval(hits, of)
    return {"practices": practices, "years": years, "notices": hits / of,
            "notices_monte_carlo_low": low, "notices_monte_carlo_high": high}  # fmt: skip


def test_chances_carry_their_interval(data):
    assert model.noticed(counted(42, 5, 20), "nl") == "10% (7% tot 15%)"
    assert model.noticed(point(42, 5, 0.1), "nl") == "10%"
    assert model.noticed(point(42, 5, None), "en") == "unknown"
    assert model.headline(data, "en").count("% to ") == 2
    table = model.seen_and_true_figure(data, "nl").rows
    judged = [row["indicator"] for row in data["rows"] if row["notices"] is not None]
    assert sum(" tot " in row[-1] for row in table) == len(set(judged)) > 3


def test_a_fall_with_the_years_is_explained_when_chance_does_not(data):
    """In the bundle of weight classes it is real: who has stopped is compared with nobody."""
    words = model.fading_words(data, "nl")
    assert "met 42 praktijken" in words and "na 3 jaar in 19% (14% tot 25%)" in words
    last = [row for row in data["rows"] if row["indicator"] == "burden_fall"][-1]
    assert "blijft (bij 170 praktijken: van " in words
    assert f"naar {last['joined']:.0f} deelnemers" in words and "minder dan 10 praktijken" in words
    moved = {**data, "asked": {**data["asked"], "settings": {model.FEWEST: 15.0}}}
    assert "fewer than 15 practices" in model.fading_words(moved, "en")


def test_a_fall_within_the_interval_is_not_explained(data):
    within = {**data, "curve": [counted(42, 1, 30), counted(42, 5, 24)]}
    assert model.fading_words(within, "nl") == ""
    rising = {**data, "curve": [counted(42, 1, 20), counted(42, 5, 80)]}
    assert model.fading_words(rising, "nl") == ""
    beyond = {**data, "curve": [counted(42, 1, 60), counted(42, 5, 24)]}
    assert "42" in model.fading_words(beyond, "nl")
    unknown = [row | {"joined": None} for row in data["rows"]]
    assert "deelnemers" not in model.fading_words({**beyond, "rows": unknown}, "nl")


def test_more_years_that_need_as_many_are_not_repeated():
    data = {"curve": [point(160, years, 0.9) for years in (1, 2, 3)], "years": 3}
    assert model.needed_words(data, "nl").count("160") == 1


def test_never_enough_is_said():
    data = {"curve": [point(40, 1, 0.1)], "years": 1}
    assert "40" in model.needed_words(data, "en")
    assert model.power_figure({**data, "curve": []}, "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_power_figure_has_every_point(data, language):
    figure = model.power_figure(data, language)
    assert len(figure.rows) == len(data["curve"])
    assert model.headline(data, language)

"""View models: stored results to words and figures, in both languages."""

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dashboards import library, make_result, palette, service
from dashboards.components.parts import origin
from dashboards.levers import levers
from dashboards.pages.compare import USUAL, as_stored, at_places
from dashboards.result import Result, estimate
from dashboards.texts import texts
from dashboards.view import Problem, View
from dashboards.viewmodels import budget, certainty, compare, contract, outcomes, panel
from dashboards.viewmodels.shown import (
    Kind,
    Progress,
    chips,
    notices,
    progress_tone,
    progress_words,
    quarter,
    shown,
    spoken_words,
)
from model.outcomes import MEASURES
from model.parameters import load_registry

NAME = "bundle_weight_classes"
LANGUAGES = ("nl", "en")
#: Parameter, rank correlation, whether clear, and spending with it low and high.
CARRIERS = [
    ["norm_sigma", 0.4, False, -2.4e6, -1.9e6],
    ["audit_rate", -0.9, True, -0.4e6, -4.1e6],
]


@pytest.fixture(scope="module")
def data():
    return {**library.stored(NAME)["result"], "carriers": CARRIERS}


@pytest.fixture(scope="module")
def result(data):
    return Result(data)


def figures_of(result, language):
    yield budget.gauge(result, "neutrality", language)
    yield budget.gauge(result, "entitlement", language)
    for measure in MEASURES:
        yield outcomes.path_figure(result, measure.id, ("A", "B"), language)
    for measure in (*outcomes.GROUPED, "practice_margin"):
        yield outcomes.groups_figure(result, measure, language)
    yield certainty.carriers_figure(result, language)
    for name in ("paramedical_spending", "refused_share"):
        yield compare.measure_figure([result, result], ["A", "B"], name, language)
    yield contract.marginal_figure(library.stored(NAME)["contract"], ("session",), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_well_formed_and_tells_itself(result, language):
    for figure in figures_of(result, language):
        for picture in (figure.wide, figure.narrow, figure.picture(["source", "link"])):
            ET.fromstring(picture)
            assert "nan" not in picture
        assert figure.sentence and figure.title
        assert all(len(row) == len(figure.columns) for row in figure.rows)
        assert all(len(row) == len(figure.data[0]) for row in figure.data)
        assert len(figure.csv().splitlines()) == len(figure.data)


def test_csv_has_points_whatever_the_language(result):
    nl, en = (outcomes.path_figure(result, "admissions", ("A", "B"), x) for x in LANGUAGES)
    assert nl.csv() == en.csv()


def test_a_downloaded_picture_says_where_it_is_from(result):
    figure = budget.gauge(result, "neutrality", "nl")
    picture = figure.picture(["Zorgbundel 0.1.0+abc", "/outcomes?lang=nl"])
    assert figure.title in picture and "0.1.0+abc" in picture and "/outcomes?lang=nl" in picture


def test_the_entitlement_gauge_draws_the_framework_of_the_parameters(result):
    p = load_registry().values()
    assert result.framework[0] == p.entitlement_budget_2025
    assert result.framework[-1] == p.entitlement_budget_2027_structural
    limits = [row[6] for row in budget.gauge(result, "entitlement", "en").data[1:]]
    assert limits == list(result.framework)


# --- never an old answer as a new one


def test_without_moved_levers_the_library_is_shown(data):
    assert shown(View(), data, None, None).kind is Kind.LIBRARY


def test_a_moved_price_is_an_estimate_and_another_lever_is_stale(data):
    price = View(levers={"bundle_price_factor": 1.05})
    assert shown(price, data, None, None).kind is Kind.ESTIMATE
    other = View(levers={"intensive_quarters": 3.0})
    found = shown(other, data, None, None)
    assert found.kind is Kind.STALE
    said = notices(other, found, [], "v", "nl")
    assert [one.kind for one in said] == ["stale"]


def test_a_run_of_just_these_settings_is_shown_as_it_is(data):
    view = View(levers={"intensive_quarters": 3.0})
    assert shown(view, data, data, None).is_exact
    assert shown(view, data, None, data).kind is Kind.PARTIAL


def test_the_baseline_has_nothing_to_compare(data):
    found = shown(View(scenario="fee_for_service_open"), None, None, None)
    assert found.kind is Kind.EMPTY
    assert [one.kind for one in notices(View(), found, [], "v", "en")] == ["empty"]


def test_estimates_agree_with_the_library_at_its_own_price(data, result):
    found = estimate(data, {"bundle_price_factor": 1.0})
    for measure in MEASURES:
        old, new = result.effect(measure.id), found.effect(measure.id)
        if old.mean is not None:
            assert new.mean == pytest.approx(old.mean, abs=1e-6 * max(1.0, abs(old.mean)))


def test_a_dearer_bundle_costs_more_in_the_estimate(data):
    cheap, dear = (
        estimate(data, {"bundle_price_factor": f}).effect("paramedical_spending").mean
        for f in (0.9, 1.1)
    )
    assert cheap < dear


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_estimate_gives_no_verdict_and_one_rough_range(data, result, language):
    found, t = estimate(data, {"bundle_price_factor": 0.9}), texts(language)
    for card, usual in zip(
        outcomes.cards(found, language), outcomes.cards(result, language), strict=True
    ):
        assert (card.reading, card.word) == ("estimate", t("reading.estimate"))
        assert usual.reading != "estimate" and len(usual.ranges) == 2
        assert len(card.ranges) == 1 and card.ranges[0] != usual.ranges[0]
    gauge = budget.gauge(found, "neutrality", language)
    assert "stroke-dasharray" in gauge.wide and gauge.note == t("gauge.neutral_note_estimate")
    assert t("band.chance_estimate") in gauge.columns
    # Another price of the bundle leaves the entitlement test as it is.
    for one in (found, result):
        kept = budget.gauge(one, "entitlement", language)
        assert "stroke-dasharray" not in kept.wide and t("band.chance") in kept.columns
    path = outcomes.path_figure(found, "admissions", ("A", "B"), language)
    assert t("band.assumptions_estimate") in path.columns


def test_the_widest_range_holds_both(result):
    one = result.effect("paramedical_spending")
    assert one.widest[0] == min(one.chance[0], one.assumptions[0])
    assert one.widest[1] == max(one.chance[1], one.assumptions[1])
    assert replace(one, chance=None, assumptions=None).widest is None


def test_no_estimate_outside_what_was_run(data):
    assert estimate(data, {"bundle_price_factor": 1.35}) is None
    assert estimate(data, {"bundle_price_factor": 1.0, "audit_rate": 0.1}) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_and_other_versions_are_said(data, language):
    view = View(version="0.0.9+aaaaaa")
    problem = Problem("scenario", {"given": "no_such"})
    said = notices(view, shown(view, data, None, None), [problem], "0.1.0+bbbbbb", language)
    assert [one.kind for one in said] == ["problem", "version"]
    assert "no_such" in said[0].text and "0.0.9+aaaaaa" in said[1].text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("progress", "number"),
    [
        (Progress("running", 14, 40), "14"),
        (Progress("running", 14, 40, seconds=62.0), "60"),
        (Progress("running", 1, 2, others=7), "7"),
        (Progress("stopped", 14, 40), "40"),
        (Progress("failed", error="a1b2c3"), "a1b2c3"),
        (Progress("busy", seconds=42.0, others=20), "40"),
    ],
)
def test_every_state_of_a_run_has_its_sentence(language, progress, number):
    assert number in progress_words(progress, language)


def test_nothing_is_said_when_nothing_runs():
    assert progress_words(Progress(), "nl") == ""


# --- levers


def test_levers_come_from_the_registry_and_every_one_has_a_place():
    registry, found = load_registry(), levers(load_registry())
    assert len(found) > 25
    for lever in found.values():
        parameter = registry[lever.name]
        assert (lever.low, lever.high, lever.value) == (
            parameter.low, parameter.high, parameter.value,
        )  # fmt: skip
        assert lever.label == parameter.label and lever.source == parameter.source
        steps = (lever.high - lever.low) / lever.step
        assert 1 <= steps <= 60
        assert math.isclose(lever.clamped(lever.value), lever.value)


def test_a_scenario_that_sets_a_lever_does_not_offer_it():
    from scenarios.loader import library as files
    from scenarios.loader import load

    for name in files():
        fixed = set(load(name, load_registry()).set)
        assert not fixed & {lever.name for lever in service.usable_levers(name)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_chips_say_what_was_changed(language):
    view = View(levers={"bundle_price_factor": 1.1})
    said = chips(view, levers(load_registry()), language)
    assert said[0]["name"] == "bundle_price_factor" and "→" in said[0]["text"]


def test_the_group_of_a_moved_lever_is_open():
    view = View(levers={"risk_equalisation_health_reward": 100.0})
    groups = panel.groups(view, service.usable_levers(NAME), {}, "nl")
    assert {g["name"]: g["open"] for g in groups}["risk"]
    assert texts("nl")("levers.risk") in [g["label"] for g in groups]


@pytest.mark.parametrize("language", LANGUAGES)
def test_busy_others_and_a_hasty_visitor_have_sentences_of_their_own(language):
    busy, hasty = (
        progress_words(Progress(state, seconds=42.0, others=20, total=1), language)
        for state in ("busy", "too_fast")
    )
    assert "20" in busy and "40" in busy and "20" in hasty and "40" in hasty and busy != hasty


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_results_are_told_with_what_mends_them(language):
    what = shown(View(scenario=NAME), None, None, None, missing=True)
    said = notices(View(scenario=NAME), what, [], "1", language)
    assert [one.kind for one in said] == ["failed"] and "--precompute" in said[0].text


@pytest.mark.parametrize(
    ("done", "total", "said"), [(0, 0, 0), (3, 8, 25), (4, 8, 50), (8, 8, 100)]
)
def test_screen_readers_hear_every_quarter_and_no_more(done, total, said):
    assert quarter(done, total) == said
    if total:
        heard = spoken_words(Progress("running", done, total, seconds=33.0), "nl")
        assert heard == f"{said}% doorgerekend."


def test_screen_readers_hear_how_a_run_ended():
    failed = Progress("failed", 3, 8, error="abc")
    assert spoken_words(failed, "en") == progress_words(failed, "en")
    assert [progress_tone(x) for x in ("failed", "busy", "running")] == ["failed", "attention", ""]


def test_stale_results_say_what_was_changed(data):
    view = View(scenario=NAME, levers={"intensive_quarters": 3.0})
    said = notices(view, shown(view, data, None, None), [], "v", "nl", ["Kwartalen: 2 → 3"])
    assert "Kwartalen: 2 → 3" in said[-1].text


def test_a_picture_carries_title_source_and_the_whole_link(result):
    figure = budget.gauge(result, "neutrality", "nl")
    link = "https://zorg.example/x/outcomes?" + "l.bundle_price_factor=1.05&" * 12
    root = ET.fromstring(figure.picture(("Zorgbundel 0.1.0+abc", link)))
    said = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert figure.title in said and "Zorgbundel 0.1.0+abc" in said
    start = next(k for k, text in enumerate(said) if text.startswith("https://"))
    assert "".join(said[start:]) == link
    assert max(map(len, said[start:])) <= 125


@pytest.mark.parametrize(
    ("given", "kept"),
    [("https://zorg.nl:8765/zorgbundel", True), ("http://[::1]:80", True), ("javascript:x", False),
     ("https://a b", False), (None, False), ("https://x/<script>", False)],
)  # fmt: skip
def test_a_link_in_a_picture_starts_as_the_browser_says_if_that_is_an_address(given, kept):
    assert origin(given) == (given if kept else "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_run_from_young_to_old_and_small_changes_keep_their_digits(result, language):
    figure = outcomes.groups_figure(result, "disease_burden_ccq", language)
    names = [row[0] for row in figure.rows]
    ages = [outcomes.group_name("age", one, language) for one in
            ("under_65", "65_to_74", "75_and_over")]  # fmt: skip
    places = [names.index(age) for age in ages]
    assert places == sorted(places)
    means = [one for row in figure.data[1:] if (one := row[3]) is not None]
    shown_ = [text for text in figure.wide.split(">") if text.endswith("</text")]
    assert all(abs(mean) < 5e-5 or f"{abs(mean):.4f}"[2:] in " ".join(shown_) or
               f"{abs(mean):.3f}"[2:] in " ".join(shown_) for mean in means)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_assumption_that_matters_most_comes_first_in_euros_both_ways(result, language):
    figure = certainty.carriers_figure(result, language)
    assert [row[0] for row in figure.data[1:]] == ["audit_rate", "norm_sigma"]
    assert figure.rows[0][0] in figure.sentence and figure.rows[0][1] in figure.sentence
    assert "4" in figure.rows[0][2]
    assert certainty.carriers_figure(Result({**result.data, "carriers": []}), language) is None


def test_the_swing_of_an_assumption_is_the_line_through_the_runs(monkeypatch):
    """Spending of 3 million per unit of the assumption: read at both ends of what was drawn."""
    drawn = np.linspace(0.0, 1.0, 11)
    comparison = SimpleNamespace(parameters=pd.DataFrame({"x": drawn}))
    monkeypatch.setattr(make_result, "yearly_means", lambda *_: 3e6 * drawn - 1e6)
    assert make_result._swing(comparison, "p", "x") == pytest.approx((-0.7e6, 1.7e6))


def test_compare_keeps_places_and_shows_the_usual_only_before_a_choice():
    known = [*USUAL, "bundle_corridor"]
    assert at_places(None, known) == USUAL
    assert at_places((), known) == ("", "", "")
    assert at_places(("", "bundle_corridor", "no_such"), known) == ("", "bundle_corridor", "")


@pytest.mark.parametrize(("language", "page"), [("nl", "Uitkomsten"), ("en", "Outcomes")])
def test_compare_names_the_levers_that_it_shows_nothing_of(language, page):
    all_levers = levers(load_registry())
    moved = {"bundle_price_factor": 0.9, "audit_rate": 0.08}
    assert as_stored(View(language=language)) == []
    seen = set()
    for count in (1, 2):
        view = View(language=language, levers=dict(list(moved.items())[:count]))
        (strip,) = as_stored(view)
        assert strip.kind == "stale" and page in strip.text
        for name, value in moved.items():
            assert (all_levers[name].change(value, language) in strip.text) == (name in view.levers)
        assert service.label(view.scenario, language) in strip.text
        seen.add(strip.text.split("(")[0])
    assert len(seen) == 2  # a change, and changes


def test_a_scenario_keeps_the_colour_of_its_place(result):
    second, third = (palette.SCENARIOS[k][0] for k in (1, 2))
    drawn = compare.measure_figure([result], ["C"], "qalys", "en", [2]).wide
    assert third in drawn and second not in drawn
    drawn = compare.measure_figure([result, result], ["A", "B"], "qalys", "en").wide
    assert second in drawn and third not in drawn

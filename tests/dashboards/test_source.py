"""From number to source: every measure and figure is explained, from the registry's own words."""

import pytest

from dashboards import service
from dashboards.result import Result
from dashboards.view import View
from dashboards.viewmodels import budget, certainty, compare, contract, outcomes, panel
from dashboards.viewmodels.source import FEWEST_SHOWN, LEANS_ON, explain, source_panel
from experiments.formula_words import formula_words
from experiments.parameter_units import unit_name
from experiments.source_words import grade_words
from experiments.why.screening import shipped
from model.outcomes import MEASURES
from model.parameters import load_registry

LANGUAGES = ("nl", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_is_explained_by_its_own_declaration(language):
    for measure in MEASURES:
        found = explain(measure.id, language)
        assert found.title == getattr(measure, language)
        assert found.formula == formula_words(measure.formula, language)
        assert len(found.parameters) >= 4


def test_everything_it_leans_on_is_a_parameter_named_once():
    registry = load_registry()
    for name in LEANS_ON:
        parameters = explain(name, "en").parameters
        assert [one for one in parameters if one not in registry] == [], name
        assert len(set(parameters)) == len(parameters)


def test_a_measure_leans_first_on_what_was_measured_to_move_it_most():
    """No opinion stands in for the screening that ``zorgbundel why`` reports."""
    registry = load_registry()
    measured = [measure for measure in MEASURES if shipped().of_measure(measure.id)]
    # What happens to too few, no number by itself clearly moves: ``why`` says so.
    assert len(measured) >= len(MEASURES) - 1
    for measure in measured:
        swings = shipped().of_measure(measure.id)
        found = explain(measure.id, "en").parameters
        assert found[0] == swings[0].parameter, measure.id
        moved = {one.parameter for one in swings}
        if len(moved) >= FEWEST_SHOWN:
            assert all(one in moved or registry[one].role == "fact" for one in found), measure.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_something_behind_it(language):
    result = service.stored_result("bundle_weight_classes")
    found = service.contract("bundle_weight_classes")
    figures = [
        budget.gauge(result, "neutrality", language),
        budget.gauge(result, "entitlement", language),
        outcomes.path_figure(result, "admissions", ("a", "b"), language),
        outcomes.groups_figure(result, "refused_share", language),
        certainty.carriers_figure(
            Result({**result.data, "carriers": [["audit_rate", 0.9, True, -2e6, 1e6]]}), language
        ),
        compare.measure_figure([result], ["a"], "qalys", language),
        contract.marginal_figure(found, ("session", "group"), language),
    ]
    assert all(figure.about in LEANS_ON for figure in figures)
    assert all(card.about in LEANS_ON for card in outcomes.cards(result, language))


def test_the_panel_says_value_range_role_grade_and_source():
    entry = load_registry()["session_tariff_contracted"]
    panel = source_panel("paramedical_spending", "en", ["norm_sigma"], ["audit_rate"])
    leans, carried, moved = panel["groups"]
    row = next(one for one in leans["rows"] if one["label"] == entry.label.en)
    assert row["english"] == entry.source and row["grade"] == grade_words(entry.grade, "en")
    assert row["value"].startswith(f"{entry.value:.1f}")
    assert [one["label"] for one in carried["rows"]] == [load_registry()["norm_sigma"].label.en]
    assert [one["label"] for one in moved["rows"]] == [load_registry()["audit_rate"].label.en]


def test_nothing_is_said_twice():
    panel = source_panel("paramedical_spending", "nl", ["bundle_price_factor"], [])
    assert len(panel["groups"]) == 1


def test_a_dutch_panel_says_in_dutch_what_it_can_and_marks_the_rest():
    registry = load_registry()
    rows = {row["label"]: row for name in LEANS_ON for group in source_panel(name, "nl")["groups"]
            for row in group["rows"]}  # fmt: skip
    for entry in registry.all():
        row = rows.get(entry.label.nl)
        if row is None:
            continue
        assert row["unit"] == unit_name(entry.unit, "nl"), entry.name
        assert not row["source"].startswith(("Assumption", "Derived", "no source"))
        assert not row["english"].startswith(("Assumption: ", "Derived: ", "no source found; decl"))
        assert row["english"] or row["source"]
    units = {row["unit"] for row in rows.values()}
    assert "CCQ-punten" in units and not units & {"CCQ points", "patients", "months", "share"}
    assert any(row["mark"] == "(toelichting in het Engels)" for row in rows.values())


def test_an_english_panel_needs_no_mark():
    rows = [row for group in source_panel("admissions", "en")["groups"] for row in group["rows"]]
    assert rows and not any(row["mark"] for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_levers_say_their_grade_in_words_too(language):
    name = "bundle_weight_classes"
    groups = panel.groups(View(scenario=name), service.usable_levers(name), {}, language)
    levers = [lever for group in groups for lever in group["levers"]]
    assert levers
    for lever in levers:
        entry = load_registry()[lever["name"]]
        assert grade_words(entry.grade, language) in lever["source"]

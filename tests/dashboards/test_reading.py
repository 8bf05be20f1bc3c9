"""What an effect comes to: one rule for pages and reports, and its words on a page."""

from dataclasses import replace

import pytest

from dashboards import library
from dashboards.result import Result
from dashboards.texts import texts
from dashboards.viewmodels import outcomes
from experiments import budget_of_runs
from experiments.importance import matters_from, nil_band, reading
from model.outcomes import BY_ID, MEASURES


@pytest.fixture(scope="module")
def result():
    return Result(library.stored("bundle_weight_classes")["result"])


NOTHING, NAN = (0.0, 0.0), (float("nan"), float("nan"))


@pytest.mark.parametrize(
    ("name", "chance", "assumptions", "word"),
    [
        ("waiting_weeks", (0.1, 0.2), (-9.0, 9.0), "worse"),  # assumptions are told apart from it
        ("waiting_weeks", (-0.2, -0.1), None, "better"),
        ("waiting_weeks", (-0.2, 0.1), None, "unclear"),
        ("waiting_weeks", (0.0, 0.2), None, "unclear"),
        ("waiting_weeks", NAN, None, "unclear"),
        ("waiting_weeks", (0.02, 0.05), None, "small"),  # half a percent of ten weeks
        ("waiting_weeks", NOTHING, NOTHING, "equal"),
        ("waiting_weeks", NOTHING, None, "equal"),
        ("waiting_weeks", NOTHING, (-1.0, 1.0), "unclear"),
        ("sessions_per_patient", (0.1, 0.2), None, "neither"),
        ("paramedical_spending", (0.01, 0.02), None, "neither"),  # any difference counts
        ("paramedical_spending", (-0.02, 0.01), None, "unclear"),
    ],
)
def test_an_effect_on_ten_of_something_comes_to_one_word(name, chance, assumptions, word):
    assert reading(BY_ID[name], 10.0, chance, assumptions) == word


def test_of_spending_any_difference_matters_and_of_the_rest_the_margin():
    for measure in MEASURES:
        spending = measure.id == "paramedical_spending"
        assert matters_from(measure, 30e6) == (0.0 if spending else nil_band(measure, 30e6))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_at_all_is_no_difference(result, language):
    measure = BY_ID["waiting_weeks"]
    none = replace(result.effect(measure.id), mean=0.0, chance=NOTHING, assumptions=NOTHING)
    assert outcomes.reading_word(measure, none, language) == texts(language)("reading.equal")
    assert not outcomes.is_firm(measure, none)


def test_cards_read_better_and_worse_by_what_is_welcome(result):
    one = result.effect("admissions")
    measure = next(m for m in MEASURES if m.id == "admissions")
    more = replace(one, mean=50.0, chance=(40.0, 60.0), assumptions=(30.0, 70.0))
    assert outcomes.reading(measure, more) == "worse"
    less = replace(more, mean=-50.0, chance=(-60.0, -40.0), assumptions=(-70.0, -30.0))
    assert outcomes.reading(measure, less) == "better"
    assert outcomes.reading(measure, replace(more, chance=(-1.0, 60.0))) == "unclear"


def test_no_direction_is_claimed_where_the_assumptions_decide_it(result):
    measure = BY_ID["admissions"]
    one = replace(result.effect("admissions"), mean=50.0, chance=(40.0, 60.0))
    turns = replace(one, assumptions=(-10.0, 70.0))
    assert outcomes.reading(measure, turns) == "turns" and not outcomes.is_firm(measure, turns)
    words = outcomes.reading_word(measure, turns, "en")
    assert words == "difference whose direction depends on assumptions"
    assert outcomes.card(measure, turns, "nl").reading == "turns"  # no red, no green


def test_what_refining_calls_small_no_page_calls_worse(result):
    """The same margin: half a percent of the baseline, whatever the sign and however sure."""
    measure, one = BY_ID["disease_burden_ccq"], result.effect("disease_burden_ccq")
    margin = nil_band(measure, one.baseline)
    inside = replace(one, mean=margin / 2, chance=(margin / 4, margin))
    inside = replace(inside, assumptions=(margin / 9, margin))
    assert budget_of_runs.state_of(inside.mean, *inside.chance, margin) == "small"
    assert outcomes.reading(measure, inside) == "small" and not outcomes.is_firm(measure, inside)
    assert outcomes.reading_word(measure, inside, "nl") == "te klein om uit te maken"
    wider = replace(inside, assumptions=(margin / 9, 3 * margin))
    assert outcomes.reading_word(measure, wider, "nl").endswith("bij andere aannames soms groter")
    beyond = replace(inside, chance=(margin / 4, 1.01 * margin))
    assert outcomes.reading(measure, beyond) == "worse" and outcomes.is_firm(measure, beyond)


def test_a_burden_of_a_hundredth_of_what_patients_notice_is_small(result):
    assert abs(result.effect("disease_burden_ccq").mean) < 0.01
    assert outcomes.cards(result, "nl")[0].reading == "small"

"""Sources, grades and formulas in the language of the reader."""

import re

import pytest

from experiments.formula_words import formula_words
from experiments.number_format import PROBABILITY_WORDS, probability_word
from experiments.probability_words import fewest_for_outermost, word_bounds
from experiments.source_words import GRADES, grade_words, page_source
from model.outcomes import MEASURES


@pytest.mark.parametrize(
    ("text", "dutch"),
    [
        ("no source found; declared assumption", "geen bron gevonden; als aanname vermeld"),
        ("Assumption: no Dutch source found yet",
         "nog geen Nederlandse bron gevonden; als aanname vermeld"),
        ("Assumption: an hour", "Aanname: an hour (toelichting in het Engels)"),
        ("Derived: 60 / (30 x 4)", "Berekend: 60 / (30 x 4) (toelichting in het Engels)"),
        ("Shi 2024 QJE", "Shi 2024 QJE (toelichting in het Engels)"),
        ("https://www.vzinfo.nl/copd", "https://www.vzinfo.nl/copd"),
    ],
)  # fmt: skip
def test_a_source_on_a_dutch_page(text, dutch):
    assert str(page_source(text, "nl")) == dutch


def test_only_english_is_marked_as_english():
    found = page_source("Assumption: an hour", "nl", "more.")
    assert (found.said, found.english) == ("Aanname:", "an hour; more")
    assert page_source("Assumption: an hour", "en").mark == ""
    assert page_source("no source found; declared assumption", "nl").english == ""


def test_every_grade_is_explained_in_both_languages():
    for grade in GRADES:
        dutch, english = (grade_words(grade, language) for language in ("nl", "en"))
        assert dutch.startswith(f"{grade}: ") and english.startswith(f"{grade}: ")
        assert dutch != english


def test_no_english_word_is_left_in_a_dutch_formula():
    dutch = {"som", "van", "aantal", "patiënten", "met", "praktijken", "kosten", "opbrengst",
             "zorg", "gemiddelde", "over", "arbeidsplaatsen", "zonder", "therapeut", "alle",
             "COPD", "x"}  # fmt: skip
    for measure in MEASURES:
        assert formula_words(measure.formula, "en") == measure.formula
        said = re.sub(r"[a-z_]+(\.[a-z_]+)+", "", formula_words(measure.formula, "nl"))
        assert set(re.findall(r"[^\W\d]+", said)) <= dutch, measure.id


def test_the_words_for_chances_are_those_that_are_used():
    bounds = word_bounds("en")
    assert [word for word, _ in bounds] == [word["en"] for _, word in PROBABILITY_WORDS]
    assert bounds[1] == ("likely", "66 to 90") and bounds[-1][1] == "at most 10"


def test_the_outermost_words_begin_where_the_page_says():
    enough = fewest_for_outermost()
    assert probability_word(0, enough, "en") == "virtually excluded"
    assert probability_word(0, enough - 1, "en") == "unlikely"
    assert probability_word(enough, enough, "en") == "virtually certain"

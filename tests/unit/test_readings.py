"""What an effect amounts to, and that no sentence says more of it than was computed."""

import dataclasses
from functools import cache

import numpy as np
import pytest
from test_findings import POLICY, finding, hand_made

from experiments import number_format as nf
from experiments.briefs.contents import who_wins
from experiments.briefs.results import Results
from experiments.comparison import SUMS
from experiments.figures import FIGURES
from experiments.figures.drawing import Request
from experiments.outcome_rows import outcome_row
from experiments.paired import effects, values
from experiments.readings import (
    depends_on_assumptions,
    firm_reading,
    reading,
    run_effects,
    runs_apart,
    varied,
)
from model.outcomes import BY_ID

DEATHS, WAITING = BY_ID["deaths"], BY_ID["waiting_weeks"]
FEW, MANY = 4, 36  # the usual comparison has 36 draws


def moved(comparison, measure, by_seed, by_draw=(), nobody=()):
    """Return a comparison in which the policy adds so much to a measure in every run.

    Args:
        comparison: As of ``hand_made``.
        measure: Its id.
        by_seed: Added per seed, and per draw.
        by_draw: The same.
        nobody: Runs (kind, index) in which there is nobody to measure it on.
    """
    runs = comparison.runs.copy()
    own = runs["measure"] == measure
    for kind, added in (("seed", by_seed), ("draw", by_draw)):
        for index, one in enumerate(added):
            run = own & (runs["kind"] == kind) & (runs["index"] == index)
            runs.loc[run & (runs["policy"] == POLICY), "top"] += one
            if (kind, index) in nobody:
                runs.loc[run, "bottom"] = 0.0
    worlds = [comparison.design.baseline, POLICY]
    table = effects(values(runs[runs["policy"].isin(worlds)], SUMS), worlds[0])
    return dataclasses.replace(comparison, runs=runs, effects=table)


@cache
def worse(draws, by_draw=None):
    """Return a comparison with a longer wait in every run, or so much in each draw."""
    by_draw = np.full(draws, 2.0) if by_draw is None else by_draw
    return moved(hand_made(draws=draws), "waiting_weeks", (2.0, 2.1, 2.2), by_draw)


def judged(comparison, language) -> str:
    return "\n".join(who_wins(Results(comparison, {"scenarios": {}}), POLICY, language))


# --- how much can be said of the assumptions


def test_nearly_all_takes_as_many_runs_as_virtually_certain():
    for draws in range(1, 60):
        certain = nf.probability_word(draws, draws, "en") == "virtually certain"
        assert varied(draws) == ("many" if certain else "few")
    assert varied(0) == "none" and varied(FEW) == "few" and varied(MANY) == "many"


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        (0, "Worse, beyond chance; assumptions were not varied: waiting time."),
        (1, "Worse, beyond chance and in the one run with other assumptions: waiting time."),
        (FEW, "Worse, beyond chance and in each of the 4 runs with other assumptions: waiting "
              "time."),
        (MANY, "Worse under nearly all assumptions: waiting time."),
    ],
)  # fmt: skip
def test_the_brief_says_what_its_words_rest_on(draws, said):
    text = judged(worse(draws), "en")
    assert said in text
    assert ("nearly all assumptions" in text) == (draws == MANY)
    assert "Depends on the assumptions" not in text
    assert "No difference in any run" in text


def test_the_brief_says_so_in_dutch():
    text = judged(worse(0), "nl")
    assert "Slechter, en dat is geen toeval; aannames zijn niet gevarieerd: wachttijd." in text
    assert "aannames:" not in text and "vrijwel alle" not in text


def test_in_each_of_the_runs_is_counted_not_read_from_an_interval():
    """One of four runs goes the other way, yet the middle 90% lies above zero."""
    comparison = worse(FEW, (-0.1, 2.0, 2.0, 3.0))
    row = comparison.effect(POLICY, "waiting_weeks")
    assert row["parameter_low"] > 0.0 and reading(WAITING, row) == "worse"
    assert firm_reading(comparison, POLICY, WAITING) == "unclear"
    assert firm_reading(worse(FEW), POLICY, WAITING) == "worse"


def test_a_run_without_anybody_is_not_one_of_each():
    comparison = moved(hand_made(draws=FEW), "waiting_weeks", (2.0, 2.1, 2.2), np.full(FEW, 2.0),
                       nobody={("draw", 1)})  # fmt: skip
    assert run_effects(comparison, POLICY, "waiting_weeks")["effect"].isna().sum() == 1
    assert firm_reading(comparison, POLICY, WAITING) == "unclear"


def test_assumptions_that_all_go_the_other_way_are_no_support():
    assert firm_reading(worse(MANY, (-2.0,) * MANY), POLICY, WAITING) == "unclear"
    assert firm_reading(worse(MANY), POLICY, WAITING) == "worse"


@pytest.mark.parametrize(
    ("draws", "title"),
    [(0, "What changes beyond chance: 0 times better, 1 times worse"),
     (FEW, "What changes in each of the 4 runs with other assumptions: 0 times better, 1"),
     (MANY, "What changes under nearly all assumptions: 0 times better, 1 times worse")],
)  # fmt: skip
def test_the_overview_of_effects_says_the_same(draws, title):
    drawing = FIGURES["3_effects"](Request(worse(draws), {}, "en", "footer"))
    assert drawing.title.startswith(title)
    assert ("nearly all" in drawing.alt) == (draws == MANY)


# --- no difference


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Deaths: no difference under the weight-class bundle, in none of 7 runs."),
     ("nl", "Sterfgevallen: geen verschil met de zorgbundel met zwaarteklassen, in geen van de 7 "
            "doorrekeningen.")],
)  # fmt: skip
def test_zero_in_every_run_is_no_difference(language, said):
    comparison = hand_made(draws=FEW)
    row = comparison.effect(POLICY, "deaths")
    assert row["parameter_low"] == row["parameter_high"] == 0.0
    found = finding(comparison, language, "deaths")
    assert found.sentence == said and not found.depends_on_assumptions and not found.clear
    assert reading(DEATHS, row) == firm_reading(comparison, POLICY, DEATHS) == "equal"
    word = {"en": "no difference", "nl": "geen verschil"}[language]
    assert outcome_row(comparison, POLICY, DEATHS, language)["reading"] == word


def test_the_few_runs_outside_the_middle_are_not_hidden():
    by_draw = np.zeros(MANY)
    by_draw[3] = 5.0
    comparison = moved(hand_made(draws=MANY), "deaths", (0.0, 0.0, 0.0), by_draw)
    assert reading(DEATHS, comparison.effect(POLICY, "deaths")) == "equal"
    assert runs_apart(comparison, POLICY, "deaths") == (1, MANY + 3)
    assert finding(comparison, measure="deaths").sentence.endswith("except in 1 of 39 runs.")
    assert firm_reading(comparison, POLICY, DEATHS) == "unclear"


def test_zero_by_luck_alone_still_depends_on_assumptions():
    comparison = moved(hand_made(draws=FEW), "deaths", (0.0, 0.0, 0.0), [-3.0, 2.0, -1.0, 3.0])
    row = comparison.effect(POLICY, "deaths")
    assert depends_on_assumptions(row) and reading(DEATHS, row) == "unclear"
    assert "depends on the assumptions" in finding(comparison, measure="deaths").sentence


def test_what_is_gone_with_other_assumptions_is_said():
    comparison = moved(hand_made(draws=FEW), "deaths", (2.0, 2.1, 2.2), np.zeros(FEW))
    found = finding(comparison, measure="deaths")
    assert found.clear and found.depends_on_assumptions
    assert found.sentence.endswith("With other assumptions there may be no difference at all.")
    assert firm_reading(comparison, POLICY, DEATHS) == "unclear"


def test_more_or_less_is_said_only_of_an_effect_that_turns():
    comparison = moved(hand_made(draws=FEW), "deaths", (2.0, 2.1, 2.2), [0.0, 0.0, 1.0, 2.0])
    found = finding(comparison, measure="deaths")
    assert found.depends_on_assumptions and "more or less" not in found.sentence
    assert found.sentence.endswith("may be no difference at all.")


def test_an_unclear_effect_that_no_draw_shows_depends_on_nothing():
    comparison = moved(hand_made(draws=FEW), "deaths", (-1.0, 1.2, 0.1), np.zeros(FEW))
    found = finding(comparison, measure="deaths")
    assert "no clear difference" in found.sentence and not found.depends_on_assumptions


# --- too little to tell


def test_one_seed_is_not_the_same_as_nobody_to_measure():
    nobody = moved(hand_made(), "waiting_weeks", (2.0, 2.1, 2.2), nobody={("seed", 0), ("seed", 1)})
    assert nobody.effect(POLICY, "waiting_weeks")["seeds"] == 3
    assert finding(nobody, measure="waiting_weeks").sentence == (
        "Waiting time: cannot be told under the weight-class bundle; in too few runs was there "
        "anybody to measure it on."
    )
    assert "te weinig doorrekeningen" in finding(nobody, "nl", "waiting_weeks").sentence
    single = finding(hand_made(sessions_by_seed=(-2.0,)), measure="waiting_weeks").sentence
    assert "one run cannot tell" in single

"""Every figure can be drawn in both languages, with and without draws, and says its numbers."""

import re

import numpy as np
import pytest
from test_findings import GROUPS, hand_made

from experiments.figures import FIGURES, image_bytes, save_figures
from experiments.figures.drawing import Request
from experiments.figures.effects import BLOCKS
from experiments.figures.style import spread
from experiments.number_format import LANGUAGES
from experiments.readings import reading
from model.outcomes import BY_ID

FOOTER = "Source: test, 1 2 3"


@pytest.fixture(scope="module")
def with_draws():
    draws = 10
    costs = np.linspace(200_000, 900_000, draws)
    return hand_made(draws=draws, costs=costs, neutral=np.linspace(-1e6, 2e5, draws), groups=GROUPS)


@pytest.fixture(scope="module")
def without_draws():
    return hand_made(groups=GROUPS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_words(with_draws, name, language):
    drawing = FIGURES[name](Request(with_draws, {}, language, FOOTER))
    for words in (drawing.title, drawing.alt, drawing.caption):
        assert len(words) > 20
        assert "nan" not in words.lower().split() and "{" not in words
    assert drawing.figure.get_figwidth() == 9.0


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_works_without_draws(without_draws, name):
    drawing = FIGURES[name](Request(without_draws, {}, "nl", FOOTER))
    assert drawing.alt
    assert len(image_bytes(drawing, "png")) > 5000


def test_saved_files_are_complete_and_the_same_twice(with_draws, tmp_path):
    first = save_figures(with_draws, {}, tmp_path / "a", "nl", FOOTER)
    assert len(first) >= 8
    for figure in first:
        assert figure.png.read_bytes().startswith(b"\x89PNG")
        svg = figure.svg.read_text()
        assert "<svg" in svg and "<dc:date>" not in svg and len(svg) > 5000
        assert re.findall(r'href="(?!#)', svg) == []
    again = FIGURES["1_budget_tests"](Request(with_draws, {}, "nl", FOOTER))
    assert image_bytes(again, "svg") == first[0].svg.read_bytes()
    assert image_bytes(again, "png") == first[0].png.read_bytes()


def test_numbers_in_figures_follow_the_language(with_draws):
    alts = {
        language: FIGURES["1_budget_tests"](Request(with_draws, {}, language, FOOTER)).alt
        for language in LANGUAGES
    }
    assert "EUR\N{NO-BREAK SPACE}173.000" in alts["nl"]
    assert "EUR\N{NO-BREAK SPACE}173,000" in alts["en"]


def test_agreeing_draws_are_counted_in_the_title(with_draws):
    agreeing = len(with_draws.budgets["bundle_weight_classes"].agreeing)
    assert agreeing > 0
    title = FIGURES["6_draws"](Request(with_draws, {}, "en", FOOTER)).title
    assert f"{agreeing} agree" in title


def test_without_draws_no_figure_speaks_of_agreement(without_draws):
    drawing = FIGURES["6_draws"](Request(without_draws, {}, "en", FOOTER))
    assert "agree" not in drawing.title and "not varied" in drawing.title


def test_small_cells_are_marked(without_draws):
    table = without_draws.effects
    try:
        table.loc[(table["split"] == "gold") & (table["group"] == "4"), "small"] = True
        figure = FIGURES["4_groups"](Request(without_draws, {}, "en", FOOTER)).figure
    finally:
        table["small"] = False
    hatched = [patch for axes in figure.axes for patch in axes.patches if patch.get_hatch()]
    assert len(hatched) == 3
    assert any("fewer than 10" in text.get_text() for text in figure.texts)


def test_better_and_worse_depend_on_the_measure(with_draws):
    row = with_draws.effect("bundle_weight_classes", "sessions_per_patient").copy()
    assert row["mean"] < 0
    assert reading(BY_ID["deaths"], row) == "better"
    assert reading(BY_ID["qalys"], row) == "worse"
    assert reading(BY_ID["sessions_per_patient"], row) == "neither"
    row["monte_carlo_high"] = 1.0
    assert reading(BY_ID["deaths"], row) == "unclear"


def test_overview_knows_its_measures():
    assert all(id_ in BY_ID for _, ids in BLOCKS for id_ in ids)


def test_labels_are_moved_apart():
    moved = spread([1.0, 1.01, 5.0, 0.99], 0.5)
    ordered = sorted(moved)
    assert np.all(np.diff(ordered) >= 0.49)
    assert moved.index(min(moved)) == 3 and moved.index(max(moved)) == 2

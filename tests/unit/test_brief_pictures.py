"""The figures of the brief: what the legend promises can be seen."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from test_findings import GROUPS, POLICY, hand_made

from experiments.briefs.pictures import HEIGHT, WIDTH, _dangers, _groups, _tests
from experiments.figures.drawing import Request

DRAWINGS = {"tests": _tests, "groups": _groups, "dangers": _dangers}


def drawn(name, comparison, language="en"):
    """Return the axes of one figure as on paper, and its caption."""
    axes = Figure(figsize=(WIDTH, HEIGHT)).subplots()
    _, _, caption = DRAWINGS[name](Request(comparison, {}, language, ""), POLICY, axes)
    axes.figure.draw_without_rendering()
    return axes, caption


@cache
def usual(draws):
    return hand_made(draws=draws, groups=GROUPS)


def comparison(draws=4, small=()):
    made = usual(draws)
    found = replace(made, runs=made.runs.copy(), effects=made.effects.copy())
    rows = found.effects
    found.effects.loc[rows["group"].isin(small) & (rows["split"] == "gold"), "small"] = True
    return found


def on_paper(line):
    """Return the height at which a line stands, points from the bottom."""
    return line.get_transform().transform(line.get_xydata())[0, 1] * 72.0 / line.axes.figure.dpi


def contrast(colour):
    """Return the contrast of a colour with white (WCAG 2.2)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)


def of(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_interval_of_assumptions_is_never_under_that_of_chance(name):
    axes, caption = drawn(name, comparison())
    thin = of(axes, "|")
    thick = [line for line in axes.lines if line.get_linewidth() > 4.0]
    assert thin and len(thin) == len(thick)
    for one, other in zip(thin, thick, strict=True):
        free = on_paper(other) - other.get_linewidth() / 2.0 - on_paper(one)
        assert free > one.get_linewidth() / 2.0 + 0.5  # white between the two
        assert free > one.get_markersize() / 2.0
        assert contrast(one.get_color()) >= 3.0
    rows = sorted({round(on_paper(line), 2) for line in thick})
    for low, high in pairwise(rows):  # nor does it reach the row below
        assert high - 4.8 - 1.5 - 1.1 > low + 2.25
    assert "Thin, below it: assumptions" in caption


@pytest.mark.parametrize("name", DRAWINGS)
def test_both_intervals_fit_in_the_panel(name):
    wide = comparison()
    rows = wide.runs
    own = (rows["kind"] == "draw") & (rows["policy"] == POLICY) & (rows["index"] % 2 == 1)
    spent = rows["measure"] == "paramedical_spending"
    rows.loc[own & spent, "top"] += 5e7
    rows.loc[own & ~spent, "top"] += 0.4
    wide.effects.loc[:, "parameter_high"] += 0.4
    axes, _ = drawn(name, wide)
    low, high = axes.get_xlim()
    ends = [x for line in of(axes, "|") for x in line.get_xdata()]
    assert max(ends) > 0.5  # wider than chance
    assert low < min(ends) and max(ends) < high


def test_without_draws_there_is_no_thin_interval():
    axes, caption = drawn("groups", comparison(draws=0))
    assert not of(axes, "|")
    assert "Thin" not in caption and "not varied" in caption


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Open grey dot: fewer"), ("nl", "Open grijze stip: minder")]
)
def test_only_groups_with_few_patients_have_an_open_dot(language, said):
    axes, caption = drawn("groups", comparison(small=("3",)), language)
    dots = of(axes, "o")
    is_open = [dot.get_markerfacecolor() == "white" for dot in dots]
    assert len(dots) == 8 and is_open == [False, True, *[False] * 6]
    assert all(contrast(d.get_markerfacecolor()) >= 3.0 for d in dots if d is not dots[1])
    assert contrast(dots[1].get_markeredgecolor()) >= 3.0
    assert said in caption
    _, none = drawn("groups", comparison(), language)
    assert said not in none

"""Year by year: both worlds on one axis, and under it their difference with two bands."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import palette
from dashboards.charts.lines import LETTER, LINE, folded, write_name
from dashboards.charts.svg import Form, Scale, Sheet, apart, span, tick_words
from dashboards.result import Effect


@dataclass(frozen=True)
class PathWords:
    """Words on the chart.

    Attributes:
        baseline, scenario: Names of the two worlds.
        levels, difference: Titles of the panels.
        chance, assumptions: Names of the bands; empty where there are none.
    """

    baseline: str
    scenario: str
    levels: str
    difference: str
    chance: str
    assumptions: str


def path_chart(
    effects: Sequence[Effect], words: PathWords, form: Form, change: Form, width: float,
    hatched: bool = False,
) -> str:  # fmt: skip
    """Return levels and difference by year as SVG.

    Args:
        effects: One per year.
        words: Words on the chart.
        form: Writes a level.
        change: Writes a difference.
        width: Pixels.
        hatched: Whether this is an estimate: dashed instead of solid.
    """
    narrow = width < 500
    left, right = (64.0, 14.0) if narrow else (86.0, 150.0)
    titles = [folded(title, width) for title in (words.levels, words.difference)]
    deep = LINE * (len(titles[0]) - 1)  # all below a title of two lines stands lower
    deeper = deep + LINE * (len(titles[1]) - 1)
    sheet = Sheet(width, 470 + deeper)
    colour = palette.SCENARIOS[0][0]
    years = [one.group for one in effects]
    across = Scale(0, max(1, len(years) - 1), left + 12, width - right - 12)

    write_name(sheet, 0, 15 + deep, titles[0], bold=True)
    levels = [x for one in effects for x in (one.baseline, one.value)]
    up = Scale(*span(levels, zero=False, room=0.15), 190.0 + deep, 52.0 + deep)
    _grid(sheet, up, left, width - right, form, 4)
    lines = (
        ("baseline", palette.BASELINE, "6 4", "square"),
        ("value", colour, "3 3" if hatched else "", "circle"),
    )
    last = []
    for what, shade, dash, shape in lines:
        points = [
            (across(k), up(x))
            for k, one in enumerate(effects)
            if (x := getattr(one, what)) is not None
        ]
        sheet.path(points, shade, dash=dash)
        for x, y in points:
            sheet.mark(x, y, shade, shape, 4)
        last.append(points[-1][1] if points else 100.0 + deep)
    names = (words.baseline, words.scenario)
    if narrow:
        for name, shade, x in zip(names, (palette.BASELINE, colour), (0.0, 0.0), strict=True):
            y = deep + (33.0 if shade == palette.BASELINE else 48.0)
            dash = "6 4" if shade == palette.BASELINE else ""
            sheet.line(x, y - 4, x + 18, y - 4, shade, 2.4, dash)
            sheet.text(x + 24, y, _short(name, 40), colour=shade)
    else:
        for name, shade, y in zip(
            names, (palette.BASELINE, colour), apart(last, 34.0), strict=True
        ):
            for k, part in enumerate(folded(name, 20 * LETTER)):
                sheet.text(width - right + 6, y + 4 + 15 * k, part, colour=shade, bold=True)
    _years(sheet, years, across, 210.0 + deep)

    write_name(sheet, 0, 246 + deeper, titles[1], bold=True)
    if words.chance:
        _key(sheet, 264 + deeper, words, colour)
    bands = [x for one in effects for pair in (one.chance, one.assumptions) if pair for x in pair]
    up = Scale(
        *span([*bands, *(one.mean for one in effects)], room=0.08), 440.0 + deeper, 284.0 + deeper
    )
    _grid(sheet, up, left, width - right, change, 5)
    for pairs, part in (("assumptions", palette.ASSUMPTIONS_BAND), ("chance", palette.CHANCE_BAND)):
        known = [(k, p) for k, one in enumerate(effects) if (p := getattr(one, pairs))]
        if len(known) > 1:
            edge = [(across(k), up(p[1])) for k, p in known]
            edge += [(across(k), up(p[0])) for k, p in reversed(known)]
            sheet.area(edge, palette.over_white(colour, part))
    sheet.line(left, up(0.0), width - right, up(0.0), palette.TEXT, 1.2)
    points = [(across(k), up(one.mean)) for k, one in enumerate(effects) if one.mean is not None]
    sheet.path(points, colour, dash="3 3" if hatched else "")
    for x, y in points:
        sheet.mark(x, y, colour, "circle", 4)
    _years(sheet, years, across, 460.0 + deeper)
    return sheet.done()


def _key(sheet: Sheet, y: float, words: PathWords, colour: str) -> None:
    x = 0.0
    for name, part in (
        (words.chance, palette.CHANCE_BAND),
        (words.assumptions, palette.ASSUMPTIONS_BAND),
    ):
        sheet.bar(x, x + 18, y - 4, 11, palette.over_white(colour, part))
        sheet.text(x + 24, y, name, colour=palette.SECONDARY)
        x += 34 + 6.8 * len(name)


def _grid(sheet: Sheet, up: Scale, left: float, right: float, form: Form, about: int) -> None:
    marks = up.ticks(about)
    for number, words in zip(marks, tick_words(marks, form), strict=True):
        sheet.line(left, up(number), right, up(number))
        sheet.text(left - 6, up(number) + 4, words, "end", palette.SECONDARY, 12)


def _years(sheet: Sheet, years: Sequence[str], across: Scale, y: float) -> None:
    for k, year in enumerate(years):
        sheet.text(across(k), y, year, "middle", palette.SECONDARY, 12)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

"""Rows with a range each: the two budget gauges, groups of patients, and what carries an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import palette
from dashboards.charts.lines import LETTER, LINE, MOST_NAME, folded, write_name
from dashboards.charts.svg import Form, Scale, Sheet, span, tick_words


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        name: At the left.
        mean: Middle value.
        chance, assumptions: Ranges, or None.
        said: At the right.
        limit: A limit to draw in this row (the framework of the year).
        small: Whether there are too few patients to rely on.
        colour: Of bars and mark.
        shape: Of the mark.
    """

    name: str
    mean: float | None
    chance: tuple[float, float] | None = None
    assumptions: tuple[float, float] | None = None
    said: str = ""
    limit: float | None = None
    small: bool = False
    colour: str = palette.SCENARIOS[0][0]
    shape: str = "circle"


def rows_chart(
    rows: Sequence[Row], form: Form, width: float, chance: str, assumptions: str,
    limit: str = "", gap_before: Sequence[int] = (), dashed: bool = False,
) -> str:  # fmt: skip
    """Return rows of mark, thick bar (chance) and thin bar (assumptions) as SVG.

    Args:
        rows: Top to bottom.
        form: Writes a number on the axis.
        width: Pixels.
        chance: Name of the thick bar.
        assumptions: Name of the thin bar; empty for none.
        limit: Name of the limits, if there are any.
        gap_before: Rows that have some room above them.
        dashed: Whether this is an estimate: bars are edges only.
    """
    narrow = width < 500
    names = [
        folded(row.name, width - LETTER * len(row.said) - 10.0 if narrow else MOST_NAME)
        for row in rows
    ]
    left = 0.0 if narrow else 10.0 + LETTER * max(len(line) for lines in names for line in lines)
    right = 14.0 if narrow else 20.0 + 6.8 * max(len(row.said) for row in rows)
    deep = LINE * (max(map(len, names)) - 1)  # of names with a second line
    head = 20.0 + deep if narrow else 0.0
    pitch = 24.0 + head if narrow else 30.0 + deep / 4.0
    tops, y = [], 40.0 + (18.0 if narrow and limit else 0.0)
    for k in range(len(rows)):
        y += 12.0 if k in gap_before else 0.0
        tops.append(y)
        y += pitch
    sheet = Sheet(width, y + 26)
    numbers: list[float | None] = [row.mean for row in rows] + [row.limit for row in rows]
    for row in rows:
        numbers += [*(row.chance or ()), *(row.assumptions or ())]
    across = Scale(*span(numbers, room=0.06), left + 10, width - right - 6)
    _key(sheet, chance, assumptions, limit, narrow, dashed)
    # On narrow sheets names stand above the bars: lines must not run through them.
    parts = [(top + head, top + head + 22) for top in tops] if narrow else [(tops[0] - 8, y)]
    marks = across.ticks(3 if narrow else 5)
    for number, words in zip(marks, tick_words(marks, form), strict=True):
        for first, last in parts:
            sheet.line(across(number), first, across(number), last)
        sheet.text(across(number), y + 16, words, "middle", palette.SECONDARY, 12)
    for first, last in parts:
        sheet.line(across(0.0), first, across(0.0), last, palette.TEXT, 1.2)
    for row, lines, top in zip(rows, names, tops, strict=True):
        _row(sheet, row, lines, top + (head + 10.0 if narrow else 14.0), across, narrow, dashed)
    return sheet.done()


def _row(
    sheet: Sheet, row: Row, lines: Sequence[str], y: float, across: Scale, narrow: bool,
    dashed: bool,
) -> None:  # fmt: skip
    colour = palette.BORDER if row.small else row.colour
    if narrow:
        write_name(sheet, 0, y - 16, lines)
        sheet.text(sheet.width, y - 16, row.said, "end")
    else:
        write_name(sheet, across.start - 16, y + 5, lines, "end")
        sheet.text(across.end + 14, y + 5, row.said)
    if row.assumptions:
        ends = (across(row.assumptions[0]), across(row.assumptions[1]))
        sheet.bar(*ends, y, 12, colour if dashed else palette.over_white(colour, 0.25), dashed)
    if row.chance:
        sheet.bar(across(row.chance[0]), across(row.chance[1]), y, 6, colour, dashed)
    if row.limit is not None:
        x = across(row.limit)
        sheet.line(x, y - 11, x, y + 11, palette.BAD, 2.5)
    if row.mean is not None:
        sheet.mark(across(row.mean), y, colour, row.shape, 5)


def _key(
    sheet: Sheet, chance: str, assumptions: str, limit: str, narrow: bool, dashed: bool
) -> None:
    colour = palette.SCENARIOS[0][0]
    x, y = 0.0, 14.0
    for name, thick, shade in (
        (chance, 6, colour),
        (assumptions, 12, colour if dashed else palette.over_white(colour, 0.25)),
    ):
        if not name:
            continue
        sheet.bar(x, x + 18, y - 4, thick, shade, dashed)
        sheet.text(x + 24, y, name, colour=palette.SECONDARY)
        x += 34 + 6.8 * len(name)
    if limit:
        x, y = (0.0, 32.0) if narrow else (x, y)
        sheet.line(x + 4, y - 11, x + 4, y + 3, palette.BAD, 2.5)
        sheet.text(x + 12, y, limit, colour=palette.SECONDARY)

"""Bars round a middle: what an outcome is with one assumption low, and with it high."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import palette
from dashboards.charts.lines import LETTER, LINE, MOST_NAME, folded, write_name
from dashboards.charts.svg import Form, Scale, Sheet, span, tick_words


@dataclass(frozen=True)
class Swing:
    """One assumption.

    Attributes:
        name: At the left.
        low, high: Outcome with the assumption low, and high.
        clear: Whether it is more than chance; else it is drawn grey.
    """

    name: str
    low: float
    high: float
    clear: bool


def tornado(
    swings: Sequence[Swing], middle: float, form: Form, width: float, keys: tuple[str, str]
) -> str:
    """Return the swings as SVG, the widest first as given.

    Args:
        swings: Top to bottom.
        middle: Outcome with every assumption as usual; a dashed line.
        form: Writes a number on the axis.
        width: Pixels.
        keys: What the hollow mark (low) and the full mark (high) are called.
    """
    narrow = width < 500
    names = [folded(one.name, width if narrow else MOST_NAME) for one in swings]
    left = 0.0 if narrow else 10.0 + LETTER * max(len(line) for lines in names for line in lines)
    deep = LINE * (max(map(len, names)) - 1)  # of names with a second line
    head = 20.0 + deep if narrow else 0.0
    pitch, top = 24.0 + head if narrow else 30.0 + deep / 4.0, 40.0
    sheet = Sheet(width, top + pitch * len(swings) + 26)
    numbers: list[float | None] = [middle]
    for one in swings:
        numbers += [one.low, one.high]
    across = Scale(*span(numbers, room=0.08), left + 12, width - 24)
    _key(sheet, keys)
    bottom = top + pitch * len(swings)
    marks = across.ticks(3 if narrow else 5)
    for number, words in zip(marks, tick_words(marks, form), strict=True):
        x = across(number)
        _line(sheet, x, top, len(swings), pitch, head, palette.GRID)
        sheet.text(x, bottom + 16, words, "middle", palette.SECONDARY, 12)
    _line(sheet, across(0.0), top, len(swings), pitch, head, palette.TEXT)
    for k, (one, lines) in enumerate(zip(swings, names, strict=True)):
        y = top + pitch * k + (head + 10.0 if narrow else 14.0)
        colour = palette.SCENARIOS[0][0] if one.clear else palette.BORDER
        if narrow:
            write_name(sheet, 0, y - 16, lines)
        else:
            write_name(sheet, across.start - 16, y + 5, lines, "end")
        sheet.bar(across(one.low), across(one.high), y, 8, palette.over_white(colour, 0.45))
        sheet.line(across(middle), y - 9, across(middle), y + 9, palette.TEXT, 1.4, "3 2")
        _mark(sheet, across(one.low), y, colour, full=False)
        _mark(sheet, across(one.high), y, colour, full=True)
    return sheet.done()


def _line(sheet, x: float, top: float, rows: int, pitch: float, head: float, colour: str) -> None:
    """Draw a line down the rows; where names stand above the bars it leaves room (``head``)."""
    if not head:
        sheet.line(x, top - 6, x, top + pitch * rows, colour)
        return
    for k in range(rows):
        sheet.line(x, top + pitch * k + head, x, top + pitch * k + head + 22, colour)


def _mark(sheet: Sheet, x: float, y: float, colour: str, full: bool) -> None:
    sheet.mark(x, y, colour, "circle", 6)
    if not full:
        sheet.mark(x, y, palette.WHITE, "circle", 3.5)


def _key(sheet: Sheet, keys: tuple[str, str]) -> None:
    x = 8.0
    for words, full in zip(keys, (False, True), strict=True):
        _mark(sheet, x, 12, palette.SCENARIOS[0][0], full)
        sheet.text(x + 12, 16, words, colour=palette.SECONDARY)
        x += 40 + 6.8 * len(words)

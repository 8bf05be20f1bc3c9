"""Names and titles in charts, in one line or two."""

from collections.abc import Sequence
from textwrap import wrap

from dashboards.charts.svg import Sheet

#: Width of a letter, about, of the longest line of a name, and height of a line, pixels.
LETTER, MOST_NAME, LINE = 7.0, 250.0, 14.0


def folded(text: str, room: float) -> list[str]:
    """Return a text as one or two lines that fit in so many pixels; tables have it whole."""
    most = max(6, int(room / LETTER))
    lines = wrap(text, most) or [""]
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1][: most - 1].rstrip()}…"]
    return lines


def write_name(
    sheet: Sheet, x: float, y: float, lines: Sequence[str], anchor: str = "start",
    bold: bool = False,
) -> None:  # fmt: skip
    """Write a name of one or two lines, of which the last one or their middle is at a height."""
    first = y - LINE * (len(lines) - 1) / (1.0 if anchor == "start" else 2.0)
    for k, line in enumerate(lines):
        sheet.text(x, first + LINE * k, line, anchor, bold=bold)

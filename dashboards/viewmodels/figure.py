"""A figure: a picture, the sentence that says the same, and the numbers behind it."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from dashboards import palette
from dashboards.charts.svg import FONT
from experiments.spreadsheet import safe_cell

WIDE, NARROW = 760.0, 300.0
#: Letters of small print that fit a picture's width.
LINE = 125


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes:
        id: Name for files and links.
        title: What it shows.
        sentence: What one sees in it, for who does not see it.
        draw: Draws the picture at a width, as SVG. It is drawn where it is wanted, not kept: on a
            page it stands in the page's own text, and few are ever downloaded.
        columns: Heads of the table.
        rows: Cells of the table, as people read them.
        data: Rows with plain numbers for other programs, the first one heads.
        note: A line under it.
        about: What ``viewmodels.source`` explains of it; empty for nothing.
    """

    id: str
    title: str
    sentence: str
    draw: Callable[[float], str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    data: tuple[tuple, ...]
    note: str = ""
    about: str = ""

    @property
    def wide(self) -> str:
        """The picture for a screen."""
        return self.draw(WIDE)

    @property
    def narrow(self) -> str:
        """The picture for a telephone."""
        return self.draw(NARROW)

    def csv(self) -> str:
        """Return the numbers as CSV: dot as decimal sign, comma between columns."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([safe_cell(cell) for cell in row] for row in self.data)
        return out.getvalue()

    def picture(self, footer: Sequence[str]) -> str:
        """Return the wide picture with title and source lines in it, to keep or send on.

        Args:
            footer: Lines under it; those too long for its width go on below.
        """
        wide = self.wide
        inner = wide[wide.index(">") + 1 : wide.rindex("</svg>")]
        height = float(wide.split('viewBox="0 0 ')[1].split('"')[0].split()[1])
        said = [part for line in footer for part in wrap(line, LINE, break_on_hyphens=False)]
        total = height + 56 + 16 * len(said)
        lines = "".join(
            f'<text x="16" y="{height + 58 + 16 * k:.0f}" font-size="11" '
            f'fill="{palette.SECONDARY}">{escape(line)}</text>'
            for k, line in enumerate(said)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE + 32:g}" height="{total:g}" '
            f'viewBox="0 0 {WIDE + 32:g} {total:g}" font-family="{escape(FONT)}">'
            f'<rect width="100%" height="100%" fill="#FFFFFF"/>'
            f'<text x="16" y="24" font-size="16" font-weight="600" fill="{palette.TEXT}">'
            f'{escape(self.title)}</text><g transform="translate(16,40)">{inner}</g>{lines}</svg>'
        )

"""Figure of the validation: where every pattern lands in its expected band."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.figures.drawing import Drawing
from experiments.figures.style import BAD, BASELINE, GOOD, SECONDARY, sheet, styled, wrapped
from experiments.number_format import Language, listing
from experiments.texts import texts

if TYPE_CHECKING:
    from experiments.validation.validate import Row

#: How far beyond the band is drawn, in widths of the band; what lies further is drawn at the edge.
BEYOND = 0.75
_NAME_CHARACTERS = 66


@styled
def validation_figure(
    rows: Sequence["Row"], group: str, language: Language, footer: str
) -> Drawing:
    """Return dots with intervals against the band, one line per pattern.

    Args:
        rows: Rows of one group of patterns.
        group: Which.
        language: "nl" or "en".
        footer: Source line.
    """
    from experiments.validation.validate_command import label

    t = texts(language)
    names = [wrapped(label(row.pattern, language), _NAME_CHARACTERS) for row in rows]
    outside = [label(row.pattern, language) for row in rows if not row.pattern.holds(row.value)]
    title = t(
        "validation.figure.title", group=t(f"validation.figure.short.{group}"),
        within=len(rows) - len(outside), all=len(rows),
    )  # fmt: skip
    lines = sum(1 + name.count("\n") for name in names)
    figure, (axes,) = sheet(
        title, footer, 0.13 * lines + 0.09 * len(rows) + 0.2, t("validation.figure.key"),
        left=4.55, above=0.15, below=0.45,
    )  # fmt: skip
    axes.axvspan(0.0, 1.0, color=GOOD, alpha=0.13, linewidth=0)
    place, places = 0.0, []
    for row, name in zip(rows, names, strict=True):
        place += 0.5 * (1 + name.count("\n"))
        places.append(place)
        _line(axes, place, row)
        place += 0.5 * (1 + name.count("\n")) + 0.35
    axes.set_yticks(places, names, size=7.6, linespacing=1.05)
    axes.set_ylim(place, 0.0)
    axes.set_xlim(-BEYOND - 0.05, 1.0 + BEYOND + 0.05)
    axes.set_xticks([0.0, 1.0], ["0", "1"])
    axes.tick_params(length=0)
    axes.set_xlabel(t("validation.figure.axis"), color=SECONDARY)
    alt = t(
        "validation.figure.alt", all=len(rows),
        outside=listing(outside, language) or t("validation.figure.nothing"),
    )  # fmt: skip
    return Drawing(figure, title, alt, t("validation.figure.key"))


def _line(axes, place: float, row: "Row") -> None:
    """Draw one pattern: assumptions thin, chance thick, the mean as a mark."""
    good = row.pattern.holds(row.value)
    colour = BASELINE if good else BAD
    for ends, width in ((row.assumptions, 1.2), (row.chance, 4.0)):
        if not math.isnan(ends[0]):
            found = [position(row, end) for end in ends]
            axes.plot(found, [place, place], color=colour, linewidth=width, alpha=0.75)
    if not math.isnan(row.value):
        at = position(row, row.value)
        mark = "o" if good else ("<" if at < 0.5 else ">")
        axes.plot(at, place, mark, color=colour, markersize=5.5)


def position(row: "Row", value: float) -> float:
    """Return the place of a value in the band, 0 lowest and 1 highest, at most ``BEYOND`` outside.

    Of a band with one end only the side counts: half-way inside, or outside at that end. The same
    for a band that is a single number.
    """
    low, high = row.pattern.low, row.pattern.high
    if math.isinf(low) or math.isinf(high) or low == high:
        if row.pattern.holds(value):
            return 0.5
        return -0.5 * BEYOND if value < low else 1.0 + 0.5 * BEYOND
    return min(1.0 + BEYOND, max(-BEYOND, (value - low) / (high - low)))

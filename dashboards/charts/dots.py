"""Dots along an axis: each stands for as many practices as the others."""

from collections.abc import Sequence

from dashboards import palette
from dashboards.charts.svg import Form, Scale, Sheet, span

RADIUS = 9.0


def dot_plot(
    numbers: Sequence[float], form: Form, width: float, label: str, small: Sequence[bool],
    chosen: int, keys: tuple[str, str],
) -> str:  # fmt: skip
    """Return a quantile dot plot as SVG: dots stacked where they would overlap.

    Args:
        numbers: One per dot, rising.
        form: Writes a number.
        width: Pixels.
        label: What the axis is.
        small: Which dots rest on too few patients: drawn hollow and grey.
        chosen: Index of the dot that is followed; -1 for none.
        keys: What the mark round the chosen dot, and a hollow dot, are called.
    """
    narrow = width < 500
    across = Scale(*span(list(numbers), room=0.08), 16.0, width - 24.0)
    stacks: list[tuple[float, int]] = []
    for number in numbers:
        x = across(number)
        taken = {level for other, level in stacks if abs(other - x) < 2 * RADIUS + 1}
        height = next(level for level in range(len(numbers)) if level not in taken)
        stacks.append((x, height))
    most = max((height for _, height in stacks), default=0) + 1
    base = 44.0 + (18.0 if narrow else 0.0) + most * (2 * RADIUS + 2)
    sheet = Sheet(width, base + 46)
    _key(sheet, keys, any(small), narrow)
    for number in across.ticks(3 if narrow else 6):
        sheet.line(across(number), base - most * (2 * RADIUS + 2), across(number), base)
        sheet.text(across(number), base + 17, form(number), "middle", palette.SECONDARY, 12)
    zero = across(0.0)
    sheet.line(zero, base - most * (2 * RADIUS + 2) - 4, zero, base, palette.TEXT, 1.4)
    for k, (x, height) in enumerate(stacks):
        y = base - RADIUS - 2 - height * (2 * RADIUS + 2)
        colour = palette.BORDER if small[k] else palette.SCENARIOS[0][0]
        if k == chosen:
            sheet.mark(x, y, palette.SCENARIOS[1][0], "circle", RADIUS + 3)
        sheet.mark(x, y, colour, "circle", RADIUS)
        if small[k]:
            sheet.mark(x, y, palette.WHITE, "circle", RADIUS - 3)
    sheet.text(0, base + 38, label, bold=True)
    return sheet.done()


def _key(sheet: Sheet, keys: tuple[str, str], small: bool, narrow: bool) -> None:
    sheet.mark(9, 16, palette.SCENARIOS[1][0], "circle", 9)
    sheet.mark(9, 16, palette.SCENARIOS[0][0], "circle", 6)
    sheet.text(24, 20, keys[0], colour=palette.SECONDARY)
    if small:
        x, y = (9.0, 38.0) if narrow else (60 + 6.8 * len(keys[0]), 16.0)
        sheet.mark(x, y, palette.BORDER, "circle", 8)
        sheet.mark(x, y, palette.WHITE, "circle", 5)
        sheet.text(x + 15, y + 4, keys[1], colour=palette.SECONDARY)

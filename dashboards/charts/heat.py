"""A map of two levers: a share in every cell, and a line where the mean passes zero."""

from collections.abc import Callable, Mapping, Sequence

from dashboards import palette
from dashboards.charts.svg import Form, Sheet

#: Shades of a cell from none to all, light to dark; text on the two darkest is white.
SHADES = ("#F5F7F9", "#D6E4F0", "#A9C7E2", "#6792BC", "#1F4F82")


def shade(share: float) -> str:
    """Return the shade of a share between 0 and 1."""
    return SHADES[min(len(SHADES) - 1, int(share * len(SHADES)))]


def heat_map(
    across: Sequence[float], up: Sequence[float], shares: Mapping[tuple[float, float], float],
    means: Mapping[tuple[float, float], float], said: Callable[[float, float], str],
    forms: tuple[Form, Form], labels: tuple[str, str], width: float,
    here: tuple[float, float] | None = None, line: str = "", mark: str = "",
) -> str:  # fmt: skip
    """Return a map as SVG; a cell that is not known yet stays empty.

    Args:
        across: Values of the first lever.
        up: Values of the second.
        shares: Colour of each cell, 0 to 1.
        means: Number whose sign draws the line between cells.
        said: Words in a cell.
        forms: Write a value of each lever.
        labels: Names of both levers.
        width: Pixels.
        here: Cell of the present settings.
        line: What the line is called; empty for no line.
        mark: What the mark of the present settings is called.
    """
    narrow = width < 500
    left, top = (44.0, 62.0) if narrow else (80.0, 44.0)
    top = top if line else 24.0
    cell_w = (width - left - 4.0) / len(across)
    cell_h = 40.0 if narrow else 44.0
    sheet = Sheet(width, top + cell_h * len(up) + 46.0)
    sheet.text(0, 14, f"↑ {labels[1]}", bold=True)
    _key(sheet, 34.0, line, mark, here is not None, narrow)
    size = 11 if narrow else 13

    def place(k: int, j: int) -> tuple[float, float]:
        return left + k * cell_w, top + (len(up) - 1 - j) * cell_h

    for j, y in enumerate(up):
        sheet.text(left - 6, place(0, j)[1] + cell_h / 2 + 4, forms[1](y), "end",
                   palette.SECONDARY, size)  # fmt: skip
        for k, x in enumerate(across):
            at = place(k, j)
            share = shares.get((x, y))
            fill = palette.WHITE if share is None else shade(share)
            sheet.bar(at[0], at[0] + cell_w, at[1] + cell_h / 2, cell_h, palette.WHITE)
            sheet.bar(at[0] + 1, at[0] + cell_w - 1, at[1] + cell_h / 2, cell_h - 2, fill)
            dark = share is not None and fill == SHADES[-1]
            sheet.text(at[0] + cell_w / 2, at[1] + cell_h / 2 + 4, said(x, y), "middle",
                       palette.WHITE if dark else palette.TEXT, size)  # fmt: skip
    if line:
        _breaks(sheet, across, up, means, place, cell_w, cell_h)
    if here is not None and here[0] in across and here[1] in up:
        at = place(list(across).index(here[0]), list(up).index(here[1]))
        sheet.mark(at[0] + 10, at[1] + 10, palette.SCENARIOS[1][0], "diamond", 5)
    for k, x in enumerate(across):
        sheet.text(left + (k + 0.5) * cell_w, top + cell_h * len(up) + 17, forms[0](x), "middle",
                   palette.SECONDARY, size)  # fmt: skip
    sheet.text(left, top + cell_h * len(up) + 38, f"→ {labels[0]}", bold=True)
    return sheet.done()


def _breaks(sheet, across, up, means, place, cell_w, cell_h) -> None:
    """Draw the border between cells whose means have opposite signs."""
    colour = palette.BAD
    for j, y in enumerate(up):
        for k, x in enumerate(across):
            own = means.get((x, y))
            if own is None:
                continue
            at = place(k, j)
            if k + 1 < len(across):
                other = means.get((across[k + 1], y))
                if other is not None and (own > 0.0) != (other > 0.0):
                    sheet.line(at[0] + cell_w, at[1], at[0] + cell_w, at[1] + cell_h, colour, 3.5)
            if j + 1 < len(up):
                other = means.get((x, up[j + 1]))
                if other is not None and (own > 0.0) != (other > 0.0):
                    sheet.line(at[0], at[1], at[0] + cell_w, at[1], colour, 3.5)


def _key(sheet: Sheet, y: float, line: str, mark: str, here: bool, narrow: bool) -> None:
    x = 0.0
    if line:
        sheet.line(0, y - 4, 20, y - 4, palette.BAD, 3.5)
        sheet.text(26, y, line, colour=palette.SECONDARY)
        x = 40 + 6.8 * len(line)
    if here and mark:
        x, y = (0.0, y + 18.0) if narrow else (x, y)
        sheet.mark(x + 6, y - 4, palette.SCENARIOS[1][0], "diamond", 5)
        sheet.text(x + 18, y, mark, colour=palette.SECONDARY)

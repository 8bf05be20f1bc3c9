"""One look for all figures: colours, type, and a sheet with title, panels and source line.

Sizes are in inches on a sheet of 9 inches, so that 100 pixels an inch gives 900 pixels.
Every colour has its contrast with white computed (4.5 or more for text, 3 for graphics), and is
never the only sign: baseline dashed, policies with marks of their own.
"""

import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

TEXT = "#1B1F23"
SECONDARY = "#4A5560"
BASELINE = "#5B6770"
CAPPED = "#7A8691"
GOOD = "#1E6B3A"
BAD = "#B3261E"
GRID = "#C9D0D6"

#: Per policy, in the order of the comparison: colour, mark and line.
POLICIES = (
    ("#00589C", "o", "-"),
    ("#B34700", "s", "-"),
    ("#8200D9", "D", ":"),
    ("#1E6B3A", "^", "-."),
)

BAND = 0.22
WIDTH = 9.0
CHARACTERS = 78

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": TEXT,
    "axes.edgecolor": CAPPED,
    "axes.labelcolor": SECONDARY,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": SECONDARY,
    "ytick.color": SECONDARY,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "zorgbundel",
    "svg.fonttype": "path",  # letters as outlines: the file looks the same everywhere
}


def styled[**P, R](draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function with the settings of this project, whatever the user's own are."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(RC)
            return draw(*args, **kwargs)

    return inside


def policy_style(place: int) -> tuple[str, str, str]:
    """Return colour, mark and line of the policy at one place in the comparison."""
    return POLICIES[place % len(POLICIES)]


def sheet(
    title: str,
    footer: str,
    height: float,
    key: str = "",
    rows: int = 1,
    columns: int = 1,
    left: float = 0.75,
    right: float = 0.3,
    above: float = 0.35,
    below: float = 0.45,
    wspace: float = 0.3,
    hspace: float = 0.5,
    **kwargs: Any,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a title, a key line, a source line and empty panels.

    Args:
        title: Says what the figure shows; wrapped.
        footer: Source line; wrapped.
        height: Height of the panels, inches (title and footer come on top).
        key: One line under the title that explains marks.
        rows: Rows of panels.
        columns: Columns of panels.
        left: Margin left of the panels, inches.
        right: Margin right of the panels, inches.
        above: Space for panel titles, inches.
        below: Space for axis labels, inches.
        wspace: Space between columns, share of a panel.
        hspace: Space between rows, share of a panel.
        kwargs: For ``Figure.subplots``.
    """
    heads = textwrap.wrap(title, CHARACTERS)
    keys = textwrap.wrap(key, 112)
    feet = textwrap.wrap(footer, 135)
    head = 0.16 + 0.235 * len(heads) + 0.19 * len(keys) + above
    foot = 0.12 + 0.16 * len(feet) + below
    total = head + height + foot
    figure = Figure(figsize=(WIDTH, total))
    figure.text(0.15 / WIDTH, 1 - 0.12 / total, "\n".join(heads), size=12.5, weight="bold",
                va="top", linespacing=1.25)  # fmt: skip
    figure.text(0.15 / WIDTH, 1 - (0.16 + 0.235 * len(heads)) / total, "\n".join(keys), size=8.5,
                color=SECONDARY, va="top", linespacing=1.3)  # fmt: skip
    figure.text(0.15 / WIDTH, 0.08 / total, "\n".join(feet), size=7.5, color=SECONDARY,
                va="bottom", linespacing=1.3)  # fmt: skip
    figure.set_label(f"{(0.2 + 0.235 * len(heads) + 0.19 * len(keys)):.3f}")
    axes = figure.subplots(rows, columns, squeeze=False, **kwargs)
    figure.subplots_adjust(
        left=left / WIDTH, right=1 - right / WIDTH, top=1 - head / total, bottom=foot / total,
        wspace=wspace, hspace=hspace,
    )  # fmt: skip
    return figure, list(axes.flat)


def under_key(figure: Figure) -> float:
    """Return the height, as a share of the sheet, just under the title and key line."""
    return 1.0 - float(figure.get_label()) / figure.get_figheight()


def wrapped(text: str, characters: int) -> str:
    """Return a text broken into lines of at most so many characters."""
    return "\n".join(textwrap.wrap(text, characters))


def grid(axes: Axes, axis: str = "y") -> None:
    """Draw faint grid lines and no tick marks along one axis."""
    axes.grid(axis=axis, color=GRID, linewidth=0.7)
    axes.tick_params(length=0)


def number_axis(axes: Axes, axis: str, form: Callable[[float], str]) -> None:
    """Print the numbers along one axis in the language of the reader."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    chosen = axes.xaxis if axis == "x" else axes.yaxis
    chosen.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: form(value)))


def ticks_form(axes: Axes, axis: str, form: Callable[[float, int], str]) -> None:
    """Number an axis with as many decimals as the distance between its ticks needs."""
    import math

    number_axis(axes, axis, lambda value: form(value, 0))
    low, high = sorted(axes.get_xlim() if axis == "x" else axes.get_ylim())
    locator = (axes.xaxis if axis == "x" else axes.yaxis).get_major_locator()
    places = [v for v in locator.tick_values(low, high) if low <= v <= high]
    step = places[1] - places[0] if len(places) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step * 10**decimals, 6) != round(step * 10**decimals):
        decimals += 1
    number_axis(axes, axis, lambda value: form(round(value, decimals) + 0.0, decimals))


def legend_line(figure: Figure, axes: Axes, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """Put the names of series on one line above a panel."""
    axes.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=len(labels),
        fontsize=9, handlelength=2.2, columnspacing=1.6, borderaxespad=0.2,
    )  # fmt: skip


def spread(places: Sequence[float], least: float) -> list[float]:
    """Return positions in the same order, moved apart until they are ``least`` apart."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [places[i] for i in order]
    for _ in range(200):
        changed = False
        for k in range(1, len(moved)):
            gap = moved[k] - moved[k - 1]
            if gap < least * 0.999:
                push = (least - gap) / 2
                moved[k - 1] -= push
                moved[k] += push
                changed = True
        if not changed:
            break
    out = [0.0] * len(places)
    for k, i in enumerate(order):
        out[i] = moved[k]
    return out

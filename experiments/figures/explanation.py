"""The figure of an explanation: profit by need, chance of a loss, and marginal euros."""

import numpy as np
from matplotlib.axes import Axes

from experiments import number_format as nf
from experiments.explained_contract import Explanation
from experiments.explanation_words import chance, dangers, group_name, money
from experiments.figures import style
from experiments.figures.drawing import Drawing
from experiments.figures.style import policy_style, sheet, styled
from experiments.number_format import Language
from experiments.texts import texts
from model.codes import WEIGHT_CLASSES
from model.contracts.incentives import HEAVIEST

#: Sessions of need that the curves show.
NEED_SHOWN = (5.0, 100.0)

#: Room below zero for the numbers of the marks, as a share of what is above it.
_BELOW_ZERO = 0.25

#: Amounts that differ by less than this are alike, EUR.
_ALIKE = 0.005

#: Line of each weight class, beside its colour and mark.
_LINES = ("-", "--", ":")

#: Height of a bar, and the most that the bars of one row take together, in rows.
_BAR, _ROW = 0.34, 0.84


@styled
def explanation_figure(e: Explanation, title: str, footer: str, language: Language) -> Drawing:
    """Draw what a contract rewards.

    Args:
        e: The explanation.
        title: Title of the scenario.
        footer: Source line.
        language: "nl" or "en".
    """
    t = texts(language)
    heading = t("explain.title", title=title)
    figure, (profits, losses, bars, spare) = sheet(
        heading, footer, 6.9, t("explain.figure.key"), rows=2, columns=2, left=0.85, above=0.42,
        hspace=0.34, wspace=0.22,
        gridspec_kw={"width_ratios": [2.1, 1.0], "height_ratios": [1.0, 1.15]},
    )  # fmt: skip
    _profits(e, profits, language)
    _losses(e, losses, language)
    _across(bars, spare, labels=3.1 / style.WIDTH)
    _marginals(e, bars, language)
    alt = t(
        "explain.figure.alt", session=money(e.marginals[1].session_net, language, 2),
        dangers=" ".join(dangers(e, language)),
    )  # fmt: skip
    return Drawing(figure, heading, alt, t("explain.figure.caption"))


def _across(axes: Axes, spare: Axes, labels: float) -> None:
    """Let a panel take the place of two, with room for long labels on its left."""
    own, right = axes.get_position(), spare.get_position().x1
    spare.remove()
    axes.set_position((labels, own.y0, right - labels, own.height))


def _profits(e: Explanation, axes: Axes, language: Language) -> None:
    """Draw profit by need, one line per weight class, and mark where it turns."""
    t = texts(language)
    shown = (e.needs >= NEED_SHOWN[0]) & (e.needs <= NEED_SHOWN[1])
    for c, name in enumerate(WEIGHT_CLASSES):
        colour, mark, _ = policy_style(c)
        axes.plot(e.needs[shown], e.profits[c, shown], color=colour, linestyle=_LINES[c],
                  linewidth=2, label=group_name(name, language))  # fmt: skip
        for one in e.refusals[c]:
            for place in (one.above, one.below):
                if place is not None and NEED_SHOWN[0] <= place <= NEED_SHOWN[1]:
                    axes.plot([place], [0.0], mark, color=colour, markersize=7, zorder=5)
                    axes.annotate(
                        nf.number(place, language), (place, 0.0), xytext=(-3, -7 - 11 * c),
                        textcoords="offset points", ha="right", va="top", size=9, color=colour,
                        weight="bold",
                    )  # fmt: skip
    axes.axhline(0.0, color=style.TEXT, linewidth=1.1, zorder=1)
    if any(e.refusals):
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, -_BELOW_ZERO * high), high)
    axes.set_title(t("explain.figure.profit"))
    axes.set_xlabel(t("explain.figure.need"))
    axes.set_ylabel(t("explain.figure.euros"))
    axes.set_xlim(0.0, NEED_SHOWN[1] + 2.0)
    axes.legend(loc="best", fontsize=8.5, handlelength=2.4)
    style.grid(axes)
    style.ticks_form(axes, "y", lambda value, places: nf.number(value, language, places))


def _losses(e: Explanation, axes: Axes, language: Language) -> None:
    """Draw the chance of a loss by number of patients."""
    t = texts(language)
    places = np.arange(len(e.losses))
    axes.bar(places, list(e.losses.values()), width=0.62, color=style.BASELINE)
    for place, one in zip(places, e.losses.values(), strict=True):
        axes.annotate(chance(one, language), (place, one), xytext=(0, 3), ha="center", size=8.5,
                      textcoords="offset points")  # fmt: skip
    axes.set_title(t("explain.figure.losses"))
    axes.set_xticks(places, [nf.number(count, language) for count in e.losses])
    axes.set_xlabel(t("explain.figure.patients"))
    axes.set_ylim(0.0, max(0.1, 1.15 * max(e.losses.values())))
    style.grid(axes)
    style.number_axis(axes, "y", lambda share: nf.percentage(share, language))


def _rows(e: Explanation) -> list[tuple[str, list[float | None]]]:
    """Return the text key and the value per weight class of each row of bars."""
    severe = e.severe(HEAVIEST) - e.mean("margin")
    return [
        ("row.session", [one.session_net for one in e.marginals]),
        ("row.group", [one.group_net for one in e.marginals]),
        ("figure.upgrade", [one.upgrade_net for one in e.marginals]),
        ("figure.severe", [None, None, severe]),
        ("row.ccq_point", [one.ccq_point for one in e.marginals]),
        ("row.admission", [one.admission for one in e.marginals]),
        ("row.quarter", [one.quarters[-1] for one in e.marginals]),
    ]


def _marginals(e: Explanation, axes: Axes, language: Language) -> None:
    """Draw the marginal euros, one bar per weight class; where all are alike, one bar for all."""
    t, rows = texts(language), _rows(e)
    ends = [0.0]
    for row, (_, values) in enumerate(rows):
        shown = _bars(values)
        thick = min(_BAR, _ROW / len(shown))
        for k, (value, colour) in enumerate(shown):
            place = row + (k - 0.5 * (len(shown) - 1)) * thick
            axes.barh(place, value, height=0.88 * thick, color=colour)
            axes.annotate(
                _amount(value, language), (value, place), va="center", size=8, color=style.TEXT,
                xytext=(4 if value >= 0 else -4, 0), textcoords="offset points",
                ha="left" if value >= 0 else "right",
            )  # fmt: skip
            ends.append(value)
    room = 0.14 * max(1.0, max(ends) - min(ends))
    axes.set_yticks(range(len(rows)), [style.wrapped(t(f"explain.{key}"), 42) for key, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(min(ends) - (room if min(ends) < 0.0 else 0.0), max(ends) + room)
    axes.axvline(0.0, color=style.TEXT, linewidth=1.1, zorder=1)
    axes.spines["left"].set_visible(False)
    axes.set_title(t("explain.figure.marginals"))
    style.grid(axes, "x")
    style.ticks_form(axes, "x", lambda value, places: nf.number(value, language, places))


def _bars(values: list[float | None]) -> list[tuple[float, str]]:
    """Return value and colour of the bars of one row."""
    known = [(value, policy_style(c)[0]) for c, value in enumerate(values) if value is not None]
    amounts = [value for value, _ in known]
    if len(known) > 1 and max(amounts) - min(amounts) < _ALIKE:
        return [(amounts[0], style.BASELINE)]
    return known


def _amount(value: float, language: Language) -> str:
    """Return an amount beside a bar: small ones in cents."""
    return nf.number(value, language, 2 if 0.0 < abs(value) < 100.0 else 0)

"""The front of robust contracts: what each gives up on one objective to win on another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from experiments import number_format as nf
from experiments.answers.robust import Objective, choices, held
from experiments.answers.robust_words import FEWEST_FOR_TENTH, counted, judged
from experiments.figures import style
from experiments.figures.drawing import Drawing
from experiments.figures.style import sheet, styled
from experiments.number_format import Language
from experiments.texts import texts
from model.outcomes import BY_ID

MILLION = 1e6


@styled
def front_figure(
    found: pd.DataFrame,
    objectives: Sequence[Objective],
    draws: int,
    language: Language,
    footer: str,
) -> Drawing:
    """Draw every candidate: the first objective against each other one, the front in colour.

    Args:
        found: Candidates, the front lived again (``experiments.answers.robust.lived_again``).
        objectives: What is to be done well; two or more.
        draws: Draws in which each contract was lived.
        language: "nl" or "en".
        footer: Source line.
    """
    t = texts(language)
    first, others = objectives[0], objectives[1:]
    front = found["front"].to_numpy()
    count = int(front.sum())
    title = counted("robust.figure", count, language, front=count, all=len(found))
    key = t("robust.key", judged=judged(draws, language))
    columns = min(2, len(others))
    rows = -(-len(others) // columns)
    figure, panels = sheet(
        title, footer, 2.7 * rows, key, rows=rows, columns=columns, above=0.75,
        below=0.62, left=0.95, wspace=0.35, hspace=0.6,
    )  # fmt: skip
    middle = next(one.number for one in choices(found, objectives) if one.role == "compromise")
    chosen = (found["number"] == middle).to_numpy()
    x, seemed_x, x_label = _scaled(found, first, language)
    for axes, other in zip(panels, others, strict=False):
        y, seemed_y, y_label = _scaled(found, other, language)
        axes.axhline(0, color=style.CAPPED, linewidth=0.9, zorder=1)
        axes.axvline(0, color=style.CAPPED, linewidth=0.9, zorder=1)
        axes.plot(x[~front], y[~front], "o", color=style.GRID, markersize=4.5, zorder=2)
        axes.plot(
            [seemed_x[front], x[front]], [seemed_y[front], y[front]], "-", color=style.CAPPED,
            linewidth=0.7, zorder=2,
        )  # fmt: skip
        axes.plot(x[front], y[front], "o", color=style.POLICIES[0][0], markersize=5.5, zorder=3)
        axes.plot(x[chosen], y[chosen], "D", color=style.POLICIES[1][0], markersize=8, zorder=4,
                  markeredgecolor="white")  # fmt: skip
        axes.set_title(getattr(BY_ID[other.measure], language))
        axes.set_ylabel(y_label)
        style.grid(axes, "both")
        signed = lambda value, decimals: nf.difference(value, language, decimals)  # noqa: E731
        style.ticks_form(axes, "x", signed)
        style.ticks_form(axes, "y", signed)
        axes.set_xlabel(style.wrapped(x_label, 44))
    for axes in panels[len(others) :]:
        axes.set_visible(False)
    handles = [
        Line2D([], [], linestyle="none", marker=mark, color=colour, markersize=7)
        for mark, colour in (
            ("o", style.POLICIES[0][0]), ("D", style.POLICIES[1][0]), ("o", style.GRID)
        )
    ]  # fmt: skip
    figure.legend(
        handles, [t("robust.on_front"), t("robust.compromise"), t("robust.beaten")],
        loc="upper left", ncols=3, bbox_to_anchor=(0.015, style.under_key(figure)), fontsize=9,
        borderaxespad=0, handlelength=1.2,
    )  # fmt: skip
    row = found[chosen].iloc[0]
    items = [
        f"{getattr(BY_ID[one.measure], language)} "
        f"{_value(float(row[held(one.measure)]), one, language)}"
        for one in objectives
    ]
    few = ".few" if draws < FEWEST_FOR_TENTH else ""
    alt = t(f"robust.alt{few}", list="; ".join(items), draws=draws)
    return Drawing(figure, title, alt, t("robust.figure_caption"))


def _scaled(
    found: pd.DataFrame, objective: Objective, language: Language
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the worst deciles in a readable unit, and its name with the better direction.

    Twice: for the front in the draws that were held out, and what they seemed where it was chosen.
    """
    t = texts(language)
    measure = BY_ID[objective.measure]
    seemed = found[objective.measure].to_numpy(dtype=float)
    seemed = np.where(np.isfinite(seemed), seemed, np.nan)
    again = found[held(objective.measure)].to_numpy(dtype=float)
    values = np.where(found["front"] & np.isfinite(again), again, seemed)
    scale = 1.0
    if measure.is_share:
        scale, unit = 100.0, t("robust.points")
    elif measure.unit == "EUR/year":
        scale, unit = 1.0 / MILLION, t("robust.million")
    else:
        unit = measure.unit if language == "en" else measure.unit_nl
    name = getattr(measure, language) + ", " if objective.measure == "paramedical_spending" else ""
    return scale * values, scale * seemed, f"{name}{unit} ({t(f'robust.{objective.better}')})"


def _value(value: float, objective: Objective, language: Language) -> str:
    measure = BY_ID[objective.measure]
    if measure.is_share:
        return nf.difference(100.0 * value, language, 1) + " " + texts(language)("robust.points")
    if measure.unit == "EUR/year":
        return nf.signed(nf.euros(value, language))
    return nf.difference(value, language, measure.decimals)

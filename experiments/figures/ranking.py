"""What carries an effect: a tornado beside the ranking by variance explained."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments import number_format as nf
from experiments.answers.analysis import Hanging
from experiments.answers.analysis_words import amount, title, unit_words
from experiments.figures import style
from experiments.figures.drawing import Drawing
from experiments.figures.style import sheet, styled
from experiments.findings import parameter_label
from experiments.number_format import Language
from experiments.texts import texts
from model.outcomes import BY_ID

MILLION = 1e6
SHOWN = 10
PALE = "#9FB6CC"


@styled
def ranking_figure(found: Hanging, language: Language, footer: str) -> Drawing:
    """Draw tornado and ranking of one effect, the most important input on top.

    Args:
        found: What the effect hangs on.
        language: "nl" or "en".
        footer: Source line.
    """
    t = texts(language)
    measure = title(found.measure, language)
    caption = t("figure.ranking.caption")
    rows = shown(found)
    if rows.empty:
        heading = t("figure.ranking.title_none", measure=measure)
        figure, (axes,) = sheet(heading, footer, 0.6)
        axes.set_axis_off()
        axes.text(0, 0.5, t("figure.ranking.few"), transform=axes.transAxes, va="center")
        return Drawing(figure, heading, t("figure.ranking.few"), caption)
    clear = set(found.names)
    best = f"'{parameter_label(rows['name'].iloc[0], language)}'"
    key = "title_none"
    if rows["name"].iloc[0] in clear:
        key = "title_design" if found.repeated else "title"
    heading = t(f"figure.ranking.{key}", measure=measure, first=best)
    legend = t("figure.ranking.key_morris" if found.method == "morris" else "figure.ranking.key")
    figure, (left, right) = sheet(
        heading, footer, 0.36 * len(rows) + 0.1, legend, columns=2, left=3.15, right=0.3,
        above=0.2, below=0.5, wspace=0.12, gridspec_kw={"width_ratios": [1.15, 1.0]}, sharey=True,
    )  # fmt: skip
    factor, unit = scale(found.measure, language)
    _tornado(left, rows, clear, factor)
    if rows["low"].isna().all():
        left.text(0.05, 0.5, style.wrapped(t("figure.ranking.few_swings"), 24), va="center",
                  transform=left.transAxes, color=style.SECONDARY)  # fmt: skip
        left.set_xticks([])
    _ranking(right, rows, clear, found.method, factor)
    left.set_xlabel(t("figure.ranking.swing", unit=unit))
    name = {"sobol": "sobol", "morris": "morris"}.get(found.method, "given")
    right.set_xlabel(t(f"figure.ranking.{name}", **({"unit": unit} if name == "morris" else {})))
    labels = [style.wrapped(parameter_label(each, language), 40) for each in rows["name"]]
    left.set_yticks(range(len(rows)), labels, size=8.5)
    left.set_ylim(len(rows) - 0.45, -0.55)
    style.grid(left, "x")
    style.grid(right, "x")
    right.tick_params(labelleft=False)
    right.spines["left"].set_visible(False)
    if rows["low"].notna().any():
        style.ticks_form(
            left, "x", lambda value, decimals: nf.difference(value, language, decimals)
        )
    if found.method == "morris":
        style.ticks_form(right, "x", lambda value, decimals: nf.number(value, language, decimals))
    else:
        style.number_axis(right, "x", lambda value: nf.percentage(value, language))
    items = [
        f"{parameter_label(row.name, language)} ("
        f"{amount(BY_ID[found.measure], row.low, language)} / "
        f"{amount(BY_ID[found.measure], row.high, language)})"
        for row in rows.head(5).itertuples(index=False)
    ]
    alt = t("figure.ranking.alt", measure=measure, list="; ".join(items))
    return Drawing(figure, heading, alt, caption)


def shown(found: Hanging) -> pd.DataFrame:
    """Return the rows of the figure: what is clear first, then by rank; ranking and swings."""
    if found.ranking.empty:
        return pd.DataFrame(columns=["name"])
    clear = set(found.names)
    both = found.ranking.merge(found.swings, on="name", how="left")
    order = np.argsort([name not in clear for name in both["name"]], kind="stable")
    return both.iloc[order].head(SHOWN).reset_index(drop=True)


def scale(measure: str, language: Language) -> tuple[float, str]:
    """Return by which factor effects are drawn, and the unit they then have."""
    t, one = texts(language), BY_ID[measure]
    if one.is_share:
        return 100.0, t("robust.points")
    if one.unit == "EUR/year":
        return 1.0 / MILLION, t("robust.million")
    return 1.0, unit_words(one, language)


def _colour(name: str, clear: set[str]) -> str:
    return style.POLICIES[0][0] if name in clear else PALE


def _tornado(axes: Axes, rows: pd.DataFrame, clear: set[str], factor: float) -> None:
    for place, row in enumerate(rows.itertuples(index=False)):
        colour = _colour(row.name, clear)
        low, high = row.low * factor, row.high * factor
        axes.plot([low, high], [place, place], color=colour, linewidth=4, zorder=2,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot([low], [place], "o", color=colour, markerfacecolor="white", markersize=7,
                  markeredgewidth=1.6, zorder=3)  # fmt: skip
        axes.plot([high], [place], "o", color=colour, markersize=7, zorder=3)
    low, high = axes.get_xlim()
    if low <= 0.0 <= high and rows["low"].notna().any():
        axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)


def _ranking(axes: Axes, rows: pd.DataFrame, clear: set[str], method: str, factor: float) -> None:
    value = {"sobol": "total", "morris": "mu_star"}.get(method, "first")
    size = factor if method == "morris" else 1.0
    for place, row in enumerate(rows.to_dict("records")):
        colour = _colour(row["name"], clear)
        # An estimate of a share may fall just below nil; nobody can explain less than nothing.
        axes.barh(place, max(0.0, row[value]) * size, height=0.5, color=colour, zorder=2)
        low, high = (max(0.0, row[f"{value}_{end}"]) * size for end in ("low", "high"))
        if not np.isnan(low + high):
            for colour, width in (("white", 3.0), (style.TEXT, 1.3)):
                axes.plot([low, high], [place, place], color=colour, linewidth=width, zorder=3)
        if method == "sobol":
            axes.plot([max(0.0, row["first"])], [place], "o", color="white", markersize=6,
                      markeredgecolor=style.TEXT, zorder=4)  # fmt: skip
    axes.set_xlim(left=0.0)

"""The figure of an evaluation: its power by practices and years; what it says, and the truth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments import number_format as nf
from experiments.figures import style
from experiments.figures.drawing import Drawing
from experiments.figures.style import BASELINE, SECONDARY, TEXT, policy_style, sheet, styled
from experiments.number_format import Language
from experiments.power.estimator_spread import POWER
from experiments.power.evaluation_power import HEADLINE, EvaluationPower
from experiments.power.evaluation_words import (
    loss_of,
    shares,
    two_groups,
    uptake_label,
    years_of,
)
from experiments.power.practice_evaluation import BY_ID, LEVEL
from experiments.texts import texts

#: Shades from the first year to the last, light to dark; all of three times contrast with white.
_LIGHT, _DARK = np.array([0.36, 0.60, 0.80]), np.array([0.0, 0.20, 0.40])


@styled
def evaluation_figure(power: EvaluationPower, footer: str, language: Language) -> Drawing:
    """Draw what evaluations would notice, and what they would say.

    Args:
        power: Results, in which the headline indicator could be evaluated.
        footer: Source line.
        language: "nl" or "en".
    """
    t, watched = texts(language), BY_ID[HEADLINE]
    row = power.row(power.design.uptake[0], HEADLINE)
    words = {
        "practices": nf.number(power.practices, language),
        "years": years_of(power.design.years, language),
        "loss": loss_of(power, watched, language),
        "chance": nf.percentage(row["notices"], language),
        "share": shares([two_groups(row)], language),
    }
    few = "" if power.enough(row) else ".few"
    title = t(f"evaluate.figure.title{few}", **words)
    rows = _headlines(power)
    key = t("evaluate.figure.key")
    if not all(power.enough(one) for one in rows.values()):
        key += " " + t("evaluate.figure.key.few")
    figure, (curve, says) = sheet(
        title, footer, 3.5, key, columns=2, left=0.7, wspace=0.62,
        gridspec_kw={"width_ratios": [1.25, 1.0]},
    )  # fmt: skip
    _curve(power, curve, language)
    curve.set_title(t(f"evaluate.figure.curve{few}", **words))
    _says(power, rows, says, language)
    alt = t(f"evaluate.figure.alt{few}", **words)
    return Drawing(figure, title, alt, t("evaluate.figure.caption"))


def _curve(power: EvaluationPower, axes: Axes, language: Language) -> None:
    """Draw the chance to notice the loss by practices, one line per length of the evaluation."""
    t, points = texts(language), power.curve
    marks = [policy_style(place)[1] for place in range(4)]
    count = power.design.years
    for years in range(1, count + 1):
        own = points[points["years"] == years]
        part = (years - 1) / max(1, count - 1)
        axes.plot(
            own["practices"], own["notices"], marker=marks[(years - 1) % 4], markersize=4.5,
            color=_LIGHT + part * (_DARK - _LIGHT), linewidth=1.8, label=years_of(years, language),
        )  # fmt: skip
    axes.axhline(POWER, color=BASELINE, linewidth=1.0, linestyle="--", zorder=1)
    axes.axvline(power.practices, color=BASELINE, linewidth=1.0, linestyle=":", zorder=1)
    axes.set_xscale("log")
    sizes = _apart(sorted(points["practices"].unique()))
    axes.set_xticks(sizes, [nf.number(one, language) for one in sizes])
    axes.xaxis.minorticks_off()
    axes.set_ylim(-0.02, 1.04)
    style.number_axis(axes, "y", lambda share: nf.percentage(share, language))
    axes.set_xlabel(t("evaluate.figure.practices"))
    axes.legend(loc="lower right", fontsize=8.5, handlelength=2.2)
    style.grid(axes)


def _apart(sizes: list[int]) -> list[int]:
    """Return the sizes that can be printed beside each other on a logarithmic axis."""
    kept: list[int] = []
    for one in sizes:
        if not kept or one >= 1.5 * kept[-1]:
            kept.append(one)
    return kept


def _headlines(power: EvaluationPower) -> dict[str, pd.Series]:
    """Return what is found on the headline indicator under each way to decide who takes part."""
    rows = {}
    for uptake in power.design.uptake:
        try:
            rows[uptake] = power.row(uptake, HEADLINE)
        except KeyError:
            continue
    return rows


def _says(
    power: EvaluationPower, rows: Mapping[str, pd.Series], axes: Axes, language: Language
) -> None:
    """Draw what evaluations say under each way to decide who takes part, beside the truth.

    Where too few evaluations could be compared stands the truth alone.
    """
    t, watched = texts(language), BY_ID[HEADLINE]
    places = np.arange(len(rows))[::-1]
    half = 0.5 - LEVEL / 2.0
    colour = policy_style(0)[0]
    for place, row in zip(places, rows.values(), strict=True):
        if power.enough(row):
            reach = row["error"] * -_score(half)
            axes.plot([row["estimate"] - reach, row["estimate"] + reach], [place, place],
                      color=colour, linewidth=2.0, solid_capstyle="butt")  # fmt: skip
            axes.plot([row["estimate"]], [place], "o", color=colour, markersize=6)
        axes.plot([row["true"]] * 2, [place - 0.28, place + 0.28], color=style.BAD, linewidth=2.2)
    if not any(power.enough(row) for row in rows.values()):
        # Truths alone may be tiny: as wide as what should be noticed.
        wide = np.nanmax([max(abs(row["true"]), row["loss"]) for row in rows.values()])
        axes.set_xlim(-1.1 * wide, 1.1 * wide)
    axes.axvline(0.0, color=TEXT, linewidth=0.9, zorder=1)
    axes.set_yticks(places, [style.wrapped(uptake_label(one, language), 18) for one in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.plot([], [], color=style.BAD, linewidth=2.2, label=t("evaluate.figure.truth"))
    axes.legend(loc="lower right", bbox_to_anchor=(1.02, 1.0), fontsize=8.5, borderaxespad=0.1)
    axes.set_title(t("evaluate.figure.says"))
    axes.set_xlabel(style.wrapped(getattr(watched, language), 40))
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=SECONDARY)
    style.grid(axes, "x")
    style.ticks_form(axes, "x", lambda value, places: nf.difference(value, language, places))


def _score(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)

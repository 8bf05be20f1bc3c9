"""Figure of face validity: for each experiment, measures before and after."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.figures.drawing import Drawing
from experiments.figures.style import (
    BASELINE,
    GRID,
    SECONDARY,
    grid,
    policy_style,
    sheet,
    styled,
    ticks_form,
    wrapped,
)
from experiments.number_format import Language, number, percentage
from experiments.texts import texts
from model.outcomes import BY_ID

if TYPE_CHECKING:
    from experiments.face_validity.experiment import Finding


@styled
def face_figure(
    found: Mapping[str, tuple["Finding", ...]], kind: str, language: Language
) -> Drawing:
    """Return an arrow per share from the first world to the second.

    Args:
        found: Findings of every experiment, by name.
        kind: Which experiments (``Experiment.figure``).
        language: "nl" or "en".
    """
    from experiments.face_validity.document import alt
    from experiments.face_validity.experiment import SEED, SHARE, SPAN, experiments

    t = texts(language)
    rows = [
        (one.name, finding)
        for one in experiments()
        if one.figure == kind
        for finding in found[one.name]
        if BY_ID[finding.measure].is_share
    ]
    title = t(f"face.figure.{kind}")
    footer = (
        f"Zorgbundel · python -m experiments.face_validity · share {SHARE:g} · seed {SEED} · "
        f"{SPAN.policy_year}-{SPAN.last_year}"
    )
    figure, (axes,) = sheet(
        title, footer, 0.52 * len(rows) + 0.2, t("face.figure.key"),
        left=4.0, right=0.9, above=0.1, below=0.35,
    )  # fmt: skip
    colour, _, _ = policy_style(0)
    names = []
    for place, (name, one) in enumerate(rows):
        before, after = 100.0 * one.before, 100.0 * one.after
        axes.plot([before, after], [place, place], color=colour, linewidth=2.0, zorder=2)
        axes.plot(before, place, "o", color="white", markeredgecolor=BASELINE, markersize=8,
                  markeredgewidth=1.8, zorder=3)  # fmt: skip
        axes.plot(after, place, "o", color=colour, markersize=8, zorder=4)
        ends = f"{percentage(one.before, language, 1)} → {percentage(one.after, language, 1)}"
        axes.annotate(ends, (max(before, after), place), (8, 7),
                      textcoords="offset points", size=8.5, color=SECONDARY, zorder=5,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
        what = getattr(BY_ID[one.measure], language)
        same = place > 0 and rows[place - 1][0] == name  # an experiment is named once
        names.append(what if same else f"{wrapped(t(f'face.{name}.title'), 58)}\n{what}")
        if place > 0 and not same:
            axes.axhline(place - 0.5, color=GRID, linewidth=0.8, zorder=1)
    axes.set_yticks(range(len(rows)), names, size=8.2, linespacing=1.15)
    axes.set_ylim(len(rows) - 0.5, -0.6)
    most = 100.0 * max([0.0, *(max(one.before, one.after) for _, one in rows)])
    axes.set_xlim(-0.03 * most, min(105.0, 1.12 * most) or 1.0)
    ticks_form(axes, "x", lambda value, digits: f"{number(value, language, digits)}%")
    grid(axes, "x")
    return Drawing(figure, title, alt(found, kind, language), t("face.figure.key"))

"""Figure of face validity: for each experiment, measures before and after."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.figures.drawing import Drawing
from experiments.figures.style import (
    BASELINE,
    SECONDARY,
    grid,
    policy_style,
    sheet,
    styled,
    wrapped,
)
from experiments.number_format import Language, percentage
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
        axes.plot([one.before, one.after], [place, place], color=colour, linewidth=2.0, zorder=2)
        axes.plot(one.before, place, "o", color="white", markeredgecolor=BASELINE, markersize=8,
                  markeredgewidth=1.8, zorder=3)  # fmt: skip
        axes.plot(one.after, place, "o", color=colour, markersize=8, zorder=4)
        ends = f"{percentage(one.before, language, 1)} → {percentage(one.after, language, 1)}"
        axes.annotate(ends, (max(one.before, one.after), place), (8, 7),
                      textcoords="offset points", size=8.5, color=SECONDARY)  # fmt: skip
        what = getattr(BY_ID[one.measure], language)
        names.append(f"{wrapped(t(f'face.{name}.title'), 58)}\n{what}")
    axes.set_yticks(range(len(rows)), names, size=8.2, linespacing=1.15)
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(-0.03, 1.05)
    axes.set_xticks(
        [0.0, 0.25, 0.5, 0.75, 1.0], [percentage(x, language) for x in (0, 0.25, 0.5, 0.75, 1)]
    )
    grid(axes, "x")
    return Drawing(figure, title, alt(found, kind, language), t("face.figure.key"))

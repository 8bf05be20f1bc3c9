"""The overview of effects: every main measure with both intervals, better or worse."""

import math
from dataclasses import dataclass

import pandas as pd

from experiments import number_format as nf
from experiments.figures import style
from experiments.figures.drawing import Drawing, Request, bars
from experiments.figures.style import policy_style, sheet, styled
from experiments.readings import (
    depends_on_assumptions,
    firm_reading,
    in_each,
    reading,
    varied,
)
from model.outcomes import BY_ID, Measure

#: Blocks of the overview; within a block all measures share one scale.
BLOCKS = (
    ("health", ("disease_burden_ccq", "admissions", "deaths", "qalys")),
    (
        "care",
        (
            "paramedical_spending",
            "total_care_cost",
            "out_of_pocket",
            "sessions_per_patient",
            "treated_patients",
        ),
    ),
    (
        "quality",
        (
            "undertreated_share",
            "upcoded_share",
            "refused_share",
            "overtreated_share",
            "relevant_improvement_share",
            "practice_loss_share",
        ),
    ),
    ("work", ("job_satisfaction", "admin_hours", "waiting_weeks")),
)

_COLOURS = {
    "better": style.GOOD,
    "worse": style.BAD,
    "neither": style.SECONDARY,
    "equal": style.SECONDARY,
    "small": style.SECONDARY,
    "unclear": style.SECONDARY,
}


@dataclass(frozen=True)
class _Scaled:
    """An effect in percent of the baseline, or in percentage points for a share."""

    mean: float
    chance: tuple[float, float]
    assumptions: tuple[float, float]
    reading: str
    depends: bool


def _scaled(measure: Measure, row: pd.Series) -> _Scaled:
    base = abs(row["baseline"])
    factor = 100.0 if measure.is_share else 100.0 / base if base else float("nan")
    return _Scaled(
        row["mean"] * factor,
        (row["monte_carlo_low"] * factor, row["monte_carlo_high"] * factor),
        (row["parameter_low"] * factor, row["parameter_high"] * factor),
        reading(measure, row),
        depends_on_assumptions(row),
    )


@styled
def effects_figure(r: Request) -> Drawing:
    """Draw the effect on every main measure, by block, with both intervals."""
    t, many = r.t, len(r.policies) > 1
    read: dict[str, list[str]] = {"better": [], "worse": []}
    for id_ in (id_ for _, ids in BLOCKS for id_ in ids):
        word = firm_reading(r.comparison, r.first, BY_ID[id_])
        if word in read:
            read[word].append(id_)
    counts = {name: len(found) for name, found in read.items()}
    draws = r.comparison.design.draws
    runs, stands = {"runs": in_each(draws, r.language)}, varied(draws)
    title = t("figure.effects.title_many")
    if not many:
        title = t(f"figure.effects.title.{stands}", **runs, **counts)
    pitch = 0.27 if not many else 0.20 * len(r.policies) + 0.12
    sizes = [len(ids) for _, ids in BLOCKS]
    height = pitch * sum(sizes) + 0.75 * (len(BLOCKS) - 1)
    figure, panels = sheet(
        title, r.footer, height, r.key, rows=len(BLOCKS), left=3.15, right=2.05,
        above=0.65 if many else 0.35, below=0.35, hspace=0.75 * len(BLOCKS) / (pitch * sum(sizes)),
        gridspec_kw={"height_ratios": sizes},
    )  # fmt: skip
    handles = []
    for axes, (block, ids) in zip(panels, BLOCKS, strict=True):
        handles = _block(r, axes, ids)
        axes.set_title(t(f"figure.effects.{block}"), x=-0.78)
    if many:
        panels[0].legend(
            handles, [r.label(p) for p in r.policies], loc="lower left",
            bbox_to_anchor=(-0.79, 1.0 + 0.32 / (pitch * sizes[0])), ncols=len(handles),
            fontsize=9, borderaxespad=0, handlelength=1.2,
        )  # fmt: skip
    names = {
        name: nf.listing([getattr(BY_ID[i], r.language).lower() for i in ids], r.language) or "-"
        for name, ids in read.items()
    }
    alt = t(f"figure.effects.alt.{stands}", **runs, **names)
    return Drawing(figure, title, alt, t("figure.effects.caption", years=r.window))


def _block(r: Request, axes, ids: tuple[str, ...]) -> list:
    """Draw one block of measures, first on top; return a handle per policy."""
    count = len(r.policies)
    handles = []
    for row, id_ in enumerate(ids):
        measure = BY_ID[id_]
        for place, policy in enumerate(r.policies):
            effect = _scaled(measure, r.comparison.effect(policy, id_))
            y = row + (place - (count - 1) / 2) * 0.36
            colour, is_open = _COLOURS[effect.reading], effect.reading == "unclear"
            bars(axes, y, effect.chance, effect.assumptions, colour, upright=False)
            _, mark, _ = policy_style(place)
            axes.plot([effect.mean], [y], mark, markersize=6.5, color=colour, zorder=5,
                      markeredgecolor=colour if is_open else "white",
                      markerfacecolor="white" if is_open else colour)  # fmt: skip
            axes.annotate(_words(r, measure, effect), (1.0, y), xycoords=("axes fraction", "data"),
                          xytext=(10, 0), textcoords="offset points", va="center", size=9,
                          color=colour)  # fmt: skip
    for place in range(count):
        from matplotlib.lines import Line2D

        handles.append(Line2D([], [], linestyle="none", marker=policy_style(place)[1],
                              color=style.SECONDARY))  # fmt: skip
    axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)
    axes.set_yticks(range(len(ids)), [getattr(BY_ID[i], r.language) for i in ids])
    axes.set_ylim(len(ids) - 0.45, -0.55)
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")
    style.ticks_form(axes, "x", r.signed)
    return handles


def _words(r: Request, measure: Measure, effect: _Scaled) -> str:
    if math.isnan(effect.mean):
        return "-"
    size = abs(effect.mean)
    decimals = 0 if size >= 100 else 1 if size >= 1 else 2
    text = r.signed(effect.mean, decimals) + ("" if measure.is_share else "%")
    word = r.t(f"reading.{effect.reading}")
    if effect.depends and effect.reading in {"better", "worse"}:
        word = r.t("figure.uncertain", word=word)
    return f"{text}  {word}"

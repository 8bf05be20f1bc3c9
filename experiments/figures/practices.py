"""The figure about practices: margin, share with a loss, and job satisfaction, by size."""

import math

import numpy as np
from matplotlib.lines import Line2D

from experiments.figures import style
from experiments.figures.drawing import Drawing, Request, bars
from experiments.figures.style import policy_style, sheet, styled
from experiments.intervals import monte_carlo_interval, parameter_interval
from model.outcomes import BY_ID

MEASURES = ("practice_margin", "practice_loss_share", "job_satisfaction")
GROUPS = (("practice_size", "small"), ("practice_size", "large"), ("all", "all"))
NAMES = ("figure.small", "figure.large", "figure.all_practices")


@styled
def practices_figure(r: Request) -> Drawing:
    """Draw what practices keep, how many make a loss and job satisfaction, in all worlds."""
    t, base = r.t, r.comparison.design.baseline
    worlds = (base, *r.policies)
    loss = {
        (w, group): float(np.mean(window(r, w, "practice_loss_share", split, group, "seed")))
        for w in worlds
        for split, group in GROUPS
    }
    title = t(
        "figure.practices.title", baseline=r.percent(loss[base, "all"], 1),
        share=r.percent(loss[r.first, "all"], 1), policy=r.inline(r.first),
    )  # fmt: skip
    figure, panels = sheet(
        title, r.footer, 0.34 * len(worlds) * len(GROUPS) + 0.5, r.key, columns=3, left=1.6,
        above=0.85, below=0.4, wspace=0.12,
    )  # fmt: skip
    for axes, id_ in zip(panels, MEASURES, strict=True):
        _panel(r, axes, id_, worlds)
        names = [t(name) for name in NAMES]
        axes.set_yticks(range(3), names if axes is panels[0] else [""] * 3)
    styles = [_world(r, world) for world in worlds]
    handles = [Line2D([], [], linestyle="none", marker=mark, color=colour,
                      markerfacecolor=fill) for colour, mark, fill in styles]  # fmt: skip
    figure.legend(
        handles, [r.label(world) for world in worlds], loc="upper left", ncols=len(worlds),
        bbox_to_anchor=(0.17, style.under_key(figure)), fontsize=9, borderaxespad=0,
        handlelength=1.2,
    )  # fmt: skip
    alt = t(
        "figure.practices.alt", policy=r.inline(r.first),
        small_base=r.percent(loss[base, "small"], 1), small=r.percent(loss[r.first, "small"], 1),
        large_base=r.percent(loss[base, "large"], 1), large=r.percent(loss[r.first, "large"], 1),
    )  # fmt: skip
    return Drawing(figure, title, alt, t("figure.practices.caption", years=r.window))


def window(r: Request, world: str, measure: str, split: str, group: str, kind: str) -> np.ndarray:
    """Return the value over the window of one world and group, per run."""
    rows = r.comparison.runs
    rows = rows[
        (rows["policy"] == world) & (rows["measure"] == measure) & (rows["split"] == split)
        & (rows["group"] == group) & (rows["kind"] == kind)
    ]  # fmt: skip
    sums = rows.groupby("index")[["top", "bottom"]].sum()
    return (sums["top"] / sums["bottom"].where(sums["bottom"] != 0)).to_numpy(dtype=float)


def _world(r: Request, world: str) -> tuple[str, str, str]:
    if world in r.policies:
        colour, mark, _ = policy_style(r.policies.index(world))
        return colour, mark, colour
    return style.BASELINE, "o", "white"


def _panel(r: Request, axes, id_: str, worlds: tuple[str, ...]) -> None:
    measure = BY_ID[id_]
    for place, world in enumerate(worlds):
        colour, mark, fill = _world(r, world)
        for row, (split, group) in enumerate(GROUPS):
            seeds = window(r, world, id_, split, group, "seed")
            draws = window(r, world, id_, split, group, "draw")
            y = row + (place - (len(worlds) - 1) / 2) * 0.26
            bars(axes, y, monte_carlo_interval(seeds), parameter_interval(draws), colour, False)
            mean = float(np.mean(seeds)) if seeds.size else math.nan
            if not math.isnan(mean):
                axes.plot([mean], [y], mark, color=colour, markerfacecolor=fill, markersize=6.5,
                          zorder=5)  # fmt: skip
    axes.set_title(style.wrapped(getattr(measure, r.language), 24))
    axes.set_ylim(2.55, -0.55)
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")
    if measure.is_share:
        if axes.get_xlim()[0] < 0.0 or id_ == "practice_margin":
            axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)
        style.ticks_form(axes, "x", lambda value, places: r.percent(value, max(0, places - 2)))
    else:
        style.ticks_form(axes, "x", r.number)

"""Figures of a posterior: what was known before, and what agrees with the facts."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures.drawing import Drawing
from experiments.figures.style import CAPPED, GOOD, POLICIES, SECONDARY, sheet, styled
from experiments.posteriors.posterior import Waves, parameters_at
from model.parameters import Registry

#: Parameters drawn: those that were narrowed or moved most.
SHOWN, COLUMNS = 16, 4

_COLOUR = POLICIES[0][0]


def _footer(waves: Waves) -> str:
    return (
        f"Zorgbundel · {len(waves.x):,} runs in {len(waves.about)} waves · "
        f"{int(waves.agrees.sum())} agree with all {len(waves.observed)} targets"
    )


@styled
def parameters_figure(waves: Waves, rows: pd.DataFrame, registry: Registry) -> Drawing:
    """Return prior (grey outline) and posterior (filled) of the parameters that moved most."""
    moved = rows.assign(size=rows["narrower"].abs() + 2.0 * rows["shift"].abs())
    shown = moved.sort_values("size", ascending=False).head(SHOWN)
    lines = -(-len(shown) // COLUMNS)
    first = shown.iloc[0]
    title = (
        f"The facts say most about '{first['label']}', and something about {len(rows)} parameters"
    )
    figure, panels = sheet(
        title, _footer(waves), 1.75 * lines,
        "Grey outline: the range it was drawn from. Filled: draws that agree with the facts.",
        lines, COLUMNS, left=0.3, above=0.45, below=0.3, wspace=0.18, hspace=0.75,
    )  # fmt: skip
    kept = parameters_at(registry, waves.names, waves.x[waves.agrees])
    even = (np.arange(20_000) + 0.5) / 20_000
    for axes, (_, row) in zip(panels, shown.iterrows(), strict=False):
        name = row["parameter"]
        edges = np.linspace(registry[name].low, registry[name].high, 13)
        prior = parameters_at(registry, [name], even[:, None])[name]
        axes.hist(kept[name], edges, density=True, color=_COLOUR, alpha=0.75)
        axes.hist(prior, edges, density=True, histtype="step", color=SECONDARY, linewidth=1.2)
        _small(axes, row["label"])
        axes.set_yticks([])
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    told = "; ".join(
        f"{r.label}: 90 % within {r.posterior_5:.3g} to {r.posterior_95:.3g}, before "
        f"{r.prior_5:.3g} to {r.prior_95:.3g}"
        for r in shown.head(5).itertuples()
    )
    return Drawing(figure, title, f"Histograms of {len(shown)} parameters. {told}.", "")


@styled
def targets_figure(waves: Waves, rows: pd.DataFrame, registry: Registry) -> Drawing:
    """Return where runs come out: from the prior, and from the posterior as it is used."""
    used = rows[rows["used"]]
    title = (
        f"Posterior draws meet every target in at least {used['check_within'].min():.0%} "
        f"of the runs; draws from the ranges in at least {used['prior_within'].min():.0%}"
    )
    order = pd.concat([used, rows[~rows["used"]]])
    figure, (axes,) = sheet(
        title, _footer(waves), 0.42 * len(order) + 0.3,
        "Green: range of the target, drawn from 0 to 1. Grey: 90 % of draws from the ranges of the "
        "parameters. Blue: 90 % of posterior draws, simulated again with other luck.",
        left=3.4, above=0.15, below=0.5,
    )  # fmt: skip
    axes.axvspan(0.0, 1.0, color=GOOD, alpha=0.13, linewidth=0)
    for place, row in enumerate(order.itertuples()):
        for name, shift, colour, mark in (
            ("prior", -0.17, CAPPED, "s"), ("check", 0.17, _COLOUR, "o"),
        ):  # fmt: skip
            low, middle, high = (
                (getattr(row, f"{name}_{q}") - row.low) / (row.high - row.low) for q in (5, 50, 95)
            )
            axes.plot([low, high], [place + shift] * 2, color=colour, linewidth=2.4)
            axes.plot(middle, place + shift, mark, color=colour, markersize=5)
    axes.set_yticks(
        range(len(order)),
        [f"{r.label}{'' if r.used else ' (not used)'}" for r in order.itertuples()],
        size=8,
    )
    axes.invert_yaxis()
    axes.set_xlim(-1.0, 2.0)
    axes.set_xticks([-1, 0, 1, 2])
    axes.set_xlabel("place in the range of the target: 0 lowest, 1 highest acceptable value")
    told = "; ".join(
        f"{r.label}: {r.prior_within:.0%} before, {r.check_within:.0%} after"
        for r in order.itertuples()
    )
    return Drawing(figure, title, f"Share of runs within the range. {told}.", "")


def _small(axes: Axes, text: str) -> None:
    axes.set_title("\n".join(textwrap.wrap(text, 32)[:2]), size=7.5, weight="normal")
    axes.tick_params(labelsize=7)

"""Figures about not knowing: every draw as a dot, and the assumptions that carry the answer."""

import numpy as np
from matplotlib.lines import Line2D

from experiments import number_format as nf
from experiments.carriers import (
    FEWEST_DRAWS,
    candidates,
    carriers,
    coincidence_bound,
    yearly_means,
)
from experiments.conditions import ministry_amounts
from experiments.figures import style
from experiments.figures.drawing import Drawing, Request
from experiments.figures.style import policy_style, sheet, styled
from experiments.findings import parameter_label

MILLION = 1e6
SHOWN = 7
COLUMNS = 60


@styled
def draws_figure(r: Request) -> Drawing:
    """Draw every parameter draw as a dot: neutrality per policy, and the cost of lifting maxima."""
    t, verdict = r.t, r.comparison.budgets[r.first]
    kind = "draw" if r.has_draws else "seed"
    neutral = {p: yearly_means(r.comparison, p, "neutrality", kind) / MILLION for p in r.policies}
    costs = yearly_means(r.comparison, r.first, "entitlement", kind) / MILLION
    agreeing = np.isin(np.arange(costs.size), verdict.agreeing) & r.has_draws
    title = t(
        "figure.draws.title" if r.has_draws else "figure.draws.title_seeds",
        neutral=verdict.neutral.hits, of=verdict.neutral.of,
        **({"agreeing": len(verdict.agreeing)} if r.has_draws else {}),
    )  # fmt: skip
    rows = len(r.policies) + 1
    key = "" if r.has_draws else t("figure.no_draws")
    figure, panels = sheet(
        title, r.footer, 1.55 * rows + 0.6, key, rows=rows, above=0.6, hspace=0.75, left=0.35,
    )  # fmt: skip
    for place, (axes, policy) in enumerate(zip(panels[:-1], r.policies, strict=True)):
        colour, mark, _ = policy_style(place)
        _dots(axes, neutral[policy], agreeing, colour, mark)
        axes.axvline(0, color=style.TEXT, linewidth=1.2, zorder=1)
        heading = t("figure.draws.top")
        axes.set_title(f"{r.label(policy)}: {heading[0].lower()}{heading[1:]}")
    everything = np.concatenate(list(neutral.values()))
    _same_scale(panels[:-1], everything)
    bottom = panels[-1]
    _dots(bottom, costs, agreeing, style.BASELINE, "o")
    least, most = (amount / MILLION for amount in ministry_amounts(r.comparison))
    bottom.axvspan(least, most, color=style.GOOD, alpha=0.35, linewidth=0, zorder=0)
    bottom.set_title(t("figure.draws.bottom"))
    _same_scale([bottom], np.append(costs, [0.0, most]))
    bottom.annotate(
        t("figure.draws.expected"), (most, 1.0), xycoords=("data", "axes fraction"),
        xytext=(4, -2), textcoords="offset points", va="top", size=8.5, color=style.GOOD,
    )  # fmt: skip
    for axes in panels:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        style.grid(axes, "x")
        style.ticks_form(axes, "x", r.number if axes is bottom else r.signed)
    bottom.set_xlabel(t("figure.axis.million"))
    if r.has_draws:
        handles = [Line2D([], [], linestyle="none", marker="o", color=style.BASELINE, markersize=7,
                          markeredgewidth=1.6, markerfacecolor=fill)
                   for fill in (style.BASELINE, "white")]  # fmt: skip
        figure.legend(
            handles, [t("figure.draws.agreeing"), t("figure.draws.others")], loc="upper left",
            ncols=2, bbox_to_anchor=(0.03, style.under_key(figure)), fontsize=9, borderaxespad=0,
            handlelength=1.2,
        )  # fmt: skip
    first = neutral[r.first] * MILLION
    alt = t(
        "figure.draws.alt", policy=r.inline(r.first), neutral_low=r.signed_euros(first.min()),
        neutral_high=r.signed_euros(first.max()), entitlement_low=r.euros(costs.min() * MILLION),
        entitlement_high=r.euros(costs.max() * MILLION),
    )  # fmt: skip
    caption = t("figure.draws.caption" + ("" if r.has_draws else "_seeds"), years=r.window)
    return Drawing(figure, title, alt, caption)


def _dots(axes, values: np.ndarray, agreeing: np.ndarray, colour: str, mark: str) -> None:
    """Stack one dot per run; agreeing draws are filled, the others open."""
    width = max(np.ptp(np.append(values, 0.0)), 1e-9) / COLUMNS
    taken: dict[int, int] = {}
    for value, agrees in sorted(zip(values.tolist(), agreeing.tolist(), strict=True)):
        column = round(value / width)
        height = taken[column] = taken.get(column, -1) + 1
        # A neighbour one column away would overlap: stand on top of it.
        height = taken[column] = max(height, taken.get(column - 1, -1) + 1)
        axes.plot([value], [height], mark, markersize=8, zorder=3,
                  color=colour, markeredgewidth=1.6,
                  markerfacecolor=colour if agrees else "white")  # fmt: skip
    axes.set_ylim(-0.9, max([*taken.values(), 3]) + 0.9)


def _same_scale(panels, values: np.ndarray) -> None:
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    margin = 0.04 * max(high - low, 1e-6)
    for axes in panels:
        axes.set_xlim(low - margin, high + margin)


@styled
def carriers_figure(r: Request) -> Drawing:
    """Draw the rank correlations of the neutrality effect with the assumptions, largest first."""
    t = r.t
    found = {policy: carriers(r.comparison, policy, top=SHOWN) for policy in r.policies}
    first = found[r.first]
    looked_at = len(candidates(r.comparison.parameters))
    caption = t("figure.carriers.caption", looked_at=looked_at)
    if len(r.comparison.parameters) < FEWEST_DRAWS or not first:
        title = t("figure.carriers.title_none")
        figure, (axes,) = sheet(title, r.footer, 0.6)
        axes.set_axis_off()
        axes.text(0, 0.5, t("carries.none"), transform=axes.transAxes, va="center")
        return Drawing(figure, title, t("carries.none"), caption)
    clear = [parameter_label(c.name, r.language) for c in first if c.clear][:2]
    quoted = nf.listing([f"'{name}'" for name in clear], r.language)
    title = t("figure.carriers.title", label=quoted) if clear else t(
        "figure.carriers.title_unclear")  # fmt: skip
    rows = len(r.policies)
    height = rows * (0.36 * SHOWN + 0.25) + 0.5 * (rows - 1)
    figure, panels = sheet(
        title, r.footer, height, t("figure.carriers.bound"),
        rows=rows, left=3.7, right=0.4, above=0.6, below=0.6, hspace=0.3,
    )  # fmt: skip
    bound = coincidence_bound(len(r.comparison.parameters), looked_at)
    for axes, policy in zip(panels, r.policies, strict=True):
        _ranked_bars(r, axes, found[policy], bound)
        if rows > 1:
            axes.set_title(r.label(policy))
        axes.set_xlabel(t("figure.axis.rank") if axes is panels[-1] else "")
    handles = [Line2D([], [], linestyle="none", marker="s", color=colour, markersize=8)
               for colour in (style.BAD, style.GOOD)]  # fmt: skip
    figure.legend(
        handles, [t("figure.carriers.dearer"), t("figure.carriers.cheaper")], loc="upper left",
        ncols=2, bbox_to_anchor=(0.015, style.under_key(figure)), fontsize=9, borderaxespad=0,
        handlelength=1.2,
    )  # fmt: skip
    items = [f"{parameter_label(c.name, r.language)} ({r.number(c.rho, 2)})" for c in first]
    alt = t("figure.carriers.alt", list="; ".join(items))
    return Drawing(figure, title, alt, caption)


def _ranked_bars(r: Request, axes, found, bound: float) -> None:
    rhos = [c.rho for c in found]
    colours = [style.BAD if rho > 0 else style.GOOD for rho in rhos]
    axes.axvspan(-bound, bound, color=style.GRID, alpha=0.45, linewidth=0, zorder=0)
    for place, (rho, colour) in enumerate(zip(rhos, colours, strict=True)):
        axes.barh(place, rho, height=0.55, color=colour, zorder=2)
        inside = abs(rho) > 0.75
        axes.annotate(
            r.signed(rho, 2), (rho, place), xytext=(4 if (rho > 0) != inside else -4, 0),
            textcoords="offset points", va="center", size=9, zorder=4,
            ha="left" if (rho > 0) != inside else "right", color="white" if inside else style.TEXT,
        )  # fmt: skip
    axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=3)
    labels = [style.wrapped(parameter_label(c.name, r.language), 46) for c in found]
    axes.set_yticks(range(len(found)), labels, size=9)
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_xlim(-1, 1)
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")
    style.ticks_form(axes, "x", r.signed)

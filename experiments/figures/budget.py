"""Figures about money: the two budget tests, and spending by year."""

import numpy as np

from experiments.budget_verdict import CAPPED as CAPPED_WORLD
from experiments.budget_verdict import OPEN, Path
from experiments.figures import style
from experiments.figures.drawing import Drawing, Request, band, bars, chance_band
from experiments.figures.style import policy_style, sheet, spread, styled

MILLION = 1e6


@styled
def budget_figure(r: Request) -> Drawing:
    """Draw both budget tests by year: entitlement against the framework, neutrality round zero."""
    t, verdict = r.t, r.comparison.budgets[r.first]
    years = np.array(r.years)
    title = t(
        "figure.budget.title",
        entitlement=r.signed_euros(np.mean(verdict.entitlement.mean)),
        policy=r.inline(r.first),
        neutrality=r.signed_euros(np.mean(verdict.neutrality.mean)),
    )
    figure, (left, right) = sheet(title, r.footer, 3.3, r.key, columns=2, above=0.8, wspace=0.22)
    left.set_title(style.wrapped(t("figure.budget.left"), 34), pad=22)
    right.set_title(style.wrapped(t("figure.budget.right"), 34), pad=22)
    _gauge(left, years, verdict.entitlement, style.TEXT, "o")
    framework = np.array(verdict.framework) / MILLION
    edges = np.append(years - 0.5, years[-1] + 0.5)
    left.stairs(framework, edges, color=style.GOOD, linewidth=2.2, zorder=4,
                baseline=None, label=t("figure.framework"))  # fmt: skip
    left.stairs(framework, edges, fill=True, color=style.GOOD, alpha=0.15)
    for year, amount in zip(years, framework, strict=True):
        if year in (years[0], years[-1]):
            left.annotate(r.number(amount * MILLION), (year, amount), xytext=(0, 3),
                          textcoords="offset points", ha="center", va="bottom", size=8,
                          color=style.GOOD, zorder=6,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6,
                                "alpha": 0.85})  # fmt: skip
    style.legend_line(figure, left, left.get_legend_handles_labels()[0], [t("figure.framework")])
    offsets = np.linspace(-0.16, 0.16, len(r.policies)) if len(r.policies) > 1 else [0.0]
    handles = []
    for place, (policy, offset) in enumerate(zip(r.policies, offsets, strict=True)):
        colour, mark, _ = policy_style(place)
        path = r.comparison.budgets[policy].neutrality
        handles.append(_gauge(right, years + offset, path, colour, mark))
    right.axhline(0, color=style.TEXT, linewidth=1.2, zorder=1)
    style.legend_line(figure, right, handles, [r.label(policy) for policy in r.policies])
    low, high = left.get_ylim()
    left.set_ylim(min(0.0, low), high)
    left.axhline(0, color=style.TEXT, linewidth=1.2, zorder=1)
    for axes in (left, right):
        style.grid(axes)
        axes.set_xticks(years)
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        style.ticks_form(axes, "y", r.number if axes is left else r.signed)
    left.set_ylabel(t("figure.axis.million"))
    words = {
        "first": r.euros(verdict.entitlement.mean[0]),
        "last": r.euros(verdict.entitlement.mean[-1]),
        "framework_first": r.euros(verdict.framework[0]),
        "framework_last": r.euros(verdict.framework[-1]),
        "neutral_first": r.signed_euros(verdict.neutrality.mean[0]),
        "neutral_last": r.signed_euros(verdict.neutrality.mean[-1]),
        "first_year": years[0],
        "last_year": years[-1],
        "policy": r.inline(r.first),
    }
    caption = t("figure.budget.caption", policy=r.inline(r.first))
    return Drawing(figure, title, t("figure.budget.alt", **words), caption)


def _gauge(axes, years: np.ndarray, path: Path, colour: str, mark: str):
    for k, year in enumerate(years):
        chance = tuple(v / MILLION for v in path.monte_carlo[k])
        assumptions = tuple(v / MILLION for v in path.parameters[k])
        bars(axes, year, chance, assumptions, colour, upright=True)
    return axes.plot(years, np.array(path.mean) / MILLION, linestyle="none", marker=mark,
                     color=colour, markersize=6, zorder=5, markeredgecolor="white")[0]  # fmt: skip


@styled
def spending_figure(r: Request) -> Drawing:
    """Draw spending of every world by year, and the difference with fee per session."""
    t, years = r.t, np.array(r.years)
    worlds = list(dict.fromkeys((r.comparison.design.baseline, CAPPED_WORLD, *r.policies)))
    paths = {world: r.path(world, "paramedical_spending") / MILLION for world in worlds}
    last = {world: path.mean(axis=0)[-1] * MILLION for world, path in paths.items()}
    base = r.comparison.design.baseline
    title = t(
        "figure.spending.title", year=r.years[-1], baseline=r.euros(last[base]),
        amount=r.euros(last[r.first]), policy=r.inline(r.first),
    )  # fmt: skip
    figure, (top, bottom) = sheet(
        title, r.footer, 5.2, r.key, rows=2, right=2.25, hspace=0.32, sharex=True,
        gridspec_kw={"height_ratios": [1.25, 1]},
    )  # fmt: skip
    top.set_title(t("figure.spending.top"))
    bottom.set_title(t("figure.spending.bottom"))
    ends = []
    for world in worlds:
        colour, mark, line = _world_style(r, world)
        mean = paths[world].mean(axis=0)
        band(top, years, chance_band(paths[world]), colour)
        top.plot(years, mean, color=colour, linestyle=line, marker=mark, linewidth=2, markersize=5)
        ends.append((mean[-1], r.label(world), colour))
    _end_labels(top, years[-1], ends)
    ends = []
    for place, policy in enumerate(r.policies):
        colour, mark, line = policy_style(place)
        path = r.comparison.budgets[policy].neutrality
        band(bottom, years, np.array(path.parameters) / MILLION, colour, 0.14)
        band(bottom, years, np.array(path.monte_carlo) / MILLION, colour, 0.40)
        mean = np.array(path.mean) / MILLION
        bottom.plot(years, mean, color=colour, linestyle=line, marker=mark, linewidth=2,
                    markersize=5)  # fmt: skip
        ends.append((mean[-1], r.label(policy), colour))
    ends.append((0.0, r.label(OPEN), style.BASELINE))
    bottom.axhline(0, color=style.BASELINE, linewidth=1.4, linestyle="--")
    _end_labels(bottom, years[-1], ends)
    for axes, form in ((top, r.number), (bottom, r.signed)):
        style.grid(axes)
        axes.set_xticks(years)
        axes.set_xlim(years[0] - 0.15, years[-1] + 0.15)
        axes.set_ylabel(t("figure.axis.spending"))
        style.ticks_form(axes, "y", form)
    top.tick_params(labelbottom=True)
    alt = t(
        "figure.spending.alt", last_year=r.years[-1], baseline=r.euros(last[base]),
        capped=r.euros(last[CAPPED_WORLD]), amount=r.euros(last[r.first]),
        policy=r.inline(r.first),
    )  # fmt: skip
    return Drawing(figure, title, alt, t("figure.spending.caption"))


def _world_style(r: Request, world: str) -> tuple[str, str, str]:
    if world in r.policies:
        return policy_style(r.policies.index(world))
    if world == r.comparison.design.baseline:
        return style.BASELINE, "", "--"
    return style.CAPPED, "", ":"


def _end_labels(axes, last: float, ends: list[tuple[float, str, str]]) -> None:
    """Name lines at their right end, moved apart where they would overlap."""
    texts = [style.wrapped(name, 26) for _, name, _ in ends]
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.figure.get_figheight()
    lines = max(text.count("\n") + 1 for text in texts)
    places = spread([value for value, _, _ in ends], (high - low) * 0.17 * lines / inches)
    for (value, _, colour), text, place in zip(ends, texts, places, strict=True):
        axes.annotate(text, (last, value), xytext=(last + 0.3, place), textcoords="data", size=9,
                      color=colour if colour != style.CAPPED else style.SECONDARY, va="center",
                      annotation_clip=False, linespacing=1.15,
                      arrowprops={"arrowstyle": "-", "color": style.GRID, "linewidth": 0.8,
                                  "shrinkA": 0, "shrinkB": 3})  # fmt: skip
    axes.set_ylim(low, high)

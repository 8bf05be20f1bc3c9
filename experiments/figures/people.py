"""Figures about patients: who wins and loses, and the three dangers by year."""

import math

import numpy as np
import pandas as pd

from experiments.amounts import signed_change
from experiments.figures import style
from experiments.figures.drawing import Drawing, Request, assumption_band, band, bars, chance_band
from experiments.figures.style import policy_style, sheet, styled
from model.outcomes import BY_ID, SMALL_CELL

GROUP_MEASURES = ("disease_burden_ccq", "undertreated_share", "refused_share")
DANGERS = ("refused_share", "undertreated_share", "upcoded_share", "overtreated_share")


def groups(r: Request, policy: str, measure: str) -> pd.DataFrame:
    """Return the effects per GOLD stage and income quintile over the window, with names."""
    e = r.comparison.effects
    rows = e[
        (e["policy"] == policy) & (e["measure"] == measure) & (e["year"] == 0)
        & e["split"].isin(["gold", "income"])
    ].sort_values(["split", "group"])  # fmt: skip
    names = [_group_name(r, split, group) for split, group in rows[["split", "group"]].to_numpy()]
    return rows.assign(name=names)


def _group_name(r: Request, split: str, group: str) -> str:
    if split == "gold":
        return r.t("figure.gold", group={"2": "II", "3": "III", "4": "IV"}.get(group, group))
    key = {"1": "figure.income_lowest", "5": "figure.income_highest"}.get(group, "figure.income")
    return r.t(key, group=group)


@styled
def groups_figure(r: Request) -> Drawing:
    """Draw the effect on patients by GOLD stage and income, with both intervals."""
    t, many = r.t, len(r.policies) > 1
    names = list(groups(r, r.first, GROUP_MEASURES[0])["name"])
    count = len(names)
    small = any(groups(r, p, m)["small"].any() for p in r.policies for m in GROUP_MEASURES)
    key = r.key + (" " + t("figure.small_cell", count=SMALL_CELL).capitalize() if small else "")
    title = t("figure.groups.title")
    figure, panels = sheet(
        title, r.footer, (0.42 if many else 0.36) * (count + 0.6), key, columns=3, left=1.75,
        right=0.25, above=0.85 if many else 0.55, below=0.6, wspace=0.12,
    )  # fmt: skip
    for axes, id_ in zip(panels, GROUP_MEASURES, strict=True):
        _group_panel(r, axes, id_)
        axes.set_yticks(_rows(r, names), names if axes is panels[0] else [""] * count)
    if many:
        from matplotlib.lines import Line2D

        handles = [Line2D([], [], linestyle="none", marker=policy_style(k)[1],
                          color=policy_style(k)[0]) for k in range(len(r.policies))]  # fmt: skip
        figure.legend(
            handles, [r.label(p) for p in r.policies], loc="upper left", fontsize=9,
            bbox_to_anchor=(0.185, style.under_key(figure)), ncols=len(handles),
            borderaxespad=0, handlelength=1.2,
        )  # fmt: skip
    measure = BY_ID["undertreated_share"]
    table = groups(r, r.first, measure.id).dropna(subset="mean")
    words = {"most": "-", "least": "-", "most_change": "-", "least_change": "-"}
    if len(table):
        sizes = table["mean"].abs()
        for name, place in (("most", sizes.idxmax()), ("least", sizes.idxmin())):
            row = table.loc[place]
            change = signed_change(measure, row["mean"], r.language)
            words |= {name: row["name"], f"{name}_change": t("unit.share", amount=change)}
    alt = t("figure.groups.alt", **words)
    return Drawing(figure, title, alt, t("figure.groups.caption", years=r.window))


def _rows(r: Request, names: list[str]) -> list[float]:
    """Return the height of every group, with a gap between GOLD and income."""
    gold = sum("GOLD" in name for name in names)
    return [k + (0.6 if k >= gold else 0.0) for k in range(len(names))]


def _group_panel(r: Request, axes, id_: str) -> None:
    measure = BY_ID[id_]
    factor = 100.0 if measure.is_share else 1.0
    many = len(r.policies)
    for place, policy in enumerate(r.policies):
        colour, mark, _ = policy_style(place)
        table = groups(r, policy, id_)
        heights = _rows(r, list(table["name"]))
        for height, (_, row) in zip(heights, table.iterrows(), strict=True):
            y = height + (place - (many - 1) / 2) * 0.32
            chance = (row["monte_carlo_low"] * factor, row["monte_carlo_high"] * factor)
            range_ = (row["parameter_low"] * factor, row["parameter_high"] * factor)
            shade = style.CAPPED if row["small"] else colour
            bars(axes, y, chance, range_, shade, upright=False)
            if not math.isnan(row["mean"]):
                axes.plot([row["mean"] * factor], [y], mark, color=shade, markersize=6, zorder=5,
                          markeredgecolor="white" if not row["small"] else shade,
                          markerfacecolor="white" if row["small"] else shade)  # fmt: skip
            if row["small"] and place == 0:
                axes.axhspan(height - 0.45, height + 0.45, facecolor="none", hatch="////",
                             edgecolor=style.GRID, linewidth=0, zorder=0)  # fmt: skip
        axes.set_ylim(heights[-1] + 0.55, -0.55)
    axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)
    axes.set_title(style.wrapped(getattr(measure, r.language), 24), size=9.5)
    unit = r.t("unit.share", amount="").strip() if measure.is_share else measure.unit
    axes.set_xlabel(unit if r.language == "en" or measure.is_share else measure.unit_nl)
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")
    axes.locator_params(axis="x", nbins=4)
    style.ticks_form(axes, "x", r.signed)
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))


@styled
def dangers_figure(r: Request) -> Drawing:
    """Draw refusal, undertreatment, upcoding and overtreatment by year, in all worlds."""
    t, base = r.t, r.comparison.design.baseline
    worlds = (base, *r.policies)
    last = {(w, m): float(np.mean(r.path(w, m)[:, -1])) for w in worlds for m in DANGERS}
    title = t(
        "figure.dangers.title", year=r.years[-1],
        policy=r.inline(r.first),
        under=_from_to(r, last, "undertreated_share"),
        upcoded=_from_to(r, last, "upcoded_share"),
        refused=_from_to(r, last, "refused_share"),
    )  # fmt: skip
    figure, panels = sheet(
        title, r.footer, 4.6, r.key, rows=2, columns=2, above=0.6, hspace=0.38, wspace=0.18
    )
    handles: list = []
    for axes, id_ in zip(panels, DANGERS, strict=True):
        handles = [_danger_line(r, axes, world, id_) for world in worlds]
        axes.set_title(getattr(BY_ID[id_], r.language))
        axes.set_xticks(r.years)
        axes.set_ylim(0.0, max(axes.get_ylim()[1], 0.02))
        style.grid(axes)
        style.ticks_form(axes, "y", lambda value, places: r.percent(value, max(0, places - 2)))
    figure.legend(
        handles, [r.label(world) for world in worlds], loc="upper left", ncols=len(worlds),
        bbox_to_anchor=(0.075, style.under_key(figure)), fontsize=9, borderaxespad=0,
        handlelength=2.4,
    )  # fmt: skip
    items = [
        t("figure.dangers.item", measure=getattr(BY_ID[m], r.language).lower(),
          baseline=r.percent(last[base, m], 1), value=r.percent(last[r.first, m], 1))
        for m in DANGERS
    ]  # fmt: skip
    alt = t("figure.dangers.alt", year=r.years[-1], policy=r.inline(r.first), list="; ".join(items))
    return Drawing(figure, title, alt, t("figure.dangers.caption"))


def _from_to(r: Request, last: dict[tuple[str, str], float], id_: str) -> str:
    base = r.comparison.design.baseline
    parts = [r.percent(last[world, id_], 1) for world in (base, r.first)]
    return " → ".join(parts).replace(" ", "\N{NO-BREAK SPACE}")


def _danger_line(r: Request, axes, world: str, id_: str):
    if world in r.policies:
        colour, mark, line = policy_style(r.policies.index(world))
    else:
        colour, mark, line = style.BASELINE, "", "--"
    seeds, draws = r.path(world, id_), r.path(world, id_, "draw")
    if len(draws):
        band(axes, r.years, assumption_band(draws), colour, 0.16)
    band(axes, r.years, chance_band(seeds), colour, 0.40)
    return axes.plot(r.years, seeds.mean(axis=0), color=colour, marker=mark, linestyle=line,
                     linewidth=2, markersize=5)[0]  # fmt: skip

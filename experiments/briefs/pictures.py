"""The four figures of the brief, drawn for half the width of a page so that they can be read."""

import io
import math
from collections.abc import Callable

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from experiments.amounts import signed_change
from experiments.briefs.brief import Picture
from experiments.carriers import yearly_means
from experiments.figures import style
from experiments.figures.drawing import Request, bars
from experiments.figures.people import DANGERS, groups
from experiments.figures.practices import window
from experiments.findings import years_text
from experiments.intervals import monte_carlo_interval, parameter_interval
from model.outcomes import BY_ID, SMALL_CELL

MILLION = 1e6
TESTS = ("neutrality", "entitlement", "together")
GROUP_MEASURE = "undertreated_share"

#: Size on paper, inches: two beside each other on A4.
WIDTH, HEIGHT = 3.45, 2.1
DOTS_PER_INCH = 220

#: How far below the interval of chance that of assumptions stands, points.
BESIDE = 4.8

_RC = style.RC | {"font.size": 7.5, "axes.labelsize": 7, "xtick.labelsize": 7, "ytick.labelsize": 7}


def pictures(r: Request, policy: str, fingerprint: str) -> dict[str, Picture]:
    """Return the figures of the brief by name, with the fingerprint of the results in each.

    Args:
        r: What to draw.
        policy: The policy the brief is about.
        fingerprint: Printed small at the bottom right.
    """
    drawn: dict[str, Callable] = {
        "tests": _tests, "runs": _runs, "groups": _groups, "dangers": _dangers,
    }  # fmt: skip
    out = {}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        for name, draw in drawn.items():
            figure = Figure(figsize=(WIDTH, HEIGHT))
            axes = figure.subplots()
            title, alt, caption = draw(r, policy, axes)
            figure.text(
                1 - 0.03 / WIDTH, 0.03 / HEIGHT, fingerprint, size=5.5, color=style.SECONDARY,
                ha="right", va="bottom",
            )  # fmt: skip
            svg, png = (_image(figure, kind) for kind in ("svg", "png"))
            out[name] = Picture(name, title, alt, caption, svg, png, WIDTH, HEIGHT)
    return out


def _image(figure: Figure, kind: str) -> bytes:
    """Return a figure without date or version inside: same numbers, same bytes."""
    nothing = {"svg": ("Date", "Creator", "Format", "Type"), "png": ("Software",)}[kind]
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=dict.fromkeys(nothing))
    return buffer.getvalue()


def _place(axes: Axes, left: float, top: float = 0.05, bottom: float = 0.42) -> None:
    """Leave so many inches round the panel."""
    axes.figure.subplots_adjust(
        left=left / WIDTH, right=1 - 0.1 / WIDTH, top=1 - top / HEIGHT, bottom=bottom / HEIGHT
    )
    axes.spines["left"].set_visible(False)
    style.grid(axes, "x")


def _dot(axes: Axes, x: float, y: float, colour: str, open_: bool = False) -> None:
    """Draw a mean, small enough to leave the interval of chance in sight.

    A closed dot has a white rim, or it would be lost on a bar of its own colour.
    """
    face, rim, size = ("white", colour, 4.5) if open_ else (colour, "white", 6.4)
    axes.plot([x], [y], "o", markersize=size, markeredgewidth=1.2, zorder=5,
              markerfacecolor=face, markeredgecolor=rim)  # fmt: skip


def _bars(axes: Axes, row: float, chance, assumptions, colour: str) -> None:
    """Draw both intervals of a row: chance thick, assumptions thin beside it.

    Behind or on the thick one the thin one would be lost wherever it is the narrower of the two;
    below it, with an upright end at each side, even one without width is seen.
    """
    nothing = (math.nan, math.nan)
    bars(axes, row, chance, nothing, colour, upright=False)
    if not any(math.isnan(end) for end in assumptions):
        axes.update_datalim([(end, row) for end in assumptions])  # moved lines do not count
        axes.autoscale_view()
        below = offset_copy(axes.transData, axes.figure, y=-BESIDE, units="points")
        axes.plot(assumptions, [row, row], "|-", color=colour, linewidth=1.1, markersize=3.0,
                  markeredgewidth=1.1, transform=below, zorder=4)  # fmt: skip


def _key(r: Request) -> str:
    return r.t("brief.figure.key" if r.has_draws else "brief.figure.key_no_draws")


def _tests(r: Request, policy: str, axes: Axes) -> tuple[str, str, str]:
    """Draw the mean of each budget test with both intervals, beside its limit."""
    t, verdict = r.t, r.comparison.budgets[policy]
    framework = float(np.mean(verdict.framework))
    means = {}
    for row, test in enumerate(TESTS):
        seeds = yearly_means(r.comparison, policy, test, "seed") / MILLION
        draws = yearly_means(r.comparison, policy, test, "draw") / MILLION
        means[test] = float(seeds.mean())
        colour = style.POLICIES[0][0]
        _bars(axes, row, monte_carlo_interval(seeds), parameter_interval(draws), colour)
        _dot(axes, means[test], row, colour)
        limit = 0.0 if test == "neutrality" else framework / MILLION
        axes.plot([limit, limit], [row - 0.36, row + 0.36], color=style.GOOD, linewidth=2.2,
                  zorder=4)  # fmt: skip
        axes.annotate(
            t("brief.tests.limit"), (limit, row - 0.36), xytext=(2, 0), size=6.5,
            textcoords="offset points", va="center", color=style.GOOD,
        )  # fmt: skip
    axes.axvline(0, color=style.TEXT, linewidth=0.9, zorder=1)
    axes.set_yticks(range(len(TESTS)), [t(f"brief.tests.{test}") for test in TESTS])
    axes.set_ylim(len(TESTS) - 0.5, -0.6)
    axes.set_xlabel(t("brief.tests.axis"))
    _place(axes, 0.85)
    style.ticks_form(axes, "x", r.signed)
    said = {test: r.signed_euros(mean * MILLION) for test, mean in means.items()}
    alt = t(
        "brief.tests.alt",
        years=years_text(r.comparison, policy), framework=r.euros(framework), **said,
    )  # fmt: skip
    return t("brief.tests.title"), alt, f"{t('brief.figure.dot')} {_key(r)}"


def _runs(r: Request, policy: str, axes: Axes) -> tuple[str, str, str]:
    """Draw every run as a dot: its spending against the baseline."""
    t, chance = r.t, r.comparison.budgets[policy].neutral
    found = yearly_means(r.comparison, policy, "neutrality", "draw" if r.has_draws else "seed")
    values = found / MILLION
    low, high = float(min(values.min(), 0.0)), float(max(values.max(), 0.0))
    room = 0.06 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    places, heights = _stacked(values, low - room, high + room)
    dearer = values > 0.0
    for mask, colour in ((~dearer, style.POLICIES[0][0]), (dearer, style.POLICIES[1][0])):
        mark = "o" if colour == style.POLICIES[0][0] else "s"
        axes.plot(places[mask], heights[mask], mark, color=colour, markersize=5.5,
                  markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip
    axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)
    axes.set_yticks([])
    axes.set_ylim(-0.8, max(4.5, float(heights.max()) + 1.0))
    axes.set_xlabel(t("brief.tests.axis"))
    _place(axes, 0.1)
    style.ticks_form(axes, "x", r.signed)
    words = {"hits": chance.hits, "of": chance.of}
    alt = t(
        "brief.runs.alt", low=r.signed_euros(found.min()), high=r.signed_euros(found.max()),
        middle=r.signed_euros(float(np.median(found))), **words,
    )  # fmt: skip
    return t("brief.runs.title", **words), alt, t("brief.runs.caption")


def _stacked(values: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where dots stand so that those close together are above each other."""
    columns = 32
    column = np.floor((values - low) / (high - low) * columns).astype(int)
    heights = np.zeros(values.size)
    seen: dict[int, int] = {}
    for k in np.argsort(values, kind="stable"):
        heights[k] = seen.get(column[k], 0)
        seen[column[k]] = int(heights[k]) + 1
    most = heights.max(initial=0.0)
    return values, heights * min(1.0, 7.0 / most) if most else heights


def _groups(r: Request, policy: str, axes: Axes) -> tuple[str, str, str]:
    """Draw the change of undertreatment per group of patients."""
    t, measure = r.t, BY_ID[GROUP_MEASURE]
    table = groups(r, policy, GROUP_MEASURE)
    colour = style.POLICIES[0][0]
    names, said, shown = [], [], []
    for row, (_, one) in enumerate(table.iterrows()):
        names.append(one["name"])
        if math.isnan(one["mean"]):
            continue
        ends = [
            (100.0 * one[f"{kind}_low"], 100.0 * one[f"{kind}_high"])
            for kind in ("monte_carlo", "parameter")
        ]
        shade = style.CAPPED if one["small"] else colour
        _bars(axes, row, *ends, shade)
        _dot(axes, 100.0 * one["mean"], row, shade, open_=bool(one["small"]))
        change = signed_change(measure, one["mean"], r.language)
        said.append(f"{one['name']} {change}")
        if not one["small"]:
            shown.append((float(one["mean"]), change, one["name"]))
    axes.axvline(0, color=style.TEXT, linewidth=1.1, zorder=1)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(t("brief.groups.axis"))
    _place(axes, 1.05)
    style.ticks_form(axes, "x", r.signed)
    if not shown:
        title = t("brief.groups.title_none")
    elif min(shown)[1] == max(shown)[1]:
        title = t("brief.groups.title_same", low=min(shown)[1])
    else:
        (_, low, low_group), (_, high, high_group) = min(shown), max(shown)
        title = t(
            "brief.groups.title", low=low, high=high, low_group=low_group, high_group=high_group
        )
    small = bool((table["small"] & table["mean"].notna()).any())
    caption = f"{t('brief.figure.dot')} {_key(r)}" + (
        " " + t("brief.groups.small", count=SMALL_CELL) if small else ""
    )
    return title, t("brief.groups.alt", list="; ".join(said) or "-"), caption


def _dangers(r: Request, policy: str, axes: Axes) -> tuple[str, str, str]:
    """Draw the dangers under the baseline and under the policy."""
    t, base = r.t, r.comparison.design.baseline
    colour, items, names = style.POLICIES[0][0], [], []
    for row, id_ in enumerate(DANGERS):
        means = {}
        for world in (base, policy):
            seeds = 100.0 * window(r, world, id_, "all", "all", "seed")
            draws = 100.0 * window(r, world, id_, "all", "all", "draw")
            means[world] = float(np.nanmean(seeds)) if np.isfinite(seeds).any() else math.nan
            if world == policy:
                _bars(axes, row + 0.13, monte_carlo_interval(seeds), parameter_interval(draws),
                      colour)  # fmt: skip
        axes.plot([means[base]], [row - 0.17], "D", color=style.BASELINE, markerfacecolor="white",
                  markersize=5, zorder=5)  # fmt: skip
        _dot(axes, means[policy], row + 0.13, colour)
        name = getattr(BY_ID[id_], r.language)
        names.append(style.wrapped(name, 18))
        before, after = (r.percent(means[world] / 100.0, 1) for world in (base, policy))
        items.append(t("brief.dangers.item", measure=name.lower(), before=before, after=after))
    axes.set_yticks(range(len(DANGERS)), names)
    axes.set_ylim(len(DANGERS) - 0.5, -0.6)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel(t("brief.dangers.axis"))
    _place(axes, 1.2)
    style.ticks_form(axes, "x", r.number)
    worlds = {"baseline": r.inline(base), "policy": r.inline(policy)}
    title = t("brief.dangers.title", years=years_text(r.comparison, policy))
    alt = t("brief.dangers.alt", list="; ".join(items), **worlds)
    return title, alt, f"{t('brief.dangers.caption', **worlds)} {_key(r)}"

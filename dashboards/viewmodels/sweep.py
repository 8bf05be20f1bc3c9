"""Sweeps: where does it tip? Two levers, a map of chances, and how long it will take."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import sweeping
from dashboards.charts.heat import heat_map
from dashboards.levers import Lever
from dashboards.texts import texts
from dashboards.view import View
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.number_format import Language

#: Seconds before the first run, and of one pair of worlds, before anything was measured.
START_SECONDS, RUN_SECONDS = 8.0, 1.2

#: Levers offered first.
USUAL = ("bundle_price_factor", "session_floor_share", "session_tariff_real_growth")


def usual_ranges(levers: Sequence[Lever]) -> tuple[tuple[str, float, float], ...]:
    """Return the ranges that stand there before anybody chose: two levers the scenario has."""
    by_name = {lever.name: lever for lever in levers}
    names = [name for name in USUAL if name in by_name]
    names += [name for name in by_name if name not in names]
    return tuple((name, by_name[name].low, by_name[name].high) for name in names[:2])


def ranges_of(view: View, levers: Sequence[Lever]) -> tuple[tuple[str, float, float], ...]:
    """Return the two levers of a view's sweep; the usual ones if the scenario has not those."""
    names = {lever.name for lever in levers}
    if view.ranges and all(name in names for name, _, _ in view.ranges):
        return view.ranges
    return usual_ranges(levers)


def asked(view: View, ranges: Sequence[tuple[str, float, float]]) -> dict[str, Any]:
    """Return what is asked of ``dashboards.sweeping``."""
    return {
        "scenario": view.scenario,
        "settings": {name: float(value) for name, value in sorted(view.levers.items())},
        "levers": [[name, float(low), float(high)] for name, low, high in ranges],
        "points": view.points,
        "draws": view.draws,
        "seeds": sweeping.SEEDS,
        "share": sweeping.SHARE,
    }


def seconds(runs: int, per_run: float = RUN_SECONDS) -> float:
    """Return about how long a sweep takes."""
    return START_SECONDS + runs * per_run


def duration(amount: float, language: Language) -> str:
    """Return a duration in words: whole tens of seconds, or minutes."""
    t = texts(language)
    if amount < 90.0:
        return t("sweep.seconds", count=nf.number(max(10.0, round(amount, -1)), language))
    return t("sweep.minutes", count=nf.number(max(2, round(amount / 60.0)), language))


def map_figure(
    result: Mapping[str, Any], levers: Mapping[str, Lever], view: View, language: Language
) -> Figure | None:
    """Return the map of a sweep, also of an unfinished one; None without any point."""
    points = result["points"]
    if not points:
        return None
    t = texts(language)
    what = result["asked"]
    chosen = [levers[name] for name, _, _ in what["levers"]]
    across, up = (
        sweeping.values_between(low, high, int(what["points"])) for _, low, high in what["levers"]
    )

    def near(values: Sequence[float], x: float) -> float:
        return min(values, key=lambda one: abs(one - x))

    cells = {(near(across, row[0]), near(up, row[1])): row for row in points}
    shares = {key: row[7] / row[8] for key, row in cells.items() if row[8]}
    means = {key: row[2] for key, row in cells.items()}
    here = tuple(
        near(values, view.levers.get(lever.name, lever.value))
        for values, lever in zip((across, up), chosen, strict=True)
    )

    def said(x: float, y: float) -> str:
        row = cells.get((x, y))
        return "" if row is None else t("gauge.of", hits=row[7], of=row[8])

    def form(lever: Lever):
        return lambda x: lever.shown(x, language)

    labels = tuple(getattr(lever.label, language) for lever in chosen)

    def draw(width: float) -> str:
        return heat_map(across, up, shares, means, said, (form(chosen[0]), form(chosen[1])), labels,
                        width, here, t("sweep.line"), t("sweep.here"))  # fmt: skip

    table = [
        (chosen[0].shown(x, language), chosen[1].shown(y, language),
         nf.signed(nf.euros(row[2], language)), _range(row[3:5], language),
         _range(row[5:7], language), t("gauge.of", hits=row[7], of=row[8]))
        for (x, y), row in sorted(cells.items())
    ]  # fmt: skip
    return Figure(
        id="sweep",
        title=t("sweep.title"),
        sentence=sentence(points, labels, language),
        columns=(*labels, t("table.difference"), t("band.chance"), t("band.assumptions"),
                 t("sweep.not_dearer")),
        rows=tuple(table),
        data=((chosen[0].name, chosen[1].name, "mean_eur", "chance_low", "chance_high",
               "assumptions_low", "assumptions_high", "runs_not_dearer", "runs"),
              *(tuple("" if x is None else x for x in row) for row in points)),
        note=t("sweep.note"),
        about="sweep",
        draw=draw,
    )  # fmt: skip


def sentence(points: Sequence[Sequence], labels: tuple[str, ...], language: Language) -> str:
    """Return in how many points it is probably not dearer."""
    likely = sum(1 for row in points if row[8] and row[7] / row[8] >= 0.5)
    return texts(language)(
        "sweep.sentence", likely=likely, points=len(points), first=labels[0], second=labels[1]
    )


def _range(pair: Sequence[float | None], language: Language) -> str:
    if None in pair:
        return texts(language)("unknown")
    low, high = (nf.signed(nf.euros(end, language)) for end in pair)
    return nf.between(low, high, language)


# --- the form


def form_rows(
    ranges: Sequence[tuple[str, float, float]], levers: Mapping[str, Lever], language: Language
) -> list[dict[str, Any]]:
    """Return both levers of the form as plain data; neither offers the other's."""
    t, out = texts(language), []
    for k, (name, low, high) in enumerate(ranges):
        lever, other = levers[name], ranges[1 - k][0]
        ends = nf.between(
            lever.shown(lever.low, language), lever.shown(lever.high, language), language
        )
        out.append(
            {
                "legend": t(f"sweep.axis.{k}"),
                "name": name,
                "low": lever.written(low, language),
                "high": lever.written(high, language),
                "least": lever.low,
                "range": t("sweep.possible", range=ends),
                "options": [{"value": one.name, "label": getattr(one.label, language)}
                            for one in levers.values() if one.name != other],
            }
        )  # fmt: skip
    return out


def changed_ranges(
    ranges: Sequence[tuple[str, float, float]],
    data: Mapping[str, Any],
    levers: Mapping[str, Lever],
    language: Language,
) -> tuple[tuple[tuple[str, float, float], ...] | None, str]:
    """Return the ranges after a change in the form, and what to say; None if it cannot be.

    Args:
        ranges: As they were.
        data: row (0 or 1), what (name, low or high), value; an end as ``Lever.read`` takes it.
        levers: Those of the scenario.
        language: "nl" or "en".
    """
    t, row, what = texts(language), data.get("row"), data.get("what")
    if row not in (0, 1) or what not in ("name", "low", "high"):
        return None, ""
    name, low, high = ranges[row]
    if what == "name":
        lever = levers.get(str(data.get("value")))
        if lever is None or lever.name == ranges[1 - row][0]:
            return None, ""
        found = (lever.name, lever.low, lever.high)
    else:
        lever = levers[name]
        wanted = lever.read(data.get("value"))
        if wanted is None:
            return None, t("levers.no_number")
        kept = lever.clamped(wanted)
        found = (name, kept, high) if what == "low" else (name, low, kept)
        if not found[1] < found[2]:
            return None, t("sweep.order")
        if kept != wanted:
            said = t("levers.clamped", value=lever.shown(kept, language))
            return _with(ranges, row, found), said
    return _with(ranges, row, found), ""


def _with(ranges, row: int, found: tuple[str, float, float]):
    return (found, ranges[1]) if row == 0 else (ranges[0], found)

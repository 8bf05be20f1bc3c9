"""Oversight: what a yearly evaluation would see, beside what is true, and what it would need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import palette
from dashboards.charts.heat import heat_map
from dashboards.charts.rows import Row, rows_chart
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.contract import money
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.number_format import Language

#: Standard errors on either side of an estimate in an interval of 95 %, and a chance that is enough
#: to speak of noticing.
SIDES, ENOUGH = 1.96, 0.8


@dataclass(frozen=True)
class Watched:
    """An indicator, as ``dashboards.oversee`` stores it; see ``model.panel.Watched``."""

    id: str
    en: str
    nl: str
    unit: str
    worse: float
    decimals: int


def last_rows(data: Mapping[str, Any]) -> list[tuple[Watched, Mapping[str, Any]]]:
    """Return the last evaluation of each indicator."""
    out = []
    for watched in (Watched(**one) for one in data["indicators"]):
        own = [row for row in data["rows"] if row["indicator"] == watched.id]
        if own:
            out.append((watched, own[-1]))
    return out


def amount(watched: Watched, value: float | None, language: Language) -> str:
    """Return an effect with sign and unit."""
    t = texts(language)
    if value is None:
        return t("unknown")
    if watched.unit == "share":
        return f"{nf.difference(100.0 * value, language, 1)} {t('unit.points')}"
    if watched.unit.startswith("EUR"):
        return nf.signed(money(value, language))
    return nf.difference(value, language, watched.decimals)


def between(watched: Watched, low: float | None, high: float | None, language: Language) -> str:
    """Return a range of effects."""
    if low is None or high is None:
        return texts(language)("unknown")
    return nf.between(amount(watched, low, language), amount(watched, high, language), language)


def seen_interval(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return within which one evaluation's estimate falls in 95 of 100 evaluations."""
    if row["estimate"] is None or row["error"] is None:
        return None
    far = SIDES * row["error"]
    return row["estimate"] - far, row["estimate"] + far


@shared
def seen_and_true_figure(data: Mapping[str, Any], language: Language) -> Figure:
    """Return every judged indicator, seen and true, as part of the worsening that counts.

    All indicators on one axis: 1 is the worsening that must be noticed, above zero is worse.
    """
    t = texts(language)
    rows, table, values, gaps = [], [], [], []
    worst = ("", 0.0)
    for watched, row in last_rows(data):
        seen, truth = (
            seen_interval(row),
            (row["true_monte_carlo_low"], row["true_monte_carlo_high"]),
        )
        drawn = (row["true_parameter_low"], row["true_parameter_high"])
        label = getattr(watched, language)
        table.append(
            (
                label, amount(watched, row["estimate"], language),
                between(watched, *(seen or (None, None)), language),
                amount(watched, row["true"], language), between(watched, *truth, language),
                between(watched, *drawn, language),
                t("unknown") if row["notices"] is None else nf.percentage(row["notices"], language),
            )
        )  # fmt: skip
        values.append(
            (watched.id, row["year"], row["estimate"], *(seen or ("", "")), row["true"], *truth,
             *drawn, row["notices"], row["loss"])
        )  # fmt: skip
        margin = row["loss"]
        if not margin or row["estimate"] is None or row["true"] is None:
            continue
        part = watched.worse / margin
        if rows:
            gaps.append(len(rows))
        rows.append(
            Row(f"{short(watched, language)}: {t('oversight.seen')}", row["estimate"] * part,
                _scaled(seen, part), None, nf.difference(row["estimate"] * part, language, 2),
                colour=palette.SCENARIOS[1][0], shape="square")
        )  # fmt: skip
        rows.append(
            Row(f"{short(watched, language)}: {t('oversight.true')}", row["true"] * part,
                _scaled(truth, part), _scaled(drawn, part),
                nf.difference(row["true"] * part, language, 2), limit=1.0)
        )  # fmt: skip
        miss = abs(row["estimate"] - row["true"]) / margin
        if miss >= worst[1]:
            worst = (label, miss)

    def draw(width: float) -> str:
        return rows_chart(
            rows, lambda x: nf.difference(x, language, 1), width, t("band.chance"),
            t("band.assumptions"), t("oversight.harm"), gaps,
        )  # fmt: skip

    return Figure(
        id="oversight",
        title=t("oversight.figure", practices=data["practices"], years=data["years"]),
        sentence=t("oversight.sentence", count=len(table), worst=worst[0],
                   miss=nf.number(worst[1], language, 1)),
        columns=(t("oversight.indicator"), t("oversight.seen"), t("oversight.one"),
                 t("oversight.true"), t("band.chance"), t("band.assumptions"),
                 t("oversight.notices")),
        rows=tuple(table),
        data=(
            ("indicator", "year", "seen", "seen_low", "seen_high", "true", "true_chance_low",
             "true_chance_high", "true_assumptions_low", "true_assumptions_high", "notices",
             "loss"), *values,
        ),
        note=t("oversight.note"),
        about="oversight",
        draw=draw,
    )  # fmt: skip


def short(watched: Watched, language: Language) -> str:
    """Return the short name of an indicator, for a chart."""
    return texts(language)(f"oversight.short.{watched.id}")


def _scaled(pair: tuple | None, part: float) -> tuple[float, float] | None:
    if pair is None or None in pair:
        return None
    low, high = sorted(part * end for end in pair)
    return low, high


def needed(data: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return per number of years the fewest practices that notice often enough; 0 for none."""
    out = []
    for years in sorted({row["years"] for row in data["curve"]}):
        enough = [row["practices"] for row in data["curve"]
                  if row["years"] == years and (row["notices"] or 0.0) >= ENOUGH]  # fmt: skip
        out.append((years, min(enough, default=0)))
    return out


@shared
def power_figure(data: Mapping[str, Any], language: Language) -> Figure | None:
    """Return the chance to notice by practices and years; None without anything to compare."""
    if not data["curve"]:
        return None
    t = texts(language)
    shares = {(float(row["practices"]), float(row["years"])): row["notices"] or 0.0
              for row in data["curve"]}  # fmt: skip
    across, up = (sorted({key[k] for key in shares}) for k in (0, 1))

    def said(x: float, y: float) -> str:
        found = shares.get((x, y))
        return "" if found is None else nf.percentage(found, language)

    def draw(width: float) -> str:
        return heat_map(
            across, up, shares, {}, said,
            (lambda x: nf.number(x, language), lambda y: nf.number(y, language)),
            (t("oversight.practices"), t("oversight.years")), width,
        )  # fmt: skip

    table = [
        (str(row["practices"]), str(row["years"]),
         nf.percentage(row["notices"] or 0.0, language),
         nf.between(nf.percentage(row["notices_monte_carlo_low"] or 0.0, language),
                    nf.percentage(row["notices_monte_carlo_high"] or 0.0, language), language))
        for row in data["curve"]
    ]  # fmt: skip
    return Figure(
        id="oversight_power",
        title=t("oversight.power.title"),
        sentence=needed_words(data, language),
        columns=(t("oversight.practices"), t("oversight.years"), t("oversight.notices"),
                 t("band.chance")),
        rows=tuple(table),
        data=(("practices", "years", "notices", "low", "high"),
              *((row["practices"], row["years"], row["notices"], row["notices_monte_carlo_low"],
                 row["notices_monte_carlo_high"]) for row in data["curve"])),
        note=t("oversight.power.note"),
        about="oversight",
        draw=draw,
    )  # fmt: skip


def needed_words(data: Mapping[str, Any], language: Language) -> str:
    """Return from how many practices and years on harm is told from noise."""
    t = texts(language)
    found = [(years, count) for years, count in needed(data) if count]
    if not found:
        most = max((row["practices"] for row in data["curve"]), default=0)
        return t("oversight.needed.none", most=nf.number(most, language), years=data["years"])
    # More years of the same number of practices add nothing worth saying.
    fewer = [(years, count) for k, (years, count) in enumerate(found)
             if count < min((other for _, other in found[:k]), default=count + 1)]  # fmt: skip
    said = nf.listing(
        [t("oversight.needed.one" if years == 1 else "oversight.needed.many", years=years,
           practices=nf.number(count, language)) for years, count in fewer], language,
    )  # fmt: skip
    return t("oversight.needed", found=said)


def headline(data: Mapping[str, Any], language: Language) -> str:
    """Return the answer: how often the harm that counts would be noticed, at worst and at best."""
    t = texts(language)
    chances = [(row["notices"], short(watched, language)) for watched, row in last_rows(data)
               if row["notices"] is not None]  # fmt: skip
    if not chances:
        return t("oversight.nothing")
    (low, least), (high, most) = min(chances), max(chances)
    return t("oversight.answer", practices=nf.number(data["practices"], language),
             years=data["years"], least=least.lower(), low=nf.percentage(low, language),
             most=most.lower(), high=nf.percentage(high, language))  # fmt: skip

"""Oversight: what a yearly evaluation would see, beside what is true, and what it would need."""

import math
from collections.abc import Mapping, Sequence
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
from model.parameters import load_registry

#: Standard errors on either side of an estimate in an interval of 95 %, and a chance that is enough
#: to speak of noticing.
SIDES, ENOUGH = 1.96, 0.8

#: The indicator of the power curve, and the parameter with the fewest practices that are compared.
ON_CURVE, FEWEST = "burden_fall", "evaluation_fewest_practices"


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
                noticed(row, language),
            )
        )  # fmt: skip
        values.append(
            (watched.id, row["year"], row["estimate"], *(seen or ("", "")), row["true"], *truth,
             *drawn, row["notices"], row["loss"])
        )  # fmt: skip
        margin = row["loss"]
        if not margin or row["true"] is None:
            continue
        part, known = watched.worse / margin, row["estimate"] is not None
        middle = row["estimate"] * part if known else None
        if rows:
            gaps.append(len(rows))
        rows.append(
            Row(f"{short(watched, language)}: {t('oversight.seen')}", middle,
                _scaled(seen, part), None,
                nf.difference(middle, language, 2) if middle is not None else t("unknown"),
                colour=palette.SCENARIOS[1][0], shape="square")
        )  # fmt: skip
        rows.append(
            Row(f"{short(watched, language)}: {t('oversight.true')}", row["true"] * part,
                _scaled(truth, part), _scaled(drawn, part),
                nf.difference(row["true"] * part, language, 2), limit=1.0)
        )  # fmt: skip
        miss = abs(row["estimate"] - row["true"]) / margin if known else -1.0
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


@dataclass(frozen=True)
class Needed:
    """How many practices notice often enough, as far as the sizes tried can tell.

    Attributes:
        years: Years evaluated.
        above: Largest size tried that does not; 0 if even the smallest does.
        most: Smallest size from which on all tried do; 0 if even the largest does not.
    """

    years: int
    above: int
    most: int


def needed(data: Mapping[str, Any]) -> list[Needed]:
    """Return per number of years between which two sizes the fewest practices lie.

    All larger sizes must notice too: where nearly all practices have joined, a few drawn from them
    hold nobody to compare with, and another, weaker method seems to do better than at larger sizes.
    """
    out = []
    for years in sorted({row["years"] for row in data["curve"]}):
        tried = sorted((row["practices"], (row["notices"] or 0.0) >= ENOUGH)
                       for row in data["curve"] if row["years"] == years)  # fmt: skip
        above = max((size for size, enough in tried if not enough), default=0)
        out.append(
            Needed(years, above, min((size for size, _ in tried if size > above), default=0))
        )
    return out


def noticed(row: Mapping[str, Any], language: Language) -> str:
    """Return a chance to notice with its interval: ``10% (7% tot 15%)``."""
    if row["notices"] is None:
        return texts(language)("unknown")
    share, ends = nf.percentage(row["notices"], language), _chance_ends(row, language)
    return f"{share} ({ends})" if ends else share


def _chance_ends(row: Mapping[str, Any], language: Language) -> str:
    """Return the interval of a chance counted over evaluations (Wilson; ``experiments.power``)."""
    low, high = row["notices_monte_carlo_low"], row["notices_monte_carlo_high"]
    if low is None or high is None:
        return ""
    return nf.between(nf.percentage(low, language), nf.percentage(high, language), language)


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
         _chance_ends(row, language) or t("unknown"))
        for row in data["curve"]
    ]  # fmt: skip
    return Figure(
        id="oversight_power",
        title=t("oversight.power.title"),
        sentence=needed_words(data, language),
        columns=(t("oversight.practices"), t("oversight.years"), t("oversight.notices"),
                 t("oversight.notices.range")),
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
    found = [one for one in needed(data) if one.most]
    if not found:
        most = max((row["practices"] for row in data["curve"]), default=0)
        return t(
            "oversight.needed.none",
            most=nf.number(most, language),
            years=_years(data["years"], language),
        )
    # More years of the same number of practices add nothing worth saying.
    fewer = [
        one
        for k, one in enumerate(found)
        if one.most < min((other.most for other in found[:k]), default=one.most + 1)
    ]
    said = nf.listing([_needed_one(one, language) for one in fewer], language)
    return t("oversight.needed", found=said)


def _needed_one(one: Needed, language: Language) -> str:
    """Return between which two sizes tried the fewest practices lie, and after how many years."""
    t, most = texts(language), nf.number(one.most, language)
    size = (
        t("oversight.needed.between", low=nf.number(one.above, language), high=most)
        if one.above
        else t("oversight.needed.most", high=most)
    )
    return t("oversight.needed.one" if one.years == 1 else "oversight.needed.many",
             years=one.years, practices=size)  # fmt: skip


def fading_words(data: Mapping[str, Any], language: Language) -> str:
    """Return why more years see less, where chance does not explain that; else nothing.

    Compared are those who hold the contract in the last year and those who never did
    (``model.panel.held``): whoever stopped is in neither, so that with the years fewer are left,
    and with too few on a side there is no comparison, which counts as nothing noticed.
    """
    size, earlier, last = _largest_fall(data["curve"])
    if not size:
        return ""
    t = texts(language)
    settings = data["asked"].get("settings") or {}
    fewest = settings.get(FEWEST, load_registry()[FEWEST].value)
    return t(
        "oversight.fading", practices=nf.number(size, language),
        first=_years(earlier["years"], language), before=noticed(earlier, language),
        last=_years(last["years"], language), after=noticed(last, language),
        left=_left(data, earlier["years"], last["years"], language),
        fewest=nf.number(fewest, language),
    )  # fmt: skip


def _largest_fall(curve: Sequence[Mapping[str, Any]]) -> tuple[int, Mapping, Mapping]:
    """Return the size, and the two years, between which most chance to notice is lost; or 0.

    A fall counts when the interval of the difference lies above zero, from the intervals of both
    chances (Newcombe 1998, Statistics in Medicine 17:873, method 10).
    """
    found: tuple[int, Mapping, Mapping] = (0, {}, {})
    most = 0.0
    for size in {row["practices"] for row in curve}:
        own = sorted((row for row in curve if row["practices"] == size and _is_counted(row)),
                     key=lambda row: row["years"])  # fmt: skip
        for earlier in own[:-1]:
            last = own[-1]
            fall = earlier["notices"] - last["notices"]
            half = math.hypot(earlier["notices"] - earlier["notices_monte_carlo_low"],
                              last["notices_monte_carlo_high"] - last["notices"])  # fmt: skip
            if fall > max(half, most):
                found, most = (size, earlier, last), fall
    return found


def _is_counted(row: Mapping[str, Any]) -> bool:
    ends = (row["notices"], row["notices_monte_carlo_low"], row["notices_monte_carlo_high"])
    return None not in ends


def _left(data: Mapping[str, Any], first: int, last: int, language: Language) -> str:
    """Return how many are left to compare, in an evaluation of all practices; or nothing."""
    own = [row for row in data["rows"] if row["indicator"] == ON_CURVE]
    if not last <= len(own):
        return ""
    rows = own[first - 1], own[last - 1]
    if any(row["joined"] is None or row["others"] is None for row in rows):
        return ""
    counts = [nf.number(row[side], language) for side in ("joined", "others") for row in rows]
    return " " + texts(language)(
        "oversight.fading.left", practices=nf.number(data["practices"], language),
        joined=counts[0], joined_last=counts[1], others=counts[2], others_last=counts[3],
    )  # fmt: skip


def _years(years: int, language: Language) -> str:
    return texts(language)("oversight.years.one" if years == 1 else "oversight.years.many",
                           years=years)  # fmt: skip


def headline(data: Mapping[str, Any], language: Language) -> str:
    """Return the answer: how often the harm that counts would be noticed, at worst and at best."""
    t = texts(language)
    known = [(row["notices"], short(watched, language).lower(), noticed(row, language))
             for watched, row in last_rows(data) if row["notices"] is not None]  # fmt: skip
    if not known:
        return t("oversight.nothing")
    (_, least, low), (_, most, high) = min(known), max(known)
    return t("oversight.answer", practices=nf.number(data["practices"], language),
             years=data["years"], least=least, low=low, most=most, high=high)  # fmt: skip

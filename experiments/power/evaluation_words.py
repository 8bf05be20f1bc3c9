"""What an evaluation would notice, in plain sentences for who decides on it."""

import math
from collections.abc import Iterable

import pandas as pd

from experiments import number_format as nf
from experiments.number_format import Language
from experiments.power.estimator_spread import FEWEST_COMPARED, POWER
from experiments.power.evaluation_power import HEADLINE, EvaluationPower
from experiments.power.matching import MATCHED
from experiments.power.practice_evaluation import BY_ID
from experiments.power.uptake import WAYS
from experiments.texts import texts
from model.estimates import AFTER_DIFFERENCE, BEFORE_AFTER, DID
from model.panel import WATCHED, Watched


def size(watched: Watched, value: float, language: Language) -> str:
    """Return the size of an effect without sign: shares in percentage points, without unit."""
    if watched.unit == "share":
        return nf.number(100.0 * abs(value), language, 1)
    decimals = watched.decimals
    # What is accepted (0.1, 0.01) is written as it is set, without noughts behind it.
    shown = nf.number(abs(value), language, decimals)
    point = {"nl": ",", "en": "."}[language]
    return shown.rstrip("0").rstrip(point) if point in shown else shown


def signed(watched: Watched, value: float, language: Language, unit: bool = False) -> str:
    """Return an effect with its sign: shares in percentage points, money in EUR if asked."""
    if math.isnan(value):
        return "-"
    if watched.unit == "share":
        points = {"en": " pp", "nl": " pp"}[language] if unit else ""
        return nf.difference(100.0 * value, language, 1) + points
    money = "EUR " if unit and watched.unit.startswith("EUR") else ""
    text = nf.difference(value, language, watched.decimals)
    return f"{text[0]}{money}{text[1:]}" if text[0] in "+" + nf.MINUS else money + text


def between(watched: Watched, low: float, high: float, language: Language) -> str:
    """Return an interval of effects in words: ``−0.1 to +0.3``."""
    return nf.between(signed(watched, low, language), signed(watched, high, language), language)


def years_of(years: int, language: Language) -> str:
    """Return a number of years in words."""
    t = texts(language)
    return t("evaluate.years.one") if years == 1 else t("evaluate.years.many", years=years)


def uptake_label(uptake: str, language: Language, short: bool = False) -> str:
    """Return a way to decide who takes part, in words, or in two for a column."""
    t = texts(language)
    if uptake in WAYS:
        return t(f"evaluate.uptake.{uptake}" + (".short" if short else ""))
    return t("evaluate.uptake.share", share=nf.percentage(float(uptake), language))


def uptake_condition(uptake: str, language: Language) -> str:
    """Return a way to decide who takes part as the condition that a sentence begins with."""
    t = texts(language)
    if uptake in WAYS:
        return t(f"evaluate.if.{uptake}")
    return t("evaluate.if.share", share=nf.percentage(float(uptake), language))


def topic(watched: Watched, language: Language) -> str:
    """Return the label of an indicator."""
    return getattr(watched, language)


def change(watched: Watched, value: float, language: Language) -> str:
    """Return an effect on an indicator that is better or worse, in words."""
    t = texts(language)
    digits = size(watched, value, language)
    if not any(digit in "123456789" for digit in digits):
        return t("evaluate.change.none")
    kind = "worse" if watched.worse * value > 0.0 else "better"
    return t(f"evaluate.change.{watched.id}.{kind}", amount=digits)


def loss_of(power: EvaluationPower, watched: Watched, language: Language) -> str:
    """Return the worsening that should be noticed, in words; empty if there is none."""
    own = power.table[power.table["indicator"] == watched.id]["loss"]
    if own.empty or math.isnan(own.iloc[0]):
        return ""
    return change(watched, watched.worse * float(own.iloc[0]), language)


def sentences(power: EvaluationPower, language: Language) -> list[str]:
    """Return everything worth saying, most important first."""
    t = texts(language)
    first = power.design.uptake[0]
    rows = {watched.id: _row(power, first, watched.id) for watched in WATCHED}
    if rows[HEADLINE] is None:
        return [t("evaluate.nothing")]
    made = {name: row for name, row in rows.items() if row is not None}
    enough = {name: row for name, row in made.items() if power.enough(row)}
    out = _compared(power, made, language)
    out += [
        _notices(power, BY_ID[name], row, language)
        for name, row in made.items()
        if not math.isnan(row["loss"])
    ]
    if HEADLINE in enough:
        watched, head = BY_ID[HEADLINE], enough[HEADLINE]
        out.append(
            t(
                "evaluate.smallest",
                amount=size(watched, head["detectable"], language),
                analytic=size(watched, head["detectable_analytic"], language),
            )
        )
    if enough:
        covered = [round(row["coverage"], 2) for row in enough.values()]
        out += _bias(enough, language)
        out.append(t("evaluate.coverage", range=shares(covered, language)))
    out += [
        _harm(power, watched, row, language)
        for watched in WATCHED
        if watched.margin and watched.id != "spending" and (row := rows[watched.id]) is not None
    ]
    out += [_instead(power, way, language) for way in power.design.uptake[1:]]
    naive = _row(power, first, HEADLINE, AFTER_DIFFERENCE)
    matched = _row(power, first, HEADLINE, MATCHED)
    if all(one is not None and power.enough(one) for one in (naive, matched)):
        watched = BY_ID[HEADLINE]
        out.append(
            t(
                "evaluate.naive",
                bias=signed(watched, naive["bias"], language),
                range=_chance(watched, naive, "bias", language),
                matched=signed(watched, matched["bias"], language),
                matched_range=_chance(watched, matched, "bias", language),
            )
        )
    return out


def shares(of: Iterable[float], language: Language) -> str:
    """Return shares of evaluations from lowest to highest: ``1% to 1.5%``, or one if the same."""
    ends = (min(known := list(of)), max(known))
    shown = [f"{nf.plain(round(100.0 * end, 1), language)}%" for end in ends]
    return shown[0] if shown[0] == shown[1] else nf.between(*shown, language)


def _compared(power: EvaluationPower, rows: dict[str, pd.Series], language: Language) -> list[str]:
    """Return in how many evaluations the two groups could be compared; nothing if in all."""
    t = texts(language)
    kinds: dict[str, list[str]] = {"compared.few": [], "compared.before": [], "compared": []}
    for name, row in rows.items():
        if not power.enough(row):
            kinds["compared.few"].append(name)
        elif row["method"] == BEFORE_AFTER:
            kinds["compared.before"].append(name)
        elif row["compared"] < 1.0:
            kinds["compared"].append(name)
    out = []
    for kind, names in kinds.items():
        if not names:
            continue
        said = t(
            f"evaluate.{kind}",
            share=shares((two_groups(rows[name]) for name in names), language),
            before=shares((rows[name]["compared"] for name in names), language),
            practices=nf.number(power.practices, language),
            years=years_of(power.design.years, language),
            fewest=nf.number(FEWEST_COMPARED, language),
            of=nf.number(power.design.replications, language),
        )
        if len(names) < len(rows):
            which = nf.listing([topic(BY_ID[name], language) for name in names], language)
            said += " " + t("evaluate.compared.which", names=which)
        out.append(said)
    return out


def two_groups(row: pd.Series) -> float:
    """Return the share of evaluations in which both groups were large enough to compare."""
    return 0.0 if row["method"] == BEFORE_AFTER else row["compared"]


def notes(power: EvaluationPower, country: int, language: Language) -> list[str]:
    """Return what the reader must know of the number of practices."""
    t, asked = texts(language), power.practices
    pool = power.simulated * power.design.seeds
    out = []
    if asked > pool:
        out.append(
            t(
                "evaluate.more_than_simulated",
                practices=nf.number(asked, language),
                pool=nf.number(pool, language),
            )
        )
    if asked > country:
        out.append(
            t(
                "evaluate.more_than_country",
                practices=nf.number(asked, language),
                country=nf.number(country, language),
            )
        )
    return out


def _row(power: EvaluationPower, uptake: str, indicator: str, method: str = ""):
    try:
        return power.row(uptake, indicator, method)
    except KeyError:
        return None


def _chance(watched: Watched, row: pd.Series, name: str, language: Language) -> str:
    low, high = row[f"{name}_monte_carlo_low"], row[f"{name}_monte_carlo_high"]
    if math.isnan(low) or math.isnan(high):  # too few worlds show it
        return texts(language)("evaluate.unknown")
    return between(watched, low, high, language)


def _ranges(
    chance: str, assumptions: str, known: bool, language: Language, by: str = "evaluate.by_chance"
) -> str:
    """Return both intervals in words; assumptions only if there were draws.

    ``by`` says what the first one is: chance, or how exactly a number of evaluations drawn from the
    same worlds tells it.
    """
    t = texts(language)
    both = [t(by, range=chance)]
    if known:
        both.append(t("evaluate.by_assumptions", range=assumptions))
    return "; ".join(both)


def _notices(power: EvaluationPower, watched: Watched, row: pd.Series, language: Language) -> str:
    t = texts(language)
    real = {
        "topic": topic(watched, language),
        "truth": change(watched, row["true"], language),
        "true_ranges": _ranges(
            _chance(watched, row, "true", language),
            between(watched, row["true_parameter_low"], row["true_parameter_high"], language),
            not math.isnan(row["true_parameter_low"]),
            language,
        ),
    }
    if not power.enough(row):
        return t("evaluate.compared.really", **real)
    percent = [
        nf.between(*(nf.percentage(row[f"notices_{kind}_{end}"], language)
                     for end in ("low", "high")), language)
        for kind in ("monte_carlo", "parameter")
    ]  # fmt: skip
    return t(
        "evaluate.notices",
        practices=nf.number(power.practices, language),
        years=years_of(power.design.years, language),
        loss=change(watched, watched.worse * row["loss"], language),
        chance=nf.percentage(row["notices"], language),
        ranges=_ranges(
            *percent, not math.isnan(row["notices_parameter_low"]), language, "evaluate.by_drawing"
        ),
        **real,
    )


def _bias(rows: dict, language: Language) -> list[str]:
    """Return a sentence per indicator whose bias is clear of chance; one sentence if none is."""
    t = texts(language)
    out = []
    for name, row in rows.items():
        if row is None or not _clear(row, "bias"):
            continue
        watched = BY_ID[name]
        if row["method"] == DID:
            out.append(
                t(
                    "evaluate.bias",
                    topic=topic(watched, language),
                    bias=signed(watched, row["bias"], language, unit=True),
                    range=_chance(watched, row, "bias", language),
                    selection=signed(watched, row["selection"], language, unit=True),
                )
            )
    return out or [t("evaluate.no_bias")]


def _clear(row: pd.Series, name: str) -> bool:
    """Return whether a value is clear of zero, as far as chance goes."""
    return row[f"{name}_monte_carlo_low"] > 0.0 or row[f"{name}_monte_carlo_high"] < 0.0


def harm_visible(power: EvaluationPower, uptake: str, indicator: str) -> tuple[int, list]:
    """Return the first year in which harm is noticed with chance ``POWER`` (0 if none), and all.

    Returns:
        The year, and the chance to conclude harm per year as pairs.
    """
    path = []
    for years in range(1, power.design.years + 1):
        try:
            row = power.row(uptake, indicator, years=years)
        except KeyError:
            continue
        path.append((int(row["year"]), float(row["sees_harm"])))
    seen = [year for year, chance in path if chance >= POWER]
    return (seen[0] if seen else 0), path


def _harm(power: EvaluationPower, watched: Watched, row: pd.Series, language: Language) -> str:
    t = texts(language)
    name = topic(watched, language)
    if not _clear(row, "true"):
        return t("evaluate.harm.unclear", topic=name)
    if watched.worse * row["true"] <= 0.0:
        return t("evaluate.harm.none", topic=name)
    year, path = harm_visible(power, power.design.uptake[0], watched.id)
    said = ", ".join(
        t("evaluate.harm.year", year=one, chance=nf.percentage(chance, language))
        for one, chance in path
    )
    truth = change(watched, row["true"], language)
    if year:
        return t("evaluate.harm.seen", topic=name, truth=truth, year=year, path=said)
    years = years_of(power.design.years, language)
    return t("evaluate.harm.unseen", topic=name, truth=truth, years=years, path=said)


def _instead(power: EvaluationPower, uptake: str, language: Language) -> str:
    t, watched = texts(language), BY_ID[HEADLINE]
    label = uptake_condition(uptake, language)
    row = _row(power, uptake, HEADLINE)
    if row is None or row["method"] == AFTER_DIFFERENCE:
        return t("evaluate.instead.nothing", uptake=label)
    if not power.enough(row):
        share = shares([two_groups(row)], language)
        return t("evaluate.instead.few", uptake=label, share=share)
    said = {
        "uptake": label,
        "bias": t("evaluate.unknown")
        if math.isnan(row["bias"])
        else signed(watched, row["bias"], language),
        "range": _chance(watched, row, "bias", language),
    }
    if row["method"] == BEFORE_AFTER:
        return t("evaluate.instead.before", **said)
    return t("evaluate.instead", amount=size(watched, row["detectable"], language), **said)

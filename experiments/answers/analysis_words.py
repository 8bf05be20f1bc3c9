"""What an effect hangs on, in sentences, in Dutch and in English."""

import math

from experiments import number_format as nf
from experiments.answers.analysis import SPENDING, Hanging
from experiments.answers.discovery import Box, Limit
from experiments.findings import parameter_label
from experiments.intervals import PARAMETER_LEVEL, parameter_interval
from experiments.number_format import Language
from experiments.texts import texts
from model.outcomes import BY_ID, Measure
from model.parameters import load_registry

#: Inputs named in a sentence.
MOST_NAMED = 3

#: Smallest chance that a sentence names: below it, it is "at most" this.
LEAST_CHANCE = 0.001


def amount(measure: Measure, value: float, language: Language) -> str:
    """Return an effect with sign and unit."""
    t = texts(language)
    if math.isnan(value):
        return "-"
    if measure.is_share:
        return f"{nf.difference(100.0 * value, language, 1)} {t('robust.points')}"
    if measure.unit == "EUR/year":
        return f"{nf.signed(nf.euros(value, language))} {t('analysis.per_year')}"
    return f"{nf.difference(value, language, measure.decimals)} {unit_words(measure, language)}"


def unit_words(measure: Measure, language: Language) -> str:
    """Return the unit of a difference that is neither a share nor money."""
    if measure.unit == "index":
        return texts(language)("analysis.points")
    return measure.unit if language == "en" else measure.unit_nl


def bare(measure: Measure, value: float, language: Language) -> str:
    """Return an effect with its sign, in the unit of ``bare_unit``."""
    if math.isnan(value):
        return "-"
    if measure.is_share:
        return nf.difference(100.0 * value, language, max(1, measure.decimals - 2))
    if measure.unit == "EUR/year":
        # To the nearest thousand: the last digits of millions say nothing.
        return nf.difference(1000.0 * round(value / 1000.0), language)
    return nf.difference(value, language, measure.decimals)


def bare_unit(measure: Measure, language: Language) -> str:
    """Return the unit in which an effect is shown in a table."""
    if measure.is_share:
        return texts(language)("robust.points")
    return unit_words(measure, language)


def title(measure: str, language: Language) -> str:
    """Return the label of a measure."""
    return getattr(BY_ID[measure], language)


def sentences(found: Hanging, language: Language) -> list[str]:
    """Return everything that is to be said of one effect: spread, what it hangs on, the corner."""
    return [
        spread_sentence(found, language),
        hangs_sentence(found, language),
        *box_sentences(found, language),
    ]


def spread_sentence(found: Hanging, language: Language) -> str:
    """Return how the effect spreads over the runs, and in how many it goes wrong."""
    t = texts(language)
    measure = BY_ID[found.measure]
    if found.effects.size < 2:
        return t("analysis.no_runs", measure=title(found.measure, language))
    low, high = parameter_interval(found.effects)
    return t(
        "analysis.spread",
        measure=title(found.measure, language),
        low=amount(measure, low, language),
        high=amount(measure, high, language),
        level=nf.percentage(PARAMETER_LEVEL, language),
        runs=nf.runs_share(int(found.wrong.sum()), found.wrong.size, language),
        wrong=wrong_words(found.measure, language),
    )


def wrong_words(measure: str, language: Language) -> str:
    """Return what it means that a policy goes wrong on a measure."""
    t = texts(language)
    if measure == SPENDING:
        return t("analysis.wrong.spending")
    better = BY_ID[measure].better
    return t("analysis.wrong.rises" if better == "neither" else "analysis.wrong.worse")


def hangs_sentence(found: Hanging, language: Language) -> str:
    """Return on which inputs the effect hangs most, with the size of each."""
    t = texts(language)
    names = found.names[:MOST_NAMED]
    if not names:
        key = "analysis.hangs_none" if len(found.ranking) else "analysis.hangs_few"
        return t(key, runs=found.effects.size)
    ranking = found.ranking.set_index("name")
    swings = found.swings.set_index("name")
    parts = []
    for name in names:
        words = {"label": parameter_label(name, language)}
        if found.method == "sobol":
            words["size"] = t(
                "analysis.size_sobol",
                total=nf.percentage(min(1.0, ranking.loc[name, "total"]), language),
            )
        elif found.method == "morris":
            value = float(ranking.loc[name, "mu_star"])
            words["size"] = t(
                "analysis.size_morris", amount=amount(BY_ID[found.measure], value, language)
            )
        elif ranking.loc[name, "first"] > 0.0:
            words["size"] = t(
                "analysis.size_first", first=nf.percentage(ranking.loc[name, "first"], language)
            )
        else:
            words["size"] = t(
                "analysis.size_rho", rho=nf.difference(ranking.loc[name, "rho"], language, 2)
            )
        if name in swings.index:
            words["swing"] = t(
                "analysis.swing",
                low=amount(BY_ID[found.measure], float(swings.loc[name, "low"]), language),
                high=amount(BY_ID[found.measure], float(swings.loc[name, "high"]), language),
            )
        parts.append(t("analysis.part" if "swing" in words else "analysis.part_bare", **words))
    return t("analysis.hangs", list="; ".join(parts))


def box_sentences(found: Hanging, language: Language) -> list[str]:
    """Return in which corner the policy goes wrong, and whether unseen runs confirm it."""
    t = texts(language)
    if found.box is None:
        if found.wrong.all() or not found.wrong.any():
            return []
        return [t("analysis.no_box" if found.searched else "analysis.not_searched")]
    box = found.box
    key = "spending" if found.measure == SPENDING else "other"
    return [
        t(
            f"analysis.box.{key}",
            measure=title(found.measure, language),
            conditions=nf.listing([condition(limit, language) for limit in box.limits], language),
            density=nf.percentage(box.searched.density, language),
            base=nf.percentage(box.searched.base, language),
            coverage=nf.percentage(box.searched.coverage, language),
            limits=chance_words(box, language),
        ),
        _check(box, language),
    ]


def _check(box: Box, language: Language) -> str:
    t, held = texts(language), box.held_out
    if held.inside == 0:
        return t("analysis.check_none", runs=held.runs)
    return t(
        "analysis.check_yes" if box.confirmed else "analysis.check_no",
        inside=held.inside,
        hits=held.hits,
        density=nf.percentage(held.density, language),
        interval=nf.interval(*(100.0 * end for end in held.density_interval), language),
        base=nf.percentage(held.base, language),
    )


def chance_words(box: Box, language: Language) -> str:
    """Return the largest of the quasi-p-values of the conditions, as a chance for people.

    It is the chance that a box would be as dense if the condition added nothing.
    """
    largest = max(limit.quasi_p for limit in box.limits)
    return nf.percentage(max(largest, LEAST_CHANCE), language, 1)


def condition(limit: Limit, language: Language) -> str:
    """Return one condition: ``'Wanted sessions follow the class' is below 0.40``."""
    t = texts(language)
    low, high = (
        None if end is None else parameter_value(limit.name, end, language)
        for end in (limit.low, limit.high)
    )
    label = parameter_label(limit.name, language)
    if low is None:
        return t("analysis.below", label=label, high=high)
    if high is None:
        return t("analysis.above", label=label, low=low)
    return t("analysis.between", label=label, low=low, high=high)


def parameter_value(name: str, value: float, language: Language) -> str:
    """Return a value of an input in its unit, in three digits; shares as percentages."""
    registry = load_registry()
    unit = registry[name].unit if name in registry else ""
    if unit in {"share", "share/month", "share/year"}:
        shown = nf.percentage(value, language, _decimals(100.0 * value))
        return shown if unit == "share" else f"{shown} {_period(unit, language)}"
    return nf.number(value, language, _decimals(value))


def _period(unit: str, language: Language) -> str:
    """Return the period of a share per period."""
    return texts(language)("analysis.per_month" if unit == "share/month" else "analysis.per_year")


def _decimals(value: float) -> int:
    """Return the decimals that show three digits, at most four."""
    size = abs(value)
    if size == 0.0:
        return 0
    return min(4, max(0, 2 - math.floor(math.log10(size))))

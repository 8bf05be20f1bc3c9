"""What an effect hangs on, in sentences, in Dutch and in English."""

import math
from collections.abc import Sequence

from experiments import number_format as nf
from experiments.answers.analysis import LEAST_SOBOL, Hanging
from experiments.answers.discovery import Box, Limit
from experiments.answers.effect_words import amount, unit_words
from experiments.findings import parameter_label
from experiments.importance import SPENDING
from experiments.intervals import PARAMETER_LEVEL, parameter_interval
from experiments.number_format import Language
from experiments.texts import texts
from model.outcomes import BY_ID, Measure
from model.parameters import load_registry

#: Inputs named in a sentence.
MOST_NAMED = 3

#: Smallest chance that a sentence names: below it, it is "at most" this.
LEAST_CHANCE = 0.001


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
    """Return on which inputs the effect hangs most, with the size of each and its interval.

    Of a design that was run several times at each point: how much of the differences between runs
    is between its points at all, as the rest comes from what it did not vary.
    """
    t = texts(language)
    if found.flat:
        return t("analysis.hangs_flat")
    rest = t(f"analysis.rest.{'draws' if found.draws else 'seeds'}")
    part = {"part": _part(found, language), "rest": rest}
    if found.minor:
        part["first"] = t(f"analysis.minor.{'share' if found.slight else 'margin'}")
        top = found.in_design[:1]
        key = "analysis.hangs_minor" if top else "analysis.hangs_minor_none"
        return t(key, list="".join(_input(found, name, language) for name in top), **part)
    names = found.names[:MOST_NAMED]
    if not names:
        key = "analysis.hangs_none" if len(found.ranking) else "analysis.hangs_few"
        return t(key, runs=found.effects.size)
    parts = "; ".join(_input(found, name, language) for name in names)
    if found.repeated:
        return t("analysis.hangs_design", list=parts, **part)
    return t("analysis.hangs", list=parts)


def _input(found: Hanging, name: str, language: Language) -> str:
    """Return one input with what the effect owes to it."""
    t, measure = texts(language), BY_ID[found.measure]
    swings = found.swings.set_index("name")
    words = {"label": parameter_label(name, language), "size": _size(found, name, language)}
    if name not in swings.index:
        return t("analysis.part_bare", **words)
    low, high = (amount(measure, float(swings.loc[name, end]), language) for end in ("low", "high"))
    return t("analysis.part", swing=t("analysis.swing", low=low, high=high), **words)


def _size(found: Hanging, name: str, language: Language) -> str:
    """Return the index of an input with its 95% interval, if it has one."""
    t, row = texts(language), found.ranking.set_index("name").loc[name]
    if found.method == "morris":
        ends = [
            amount(BY_ID[found.measure], max(0.0, float(row[f"mu_star_{end}"])), language)
            for end in ("low", "high")
        ]
        size = amount(BY_ID[found.measure], float(row["mu_star"]), language)
        return t("analysis.size_morris", amount=size, interval=nf.between(*ends, language))
    key = "total" if found.method == "sobol" else "first"
    if key == "first" and row["first"] <= 0.0:
        return t("analysis.size_rho", rho=nf.difference(row["rho"], language, 2))
    # Estimates of a share may fall outside it; nobody explains less than nothing.
    value, low, high = (
        nf.percentage(min(1.0, max(0.0, float(row[f"{key}{end}"]))), language)
        if not math.isnan(row[f"{key}{end}"]) else "-"
        for end in ("", "_low", "_high")
    )  # fmt: skip
    of = t("analysis.of_points" if found.repeated else "analysis.of_runs")
    said = f"analysis.size_{'sobol' if key == 'total' else 'first'}"
    if "-" in (low, high):
        return t(f"{said}_bare", size=value, of=of)
    return t(said, size=value, of=of, interval=nf.between(low, high, language))


def _part(found: Hanging, language: Language) -> str:
    """Return how much of the differences between runs is between points of the design."""
    if found.part < 0.01:
        return texts(language)("analysis.part_small")
    return nf.percentage(found.part, language)


def design_sentences(found: Sequence[Hanging], language: Language) -> list[str]:
    """Return why a design was not analysed by its own method, once for all its effects."""
    t, unfit = texts(language), {one.unfit for one in found}
    out = []
    if "small" in unfit:
        samples = found[0].samples
        out.append(t("analysis.unfit.small", samples=samples, least=LEAST_SOBOL))
    if "holes" in unfit:
        out.append(t("analysis.unfit.holes"))
    return out


def box_sentences(found: Hanging, language: Language) -> list[str]:
    """Return in which corner the policy goes wrong, and whether unseen runs confirm it."""
    t = texts(language)
    if found.flat:
        return []  # where hardly anything differs, no corner does
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

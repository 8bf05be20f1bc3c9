"""Outcomes in words: one row per measure with both intervals, and groups that differ most."""

import math
from collections.abc import Callable

from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.comparison import Comparison
from experiments.figures.drawing import Request
from experiments.figures.people import GROUP_MEASURES, groups
from experiments.number_format import Language
from experiments.readings import depends_on_assumptions, reading
from experiments.scenario_names import Titles
from experiments.texts import texts
from model.outcomes import BY_ID, Measure


def between_words(
    ends: tuple[float, float], form: Callable[[float], str], language: Language
) -> str:
    """Return an interval in words; a dash where it is not known."""
    if any(math.isnan(end) for end in ends):
        return "-"
    return nf.between(form(float(ends[0])), form(float(ends[1])), language)


def outcome_row(
    comparison: Comparison, policy: str, measure: Measure, language: Language
) -> dict[str, str]:
    """Return one row of the table of all outcomes."""
    t = texts(language)
    row = comparison.effect(policy, measure.id)

    def form(value: float) -> str:
        return signed_change(measure, value, language)

    word = t(f"reading.{reading(measure, row)}")
    if depends_on_assumptions(row) and reading(measure, row) in {"better", "worse"}:
        word = t("figure.uncertain", word=word)
    unit = measure.unit_nl if language == "nl" else measure.unit
    change = form(row["mean"])
    if measure.is_share:
        unit = ""
    return {
        "name": getattr(measure, language),
        "explains": getattr(measure, f"explains_{language}"),
        "unit": "" if measure.unit == "EUR/year" else unit,
        "baseline": shown(measure, row["baseline"], language),
        "change": change,
        "effect": t("unit.share", amount=change) if measure.is_share else change,
        "chance": between_words((row["monte_carlo_low"], row["monte_carlo_high"]), form, language),
        "assumptions": between_words((row["parameter_low"], row["parameter_high"]), form, language),
        "reading": word,
        "class": reading(measure, row),
    }


def group_sentences(
    comparison: Comparison, policy: str, language: Language, titles: Titles
) -> list[str]:
    """Return per measure the groups with the lowest and the highest effect."""
    t = texts(language)
    request = Request(comparison, titles, language, "")
    out = []
    for id_ in GROUP_MEASURES:
        measure = BY_ID[id_]
        table = groups(request, policy, id_)
        table = table[~table["small"]].dropna(subset="mean").sort_values("mean")
        if len(table):
            words = {}
            for end, row in (("low", table.iloc[0]), ("high", table.iloc[-1])):
                change = signed_change(measure, row["mean"], language)
                words[end] = t("unit.share", amount=change) if measure.is_share else change
                words[f"{end}_group"] = row["name"]
            out.append(t("report.groups_text", measure=getattr(measure, language), **words))
    return out

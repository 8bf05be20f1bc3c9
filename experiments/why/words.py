"""Numbers and names of an answer, as people write them."""

import math
from functools import cache

from experiments import number_format as nf
from experiments.answers.analysis_words import bare_unit
from experiments.number_format import Language
from experiments.parameter_units import unit_name
from experiments.scenario_names import label
from experiments.source_words import NO_SOURCE, source_parts
from experiments.texts import texts
from experiments.why.screening import OPEN, effect_of
from experiments.why.subjects import SEEN
from model.outcomes import BY_ID
from model.parameters import Parameter


def plain(value: float, language: Language, digits: int = 3) -> str:
    """Return a number with about so many digits that count; whole numbers in full."""
    if value == round(value) and abs(value) < 1e15:
        whole = round(value)
        return str(whole) if 1900 <= whole <= 2100 else nf.number(whole, language)
    size = math.floor(math.log10(abs(value)))
    text = nf.number(value, language, max(0, digits - 1 - size))
    point = {"nl": ",", "en": "."}[language]
    return text.rstrip("0").rstrip(point) if point in text else text


def percent(share: float, language: Language, signed: bool = False) -> str:
    """Return a share as a percentage with two digits that count."""
    text = plain(100.0 * share, language, 2) + "%"
    return nf.signed(text) if signed else text


def change(measure: str, value: float, language: Language) -> str:
    """Return a change of a measure or budget test, with sign and unit."""
    t = texts(language)
    if measure not in BY_ID or BY_ID[measure].unit == "EUR/year":
        return f"{nf.signed(nf.euros(value, language))} {t('analysis.per_year')}"
    shown = 100.0 * value if BY_ID[measure].is_share else value
    return f"{nf.signed(plain(shown, language, 2))} {bare_unit(BY_ID[measure], language)}"


def value_and_range(entry: Parameter, language: Language) -> str:
    """Return value, unit and range of a parameter."""
    t, digits = texts(language), 4
    value = plain(entry.value, language, digits)
    unit = unit_name(entry.unit, language)
    if entry.low is None or entry.high is None:
        return t("why.value", value=value, unit=unit)
    low, high = (plain(end, language, digits) for end in (entry.low, entry.high))
    return t("why.value_range", value=value, unit=unit, low=low, high=high)


def source(entry: Parameter, language: Language) -> str:
    """Return the source of a parameter; what everybody writes around it is translated."""
    text = ": ".join(part for part in source_parts(entry.source, language) if part)
    if entry.source.lower() in NO_SOURCE or entry.year is None:
        return text
    return texts(language)("why.year", source=text, year=entry.year)


def measure_title(name: str, language: Language) -> str:
    """Return what people call a measure or budget test."""
    if name in BY_ID:
        return str(getattr(BY_ID[name], language))
    if name in SEEN:
        label_ = str(getattr(SEEN[name], language))
        return texts(language)("why.seen.title", label=label_)
    return texts(language)(f"why.{name}.title")


@cache
def policy(name: str, language: Language) -> str:
    """Return what people call a scenario of the library, or a name from elsewhere as it is."""
    from scenarios.loader import library

    key = f"scenario.{name}.label"
    if key in texts(language):
        return texts(language)(key)
    if name in library():
        from model.parameters import load_registry
        from scenarios.loader import load

        return str(getattr(load(name, load_registry()).title, language))
    return label(name, language)


def world(name: str, language: Language) -> str:
    """Return what a list of swings is about: a level, or a difference with fee per session."""
    t = texts(language)
    if name == OPEN:
        return t("why.leans.level")
    if name == effect_of("bundle_weight_classes"):
        return t("why.leans.effect")
    if name.endswith(effect_of("")):
        return t("why.leans.effect_of", policy=policy(name.removesuffix(effect_of("")), language))
    return t("why.leans.level_in", policy=policy(name, language))

"""An effect with sign and unit, for sentences."""

import math

from experiments import number_format as nf
from experiments.number_format import Language
from experiments.texts import texts
from model.outcomes import Measure


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

"""Values of outcome measures and changes in them, as people write them. Light: no tables, no model.

The server of the dashboard writes them all day and loads nothing else for it.
"""

import math

from experiments import number_format as nf
from experiments.number_format import Language
from model.outcomes import Measure


def shown(measure: Measure, value: float, language: Language) -> str:
    """Return a value of a measure with its unit where that is short."""
    if measure.is_share:
        return nf.percentage(value, language, 1)
    if measure.unit == "EUR/year":
        return nf.euros(value, language)
    return nf.number(value, language, measure.decimals)


def shown_change(measure: Measure, value: float, language: Language) -> str:
    """Return the size of a change, without sign; shares in percentage points, without unit."""
    size = abs(value)
    if measure.is_share:
        points = 100.0 * size
        return nf.number(points, language, 1 if points >= 1.0 or points == 0.0 else 2)
    if measure.decimals == 2 and size >= 1.0:
        return nf.number(size, language, 1)
    return shown(measure, size, language)


def signed_change(measure: Measure, value: float, language: Language) -> str:
    """Return a change with its sign."""
    if math.isnan(value):
        return nf.number(value, language)
    text = shown_change(measure, value, language)
    return nf.MINUS + text if value < 0 and _visible(text) else nf.signed(text)


def _visible(text: str) -> bool:
    return any(digit in "123456789" for digit in text)

"""The screen: its width, and numbers as people read them."""

import math

from rich.console import Console

from experiments import number_format as nf
from experiments.number_format import Language
from model.outcomes import Measure

WIDTH = 100


def console(stderr: bool = False) -> Console:
    """Return a console; on paper or in a pipe it is as wide as a page."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=WIDTH)


def number(measure: Measure, value: float, signed: bool = False, language: Language = "en") -> str:
    """Return a value of a measure as text: shares in %, money without cents."""
    if math.isnan(value):
        return "-"
    digits = max(1, measure.decimals - 2) if measure.is_share else measure.decimals
    shown = round(100 * value if measure.is_share else value, digits) + 0.0
    unit = (" pp" if signed else " %") if measure.is_share else ""
    text = (nf.difference if signed else nf.number)(shown, language, digits)
    return text.replace(nf.MINUS, "-") + unit  # a plain minus: terminals and pipes differ


def interval(measure: Measure, low: float, high: float, language: Language = "en") -> str:
    """Return an interval as text."""
    if math.isnan(low):
        return "-"
    ends = (number(measure, one, True, language) for one in (low, high))
    return nf.between(*ends, language)

"""The screen: its width, and numbers as people read them."""

import math

from rich.console import Console

from model.outcomes import Measure

WIDTH = 100


def console(stderr: bool = False) -> Console:
    """Return a console; on paper or in a pipe it is as wide as a page."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=WIDTH)


def number(measure: Measure, value: float, signed: bool = False) -> str:
    """Return a value of a measure as text: shares in %, money without cents."""
    if math.isnan(value):
        return "-"
    digits = max(1, measure.decimals - 2) if measure.is_share else measure.decimals
    shown = round(100 * value if measure.is_share else value, digits) + 0.0
    sign = "+" if signed and shown else ""
    unit = (" pp" if signed else " %") if measure.is_share else ""
    return f"{shown:{sign},.{digits}f}{unit}"


def interval(measure: Measure, low: float, high: float) -> str:
    """Return an interval as text."""
    if math.isnan(low):
        return "-"
    return f"{number(measure, low, True)} to {number(measure, high, True)}"

"""A sheet to draw on: SVG made of a few kinds of marks, and axes with round numbers."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from dashboards import palette

FONT = "Roboto, 'Segoe UI', Arial, sans-serif"
SIZE = 13


@dataclass
class Sheet:
    """An SVG picture in the making; sizes in pixels.

    Attributes:
        width, height: Of the whole sheet.
    """

    width: float
    height: float
    _marks: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", colour: str = palette.TEXT,
        size: float = SIZE, bold: bool = False, halo: bool = False,
    ) -> None:  # fmt: skip
        """Write words at a place (the baseline of the letters).

        With ``halo`` they have a white edge, to be read where lines run behind them.
        """
        weight = ' font-weight="600"' if bold else ""
        if halo:
            weight += ' paint-order="stroke" stroke="#FFFFFF" stroke-width="3"'
        self._marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-size="{size:g}"{weight}>{escape(words)}</text>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = palette.GRID,
        width: float = 1.0, dash: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        style = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width:g}"{style}/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], colour: str, width: float = 2.2, dash: str = ""
    ) -> None:
        """Draw a line through points."""
        style = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" '
            f'stroke-width="{width:g}"{style}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """Fill the area within points."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(f'<polygon points="{places}" fill="{fill}"/>')

    def bar(
        self, x1: float, x2: float, y: float, thick: float, fill: str, dashed: bool = False
    ) -> None:
        """Draw a horizontal bar between two places, round a height; dashed: only its edge."""
        left, right = sorted((x1, x2))
        paint = (
            f'fill="none" stroke="{fill}" stroke-dasharray="3 2"' if dashed else f'fill="{fill}"'
        )
        self._marks.append(
            f'<rect x="{left:.1f}" y="{y - thick / 2:.1f}" width="{max(right - left, 0.8):.1f}" '
            f'height="{thick:g}" {paint}/>'
        )

    def mark(self, x: float, y: float, colour: str, shape: str = "circle", r: float = 5) -> None:
        """Draw a mark with a white edge: circle, square or diamond."""
        edge = f'fill="{colour}" stroke="#FFFFFF" stroke-width="1.5"'
        if shape == "circle":
            self._marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" {edge}/>')
        elif shape == "square":
            self._marks.append(
                f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:g}" height="{2 * r:g}" '
                f"{edge}/>"
            )
        else:
            far = 1.3 * r
            self._marks.append(
                f'<polygon points="{x:.1f},{y - far:.1f} {x + far:.1f},{y:.1f} '
                f'{x:.1f},{y + far:.1f} {x - far:.1f},{y:.1f}" {edge}/>'
            )

    def done(self) -> str:
        """Return the picture; what it says is told by the figure round it."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'font-family="{FONT}" aria-hidden="true" focusable="false" width="{self.width:g}" '
            f'height="{self.height:g}">{"".join(self._marks)}</svg>'
        )


@dataclass(frozen=True)
class Scale:
    """Numbers to places along one axis.

    Attributes:
        low, high: Numbers at its ends.
        start, end: Places of its ends, pixels.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, number: float) -> float:
        """Return the place of a number; what lies outside is put at the end."""
        kept = min(self.high, max(self.low, number))
        return self.start + (kept - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round numbers along it."""
        return ticks(self.low, self.high, about)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers from low to high, some ``about`` of them."""
    step = step_of(low, high, about)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def step_of(low: float, high: float, about: int = 5) -> float:
    """Return a round step: 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / max(1, about) or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(k * power for k in (1.0, 2.0, 2.5, 5.0, 10.0) if k * power >= rough * 0.999)


def span(numbers: Sequence[float | None], zero: bool = True, room: float = 0.06) -> tuple:
    """Return the ends of an axis that holds all numbers, with some room and zero if asked."""
    known = [x for x in numbers if x is not None and math.isfinite(x)] + ([0.0] if zero else [])
    if not known:
        return (-1.0, 1.0)
    low, high = min(known), max(known)
    if low == high:
        more = abs(low) * 0.1 or 1.0
        return (low - more, high + more)
    gap = room * (high - low)
    return (low - gap if low < 0.0 or not zero else low, high + gap if high > 0.0 else high)


Form = Callable[[float], str]

_DECIMALS = re.compile(r"[.,](\d+)$")


def tick_words(numbers: Sequence[float], form: Form) -> list[str]:
    """Return the numbers of an axis in words, without zeros at the end that all of them have."""
    words = [form(number) for number in numbers]
    ends = [found[1] if (found := _DECIMALS.search(one)) else "" for one in words]
    if any(len(end) == 3 for end in ends):  # these may be thousands
        return words
    spare = min((len(end) - len(end.rstrip("0")) for end in ends), default=0)
    if spare:
        words = [one[:-spare].rstrip(".,") for one in words]
    return words


def apart(places: Sequence[float], least: float) -> list[float]:
    """Return positions in the same order, moved until they are so far apart."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = [places[k] for k in order]
    for _ in range(100):
        for k in range(1, len(moved)):
            short = least - (moved[k] - moved[k - 1])
            if short > 0.01:
                moved[k - 1] -= short / 2
                moved[k] += short / 2
    out = [0.0] * len(places)
    for k, place in zip(order, moved, strict=True):
        out[k] = place
    return out

"""Colours of the dashboard, each with a job; contrast is computed, and tested.

Text needs 4.5 against its background, graphics 3 (WCAG 2.2). No colour is the only sign: the
baseline is dashed, scenarios have marks, good and bad have a word.
"""

WHITE = "#FFFFFF"
PANEL = "#F5F7F9"
BACKGROUNDS = (WHITE, PANEL)

TEXT = "#1B1F23"
SECONDARY = "#4A5560"
PRIMARY = "#154273"
BASELINE = "#5B6770"
GOOD = "#1E6B3A"
ATTENTION = "#8A5A00"
BAD = "#B3261E"
BORDER = "#7A8691"
GRID = "#C9D0D6"  # decoration only: no meaning is carried by it
FOCUS = "#B34700"

#: Scenarios A, B and C: colour, mark.
SCENARIOS = (("#00589C", "circle"), ("#B34700", "square"), ("#8200D9", "diamond"))

#: Used for text.
TEXTS = (TEXT, SECONDARY, PRIMARY, BASELINE, GOOD, ATTENTION, BAD)
#: Used for lines, marks and borders.
GRAPHICS = (BORDER, FOCUS, *(colour for colour, _ in SCENARIOS))

#: Part of its colour that a band has over white: assumptions (wide), chance (narrow).
ASSUMPTIONS_BAND, CHANCE_BAND = 0.16, 0.38


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of ``#RRGGBB``, each 0 to 1."""
    return tuple(int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5))  # type: ignore[return-value]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over_white(colour: str, part: float) -> str:
    """Return the colour that a band has: so much of a colour over white."""
    mixed = (round(255 * (1.0 - part + part * c)) for c in channels(colour))
    return "#" + "".join(f"{c:02X}" for c in mixed)

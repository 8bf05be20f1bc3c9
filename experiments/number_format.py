"""Numbers as people write them, in Dutch and in English.

Pure functions with the language as an argument: ``locale.setlocale`` is process-wide and would
switch the language of everybody in a shared server.
"""

import math
from typing import Literal

from experiments.wilson import wilson_interval

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

MINUS = "−"

#: Thousands and decimal mark.
_MARKS = {"nl": (".", ","), "en": (",", ".")}
_TO = {"nl": "tot", "en": "to"}
_SCALES = ((1e9, {"nl": "miljard", "en": "billion"}), (1e6, {"nl": "miljoen", "en": "million"}))
_UNKNOWN = {"nl": "onbekend", "en": "unknown"}

#: Words for a probability: from this probability on, this word. The two outermost words are only
#: used when the whole Wilson interval lies beyond their bound, so that a few runs cannot make
#: anything "virtually certain".
PROBABILITY_WORDS: tuple[tuple[float, dict[Language, str]], ...] = (
    (0.90, {"nl": "vrijwel zeker", "en": "virtually certain"}),
    (0.66, {"nl": "waarschijnlijk", "en": "likely"}),
    (0.34, {"nl": "ongeveer even waarschijnlijk als niet", "en": "about as likely as not"}),
    (0.10, {"nl": "onwaarschijnlijk", "en": "unlikely"}),
    (0.00, {"nl": "vrijwel uitgesloten", "en": "virtually excluded"}),
)


def number(value: float, language: Language, decimals: int = 0) -> str:
    """Return a number with local marks and a real minus sign, e.g. ``1.234.567,8``."""
    if value is None or math.isnan(value):
        return _UNKNOWN[language]
    thousands, point = _MARKS[language]
    digits = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit not in "0,." for digit in digits)
    swapped = digits.translate(str.maketrans({",": thousands, ".": point}))
    return MINUS + swapped if negative else swapped


def plain(value: float, language: Language) -> str:
    """Return a number with the decimals it has (six digits at most), e.g. ``0,375``."""
    exact = (k for k in range(12) if math.isclose(value, round(value, k), rel_tol=1e-6))
    decimals = next(exact, 12)
    return number(value, language, decimals)


def signed(text: str) -> str:
    """Return a formatted number with a plus in front when it is above zero."""
    if text.startswith(MINUS) or not any(digit in "123456789" for digit in text):
        return text
    return "+" + text


def difference(value: float, language: Language, decimals: int = 0) -> str:
    """Return a signed number, e.g. ``+2,4`` or ``−2,4``; zero and unknown carry no sign."""
    return signed(number(value, language, decimals))


def percentage(share: float, language: Language, decimals: int = 0) -> str:
    """Return a share between 0 and 1 as a percentage, e.g. ``12,5%``."""
    if math.isnan(share):
        return _UNKNOWN[language]
    return number(100.0 * share, language, decimals) + "%"


def small_percentage(share: float, language: Language) -> str:
    """Return a share as a percentage, with a decimal below 1 %: ``5%``, ``0,1%``."""
    return percentage(share, language, 0 if share == 0.0 or share >= 0.01 else 1)


def euros(amount: float, language: Language) -> str:
    """Return an amount as one would say it: ``EUR 173.000``, ``−EUR 1,4 miljoen``.

    Above a million with one decimal (from 100 million without), from 10,000 to the nearest
    thousand, from 1,000 to the nearest hundred.
    """
    if math.isnan(amount):
        return _UNKNOWN[language]
    size = abs(amount)
    sign = MINUS if amount < 0 else ""
    for scale, word in _SCALES:
        if size >= scale * 0.9995:
            scaled = size / scale
            decimals = 0 if scaled >= 99.95 else 1
            return f"{sign}EUR {number(scaled, language, decimals)} {word[language]}"
    step = 1000 if size >= 9_950 else 100 if size >= 995 else 1
    rounded = step * round(size / step)
    return f"{sign if rounded else ''}EUR {number(rounded, language)}"


def glued(text: str) -> str:
    """Return a text in which no line breaks inside an amount: ``EUR 2,1 miljoen``."""
    space = "\N{NO-BREAK SPACE}"
    out = text.replace("EUR ", f"EUR{space}")
    for _, words in _SCALES:
        for word in words.values():
            out = out.replace(f" {word}", f"{space}{word}")
    return out


def exact_euros(amount: float, language: Language) -> str:
    """Return an amount in full euros, for amounts set by law: ``EUR 173.000``."""
    return number(amount, language) if math.isnan(amount) else f"EUR {number(amount, language)}"


def between(low: str, high: str, language: Language) -> str:
    """Return two formatted numbers as a range: ``2,3 tot 2,5``."""
    return f"{low} {_TO[language]} {high}"


def interval(low: float, high: float, language: Language, decimals: int = 0) -> str:
    """Return an interval in brackets: ``(2,3 tot 2,5)``."""
    texts = number(low, language, decimals), number(high, language, decimals)
    return f"({between(*texts, language)})"


def probability_word(hits: int, of: int, language: Language) -> str:
    """Return the word for a probability estimated as ``hits`` out of ``of`` runs.

    Bounds: ``PROBABILITY_WORDS``. The outermost words need the whole Wilson interval.
    """
    if of == 0:
        return _UNKNOWN[language]
    low, high = wilson_interval(hits, of)
    words = [word[language] for _, word in PROBABILITY_WORDS]
    bounds = [bound for bound, _ in PROBABILITY_WORDS]
    if low >= bounds[0]:
        return words[0]
    if high <= bounds[3]:
        return words[4]
    share = hits / of
    return words[1] if share >= bounds[1] else words[2] if share >= bounds[2] else words[3]


def enough_for_outermost(of: int) -> bool:
    """Return whether so many runs can carry an outermost word at all, if they all agree."""
    return wilson_interval(of, of)[0] >= PROBABILITY_WORDS[0][0]


_OF_TWO = {
    "nl": ("in geen van beide doorrekeningen", "in beide doorrekeningen"),
    "en": ("in neither of 2 runs", "in both runs"),
}


def runs_share(hits: int, of: int, language: Language) -> str:
    """Return ``in 72 van de 100 doorrekeningen`` (``in 72 of 100 runs``)."""
    shown = number(hits, language), number(of, language)
    few, many = {"nl": ("in geen van de", "in alle"), "en": ("in none of", "in all")}[language]
    runs = {"nl": "doorrekeningen", "en": "runs"}[language]
    if of == 2 and hits != 1:
        return _OF_TWO[language][0 if hits == 0 else 1]
    if hits == 0 or hits == of:
        return f"{few if hits == 0 else many} {shown[1]} {runs}"
    return f"in {shown[0]} {'van de' if language == 'nl' else 'of'} {shown[1]} {runs}"


def probability(hits: int, of: int, language: Language) -> str:
    """Return word and number: ``waarschijnlijk (in 72 van de 100 doorrekeningen)``."""
    if of == 0:
        return _UNKNOWN[language]
    return f"{probability_word(hits, of, language)} ({runs_share(hits, of, language)})"


def listing(items: list[str], language: Language) -> str:
    """Return ``a, b en c``."""
    word = {"nl": " en ", "en": " and "}[language]
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + word + items[-1]

"""Twin lives as plain data and as a table. Light: the server of the dashboard shows them.

They are lived in ``twins`` and told in ``twin_words``, by whoever has the model loaded.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments import number_format as nf
from experiments.number_format import Language
from experiments.texts import texts

#: What one can ask to see; whom each is about is said in ``twins.choose``.
QUESTIONS = ("severe_refused", "fewer_sessions", "graded_heavier", "practice_loss")

#: What a table or chart of twin lives shows, with digits.
SHOWN = {"sessions": 0, "training": 2, "burden": 2, "attacks": 0, "paid": 0, "own": 0}

#: What is shown of the practice: revenue less cost in full, EUR a month; patients in treatment.
OF_PRACTICE = ("margin", "treated")

#: Beside the codes of ``care.status``: the patient has died.
DIED = 3

#: Months shown before and after the lives part.
BEFORE, AFTER = 3, 20

_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
           "september", "oktober", "november", "december"),
}  # fmt: skip


@dataclass(frozen=True)
class Twins:
    """Two lives in plain data: everything that a page or terminal shows.

    Attributes:
        question: Which was asked.
        seed, share: Of the worlds.
        names: Names of both scenarios.
        found: Whether the question fits anybody; if not, only ``sentences`` is filled.
        parting: Month in which the lives part, counted from the policy month; -1 for never.
        money: Month from which other amounts are paid; -1 for never.
        first_year: Year of the first month.
        lives: By column of ``SHOWN``, two lists by month.
        status: Where the patient stands by month, two lists of codes.
        practice: Number of the practice; -1 for none.
        of_practice: The same for that practice, by name (``OF_PRACTICE``).
        sentences: By language: who it is, where the lives part and why, and what to remember.
    """

    question: str
    seed: int
    share: float
    names: tuple[str, str]
    found: bool
    parting: int
    money: int
    first_year: int
    lives: dict[str, tuple[list[float], list[float]]]
    status: tuple[list[int], list[int]]
    practice: int
    of_practice: dict[str, tuple[list[float], list[float]]]
    sentences: dict[Language, list[str]]


def month_name(first_year: int, month: int, language: Language) -> str:
    """Return a month counted from January of the first year, as ``March 2026``."""
    return f"{_MONTHS[language][month % 12]} {first_year + month // 12}"


def rows(twins: Twins, language: Language) -> list[list[str]]:
    """Return the table round the month in which the lives part, then the totals.

    The first cell of a row is the month; then one cell for each of ``SHOWN``, then care.
    """
    t = texts(language)
    middle = max(twins.parting, twins.money, 0) if twins.parting < 0 else twins.parting
    months = len(twins.status[0])
    out = []
    for month in range(max(0, middle - BEFORE), min(months, middle + AFTER + 1)):
        if month > 0 and twins.status[0][month - 1] == twins.status[1][month - 1] == DIED:
            break
        cells = [f"{twins.first_year + month // 12}-{month % 12 + 1:02d}"]
        for name, digits in SHOWN.items():
            cells.append(_both(*(one[month] for one in twins.lives[name]), digits, language))
        words = [t(f"twins.status.{one[month]}") for one in twins.status]
        out.append([*cells, words[0] if words[0] == words[1] else " / ".join(words)])
    total = [t("twins.total")]
    for name, digits in SHOWN.items():
        sums = [float(np.sum(one)) for one in twins.lives[name]]
        total.append("" if name in ("training", "burden") else _both(*sums, digits, language))
    out.append([*total, ""])
    return out


def heads(language: Language) -> list[str]:
    """Return the heads of that table."""
    t = texts(language)
    return [t("twins.column.month"), *(t(f"twins.column.{name}") for name in SHOWN),
            t("twins.column.status")]  # fmt: skip


def as_data(twins: Twins) -> dict[str, Any]:
    """Return twin lives as one document for JSON."""
    return {
        "question": twins.question, "baseline": twins.names[0], "policy": twins.names[1],
        "seed": twins.seed, "share": twins.share, "found": twins.found,
        "parting_month": twins.parting, "money_month": twins.money,
        "first_year": twins.first_year,
        "lives": {
            name: {"baseline": one, "policy": two} for name, (one, two) in twins.lives.items()
        },
        "status": {"baseline": twins.status[0], "policy": twins.status[1]},
        "practice": twins.practice,
        "practice_lives": {
            name: {"baseline": one, "policy": two} for name, (one, two) in twins.of_practice.items()
        },
        "sentences": twins.sentences,
    }  # fmt: skip


def _both(one: float, two: float, digits: int, language: Language) -> str:
    texts_ = [nf.number(value, language, digits) for value in (one, two)]
    return texts_[0] if texts_[0] == texts_[1] else " / ".join(texts_)

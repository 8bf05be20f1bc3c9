"""What stands behind a number, in the language of the reader: its source and its grade of evidence.

Sources are written in English (``model/parameters``). What they all begin with, or say when there
is none, is told in the reader's language; the rest stays as it is, and is said to be English.
"""

import re
from dataclasses import dataclass
from typing import get_args

from experiments.number_format import Language
from experiments.texts import texts
from model.parameters.parameter import Grade

#: What a source says when there is none, and the text that says so.
NO_SOURCE = {
    "no source found; declared assumption": "why.unchanged",
    "assumption: no source found": "why.unchanged",
    "assumption: none found": "why.unchanged",
    "assumption: no dutch source found yet": "why.no_dutch",
}

#: What a source begins with, before its own words.
PREFIXES = ("Assumption", "Derived")

GRADES: tuple[str, ...] = get_args(Grade)


@dataclass(frozen=True)
class SourceText:
    """A source as a page shows it, in three parts.

    Attributes:
        said: In the language of the page; empty if the source says nothing that all say.
        english: In English whatever the language of the page; may be empty.
        mark: Tells a Dutch reader that the second part is in English; may be empty.
    """

    said: str
    english: str
    mark: str

    def __str__(self) -> str:
        """Return all as one text."""
        return " ".join(part for part in (self.said, self.english, self.mark) if part)


def source_parts(text: str, language: Language) -> tuple[str, str]:
    """Return what everybody writes, in the language of the reader, and the rest in English."""
    t = texts(language)
    if text.lower() in NO_SOURCE:
        return t(NO_SOURCE[text.lower()]), ""
    for word in PREFIXES:
        if text.startswith(f"{word}: "):
            return t(f"why.prefix.{word.lower()}"), text.removeprefix(f"{word}: ")
    return "", text


def page_source(text: str, language: Language, note: str = "") -> SourceText:
    """Return a source for a page, where Dutch readers are told that what follows is in English.

    Args:
        text: Source of a parameter or scenario.
        language: "nl" or "en".
        note: More about it, in English too.
    """
    said, rest = source_parts(text, language)
    own = "; ".join(part.rstrip(".") for part in (rest, note) if part)
    mark = texts(language)("why.english") if language != "en" and _has_words(own) else ""
    return SourceText(f"{said}:" if said and own else said, own, mark)


def _has_words(text: str) -> bool:
    """Return whether there is more than addresses and numbers."""
    return re.search(r"[A-Za-z]", re.sub(r"https?://\S+", "", text)) is not None


def grade_words(grade: str, language: Language) -> str:
    """Return a grade of evidence with what it means: ``A: assumption, no source``."""
    return texts(language)(f"why.grade.{grade}")

"""Clauses in words: what a contract says, in plain English or Dutch."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from model.contracts.clause import Clause
from model.indicators import BY_ID

_FILE = Path(__file__).with_name("clause_words.yaml")


@cache
def texts() -> dict[str, Any]:
    """Return the words of ``clause_words.yaml``: ``clauses`` by name, ``words`` by value."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def clause_in_words(clause: Clause, language: str) -> str:
    """Return one clause of a contract as people would say it, with the numbers it states.

    What a clause leaves out or leaves as usual is not said; fill the clause first to have it all.

    Args:
        clause: A clause, as stated or filled.
        language: "en" or "nl".
    """
    said = texts()["clauses"][clause.clause]
    values = {field: getattr(clause, field) for field in type(clause).model_fields}
    details = [
        _phrase(said[field], value, language)
        for field, value in values.items()
        if isinstance(said.get(field), dict) and _worth_saying(clause, field, said[field], values)
    ]
    name = _named(said[language], values, language)
    return f"{name} ({', '.join(details)})" if details else name


def _worth_saying(clause: Clause, field: str, said: dict, values: dict[str, Any]) -> bool:
    """Return whether a field says something here that the clause's name does not."""
    value = values[field]
    usual = type(clause).model_fields[field]
    if value is None or (not usual.is_required() and value == usual.default):
        return False
    if "value" in said and value != said["value"]:
        return False
    return all(values[other] in those for other, those in said.get("when", {}).items())


def _named(name: str, values: dict[str, Any], language: str) -> str:
    indicator = values.get("indicator")
    label = getattr(BY_ID[indicator], language) if indicator else ""
    return name.replace("{indicator}", label[:1].lower() + label[1:])


def _phrase(said: dict[str, Any], value: Any, language: str) -> str:
    """Return a phrase with its value."""
    phrase = said[language]
    if "{share}" in phrase:
        return phrase.replace("{share}", f"{_number(100.0 * value, language)}%")
    if "{word}" in phrase:
        return phrase.replace("{word}", texts()["words"][value][language])
    if "{euros}" in phrase:
        amounts = value if isinstance(value, Sequence) else [value]
        return phrase.replace("{euros}", " / ".join(_number(each, language) for each in amounts))
    return phrase.replace("{}", _number(value, language)) if "{}" in phrase else phrase


def _number(value: float, language: str) -> str:
    """Return a number with local marks, e.g. 1,800 or 0,25."""
    digits = f"{value:,.10g}"
    return digits.translate(str.maketrans(",.", ".,")) if language == "nl" else digits

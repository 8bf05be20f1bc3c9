"""Sentences: what is wrong with a scenario file, in words, and what was probably meant."""

import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import ValidationError

from model.contracts.contract import AnyClause
from model.entitlement import Entitlement
from model.parameters.located_yaml import KeyPath, Located
from model.parameters.spelling import hint
from scenarios.complaint import ScenarioError
from scenarios.parts import BothLanguages
from scenarios.schema import Participation, ScenarioFile

#: Every clause a scenario can name.
CLAUSES = {
    clause.model_fields["clause"].default: clause for clause in get_args(get_args(AnyClause)[0])
}

#: Keys under which a file lists clauses.
CLAUSE_LISTS = ("contract", "add")

_VALID_KEYS: dict[str, Iterable[str]] = {
    "title": BothLanguages.model_fields,
    "story": BothLanguages.model_fields,
    "participation": Participation.model_fields,
}
_LONGEST_SHOWN = 60
_LONGEST_CHOICE = 3  # with more words to choose from, the nearest one says more than the list
#: Kinds of problems without a place of their own in the file.
MISSING = ("missing", "union_tag_not_found")


def first_problem(error: ValidationError, located: Located) -> ScenarioError:
    """Return one sentence for the first thing wrong with a file."""
    problems = [(each, keys_of(each)) for each in error.errors(include_url=False)]

    def place(item: tuple[Any, KeyPath]) -> tuple[bool, int]:
        # A missing key has no place of its own, and is often one that was misspelt: it comes last.
        return item[0]["type"] in MISSING, located.line(*item[1])

    problem, keys = min(problems, key=place)
    return at(located, _sentence(problem, keys), *keys)


def at(located: Located, text: str, *keys: str | int) -> ScenarioError:
    """Return an error that starts with the file and the line of a key."""
    return ScenarioError(f"{located.path.name}, line {located.line(*keys)}: {text}")


def short(text: str) -> str:
    """Return a text, cut off where it would make a sentence unreadable."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def keys_of(problem: Any) -> KeyPath:
    """Return where a problem lies, as keys of the file."""
    keys: list[str | int] = list(problem["loc"])
    if keys[:1] and keys[0] in CLAUSE_LISTS and len(keys) > 2:
        del keys[2]  # pydantic's name for the kind of clause
    if keys[-1:] == ["[key]"]:
        keys.pop()
    if problem["type"] == "complaint":
        keys.extend(problem["ctx"]["keys"])
    return tuple(keys)


def _sentence(problem: Any, keys: KeyPath) -> str:
    """Return what is wrong, in words, with the nearest valid word."""
    kind, given, shown = problem["type"], problem["input"], dotted(keys)
    if kind == "complaint":
        text = problem["ctx"]["text"]
        return f"'{shown}' {text}" if text.startswith(("must", "has")) else text
    if kind == "value_error":
        return f"in '{shown}', {problem['ctx']['error']}"
    if kind == "invalid_key" or problem["loc"][-1] == "[key]":
        return f"a key must be a word, not {_quoted(keys[-1])}"
    if kind == "extra_forbidden":
        return f"unknown key '{shown}'{hint(str(keys[-1])[:100], valid_keys(problem['loc']))}"
    if kind == "missing":
        return f"key '{shown}' is missing"
    if kind == "union_tag_not_found":
        return f"'{shown}' does not say which clause it is (clause: {', '.join(CLAUSES)})"
    if kind == "union_tag_invalid":
        tag = str(problem["ctx"]["tag"])
        return f"there is no clause '{short(tag)}'{hint(tag[:100], CLAUSES)}"
    if kind == "enum" and isinstance(given, str):
        return f"there is no entitlement {_quoted(given)}{hint(given[:100], Entitlement)}"
    if kind == "literal_error" and isinstance(given, str):
        words = re.findall("'([^']+)'", problem["ctx"]["expected"])
        if len(words) > _LONGEST_CHOICE:
            return f"'{shown}' cannot be {_quoted(given)}{hint(given[:100], words)}"
    return f"'{shown}' {_expectation(problem, keys)}, not {_quoted(given)}"


def valid_keys(loc: tuple[str | int, ...]) -> Iterable[str]:
    """Return the keys that could have stood where an unknown one stands."""
    if loc[0] in CLAUSE_LISTS:
        return CLAUSES[str(loc[2])].model_fields
    return _VALID_KEYS[str(loc[0])] if len(loc) > 1 else ScenarioFile.model_fields


def _expectation(problem: Any, keys: KeyPath) -> str:
    """Return what a value of the wrong kind should have been."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "enum":
        return "must be a word"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    if kind == "greater_than_equal":
        return f"must be {context['ge']:g} or more"
    if kind == "less_than_equal":
        return f"must be {context['le']:g} or less"
    if kind == "greater_than":
        return f"must be more than {context['gt']:g}"
    if kind == "less_than":
        return f"must be less than {context['lt']:g}"
    if kind == "string_too_long":
        return f"must be at most {context['max_length']} characters long"
    if kind == "finite_number":
        return "must be a finite number"
    if kind.startswith("int"):
        return "must be a whole number"
    if kind.startswith("float"):
        return "must be a number"
    if kind.startswith("bool"):
        return "must be true or false"
    if kind.startswith("string"):
        return "must be text"
    if kind == "tuple_type":
        return "must be a list"
    if keys[0] in CLAUSE_LISTS:
        return f"must be a clause, written as '- clause: {next(iter(CLAUSES))}'"
    return "must be a set of 'key: value' lines"


def dotted(keys: KeyPath) -> str:
    """Return keys as people would say them: contract.2.prices (items count from 1)."""
    said = (str(key + 1) if isinstance(key, int) else key for key in keys)
    return short(".".join(said))


def _quoted(given: Any) -> str:
    """Return a value as it may be shown in a sentence."""
    if isinstance(given, dict):
        return "a set of keys"
    if isinstance(given, list):
        return "a list"
    if given is None:
        return "nothing"
    return short(repr(given) if isinstance(given, str) else str(given))

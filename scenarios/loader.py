"""Scenarios read from YAML files: the library, and files people send each other.

Whatever is wrong in a file, name or setting ends in a `ScenarioError` of one sentence that says
where, and for a misspelling also what was probably meant.
"""

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from model.contracts.contract import AnyClause
from model.entitlement import Entitlement
from model.parameters import ParameterError, Registry
from model.parameters.located_yaml import KeyPath, Located, LocatedYamlError, read_located
from model.parameters.spelling import hint, nearest_name
from scenarios.schema import BothLanguages, Participation, Scenario, why_not_settable

LIBRARY = Path(__file__).parent / "library"
MAX_BYTES = 1_000_000  # a scenario is a page of text; more is some other file

#: Every clause a scenario can name.
CLAUSES = {clause.name: clause for clause in get_args(get_args(AnyClause)[0])}

_VALID_KEYS: dict[str, Iterable[str]] = {
    "title": BothLanguages.model_fields,
    "story": BothLanguages.model_fields,
    "participation": Participation.model_fields,
}
_LONGEST_SHOWN = 60


class ScenarioError(ValueError):
    """A scenario file, name or setting is wrong; the message is one line."""

    def __init__(self, message: str) -> None:
        """Keep the message on one line, whatever stood in the file."""
        shown = "".join(letter if letter.isprintable() else " " for letter in message)
        super().__init__(" ".join(shown.split()))


def library() -> dict[str, Path]:
    """Return the files of the scenario library by name, sorted by name."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}


def load(name_or_path: str | Path, registry: Registry) -> Scenario:
    """Read and check one scenario.

    Args:
        name_or_path: A name from the library, or a path to a .yaml file.
        registry: Parameters whose levers the scenario may set.

    Raises:
        ScenarioError: At the first thing that is wrong, in the order of the file.
    """
    path = _find(str(name_or_path))
    try:
        located = read_located(path)
    except LocatedYamlError as error:
        raise ScenarioError(str(error)) from None
    try:
        scenario = Scenario.model_validate(located.data, context={"registry": registry})
    except ValidationError as error:
        raise ScenarioError(_first_problem(error, located)) from None
    scenario._name = path.stem
    return scenario


def parse_settings(texts: Sequence[str], registry: Registry) -> dict[str, float]:
    """Return the numbers of the command line, given as ``name=value``.

    Uncertainties may be set here as well as levers: it is the way to ask "what if".

    Raises:
        ScenarioError: For text that is no setting, an unknown name, or a value it cannot have.
    """
    settings: dict[str, float] = {}
    for text in texts:
        try:
            name, value = _parse_setting(text, registry)
        except ParameterError as error:
            raise ScenarioError(f"setting '{_short(text)}': {error}") from None
        if name in settings:
            raise ScenarioError(f"setting '{_short(text)}': '{name}' is set twice")
        settings[name] = value
    return settings


def _parse_setting(text: str, registry: Registry) -> tuple[str, float]:
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        raise ParameterError("write it as name=value")
    if name not in registry:
        raise ParameterError(f"there is no parameter '{_short(name)}'{hint(name[:100], registry)}")
    reason = why_not_settable(name)
    if reason is not None:
        raise ParameterError(reason)
    try:
        value = float(number)
    except ValueError:
        raise ParameterError(f"'{_short(number)}' is no number (write it as 12 or 0.5)") from None
    registry.values({name: value})
    return name, value


def _find(text: str) -> Path:
    """Return the file that a name or path stands for, fit to be read."""
    names = library()
    if text in names:
        return names[text]
    if not text.strip():
        raise ScenarioError(f"name a scenario of the library ({', '.join(names)}) or a .yaml file")
    path = Path(text)
    try:
        found = path.stat()
    except FileNotFoundError:
        raise ScenarioError(_not_found(path, text, names)) from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", None) or "this cannot be a file name"
        raise ScenarioError(f"the file '{_short(text)}' cannot be read ({reason})") from None
    # A device or pipe would keep us waiting for ever.
    if stat.S_ISDIR(found.st_mode):
        raise ScenarioError(f"'{_short(text)}' is a folder, not a scenario file")
    if not stat.S_ISREG(found.st_mode):
        raise ScenarioError(f"'{_short(text)}' is no ordinary file")
    if path.suffix != ".yaml":
        raise ScenarioError(f"{path.name}, line 1: a scenario file must end in .yaml")
    if found.st_size > MAX_BYTES:
        raise ScenarioError(f"{path.name}, line 1: the file is too large to be a scenario (1 MB)")
    return path


def _not_found(path: Path, text: str, names: Iterable[str]) -> str:
    if path.suffix == ".yaml" or len(path.parts) > 1:
        nearest = nearest_name(path.stem[:100], names)
        return f"there is no file '{_short(text)}'; the nearest name in the library is '{nearest}'"
    return f"there is no scenario '{_short(text)}'{hint(text[:100], names)}"


def _first_problem(error: ValidationError, located: Located) -> str:
    """Return one sentence for the first thing wrong with the file."""
    problems = [(each, _keys(each)) for each in error.errors(include_url=False)]

    def place(item: tuple[Any, KeyPath]) -> tuple[bool, int]:
        # A missing key has no place of its own, and is often one that was misspelt: it comes last.
        return item[0]["type"] in _MISSING, located.line(*item[1])

    problem, keys = min(problems, key=place)
    return f"{located.path.name}, line {located.line(*keys)}: {_sentence(problem, keys)}"


_MISSING = ("missing", "union_tag_not_found")


def _keys(problem: Any) -> KeyPath:
    """Return where a problem lies, as keys of the file."""
    keys: list[str | int] = list(problem["loc"])
    if keys[:1] == ["contract"] and len(keys) > 2:
        del keys[2]  # pydantic's name for the kind of clause
    if keys[-1:] == ["[key]"]:
        keys.pop()
    if problem["type"] == "complaint":
        keys.extend(problem["ctx"]["keys"])
    return tuple(keys)


def _sentence(problem: Any, keys: KeyPath) -> str:
    """Return what is wrong, in words, with the nearest valid word."""
    kind, given, shown = problem["type"], problem["input"], _dotted(keys)
    if kind == "complaint":
        text = problem["ctx"]["text"]
        return f"'{shown}' {text}" if text.startswith(("must", "has")) else text
    if kind == "value_error":
        return f"in '{shown}', {problem['ctx']['error']}"
    if kind == "invalid_key" or problem["loc"][-1] == "[key]":
        return f"a key must be a word, not {_quoted(keys[-1])}"
    if kind == "extra_forbidden":
        return f"unknown key '{shown}'{hint(str(keys[-1])[:100], _valid_keys(problem['loc']))}"
    if kind == "missing":
        return f"key '{shown}' is missing"
    if kind == "union_tag_not_found":
        return f"'{shown}' does not say which clause it is (clause: {', '.join(CLAUSES)})"
    if kind == "union_tag_invalid":
        tag = str(problem["ctx"]["tag"])
        return f"there is no clause '{_short(tag)}'{hint(tag[:100], CLAUSES)}"
    if kind == "enum" and isinstance(given, str):
        return f"there is no entitlement {_quoted(given)}{hint(given[:100], Entitlement)}"
    return f"'{shown}' {_expectation(problem, keys)}, not {_quoted(given)}"


def _valid_keys(loc: tuple[str | int, ...]) -> Iterable[str]:
    """Return the keys that could have stood where an unknown one stands."""
    if loc[0] == "contract":
        return CLAUSES[str(loc[2])].model_fields
    return _VALID_KEYS[str(loc[0])] if len(loc) > 1 else Scenario.model_fields


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
    if keys[:1] == ("contract",):
        return f"must be a clause, written as '- clause: {next(iter(CLAUSES))}'"
    return "must be a set of 'key: value' lines"


def _dotted(keys: KeyPath) -> str:
    """Return keys as people would say them: contract.2.prices (items count from 1)."""
    said = (str(key + 1) if isinstance(key, int) else key for key in keys)
    return _short(".".join(said))


def _quoted(given: Any) -> str:
    """Return a value as it may be shown in a sentence."""
    if isinstance(given, dict):
        return "a set of keys"
    if isinstance(given, list):
        return "a list"
    if given is None:
        return "nothing"
    return _short(repr(given) if isinstance(given, str) else str(given))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."

"""All parameters of the model, read from the YAML files in this folder and checked.

Whatever is wrong in a file, name or value ends in a `ParameterError` of one sentence that
says where, and for a misspelling also what was probably meant.
"""

import keyword
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from model.parameters.draws import check_design, draw_parameter
from model.parameters.located_yaml import Located, LocatedYamlError, read_located
from model.parameters.parameter import (
    CHOICES,
    Entry,
    Label,
    Parameter,
    ParameterError,
    UnknownParameterError,
)
from model.parameters.parameter_set import ParameterSet
from model.parameters.safe_file import short
from model.parameters.spelling import hint

if TYPE_CHECKING:
    import numpy as np

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Registry:
    """Parameters by name, with their ranges, sources and labels."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        """Take parameters that were already checked; use `load_registry` to read files."""
        self._parameters = dict(parameters)

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter, or say which name was probably meant."""
        try:
            return self._parameters[name]
        except KeyError:
            message = f"there is no parameter '{name}'{hint(str(name), self._parameters)}"
            raise UnknownParameterError(message) from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in order of file and line."""
        return iter(self._parameters)

    def __len__(self) -> int:
        """Return how many parameters there are."""
        return len(self._parameters)

    def __contains__(self, name: object) -> bool:
        """Return whether a name is declared."""
        return name in self._parameters

    def all(self) -> tuple[Parameter, ...]:
        """Return every parameter, in order of file and line."""
        return tuple(self._parameters.values())

    def by_role(self, role: str) -> tuple[Parameter, ...]:
        """Return the parameters with one role: fact, uncertainty or lever."""
        if role not in CHOICES["role"]:
            raise ParameterError(f"there is no role '{role}'{hint(role, CHOICES['role'])}")
        return tuple(parameter for parameter in self.all() if parameter.role == role)

    def values(self, overrides: Mapping[str, float] | None = None) -> ParameterSet:
        """Return the numbers of a run: defaults, with some replaced.

        Args:
            overrides: New numbers by name, for uncertainties and levers only.

        Raises:
            ParameterError: For an unknown name, a fact, or a number outside its range.
        """
        numbers = {name: parameter.value for name, parameter in self._parameters.items()}
        for name, number in (overrides or {}).items():
            numbers[name] = _checked_override(self[name], number)
        return ParameterSet(numbers)

    def draw_table(self, count: int, seed: int) -> "dict[str, np.ndarray]":
        """Return `count` draws of every uncertainty, as one array per name.

        Levers keep their place: merge a row with chosen levers and pass both to `values`.
        """
        check_design(count, seed)
        return {
            parameter.name: draw_parameter(parameter, count, seed)
            for parameter in self.by_role("uncertainty")
        }

    def draws(self, count: int, seed: int) -> list[ParameterSet]:
        """Return `count` parameter sets that span the uncertainties (a Latin hypercube)."""
        table = self.draw_table(count, seed)
        return [
            self.values({name: float(column[row]) for name, column in table.items()})
            for row in range(count)
        ]


def load_registry(folder: Path | None = None) -> Registry:
    """Read and check every parameter file in a folder.

    Args:
        folder: Folder with YAML files; without it the ones shipped with the model, which are
            read once and then kept.

    Raises:
        ParameterError: At the first thing that is wrong.
    """
    return _shipped_registry() if folder is None else _read_folder(Path(folder))


@cache
def _shipped_registry() -> Registry:
    return _read_folder(Path(__file__).parent)


def _read_folder(folder: Path) -> Registry:
    parameters: dict[str, Parameter] = {}
    for path in _yaml_files(folder):
        for parameter in _read_file(path):
            earlier = parameters.get(parameter.name)
            if earlier is not None:
                raise ParameterError(
                    f"{parameter.place}: '{parameter.name}' is already declared in {earlier.place}"
                )
            parameters[parameter.name] = parameter
    return Registry(parameters)


def _yaml_files(folder: Path) -> list[Path]:
    stray = sorted(folder.glob("*.yml"))
    if stray:  # skipping it in silence would lose parameters
        raise ParameterError(f"{stray[0].name}, line 1: a parameter file must end in .yaml")
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ParameterError(f"there are no parameter files (*.yaml) in '{folder.name}'")
    return paths


def _read_file(path: Path) -> list[Parameter]:
    try:
        located = read_located(path)
    except LocatedYamlError as error:
        raise ParameterError(str(error)) from None
    return [_read_entry(located, name) for name in located.data]


def _read_entry(located: Located, name: Any) -> Parameter:
    file, line = located.path.name, located.line(name)
    _check_name(name, f"{file}, line {line}")
    raw = located.data[name]
    if not isinstance(raw, dict):
        raise ParameterError(f"{file}, line {line}: '{short(name)}' must have keys such as 'value'")
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as error:
        raise ParameterError(_first_problem(error, located, name)) from None
    return Parameter(**dict(entry), name=name, file=file, line=line)


def _check_name(name: Any, place: str) -> None:
    """Refuse names that would not work as an attribute of a parameter set."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ParameterError(f"{place}: '{short(name)}' is no name (use a-z, 0-9 and underscores)")
    if hasattr(ParameterSet, name):
        raise ParameterError(f"{place}: '{name}' is a reserved name")


def _first_problem(error: ValidationError, located: Located, name: str) -> str:
    """Return one sentence for the first thing wrong with an entry."""
    problems = error.errors(include_url=False)
    # A misspelt key is both unknown and missing; naming the misspelling helps more.
    problem = min(problems, key=lambda each: each["type"] != "extra_forbidden")
    where = (*problem["loc"], *_complained_key(problem))
    keys = tuple(str(key) for key in where)
    line = located.line(name, *keys)
    return f"{located.path.name}, line {line}: {_sentence(problem, name, keys)}"


def _complained_key(problem: Any) -> tuple[str, ...]:
    return (problem["ctx"]["key"],) if problem["type"] == "complaint" else ()


def _sentence(problem: Any, name: str, keys: tuple[str, ...]) -> str:
    """Return what is wrong with one key of an entry, in words."""
    kind, key, given = problem["type"], keys[-1], problem["input"]
    shown, name = short(".".join(keys)), short(name)
    if kind == "extra_forbidden":
        valid: Iterable[str] = Label.model_fields if keys[0] == "label" else Entry.model_fields
        return f"unknown key '{shown}' in '{name}'{hint(key, valid)}"
    if kind == "missing":
        return f"key '{shown}' is missing in '{name}'"
    if kind == "literal_error":
        return f"unknown {key} '{short(given)}' in '{name}'{hint(short(given), CHOICES[key])}"
    if kind == "complaint":
        valid = CHOICES["unit"] if key == "unit" else ()
        return f"{problem['msg']} in '{name}'{hint(short(given.get('unit', '')), valid)}"
    return f"'{shown}' of '{name}' {_expectation(kind)}, not {_quoted(given)}"


def _quoted(given: Any) -> str:
    """Return a value as it may be shown in a sentence."""
    if isinstance(given, dict | list):
        return "a list" if isinstance(given, list) else "a set of keys"
    return repr(short(given)) if isinstance(given, str) else short(given)


def _expectation(kind: str) -> str:
    """Return what a value of the wrong type should have been."""
    if kind == "finite_number":
        return "must be a finite number"
    if kind.startswith("float"):
        return "must be a number"
    if kind.startswith(("int", "greater", "less")):
        return "must be a year between 1900 and 2100"
    if kind == "model_type":
        return "must be a pair {en: ..., nl: ...}"
    return "must be text that is not empty"


def _checked_override(parameter: Parameter, number: Any) -> float:
    """Return the number if this parameter may have it, and refuse it otherwise."""
    name, place = parameter.name, parameter.place
    if parameter.low is None or parameter.high is None or parameter.role == "target":
        raise ParameterError(f"'{name}' is a {parameter.role} and cannot be overridden ({place})")
    try:
        value = math.nan if isinstance(number, str | bool) else float(number)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise ParameterError(f"'{name}' must be a finite number, not {_quoted(number)} ({place})")
    if not parameter.low <= value <= parameter.high:
        raise ParameterError(
            f"'{name}' must lie in {parameter.low:g}..{parameter.high:g} {parameter.unit}, "
            f"not {value:g} ({place})"
        )
    return value

"""Scenarios read from YAML files: the library, and files people send each other.

Whatever is wrong in a file, name or setting ends in a `ScenarioError` of one sentence that says
where, and for a misspelling also what was probably meant.
"""

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from model.parameters import ParameterError, Registry
from model.parameters.located_yaml import Located, LocatedYamlError, read_located
from model.parameters.spelling import hint, nearest_name
from scenarios.complaint import ScenarioError
from scenarios.inheritance import Draft, draft, resolve
from scenarios.schema import Scenario, ScenarioFile, why_not_settable
from scenarios.sentences import at, first_problem, short
from scenarios.titles import LIBRARY

MAX_BYTES = 1_000_000  # a scenario is a page of text; more is some other file
MAX_CHAIN = 20  # a reader has given up long before


def library() -> dict[str, Path]:
    """Return the files of the scenario library by name, sorted by name."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}


def load(name_or_path: str | Path, registry: Registry) -> Scenario:
    """Read and check one scenario, with all it extends.

    Args:
        name_or_path: A name from the library, or a path to a .yaml file.
        registry: Parameters whose levers the scenario may set.

    Raises:
        ScenarioError: At the first thing that is wrong: in the file, then in what it extends, then
            in the two together.
    """
    return _load(_find(str(name_or_path)), registry, ())[1]


def _load(path: Path, registry: Registry, above: tuple[Path, ...]) -> tuple[Draft, Scenario]:
    """Read a file and what it extends; ``above`` are the files that extend it, first read first."""
    located, stated = _read(path, registry)
    base = None
    if stated.states("extends"):
        target = _base(stated.extends, located)
        chain = (*above, path)
        if target.resolve() in [each.resolve() for each in chain]:
            names = " -> ".join(each.name for each in (*chain, target))
            raise at(
                located, f"scenarios cannot extend each other in a circle ({names})", "extends"
            )
        if len(chain) > MAX_CHAIN:
            raise at(
                located, f"a scenario can have {MAX_CHAIN} others above it, no more", "extends"
            )
        base, _ = _load(target, registry, chain)
    made = draft(stated, located, base)
    return made, resolve(made, stated, located, registry)


def _read(path: Path, registry: Registry) -> tuple[Located, ScenarioFile]:
    """Return what one file says by itself, with its lines."""
    try:
        located = read_located(path)
    except LocatedYamlError as error:
        raise ScenarioError(str(error)) from None
    try:
        return located, ScenarioFile.model_validate(located.data, context={"registry": registry})
    except ValidationError as error:
        raise first_problem(error, located) from None


def _base(text: str, located: Located) -> Path:
    """Return the file that is extended: a library name, or a path seen from the file's folder."""
    try:
        return _find(text, located.path.parent)
    except ScenarioError as error:
        raise at(located, f"'extends' cannot be followed: {error}", "extends") from None


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
            raise ScenarioError(f"setting '{short(text)}': {error}") from None
        if name in settings:
            raise ScenarioError(f"setting '{short(text)}': '{name}' is set twice")
        settings[name] = value
    return settings


def _parse_setting(text: str, registry: Registry) -> tuple[str, float]:
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        raise ParameterError("write it as name=value")
    if name not in registry:
        raise ParameterError(f"there is no parameter '{short(name)}'{hint(name[:100], registry)}")
    reason = why_not_settable(name)
    if reason is not None:
        raise ParameterError(reason)
    try:
        value = float(number)
    except ValueError:
        raise ParameterError(f"'{short(number)}' is no number (write it as 12 or 0.5)") from None
    registry.values({name: value})
    return name, value


def _find(text: str, folder: Path = Path()) -> Path:
    """Return the file that a name or path stands for, fit to be read.

    Args:
        text: A name of the library, or a path.
        folder: Where a path that is not absolute starts.
    """
    names = library()
    if text in names:
        return names[text]
    if not text.strip():
        raise ScenarioError(
            "name a scenario of the library ('zorgbundel scenarios') or a .yaml file"
        )
    path = folder / text
    try:
        found = path.stat()
    except FileNotFoundError:
        raise ScenarioError(_not_found(text, names)) from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", None) or "this cannot be a file name"
        raise ScenarioError(f"the file '{short(text)}' cannot be read ({reason})") from None
    # A device or pipe would keep us waiting for ever.
    if stat.S_ISDIR(found.st_mode):
        raise ScenarioError(f"'{short(text)}' is a folder, not a scenario file")
    if not stat.S_ISREG(found.st_mode):
        raise ScenarioError(f"'{short(text)}' is no ordinary file")
    if path.suffix != ".yaml":
        raise ScenarioError(f"{path.name}, line 1: a scenario file must end in .yaml")
    if found.st_size > MAX_BYTES:
        raise ScenarioError(f"{path.name}, line 1: the file is too large to be a scenario (1 MB)")
    return path


def _not_found(text: str, names: Iterable[str]) -> str:
    path = Path(text)
    if path.suffix == ".yaml" or len(path.parts) > 1:
        nearest = nearest_name(path.stem[:100], names)
        return f"there is no file '{short(text)}'; the nearest name in the library is '{nearest}'"
    return f"there is no scenario '{short(text)}'{hint(text[:100], names)}"

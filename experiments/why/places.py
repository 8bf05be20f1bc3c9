"""Where the model reads a parameter: file and function, found in the code itself.

This says where a number enters, not how far it reaches: for that see ``experiments.why.screening``.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.parameters import load_registry

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("model", "agents")


@dataclass(frozen=True, order=True)
class Place:
    """One function that reads a parameter.

    Attributes:
        file: Path from the top of the program.
        function: Name of the function or method; empty at the top of a file.
    """

    file: str
    function: str


def places(parameter: str) -> tuple[Place, ...]:
    """Return where the model reads a parameter, in order of file; empty if nowhere."""
    return _all_places().get(parameter, ())


def readers(*starts: str) -> tuple[str, ...]:
    """Return the parameters that are read in files whose path starts with one of some texts."""
    return tuple(
        name for name, found in _all_places().items()
        if any(place.file.startswith(starts) for place in found)
    )  # fmt: skip


@cache
def _all_places() -> dict[str, tuple[Place, ...]]:
    found: dict[str, set[Place]] = {name: set() for name in load_registry()}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            if file.startswith("model/parameters/"):
                continue
            for name, function in _reads(ast.parse(path.read_text("utf-8")), ""):
                found[name].add(Place(file, function))
    return {name: tuple(sorted(each)) for name, each in found.items() if each}


def _reads(node: ast.AST, function: str) -> Iterator[tuple[str, str]]:
    """Yield each parameter read below a node, with the function it is read in."""
    if isinstance(node, ast.FunctionDef):
        function = node.name
    for name in _named(node):
        yield name, function
    for child in ast.iter_child_nodes(node):
        yield from _reads(child, function)


def _named(node: ast.AST) -> list[str]:
    """Return the parameters that one node names: an attribute, a text, or a text with gaps."""
    registry = load_registry()
    if isinstance(node, ast.Attribute) and node.attr in registry:
        return [node.attr]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in registry:
        return [node.value]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.JoinedStr):
        pattern = "".join(
            re.escape(part.value) if isinstance(part, ast.Constant) else ".+"
            for part in node.slice.values
        )
        return [name for name in registry if re.fullmatch(pattern, name)]
    return []

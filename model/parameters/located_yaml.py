"""YAML that remembers its lines, so that an error can point at the place to repair.

Stricter than YAML itself, because a file that steers a policy simulation must mean what it
seems to mean: no duplicate keys, no anchors or aliases, no custom tags, no octal or
base-60 numbers, text in UTF-8 and a mapping at the top. The scenario loader reads with it too.

Safer as well: size, depth and number of values are limited before a tree is built, so no file can
fill the memory or keep the program busy.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from model.parameters.safe_file import UnreadableError, one_line, read_bytes, short

KeyPath = tuple[str | int, ...]

MAX_DEPTH = 40  # deeper than any readable file; also guards the recursion below
MAX_BYTES = 1_000_000  # hundreds of pages; the largest file of the program is 12 kB
MAX_VALUES = 20_000  # keys, values and list items together; read in less than half a second

_PREFIX = "tag:yaml.org,2002:"
_PLAIN_NUMBER = re.compile(r"[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?")
_EXPONENT_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")


class LocatedYamlError(ValueError):
    """A YAML file cannot be read; the message names file, line and reason."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        """Keep the parts apart for callers, and join them for readers."""
        message = one_line(message)
        super().__init__(f"{short(one_line(path.name))}, line {line}: {message}")
        self.path = path
        self.line = line
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[Path, int, str]]:
        """Rebuild from the parts, because worker processes send their errors home."""
        return type(self), (self.path, self.line, self.message)


@dataclass(frozen=True)
class Located:
    """Plain data read from a file, with the line on which each key was written.

    Attributes:
        path: The file that was read.
        data: Dicts, lists, numbers, text, booleans, dates and None.
        lines: Line number (from 1) of each key path, e.g. ``("tariff", "value")``; list
            items count by position.
    """

    path: Path
    data: dict[Any, Any]
    lines: dict[KeyPath, int]

    def line(self, *key_path: str | int) -> int:
        """Return the line of a key path, or of its nearest parent that exists."""
        for length in range(len(key_path), 0, -1):
            found = self.lines.get(key_path[:length])
            if found is not None:
                return found
        return 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """SafeLoader (the C one where installed) that also reads 1e-5 as a number."""


# YAML 1.1 wants a dot before an exponent; people who write 1e6 mean a number, not text.
_Loader.add_implicit_resolver(_PREFIX + "float", _EXPONENT_NUMBER, list("-+0123456789"))


def read_located(path: Path) -> Located:
    """Read one YAML file strictly, with the line of every key.

    Args:
        path: File to read.

    Returns:
        The data and its lines.

    Raises:
        LocatedYamlError: When the file is missing, empty, not UTF-8 text, not valid YAML, no
            mapping at the top, or uses something this project refuses (see the module).
    """
    path = Path(path)
    text = _read_text(path)
    loader = None
    try:
        _check_events(path, text)
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise LocatedYamlError(path, 1, "the file is empty")
        if not isinstance(root, yaml.MappingNode):
            raise LocatedYamlError(path, _line(root), "the top level must be 'key: value' lines")
        reader = _TreeReader(path, loader)
        return Located(path=path, data=reader.read(root, ()), lines=reader.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        reason = error.problem or error.context or "unreadable"
        raise LocatedYamlError(path, line, f"this is not valid YAML ({reason})") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise LocatedYamlError(path, line, "a control character makes this no text") from None
    finally:
        if loader is not None:
            loader.dispose()


def _read_text(path: Path) -> str:
    """Return the file as text, or refuse it."""
    try:
        raw = read_bytes(path, MAX_BYTES)
    except UnreadableError as error:
        raise LocatedYamlError(path, 1, str(error)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise LocatedYamlError(path, line, "the file is not UTF-8 text") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise LocatedYamlError(path, line, "the file is binary, not text")
    return text


def _check_events(path: Path, text: str) -> None:
    """Refuse aliases, anchors, deep nesting and too many values before any tree is built.

    A flat pass over the events is safe against hostile nesting, which the recursive
    composer is not.
    """
    depth, values = 0, 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            shown = short(str(event.anchor))
            raise LocatedYamlError(path, line, f"aliases are not allowed (*{shown})")
        if isinstance(event, yaml.NodeEvent):
            values += 1
            if event.anchor:
                shown = short(event.anchor)
                raise LocatedYamlError(path, line, f"anchors are not allowed (&{shown})")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise LocatedYamlError(path, line, f"nesting is deeper than {MAX_DEPTH} levels")
        if values > MAX_VALUES:
            raise LocatedYamlError(path, line, f"the file has more than {MAX_VALUES:,} values")


class _TreeReader:
    """Turns a tree of YAML nodes into plain data and notes the lines."""

    def __init__(self, path: Path, loader: Any) -> None:
        self.path = path
        self.lines: dict[KeyPath, int] = {}
        self._loader = loader

    def read(self, node: yaml.Node, key_path: KeyPath) -> Any:
        """Return the plain data under one node."""
        if isinstance(node, yaml.MappingNode):
            self._check_tag(node, "map")
            return self._read_mapping(node, key_path)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, "seq")
            return [self._read_item(item, (*key_path, i)) for i, item in enumerate(node.value)]
        return self._read_scalar(node)

    def _read_item(self, node: yaml.Node, key_path: KeyPath) -> Any:
        self.lines[key_path] = _line(node)
        return self.read(node, key_path)

    def _read_mapping(self, node: yaml.MappingNode, key_path: KeyPath) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._read_key(key_node)
            path = (*key_path, key)
            if key in data:
                first = self.lines[path]
                raise self._error(key_node, f"key '{short(key)}' is already used on line {first}")
            self.lines[path] = _line(key_node)
            data[key] = self.read(value_node, path)
        return data

    def _read_key(self, node: yaml.Node) -> str | int:
        if isinstance(node, yaml.ScalarNode) and node.tag != _PREFIX + "merge":
            key = self._read_scalar(node)
            if isinstance(key, str | int) and not isinstance(key, bool):
                return key
        shown = getattr(node, "value", "") if isinstance(node, yaml.ScalarNode) else "a list"
        raise self._error(node, f"a key must be a word or a whole number, not '{short(shown)}'")

    def _read_scalar(self, node: yaml.Node) -> Any:
        kind = node.tag.removeprefix(_PREFIX)
        if kind in {"int", "float"} and not _is_plain_number(node.value):
            shown = short(node.value)
            raise self._error(node, f"write '{shown}' as a plain decimal number or in quotes")
        if kind not in {"int", "float", "str", "bool", "null", "timestamp"}:
            raise self._error(node, f"the tag '{short(node.tag)}' is not allowed")
        try:
            return self._loader.construct_object(node)
        except ValueError as error:  # e.g. 2025-13-45 looks like a date but is none
            raise self._error(node, f"'{short(node.value)}' cannot be read ({error})") from None

    def _check_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != _PREFIX + kind:
            raise self._error(node, f"the tag '{short(node.tag)}' is not allowed")

    def _error(self, node: yaml.Node, message: str) -> LocatedYamlError:
        return LocatedYamlError(self.path, _line(node), message)


def _is_plain_number(text: str) -> bool:
    """Return whether a number means the same to a reader as to YAML (010 is 8 to YAML)."""
    if text.lower().lstrip("+-") in {".nan", ".inf"}:
        return True  # read here, refused with a better message where a number is needed
    digits = text.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "0123456789_"
    return bool(_PLAIN_NUMBER.fullmatch(text)) and not octal


def _line(place: yaml.Node | yaml.Event) -> int:
    mark = place.start_mark
    return 1 if mark is None else int(mark.line) + 1

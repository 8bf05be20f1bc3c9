"""Why a visitor's file is no scenario: a code and what to fill in, for words in any language.

The loader says what is wrong in an English sentence for the command line. A page speaks two
languages, so here the same file is looked at once more, and what is found becomes the key of a text
(``own.problem.CODE``) with what to fill in.
"""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model.parameters import Registry, load_registry
from model.parameters.located_yaml import Located, LocatedYamlError, read_located
from model.parameters.spelling import nearest_name
from scenarios.loader import ScenarioError, library, load
from scenarios.schema import ScenarioFile
from scenarios.sentences import CLAUSES, MISSING, dotted, keys_of, short, valid_keys

Problem = dict[str, Any]


def problem_of(path: Path, registry: Registry | None = None) -> Problem | None:
    """Return what is wrong with a file: ``code``, and what its text wants filled in; None: nothing.

    Args:
        path: The file.
        registry: Parameters whose levers a scenario may set; else those shipped.
    """
    registry = registry or load_registry()
    try:
        located = read_located(path)
    except LocatedYamlError as error:
        return {"code": "empty"} if _is_empty(path) else {"code": "yaml", "line": error.line}
    found = _stated(located, registry)
    if found is not None:
        return found
    try:
        load(path, registry)
    except ScenarioError as error:
        line = re.search(r"line (\d+)", str(error))
        return {"code": "together", "line": int(line[1]) if line else 1}
    return None


def _is_empty(path: Path) -> bool:
    return not path.read_bytes().strip()


def _stated(located: Located, registry: Registry) -> Problem | None:
    """Return the first thing wrong with what the file itself says."""
    base = located.data.get("extends", "")
    if isinstance(base, str) and base and base not in library():
        return {"code": "base", "line": located.line("extends"), "given": short(base)}
    try:
        ScenarioFile.model_validate(located.data, context={"registry": registry})
    except ValidationError as error:
        found = [(one, keys_of(one)) for one in error.errors(include_url=False)]
        # As the loader: what is missing has no place of its own and comes last.
        one, keys = min(found, key=lambda x: (x[0]["type"] in MISSING, located.line(*x[1])))
        return {"line": located.line(*keys), "place": dotted(keys), **_kind(one, keys, registry)}
    return None


def _kind(one: Any, keys: tuple, registry: Registry) -> Problem:
    """Return code and words of one problem of a file's content."""
    kind = one["type"]
    if kind == "extra_forbidden" and one["loc"][-1] != "[key]":
        near = nearest_name(str(keys[-1])[:100], valid_keys(one["loc"]))
        return {"code": "key", "near": near or ""}
    if kind == "missing":
        return {"code": "missing"}
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = str(one.get("ctx", {}).get("tag", ""))[:100]
        return {"code": "clause", "given": short(tag), "near": nearest_name(tag, CLAUSES) or ""}
    if keys[:1] == ("set",) and len(keys) == 2:
        return _lever(str(keys[1]), registry)
    return {"code": "value"}


def _lever(name: str, registry: Registry) -> Problem:
    """Return what is wrong with a setting under ``set``."""
    levers = [lever.name for lever in registry.by_role("lever")]
    if name not in levers:
        near = nearest_name(name[:100], levers) or ""
        return {"code": "lever", "given": short(name), "near": near}
    lever = registry[name]
    return {"code": "range", "given": name, "low": f"{lever.low:g}", "high": f"{lever.high:g}"}

"""The JSON Schema of scenario files, so that an editor completes and checks them.

Made from the same classes that read the files. A file that keeps to the schema can still be
refused: contradictions between clauses are found when it is read.
"""

import inspect
import re
from typing import Any

from pydantic import BaseModel

from model.codes import THEORIES
from model.parameters import Parameter, Registry
from scenarios.parts import BothLanguages
from scenarios.schema import STATED_ELSEWHERE, Participation, ScenarioFile
from scenarios.sentences import CLAUSE_LISTS, CLAUSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_HEADING = re.compile(r"^\w+:$", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w[\w, ]*): ((?:.+\n?)(?:        .+\n?)*)", re.MULTILINE)


def scenario_schema(registry: Registry) -> dict[str, Any]:
    """Return the JSON Schema of a scenario file.

    Args:
        registry: Parameters whose levers a scenario may set.
    """
    schema = ScenarioFile.model_json_schema()
    parts = schema["$defs"]
    for part in (BothLanguages, Participation, *CLAUSES.values()):
        _describe(parts[part.__name__], part)
    for clause in CLAUSES.values():
        own = parts[clause.__name__]
        # Without its name any clause would fit; pydantic sees a default and lets it be left out.
        own["required"] = ["clause", *own.get("required", [])]
    _describe(schema, ScenarioFile)
    keys = schema["properties"]
    parts["Clause"] = {"oneOf": keys["contract"]["items"]["oneOf"]}
    for key in CLAUSE_LISTS:
        keys[key]["items"] = {"$ref": "#/$defs/Clause"}
    keys["set"] |= {
        "properties": {
            lever.name: _lever(lever)
            for lever in registry.by_role("lever")
            if lever.name not in STATED_ELSEWHERE
        },
        "additionalProperties": False,
    }
    keys["theories"] |= {
        "properties": {name: {"type": "number", "minimum": 0, "maximum": 1} for name in THEORIES},
        "additionalProperties": False,
    }
    first = ("title", "story", "source", "extends")
    schema["properties"] = {key: keys[key] for key in first} | keys
    return {"$schema": DIALECT, **schema, "title": "Scenario of Zorgbundel"}


def attribute_texts(part: type[BaseModel]) -> dict[str, str]:
    """Return what docstrings say of each attribute, the class's own before its parents'."""
    texts: dict[str, str] = {}
    for cls in reversed(part.__mro__):
        _, _, listed = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")
        for names, text in _ENTRY.findall(_HEADING.split(listed)[0]):
            texts |= {name.strip(): _plain(text) for name in names.split(",")}
    return texts


def _describe(schema: dict[str, Any], part: type[BaseModel]) -> None:
    """Put the docstring of a class into its schema: first line, the rest, and each attribute."""
    title, _, rest = inspect.cleandoc(part.__doc__ or "").partition("\n")
    said = _HEADING.split(rest)[0]
    schema["title"] = title.rstrip(".")
    schema["description"] = _plain(said) or title
    texts = attribute_texts(part)
    for name, field in schema["properties"].items():
        field.pop("title", None)  # pydantic's is the name again
        if name in texts:
            field["description"] = texts[name]
    for name, lever in getattr(part, "levers", {}).items():
        described = schema["properties"][name]
        text = f"{described.get('description', '')} Left out, the lever {lever} holds."
        described["description"] = text.strip()


def _plain(text: str) -> str:
    """Return a docstring's text on one line, without its markup."""
    return " ".join(text.replace("``", "'").split())


def _lever(lever: Parameter) -> dict[str, Any]:
    """Return the schema of one lever."""
    known = {"type": "number", "description": f"{lever.label.en} ({lever.unit})"}
    if lever.low is not None:
        known |= {"minimum": lever.low, "maximum": lever.high}
    return known

"""The JSON Schema of scenario files: valid, complete, and true to what the loader reads."""

import json
import re
from typing import Any, get_args

import pytest
import yaml
from scenario_files import HEAD, REGISTRY

from experiments.scenarios_command import scenarios_text
from model.contracts.contract import AnyClause
from model.contracts.kpi import Kpi
from model.contracts.weight_class_bundle import WeightClassBundle
from scenarios.json_schema import attribute_texts, scenario_schema
from scenarios.loader import library
from scenarios.schema import STATED_ELSEWHERE
from scenarios.sentences import CLAUSES

SCHEMA = scenario_schema(REGISTRY)
CHECKED_FIRST = {"type"}
NO_CONSTRAINT = {"title", "description", "default", "$schema", "$defs"}
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float),
}  # fmt: skip


def problems(data: Any, schema: Any, where: str = "") -> list[str]:
    """Return how data departs from a schema, for the keywords that ours uses and no others.

    The jsonschema package is no dependency; ours uses few keywords.
    """
    if isinstance(schema, bool):
        return [] if schema else [f"{where}: nothing may stand here"]
    kind = schema.get("type")
    if kind and (
        not isinstance(data, TYPES[kind]) or isinstance(data, bool) != (kind == "boolean")
    ):
        return [f"{where}: type {kind}"]  # True is a whole number to Python, and none to JSON
    found = []
    for keyword, value in schema.items():
        match keyword:
            case _ if keyword in NO_CONSTRAINT | CHECKED_FIRST:
                fits = True
            case "$ref":
                found += problems(data, SCHEMA["$defs"][value.removeprefix("#/$defs/")], where)
                continue
            case "properties":
                for key in set(value) & set(data):
                    found += problems(data[key], value[key], f"{where}.{key}")
                continue
            case "additionalProperties":
                for key in set(data) - set(schema.get("properties", {})):
                    found += problems(data[key], value, f"{where}.{key}")
                continue
            case "items":
                for number, item in enumerate(data):
                    found += problems(item, value, f"{where}.{number}")
                continue
            case "required":
                fits = set(value) <= set(data)
            case "const":
                fits = data == value
            case "enum":
                fits = data in value
            case "anyOf" | "oneOf":
                fitting = sum(not problems(data, each, where) for each in value)
                fits = fitting == 1 if keyword == "oneOf" else fitting > 0
            case "minimum":
                fits = data >= value
            case "maximum":
                fits = data <= value
            case "exclusiveMinimum":
                fits = data > value
            case "exclusiveMaximum":
                fits = data < value
            case "maxLength":
                fits = len(data) <= value
            case _:
                raise AssertionError(f"keyword {keyword} of the schema is not checked here")
        if not fits:
            return [*found, f"{where}: {keyword} {value}"]
    return found


@pytest.mark.parametrize("name", library())
def test_every_library_file_keeps_to_the_schema(name):
    data = yaml.safe_load(library()[name].read_text(encoding="utf-8"))
    assert problems(data, SCHEMA) == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("source: a letter\n", ""),
        HEAD + "entitlment: open\n",
        HEAD + "entitlement: maxima_2020\n",
        HEAD + "extends: 3\n",
        HEAD + "contract: [{clause: bundle_quarter}]\n",
        HEAD + "contract: [{share: 0.3}]\n",
        HEAD + "contract: [{clause: mixed_fee}]\n",
        HEAD + "contract: [{clause: mixed_fee, share: 1.1}]\n",
        HEAD + "contract: [{clause: mixed_fee, share: true}]\n",
        HEAD + "add: [{clause: kpi, indicator: relevant_chnge}]\n",
        HEAD + "add: [{clause: index_band, confidence: 0.5}]\n",
        HEAD + "add: [{clause: session_floor, shar: 0.9}]\n",
        HEAD + "remove: audit\n",
        HEAD + "set: {bundle_price_facto: 0.9}\n",
        HEAD + "set: {bundle_price_factor: 9}\n",
        HEAD + "set: {price_ratchet: 0.5}\n",
        HEAD + "participation: {practices: 2}\n",
        HEAD + "participation: {only_practices: [0.5]}\n",
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(text):
    assert problems(yaml.safe_load(text), SCHEMA) != []


def test_every_reference_leads_somewhere():
    text = json.dumps(SCHEMA)
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) == set(SCHEMA["$defs"])
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_clause_is_offered_with_title_and_description():
    offered = SCHEMA["$defs"]["Clause"]["oneOf"]
    assert len(offered) == len(get_args(get_args(AnyClause)[0])) == len(CLAUSES)
    for name, clause in CLAUSES.items():
        known = SCHEMA["$defs"][clause.__name__]
        assert known["properties"]["clause"]["const"] == name
        assert "clause" in known["required"]
        assert clause.__doc__.startswith(known["title"])
        assert "Attributes" not in known["description"] and "``" not in known["description"]
        assert set(clause.model_fields) == set(known["properties"])


def test_fields_are_described_by_the_docstrings():
    texts = attribute_texts(Kpi)
    assert texts["share"] == "Share of revenue that is withheld, paid or taken back."
    assert texts["at_least"] == texts["at_most"] == "Bounds of the value, in the indicator's unit."
    inherited = attribute_texts(WeightClassBundle)["prices"]
    assert inherited.startswith("EUR per price group") and inherited.endswith("the contract.")
    share = SCHEMA["$defs"]["SessionFloor"]["properties"]["share"]["description"]
    assert share == "Least share of need, phi. Left out, the lever session_floor_share holds."


def test_every_lever_is_offered_with_its_range():
    levers = SCHEMA["properties"]["set"]["properties"]
    names = {lever.name for lever in REGISTRY.by_role("lever")}
    assert set(levers) == names - set(STATED_ELSEWHERE)
    assert levers["bundle_price_factor"] == {
        "type": "number",
        "description": "Bundle price against the neutral price (ratio)",
        "minimum": 0.7,
        "maximum": 1.3,
    }


def test_the_command_prints_the_schema():
    assert json.loads(scenarios_text(REGISTRY, schema=True)) == SCHEMA

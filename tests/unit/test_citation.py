"""CITATION.cff says what the Citation File Format 1.2.0 asks, and what the package says."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

#: Keys of the root object in the schema of version 1.2.0.
KNOWN = {
    "abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi",
    "identifiers", "keywords", "license", "license-url", "message", "preferred-citation",
    "references", "repository", "repository-artifact", "repository-code", "title", "type", "url",
    "version",
}  # fmt: skip
PERSON_OR_ENTITY = {
    "name", "family-names", "given-names", "name-particle", "name-suffix", "affiliation", "alias",
    "email", "orcid", "website", "address", "city", "region", "country", "post-code", "tel", "fax",
    "location", "date-start", "date-end",
}  # fmt: skip


@pytest.fixture(scope="module")
def cited():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_required_keys_are_there_and_no_others_than_the_schema_knows(cited):
    assert {"cff-version", "message", "title", "authors"} <= set(cited) <= KNOWN
    assert cited["cff-version"] == "1.2.0" and cited["type"] in {"software", "dataset"}
    assert all(isinstance(cited[key], str) and cited[key].strip() for key in ("message", "title"))


def test_authors_are_persons_or_entities(cited):
    assert cited["authors"]
    for author in cited["authors"]:
        assert set(author) <= PERSON_OR_ENTITY
        assert ("name" in author) != ("family-names" in author or "given-names" in author)


def test_lists_hold_each_thing_once(cited):
    for key in ("authors", "keywords"):
        assert len({str(one) for one in cited[key]}) == len(cited[key])
    assert all(isinstance(word, str) for word in cited["keywords"])


def test_it_says_what_the_package_says(cited, project):
    assert str(cited["version"]) == project["version"]
    assert cited["license"] == project["license"]
    assert cited["keywords"] == project["keywords"]
    assert [one["name"] for one in cited["authors"]] == [one["name"] for one in project["authors"]]


def test_the_date_is_a_date_that_has_been(cited):
    released = cited["date-released"]
    assert isinstance(released, date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", released)
    assert date.fromisoformat(str(released)) <= date.today()

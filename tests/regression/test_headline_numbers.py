"""Headline numbers of every library scenario must be those on file beside its YAML.

A difference is a changed result. If it is meant: ``make expected``, and mark it **Results** in
the changelog. Do not refresh during a refactor.
"""

import json

import pytest

from experiments.expected import TOLERANCE, expected_path, headline_numbers, read_expected
from model.outcomes import BY_ID
from model.parameters import load_registry
from scenarios.loader import library


@pytest.fixture(scope="module")
def now():
    return headline_numbers(load_registry())


@pytest.mark.parametrize("name", sorted(library()))
def test_headline_numbers_are_those_on_file(name, now):
    expected = read_expected(name)
    assert set(expected) == set(BY_ID)
    different = {
        measure: (value, now[name][measure])
        for measure, value in expected.items()
        if abs(now[name][measure] - value) > TOLERANCE * max(1.0, abs(value))
    }
    assert not different, f"{name}: on file against now: {different} (meant? make expected)"


def test_every_file_of_numbers_belongs_to_a_scenario():
    folder = next(iter(library().values())).parent
    assert {path.name for path in folder.glob("*.json")} == {
        expected_path(name).name for name in library()
    }


#: Differs from the scenario it extends only where the regulator finds something.
SAME_UNLESS_FOUND = "bundle_regulator_acts"


def test_scenarios_are_told_apart_by_their_numbers():
    told = [name for name in library() if name != SAME_UNLESS_FOUND]
    texts = {json.dumps(read_expected(name), sort_keys=True) for name in told}
    assert len(texts) == len(told)

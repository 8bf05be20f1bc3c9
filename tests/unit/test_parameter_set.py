"""The frozen numbers of one run: reading, copying, fingerprints."""

import copy
import pickle
import re

import numpy as np
import pytest

from model.parameters import ParameterSet, Registry, UnknownParameterError, load_registry


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load_registry()


def test_a_set_reads_by_attribute_and_by_item(shipped):
    numbers = shipped.values()

    assert numbers.session_tariff_contracted == numbers["session_tariff_contracted"] == 36.53
    assert "bundle_price_factor" in numbers and "nothing" not in numbers
    assert set(numbers) == set(shipped)
    assert "bundle_price_factor" in dir(numbers)


def test_a_set_names_the_nearest_parameter(shipped):
    numbers = shipped.values()

    with pytest.raises(AttributeError, match="nearest valid name is 'bundle_price_factor'"):
        _ = numbers.bundle_price_facto
    with pytest.raises(UnknownParameterError, match="nearest valid name is 'bundle_price_factor'"):
        _ = numbers["bundle_price_facto"]


def test_a_set_cannot_be_changed(shipped):
    numbers = shipped.values()
    before = numbers.fingerprint()

    with pytest.raises(AttributeError, match="cannot be changed"):
        numbers.bundle_price_factor = 1.1
    with pytest.raises(AttributeError, match="cannot be changed"):
        numbers.brand_new = 1.0
    with pytest.raises(AttributeError, match="cannot be changed"):
        del numbers.bundle_price_factor
    numbers.to_dict()["bundle_price_factor"] = 1.1
    assert numbers.fingerprint() == before


def test_a_set_is_cut_loose_from_what_it_was_made_of():
    source = {"a": 1.0}
    numbers = ParameterSet(source)
    source["a"] = 2.0

    assert numbers.a == 1.0


def test_a_set_survives_pickling_and_copying(shipped):
    numbers = shipped.values()

    for twin in (pickle.loads(pickle.dumps(numbers)), copy.copy(numbers), copy.deepcopy(numbers)):
        assert twin == numbers
        assert hash(twin) == hash(numbers)
        assert twin.fingerprint() == numbers.fingerprint()


def test_the_fingerprint_follows_names_and_numbers():
    base = ParameterSet({"a": 1.0, "b": 2.0})

    assert base.fingerprint() == ParameterSet({"b": 2, "a": np.float64(1)}).fingerprint()
    assert base.fingerprint() != ParameterSet({"a": 1.0, "b": 2.0000000000000004}).fingerprint()
    assert base.fingerprint() != ParameterSet({"a": 1.0, "c": 2.0}).fingerprint()
    assert re.fullmatch(r"[0-9a-f]{64}", base.fingerprint())
    assert base != ParameterSet({"a": 1.0}) and base != {"a": 1.0, "b": 2.0}
    assert base.fingerprint()[:12] in repr(base)

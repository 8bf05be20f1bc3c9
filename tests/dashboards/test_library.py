"""The stored results of the library: complete, current, and those of the command line."""

import json

import pytest

from dashboards import library
from dashboards.make_result import describe
from model.outcomes import MEASURES
from model.parameters import load_registry
from scenarios.loader import library as scenario_files
from scenarios.loader import load


def test_the_stored_results_are_those_of_this_program():
    assert library.manifest()["fingerprint"] == library.fingerprint(), (
        "the model has changed since: run 'zorgbundel dashboard --precompute'"
    )


def test_the_stored_sentences_are_those_of_this_program():
    assert library.manifest()["words"] == library.words_fingerprint(), (
        "the words have changed since: run 'zorgbundel dashboard --precompute'"
    )


def test_every_scenario_of_the_library_is_there_with_every_measure():
    assert set(library.manifest()["scenarios"]) == set(scenario_files())
    for name in scenario_files():
        found = library.stored(name)
        if name == "fee_for_service_open":
            assert found["result"] is None
            continue
        assert set(found["result"]["effects"]) == {measure.id for measure in MEASURES}
        assert found["contract"] is not None


def test_every_scenario_with_a_price_has_a_quick_estimate_from_end_to_end_of_the_lever():
    lever = load_registry()["bundle_price_factor"]
    priced = 0
    for name in scenario_files():
        found = library.stored(name)
        grid = (found["result"] or {}).get("estimate")
        if lever.name not in found["about"]["levers"] or found["result"] is None:
            assert not grid
            continue
        priced += 1
        assert (grid["at"][0], grid["at"][-1]) == (lever.low, lever.high) and 1.0 in grid["at"]
    assert priced > 20


@pytest.mark.parametrize("name", ["bundle_weight_classes", "bundle_all_safeguards"])
def test_what_is_said_of_a_scenario_is_what_its_file_says(name):
    about = describe(load(name, load_registry()), load_registry())
    assert library.stored(name)["about"] == json.loads(json.dumps(about))


def test_comments_and_docstrings_do_not_make_results_old(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    file = folder / "a.py"
    file.write_text('"""One."""\nx = 1  # why\n')
    before = library.fingerprint(tmp_path)
    file.write_text('"""Other."""\n# another reason\nx = 1\n')
    assert library.fingerprint(tmp_path) == before
    file.write_text('"""Other."""\nx = 2\n')
    assert library.fingerprint(tmp_path) != before


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(library.StoredError, match=r"bad\.json"):
        library.stored("bad", tmp_path)

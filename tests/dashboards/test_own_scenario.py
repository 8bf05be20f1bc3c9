"""A visitor's own scenario: what is none is said to be none, whatever it is."""

import pytest

from dashboards.own_scenario import MOST_BYTES, read_text, run_own
from scenarios.loader import ScenarioError, library

GOOD = library()["bundle_flat"].read_text(encoding="utf-8")


def test_a_scenario_of_the_library_is_read():
    assert read_text(GOOD, "Mijn plan (2).yaml").name == "mijn_plan_2"
    assert read_text(GOOD, "bundle_flat.yaml").name == "bundle_flat_own"


def test_it_may_extend_the_library_and_no_other_file(tmp_path):
    based = library()["bundle_corridor"].read_text(encoding="utf-8")
    assert "extends" in based and read_text(based).contract
    other = tmp_path / "other.yaml"
    other.write_text(GOOD)
    with pytest.raises(ScenarioError, match="only extend one of the library"):
        read_text(f"extends: {other}\n")


@pytest.mark.parametrize(
    "text",
    ["", "just words", "[1, 2", "a: 1", "\x00", "- a\n- b", GOOD + "\nno_such_key: 1\n",
     "&a [*a]", "extends: [a]", "x: !!python/object/apply:os.system ['true']", "é" * MOST_BYTES],
)  # fmt: skip
def test_what_is_no_scenario_is_said_to_be_none_in_one_sentence(text):
    with pytest.raises(ScenarioError) as found:
        read_text(text)
    assert str(found.value) and "/tmp" not in str(found.value)
    asked = {"text": text, "seeds": 2, "draws": 1, "share": 0.003}
    assert set(run_own(asked, lambda: None)) == {"problem"}

"""A visitor's own scenario: what is none is said to be none, whatever it is."""

import pytest

from dashboards.own_scenario import MOST_BYTES, NotAScenarioError, read_text, run_own
from dashboards.viewmodels.side import own_words
from scenarios.loader import library

GOOD = library()["bundle_flat"].read_text(encoding="utf-8")


def test_a_scenario_of_the_library_is_read():
    assert read_text(GOOD, "Mijn plan (2).yaml").name == "mijn_plan_2"
    assert read_text(GOOD, "bundle_flat.yaml").name == "bundle_flat_own"


def test_it_may_extend_the_library_and_no_other_file(tmp_path):
    based = library()["bundle_corridor"].read_text(encoding="utf-8")
    assert "extends" in based and read_text(based).contract
    other = tmp_path / "other.yaml"
    other.write_text(GOOD)
    with pytest.raises(NotAScenarioError) as found:
        read_text(f"extends: {other}\n")
    problem = found.value.problem
    assert (problem["code"], problem["line"]) == ("base", 1)
    assert "only on a scenario of the library" in own_words("x.yaml", problem, "en")


NOTHING = {
    "": "empty",
    "just words": "yaml",
    "[1, 2": "yaml",
    "\x00": "yaml",
    "- a\n- b": "yaml",
    "&a [*a]": "yaml",
    "x: !!python/object/apply:os.system ['true']": "yaml",
    "a: 1": "key",
    GOOD + "\nno_such_key: 1\n": "key",
    "extends: [a]": "value",
    "extends: bundle_flat\n": "missing",
    GOOD.replace("clause: flat_bundle", "clause: flat_bundel"): "clause",
    GOOD + "\nset: {audit_rat: 0.1}\n": "lever",
    GOOD + "\nset: {audit_rate: 9}\n": "range",
    GOOD + "\nadd: [{clause: audit}]\n": "together",
    "é" * MOST_BYTES: "large",
}


@pytest.mark.parametrize(("text", "code"), NOTHING.items())
def test_what_is_no_scenario_is_said_to_be_none_in_both_languages(text, code):
    asked = {"text": text, "seeds": 2, "draws": 1, "share": 0.003}
    found = run_own(asked, lambda: None)
    assert set(found) == {"problem"} and found["problem"]["code"] == code
    nl, en = (own_words("plan.yaml", found["problem"], language) for language in ("nl", "en"))
    assert nl != en and nl.startswith("plan.yaml: ") and "/tmp" not in nl + en


def test_a_misspelling_comes_with_its_line_and_what_was_probably_meant():
    text = GOOD + "\nset: {audit_rat: 0.1}\n"
    problem = run_own({"text": text, "seeds": 2, "draws": 1, "share": 0.003}, int)["problem"]
    assert problem["line"] == len(text.splitlines())
    assert own_words("x.yaml", problem, "nl").endswith("Bedoelt u 'audit_rate'?")

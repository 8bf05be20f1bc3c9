"""What ``zorgbundel scenarios`` prints: the library, one scenario, JSON."""

import json

import pytest
import yaml
from scenario_files import HEAD, REGISTRY, write

from experiments.scenarios_command import (
    LANGUAGES,
    SCREEN_WIDTH,
    contract_in_words,
    scenarios_table,
    scenarios_text,
)
from scenarios.loader import ScenarioError, library, load
from scenarios.schema import Scenario

NOT_IN_A_FILE = ("name", "extends", "added", "removed", "contract_in_words")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_shows_every_scenario_on_a_narrow_screen(language):
    table = scenarios_table(REGISTRY, language=language)
    assert all(len(line) <= SCREEN_WIDTH for line in table.splitlines())
    for name in library():
        assert name in table
        title = getattr(load(name, REGISTRY).title, language)
        assert title.split()[0] in table
    assert "25%" in table


def test_the_table_shows_what_a_scenario_changes():
    table = scenarios_text(REGISTRY)
    start = table.index("bundle_audits_fine")
    lines = [line.strip() for line in table[start:].split("\n\n")[0].splitlines()]
    assert lines[2:] == [
        "as bundle_audits_no_fine, with",
        "- audits of files (25% of files, 80% of errors",
        "found, fine 0 times the gain)",
        "+ audits of files (25% of files, 80% of errors",
        "found, fine 4 times the gain)",
        "no session maximum",
    ]


def test_a_page_shows_the_whole_contract():
    lines = scenarios_text(REGISTRY, "bundle_floor_flat").splitlines()
    assert lines[0] == "bundle_floor_flat: Flat bundle with a floor of 90% of need"
    assert lines[lines.index("Entitlement  no session maximum") + 1 :][:5] == [
        "Contract     * intake fee",
        "             * flat bundle per quarter (maintenance at the same price)",
        "             + least share of need (90%)",
        "             (* as in bundle_flat, + added, - taken out)",
        "Takes part   everybody",
    ]


def test_a_page_says_what_a_lever_fills_in(tmp_path):
    path = write(
        tmp_path,
        HEAD
        + "extends: bundle_flat\nadd: [{clause: session_floor}]\n"
        + "set: {session_floor_share: 0.85}\n",
    )
    page = scenarios_text(REGISTRY, str(path), language="nl")
    assert "             + minimaal deel van de zorgbehoefte (85%)\n" in page
    assert "\nIngesteld    session_floor_share = 0.85\n" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", library())
def test_every_page_fits_the_screen_and_tells_the_story(name, language):
    page = scenarios_text(REGISTRY, name, language=language)
    assert all(len(line) <= SCREEN_WIDTH for line in page.splitlines())
    assert getattr(load(name, REGISTRY).story, language) in " ".join(page.split())


def read_back(record: dict) -> Scenario:
    plain = {key: value for key, value in record.items() if key not in NOT_IN_A_FILE}
    return Scenario.model_validate(yaml.safe_load(json.dumps(plain)))


def test_the_table_as_json_reads_back():
    records = json.loads(scenarios_text(REGISTRY, fmt="json"))
    assert [record["name"] for record in records] == list(library())
    for record in records:
        assert record["contract_in_words"]["en"] != record["contract_in_words"]["nl"]
        assert read_back(record).policy() == load(record["name"], REGISTRY).policy()


def test_one_scenario_as_json():
    record = json.loads(scenarios_text(REGISTRY, "bundle_audits_fine", "json"))
    assert (record["name"], record["extends"]) == ("bundle_audits_fine", "bundle_audits_no_fine")
    assert (record["added"], record["removed"]) == (["audit"], ["audit"])
    assert [clause["clause"] for clause in record["contract"]] == [
        "intake_fee", "weight_class_bundle", "audit",
    ]  # fmt: skip
    assert read_back(record).policy() == load("bundle_audits_fine", REGISTRY).policy()


def test_a_contract_in_words():
    flat = load("bundle_floor_flat", REGISTRY)
    assert contract_in_words(flat, "en") == (
        "intake fee + flat bundle per quarter (maintenance at the same price) + least share of "
        "need (90%)"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "practices by choice, 60% of the insured"),
        ("nl", "praktijken naar keuze, 60% van de verzekerden"),
    ],
)
def test_who_chooses_is_said(language, said):
    assert said in " ".join(scenarios_table(REGISTRY, language=language).split())


def test_unknown_names_formats_and_languages_are_refused():
    with pytest.raises(ScenarioError, match="no format 'xml'"):
        scenarios_text(REGISTRY, fmt="xml")
    with pytest.raises(ScenarioError, match="no language 'fr'"):
        scenarios_text(REGISTRY, language="fr")
    with pytest.raises(ScenarioError, match="no language 'fr'"):
        scenarios_text(REGISTRY, "bundle_flat", language="fr")
    with pytest.raises(ScenarioError, match="no scenario 'bundle_flatt'"):
        scenarios_text(REGISTRY, "bundle_flatt")


def test_a_regulator_who_acts_is_said():
    for language, words in (("en", "the regulator acts"), ("nl", "de toezichthouder grijpt in")):
        page = scenarios_text(REGISTRY, "bundle_regulator_acts", language=language)
        assert words in page
        table = " ".join(scenarios_text(REGISTRY, language=language).split())
        assert table.count(words) == 1  # folded where the column ends
        other = scenarios_text(REGISTRY, "bundle_weight_classes_voluntary", language=language)
        assert words not in other

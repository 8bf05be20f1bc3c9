"""Scenario files: what the library says, and a sentence for every way to write one wrongly."""

import errno
import os

import pytest
import scenario_files
from pydantic import ValidationError
from scenario_files import HEAD, REGISTRY

from model.contracts.contract import REGULAR
from model.contracts.flat_bundle import FlatBundle
from model.entitlement import Entitlement
from scenarios.loader import MAX_BYTES, ScenarioError, load, parse_settings
from scenarios.schema import STATED_ELSEWHERE, Scenario
from scenarios.sentences import CLAUSES

BUNDLE = HEAD + "contract:\n  - clause: intake_fee\n  - clause: weight_class_bundle\n"


@pytest.fixture
def read(tmp_path):
    def read_text(content: str | bytes) -> Scenario:
        return scenario_files.read(tmp_path, content)

    return read_text


@pytest.fixture
def refusal(tmp_path):
    def refuse(content: str | bytes) -> str:
        return scenario_files.refusal(tmp_path, content)

    return refuse


def test_defaults_are_the_regular_payment(read):
    policy = read(HEAD).policy()
    assert policy.entitlement is Entitlement.OPEN
    assert policy.clauses == REGULAR.clauses
    assert not policy.offers_contract
    assert (policy.practices_share, policy.insurers_share, policy.only_practices) == (1, 1, None)
    assert policy.levers == {}


def test_everything_stated(read):
    scenario = read(
        HEAD
        + "contract:\n  - {clause: flat_bundle, prices: [300, 250.5]}\n"
        + "participation: {insurers: 0.5, only_practices: [0, 3]}\n"
        + "set: {session_tariff_real_growth: 0.01, bundle_price_factor: 0.9}\n"
    )
    policy = scenario.policy()
    assert policy.clauses == (FlatBundle(prices=(300, 250.5)),)
    assert (policy.insurers_share, policy.only_practices) == (0.5, (0, 3))
    assert policy.levers == {"session_tariff_real_growth": 0.01, "bundle_price_factor": 0.9}


def test_practices_can_choose(read):
    policy = read(HEAD + "participation: {by_choice: true, insurers: 0.6}\n").policy()
    assert (policy.by_choice, policy.practices_share, policy.insurers_share) == (True, 1, 0.6)
    assert not read(HEAD + "participation: {insurers: 0.6}\n").policy().by_choice


def test_story_becomes_one_paragraph(read):
    text = HEAD.replace("{en: A story., nl: Een verhaal.}", '{en: " A\\n\\n story ", nl: b}')
    assert read(text).story.en == "A story"


def test_scenario_is_frozen_and_named_by_its_file(read):
    scenario = read(HEAD)
    assert scenario.name == "mine"
    with pytest.raises(ValidationError):
        scenario.entitlement = Entitlement.MAXIMA_2019


REFUSED = {
    "unknown key": (HEAD + "entitlment: open\n", "4: unknown key 'entitlment'", "'entitlement'"),
    "unknown language": (HEAD.replace("nl: Titel", "nll: x"), "1: unknown key 'title.nll'", "'nl'"),
    "unknown share": (
        HEAD + "participation:\n  practises: 1\n",
        "5: unknown key 'participation.practises'",
        "'practices'",
    ),
    "unknown clause": (
        HEAD + "contract:\n  - clause: intake_fee\n  - clause: weight_clas_bundel\n",
        "6: there is no clause 'weight_clas_bundel'",
        "'weight_class_bundle'",
    ),
    "unknown clause key": (
        BUNDLE + "    price: 3\n",
        "7: unknown key 'contract.2.price'",
        "'prices'",
    ),
    "unknown entitlement": (
        HEAD + "entitlement: maxima_2020\n",
        "4: there is no entitlement 'maxima_2020'",
        "'maxima_20",
    ),
    "entitlement of another kind": (
        HEAD + "entitlement: [open]\n",
        "4: ",
        "must be a word, not a list",
    ),
    "missing": ("title: {en: A, nl: B}\nsource: c\n", "1: key 'story' is missing", ""),
    "missing language": (HEAD.replace(", nl: Titel", ""), "1: key 'title.nl' is missing", ""),
    "empty text": (HEAD.replace("Titel", "' '"), "1: 'title.nl' must be text that is not", ""),
    "number as text": (HEAD.replace("a letter", "2025"), "3: 'source' must be text", "2025"),
    "control character": (HEAD.replace("a letter", '"\\e[31m"'), "3: 'source' has a control", ""),
    "long story": (HEAD.replace("a letter", "a" * 2001), "3: 'source' must be at most 2000", ""),
    "contract as a word": (HEAD + "contract: regular\n", "4: 'contract' must be a list", "regular"),
    "clause as a word": (HEAD + "contract: [intake_fee]\n", "4: 'contract.1'", "- clause:"),
    "clause without kind": (
        HEAD + "contract:\n  - prices: [1]\n",
        "5: 'contract.1' does not say which clause",
        "fee_per_session",
    ),
    "negative price": (
        BUNDLE + "    prices: [300, 400, -1, 200]\n",
        "7: 'contract.2.prices.3' must be 0 or more",
        "-1",
    ),
    "too few prices": (
        BUNDLE + "    prices: [300]\n",
        "6: in 'contract.2', prices needs 4 amounts",
        "",
    ),
    "price not a number": (BUNDLE + "    prices: [.nan, 1, 1, 1]\n", "7: ", "finite number"),
    "maintenance": (
        HEAD + "contract:\n  - clause: flat_bundle\n    maintenance_price: 7\n",
        "6: 'contract.1.maintenance_price' must be true or false",
        "7",
    ),
    "kind of KPI": (
        BUNDLE + "  - clause: kpi\n    indicator: relevant_chnge\n    at_least: 0.5\n",
        "8: 'contract.3.indicator' cannot be 'relevant_chnge'",
        "'relevant_change'",
    ),
    "KPI on nothing": (
        BUNDLE + "  - clause: kpi\n",
        "7: key 'contract.3.indicator' is missing",
        "",
    ),
    "KPI without bounds": (
        BUNDLE + "  - clause: kpi\n    indicator: prem\n",
        "7: in 'contract.3', a KPI has either bounds (at_least, at_most) or a slope",
        "",
    ),
    "KPI with crossed bounds": (
        BUNDLE + "  - {clause: kpi, indicator: prem, at_least: 8, at_most: 7}\n",
        "7: in 'contract.3', at_least is above at_most, so nobody could meet the KPI",
        "",
    ),
    "certainty of one": (
        BUNDLE + "  - {clause: index_band, confidence: 1}\n",
        "7: 'contract.3.confidence' must be less than 1",
        "1",
    ),
    "certainty of a toss": (
        BUNDLE + "  - {clause: index_band, confidence: 0.5}\n",
        "7: 'contract.3.confidence' must be more than 0.5",
        "0.5",
    ),
    "who measures": (
        BUNDLE + "  - {clause: outcome_pay, per_ccq_point: 9, measured_by: nobody}\n",
        "7: 'contract.3.measured_by' must be 'therapist', 'patient' or 'independent'",
        "'nobody'",
    ),
    "prices of two periods": (
        HEAD + "contract:\n  - {clause: period_tariff, period: week, prices: [20, 30]}\n",
        "5: in 'contract.1.prices', prices needs 1 amount or 3",
        "not 2",
    ),
    "half a contact": (
        BUNDLE + "  - {clause: minimum_contacts, contacts: 1.5}\n",
        "7: 'contract.3.contacts' must be a whole number",
        "1.5",
    ),
    "share above one": (
        HEAD + "participation: {practices: 1.2}\n",
        "4: 'participation.practices' must be 1 or less",
        "1.2",
    ),
    "share below zero": (HEAD + "participation: {insurers: -0.1}\n", "4: ", "0 or more"),
    "share as text": (HEAD + "participation: {insurers: '1'}\n", "4: ", "must be a number"),
    "share NaN": (HEAD + "participation: {insurers: .nan}\n", "4: ", "finite number"),
    "participation as a share": (HEAD + "participation: 0.5\n", "4: ", "'key: value' lines"),
    "practice below zero": (HEAD + "participation: {only_practices: [-1]}\n", "4: ", "0 or more"),
    "half a practice": (HEAD + "participation: {only_practices: [0.5]}\n", "4: ", "whole number"),
    "practices said twice": (
        HEAD + "participation:\n  practices: 0.5\n  only_practices: [1]\n",
        "6: 'practices' and 'only_practices' both say",
        "",
    ),
    "chosen and named": (
        HEAD + "participation:\n  by_choice: true\n  only_practices: [1]\n",
        "5: 'by_choice' lets practices decide and 'only_practices' decides for them",
        "",
    ),
    "chosen and drawn by lot": (
        HEAD + "participation:\n  practices: 0.5\n  by_choice: true\n",
        "6: 'by_choice' lets practices decide, so 'practices' cannot say how many",
        "",
    ),
    "choice as a number": (HEAD + "participation: {by_choice: 1}\n", "4: ", "true or false"),
    "unknown lever": (
        HEAD + "set:\n  bundle_price_facto: 0.9\n",
        "5: there is no lever 'bundle_price_facto'",
        "'bundle_price_factor'",
    ),
    "uncertainty": (HEAD + "set: {price_ratchet: 0.5}\n", "4: 'price_ratchet' is an unc", "levers"),
    "fact": (
        HEAD + "set: {compulsory_deductible: 1}\n",
        "4: 'compulsory_deductible' is a fact",
        "",
    ),
    "lever out of range": (
        HEAD + "set: {bundle_price_factor: 1.1, session_tariff_real_growth: 2}\n",
        "4: 'session_tariff_real_growth' must lie in -0.03..0.03",
        "2",
    ),
    "lever as text": (
        HEAD + "set: {bundle_price_factor: lots}\n",
        "4: 'set.bundle_price_factor' must be a num",
        "",
    ),
    "lever NaN": (
        HEAD + "set: {bundle_price_factor: .nan}\n",
        "4: 'set.bundle_price_factor'",
        "finite number",
    ),
    "lever of huge size": (
        HEAD + f"set: {{bundle_price_factor: 1{'0' * 400}}}\n",
        "4: 'set.bundle_price_factor'",
        "",
    ),
    "lever by number": (HEAD + "set: {1: 0.1}\n", "4: a key must be a word, not 1", ""),
    "no levers": (HEAD + "set:\n", "4: 'set' must be a set of 'key: value' lines", "nothing"),
    "top key by number": (HEAD + "1: 2\n", "4: a key must be a word, not 1", ""),
    "empty": ("", "1: the file is empty", ""),
    "only a comment": ("# nothing\n", "1: the file is empty", ""),
    "a list": ("- a\n", "1: the top level", ""),
    "a word": ("hello\n", "1: the top level", ""),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "1: ", "text"),
    "null bytes": (b"title: a\x00b\n", "1: ", "binary"),
    "no YAML": (HEAD + "contract: [\n", "", "not valid YAML"),
    "key twice": (HEAD + "source: b\n", "4: key 'source' is already used on line 3", ""),
    "alias": ("title: &a {en: A, nl: B}\nstory: *a\n", "1: anchors are not allowed", ""),
    "deep": ("a: " + "[" * 5000, "1: ", ""),
    "line breaks in a key": ('"a\\nb\\tc": 1\n' + HEAD, "1: unknown key 'a b c'", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_one_sentence(refusal, case):
    content, start, rest = REFUSED[case]
    message = refusal(content)
    assert message.startswith(start)
    assert rest in message


@pytest.mark.parametrize("name", CLAUSES)
def test_every_misspelt_clause_has_a_hint(refusal, name):
    message = refusal(HEAD + f"contract:\n  - clause: {name[:-1]}\n")
    assert message == f"5: there is no clause '{name[:-1]}'; the nearest valid name is '{name}'"


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in CLAUSES for field in CLAUSES[name].model_fields]
)
def test_every_misspelt_key_of_a_clause_has_a_hint(refusal, name, field):
    message = refusal(HEAD + f"contract:\n  - clause: {name}\n    {field}s: 1\n")
    hint = f"6: unknown key 'contract.1.{field}s'; the nearest valid name is '{field}'"
    assert message == hint


@pytest.mark.parametrize("name", STATED_ELSEWHERE)
def test_lever_with_a_place_of_its_own_is_refused(refusal, name):
    value = REGISTRY[name].value
    assert "is stated in a scenario file as" in refusal(HEAD + f"set: {{{name}: {value}}}\n")
    with pytest.raises(ScenarioError, match="is stated in a scenario file as"):
        parse_settings([f"{name}={value}"], REGISTRY)


def test_first_problem_in_the_file_is_reported(refusal):
    text = "entitlement: shut\n" + HEAD + "participation: {practices: 3}\nextra: 1\n"
    assert refusal(text).startswith("1: there is no entitlement 'shut'")
    assert refusal("titel: a\n" + HEAD[HEAD.index("story") :]).startswith("1: unknown key 'titel'")


def test_contract_without_intake_is_allowed(read):
    assert read(HEAD + "contract: [{clause: fee_per_session}]\n").policy().offers_contract


def test_unknown_scenario_names_the_nearest():
    with pytest.raises(ScenarioError, match=r"no scenario 'bundle_flatt'; .* is 'bundle_flat'$"):
        load("bundle_flatt", REGISTRY)
    with pytest.raises(
        ScenarioError, match=r"no file 'elsewhere/bundle_fla.yaml'; .* 'bundle_flat'$"
    ):
        load("elsewhere/bundle_fla.yaml", REGISTRY)


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "\0", "a\nb", "x" * 5000, "\udcff", "~", "/dev/null"]
)
def test_odd_names_give_a_sentence(name):
    with pytest.raises(ScenarioError) as caught:
        load(name, REGISTRY)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 300


def test_files_that_are_no_scenario_file(tmp_path):
    def message(path) -> str:
        with pytest.raises(ScenarioError) as caught:
            load(str(path), REGISTRY)
        return str(caught.value)

    (tmp_path / "folder.yaml").mkdir()
    assert "is a folder" in message(tmp_path / "folder.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert "huge.yaml, line 1: the file is too large" in message(tmp_path / "huge.yaml")
    (tmp_path / "other.json").write_text(HEAD)
    assert "must end in .yaml" in message(tmp_path / "other.json")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "no ordinary file" in message(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "cannot be read" in message(tmp_path / "loop.yaml")


def test_unreadable_file(tmp_path, monkeypatch):
    """Whoever runs the tests may read every file, so the refusal of the system is played."""
    path = tmp_path / "closed.yaml"
    path.write_text(HEAD)
    load(path, REGISTRY)
    plain_open = os.open

    def refuse(file, *args, **kwargs):
        if str(file) == str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return plain_open(file, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ScenarioError, match=r"^closed\.yaml, line 1: .*\(permission denied\)$"):
        load(path, REGISTRY)


def test_settings():
    assert parse_settings([], REGISTRY) == {}
    given = parse_settings(["bundle_price_factor=0.95", " price_ratchet = 5e-1 "], REGISTRY)
    assert given == {"bundle_price_factor": 0.95, "price_ratchet": 0.5}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("bundle_price_factor", "write it as name=value"),
        ("bundle_price_facto=0.9", "the nearest valid name is 'bundle_price_factor'"),
        ("=0.1", "there is no parameter ''"),
        ("bundle_price_factor=", "'' is no number"),
        ("bundle_price_factor=0,9", "'0,9' is no number"),
        ("bundle_price_factor=0.9=2", "is no number"),
        ("bundle_price_factor=nan", "must be a finite number"),
        ("bundle_price_factor=inf", "must be a finite number"),
        ("bundle_price_factor=7", "must lie in 0.7..1.3"),
        ("compulsory_deductible=1", "is a fact"),
        ("a\nb=1", "no parameter 'a b'"),
        ("x" * 9999 + "=1", "there is no parameter"),
    ],
)
def test_settings_refused(text, part):
    with pytest.raises(ScenarioError) as caught:
        parse_settings([text], REGISTRY)
    assert part in str(caught.value)
    assert len(str(caught.value)) < 300
    assert len(str(caught.value).splitlines()) == 1


def test_setting_given_twice():
    with pytest.raises(ScenarioError, match="'bundle_price_factor' is set twice"):
        parse_settings(["bundle_price_factor=0.95", "bundle_price_factor=0.96"], REGISTRY)

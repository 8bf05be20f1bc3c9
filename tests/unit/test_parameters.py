"""The parameter registry: every shipped number, every way to write one wrongly."""

import math
import re

import pytest
from parameter_files import SHIPPED, entry, run_python

from model.parameters import (
    Parameter,
    ParameterError,
    Registry,
    UnknownParameterError,
    load_registry,
)
from model.parameters.parameter import UNITS
from model.parameters.spelling import hint, nearest_name

FACT = {"low": None, "high": None, "role": "fact", "distribution": "fixed"}


@pytest.fixture
def load(tmp_path):
    def load_files(*contents: str | bytes) -> Registry:
        for number, content in enumerate(contents):
            raw = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"file{number}.yaml").write_bytes(raw)
        return load_registry(tmp_path)

    return load_files


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load_registry()


def complaint(load, *contents: str | bytes) -> str:
    with pytest.raises(ParameterError) as caught:
        load(*contents)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- the shipped numbers -------------------------------------------------------------------


def test_every_shipped_file_is_loaded(shipped):
    files = {parameter.file for parameter in shipped.all()}

    assert files == {path.name for path in SHIPPED.glob("*.yaml")}
    assert len(shipped) >= 235


def test_the_shipped_registry_is_read_once():
    assert load_registry() is load_registry()


def test_every_assumption_has_a_range(shipped):
    assumptions = [each for each in shipped.all() if each.kind == "assumption"]

    assert assumptions
    assert all(each.has_range for each in assumptions)


def test_facts_have_no_range_and_the_others_do(shipped):
    for parameter in shipped.all():
        assert parameter.has_range == (parameter.role != "fact")
        assert (parameter.distribution == "fixed") == (parameter.role in ("fact", "target"))


def test_labels_are_short_unique_and_in_two_languages(shipped):
    for language in ("en", "nl"):
        labels = [getattr(each.label, language) for each in shipped.all()]
        assert all(label.strip() == label and 0 < len(label) <= 80 for label in labels)
        assert len(set(labels)) == len(labels)
    assert all(each.label.en != each.label.nl for each in shipped.all())


def test_every_number_has_a_source(shipped):
    assert all(len(each.source) > 5 for each in shipped.all())


def test_insurers_carry_no_names(shipped):
    names = re.compile(
        r"achmea|vgz|\bcz\b|menzis|dsw|\basr\b|zorg.en.zekerheid|onvz|\beno\b|eucare|salland",
        re.IGNORECASE,
    )
    for each in shipped.all():
        text = " ".join([each.name, each.label.en, each.label.nl, each.note])
        assert not names.search(text), each.name


@pytest.mark.parametrize(
    "pattern",
    [
        r"insurer_share_2022_\w+",
        r"gold_[2-4]_share_within_eligible",
        r"treated_class_\w+_share",
        r"treated_profile_[3-5]_share",
        r"first_year_session_share_q[1-4]",
    ],
)
def test_shares_of_a_whole_add_up(shipped, pattern):
    shares = [each.value for each in shipped.all() if re.fullmatch(pattern, each.name)]

    assert len(shares) > 2
    assert sum(shares) == pytest.approx(1, abs=0.011)  # sources round to whole per mille


def test_insurers_of_2022_are_lettered_by_size(shipped):
    shares = [shipped[f"insurer_share_2022_{letter}"].value for letter in "abcdefghij"]

    assert shares == sorted(shares, reverse=True)


def test_every_known_unit_is_distinct():
    assert len(set(UNITS)) == len(UNITS)


def test_import_is_light():
    code = "import sys, model.parameters; print('scipy' in sys.modules, 'rich' in sys.modules)"

    assert run_python(code) == "False False"


# --- wrong files ---------------------------------------------------------------------------


def test_a_good_file_loads(load):
    parameter = load(entry())["tariff"]

    assert isinstance(parameter, Parameter)
    assert (parameter.value, parameter.low, parameter.high) == (36.53, 34.0, 39.0)
    assert (parameter.file, parameter.line, parameter.year) == ("file0.yaml", 1, 2026)
    assert parameter.label.nl == "Tarief"


def test_year_and_note_may_be_left_out(load):
    parameter = load(entry(year=None, note=None))["tariff"]

    assert parameter.year is None
    assert parameter.note == ""


def test_a_parameter_cannot_be_changed(load):
    with pytest.raises(ValueError, match="frozen"):
        load(entry())["tariff"].value = 1.0


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ({"vale": "3"}, 14, "unknown key 'vale' in 'tariff'; the nearest valid name is 'value'"),
        ({"value": None, "valeu": "3"}, 13, "unknown key 'valeu'"),
        ({"file": "x"}, 14, "unknown key 'file'"),
        ({"label": "{en: a, nl: b, fr: c}"}, 13, "unknown key 'label.fr'"),
        ({"value": None}, 1, "key 'value' is missing in 'tariff'"),
        ({"source": None}, 1, "key 'source' is missing"),
        ({"label": None}, 1, "key 'label' is missing"),
        ({"label": "{en: Tariff}"}, 13, "key 'label.nl' is missing"),
        ({"label": "{nl: Tarief}"}, 13, "key 'label.en' is missing"),
        ({"label": "{en: Tariff, nl: ''}"}, 13, "'label.nl' of 'tariff' must be text"),
        ({"label": "{en: '  ', nl: Tarief}"}, 13, "'label.en' of 'tariff' must be text"),
        ({"label": "{en: Tariff, nl: 3}"}, 13, "'label.nl' of 'tariff' must be text"),
        ({"label": "Tariff"}, 13, "'label' of 'tariff' must be a pair"),
        ({"value": "much"}, 2, "'value' of 'tariff' must be a number, not 'much'"),
        ({"value": "true"}, 2, "'value' of 'tariff' must be a number"),
        ({"value": "'3'"}, 2, "'value' of 'tariff' must be a number"),
        ({"value": "[1]"}, 2, "'value' of 'tariff' must be a number"),
        ({"value": ".nan"}, 2, "'value' of 'tariff' must be a finite number"),
        ({"value": ".inf"}, 2, "'value' of 'tariff' must be a finite number"),
        ({"high": ".inf"}, 4, "'high' of 'tariff' must be a finite number"),
        ({"low": ".nan"}, 3, "'low' of 'tariff' must be a finite number"),
        ({"value": "33"}, 2, "value 33 lies outside 34..39 in 'tariff'"),
        ({"value": "40"}, 2, "value 40 lies outside 34..39"),
        ({"low": "41", "high": "34"}, 3, "low 41 is above high 34"),
        ({"low": "36.53", "high": "36.53"}, 3, "low equals high"),
        ({"low": None}, 3, "must be given together"),
        ({"high": None}, 3, "must be given together"),
        ({**FACT, "kind": "assumption"}, 6, "an assumption needs a range"),
        ({**FACT, "role": "lever"}, 5, "role 'lever' needs a range"),
        ({**FACT, "distribution": "uniform"}, 3, "distribution 'uniform' needs a range"),
        ({"role": "fact"}, 7, "a fact has no range"),
        ({"distribution": "fixed"}, 5, "does not go with a range"),
        ({"role": "target"}, 5, "distribution 'triangular' is not for a target with a range"),
        ({**FACT, "role": "target"}, 5, "role 'target' needs a range"),
        ({"low": "0", "distribution": "loguniform"}, 3, "needs a low above zero"),
        ({"unit": "EUR/sesion"}, 6, "unknown unit 'EUR/sesion' in 'tariff'; the nearest valid"),
        ({"unit": "EUR/sesion"}, 6, "'EUR/session'"),
        ({"unit": "{session}"}, 6, "'unit' of 'tariff' must be text"),
        ({"unit": "'{session}'"}, 6, "unknown unit '{session}'"),
        ({"role": "leverr"}, 7, "unknown role 'leverr' in 'tariff'; the nearest valid name is 'le"),
        ({"kind": "guess"}, 8, "unknown kind 'guess'"),
        ({"grade": "SFq"}, 9, "unknown grade 'SFq' in 'tariff'; the nearest valid name is 'SF"),
        ({"distribution": "triangle"}, 5, "unknown distribution 'triangle'"),
        ({"source": "''"}, 10, "'source' of 'tariff' must be text"),
        ({"source": "12"}, 10, "'source' of 'tariff' must be text"),
        ({"note": "12"}, 12, "'note' of 'tariff' must be text"),
        ({"year": "26"}, 11, "'year' of 'tariff' must be a year"),
        ({"year": "about 2020"}, 11, "'year' of 'tariff' must be a year"),
    ],
)
def test_a_wrong_entry_gives_one_sentence(load, changes, line, words):
    message = complaint(load, entry(**changes))

    assert message.startswith(f"file0.yaml, line {line}: "), message
    assert words in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("tariff: 3\n", "line 1: 'tariff' must have keys"),
        ("tariff:\n", "line 1: 'tariff' must have keys"),
        (entry() + entry(), "line 14: key 'tariff' is already used on line 1"),
        (entry(value="&x 36"), "line 2: anchors are not allowed"),
        (entry(value="*x"), "line 2: aliases are not allowed"),
        (entry("Tariff"), "line 1: 'Tariff' is no name"),
        (entry("2tariff"), "line 1: '2tariff' is no name"),
        (entry("2025"), "line 1: '2025' is no name"),
        (entry("lambda"), "line 1: 'lambda' is no name"),
        (entry("fingerprint"), "line 1: 'fingerprint' is a reserved name"),
        ("", "file0.yaml, line 1: the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file0.yaml, line 1: the file is not UTF-8"),
        (b"PK\x03\x04\x00\x00", "file0.yaml, line 1: the file is binary"),
    ],
)
def test_a_wrong_file_gives_one_sentence(load, content, words):
    assert words in complaint(load, content)


def test_a_name_may_occur_in_one_file_only(load):
    message = complaint(load, entry(), entry("other") + entry())

    assert message == ("file1.yaml, line 14: 'tariff' is already declared in file0.yaml, line 1")


def test_a_folder_without_parameters_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="no parameter files"):
        load_registry(tmp_path)


def test_a_file_with_another_ending_is_not_skipped_in_silence(tmp_path, load):
    (tmp_path / "extra.yml").write_text(entry("other"))

    assert "extra.yml, line 1: a parameter file must end in .yaml" in complaint(load, entry())


# --- asking and overriding -----------------------------------------------------------------


def test_an_unknown_name_suggests_the_nearest(shipped):
    with pytest.raises(UnknownParameterError) as caught:
        shipped["session_tarif_contracted"]

    assert isinstance(caught.value, KeyError)
    assert str(caught.value) == (
        "there is no parameter 'session_tarif_contracted'; "
        "the nearest valid name is 'session_tariff_contracted'"
    )


def test_the_nearest_name_does_not_depend_on_order():
    assert nearest_name("ab", ["abc", "abd"]) == nearest_name("ab", ["abd", "abc"]) == "abc"
    assert nearest_name("ab", []) is None
    assert hint("ab", []) == ""


def test_roles_split_the_registry(shipped):
    parts = [shipped.by_role(role) for role in ("fact", "uncertainty", "lever", "target")]

    assert all(parts)
    assert sum(map(len, parts)) == len(shipped) == len(list(shipped))
    with pytest.raises(ParameterError, match="nearest valid name is 'lever'"):
        shipped.by_role("levers")


def test_values_are_the_defaults_unless_overridden(shipped):
    assert shipped.values().to_dict() == {each.name: each.value for each in shipped.all()}
    changed = shipped.values({"session_tariff_contracted": 35})
    assert changed.session_tariff_contracted == 35.0
    assert changed.bundle_price_factor == shipped.values().bundle_price_factor


@pytest.mark.parametrize("edge", [34.0, 39.0])
def test_overrides_may_touch_the_edges_of_the_range(shipped, edge):
    assert shipped.values({"session_tariff_contracted": edge})["session_tariff_contracted"] == edge


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"session_tarif_contracted": 35}, "nearest valid name is 'session_tariff_contracted'"),
        ({"session_tariff_contracted": 33.9}, "must lie in 34..39 EUR/session, not 33.9"),
        ({"session_tariff_contracted": 39.1}, "must lie in 34..39"),
        ({"session_tariff_contracted": math.nan}, "must be a finite number"),
        ({"session_tariff_contracted": math.inf}, "must be a finite number"),
        ({"session_tariff_contracted": "35"}, "must be a finite number, not '35'"),
        ({"session_tariff_contracted": None}, "must be a finite number, not None"),
        ({"bundle_min_contacts_to_claim": True}, "must be a finite number, not True"),
        ({"compulsory_deductible": 400}, "is a fact and cannot be overridden"),
        ({"target_copd_deaths": 7_000}, "and cannot be overridden"),
        ({"compulsory_deductible": 385}, "is a fact and cannot be overridden"),
    ],
)
def test_wrong_overrides_are_refused(shipped, overrides, words):
    with pytest.raises(ParameterError) as caught:
        shipped.values(overrides)

    assert words in str(caught.value)


# --- draws ---------------------------------------------------------------------------------

"""Reading YAML strictly and remembering where everything was written."""

import datetime
import pickle
from pathlib import Path

import pytest

from model.parameters.located_yaml import MAX_DEPTH, Located, LocatedYamlError, read_located


@pytest.fixture
def write(tmp_path: Path):
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "case.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write_file


def refusal(path: Path) -> LocatedYamlError:
    with pytest.raises(LocatedYamlError) as caught:
        read_located(path)
    return caught.value


def test_plain_data_comes_back_with_its_lines(write):
    path = write("# comment\ntariff:\n  value: 36.53\n  tags: [one, two]\n  label: {nl: Tarief}\n")

    located = read_located(path)

    assert located.data == {
        "tariff": {"value": 36.53, "tags": ["one", "two"], "label": {"nl": "Tarief"}}
    }
    assert located.line("tariff") == 2
    assert located.line("tariff", "value") == 3
    assert located.line("tariff", "tags", 1) == 4
    assert located.line("tariff", "label", "nl") == 5


def test_lines_of_list_items(write):
    located = read_located(write("clauses:\n  - kind: fee\n  - kind: bundle\n    price: 265\n"))

    assert located.line("clauses", 0) == 2
    assert located.line("clauses", 1, "price") == 4


def test_line_of_a_missing_key_is_that_of_its_parent(write):
    located = read_located(write("a: 1\ntariff:\n  value: 1\n"))

    assert located.line("tariff", "low") == 2
    assert located.line("nothing", "there") == 1
    assert Located(path=Path("x"), data={}, lines={}).line() == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0.5", -0.5),
        ("1e-5", 1e-5),
        ("1E6", 1e6),
        ("2.5e3", 2500.0),
        ("+3", 3),
        ("0", 0),
        ("0.10", 0.1),
        ("00:30 uur", "00:30 uur"),
        ("173_000", 173000),
        ("true", True),
        ("null", None),
        ("'010'", "010"),
        ("één patiënt", "één patiënt"),
        ("2025-01-01", datetime.date(2025, 1, 1)),
    ],
)
def test_scalars_mean_what_they_seem_to_mean(write, text, value):
    data = read_located(write(f"key: {text}\n")).data

    assert data["key"] == value
    assert type(data["key"]) is type(value)


@pytest.mark.parametrize("text", ["010", "1:30", "0x1F", "0b11", "-017", "0_7"])
def test_numbers_that_yaml_would_reinterpret_are_refused(write, text):
    error = refusal(write(f"a: 1\nkey: {text}\n"))

    assert error.line == 2
    assert "plain decimal number" in error.message


@pytest.mark.parametrize("text", [".nan", ".inf", "-.inf"])
def test_not_a_number_is_read_and_left_to_the_caller(write, text):
    assert isinstance(read_located(write(f"key: {text}\n")).data["key"], float)


def test_a_byte_order_mark_is_ignored(write):
    assert read_located(write(b"\xef\xbb\xbfkey: 1\n")).data == {"key": 1}


def test_whole_numbers_may_be_keys(write):
    assert read_located(write("budget:\n  2025: 173000\n")).data == {"budget": {2025: 173000}}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "key 'a' is already used on line 1"),
        ("top:\n  x: 1\n  x: 2\n", 3, "key 'x' is already used on line 2"),
        ("label: {en: a, en: b}\n", 1, "key 'en' is already used"),
        ("base: &b {x: 1}\n", 1, "anchors are not allowed (&b)"),
        ("x: 1\nbase: &b 3\ncopy: *b\n", 2, "anchors are not allowed"),
        ("x: 1\ncopy: *b\n", 2, "aliases are not allowed (*b)"),
        ("a:\n  <<: {x: 1}\n", 2, "a key must be a word"),
        ("no: 1\n", 1, "a key must be a word"),
        ("1.5: 1\n", 1, "a key must be a word"),
        ("~: 1\n", 1, "a key must be a word"),
        ("? [a, b]\n: 1\n", 1, "not 'a list'"),
        ("- a\n- b\n", 1, "the top level must be"),
        ("just words\n", 1, "the top level must be"),
        ("", 1, "the file is empty"),
        ("# only a comment\n\n", 1, "the file is empty"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []\n", 1, "tag"),
        ("a: !secret x\n", 1, "the tag '!secret' is not allowed"),
        ("a: !!set {x}\n", 1, "not allowed"),
        ("a: !!binary aGVsbG8=\n", 1, "not allowed"),
        ("a: 2025-13-45\n", 1, "cannot be read"),
        ("a: !!int wrong\n", 1, "plain decimal number"),
        (b"a: 1\nb: caf\xe9\n", 2, "not UTF-8"),
        (b"\x00\x01\x02", 1, "binary"),
        (b"a: 1\nb: x\x07\n", 2, "control character"),
        (b"\xff\xfea\x00:\x00", 1, "not UTF-8"),
    ],
)
def test_refusals_name_file_line_and_reason(write, content, line, words):
    error = refusal(write(content))

    assert error.line == line
    assert words in error.message
    assert str(error).startswith(f"case.yaml, line {line}: ")
    assert "\n" not in str(error)


@pytest.mark.parametrize("open_bracket", ["[", "{x: "])
def test_hostile_nesting_is_refused_and_does_not_crash(write, open_bracket):
    assert f"deeper than {MAX_DEPTH}" in refusal(write("a: " + open_bracket * 50_000)).message


def test_missing_file_and_folder_are_refused(tmp_path):
    assert "cannot be read" in refusal(tmp_path / "absent.yaml").message
    assert "cannot be read" in refusal(tmp_path).message


def test_messages_do_not_reveal_the_folder(write, tmp_path):
    assert str(tmp_path) not in str(refusal(write("")))


def test_errors_travel_between_processes(write):
    error = refusal(write("a: 1\na: 2\n"))

    assert str(pickle.loads(pickle.dumps(error))) == str(error)

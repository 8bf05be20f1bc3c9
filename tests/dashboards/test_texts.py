"""Words: both languages complete, alike and used; none in the code."""

import re
from pathlib import Path

import dashboards
from dashboards.texts import texts

FOLDER = Path(dashboards.__file__).parent
SOURCE = "\n".join(path.read_text() for path in FOLDER.rglob("*.py"))


def test_both_languages_have_the_same_keys_in_the_same_order():
    assert texts("nl").keys() == texts("en").keys()


def test_both_languages_want_the_same_filled_in():
    nl, en = texts("nl"), texts("en")
    assert [key for key in list(nl.keys()) if nl.placeholders(key) != en.placeholders(key)] == []


def test_languages_differ_but_for_words_that_are_the_same():
    same = {"page.start", "page.contract", "table.scenario", "levers.scenario", "group.gold",
            "compare.scenario", "path.levels", "margin.row",
            "oversight.indicator"}  # fmt: skip
    nl, en = texts("nl"), texts("en")
    filled = {key: dict.fromkeys(nl.placeholders(key), "x") for key in list(nl.keys())}
    alike = {key for key, values in filled.items() if nl(key, **values) == en(key, **values)}
    assert alike <= same


def test_every_literal_key_exists():
    used = set(re.findall(r"""\bt\(\s*["']([a-z_.0-9]+)["']""", SOURCE))
    used |= set(re.findall(r"""texts\(language\)\(\s*["']([a-z_.0-9]+)["']""", SOURCE))
    assert used and used <= set(texts("nl").keys())


def test_every_text_is_used():
    literal = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_0-9]+)+)["']""", SOURCE))
    patterns = {
        re.sub(r"\{[^{}]*\}", "[a-z_0-9]+", one.replace(".", r"\."))
        for one in re.findall(r"""f["']([a-z_.{}()\[\]0-9]+)["']""", SOURCE)
        if "." in one
    }
    patterns = {re.sub(r"\{[^{}]*\}", "[a-z_0-9]+", one) for one in patterns}

    def is_used(key):
        return key in literal or key == "unknown" or any(re.fullmatch(one, key) for one in patterns)

    assert [key for key in list(texts("nl").keys()) if not is_used(key)] == []


def test_no_dutch_words_stand_in_the_code():
    words = re.compile(r"\b(het|een|wordt|uitkomst|zitting|zorgverzekeraar)\b", re.IGNORECASE)
    for path in FOLDER.rglob("*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text(), flags=re.S)
        strings = re.findall(r'"([^"\n]*)"', code)
        assert not [text for text in strings if words.search(text)], path.name

"""What a browser sends as a file is believed in nothing before it is looked at."""

import math

import pytest

from dashboards.upload import MOST_BYTES, given


def test_a_file_is_what_it_says():
    file = given({"name": "mine.yaml", "size": 4, "text": "a: ë"})

    assert (file.name, file.text, file.large) == ("mine.yaml", "a: ë", False)


@pytest.mark.parametrize(
    "sent",
    [None, [], "x", {}, {"name": 3, "size": "large", "text": None}, {"size": -1, "text": {}}],
)
def test_what_is_no_file_is_an_empty_one(sent):
    assert given(sent).text == "" and given(sent).name == ""


@pytest.mark.parametrize("size", [MOST_BYTES + 1, math.inf, math.nan, 10**400])
def test_a_file_that_is_said_to_be_too_large_is(size):
    assert given({"name": "a", "size": size, "text": "a: 1"}).large


def test_a_file_that_is_larger_than_it_says_is_too_large():
    file = given({"name": "a", "size": 1, "text": "é" * MOST_BYTES})

    assert file.large and file.text == ""


def test_halves_of_letters_are_replaced_and_names_cut():
    file = given({"name": "\ud800" + "n" * 500, "size": 1, "text": "a: \ud800"})

    assert file.text == "a: ?" and len(file.name) == 80
    file.name.encode()

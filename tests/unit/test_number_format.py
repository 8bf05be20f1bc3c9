import math

import pytest

from experiments import number_format as nf
from experiments.screen import interval
from experiments.screen import number as screen_number
from model.outcomes import BY_ID


@pytest.mark.parametrize(
    ("value", "decimals", "nl", "en"),
    [
        (1234567, 0, "1.234.567", "1,234,567"),
        (-1234.5, 1, "−1.234,5", "−1,234.5"),
        (0.5, 2, "0,50", "0.50"),
        (-0.001, 2, "0,00", "0.00"),  # no minus zero
    ],
)
def test_numbers_carry_local_marks(value, decimals, nl, en):
    assert nf.number(value, "nl", decimals) == nl
    assert nf.number(value, "en", decimals) == en


def test_unknown_is_a_word():
    for form in (nf.number, nf.percentage, nf.euros, nf.exact_euros, nf.difference):
        assert form(math.nan, "nl") == "onbekend"


@pytest.mark.parametrize(
    ("amount", "nl"),
    [
        (173_000, "EUR 173.000"),
        (172_651, "EUR 173.000"),
        (1_433_860, "EUR 1,4 miljoen"),
        (-1_433_860, "−EUR 1,4 miljoen"),
        (999_700, "EUR 1,0 miljoen"),  # not EUR 1.000.000
        (776_449_200, "EUR 776 miljoen"),
        (2_100_000_000, "EUR 2,1 miljard"),
        (12.4, "EUR 12"),
        (-0.2, "EUR 0"),
        (9_960, "EUR 10.000"),
        (4_321, "EUR 4.300"),
    ],
)
def test_amounts_are_rounded_as_spoken(amount, nl):
    assert nf.euros(amount, "nl") == nl


def test_law_amounts_are_not_rounded():
    assert nf.exact_euros(294_800, "en") == "EUR 294,800"


def test_differences_show_their_sign_but_zero_has_none():
    assert nf.difference(2.4, "nl", 1) == "+2,4"
    assert nf.difference(-2.4, "nl", 1) == "−2,4"
    assert nf.difference(0.0, "nl", 1) == "0,0"
    assert nf.difference(0.001, "en", 1) == "0.0"


def test_intervals_and_lists():
    assert nf.interval(2.3, 2.5, "nl", 1) == "(2,3 tot 2,5)"
    assert nf.interval(2.3, 2.5, "en", 1) == "(2.3 to 2.5)"
    assert nf.listing(["a", "b", "c"], "nl") == "a, b en c"
    assert nf.listing([], "nl") == ""


def test_probability_in_words_and_numbers():
    assert nf.probability(72, 100, "nl") == "waarschijnlijk (in 72 van de 100 doorrekeningen)"
    assert nf.probability(50, 100, "en") == "about as likely as not (in 50 of 100 runs)"
    assert nf.probability(20, 100, "nl").startswith("onwaarschijnlijk")
    assert nf.runs_share(0, 16, "nl") == "in geen van de 16 doorrekeningen"
    assert nf.runs_share(16, 16, "en") == "in all 16 runs"
    assert nf.runs_share(2, 2, "nl") == "in beide doorrekeningen"
    assert nf.runs_share(0, 2, "en") == "in neither of 2 runs"
    assert nf.runs_share(1, 2, "nl") == "in 1 van de 2 doorrekeningen"
    assert nf.probability(0, 0, "en") == "unknown"


def test_few_runs_never_make_anything_certain():
    assert nf.probability_word(4, 4, "nl") == "waarschijnlijk"
    assert nf.probability_word(0, 16, "en") == "unlikely"
    assert nf.probability_word(0, 40, "en") == "virtually excluded"
    assert nf.probability_word(100, 100, "nl") == "vrijwel zeker"


def test_a_table_on_the_screen_speaks_the_language_of_its_reader():
    spending, refused = BY_ID["paramedical_spending"], BY_ID["refused_share"]
    assert screen_number(spending, -1_234_567.0, True) == "-1,234,567"
    assert screen_number(spending, -1_234_567.0, True, "nl") == "-1.234.567"
    assert screen_number(refused, 0.0123, True, "nl").startswith("+1,2")
    assert interval(spending, -2.0, 3.0, "nl") == "-2 tot +3"


def test_a_small_share_keeps_a_decimal():
    assert [nf.small_percentage(share, "nl") for share in (0.0, 0.001, 0.01, 0.05)] == [
        "0%", "0,1%", "1%", "5%",
    ]  # fmt: skip

"""What people type beside a slider: both notations, in the unit that is shown."""

import pytest

from dashboards import service
from dashboards.viewmodels import panel
from dashboards.viewmodels import sweep as model

LEVERS = service.all_levers()
PRICE = LEVERS["bundle_price_factor"]  # a ratio
GROWTH = LEVERS["session_tariff_real_growth"]  # shown in percent, also below zero
LUMP = LEVERS["coordination_lump_sum"]  # euros, thousands
TARIFF = LEVERS["session_tariff_contracted"]  # euros and cents
VISITS = LEVERS["bundle_min_contacts_to_claim"]  # whole


@pytest.mark.parametrize(
    ("lever", "text", "value"),
    [
        (PRICE, "0,95", 0.95),
        (PRICE, "0.95", 0.95),
        (PRICE, " 0,95 ", 0.95),
        (PRICE, ",95", 0.95),
        (PRICE, "1,", 1.0),
        (PRICE, "+1.1", 1.1),
        (PRICE, "95%", 0.95),
        (PRICE, "0.950", 0.95),  # not 950
        (GROWTH, "1", 0.01),
        (GROWTH, "1%", 0.01),
        (GROWTH, "1,0 %", 0.01),
        (GROWTH, "0.5", 0.005),
        (GROWTH, "-3", -0.03),
        (GROWTH, "− 3,0%", -0.03),
        (GROWTH, "–2\N{NO-BREAK SPACE}%", -0.02),
        (GROWTH, "-0", 0.0),
        (LUMP, "2500", 2500.0),
        (LUMP, "EUR 3.000", 3000.0),
        (LUMP, "3,000", 3000.0),
        (LUMP, "€ 3.000,50", 3000.5),
        (TARIFF, "36,53", 36.53),
        (VISITS, "2", 2.0),
    ],
)
def test_a_typed_text_is_read_in_the_unit_that_is_shown(lever, text, value):
    assert lever.read(text) == pytest.approx(value, abs=1e-12)


NO_NUMBERS = (
    "", " ", "\N{NO-BREAK SPACE}", "x", "%", "-", ",", "1,2,3", "1.2.3", "1 2", "--1", "1%%", "1e5",
    "nan", "inf", "-Infinity", "0x10", "1_0", "٣", "1\n2", "9" * 41, "1" + " " * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("lever", [PRICE, GROWTH, LUMP], ids=lambda lever: lever.name)
def test_what_is_no_number_is_none(lever):
    assert [text for text in NO_NUMBERS if lever.read(text) is not None] == []


@pytest.mark.parametrize("given", [None, [], {}, float("nan"), float("inf"), 10**400])
def test_a_message_without_a_number_is_none(given):
    assert PRICE.read(given) is None


def test_a_percentage_of_euros_or_visits_is_none():
    assert LUMP.read("5%") is None and VISITS.read("5%") is None


def test_a_number_of_a_slider_is_in_the_unit_of_the_parameter():
    assert GROWTH.read(0.01) == 0.01 and VISITS.read(2) == 2.0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_stands_in_a_field_means_the_value_and_what_is_shown_nearly(language):
    for lever in LEVERS.values():
        between = lever.low + 0.37 * (lever.high - lever.low)
        for value in (lever.low, lever.value, lever.high, between):
            assert lever.read(lever.written(value, language)) == pytest.approx(value, abs=1e-8)
            assert lever.read(lever.shown(value, language)) == pytest.approx(value, abs=lever.step)


def test_a_field_holds_what_was_typed_and_at_least_what_is_shown():
    assert PRICE.written(1.0, "nl") == "1,00" and PRICE.written(0.955, "nl") == "0,955"
    assert GROWTH.written(0.0125, "nl") == "1,25%" and GROWTH.written(-0.03, "en") == "−3.0%"
    assert TARIFF.written(36.53, "en") == "36.53" and LUMP.written(2500.0, "nl") == "2.500"


def test_the_panel_and_the_form_of_a_sweep_word_their_fields_alike():
    from dashboards.view import View

    view = View(levers={"session_tariff_real_growth": 0.01})
    groups = panel.groups(view, LEVERS.values(), {}, "nl")
    fields = {one["name"]: one["written"] for group in groups for one in group["levers"]}
    ranges = ((PRICE.name, 0.8, 1.2), (GROWTH.name, -0.03, 0.01))
    rows = model.form_rows(ranges, LEVERS, "nl")
    assert fields[GROWTH.name] == rows[1]["high"] == "1,0%"
    assert (rows[1]["low"], rows[0]["low"]) == ("−3,0%", "0,80")
    found, said = model.changed_ranges(
        ranges, {"row": 1, "what": "high", "value": "2"}, LEVERS, "nl"
    )
    assert found[1] == (GROWTH.name, -0.03, 0.02) and said == ""
    assert model.changed_ranges(ranges, {"row": 1, "what": "low", "value": ""}, LEVERS, "nl") == (
        None, "Dat is geen getal; de knop is blijven staan.",
    )  # fmt: skip

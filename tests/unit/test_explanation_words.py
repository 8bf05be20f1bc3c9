"""What an explanation says in words, and its figure."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from explained import CONTRACTS, FIXED, P, asked

from experiments.explanation import explain, january
from experiments.explanation_words import chance, contract_lines, dangers, facts, money
from experiments.figures import image_bytes
from experiments.figures.explanation import explanation_figure
from experiments.number_format import LANGUAGES
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.entitlement import Entitlement
from model.policy import Policy

# --- in words


def test_sentences_by_hand():
    risk, under, up = dangers(asked("fixed")[1], "en")
    assert "in profile 3 whoever needs more than 46 sessions (25% of that class)" in risk
    assert "more than 62 sessions" in risk and "more than 79 sessions" in risk
    assert "who needs 48.1 sessions, each session less leaves the practice EUR 24.00" in under
    assert "plans 45.3 (2.8 fewer), a strongly profit-driven one 35.7 (12.4 fewer)" in under
    assert "EUR 800 for a patient of profile 3 and EUR 400 for a patient of profile 4" in up
    assert up.endswith("no audits, so all of it stays with the practice.")


def test_sentences_by_hand_in_dutch():
    risk, under, up = dangers(asked("mixed")[1], "nl")
    # 800 = 13.04 (n - 3 x 13.04 / 5 + 2): n = 67.17.
    assert "in profiel 3 wie meer dan 67 zittingen nodig heeft" in risk
    assert "aan elke zitting minder EUR 13,04 over" in under
    assert "EUR 800 bij een patiënt van profiel 3 en EUR 400 bij een patiënt van profiel 4" in up


def test_a_class_that_is_too_light_is_named_where_it_pays():
    """Four times EUR 225 less for a patient in profile 5: more than the 400 or 800 of its class.

    Of it counts what is judged: at least one patient must be measured, whose number is Poisson.
    """
    world, e = asked("few_heavy")
    judged = 1.0 - np.exp(-world.outlooks[1].norms["heavy_class"].patients)
    assert e.marginals[2].lighter == pytest.approx((900 * judged - 800, 900 * judged - 400))
    assert e.marginals[0].upgrade == pytest.approx(800.0 - 900.0 * judged)

    up = dangers(e, "en")[2]
    assert "Upcoding: not rewarded" in up
    assert "a year on file in profile 4 brings EUR" in up and "for a patient of profile 5" in up
    assert "een jaar profiel 4 in het dossier levert EUR" in dangers(e, "nl")[2]
    assert "too light" not in dangers(asked("fixed")[1], "en")[2]


def test_a_fee_rewards_more_sessions_and_no_grading():
    risk, under, up = dangers(asked("regular")[1], "en")
    assert "does not reward refusing on need" in risk and "EUR 12.53" in risk
    # Wish n + 12.53 / 5, drawn 2 back toward need: 0.5 more; at rho 3 it is 7.5 - 2 = 5.5.
    assert "not rewarded, more sessions are" in under
    assert "plans 48.7 (0.5 more), a strongly profit-driven one 53.7 (5.5 more)" in under
    assert "brings nothing more" in up


def test_more_need_is_more_money_only_where_it_always_is():
    e = asked("rich")[1]
    assert all(one.above > 100.0 and one.share < 0.05 for part in e.refusals for one in part)
    # Stop-loss and corridor together reimburse a session in part, never twice (it costs EUR 24).
    assert all(-24.0 < one.session_net < 0.0 for one in e.marginals)
    assert np.diff(e.profits[0]).min() < -1.0  # under its stop-loss a light patient pays best
    # Sessions pay under shared savings, but the admissions of severe patients cost.
    assert asked("savings")[1].marginals[1].session_net > 0.0
    assert "At no usual need" in dangers(asked("savings")[1], "en")[0]
    assert "Bij geen gangbare zorgbehoefte" in dangers(asked("savings")[1], "nl")[0]


def test_a_flat_bundle_says_one_thing_for_all_classes():
    risk, _, up = dangers(asked("flat")[1], "en")
    assert "whatever the weight class" in risk and "profile" not in risk
    assert "not rewarded" in up


@pytest.mark.parametrize(
    ("name", "en", "nl"),
    [
        ("audit", "at least 63% of files were audited (now 4%)", "minstens 63% van de dossiers"),
        ("no_fine", "80% of the gain", "80% van de winst"),
        ("deterred", "from 25% of files audited (now 25%)", "vanaf 25% gecontroleerde dossiers"),
    ],
)
def test_what_audits_do_is_said(name, en, nl):
    e = asked(name)[1]
    assert en in dangers(e, "en")[2] and nl in dangers(e, "nl")[2]
    assert "no audit finds it" in dangers(e, "en")[2]


def test_what_not_measuring_and_training_for_the_test_bring_is_said():
    """EUR 300 a point: 150 for half a point below the norm."""
    assert len(dangers(asked("fixed")[1], "en")) == 3  # nothing is measured for money
    said = dangers(asked("outcome")[1], "en")[3]
    assert said == (
        "Measuring: what is on paper is worth money. Not measuring a patient who comes out half a "
        "CCQ point below the norm brings EUR 150.00."
    )
    e = replace(asked("outcome")[1], gap=20.0, metre=1.5)
    assert "completeness takes EUR 20.00" in dangers(e, "en")[3]
    assert "EUR 1,50 op, ook als" in dangers(e, "nl")[3]
    only_metres = replace(e, half_point=0.0)
    assert "completeness" not in dangers(only_metres, "en")[3]


def test_session_maxima_and_own_payments_are_left_out_and_said():
    capped = explain(january(Policy(entitlement=Entitlement.MAXIMA_2021), P))
    assert capped.capped and capped.self_paid == 0
    assert "Up to the session maximum" in dangers(capped, "en")[0]
    assert "Without the session maximum" in dangers(capped, "en")[1]
    assert any("maxima" in fact for fact in facts(capped, "nl"))
    own = explain(january(Policy(entitlement=Entitlement.CHRONIC_LIST), P))
    assert own.self_paid == 20 and not own.capped
    assert "first 20 sessions" in facts(own, "en")[-1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_can_be_said_and_drawn(name, language):
    e = asked(name)[1]
    lines = contract_lines(e, language)
    assert len(lines) == len(e.contract.clauses)
    drawing = explanation_figure(e, "Some title", "Some source", language)
    for text in (*lines, *dangers(e, language), drawing.alt, drawing.caption):
        assert text[0].isupper() and not {"{", "}"} & set(text), text
        assert "nan" not in text.lower().split() and "None" not in text and "inf " not in text
    assert drawing.figure.get_figwidth() == 9.0


def test_prices_in_force_stand_behind_their_clause():
    assert contract_lines(asked("fixed")[1], "nl")[1].endswith(
        "profiel 3 EUR 200,00, profiel 4 EUR 300,00, profiel 5 EUR 400,00, "
        "onderhoud EUR 100,00; vastgelegd in het contract"
    )
    lines = contract_lines(asked("mixed")[1], "en")
    assert lines[0].endswith(": EUR 47.49")
    assert lines[2].endswith(": EUR 10.96 for an individual session")  # 0.3 x 36.53
    fees = contract_lines(asked("regular")[1], "en")[1]
    # A group pays 0.6, at a distance 0.48 of 36.53; at home 15 more.
    assert fees.endswith(
        "EUR 36.53; in a group EUR 21.92, at a distance EUR 17.53, at home EUR 51.53"
    )


def test_amounts_and_chances_as_people_write_them():
    assert money(-1234.5, "nl", 2) == "−EUR 1.234,50" and money(-0.001, "en") == "EUR 0"
    assert (chance(0.0001, "en"), chance(0.9999, "nl"), chance(1.0, "nl")) == (
        "<1%",
        ">99%",
        "100%",
    )


# --- the figure


def test_the_figure_shows_the_numbers():
    figure = explanation_figure(asked("fixed")[1], "Some title", "Some source", "nl").figure
    profits, losses, bars = figure.axes
    assert {text.get_text() for text in profits.texts} == {"46", "62", "79"}
    assert len(losses.patches) == 4 and losses.patches[0].get_height() > 0.0
    shown = [text.get_text() for text in bars.texts]
    # One bar where the classes are alike (a session, a group session, burden, admission, quarter).
    assert shown[:4] == ["−24,00", "12,00", "800", "400"] and len(shown) == 8
    assert shown[-1] == "100"


def test_the_figure_is_the_same_twice():
    once, again = (
        image_bytes(explanation_figure(asked("rich")[1], "A", "B", "en"), "png") for _ in range(2)
    )
    assert once == again and once.startswith(b"\x89PNG")


def test_the_rich_contract_gives_numbers_only():
    e = asked("rich")[1]
    for one in (*e.patients, *e.marginals):
        assert is_dataclass(one)
        for field in fields(one):
            value = getattr(one, field.name)
            if isinstance(value, float):
                assert np.isfinite(value), field.name
    assert np.isfinite(e.profits).all()
    assert all(0.0 <= chance_of <= 1.0 for chance_of in e.losses.values())


def test_kpi_on_a_slope_pays_the_burden_point():
    slope = Kpi(indicator="ccq_change", slope=300.0, minimum_patients=1.0)
    world = january(Policy(clauses=(IntakeFee(), FIXED, slope)), P)
    e = explain(world)
    assert e.marginals[1].ccq_point == world.incentives[1][0].ccq_point[1] > 100.0

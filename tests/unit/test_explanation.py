"""Explain says what the agents act on: every number against the rewards, or worked out by hand."""

from statistics import NormalDist

import numpy as np
import pytest
from explained import CONTRACTS, P, asked

from agents.behaviours.default import planned_sessions
from experiments.explanation import explain, january
from experiments.explanation_words import contract_lines, facts, money
from experiments.provider import SEVERITIES, TYPICAL
from model.codes import GROUP, INDIVIDUAL
from model.contracts.flat_bundle import FlatBundle
from model.contracts.incentives import stop_loss_pay, stop_loss_session
from model.contracts.intake_fee import IntakeFee
from model.contracts.session_floor import SessionFloor
from model.policy import Policy

#: Contracts in which the intake brings its fee and nothing else, so that it can be taken off again.
ADDITIVE = [name for name in CONTRACTS if name not in ("savings", "rich")]


def rewarded(name):
    """Return the rewards array by name, for the explained contract at insurer A."""
    world, explanation = asked(name)
    number = 0 if explanation.regular else 1
    return {field: getattr(world.rewards, field)[number, 0] for field in world.rewards._fields}


# --- the numbers are those of the agents


@pytest.mark.parametrize("name", ADDITIVE)
def test_money_is_what_acceptance_reckons_with_plus_the_intake(name):
    r, (_, e) = rewarded(name), asked(name)
    # An index differs by GOLD stage, and the agents take the slope of GOLD III for all.
    kinds = (TYPICAL,) if name == "index" else range(len(SEVERITIES))
    for c in range(3):
        for s in kinds:
            one = e.patient(c, s)
            at_intake = r["fixed"][c, SEVERITIES[s].stage]
            at_intake += r["session"][c, INDIVIDUAL] * one.sessions
            at_intake += stop_loss_pay(
                one.sessions, r["reference"][INDIVIDUAL], P.cost_cv_per_patient, r["attachment"],
                r["stop_share"],
            )  # fmt: skip
            # The intake pays 1.3 x 36.53 = 47.49 and costs 1.3 x 24 = 31.20.
            assert one.revenue - one.own_time + one.access == pytest.approx(
                at_intake + 47.49, abs=1e-4
            )
            assert one.margin + one.access == pytest.approx(
                at_intake + 47.49 - 24.0 * one.sessions - 31.2, abs=1e-4
            )


@pytest.mark.parametrize("name", CONTRACTS)
def test_planned_sessions_are_those_of_a_therapist_with_these_rewards(name):
    r, (_, e) = rewarded(name), asked(name)
    for c in range(3):
        for s in range(3):
            one = e.patient(c, s)
            fee = r["session"][c, INDIVIDUAL] + stop_loss_session(
                one.need,
                r["reference"][INDIVIDUAL],
                P.cost_cv_per_patient,
                r["attachment"],
                r["stop_share"],
            )
            rho = P.altruism_rho_median / (1.0 - r["crowding"])  # K4 without outcome pay
            assert one.sessions == pytest.approx(
                planned_sessions(
                    one.need, rho, P.norm_median, fee, P.variable_cost_per_session,
                    P.benefit_curvature_k, r["outcome_pay"][c], 0.0, r["floor"],
                    P.sessions_most_per_year,
                )
            )  # fmt: skip


@pytest.mark.parametrize("name", CONTRACTS)
def test_marginal_euros_are_the_rewards(name):
    (world, e), r = asked(name), rewarded(name)
    known = world.incentives[0 if e.regular else 1][0]
    for c, one in enumerate(e.marginals):
        if r["stop_share"] == 0.0:
            assert one.session == r["session"][c, INDIVIDUAL]
        assert one.group == r["session"][c, GROUP] - r["session"][c, INDIVIDUAL]
        assert one.quarters == tuple(r["quarter"][c])
        assert (one.ccq_point, one.admission) == (known.ccq_point[c], known.admission[c])
        if c < 2:
            # Audits find what was claimed too much; where nothing was, they take nothing.
            taken = r["expected_loss"] * max(0.0, r["grading"][c][2])
            assert one.upgrade_net == pytest.approx(r["grading"][c][2] - taken)
        assert one.lighter == (tuple(r["grading"][2][:2]) if c == 2 else ())
    assert e.marginals[2].upgrade is None and e.marginals[2].upgrade_net is None


def test_without_a_contract_of_its_own_the_regular_one_is_explained():
    e = asked("regular")[1]
    assert e.regular and not e.negotiated and not e.capped
    assert [clause.clause for clause in e.contract.clauses] == ["intake_fee", "fee_per_session"]
    assert "regular contract" in facts(e, "en")[0]


def test_of_negotiated_prices_those_of_insurer_a_are_explained():
    world, e = asked("negotiated")
    prices = world.prices[1].quarter[:, 0, 0]
    assert prices[0] < prices[9]  # the largest insurer has most power
    assert e.marginals[0].quarters[0] == pytest.approx(prices[0] / 100.0)
    assert e.negotiated and "insurer A" in facts(e, "en")[0]
    assert money(prices[0] / 100.0, "en", 2) in contract_lines(e, "en")[1]


def test_a_kpi_on_access_rewards_accepting_severe_patients_only():
    world, e = asked("access")
    assert [e.patient(c, 0).access for c in range(3)] == [0.0] * 3  # GOLD II is not counted
    # 150 if anybody is counted: a practice sees n requests of severe patients, Poisson.
    counted = 1.0 - np.exp(-world.outlooks[1].norms["severe_accepted"].patients)
    counted *= 1.0 - world.p.soft_refusal_watched_share  # only an open refusal costs anything
    for c in range(3):
        assert e.patient(c, 1).access == pytest.approx(150.0 * counted)
        assert e.patient(c, 2).access == pytest.approx(150.0 * counted)
    assert e.severe(2) == e.patient(2, 2).margin + e.patient(2, 2).access
    assert all(one.access == 0.0 for one in asked("fixed")[1].patients)


# --- by hand: prices of 200, 300 and 400 a quarter


def test_a_typical_patient_of_profile_4_by_hand():
    one = asked("fixed")[1].patient(1, 1)
    # Need: 62 x 0.88 x exp(-0.5^2 / 2). Plan: need + 1.0 x (0 - 24) / 5 + 10 / 5.
    assert one.need == pytest.approx(48.1490, abs=1e-4)
    assert one.sessions == pytest.approx(45.3490, abs=1e-4)
    assert one.paid == {"intake_fee": 47.49, "weight_class_bundle": 1200.0}
    # 1247.49 - 24 x (45.3490 + 1.3); at full cost 1247.49 - 31.42 x (45.3490 + 1.3).
    assert one.margin == pytest.approx(127.91, abs=0.01)
    assert one.full_margin == pytest.approx(-218.22, abs=0.01)


def test_need_follows_its_percentiles():
    e = asked("fixed")[1]
    # exp(1.2816 x 0.5) = 1.8980: the 90th percentile is so many times the median.
    assert e.patient(0, 2).need / e.patient(0, 1).need == pytest.approx(1.8980, abs=1e-4)
    assert e.patient(0, 1).need / e.patient(0, 0).need == pytest.approx(1.8980, abs=1e-4)


def test_a_bundle_rewards_refusing_beyond_break_even():
    refusals = asked("fixed")[1].refusals
    # A profit-driven therapist plans n + 3 x (0 - 24) / 5 + 2 = n - 12.4; 800 = 24 (n - 12.4).
    ends = [one.above for (one,) in refusals]
    assert ends == pytest.approx([45.7333, 62.4, 79.0667], abs=1e-3)
    assert all(one.below is None for (one,) in refusals)
    # 1 - Phi(ln(45.7333 / 32.6171) / 0.5) = 1 - Phi(0.6760)
    assert refusals[0][0].share == pytest.approx(0.2495, abs=2e-4)


def test_a_floor_moves_break_even_down():
    # Now 0.9 n must be given: 800 / (24 x 0.9), 1200 / 21.6 and 1600 / 21.6 sessions of need.
    ends = [one.above for (one,) in asked("floor")[1].refusals]
    assert ends == pytest.approx([37.0370, 55.5556, 74.0741], abs=1e-3)


def test_a_fee_above_cost_refuses_nobody_and_a_stop_loss_only_the_middle():
    assert asked("regular")[1].refusals == ((), (), ())
    first, *others = asked("stop_loss")[1].refusals
    # It reimburses the part of a year that falls in one calendar year, so only the very heaviest
    # patients, whom hardly anybody meets, cost more than they bring.
    rare = [one for part in (first[1:], *others) for one in part]
    assert all(one.above > 100.0 and one.share < 0.05 for one in rare)
    one = first[0]
    below = one.below if one.below is not None else np.inf
    assert 5.0 < one.above < below
    e = asked("stop_loss")[1]
    inside = (e.needs > one.above) & (e.needs < below)
    usual = ~inside & (e.needs < 100.0)
    assert (e.profits[0, inside] < 0.0).all() and (e.profits[0, usual] >= 0.0).all()


def test_a_bundle_without_a_price_refuses_everybody():
    nothing = (IntakeFee(), FlatBundle(prices=(0.0, 0.0)))
    e = explain(january(Policy(clauses=nothing), P.replace({"norm_median": 40.0})))
    # The norm (width 40 / 5 = 8) leaves n - 6.4: below 6.4 sessions of need nothing is given.
    assert e.refusals[0][0].above == pytest.approx(6.4, abs=0.01)
    floor = (*nothing, SessionFloor(share=0.5))
    e = explain(january(Policy(clauses=floor), P))
    assert [(one.above, one.below, one.share) for (one,) in e.refusals] == [(None, None, 1.0)] * 3


def test_the_average_patient_is_the_mix_in_treatment():
    world, e = asked("fixed")
    treated = world.care.weight_class[world.care.status == 2]
    assert e.mix == pytest.approx([np.mean(treated == c) for c in range(3)])
    by_class = [
        0.3 * e.patient(c, 0).margin + 0.4 * e.patient(c, 1).margin + 0.3 * e.patient(c, 2).margin
        for c in range(3)
    ]
    assert e.mean("margin") == pytest.approx(float(e.mix @ by_class))


@pytest.mark.parametrize(("name", "pay"), [("fixed", 0.0), ("regular", 36.53), ("mixed", 10.96)])
def test_the_chance_of_a_loss_is_r1_at_full_cost(name, pay):
    e = asked(name)[1]
    # SD of a patient: what a session brings or costs x CV 0.667 x mean sessions.
    sd = abs(pay - 31.42) * 0.667 * e.mean("sessions")
    assert e.margin_sd == pytest.approx(sd)
    for count, probability in e.losses.items():
        z = -e.mean("full_margin") * count**0.5 / sd
        assert probability == pytest.approx(NormalDist().cdf(z), rel=1e-6)


def test_a_lump_sum_is_worth_more_to_a_small_practice():
    e = asked("lump")[1]
    # 1,800 a practice is 600 for each of three patients, and 204 at 30,000 / 3,400 patients.
    z = -(e.mean("full_margin") + 600.0 - 204.0) * 3**0.5 / e.margin_sd
    assert e.losses[3] == pytest.approx(NormalDist().cdf(z), rel=1e-6)


def test_audits_by_hand():
    one = asked("audit")[1]
    # 4 x (400 - 200) a year; 0.04 x 0.8 x (1 + 1) = 0.064 of it goes back.
    assert one.marginals[0].upgrade == pytest.approx(800.0)
    assert one.marginals[0].audited == pytest.approx(51.2)
    assert one.marginals[1].upgrade_net == pytest.approx(400.0 - 25.6)
    assert one.deterrent_rate == pytest.approx(0.625)  # 1 / (0.8 x 2)
    assert asked("no_fine")[1].deterrent_rate == pytest.approx(1.25)
    assert asked("fixed")[1].deterrent_rate is None

"""What the terms of a contract do to joining: paperwork, negotiation, audits set anew each year."""

from dataclasses import replace

import numpy as np
import pytest
from joining_worlds import CHOICE, JANUARY, SPAN, P, bundle, panel, signed

from model.codes import POLICY_CONTRACT
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.negotiation import Negotiation
from model.contracts.outcome_pay import OutcomePay
from model.contracts.pro_rata import ProRata
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month import caseload
from model.month.audit_rate import price_step
from model.month.prices import room_to_negotiate
from model.policy import HISTORY
from model.population import Size
from model.simulation import World


@pytest.fixture(scope="module")
def history() -> World:
    return World(P, HISTORY, 1, Size.of_treated(P, 400), SPAN).run(JANUARY)


def january(history, policy, p=None, years=1) -> World:
    """The world just after a January of the policy."""
    if p is not None:
        history = World(p, HISTORY, 1, Size.of_treated(p, 400), SPAN).run(JANUARY)
    return history.branch(policy).run(JANUARY + 12 * (years - 1) + 1)


# --- administration


def test_all_paperwork_counts_but_what_a_kpi_has_counted_already():
    """20 minutes for the bundle, 2 for what breaks off; 5 for the KPI are in its burden."""
    p = P.replace({"admin_minutes_bundle_quarter": 20.0, "admin_minutes_file_rule": 2.0})
    kpi = Kpi(indicator="gpe", at_least=0.5, consequence="withhold")
    band, pay = IndexBand(lower=80.0, upper=120.0), OutcomePay(per_ccq_point=50.0)
    contract = Contract((WeightClassBundle(), ProRata(), kpi, band, pay))

    assert contract.minutes_beside_burden(p) == 22.0 + p.admin_minutes_kpi
    assert contract.admin_minutes(p) == 22.0 + 3.0 * p.admin_minutes_kpi


def test_more_paperwork_keeps_more_practices_away(history):
    prices = tuple(january(history, CHOICE).bundle_prices[0].tolist())
    few, many = (
        signed(january(history, bundle(
            MinimumContacts(contacts=1), prices=prices,
            levers={"admin_minutes_file_rule": minutes},
        ))).sum()
        for minutes in (60.0, 0.0)
    )  # fmt: skip

    assert few < many


# --- negotiating


def test_who_would_refuse_gets_a_supplement_between_offer_and_limit():
    history = World(P, HISTORY, 1, Size.of_treated(P, 3_000), SPAN).run(JANUARY)
    policy = bundle(Negotiation(), levers={"negotiation_power_of_share": 0.5})
    w = january(history, policy)
    agreed, room = w.supplement, room_to_negotiate(w)

    assert 0 < (agreed > 0).sum() < signed(w).sum()
    assert signed(w)[agreed > 0].all()
    limit = 100.0 * room.max(axis=(1, 2))
    assert (agreed <= limit[None, :]).all()
    # At the same prices without the right to bargain they stay away, and nobody else.
    fixed = history.branch(policy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caseload, "room_to_negotiate", lambda world: np.zeros(room.shape))
        fixed.run(JANUARY + 1)
    np.testing.assert_array_equal(signed(fixed), signed(w) & (agreed == 0))


def test_a_price_that_is_not_negotiated_leaves_no_room(history):
    w = january(history, CHOICE)

    assert not room_to_negotiate(w).any() and not panel(w, "room").any()
    assert not w.supplement.any()


def test_a_supplement_is_paid_for_every_quarter_of_the_practice(history):
    """Two twins, one with EUR 10 more a quarter: every bundle line differs by that and no more."""
    policy = bundle(by_choice=False, prices=(300.0, 400.0, 500.0, 200.0))
    lines = []
    for cents in (0, 1_000):
        w = january(history, policy)
        w.supplement[:] = cents
        w.run(JANUARY + 3)
        table = w.ledger.readable()
        later = (table.clause == "weight_class_bundle") & (table.month > JANUARY)
        lines.append(table[later].cents.to_numpy())

    assert lines[0].size == lines[1].size > 20
    np.testing.assert_array_equal(lines[1] - lines[0], 1_000)


# --- targeted audits


def test_the_audit_rate_follows_what_was_found(history):
    audit = Audit(targeted=True, rate=0.04)
    policy = replace(CHOICE, clauses=(IntakeFee(), WeightClassBundle(), audit), by_choice=False)
    w = january(history, policy)
    first, prior = w.contracts[POLICY_CONTRACT].audit_rate, w.books.moral_cost_most
    # Before anything is known: a = 1 / 2, 0.5 x 728 / 0.2.
    assert prior == pytest.approx(0.5 * P.upcode_reference_step / P.upcode_share_at_border)
    step, per_audit = price_step(w), P.audit_detection_prob * (1.0 + P.audit_fine_multiple)
    expected = (1.0 - P.audit_cost * prior / (step * step * per_audit)) / per_audit
    assert first == pytest.approx(max(P.audit_rate_least, expected))
    # What agents fear is the rate of the year.
    assert w.rewards.expected_loss[POLICY_CONTRACT, 0] == pytest.approx(first * per_audit)

    rates = []
    for found in (0, 40):
        twin = january(history, policy).run(JANUARY + 12)
        twin.books.audited, twin.books.found = 50, found
        twin.run(JANUARY + 13)
        rates.append(twin.contracts[POLICY_CONTRACT].audit_rate)
        assert (twin.books.moral_cost_most < prior) == (found == 40)
    assert rates[0] < rates[1]


def test_an_audit_that_is_not_targeted_keeps_its_rate(history):
    policy = bundle(Audit(rate=0.3))
    w = january(history, policy, years=2)

    assert w.contracts[POLICY_CONTRACT].audit_rate == 0.3
    assert w.books.moral_cost_most == 0.0


def test_findings_are_counted_afresh_each_year(history):
    policy = replace(CHOICE, clauses=(IntakeFee(), WeightClassBundle(), Audit(rate=1.0)),
                     by_choice=False)  # fmt: skip
    w = history.branch(policy).run(JANUARY + 12)
    audited = (w.ledger.readable()["clause"] == "audit_cost").sum()

    # Every file is audited; what insurers learn from are those paid by a class that could be wrong.
    assert 0 < w.books.audited < audited and audited > 40
    assert w.books.found <= w.books.audited
    w.run(JANUARY + 13)
    assert (w.books.audited, w.books.found) == (0, 0)

"""Some people take another health insurer in January; money stays where it belongs."""

import numpy as np
import pytest

from agents.patient import other_insurer, switches_insurer
from model.codes import ALIVE, INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT, TREATED
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.pro_rata import ProRata
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.contracts import open_year
from model.month.prices import _by_group
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size, insurer_shares
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
OFTEN = P.replace({"insurer_switch_rate_copd": 0.5})
NEVER = P.replace({"insurer_switch_rate_copd": 0.0})
BUNDLE = Policy(clauses=(IntakeFee(), FlatBundle(), ProRata()))


def test_who_switches_is_luck_below_the_rate():
    assert switches_insurer(0.029, 0.03) and not switches_insurer(0.03, 0.03)


@pytest.mark.parametrize("own", [0, 1, 2, 3])
def test_the_new_insurer_is_another_by_market_share(own):
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    luck = (np.arange(10_000) + 0.5) / 10_000
    found = np.array([other_insurer(u, own, np.cumsum(shares)) for u in luck])
    expected = np.where(np.arange(4) == own, 0.0, shares) / (1.0 - shares[own])

    np.testing.assert_allclose(np.bincount(found, minlength=4) / luck.size, expected, atol=2e-4)


def test_the_ends_of_luck_have_an_insurer_too():
    upto = np.cumsum(insurer_shares(P))
    for own in range(len(INSURERS)):
        for luck in (1e-16, 1.0 - 1e-16):
            assert other_insurer(luck, own, upto) != own


def test_so_many_switch_in_january_and_nobody_in_another_month():
    w = World(P, HISTORY, 1, Size.of_share(P, 0.02), SPAN).run(12)
    before = w.person.insurer.copy()
    alive = w.health.alive[: w.rows] == ALIVE
    w.run(13)
    moved = w.person.insurer != before

    assert not moved[w.rows :].any()
    rate, n = P.insurer_switch_rate_copd, alive.sum()
    assert moved.sum() == pytest.approx(rate * n, abs=4 * np.sqrt(rate * n))
    net = np.bincount(w.person.insurer, minlength=10) - np.bincount(before, minlength=10)
    np.testing.assert_array_equal(w.won, net)
    after = w.person.insurer.copy()
    w.run(24)
    np.testing.assert_array_equal(w.person.insurer, after)


def test_each_world_has_its_own_insurers_and_shares_all_other_traits():
    history = World(OFTEN, HISTORY, 1, Size.of_treated(OFTEN, 100), SPAN).run(12)
    before = history.person.insurer.copy()
    one, other = history.branch(BUNDLE).run(13), history.branch(Policy()).run(13)

    np.testing.assert_array_equal(history.person.insurer, before)
    assert (one.person.insurer != before).any()
    np.testing.assert_array_equal(one.person.insurer, other.person.insurer)  # the same luck
    assert one.person.income is history.person.income


def test_what_was_paid_ahead_counts_at_the_insurer_that_paid_it():
    """Deferred euros of December are this year's turnover of the old insurer's account."""
    w = World(OFTEN, BUNDLE, 1, Size.of_treated(OFTEN, 300), SPAN).run(24)
    old = w.person.insurer.copy()
    deferred, practice = w.care.deferred.copy(), w.care.treated_by.copy()
    who = np.flatnonzero(deferred)
    expected = np.zeros(w.contract_of.shape, dtype=np.int64)
    np.add.at(expected, (practice[who], old[who]), deferred[who])
    posted = w.ledger.totals()["cents"].sum()

    open_year(w)
    np.testing.assert_array_equal(w.books.revenue.reshape(expected.shape), expected)
    assert (w.person.insurer[who] != old[who]).any()
    assert w.ledger.totals()["cents"].sum() == posted  # counting moves no money


def test_a_bundle_quarter_is_finished_by_the_insurer_it_began_with():
    w = World(OFTEN, BUNDLE, 1, Size.of_treated(OFTEN, 3_000), SPAN).run(24)
    old = w.person.insurer.copy()
    running = (w.care.status == TREATED) & (w.care.quarter_month > 0)
    running &= w.care.contract == POLICY_CONTRACT
    w.run(26)
    moved = running & (w.person.insurer != old)
    still = np.flatnonzero(moved & (w.care.payer == old))  # no new quarter has begun since
    assert still.size > 20
    np.testing.assert_array_equal(w.care.payer[still], old[still])

    lines = w.ledger.lines()
    of_quarter = [w.ledger.clauses.index(name) for name in ("flat_bundle", "pro_rata")]
    since = lines[(lines["month"] >= 24) & lines["patient"].isin(still)]
    paid = since[since["clause"].isin(of_quarter)]
    assert len(paid) > 2
    np.testing.assert_array_equal(paid["insurer"], old[paid["patient"]])
    w.run(28)  # by then every quarter is new
    treated = w.care.status == TREATED
    np.testing.assert_array_equal(w.care.payer[treated], w.person.insurer[treated])


def test_sessions_are_paid_by_the_insurer_one_has():
    w = World(OFTEN, HISTORY, 1, Size.of_treated(OFTEN, 100), SPAN).run(13)
    treated = np.flatnonzero(w.care.status == TREATED)

    assert (w.care.contract[treated] == REGULAR_CONTRACT).all()
    np.testing.assert_array_equal(w.care.payer[treated], w.person.insurer[treated])
    lines = w.ledger.lines()
    fees = lines[(lines["month"] == 12) & (lines["patient"] >= 0)]
    np.testing.assert_array_equal(fees["insurer"], w.person.insurer[fees["patient"]])


# --- each insurer its own price


def test_joint_prices_are_one_and_single_prices_follow_own_claims():
    p = NEVER.replace({"purchasing_quarters_least": 10})
    history = World(p, HISTORY, 1, Size.of_treated(p, 600), SPAN).run(12)
    clauses = (IntakeFee(), WeightClassBundle())
    joint = history.branch(Policy(clauses=clauses))
    single = history.branch(Policy(clauses=(*clauses, SinglePurchasing())))
    bundle = joint.contracts[POLICY_CONTRACT].bundle
    value, quarters = (
        _by_group(bundle, part[REGULAR_CONTRACT])
        for part in (joint.claims.value, joint.claims.quarters)
    )
    for w in (joint, single):
        w.run(13)
    tariff = p.session_tariff_contracted * p.bundle_price_factor
    pooled = tariff * value.sum(axis=0) / quarters.sum(axis=0)
    own = np.where(quarters >= 10, tariff * value / np.maximum(quarters, 1.0), pooled)

    np.testing.assert_allclose(joint.bundle_prices, np.tile(pooled, (10, 1)))
    np.testing.assert_allclose(single.bundle_prices, own)
    assert (quarters >= 10).any() and (quarters < 10).any()
    assert len(np.unique(single.prices[POLICY_CONTRACT].quarter[:, 0, 0])) > 1
    assert len(single.incentives[POLICY_CONTRACT]) == 10 and len(joint.incentives[1]) == 1


@pytest.mark.parametrize(
    ("policy", "reacts"),
    [
        (Policy(clauses=(IntakeFee(), WeightClassBundle())), False),
        (Policy(clauses=(IntakeFee(), WeightClassBundle()), by_choice=True), True),
        (Policy(clauses=(IntakeFee(), WeightClassBundle(), SinglePurchasing())), True),
        (Policy(clauses=(IntakeFee(), FlatBundle(prices=(300.0, 150.0))), by_choice=True), False),
    ],
)
def test_insurers_answer_to_switching_where_the_price_is_theirs(policy, reacts):
    w = World(OFTEN, policy, 1, Size.of_treated(OFTEN, 200), SPAN).run(24)
    won, year = w.won.copy(), w.insurer_years[-1]
    mean = year["result"].sum() / year["patients"].sum()
    # Who has no patient to compare by does nothing.
    own = year["result"] / year["patients"].where(year["patients"] > 0)
    result = (own - mean).fillna(0.0).to_numpy()
    assert (w.offer_factor == 1.0).all()
    w.run(25)
    trims, raises = (result < 0) & (won > 0), (result > 0) & (won < 0)
    step = OFTEN.insurer_price_step
    expected = np.where(trims, 1.0 - step, np.where(raises, 1.0 + step, 1.0))

    assert trims.any() or raises.any()
    np.testing.assert_allclose(w.offer_factor, expected if reacts else 1.0)

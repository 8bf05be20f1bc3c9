"""Who holds the contract: by choice, within an offer band, and never where it is not offered."""

from dataclasses import replace

import numpy as np
import pytest
from joining_worlds import CHOICE, JANUARY, SPAN, P, bundle, panel, signed

from model.codes import INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.membership import Membership
from model.contracts.offer_band import OfferBand
from model.contracts.stop_loss import StopLoss
from model.month.joining import joined_share, on_offer
from model.outcomes import BY_ID
from model.policy import HISTORY
from model.population import Size
from model.randomness import ONCE, draw, stream
from model.register import TREATMENT_INDEX
from model.simulation import World

RICH, POOR = (90_000.0,) * 4, (0.0,) * 4


@pytest.fixture(scope="module")
def history() -> World:
    return World(P, HISTORY, 1, Size.of_treated(P, 400), SPAN).run(JANUARY)


def january(history, policy, p=None, years=1) -> World:
    """The world just after a January of the policy."""
    if p is not None:
        history = World(p, HISTORY, 1, Size.of_treated(p, 400), SPAN).run(JANUARY)
    return history.branch(policy).run(JANUARY + 12 * (years - 1) + 1)


def test_a_bundle_that_pays_a_fortune_is_signed_by_all_who_have_patients(history):
    w = january(history, bundle(prices=RICH))

    np.testing.assert_array_equal(signed(w), panel(w) > 0)
    assert signed(w).any() and not signed(w).all()


def test_a_bundle_that_pays_nothing_is_signed_by_nobody(history):
    w = january(history, bundle(prices=POOR))

    assert not signed(w).any()
    assert (panel(w, "gain")[panel(w) > 0] < 0.0).all()


def test_the_panel_is_everybody_treated_last_year_at_their_own_insurer(history):
    w = history.branch(CHOICE)
    care, insurer = w.care, w.person.insurer.copy()  # before some switch
    mine = (care.treated_by >= 0) & (care.last_care >= 0)
    count = np.zeros(w.contract_of.shape)
    np.add.at(count, (care.treated_by[mine], insurer[mine]), 1)
    w.run(JANUARY + 1)

    np.testing.assert_array_equal(panel(w), count)


def test_it_is_signed_with_insurers_that_offer_it_only(history):
    w = january(history, bundle(prices=RICH, insurers_share=0.5))
    offers = np.array([insurer.offers for insurer in w.insurers])

    assert 0 < offers.sum() < len(INSURERS)
    np.testing.assert_array_equal(signed(w), (panel(w) > 0) & offers)


def test_who_is_no_member_cannot_sign(history):
    w = january(history, bundle(Membership(of="quality_network"), prices=RICH))
    member = np.asarray(w.practices.in_network, dtype=bool)

    np.testing.assert_array_equal(signed(w), (panel(w) > 0) & member[:, None])


@pytest.mark.parametrize("by_choice", [True, False])
@pytest.mark.parametrize("years", [1.0, 2.0])
def test_who_lost_the_contract_has_to_wait(history, by_choice, years):
    """By lot as by choice, with an offer band or without."""
    everybody_fails = Kpi(
        indicator="dropout", at_most=-1.0, minimum_patients=1.0, consequence="loss_of_contract"
    )
    levers = {"contract_loss_years": years}
    policy = bundle(everybody_fails, prices=RICH, by_choice=by_choice, levers=levers)
    w = history.branch(policy).run(JANUARY + 12)
    lost = w.books.lost.copy()
    w.run(JANUARY + 13)
    assert lost.sum() > 10
    assert not (signed(w) & lost).any()
    w.run(JANUARY + 25)
    assert (signed(w) & lost).any() == (years == 1.0)


def test_a_practice_leaves_what_has_become_worth_nothing(history):
    w = january(history, bundle(prices=RICH))
    w.run(JANUARY + 12)
    assert signed(w).any()
    poor = bundle(prices=POOR)
    w.contracts = tuple(contract.filled(w.p) for contract in poor.contracts)
    w.run(JANUARY + 13)

    assert not (signed(w) & (panel(w) > 0)).any()


def test_the_risk_is_that_of_all_who_contract_together(history):
    """Same gains, less to fear: with so many together more practices sign."""
    alone, together = (
        signed(january(history, policy)).sum()
        for policy in (CHOICE, bundle(JointContracting(practices=50)))
    )

    assert together > alone


def test_small_practices_join_less(history):
    size = Size.of_treated(P, 3_000)
    w = World(P, HISTORY, 1, size, SPAN).run(JANUARY).branch(CHOICE).run(JANUARY + 1)
    share = joined_share(w)
    small = w.practices.large == 0

    assert 0.0 < share[small].mean() < share[~small].mean()


def test_a_stop_loss_that_costs_nothing_makes_more_practices_sign(history):
    prices = tuple(january(history, CHOICE).bundle_prices[0].tolist())
    without, covered = (
        january(history, bundle(*clauses, prices=prices))
        for clauses in ((), (StopLoss(attachment=800.0),))
    )

    assert (covered.caseload.variance.sum(), signed(without).sum()) < (
        without.caseload.variance.sum(),
        signed(covered).sum(),
    )


@pytest.mark.parametrize(
    ("name", "fewer", "more"),
    [
        ("joining_switch_hours", 16.0, 1.0),
        ("trust_in_insurer_mean", 0.3, 0.9),
        ("loss_aversion", 2.102, 1.82),
    ],
)
def test_what_makes_joining_attractive_makes_more_join(history, name, fewer, more):
    few, many = (
        signed(january(history, replace(CHOICE, levers={}), P.replace({name: value}))).sum()
        for value in (fewer, more)
    )
    assert few < many


def test_neighbours_pull():
    """Nobody had the contract before, so their pull shows from the second year on.

    The pull counts in proportion to the neighbours that hold the contract of the same insurer, one
    in ten to one in four, so at 1,000 it is EUR 100 to 250 a patient-year to a choice whose error
    is of EUR 50 and more: it moves one practice in twelve. 400 patients hold some 40 contracts, too
    few to see that in, so there are 3,000 here. (At 400 only a pull of 10,000 showed.)
    """
    history = World(P, HISTORY, 1, Size.of_treated(P, 3_000), SPAN).run(JANUARY)
    first, later = [], []
    for pull in (0.0, 1_000.0):
        w = history.branch(replace(CHOICE, levers={"joining_peer_value": pull})).run(JANUARY + 1)
        first.append(signed(w).sum())
        later.append(signed(w.run(JANUARY + 13)).sum())

    assert first[0] == first[1]
    assert later[1] - later[0] > 10


# --- an offer band


def index_of(w) -> tuple[np.ndarray, np.ndarray, float]:
    """Return measurements and mean index per practice, and the national SD."""
    register = w.books.register
    count, total, squares = (
        getattr(register, name)[TREATMENT_INDEX].reshape(-1, len(INSURERS)).sum(axis=1)
        for name in ("count", "total", "squares")
    )
    mean = total.sum() / count.sum()
    sd = np.sqrt(squares.sum() / count.sum() - mean * mean)
    return count, total / np.maximum(count, 1.0), sd


@pytest.mark.parametrize("by_choice", [True, False])
def test_the_contract_is_offered_within_the_band_only(history, by_choice):
    band = OfferBand(lower=95.0, upper=105.0, minimum_patients=5.0, confidence=0.8)
    policy = bundle(band, prices=RICH, by_choice=by_choice)
    w = history.branch(policy).run(JANUARY + 12)
    count, index, sd = index_of(w)
    doubt = 0.8416212 * sd / np.sqrt(np.maximum(count, 1.0))
    inside = (count < 5) | ((index + doubt >= 95.0) & (index - doubt <= 105.0))
    assert 0 < (~inside).sum() < inside.size

    allowed = on_offer(w)
    np.testing.assert_array_equal(allowed, np.repeat(inside[:, None], len(INSURERS), axis=1))
    w.run(JANUARY + 13)
    assert not signed(w)[~inside].any()
    if not by_choice:
        assert signed(w)[inside].all()  # all drew the lot, and who came back is in again


def test_the_lot_is_drawn_once_and_the_offer_made_each_january(history):
    policy = bundle(by_choice=False, practices_share=0.5)
    w = january(history, policy)
    take = stream(1, "take contract", ONCE)
    lot = [draw(take, k) < 0.5 for k in range(w.practices.count)]
    drew_it = np.repeat(np.array(lot)[:, None], 10, axis=1)
    np.testing.assert_array_equal(signed(w), drew_it)
    w.contract_of[:] = REGULAR_CONTRACT
    w.run(JANUARY + 13)

    np.testing.assert_array_equal(signed(w), drew_it)


# --- theories


def under(history, theory, *clauses, prices=None) -> World:
    theories = {theory: 1.0}
    return january(history, bundle(*clauses, prices=prices, theories=theories))


def test_each_theory_weighs_the_contract_in_its_own_way(history):
    """Who only wants profit cuts most and gains most; who only sees need has no money to gain."""
    worlds = {name: under(history, name) for name in ("default", "pure_profit")}
    gains, benefits = (
        {name: panel(w, column).sum() for name, w in worlds.items()}
        for column in ("gain", "benefit")
    )

    assert gains["pure_profit"] > gains["default"] > 0.0
    assert benefits["default"] < 0.0 == benefits["pure_profit"]
    assert signed(worlds["pure_profit"]).sum() > signed(worlds["default"]).sum() > 0
    professional = under(history, "pure_professional", prices=RICH)
    for column in ("gain", "variance", "benefit"):
        assert not panel(professional, column).any()


def test_target_income_gains_nothing_from_riches(history):
    w = under(history, "target_income", prices=RICH)

    assert panel(w, "gain").max() <= 1e-9
    assert signed(under(history, "default", prices=RICH)).sum() > signed(w).sum()


@pytest.mark.parametrize("prices", [RICH, POOR])
def test_out_of_habit_a_practice_keeps_the_contract_it_has(history, prices):
    w = history.branch(bundle(prices=prices, theories={"inertia": 1.0}))
    held = np.arange(w.contract_of.size).reshape(w.contract_of.shape) % 3 == 0
    w.contract_of[held] = POLICY_CONTRACT
    w.run(JANUARY + 1)

    np.testing.assert_array_equal(signed(w), held)


def test_groups_and_distance_add_to_what_a_bundle_brings(history):
    """The gain of substitution is that of the planning: less cost, not less care."""
    prices = tuple(january(history, CHOICE).bundle_prices[0].tolist())
    none = {"group_possible_share": 0.0, "digital_possible_share": 0.0}
    some = {"group_possible_share": 0.4, "digital_possible_share": 0.4}
    without, with_it = (
        panel(january(history, bundle(prices=prices, levers=levers)), "gain").sum()
        for levers in (none, some)
    )

    assert with_it > 1.05 * without > 0.0


# --- the outcome measure


def test_the_share_that_joined_is_observed(history):
    lot = bundle(by_choice=False, practices_share=0.5, insurers_share=0.6)
    w = history.branch(lot).run(JANUARY + 12)
    table = w.results()
    row = table[(table.measure == "joined_share") & (table.split == "all") & (table.year == 2025)]
    active = w.practice_agents and w.facts[-1]["active_practices"]

    willing = np.array([practice.willing for practice in w.practice_agents])
    assert BY_ID["joined_share"].whose == "practices"
    assert row.bottom.item() == pytest.approx(active * w.size.scale)
    assert row.top.item() <= willing.sum() * w.size.scale
    np.testing.assert_allclose(joined_share(w), willing)
    before = table[(table.measure == "joined_share") & (table.year == 2024)]
    assert (before.top == 0).all()

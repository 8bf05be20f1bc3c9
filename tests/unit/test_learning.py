"""Learning: the rules by hand, and what the December phase makes of a small country."""

import math

import numpy as np
import pytest

from agents.drives import drives, psi_of
from agents.learning import comparable_margin, drifted, imitates, prefers, weight_in_style
from agents.peers import after_audits_nearby, moral_cost_among_peers, neighbour
from model import state
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.conduct import NO_KIND, Conduct
from model.contracts.audit import Audit
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.learning import Luck, _choose, _look_around, constants
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2027)
STEEP = WeightClassBundle(prices=(300.0, 300.0, 600.0, 100.0))


# --- rules


@pytest.mark.parametrize(
    ("own", "psi", "share", "left"),
    [(300.0, 455.0, 0.2, 209.0), (300.0, 455.0, 0.0, 300.0), (50.0, 455.0, 0.2, 0.0)],
)
def test_colleagues_lower_the_moral_cost_down_to_nothing(own, psi, share, left):
    assert moral_cost_among_peers(own, psi, share) == pytest.approx(left)


def test_an_audit_next_door_raises_the_moral_cost():
    assert after_audits_nearby(200.0, 0.5, 0.25) == pytest.approx(225.0)
    assert after_audits_nearby(200.0, 0.5, 0.0) == 200.0


@pytest.mark.parametrize("count", range(2, 9))
def test_neighbours_are_all_the_others_nearest_first(count):
    for place in range(count):
        found = [neighbour(place, count, which) for which in range(count - 1)]
        away = [min((one - place) % count, (place - one) % count) for one in found]
        assert sorted(found) == [one for one in range(count) if one != place]
        assert away == sorted(away)


def test_only_a_better_paid_colleague_is_imitated():
    """EUR 50 more at 0.02 per EUR: twice 73.1 % less one is 46.2 %."""
    assert imitates(100.0, 150.0, 0.02, 0.46) and not imitates(100.0, 150.0, 0.02, 0.47)
    assert not imitates(150.0, 100.0, 0.02, 0.999)
    assert not imitates(100.0, 100.0, 0.02, 0.999)
    # A last change is judged both ways: a worse year may be forgiven, a better one given up.
    assert prefers(150.0, 100.0, 0.02, 0.74) and not prefers(150.0, 100.0, 0.02, 0.73)


def test_margins_are_compared_at_what_a_session_costs_on_average():
    """EUR 9,000 received; sessions cost EUR 6,000 on average, a tenth more here; EUR 300 of time.

    Own margin 9,000 - 6,600 - 300 = 2,100; at the mean cost 2,700: EUR 300 for each of nine.
    """
    dear = comparable_margin(900_000.0, 690_000.0, 600_000.0, 1.1, 9)
    cheap = comparable_margin(900_000.0, 570_000.0, 600_000.0, 0.9, 9)

    assert dear == pytest.approx(300.0) and cheap == pytest.approx(300.0)
    assert comparable_margin(0.0, 0.0, 0.0, 1.1, 0) == 0.0


def test_a_style_drifts_to_the_norm_and_stays_within_bounds():
    assert drifted(0.5, 0.1, 0.0, 1.0) == pytest.approx(0.45)
    assert drifted(0.5, 0.1, -0.2, 1.0) == pytest.approx(0.25)
    assert drifted(0.9, 0.0, 0.3, 1.0) == 1.0 and drifted(-0.9, 0.0, -0.3, 1.0) == -1.0
    assert weight_in_style(1.5, 0.0) == 1.5
    assert weight_in_style(1.5, math.log(2.0)) == pytest.approx(3.0)


# --- what a practice sees


def test_what_is_seen_of_neighbours_by_hand():
    """Five practices on a ring and one alone; two neighbours are known."""
    region, start = np.array([0, 0, 0, 0, 0, 1]), np.array([0, 5, 6])
    tally = state.empty("practice_tally", 6)
    tally.gradable[:] = [10, 20, 0, 0, 30, 40]
    tally.too_heavy[:] = [1, 5, 0, 0, 6, 40]
    tally.caught[:] = [0, 3, 0, 0, 1, 1]
    heavy, caught = np.full(6, 9.0), np.full(6, 9.0)

    _look_around(region, start, tally, 2, heavy, caught)

    # 0 sees 1 and 4: 11 of 50; 2 sees 1 and 3: 5 of 20; 3 sees 4 and 2: 6 of 30.
    np.testing.assert_allclose(heavy, [0.22, 0.1, 0.25, 0.2, 0.1, 0.0])
    np.testing.assert_allclose(caught, [1.0, 0.0, 0.5, 0.5, 0.0, 0.0])


# --- what a practice chooses

REGION, START = np.array([0, 0, 0]), np.array([0, 3])


def chosen(old: Conduct, new: Conduct, luck: dict[str, list], **changes) -> Conduct:
    """Let three practices of one region choose; each looks once at the practice after it."""
    c = constants(P.replace({"style_norm_pull": 0.0} | changes))
    usual = {
        "judge": [0.5] * 3, "look": [[0.0] * 3], "imitate": [[0.5] * 3], "innovate": [0.5] * 3,
        "step": [[0.0] * 3] * 3,
    }  # fmt: skip
    arrays = Luck(**{name: np.array(value) for name, value in (usual | luck).items()})
    _choose(
        REGION, START, old.style, old.style_before, old.tried, old.payoff, old.kind, new.payoff,
        new.kind, c, arrays, new.style, new.style_before, new.tried,
    )  # fmt: skip
    return new


def a_year(payoff, kind=(REGULAR_CONTRACT,) * 3) -> Conduct:
    year = Conduct.new(3)
    year.payoff[:], year.kind[:] = payoff, kind
    return year


def known(styles, payoff=(100.0,) * 3, tried=(False,) * 3) -> Conduct:
    old = a_year(payoff)
    old.style[:, 2], old.tried[:] = styles, tried
    return old


def test_a_better_paid_colleague_is_copied_and_the_change_is_on_trial():
    new = chosen(known([0.0, 0.4, 0.2]), a_year([100.0, 300.0, 200.0]), {})

    # 0 sees 1 (better), 1 sees 2 (worse), 2 sees 0 (worse).
    np.testing.assert_allclose(new.style[:, 2], [0.4, 0.4, 0.2])
    assert new.tried.tolist() == [True, False, False]
    assert new.style_before[0, 2] == 0.0
    np.testing.assert_array_equal(new.style[:, :2], 0.0)


def test_all_choose_from_the_styles_of_the_year_that_ends():
    """0 copies 1 as it was, not as it becomes by copying 2."""
    new = chosen(known([0.0, 0.4, 0.8]), a_year([100.0, 200.0, 300.0]), {})

    np.testing.assert_allclose(new.style[:, 2], [0.4, 0.8, 0.8])


def test_a_colleague_under_another_contract_is_no_example():
    kinds = (REGULAR_CONTRACT, POLICY_CONTRACT, POLICY_CONTRACT)
    new = chosen(known([0.0, 0.4, 0.8]), a_year([100.0, 200.0, 300.0], kinds), {})

    np.testing.assert_allclose(new.style[:, 2], [0.0, 0.8, 0.8])


@pytest.mark.parametrize(
    ("luck", "now", "kind", "style"),
    [
        (0.26, 150.0, REGULAR_CONTRACT, 0.6),  # EUR 50 less than before: kept in 27 %
        (0.27, 150.0, REGULAR_CONTRACT, 0.1),
        (0.99, 150.0, POLICY_CONTRACT, 0.6),  # years under different contracts are not compared
    ],
)
def test_the_last_change_is_kept_or_undone_by_the_own_margin(luck, now, kind, style):
    old = known([0.6, 0.0, 0.0], (200.0,) * 3, (True, False, False))
    old.style_before[0, 2] = 0.1
    new = chosen(old, a_year([now] * 3, (kind,) * 3), {"judge": [luck] * 3})

    assert new.style[0, 2] == pytest.approx(style)
    assert not new.tried[0]


def test_a_practice_without_patients_keeps_its_style():
    old = known([0.6, 0.4, 0.0], tried=(True, False, False))
    new = chosen(old, a_year([0.0, 300.0, 200.0], (NO_KIND, 0, 0)), {"innovate": [0.0, 0.5, 0.5]})

    assert new.style[0, 2] == 0.6 and new.tried[0]


def test_who_innovates_takes_a_step_in_every_decision():
    steps = [[1.0] * 3, [-1.0] * 3, [9.0] * 3]
    luck = {"innovate": [0.049, 0.051, 0.5], "step": steps}
    new = chosen(known([0.2, 0.2, 0.2]), a_year([100.0] * 3), luck, style_norm_pull=0.5)

    # Half of 0.2 is left; the third step ends at the bound.
    np.testing.assert_allclose(new.style[0], [0.3, -0.3, 1.0])
    np.testing.assert_allclose(new.style[1], [0.0, 0.0, 0.1])
    assert new.tried.tolist() == [True, False, False]


# --- what it does to therapists


def test_nothing_learned_and_nothing_seen_leaves_therapists_as_they_are():
    world = World(P, HISTORY, 1, Size.of_treated(P, 60))
    moved, traits = world.drives, world.practices

    for weight in (moved.rho_sessions, moved.rho_acceptance, moved.rho_grading):
        np.testing.assert_array_equal(weight, traits.rho)
    np.testing.assert_array_equal(moved.moral_cost, traits.own_moral_cost)


def test_styles_colleagues_and_audits_move_the_therapists_of_their_practice():
    world = World(P, HISTORY, 1, Size.of_treated(P, 60))
    traits, conduct = world.practices, Conduct.new(world.practices.count)
    conduct.style[1] = [0.1, -0.2, 0.3]
    conduct.too_heavy_nearby[1], conduct.caught_nearby[1] = 0.5, 0.25
    moved = drives(world.people, conduct, traits, {"default": 1.0}, P)

    ours = np.arange(traits.rho.size) // traits.per_practice == 1
    rho, own = traits.rho[ours], traits.own_moral_cost[ours]
    np.testing.assert_allclose(moved.rho_sessions[ours], rho * math.exp(0.1))
    np.testing.assert_allclose(moved.rho_acceptance[ours], rho * math.exp(-0.2))
    np.testing.assert_allclose(moved.rho_grading[ours], rho * math.exp(0.3))
    assert psi_of(P) == pytest.approx(455.0)  # 0.25 x 0.5 x 728 / 0.2
    np.testing.assert_allclose(moved.moral_cost[ours], np.maximum(0.0, own * 1.125 - 227.5))
    np.testing.assert_array_equal(moved.rho_sessions[~ours], traits.rho[~ours])
    np.testing.assert_array_equal(moved.moral_cost[~ours], traits.own_moral_cost[~ours])


# --- in a world


def run(policy=HISTORY, share=0.02, span=SPAN, until=None, **changes) -> World:
    p = P.replace(changes)
    return World(p, policy, 1, Size.of_share(p, share), span, keep_lines=False).run(until)


def test_without_innovation_everybody_stays_as_they_are():
    world = run(Policy(clauses=(IntakeFee(), STEEP)), innovation_rate=0.0)

    np.testing.assert_array_equal(world.conduct.style, 0.0)
    assert not world.conduct.tried.any()


def test_innovators_are_as_many_as_the_rate_says():
    """No colleague is looked at: whoever is on trial has innovated in the last December."""
    world = run(innovation_rate=0.15, learning_looks=0, share=0.2)
    active = world.conduct.kind != NO_KIND
    share, error = world.conduct.tried[active].mean(), math.sqrt(0.15 * 0.85 / active.sum())

    assert share == pytest.approx(0.15, abs=3 * error)


def test_what_a_session_happens_to_cost_a_practice_is_not_compared():
    """The same lives with and without differences in cost: the margins set side by side agree."""
    spread, same = (
        run(until=12, practice_cost_log_sd=sd, turnover_per_satisfaction_point=0.0)
        for sd in (0.3, 0.0)
    )

    np.testing.assert_array_equal(spread.care.lifetime_sessions, same.care.lifetime_sessions)
    assert spread.practices.cost_factor.std() > 0.2
    assert spread.results().query("measure == 'practice_loss_share'")["top"].sum() != pytest.approx(
        same.results().query("measure == 'practice_loss_share'")["top"].sum()
    )
    np.testing.assert_allclose(spread.conduct.payoff, same.conduct.payoff, atol=1e-6)


def test_colleagues_who_upcode_make_more_of_it():
    policy = Policy(clauses=(IntakeFee(), STEEP))
    alone, among = (
        run(policy, 0.1, innovation_rate=0.0, peer_moral_cost_psi_share=psi) for psi in (0.0, 0.6)
    )
    seen = among.conduct.too_heavy_nearby.mean()

    assert among.drives.moral_cost.mean() < alone.drives.moral_cost.mean()
    assert seen > 1.1 * alone.conduct.too_heavy_nearby.mean() > 0.0


def test_a_find_next_door_makes_therapists_careful():
    policy = Policy(clauses=(IntakeFee(), STEEP, Audit(rate=0.5, fine=0.0)))
    bold, careful = (
        run(policy, 0.1, innovation_rate=0.0, peer_moral_cost_psi_share=0.0, audit_fear=fear)
        for fear in (0.0, 2.0)
    )

    assert careful.conduct.caught_nearby.max() > 0.0
    assert careful.conduct.too_heavy_nearby.mean() < bold.conduct.too_heavy_nearby.mean()


def test_the_fee_per_session_gives_no_reason_to_grade_and_shows_none():
    world = run(innovation_rate=0.15)

    np.testing.assert_array_equal(world.conduct.too_heavy_nearby, 0.0)
    in_office = world.drives.moral_cost == world.practices.own_moral_cost
    assert in_office.mean() > 0.5  # newcomers have costs of their own


def test_a_branch_continues_with_what_was_learned_and_keeps_the_history_as_it_was():
    history = World(P, HISTORY, 1, Size.of_share(P, 0.02), SPAN, keep_lines=False).run(12)
    before = history.conduct.copy()
    branch = history.branch(HISTORY)
    for name, array in vars(branch.conduct).items():
        np.testing.assert_array_equal(array, getattr(history.conduct, name))
    branch.run()
    straight = run()

    for name, array in vars(before).items():
        np.testing.assert_array_equal(array, getattr(history.conduct, name))
        np.testing.assert_array_equal(
            getattr(branch.conduct, name), getattr(straight.conduct, name)
        )
    assert (branch.conduct.style != before.style).any()

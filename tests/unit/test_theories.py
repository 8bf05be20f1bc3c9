"""Theories by share, the tasks of a comparison of theories, and the verdict rule."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from agents.drives import theories_of
from experiments.importance import NIL, NIL_IN_COUNTRY, nil_band
from experiments.runner import run_task
from experiments.theories import (
    FRAGILE,
    MIX,
    ROBUST,
    SHARES,
    UNCLEAR,
    WORD_OF,
    TheoryDesign,
    compare_theories,
    tasks,
    under,
    verdict,
    verdicts,
)
from model.codes import DEFAULT, INERTIA, MONOTONE_BENEFIT, PURE_PROFIT, THEORIES
from model.outcomes import BY_ID, MEASURES
from model.parameters import load_registry
from model.policy import HISTORY, USUAL_THEORIES, Policy
from model.population import Size
from model.practices import make_practices
from model.simulation import Span, World

REGISTRY = load_registry()
P = REGISTRY.values()
SMALL = Span(2024, 2025, 2025)

# --- by share


def test_therapists_get_a_theory_by_share_and_keep_their_place():
    luck = (np.arange(1_000) + 0.5) / 1_000
    mixed = theories_of(luck, {"inertia": 0.4, "default": 0.6})
    shifted = theories_of(luck, {"default": 0.5, "inertia": 0.5})

    assert Counter(mixed.tolist()) == {DEFAULT: 600, INERTIA: 400}
    assert (mixed[:500] == DEFAULT).all() and (shifted[500:] == INERTIA).all()
    assert (shifted[mixed == INERTIA] == INERTIA).all()  # more of it never moves one back


def test_rounded_shares_leave_nobody_without_a_theory():
    third = {"default": 0.333, "pure_profit": 0.333, "monotone_benefit": 0.333}
    found = theories_of(np.array([0.1, 0.5, 0.9, 0.9999]), third)

    assert found.tolist() == [DEFAULT, PURE_PROFIT, MONOTONE_BENEFIT, MONOTONE_BENEFIT]


def test_theories_are_spread_over_the_country_as_evenly_as_their_shares():
    practices = make_practices(Size.of_share(P, 0.1), P, 1)
    half = theories_of(practices.theory_luck, {"default": 0.5, "inertia": 0.5})

    assert (half == INERTIA).mean() == pytest.approx(0.5, abs=0.005)


def test_theories_hold_from_the_policy_year_unless_history_has_them_too():
    policy = Policy(theories={"inertia": 1.0})
    size = Size.of_share(P, 0.001)
    now, always = (World(P, one, 1, size, SMALL) for one in (policy, under(policy, SHARES[MIX])))

    assert (now.drives.theory == DEFAULT).all()
    assert len(set(always.drives.theory.tolist())) > 1
    now.run(now.policy_month + 1)
    assert (now.drives.theory == INERTIA).all()
    assert {now.therapist(n).theory for n in range(now.practices.rho.size)} == {"inertia"}
    assert (World(P, HISTORY, 1, size, SMALL).run(6).drives.theory == DEFAULT).all()
    assert HISTORY.theories_now(True) == USUAL_THEORIES == {"default": 1.0}


def test_the_fee_of_history_is_remembered_when_the_tariff_changes():
    cut = Policy(levers={"session_tariff_contracted": 30.0})
    world = World(P, cut, 1, Size.of_share(P, 0.001), SMALL).run(13)
    regular, habit = world.rewards.session[0, 0, 0, 0], world.rewards.session[2, 0, 0, 0]

    assert (regular, habit) == (30.0, P.session_tariff_contracted)


# --- tasks


def test_every_theory_lives_its_own_history_and_both_worlds():
    design = TheoryDesign("a", "b", seeds=2, share=0.01, first_seed=5)
    found = tasks(design, {"a": Policy(), "b": Policy(practices_share=0.5)}, P)

    assert Counter(task.kind for task in found) == dict.fromkeys((*THEORIES, MIX), 2)
    assert {task.seed for task in found} == {5, 6}
    for task in found:
        for policy in (task.history, *task.policies.values()):
            assert policy.theories == SHARES[task.kind] and policy.theories_in_history
        assert task.history.entitlement == HISTORY.entitlement
        assert task.policies["b"].practices_share == 0.5
    assert sum(SHARES[MIX].values()) == pytest.approx(1.0)
    assert "monotone_benefit" not in SHARES[MIX]


def test_a_task_runs_under_its_theory():
    """Nobody moved by need alone gives more than is needed; who is moved by profit does."""
    design = TheoryDesign("a", "b", seeds=1, share=0.002, span=SMALL)
    jobs = {task.kind: task for task in tasks(design, {"a": Policy(), "b": Policy()}, P)}

    def overtreated(theory):
        table = run_task(jobs[theory]).outcomes
        rows = table[(table["measure"] == "overtreated_share") & (table["split"] == "all")]
        return (rows["top"] / rows["bottom"]).max()

    assert overtreated("pure_professional") == 0.0
    assert overtreated("pure_profit") > 0.8


# --- the verdict


def effects_of(measure, baseline, **intervals):
    """Return effects under theories given as (low, high)."""
    return pd.DataFrame(
        [
            {"theory": name, "measure": measure, "baseline": baseline, "mean": (low + high) / 2,
             "monte_carlo_low": low, "monte_carlo_high": high}
            for name, (low, high) in intervals.items()
        ]
    )  # fmt: skip


def judged(measure="sessions_per_patient", baseline=40.0, **intervals):
    return verdict(BY_ID[measure], effects_of(measure, baseline, **intervals))


def test_one_sign_and_clear_of_zero_everywhere_is_robust():
    falls, rises = judged(a=(-3, -2), b=(-0.01, -0.001)), judged(a=(1, 2), b=(5, 9))

    assert falls.word == "robust" and falls.kind == "falls" and falls.down == ("a", "b")
    assert rises.word == "robust" and rises.kind == "rises" and rises.up == ("a", "b")


def test_practically_nil_everywhere_is_robust():
    nil = judged(a=(-0.1, 0.1), b=(0.0, 0.0), c=(0.05, 0.15))  # half a percent of 40 is 0.2

    assert nil.word == "robust" and nil.kind == "nil"
    assert nil.nil == ("a", "b") and nil.up == ("c",)


def test_a_sign_that_turns_is_fragile():
    turns = judged(a=(-3, -2), b=(1, 2), c=(-0.1, 0.1), d=(-5, 5))

    assert turns.word == "fragile" and turns.kind == "turns"
    assert (turns.up, turns.down, turns.nil) == (("b",), ("a",), ("c",))


@pytest.mark.parametrize("nothing", [(-0.1, 0.1), (0.01, 0.1)])
def test_an_effect_under_one_theory_and_practically_none_under_another_is_fragile(nothing):
    """Whether or not the little there is under the other is clear of zero."""
    depends = judged(a=(-3, -2), b=nothing, c=(-5, 5))

    assert depends.word == "fragile" and depends.down == ("a",)
    assert depends.kind == ("depends" if nothing[0] < 0.0 else "turns")


@pytest.mark.parametrize("other", [(-2.0, 1.0), (np.nan, np.nan), (-0.3, 0.1)])
def test_an_effect_under_one_theory_and_perhaps_none_under_another_is_unclear(other):
    """The other interval holds zero, and an effect of the same sign as well: no contradiction."""
    partly = judged(a=(-3, -2), b=other)

    assert partly.word == "unclear" and partly.kind == "partly" and partly.down == ("a",)


def test_a_small_effect_does_not_contradict_no_effect():
    """Clear of zero but inside the band under a, nil under b; c tells nothing."""
    partly = judged(a=(0.01, 0.1), b=(-0.1, 0.1), c=(-5, 5))

    assert partly.word == "unclear" and partly.kind == "partly"


def test_small_effects_of_opposite_sign_are_no_contradiction_either():
    assert judged(a=(0.01, 0.1), b=(-0.1, -0.01), c=(-5, 5)).word == "unclear"
    assert judged(a=(0.01, 0.1), b=(-0.1, -0.01)).kind == "nil"


def test_what_chance_may_explain_everywhere_is_unclear_not_nil():
    assert judged(a=(-3, 2), b=(-4, 1)).kind == "none"
    unclear = judged(a=(-3, 2), b=(-0.1, 0.1))

    assert unclear.word == "unclear" and unclear.kind == "partly" and unclear.nil == ("b",)


def test_every_kind_has_its_word():
    assert set(WORD_OF.values()) == {ROBUST, FRAGILE, UNCLEAR}


def test_the_borders_of_the_rule_belong_to_nil():
    band = 40.0 * NIL

    assert judged(a=(-band, band)).kind == "nil"
    assert judged(a=(-band, 1.01 * band)).kind == "none"
    assert judged(a=(0.0, 5.0)).kind == "none"  # touches zero: not clear of it


def test_the_band_of_nothing_is_in_points_for_shares_and_relative_elsewhere():
    assert nil_band(BY_ID["refused_share"], 0.0001) == NIL
    assert nil_band(BY_ID["sessions_per_patient"], -40.0) == pytest.approx(0.2)
    assert nil_band(BY_ID["qalys"], 250_000.0) == 250_000.0 * NIL_IN_COUNTRY


def test_verdicts_come_in_the_order_of_the_measures():
    frame = pd.concat([effects_of(m.id, 1.0, a=(1, 2), b=(1, 2)) for m in reversed(MEASURES)])

    assert [found.measure for found in verdicts(frame)] == [m.id for m in MEASURES]


def test_a_comparison_of_a_policy_with_itself_is_nil_under_every_theory():
    design = TheoryDesign("one", "same", seeds=2, share=0.001, span=SMALL)
    done = []
    found = compare_theories(
        design, {"one": Policy(), "same": Policy()}, REGISTRY, 1, lambda: done.append(1)
    )

    assert len(done) == 2 * len(SHARES)
    assert len(found.effects) == len(SHARES) * len(MEASURES)
    assert {(one.word, one.kind) for one in found.verdicts} <= {
        ("robust", "nil"), ("unclear", "partly"), ("unclear", "none"),
    }  # fmt: skip
    assert found.effect("inertia", "admissions")["mean"] == 0.0
    assert found.effect("inertia", "admissions")["seeds"] == 2

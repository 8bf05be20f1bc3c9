"""Power, bias and its sources on made-up panels of practices whose truth is known.

The panels are made by hand, so that what an evaluation should make of them is theory: a trait x
makes practices join, and moves their level or their trend; the contract does a known thing to those
who hold it, to those who do not (spillover), and to what is written down (measurement).
"""

from dataclasses import replace

import numpy as np
import pytest

from experiments.power.estimator_spread import detectable_effect, notice_chance, replicated, spread
from experiments.power.evaluation_power import (
    HEADLINE,
    EvaluationDesign,
    rounds,
    summarise,
)
from experiments.power.matching import MATCHED
from experiments.power.practice_evaluation import BY_ID, evaluated, sources_of_bias
from experiments.power.practice_panels import TRAITS, Panels
from model.estimates import AFTER_DIFFERENCE, BEFORE_AFTER, DID
from model.panel import ROW, WATCHED, PanelYear, true_effect
from model.parameters import load_registry

P = load_registry().values()
FIRST, POLICY, LAST = 2023, 2025, 2027
BASE, WAY = "baseline", "chosen"
PATIENTS = 10.0
WATCH = BY_ID[HEADLINE]


def pair(seed, practices=300, level=0.0, trend=0.0, effect=0.0, spill=0.0, written=0.0, sd=0.3,
         joining=0.4, everybody=False):  # fmt: skip
    """Return the panels of a policy world and of its twin, with what was known before.

    Args:
        seed: Of the generator.
        practices: Practices.
        level: What one unit of x adds to the value in every year.
        trend: What one unit of x adds from the first policy year on.
        effect: What the contract adds to the true value of those who hold it.
        spill: What it adds to the true value of the others.
        written: What is written down beyond the truth where the contract is held.
        sd: Noise of one practice-year.
        joining: Share that joins where x is at its mean.
        everybody: Whether all join.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=practices)
    chance = 1.0 / (1.0 + np.exp(-(x + np.log(joining / (1.0 - joining)))))
    joined = np.ones(practices, dtype=bool) if everybody else rng.random(practices) < chance
    policy, twin = [], []
    for year in range(FIRST, LAST + 1):
        on = year >= POLICY
        usual = 1.0 + level * x + (trend * x + 0.2 if on else 0.0) + sd * rng.normal(size=practices)
        changed = np.where(joined, effect, spill) if on else 0.0
        told = written * joined if on else 0.0
        policy.append(panel_year(year, joined & on, usual + changed, usual + changed + told))
        twin.append(panel_year(year, np.zeros(practices, dtype=bool), usual, usual))
    traits = np.zeros((practices, len(TRAITS)))
    traits[:, 0] = x
    return policy, twin, traits


def panel_year(year, joined, true, seen) -> PanelYear:
    shape = (len(WATCHED), joined.size)
    count = np.zeros(shape)
    count[ROW[HEADLINE]] = PATIENTS
    patients = np.full(joined.size, PATIENTS)
    return PanelYear(
        year=year, joined=joined, under=patients * joined, patients=patients,
        seen_total=count * seen, seen_count=count, true_total=count * true, true_count=count,
        spending=0, ceiling=0, overrun=False,
    )  # fmt: skip


def panels(kind, index, **case) -> Panels:
    policy, twin, traits = pair(index, **case)
    return Panels(kind, index, {BASE: twin, WAY: policy}, traits, 10.0)


def summary(seeds=12, replications=150, design=None, **case):
    design = design or EvaluationDesign(
        BASE, "policy", (WAY,), years=3, seeds=seeds, draws=0, replications=replications
    )
    worlds = [panels("seed", seed, **case) for seed in range(1, seeds + 1)]
    return summarise(design, worlds, P)


def bias_of(seed, **case) -> dict[str, float]:
    policy, twin, traits = pair(seed, **case)
    truth = true_effect(policy, twin, WATCH, LAST, POLICY)
    said = evaluated(policy, traits, 10.0, LAST, POLICY, [WATCH])
    return {method: one.estimate - truth for (_, method), one in said.items()}


def mean_bias(**case) -> tuple[dict[str, float], dict[str, float]]:
    """Return mean and standard error of the bias of each method over 60 worlds."""
    found = [bias_of(seed, **case) for seed in range(60)]
    values = {name: np.array([one[name] for one in found]) for name in found[0]}
    return (
        {name: float(one.mean()) for name, one in values.items()},
        {name: float(one.std(ddof=1)) / np.sqrt(60) for name, one in values.items()},
    )


def lead(joining=0.4) -> float:
    rng = np.random.default_rng(0)
    x = rng.normal(size=1_000_000)
    joined = rng.random(x.size) < 1.0 / (1.0 + np.exp(-(x + np.log(joining / (1.0 - joining)))))
    return float(x[joined].mean() - x[~joined].mean())


# --- bias


def test_with_selection_on_level_only_the_naive_comparison_is_off():
    bias, error = mean_bias(level=0.5, effect=0.1)

    assert abs(bias[DID]) < 3.5 * error[DID]
    assert abs(bias[MATCHED]) < 3.5 * error[MATCHED]
    assert bias[AFTER_DIFFERENCE] == pytest.approx(0.5 * lead(), abs=0.02)


def test_with_selection_on_trend_matching_on_its_cause_helps():
    bias, _ = mean_bias(trend=0.2, effect=0.1)

    assert bias[DID] == pytest.approx(0.2 * lead(), abs=0.02)
    assert bias[AFTER_DIFFERENCE] == pytest.approx(0.2 * lead(), abs=0.02)
    assert abs(bias[MATCHED]) < 0.15 * bias[DID]


def test_with_everybody_under_the_contract_all_else_counts_as_effect():
    bias = bias_of(1, everybody=True, effect=0.1, sd=0.0)

    assert set(bias) == {BEFORE_AFTER}
    assert bias[BEFORE_AFTER] == pytest.approx(0.2)  # the calendar moves everybody by 0.2


def test_the_sources_of_bias_are_told_apart_and_add_up():
    policy, twin, traits = pair(
        7, practices=4000, level=0.5, trend=0.2, effect=0.1, spill=-0.05, written=0.03
    )
    truth = true_effect(policy, twin, WATCH, LAST, POLICY)
    said = evaluated(policy, traits, 10.0, LAST, POLICY, [WATCH])[HEADLINE, DID].estimate
    selection, spillover, measurement = sources_of_bias(
        policy, twin, WATCH, LAST, POLICY, said, truth
    )

    assert truth == pytest.approx(0.1)
    assert selection == pytest.approx(0.2 * lead(), abs=0.03)
    assert spillover == pytest.approx(0.05)  # the others lost what counts as a gain
    assert measurement == pytest.approx(0.03)
    assert selection + spillover + measurement == pytest.approx(said - truth)


def test_the_summary_shows_bias_with_its_interval_and_its_sources():
    power = summary(seeds=8, replications=30, trend=0.2, effect=-0.1)
    row = power.row(WAY, HEADLINE)

    assert row["true"] == pytest.approx(-0.1)
    assert row["true_monte_carlo_low"] == pytest.approx(-0.1)
    assert row["bias"] == pytest.approx(0.2 * lead(), abs=0.03)
    assert 0.0 < row["bias_monte_carlo_low"] < row["bias"] < row["bias_monte_carlo_high"]
    assert row["selection"] == pytest.approx(row["bias"])
    assert row["spillover"] == pytest.approx(0.0) and row["measurement"] == pytest.approx(0.0)
    assert row["coverage"] < 0.5  # off by more than its interval is wide
    naive = power.row(WAY, HEADLINE, AFTER_DIFFERENCE)
    assert np.isnan(naive["selection"])
    matched = power.row(WAY, HEADLINE, MATCHED)
    assert abs(matched["bias"]) < 0.3 * abs(row["bias"]) and matched["coverage"] > 0.8


# --- power


def test_closed_forms():
    # z 0.975 + z 0.8 = 1.95996 + 0.84162.
    assert detectable_effect(1.0) == pytest.approx(2.80158, abs=1e-5)
    assert notice_chance(detectable_effect(0.4), 0.4) == pytest.approx(0.8)
    assert notice_chance(0.0, 1.0) == pytest.approx(0.025)
    assert np.isnan(notice_chance(0.1, 0.0)) and np.isnan(notice_chance(0.1, np.nan))


def test_the_spread_of_normal_estimates_gives_the_closed_form():
    rng = np.random.default_rng(4)
    error, truth, count = 0.05, -0.02, 40_000
    estimate = truth + error * rng.normal(size=count)
    half = 1.959964 * error
    found = np.column_stack([estimate, np.full(count, error), estimate - half, estimate + half])

    said = spread(found, truth, WATCH, 0.1)

    assert said["coverage"] == pytest.approx(0.95, abs=0.005)
    assert said["detectable"] == pytest.approx(said["detectable_analytic"], rel=0.02)
    assert said["notices"] == pytest.approx(notice_chance(0.1, error), abs=0.01)
    assert said["false_alarm"] == pytest.approx(0.025, abs=0.004)
    assert said["sees_harm"] == pytest.approx(notice_chance(0.02, error), abs=0.006)
    assert said["sees_effect"] == said["sees_harm"]
    assert said["notices_monte_carlo_low"] < said["notices"] < said["notices_monte_carlo_high"]


def test_bias_shows_in_false_alarms_and_not_in_the_chance_to_notice():
    rng = np.random.default_rng(4)
    estimate = -0.1 + 0.05 * rng.normal(size=20_000)
    found = np.column_stack([estimate, np.full(20_000, 0.05), estimate - 0.098, estimate + 0.098])
    honest, biased = (spread(found, truth, WATCH, 0.1) for truth in (-0.1, 0.0))

    assert biased["notices"] == honest["notices"]
    assert honest["false_alarm"] < 0.03 < 0.4 < biased["false_alarm"]


def test_where_a_rise_is_worse_harm_is_a_rise():
    estimate = np.array([0.02, -0.02, 0.03, 0.0])
    found = np.column_stack([estimate, estimate * 0 + 0.001, estimate - 0.002, estimate + 0.002])

    said = spread(found, 0.0075, BY_ID["admissions"], 0.01)

    assert said["sees_harm"] == 0.5  # 0.02 and 0.03
    assert np.isnan(spread(found, 0.0, BY_ID["sessions"], np.nan)["sees_harm"])


def test_an_evaluation_that_cannot_be_made_notices_nothing():
    estimate = np.array([-0.5, -0.5, np.nan, np.nan])
    found = np.column_stack([estimate, estimate * 0 + 0.01, estimate - 0.02, estimate + 0.02])

    said = spread(found, -0.5, WATCH, 0.4)

    assert (said["compared"], said["notices"], said["sees_harm"]) == (0.5, 0.5, 0.5)
    assert said["coverage"] == 1.0
    nothing = spread(np.full((3, 4), np.nan), -0.5, WATCH, 0.4)
    assert nothing["notices"] == 0.0 and np.isnan(nothing["coverage"])


def test_the_simulated_error_is_what_theory_says():
    """Two years before, three after, noise sd: var = sd^2 (1/2 + 1/3) (1/joined + 1/others)."""
    policy, _, traits = pair(3, practices=3000, sd=0.3)
    found = replicated(policy, traits, 10.0, LAST, POLICY, 240, 300, [WATCH], matched=False)
    estimate = found[HEADLINE, DID][:, 0]
    share = float(policy[-1].joined.mean())
    expected = 0.3 * np.sqrt(5.0 / 6.0 / 240 / share / (1.0 - share))

    assert estimate.std(ddof=1) == pytest.approx(expected, rel=0.12)
    assert found[HEADLINE, DID][:, 1].mean() == pytest.approx(expected, rel=0.06)


def test_more_practices_and_more_years_notice_more():
    power = summary(seeds=4, replications=60, effect=-0.02, sd=0.6)
    chance = power.curve.pivot(index="practices", columns="years", values="notices")

    assert power.practices == power.simulated == 300
    assert list(chance.columns) == [1, 2, 3]
    assert chance[3].iloc[0] + 0.3 < chance[3].iloc[-1]
    assert chance.loc[300, 1] < chance.loc[300, 3]
    by_size = chance[3].to_numpy()
    assert (np.diff(by_size) > -0.1).all()


def test_the_same_practices_are_drawn_in_every_call():
    policy, _, traits = pair(3)
    one, two = (replicated(policy, traits, 10.0, LAST, POLICY, 100, 5, [WATCH]) for _ in range(2))
    for key in one:
        np.testing.assert_array_equal(one[key], two[key])


# --- assumptions, and how rounds are laid out


def test_draws_give_intervals_of_assumptions_at_the_size_asked_for():
    design = EvaluationDesign(
        BASE, "policy", (WAY,), practices=75, years=3, seeds=3, draws=8, replications=20
    )
    worlds = [panels("seed", seed, effect=-0.05) for seed in range(1, 4)]
    worlds += [panels("draw", k, effect=-0.05 * k) for k in range(8)]
    row = summarise(design, worlds, P).row(WAY, HEADLINE)

    # True effects 0 to -0.35, middle 90 %: -0.3325 to -0.0175.
    assert row["true_parameter_low"] == pytest.approx(-0.3325)
    assert row["true_parameter_high"] == pytest.approx(-0.0175)
    assert row["practices"] == 75
    # A quarter of the practices: twice the standard error of a world of 300.
    assert row["detectable_parameter_low"] == pytest.approx(row["detectable_analytic"], rel=0.2)
    assert 0.0 <= row["notices_parameter_low"] <= row["notices_parameter_high"] <= 1.0


def test_rounds_carry_only_the_worlds_they_need_and_one_way_draws_the_curve():
    design = EvaluationDesign(BASE, "policy", ("chosen", "lot"), years=2, seeds=1, draws=0)
    world = panels("seed", 1)
    world = replace(world, by_world={**world.by_world, "lot": world.by_world[WAY]})
    found = rounds(design, [world], P)

    assert [(one.uptake, one.years, one.year) for one in found] == [
        ("chosen", 1, 2025), ("chosen", 2, 2026), ("lot", 1, 2025), ("lot", 2, 2026),
    ]  # fmt: skip
    assert all(set(one.seeds[0].by_world) == {BASE, one.uptake} for one in found)
    assert all(bool(one.sizes) == (one.uptake == "chosen") for one in found)
    assert 300 in found[0].sizes and max(found[0].sizes) <= P.multi_therapist_practices


def test_who_takes_part_is_counted_over_the_practices_whatever_the_method_sees():
    seeds = range(1, 4)
    joined = np.concatenate([pair(seed, practices=60)[0][-1].joined for seed in seeds])
    table = summary(seeds=3, replications=5, practices=60).table
    assert set(table["take_part"]) == {joined.mean()} and 0.3 < joined.mean() < 0.6
    everybody = summary(seeds=2, replications=5, practices=60, everybody=True).table
    assert set(everybody["method"]) == {BEFORE_AFTER} and set(everybody["take_part"]) == {1.0}


def test_too_few_who_join_leave_nothing_to_evaluate():
    power = summary(seeds=2, replications=5, joining=0.002)

    assert power.table.empty and power.curve.empty
    with pytest.raises(KeyError):
        power.row(WAY, HEADLINE)

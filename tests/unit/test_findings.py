"""Sentences are chosen by the numbers: clear, unclear, or depending on assumptions."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments import conditions
from experiments.budget_verdict import CAPPED, OPEN, budget_verdict
from experiments.carriers import candidates, carriers, coincidence_bound
from experiments.comparison import SUMS, Comparison, Design
from experiments.conditions import what_must_be_true
from experiments.findings import (
    answer,
    findings,
    what_carries,
)
from experiments.number_format import LANGUAGES
from experiments.paired import effects, values
from experiments.texts import texts
from model.outcomes import MEASURES
from model.parameters import load_registry

POLICY = "bundle_weight_classes"
YEARS = (2025, 2026)
GROUPS = (
    ("all", "all"), ("gold", "2"), ("gold", "3"), ("gold", "4"),
    *(("income", str(k)) for k in range(1, 6)),
    ("practice_size", "small"), ("practice_size", "large"),
)  # fmt: skip


def hand_made(
    sessions_by_seed=(-2.0, -2.2, -2.1),
    sessions_by_draw=None,
    costs=None,
    neutral=None,
    draws=0,
    groups=GROUPS[:1],
) -> Comparison:
    """Return a small comparison in which only spending and sessions differ between worlds."""
    seeds = len(sessions_by_seed)
    sessions_by_draw = np.full(draws, -2.0) if sessions_by_draw is None else sessions_by_draw
    costs = np.full(draws, 250_000.0) if costs is None else np.asarray(costs, dtype=float)
    neutral = np.full(draws, -1000.0) if neutral is None else np.asarray(neutral, dtype=float)
    rows = []
    for kind, count in (("seed", seeds), ("draw", draws)):
        for index in range(count):
            session = (sessions_by_seed if kind == "seed" else sessions_by_draw)[index]
            cost = 250_000.0 + 100 * index if kind == "seed" else costs[index]
            gain = -1000.0 - index if kind == "seed" else neutral[index]
            for world in (OPEN, CAPPED, POLICY):
                for measure in MEASURES:
                    top, bottom = 0.5 if measure.is_share else 100.0, 1.0
                    if measure.id == "paramedical_spending":
                        top = 1e7 - (cost if world == CAPPED else 0.0)
                        top += gain if world == POLICY else 0.0
                    elif measure.id == "sessions_per_patient" and world == POLICY:
                        top += session
                    rows += [
                        (
                            year,
                            measure.id,
                            split,
                            group,
                            top,
                            bottom,
                            100,
                            False,
                            world,
                            kind,
                            index,
                        )
                        for year in YEARS
                        for split, group in groups
                    ]
    runs = pd.DataFrame(
        rows,
        columns=["year", "measure", "split", "group", "top", "bottom", "patients", "small",
                 "policy", "kind", "index"],
    )  # fmt: skip
    design = Design(OPEN, (POLICY,), seeds=seeds, draws=draws)
    central = load_registry().values()
    table = effects(values(runs[runs["policy"] != CAPPED], SUMS), OPEN)
    drawn = load_registry().draw_table(draws, 1) if draws else {}
    verdict = budget_verdict(runs, POLICY, central)
    return Comparison(design, runs, table, {POLICY: verdict}, pd.DataFrame(drawn))


def finding(comparison, language="en", measure="sessions_per_patient"):
    return next(f for f in findings(comparison, language) if f.id == f"{POLICY}.{measure}")


def test_clear_effect_without_draws():
    found = finding(hand_made())
    assert found.clear and not found.depends_on_assumptions
    assert "2.1 fewer sessions a year (chance:" in found.sentence
    assert "assumptions" not in found.sentence and "nan" not in found.sentence.lower()


def test_clear_effect_with_draws_in_dutch():
    found = finding(hand_made(draws=4, sessions_by_draw=[-1.2, -4.7, -2.0, -3.0]), "nl")
    assert found.clear and not found.depends_on_assumptions
    assert "2,1 zittingen per jaar minder" in found.sentence
    assert "aannames: 1,3 tot 4,4" in found.sentence


def test_interval_that_holds_zero_is_no_clear_difference():
    found = finding(hand_made(sessions_by_seed=(-1.0, 1.2, -0.4)))
    assert not found.clear
    assert "no clear difference" in found.sentence and "from" in found.sentence


def test_sign_that_depends_on_assumptions_is_said():
    found = finding(hand_made(draws=4, sessions_by_draw=[-3.0, 2.0, -1.0, 3.0]))
    assert found.clear and found.depends_on_assumptions
    assert found.sentence.endswith("depends on the assumptions.")


def test_opposite_assumptions_carry_their_direction():
    found = finding(hand_made(draws=4, sessions_by_draw=[2.0, 2.0, 3.0, 3.0]))
    assert "assumptions: 2.0 to 3.0 more" in found.sentence


def test_no_difference_at_all_and_one_seed():
    comparison = hand_made()
    assert "no difference" in finding(comparison, measure="deaths").sentence
    assert "one run cannot tell" in finding(hand_made(sessions_by_seed=(-2.0,))).sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_sentences(language):
    t = texts(language)
    for measure in MEASURES:
        for direction in ("more", "less"):
            assert t.placeholders(f"finding.{measure.id}.{direction}") == {"policy", "amount"}
    assert len(findings(hand_made(), language)) == len(MEASURES)


def test_languages_have_the_same_keys_and_placeholders():
    nl, en = texts("nl"), texts("en")
    assert nl.keys() == en.keys()
    keys = nl.keys()
    assert [k for k in keys if nl.placeholders(k) != en.placeholders(k)] == []


def test_answer_names_amounts_of_the_framework_and_probabilities():
    said = answer(hand_made(draws=4), POLICY, "nl")
    assert "EUR 173.000 (2025)" in said.entitlement
    assert "EUR 1.000 per jaar minder" in said.neutrality
    assert "in alle 4 doorrekeningen" in said.neutrality
    assert said.note == ""


def test_answer_without_draws_says_what_it_covers():
    said = answer(hand_made(), POLICY, "en")
    assert "chance only" in said.note
    assert "assumptions:" not in " ".join(said.sentences[:3])
    assert what_must_be_true(hand_made(), POLICY, "en") == [texts("en")("must.no_draws")]


DRAWS = 40


def following(name: str, cheap: float, dear: float) -> np.ndarray:
    """Return costs that fall with one drawn parameter, from dear to cheap."""
    drawn = load_registry().draw_table(DRAWS, 1)[name]
    rank = drawn.argsort().argsort() / (DRAWS - 1)
    return dear + (cheap - dear) * rank


def test_conditions_come_from_the_agreeing_draws():
    costs = following("guideline_adherence_share", 180_000, 2_000_000)
    comparison = hand_made(draws=DRAWS, costs=costs)
    said = what_must_be_true(comparison, POLICY, "en")
    agreeing = comparison.budgets[POLICY].agreeing
    assert 0 < len(agreeing) < 5
    assert f"in {len(agreeing)} of 40 runs" in said[0]
    assert said[1].startswith("The macro framework holds only if")
    label = load_registry()["guideline_adherence_share"].label.en
    assert f"'{label}' is high" in said[1]
    assert said[-1].startswith(f"There are only {len(agreeing)} such runs")


def test_without_agreeing_draws_the_cheapest_are_described():
    costs = following("need_class_correlation", 900_000, 3_000_000)
    said = what_must_be_true(hand_made(draws=DRAWS, costs=costs), POLICY, "nl")
    assert said[0].count("Geen van de 40 doorrekeningen") == 1
    assert said[1].startswith("De 4 goedkoopste doorrekeningen (EUR 900.000")
    assert "347.000" in said[2]
    assert said[-1].startswith("Er is geen doorrekening")


@pytest.mark.parametrize(
    ("language", "starts"),
    [("nl", "In de goedkoopste doorrekening (EUR 900.000 per jaar) geldt: '"),
     ("en", "In the cheapest run (EUR 900,000 a year) this holds: '")],
)  # fmt: skip
def test_one_cheapest_run_is_not_several(monkeypatch, language, starts):
    monkeypatch.setattr(conditions, "CHEAPEST_PART", 0.01)
    costs = following("need_class_correlation", 900_000, 3_000_000)
    said = what_must_be_true(hand_made(draws=DRAWS, costs=costs), POLICY, language)
    assert said[1].startswith(starts)


def test_coincidence_is_not_a_condition():
    costs = np.random.default_rng(3).permutation(np.linspace(1e6, 2e6, DRAWS))
    found = carriers(hand_made(draws=DRAWS, costs=costs), POLICY, "entitlement", None)
    unexpected = [c for c in found if c.clear and c.p > 0.01]
    assert len(unexpected) <= 1  # at most one of the four named beforehand, at its 5 % level


def test_carrier_is_found_named_and_signed():
    gains = following("altruism_rho_median", -2e6, -1e6)
    comparison = hand_made(draws=DRAWS, neutral=gains)
    first = carriers(comparison, POLICY)[0]
    assert first.name == "altruism_rho_median" and first.clear and first.rho < -0.99
    assert "cheaper" in what_carries(comparison, POLICY, "en")[0]
    assert "goedkoper" in what_carries(comparison, POLICY, "nl")[0]


def test_only_assumptions_that_can_matter_are_looked_at():
    parameters = pd.DataFrame(load_registry().draw_table(8, 1))
    names = candidates(parameters)
    assert "hospital_share_of_copd_cost" not in names
    assert "hospital_share_of_copd_cost" in candidates(parameters, "total_care_cost")
    assert "guideline_adherence_share" in names


def test_coincidence_bound_shrinks_with_draws():
    assert coincidence_bound(4, 100) == 1.0
    assert 0.4 < coincidence_bound(60, 100) < coincidence_bound(40, 100) < 0.6


def test_too_few_draws_carry_nothing():
    assert carriers(hand_made(draws=4), POLICY) == []
    assert what_carries(hand_made(draws=4), POLICY, "nl") == [texts("nl")("carries.none")]


def test_scenarios_outside_the_library_use_their_title():
    comparison = hand_made()
    renamed = dataclasses.replace(
        comparison,
        design=dataclasses.replace(comparison.design, policies=("mine",)),
        runs=comparison.runs.replace({"policy": {POLICY: "mine"}}),
        effects=comparison.effects.assign(policy="mine"),
    )
    found = findings(renamed, "en", {"mine": {"en": "My plan", "nl": "Mijn plan"}})
    assert "'My plan'" in found[3].sentence

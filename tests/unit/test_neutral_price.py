"""The neutral price on curves whose crossing is known, and through the command."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from experiments.answers.neutral_price import (
    FEWEST_DRAWS,
    GRID,
    LEVER,
    MEASURE,
    PriceDesign,
    check_has_price,
    neutral_price,
    root,
    runs_of,
    solved,
)
from experiments.answers.neutral_price_command import (
    curves_table,
    price_document,
    price_sentences,
)
from experiments.cli import main
from experiments.sweeps.kept_worlds import HowMade
from experiments.sweeps.planned_runs import common, planned_runs
from model.parameters import load_registry
from scenarios.loader import load

REGISTRY = load_registry()
BASELINE, POLICY = "fee_for_service_open", "bundle_weight_classes"
SCENARIOS = {name: load(name, REGISTRY) for name in (BASELINE, POLICY)}
POLICIES = {name: scenario.policy() for name, scenario in SCENARIOS.items()}


def made(design, roots, slope=1000.0):
    """Return hand-made runs whose effect is slope x (price - root), by kind and index."""
    rows = []
    for (kind, index), neutral in roots.items():
        worlds = {BASELINE: 500.0} | {
            name: 500.0 + slope * (price - neutral) for price, name in design.worlds.items()
        }
        rows += [(kind, index, name, 2025, value) for name, value in worlds.items()]
    table = pd.DataFrame(rows, columns=["kind", "index", "policy", "year", "top"])
    return table.assign(
        measure="paramedical_spending", split="all", group="all", bottom=1.0, patients=1,
        small=False,
    )  # fmt: skip


def design(**more):
    return PriceDesign(BASELINE, POLICY, **{"seeds": 3, "draws": 4} | more)


# --- the root


def test_the_root_of_a_straight_curve_is_exact():
    assert root(GRID, [1000.0 * (price - 1.0432) for price in GRID]) == pytest.approx(1.0432)


def test_the_root_of_a_known_bent_curve():
    # price^3 crosses 1.2 at its cube root.
    found = root(GRID, [price**3 - 1.2 for price in GRID])
    assert found == pytest.approx(1.2 ** (1 / 3), abs=1e-3)


def test_a_root_on_the_grid_is_found():
    assert root((0.9, 1.0, 1.1), [-1.0, 0.0, 1.0]) == pytest.approx(1.0)
    assert root((0.9, 1.0, 1.1), [0.0, 1.0, 2.0]) == pytest.approx(0.9)
    assert root((0.9, 1.0, 1.1), [-2.0, -1.0, 0.0]) == pytest.approx(1.1)


def test_no_root_is_below_or_above_the_grid():
    assert root((0.9, 1.0), [1.0, 2.0]) == -math.inf
    assert root((0.9, 1.0), [-2.0, -1.0]) == math.inf


def test_of_several_crossings_the_lowest_is_taken():
    assert root((0.8, 0.9, 1.0, 1.1), [-1.0, 1.0, -1.0, 1.0]) < 0.9


# --- intervals


def test_intervals_by_hand():
    roots = {("seed", k): price for k, price in enumerate((0.9, 1.0, 1.1))}
    roots |= {("draw", k): price for k, price in enumerate((0.85, 0.95, 1.05, 1.15))}
    found = solved(design(), made(design(), roots))
    assert found.mean == pytest.approx(1.0)
    half = 4.302653 * 0.1 / math.sqrt(3)  # t with 2 degrees of freedom, SD 0.1
    assert found.monte_carlo == pytest.approx((1.0 - half, 1.0 + half), abs=1e-6)
    assert found.parameters == pytest.approx((0.85, 1.15))
    assert found.curves["relative"].to_numpy() == pytest.approx(
        found.curves["effect"].to_numpy() / 500.0
    )


def test_prices_off_the_grid_make_an_open_interval_and_are_counted():
    roots = {("seed", 1): 1.0, ("seed", 2): 1.0}
    roots |= {("draw", k): price for k, price in enumerate((0.5, 1.0, 1.0, 2.0))}
    found = solved(design(seeds=2), made(design(), roots))
    assert found.parameters == (-math.inf, math.inf)
    assert found.off_grid("draw") == (1, 1)
    said = " ".join(price_sentences(found, "en"))
    assert "from below 0.70 to above 1.30" in said
    assert "In 1 of 4 draws the contract is dearer even at 0.70" in said
    document = price_document(found, {})
    assert (document["draws_from"], document["posterior"]) == ("prior", "")
    assert document["parameter_interval"] == [None, None]
    json.dumps(document, allow_nan=False)


def test_a_seed_off_the_grid_leaves_no_mean():
    found = solved(design(seeds=2, draws=0), made(design(), {("seed", 1): 1.0, ("seed", 2): 9}))
    assert math.isnan(found.mean)
    for language, word in (("nl", "Geen budgetneutrale prijs"), ("en", "No budget-neutral price")):
        assert word in price_sentences(found, language)[0]


def test_price_in_words():
    roots = {("seed", 1): 0.94, ("seed", 2): 0.96}
    found = solved(design(seeds=2, draws=0), made(design(), roots))
    (nl,) = price_sentences(found, "nl")
    assert "0,950 maal" in nl and nl.endswith("5,0% lager.")


def test_of_few_draws_the_range_is_told_with_their_number():
    seeds = {("seed", 1): 0.94, ("seed", 2): 0.96}
    for draws in (2, FEWEST_DRAWS - 1, FEWEST_DRAWS):
        one = design(seeds=2, draws=draws)
        drawn = {("draw", k): 0.9 + 0.01 * k for k in range(draws)}
        found = solved(one, made(one, seeds | drawn))
        en, nl = (price_sentences(found, language)[1] for language in ("en", "nl"))
        few = draws < FEWEST_DRAWS
        assert ("middle 90%" in en, f"highest of {draws} draws" in en) == (not few, few)
        assert ("middelste 90%" in nl, f"hoogste van {draws} trekkingen" in nl) == (not few, few)


# --- the table


def columns(found, language="en"):
    table = curves_table(found, SCENARIOS, language)
    return {str(column.header): list(column.cells) for column in table.columns}


def test_each_effect_has_the_interval_of_chance_that_holds_it_and_that_of_assumptions():
    one = design(seeds=2, draws=2)
    roots = {("seed", 1): 0.95, ("seed", 2): 0.97, ("draw", 1): 1.1, ("draw", 2): 1.2}
    shown = columns(solved(one, made(one, roots)))
    at = shown["price factor"].index("1.00")

    # Effects of +10 % and +6 %; t with 1 degree of freedom: 12.7062 x 2.8284 / sqrt(2).
    assert shown["effect"][at] == "+8.0%"
    assert shown["chance (95%)"][at] == "−17.4% to +33.4%"
    # From two draws: the lowest and the highest, not 90 % of what lies between.
    assert shown["assumptions (2 draws)"][at] == "−40.0% to −20.0%"
    assert "aannames (2 trekkingen)" in columns(solved(one, made(one, roots)), "nl")


def test_with_enough_draws_the_column_holds_nine_tenths_of_them():
    one = design(seeds=2, draws=FEWEST_DRAWS)
    roots = {("seed", 1): 1.0, ("seed", 2): 1.0}
    roots |= {("draw", k): 1.0 - 0.01 * k for k in range(FEWEST_DRAWS)}
    shown = columns(solved(one, made(one, roots)))
    at = shown["price factor"].index("1.00")

    assert shown["assumptions (90%)"][at] == "+1.9% to +36.1%"
    assert shown["chance (95%)"][at] == "0.0% to 0.0%"


def test_without_draws_nothing_is_said_of_assumptions():
    one = design(seeds=2, draws=0)
    shown = columns(solved(one, made(one, {("seed", 1): 0.94, ("seed", 2): 0.96})))
    assert set(shown["assumptions (90%)"]) == {"-"}


# --- worlds


def test_the_worlds_are_a_sweep_of_the_price_and_nothing_else_differs():
    one = design(settings={"need_sigma": 0.5}, share=0.02, draws_from="prior")
    shared = common(one.sweep, SCENARIOS, REGISTRY)
    runs = list(planned_runs(one.sweep, shared, REGISTRY))

    assert len(runs) == (3 + 4) * len(GRID)
    for k, run in enumerate(runs):
        assert run.point == k % len(GRID)
        task = shared.task(run.input)
        assert task.policies[BASELINE] == POLICIES[BASELINE]
        assert task.policies[POLICY].levers == {LEVER: GRID[run.point]}
        assert task.policies[POLICY].clauses == POLICIES[POLICY].clauses
        assert (task.parameters.need_sigma, task.share) == (0.5, 0.02)
    assert len({shared.task(run.input).parameters for run in runs}) == 5  # four draws, the central
    assert {run.input.seed for run in runs if run.kind == "seed"} == {1, 2, 3}


class Worlds:
    """A store of which the outcomes are made by hand."""

    def __init__(self, rows):
        self.rows = rows

    def outcomes(self, measures, policies):
        assert (measures, policies) == ([MEASURE], [BASELINE, POLICY])
        return self.rows


def test_the_price_of_a_world_is_that_of_its_point():
    """Each run holds the baseline, and the policy at the price of its point."""
    one = design(seeds=2, draws=0)
    rows = []
    for point, price in enumerate(GRID):
        for index, neutral in ((1, 1.02), (2, 1.04)):
            for name, value in ((BASELINE, 500.0), (POLICY, 500.0 + 1000.0 * (price - neutral))):
                rows.append((f"{index}-{point}", "seed", index, point, name, 2025, value))
    columns = ["run", "kind", "index", "point", "policy", "year", "top"]
    table = pd.DataFrame(rows, columns=columns).assign(
        measure=MEASURE, split="all", group="all", bottom=1.0, patients=1, small=False
    )

    found = solved(one, runs_of(one, Worlds(table)))
    assert found.mean == pytest.approx(1.03)
    assert found.known("seed") == 2
    # The world of seed 2 at the highest price failed: seed 2 is left out.
    found = solved(one, runs_of(one, Worlds(table[table["run"] != "2-6"])))
    assert found.roots["index"].tolist() == [1] and found.mean == pytest.approx(1.02)


def test_contracts_without_a_price_to_move_are_refused():
    with pytest.raises(ValueError, match="pays no bundle"):
        check_has_price(BASELINE, POLICIES[BASELINE])
    check_has_price(POLICY, POLICIES[POLICY])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((BASELINE, BASELINE), "named twice"),
        ((POLICY, BASELINE), "pays no bundle"),
        ((BASELINE, POLICY, "--seeds", "1"), "--seeds"),
        ((BASELINE, "bundle_flt"), "'bundle_flat'"),
        ((BASELINE, POLICY, "--set", "bundle_price_factor=1.1"), "cannot be set"),
    ],
)
def test_bad_input_is_one_sentence(args, said):
    found = CliRunner().invoke(main, ["neutral-price", *args])
    assert found.exit_code == 2
    assert said in found.stderr and found.stderr.count("\n") == 1


@pytest.mark.slow
def test_spending_at_the_neutral_price_is_that_of_the_baseline(tmp_path):
    """The whole way: what interpolation finds, a world at that price confirms."""
    one = design(seeds=2, draws=0, share=0.01, grid=(0.8, 1.0, 1.2))
    how = HowMade(tmp_path, 1, quiet=True)
    found, _ = neutral_price(one, SCENARIOS, REGISTRY, how)
    for seed, price in found.roots[["index", "price"]].to_numpy():
        at = replace(one, grid=(price, 1.3))
        again, _ = neutral_price(at, SCENARIOS, REGISTRY, how)
        rows = again.curves[(again.curves["index"] == seed) & (again.curves["price"] == price)]
        assert np.abs(rows["relative"].item()) < 0.015

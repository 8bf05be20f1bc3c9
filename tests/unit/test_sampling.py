"""Sampling: points and draws that cover their ranges, and that a larger design keeps."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from experiments.posteriors.draws import DRAW_SEED, draw_table
from experiments.posteriors.stored_posterior import SHIPPED, registry_fingerprint
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import common, load_scenarios, planned_runs
from experiments.sweeps.sampling import block_of, draw, points, problem, unit_points
from model.parameters import load_registry

REGISTRY = load_registry()
NAMES = ("fev1_floor", "need_class_correlation")


def design(**more):
    base = {"baseline": "a", "policies": ("b",), "levers": {"audit_rate": (0.02, 0.06)}}
    return SweepDesign.model_validate(base | more, context={"registry": REGISTRY})


def sampler(sampling, samples):
    return design(sampling=sampling, samples=samples, uncertainties=NAMES, seeds=1)


def test_a_grid_is_every_combination_with_the_last_lever_fastest():
    chosen = design(levers={"audit_rate": (0.0, 0.1), "bundle_price_factor": (0.9, 1.0, 1.1)})

    assert [tuple(point.values()) for point in points(chosen, REGISTRY)] == [
        (0.0, 0.9), (0.0, 1.0), (0.0, 1.1), (0.1, 0.9), (0.1, 1.0), (0.1, 1.1),
    ]  # fmt: skip


def test_without_levers_there_is_one_point():
    assert list(points(design(levers={}), REGISTRY)) == [{}]


@pytest.mark.parametrize(
    ("sampling", "samples", "expected"),
    # N x (2 x 3 + 2) for Sobol with second order, trajectories of 3 + 1 for Morris.
    [("latin_hypercube", 30, 30), ("sobol", 4, 32), ("morris", 3, 12)],
)
def test_a_sampler_makes_the_points_it_should_and_keeps_them_when_it_grows(
    sampling, samples, expected
):
    few, many = (list(points(sampler(sampling, n), REGISTRY)) for n in (samples, 2 * samples))

    assert len(few) == expected
    assert len(many) == 2 * expected
    assert many[:expected] == few
    for point in few:
        assert list(point) == ["audit_rate", *NAMES]
        assert 0.02 <= point["audit_rate"] <= 0.06
        for name in NAMES:
            assert REGISTRY[name].low <= point[name] <= REGISTRY[name].high


def test_a_morris_design_moves_one_factor_at_a_time():
    unit = unit_points(sampler("morris", 5), REGISTRY)

    for path in unit.reshape(5, 4, 3):
        assert ((np.diff(path, axis=0) != 0).sum(axis=1) == 1).all()


def test_the_first_block_of_a_hypercube_has_one_point_in_every_slice():
    unit = unit_points(sampler("latin_hypercube", 20), REGISTRY)

    for column in unit.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


def test_the_problem_is_in_quantiles():
    described = problem(sampler("sobol", 4), REGISTRY)

    assert described["names"] == ["audit_rate", *NAMES]
    assert described["num_vars"] == 3
    assert described["bounds"] == [[0.0, 1.0]] * 3


def test_blocks_double_up_to_their_largest():
    starts = [block_of(k) for k in (0, 19, 20, 39, 40, 79, 80, 2560, 3839, 3840)]

    assert starts == [
        (0, 0, 20), (0, 0, 20), (1, 20, 20), (1, 20, 20), (2, 40, 40), (2, 40, 40), (3, 80, 80),
        (8, 2560, 1280), (8, 2560, 1280), (9, 3840, 1280),
    ]  # fmt: skip


def test_the_first_draws_are_those_of_a_comparison():
    expected = REGISTRY.draw_table(20, seed=1)

    for k in (0, 7, 19):
        assert draw(k, NAMES, REGISTRY) == {name: expected[name][k] for name in NAMES}


def test_draws_of_one_parameter_do_not_depend_on_which_others_vary():
    assert draw(33, NAMES, REGISTRY)[NAMES[1]] == draw(33, NAMES[1:], REGISTRY)[NAMES[1]]


def test_every_block_of_draws_is_a_hypercube():
    entry = REGISTRY["fev1_floor"]
    assert entry.distribution == "uniform"
    drawn = np.array([draw(k, NAMES, REGISTRY)["fev1_floor"] for k in range(40, 80)])
    slices = ((drawn - entry.low) / (entry.high - entry.low) * 40).astype(int)

    assert sorted(slices) == list(range(40))


# --- draws from a posterior


@pytest.fixture
def five(tmp_path):
    """A posterior of five rows: the facts bear on the first parameter, not on the second."""
    path = tmp_path / "posterior.csv"
    place = (np.arange(5) + 0.5) / 5
    entries = {name: REGISTRY[name] for name in NAMES}
    table = {name: one.low + place * (one.high - one.low) for name, one in entries.items()}
    pd.DataFrame(table).to_csv(path, index=False)
    about = {
        "kind": "posterior", "registry": registry_fingerprint(REGISTRY),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "constrained": [NAMES[0]],
    }  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
    return str(path)


def test_draws_from_a_small_posterior_go_on_through_the_blocks(five):
    drawn = [draw(k, NAMES, REGISTRY, five) for k in range(25)]
    table = draw_table(REGISTRY, 5, DRAW_SEED, five)

    assert drawn[:5] == [{name: table[name][k] for name in NAMES} for k in range(5)]
    assert len({tuple(one.values()) for one in drawn}) == 25
    for start in range(0, 25, 5):  # the fifth round is in the second block
        assert len({one[NAMES[0]] for one in drawn[start : start + 5]}) == 5
    assert len({one[NAMES[0]] for one in drawn}) == 5
    prior = [draw(k, NAMES, REGISTRY)[NAMES[1]] for k in range(25)]
    assert [one[NAMES[1]] for one in drawn[5:]] == prior[5:]


def test_a_first_block_from_a_posterior_is_that_of_a_comparison(five):
    names = (*NAMES, "maintenance_share")
    table = draw_table(REGISTRY, 20, DRAW_SEED, five)

    for k in range(20):
        assert draw(k, names, REGISTRY, five) == {name: table[name][k] for name in names}


def test_a_posterior_that_was_made_again_is_read_again(five, tmp_path):
    draw(0, NAMES, REGISTRY, five)
    path = tmp_path / "posterior.csv"
    pd.read_csv(path).iloc[:1].to_csv(path, index=False)
    about = json.loads(path.with_suffix(".json").read_text())
    about["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(about))

    entry = REGISTRY[NAMES[0]]
    only = entry.low + 0.1 * (entry.high - entry.low)
    for k in range(3):
        assert draw(k, NAMES, REGISTRY, five)[NAMES[0]] == pytest.approx(only)


def test_draws_of_the_shipped_posterior_are_runs_of_their_own():
    chosen = SweepDesign.model_validate(
        {"baseline": "fee_for_service_open", "policies": ("bundle_flat",), "seeds": 0,
         "draws": 45, "draws_from": str(SHIPPED)},
        context={"registry": REGISTRY},
    )  # fmt: skip
    shared = common(chosen, load_scenarios(chosen, REGISTRY), REGISTRY)

    assert len({one.input.run for one in planned_runs(chosen, shared, REGISTRY)}) == 45

"""Adding pairs until clear: the rounds, and what the command says of them."""

import json
import math
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from experiments import until_clear as module
from experiments.budget_of_runs import Decision
from experiments.cli import main
from experiments.comparison import Design, compare
from experiments.runner import TaskResult
from experiments.terminal import spent_sentence
from experiments.until_clear import Spent, compare_until_clear, decisions
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import load

REGISTRY = load_registry()
BASELINE, POLICY = "fee_for_service_open", "bundle_flat"
DESIGN = Design(BASELINE, (POLICY,), seeds=2, draws=0, share=0.003, span=Span(2024, 2025, 2025))
SPENDING, REFUSED = "paramedical_spending", "refused_share"


@pytest.fixture(scope="module")
def policies():
    return {name: load(name, REGISTRY).policy() for name in DESIGN.worlds}


def result(index, effect, baseline=1000.0):
    """Return the outcomes of one pair, made by hand: spending over two years."""
    rows = [
        ("seed", index, policy, year, SPENDING, "all", "all", value, 1.0, 100, False)
        for policy, value in ((BASELINE, baseline), (POLICY, baseline + effect))
        for year in (2025, 2026)
    ]
    columns = ["kind", "index", "policy", "year", "measure", "split", "group", "top", "bottom",
               "patients", "small"]  # fmt: skip
    return TaskResult(pd.DataFrame(rows, columns=columns), pd.DataFrame())


def test_effects_over_the_window_by_hand():
    found = decisions([result(1, 90.0), result(2, 110.0)], DESIGN, (2, 4), [SPENDING])
    (one,) = found[POLICY]
    assert (one.pairs, one.mean) == (2, pytest.approx(100.0))
    assert one.margin == pytest.approx(5.0)  # half a percent of the baseline


def test_draws_do_not_count_as_pairs():
    drawn = result(7, 1e6)
    drawn.outcomes["kind"] = "draw"
    pairs = [drawn, result(1, 90.0), result(2, 110.0)]
    assert decisions(pairs, DESIGN, (2, 4), [SPENDING])[POLICY][0].mean == pytest.approx(100.0)


def test_rounds_stop_when_clear(monkeypatch, policies):
    """Pairs 1-4 leave it open, pairs 5-8 settle it; the third round is never run."""
    effects = [60.0, 140.0, 100.0, 40.0, 100.0, 101.0, 99.0, 100.0, *[0.0] * 100]
    asked = []

    def run(jobs, workers, done):
        asked.append([task.seed for task in jobs])
        for task in jobs:
            yield result(task.seed, effects[task.seed - 1])

    monkeypatch.setattr(module, "run_tasks", run)
    monkeypatch.setattr(module, "warm_up_compiler", lambda *_: None)
    monkeypatch.setattr(module, "gathered", lambda design, results, _: (design, len(results)))
    (design, count), spent = compare_until_clear(
        replace(DESIGN, seeds=4), policies, REGISTRY, 32, [SPENDING]
    )
    assert asked == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert (design.seeds, count, spent.pairs, spent.settled) == (8, 8, 8, True)
    assert spent_sentence(spent).startswith("Stopped after 8 pairs of at most 32")


def test_the_budget_ends_it(monkeypatch, policies):
    monkeypatch.setattr(
        module, "run_tasks",
        lambda jobs, *_: (result(task.seed, (-1.0) ** task.seed * 900.0) for task in jobs),
    )  # fmt: skip
    monkeypatch.setattr(module, "warm_up_compiler", lambda *_: None)
    monkeypatch.setattr(module, "gathered", lambda design, *_: design)
    design, spent = compare_until_clear(DESIGN, policies, REGISTRY, 8, [SPENDING])
    assert (design.seeds, spent.pairs, spent.settled) == (8, 8, False)
    assert "All 8 pairs are used" in spent_sentence(spent)
    assert "paramedical spending" in spent_sentence(spent)


def test_the_comparison_is_that_of_so_many_seeds(policies):
    found, spent = compare_until_clear(DESIGN, policies, REGISTRY, 3, [SPENDING], workers=1)
    plain = compare(replace(DESIGN, seeds=spent.pairs), policies, REGISTRY, workers=1)
    pd.testing.assert_frame_equal(found.effects, plain.effects)
    pd.testing.assert_frame_equal(found.runs, plain.runs)


def test_json_has_no_numbers_that_are_none():
    nan = math.nan
    spent = Spent((2, 4), {POLICY: (Decision(REFUSED, "unclear", 2, nan, nan, nan, 0.005),)})
    said = json.loads(json.dumps(spent.document(), allow_nan=False))
    assert said["policies"][POLICY][REFUSED] == {
        "state": "unclear", "mean": None, "interval": None, "margin": 0.005,
    }  # fmt: skip
    assert list(spent.table()["measure"]) == [REFUSED]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--until-clear", "--seeds", "6", "--max-pairs", "5"], "--max-pairs 5 is less"),
        (["--until-clear", "--watch", "refused_shar"], "'refused_share'"),
        (["--until-clear", "--max-pairs", "1"], "--max-pairs"),
    ],
)
def test_bad_input_is_one_sentence(args, said):
    found = CliRunner().invoke(main, ["compare", BASELINE, POLICY, *args])
    assert found.exit_code == 2
    assert said in found.stderr and found.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_command_says_what_is_clear(tmp_path):
    args = ["compare", BASELINE, POLICY, "--draws", "0", "--seeds", "2", "--share", "0.002",
            "--workers", "1", "--until-clear", "--max-pairs", "4", "--watch", SPENDING,
            "--out", str(tmp_path / "out")]  # fmt: skip
    found = CliRunner().invoke(main, args)
    assert found.exit_code == 0, found.output
    assert "Added pairs until clear" in found.stdout
    assert len(pd.read_csv(tmp_path / "out" / "pairs.csv")) == 1

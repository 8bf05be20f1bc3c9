"""The safe corridor: which clauses are tried, and the table by hand."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from experiments.answers.neutral_price_command import corridor_document, corridor_sentence
from experiments.answers.safe_corridor import (
    SPENDING,
    UNDERTREATED,
    CorridorDesign,
    judged,
    with_corridor,
    worlds_of,
)
from experiments.cli import main
from experiments.sweeps.planned_runs import planned_runs
from model.contracts.risk_corridor import RiskCorridor
from model.parameters import load_registry
from scenarios.loader import load

REGISTRY = load_registry()
BASELINE, POLICY = "fee_for_service_open", "bundle_corridor"
SCENARIOS = {name: load(name, REGISTRY) for name in (BASELINE, POLICY)}
POLICIES = {name: scenario.policy() for name, scenario in SCENARIOS.items()}
DESIGN = CorridorDesign(BASELINE, POLICY, (0.0, 0.1), (0.5,), draws=4, sure=0.7)


def runs(levels):
    """Return hand-made runs: (spending, undertreated) per draw, by world."""
    rows = [
        ("draw", index, world, 2025, measure, value)
        for world, draws in levels.items()
        for index, pair in enumerate(draws)
        for measure, value in zip((SPENDING, UNDERTREATED), pair, strict=True)
    ]
    columns = ["kind", "index", "policy", "year", "measure", "top"]
    return pd.DataFrame(rows, columns=columns).assign(
        split="all", group="all", bottom=1.0, patients=1, small=False
    )


NARROW, WIDE = DESIGN.corridors
LEVELS = {
    BASELINE: [(100.0, 0.10)] * 4,
    POLICY: [(110.0, 0.10)] * 4,
    # Within 2 % and 5 points: three of four; and two of four.
    NARROW: [(101.0, 0.12), (100.0, 0.14), (90.0, 0.10), (103.0, 0.10)],
    WIDE: [(101.0, 0.12), (100.0, 0.16), (90.0, 0.10), (103.0, 0.20)],
}


def test_the_table_by_hand():
    found = judged(DESIGN, runs(LEVELS))
    itself, narrow, wide = found.to_dict("records")
    assert itself["hits"] == 0 and itself["width"] != itself["width"]
    assert (narrow["width"], narrow["insurer_part"]) == (0.0, 0.5)
    assert (narrow["spending_hits"], narrow["undertreatment_hits"], narrow["hits"]) == (3, 4, 3)
    assert narrow["spending"] == pytest.approx(-0.015)
    assert narrow["undertreatment"] == pytest.approx(0.015)
    assert (wide["spending_hits"], wide["undertreatment_hits"], wide["hits"]) == (3, 2, 2)
    assert list(found["safe"]) == [False, True, False]
    # Three of four draws say hardly anything: Wilson from 30 to 95 %.
    assert not found["certain"].any()
    assert (narrow["low"], narrow["high"]) == (
        pytest.approx(0.301, abs=1e-3),
        pytest.approx(0.954, abs=1e-3),
    )


def test_the_sentence_names_the_safe_widths():
    found = judged(DESIGN, runs(LEVELS))
    assert corridor_sentence(DESIGN, found, "en") == (
        "Safe in at least 70% of the draws: with 50% for the insurer, a half width (±) of 0.0%."
    )
    nothing = found.assign(safe=False)
    assert "Geen enkele corridor" in corridor_sentence(DESIGN, nothing, "nl")


def test_json_has_no_numbers_that_are_none():
    document = corridor_document(DESIGN, judged(DESIGN, runs(LEVELS)), {})
    assert (document["draws_from"], document["posterior"]) == ("prior", "")
    assert json.loads(json.dumps(document, allow_nan=False))["corridors"][0]["width"] is None


def test_a_corridor_takes_the_place_of_the_one_there_was():
    found = with_corridor(POLICIES[POLICY], 0.2, 0.75)
    corridors = [clause for clause in found.clauses if isinstance(clause, RiskCorridor)]
    assert [(one.width, one.kept) for one in corridors] == [(0.2, 0.25)]
    others = [clause for clause in POLICIES[POLICY].clauses if not isinstance(clause, RiskCorridor)]
    assert [clause for clause in found.clauses if not isinstance(clause, RiskCorridor)] == others


def test_every_draw_holds_every_corridor_with_the_same_luck():
    shared = worlds_of(DESIGN, SCENARIOS, REGISTRY)
    runs = [one.input for one in planned_runs(DESIGN.sweep, shared, REGISTRY)]
    assert len(runs) == 4 and len({run.seed for run in runs}) == 1
    assert list(shared.policies) == [BASELINE, POLICY, NARROW, WIDE]
    assert shared.policies[POLICY] == POLICIES[POLICY]
    assert shared.policies[WIDE] == with_corridor(POLICIES[POLICY], 0.1, 0.5)
    wider = replace(DESIGN, widths=(0.0, 0.2))
    assert worlds_of(wider, SCENARIOS, REGISTRY).digest() != shared.digest()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((POLICY, BASELINE), "pays no bundle"),
        ((BASELINE, POLICY, "--width", "2"), "--width"),
        ((BASELINE, POLICY, "--draws", "1"), "--draws"),
    ],
)
def test_bad_input_is_one_sentence(args, said):
    found = CliRunner().invoke(main, ["safe-corridor", *args])
    assert found.exit_code == 2
    assert said in found.stderr and found.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_command_prints_a_table(tmp_path):
    args = ["safe-corridor", BASELINE, POLICY, "--width", "0.05", "--insurer-part", "0.5",
            "--draws", "2", "--share", "0.003", "--workers", "1", "--lang", "nl",
            "--out", str(tmp_path / "out")]  # fmt: skip
    found = CliRunner().invoke(main, args)
    assert found.exit_code == 0, found.output
    assert "Veilige risicocorridors" in " ".join(found.stdout.split())
    assert len(pd.read_csv(tmp_path / "out" / "corridors.csv")) == 2

"""The engine and the plain Mesa version give identical lives and ledgers."""

from collections import Counter
from functools import cache

import pytest

from model.parameters import ParameterSet
from model.policy import Policy
from model.population import Size
from model.simulation import MONTH, Span, World

from .compare import TwinRun, ledger_differences, run_both
from .model import ReferenceModel
from .settings import SEED, settings

SETTINGS = settings()

#: What must happen somewhere, or equality would say little (names: ``ReferenceModel.happened``).
INTERESTING = (
    "above the maximum paid by patient",
    "above the maximum paid by supplementary",
    "admission",
    "attack",
    "bundle quarter payable",
    "ceiling binds",
    "class upgraded",
    "contract signed",
    "death",
    "death in hospital",
    "deductible paid",
    "drop-out",
    "entered",
    "episode ended",
    "excess hazard",
    "extension",
    "gave up",
    "graded anew",
    "intake",
    "intake after waiting",
    "maximum binds a plan",
    "maximum reached",
    "mean price without claims",
    "need beyond the guideline",
    "new stage",
    "next treatment year",
    "no room",
    "out of patience",
    "over",
    "paid for next year",
    "price kept without claims",
    "reference price without claims",
    "refusal",
    "relevant improvement",
    "repriced",
    "return within a year",
    "sessions above the maximum",
    "stretched to the threshold",
    "treatment year turns within a quarter",
    "turned back",
    "under",
    "upcode",
)


@cache
def twins(name: str) -> TwinRun:
    setting = SETTINGS[name]
    p = setting.parameters
    return run_both(p, setting.policy, SEED, setting.size(p), setting.span)


def busy_world() -> tuple[ParameterSet, Policy, int, Size, Span]:
    setting = SETTINGS["bundle_weight_classes-mixed-busy"]
    p = setting.parameters
    return p, setting.policy, SEED, setting.size(p), setting.span


@pytest.mark.parametrize("name", SETTINGS)
def test_lives_and_ledgers_are_identical(name: str) -> None:
    run = twins(name)

    assert run.difference is None, str(run.difference)
    assert run.reference.month == run.engine.month == SETTINGS[name].span.months
    assert ledger_differences(run.engine, run.reference) == ""
    assert run.reference.ledger


def test_every_branch_of_the_month_is_taken_somewhere() -> None:
    happened = sum((twins(name).reference.happened for name in SETTINGS), Counter())

    assert [name for name in INTERESTING if happened[name] == 0] == []


def test_the_reference_runs_the_same_month() -> None:
    ours = [(name, None if only is None else only + 1) for name, _, only in ReferenceModel.MONTH]

    assert ours == [(part.name, part.calendar_month) for part in MONTH]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("health", "training", 0.123), ("care", "covered_used", 1), ("person", "pays_above", 7)],
)
def test_a_changed_life_is_reported(table: str, column: str, value: float) -> None:
    meddled: list[int] = []

    def meddle(model: ReferenceModel) -> None:
        if model.month == 5:
            patient = next(one for one in model.patients if one.covered_used > 1)
            setattr(patient, column, value)
            meddled.append(patient.row)

    difference = run_both(*busy_world(), meddle).difference

    assert difference is not None
    assert (difference.month, difference.phase) == (5, "disease")
    assert (difference.table, difference.column) == (table, column)
    assert (difference.row, difference.reference, difference.rows) == (meddled[0], value, 1)
    for part in ("month 5", "'disease'", f"{table}.{column}", f"row {meddled[0]}", f"{value!r}"):
        assert part in str(difference)


def test_a_changed_phase_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    month = tuple(
        (name, phase if name != "training" else lambda model: None, only)
        for name, phase, only in ReferenceModel.MONTH
    )
    monkeypatch.setattr(ReferenceModel, "MONTH", month)

    difference = run_both(*busy_world()).difference

    assert difference is not None
    assert (difference.month, difference.phase) == (0, "training")


def test_a_changed_ledger_is_reported() -> None:
    p, policy, seed, size, span = busy_world()
    engine = World(p, policy, seed, size, span)
    reference = ReferenceModel(engine)
    for model in (engine, reference):
        model.run_for(2)
    assert ledger_differences(engine, reference) == ""

    line = reference.ledger[0]
    reference.ledger[0] = line._replace(cents=line.cents + 1)
    told = ledger_differences(engine, reference)

    assert "1 lines only in the engine" in told and "1 lines only in the reference" in told
    reference.ledger[0] = line
    reference.ledger.append(line)
    assert "1 lines only in the reference" in ledger_differences(engine, reference)


def test_the_reference_shares_nothing_with_the_world_it_starts_from() -> None:
    p, policy, seed, size, span = busy_world()
    engine = World(p, policy, seed, size, span)
    before = engine.health.training.copy()
    ReferenceModel(engine).run_for(3)

    assert (engine.health.training == before).all()
    assert engine.month == 0
    engine.run_for(1)
    with pytest.raises(ValueError, match="first month"):
        ReferenceModel(engine)

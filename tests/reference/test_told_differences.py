"""A difference between the engine and the reference is found, and told where it began."""

from collections.abc import Callable

import pytest

from model.parameters import ParameterSet
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

from .compare import ledger_differences, run_both
from .model import ReferenceModel
from .settings import SEED, settings


def busy_world() -> tuple[ParameterSet, Policy, int, Size, Span]:
    setting = settings()["safeguarded, some"]
    p = setting.parameters
    return p, setting.policy, SEED, setting.size(p), setting.span


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


def earn_a_cent(model: ReferenceModel) -> None:
    model.books.accounts[2, 3].revenue += 1


def withhold_a_cent(model: ReferenceModel) -> None:
    model.books.accounts[2, 3].withhold("kpi_gpe", 1)


def watch_a_practice(model: ReferenceModel) -> None:
    model.books.accounts[2, 3].watched = True


def expect_another_norm(model: ReferenceModel) -> None:
    model.books.register.norm["prem", (1, 4)] = 9.0


def note_a_score(model: ReferenceModel) -> None:
    model.books.register.note("prem", 2, 3, 1, 4, 8.5)


def raise_a_price(model: ReferenceModel) -> None:
    model.prices[0].quarter[3, 1, 2] += 1


def pay_a_session(model: ReferenceModel) -> None:
    model.rewards[1][3].session[1, 2] += 0.01


def change_a_style(model: ReferenceModel) -> None:
    model.practices[2].style = model.practices[2].style._replace(grading=0.1)


def lose_qualms(model: ReferenceModel) -> None:
    model.therapists[7].moral_cost = 0.5


def claim_a_quarter(model: ReferenceModel) -> None:
    model.claims[0][3].quarters[1, 2] += 1


@pytest.mark.parametrize(
    ("meddle", "table", "column", "row"),
    [
        (earn_a_cent, "books", "revenue", 23),  # practice 2, insurer 3 of 10
        (withhold_a_cent, "books", "withheld kpi_gpe", 23),
        (watch_a_practice, "books", "watched", 23),
        (expect_another_norm, "register", "norm", 104),  # indicator 11 of 9 cells; class 1, IV
        (note_a_score, "register", "count", 1343),  # indicator 11 of 120 accounts
        (raise_a_price, "prices", "quarter 0", 32),  # insurer 3 of 9 kinds; class 1, phase 2
        (pay_a_session, "rewards", "session 1", 42),  # insurer 3 of 12; class 1, mode 2
        (claim_a_quarter, "claims", "quarters", 32),  # contract 0; insurer 3, class 1, phase 2
        (change_a_style, "conduct", "style", 8),  # practice 2; the third of three decisions
        (lose_qualms, "drives", "moral_cost", 7),
    ],
)
def test_a_changed_entry_is_reported(
    meddle: Callable[[ReferenceModel], None], table: str, column: str, row: int
) -> None:
    difference = run_both(
        *busy_world(), lambda model: meddle(model) if model.month == 5 else None
    ).difference

    assert difference is not None
    assert (difference.month, difference.phase) == (5, "disease")
    assert (difference.table, difference.column, difference.row) == (table, column, row)
    assert difference.rows == 1


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

"""Care outside physiotherapy, by hand: five persons, one month."""

from types import SimpleNamespace

import numpy as np
import pytest

from model import state
from model.codes import ALIVE, DEAD
from model.ledger import NOBODY, Framework, Ledger, Party
from model.month.other_care import settle_other_care

MONTH = 7
AMOUNTS = SimpleNamespace(
    admission=500_000, attack=9_000, hospital_month=40_000, other_care=np.array([100, 200, 300])
)


@pytest.fixture
def world():
    """GOLD II, III, IV and II alive, and one dead; insurers 0, 1, 1, 9 and 2."""
    person, health, care, tally = (state.empty(t, 6) for t in ("person", "health", "care", "tally"))
    health.alive[:] = [ALIVE, ALIVE, ALIVE, ALIVE, DEAD, ALIVE]
    health.gold[:] = [2, 3, 4, 2, 4, 2]
    person.insurer[:] = [0, 1, 1, 9, 2, 3]
    # The last row has not entered yet, whatever it holds.
    return SimpleNamespace(
        rows=5, month=MONTH, person=person, health=health, care=care, tally=tally,
        constants={"settlement": AMOUNTS}, ledger=Ledger(),
    )  # fmt: skip


def lines(world, clause):
    table = world.ledger.lines()
    number = world.ledger.clauses.index(clause) if clause in world.ledger.clauses else -1
    table = table[table["clause"] == number]
    columns = ["patient", "payer", "payer_id", "payee", "payee_id", "insurer", "framework", "cents"]
    assert (table["month"] == MONTH).all()
    return [tuple(int(one) for one in row) for row in table[columns].itertuples(index=False)]


def test_steady_care_follows_the_stage_and_is_one_line_per_insurer(world):
    settle_other_care(world)

    assert world.tally.total_care.tolist() == [100, 200, 300, 100, 0, 0]
    there = (Party.INSURER, Party.OTHER_PROVIDERS, Framework.OTHER_CURATIVE)
    assert lines(world, "other_copd_care") == [
        (NOBODY, there[0], insurer, there[1], 0, insurer, there[2], cents)
        for insurer, cents in ((0, 100), (1, 500), (9, 100))
    ]
    assert world.care.month_cost.sum() == 0
    assert world.ledger.clauses == ["other_copd_care"]


def test_an_admission_goes_to_the_hospital_and_another_attack_to_other_providers(world):
    world.health.struck[:] = [0, 1, 2, 0, 0, 2]
    settle_other_care(world)

    assert lines(world, "admission") == [
        (2, Party.INSURER, 1, Party.HOSPITAL, 0, 1, Framework.HOSPITAL, 500_000)
    ]
    assert lines(world, "lung_attack") == [
        (1, Party.INSURER, 1, Party.OTHER_PROVIDERS, 0, 1, Framework.OTHER_CURATIVE, 9_000)
    ]
    assert world.tally.total_care.tolist() == [100, 9_200, 500_300, 100, 0, 0]
    assert world.care.month_cost.tolist() == [0, 9_000, 500_000, 0, 0, 0]


def test_who_dies_of_an_attack_is_still_paid_for(world):
    world.health.struck[4] = 2
    settle_other_care(world)

    assert [line[0] for line in lines(world, "admission")] == [4]
    assert world.tally.total_care[4] == 500_000


def test_therapy_in_hospital_lasts_until_its_month_and_is_for_the_living(world):
    world.care.hospital_until[:] = [MONTH, MONTH + 1, 0, MONTH + 5, MONTH + 5, MONTH + 5]
    settle_other_care(world)

    assert lines(world, "hospital_therapy") == [
        (row, Party.INSURER, insurer, Party.HOSPITAL, 0, insurer, Framework.HOSPITAL, 40_000)
        for row, insurer in ((1, 1), (3, 9))
    ]
    assert world.tally.hospital_therapy.tolist() == [0, 40_000, 0, 40_000, 0, 0]
    assert world.tally.total_care.tolist() == [100, 40_200, 300, 40_100, 0, 0]
    assert world.care.month_cost.tolist() == [0, 40_000, 0, 40_000, 0, 0]

"""Care for COPD outside physiotherapy: what lung attacks, hospital therapy and the rest cost.

The insurer one has now pays it: a bundle quarter buys physiotherapy only.
"""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import ALIVE, GOLD_STAGES, INSURERS
from model.ledger import NOBODY, Framework, Party
from model.rules import allocating_phase

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import Health, Person, Tally


def settle_other_care(world: "World") -> None:
    """Settle a month of it."""
    _settle_lung_attacks(world)
    _settle_hospital_therapy(world)
    _settle_steady_care(world)


def _settle_lung_attacks(world: "World") -> None:
    """Settle admissions (hospital) and other lung attacks (GP, medicines)."""
    health, rows, c = world.health, world.rows, world.constants["settlement"]
    struck = np.flatnonzero(health.struck[:rows] != 0)
    admitted = health.struck[struck] == 2
    for row, clause, framework, payee, amount in (
        (struck[admitted], "admission", Framework.HOSPITAL, Party.HOSPITAL, c.admission),
        (
            struck[~admitted],
            "lung_attack",
            Framework.OTHER_CURATIVE,
            Party.OTHER_PROVIDERS,
            c.attack,
        ),
    ):
        insurer = world.person.insurer[row]
        world.ledger.post(
            world.month,
            clause,
            framework,
            Party.INSURER,
            insurer,
            payee,
            np.int32(0),
            row,
            insurer,
            np.full(row.size, amount, dtype=np.int64),
        )
        world.tally.total_care[row] += amount
        world.care.month_cost[row] += amount


def _settle_hospital_therapy(world: "World") -> None:
    """Settle exercise therapy in hospital of those who gave up on physiotherapy."""
    rows, care = world.rows, world.care
    who = np.flatnonzero(care.hospital_until[:rows] > world.month)
    who = who[world.health.alive[who] == ALIVE]
    insurer = world.person.insurer[who]
    amount = np.full(who.size, world.constants["settlement"].hospital_month, dtype=np.int64)
    world.ledger.post(
        world.month, "hospital_therapy", Framework.HOSPITAL, Party.INSURER, insurer, Party.HOSPITAL,
        np.int32(0), who, insurer, amount,
    )  # fmt: skip
    world.tally.hospital_therapy[who] += amount
    world.tally.total_care[who] += amount
    care.month_cost[who] += amount


def _settle_steady_care(world: "World") -> None:
    """Settle the steady cost of COPD care outside physiotherapy, one line per insurer."""
    by_insurer = _steady_care(
        world.rows,
        world.health,
        world.person,
        world.tally,
        world.constants["settlement"].other_care,
        len(INSURERS),
    )
    number = np.arange(len(INSURERS))
    world.ledger.post(
        world.month,
        "other_copd_care",
        Framework.OTHER_CURATIVE,
        Party.INSURER,
        number,
        Party.OTHER_PROVIDERS,
        np.int32(0),
        np.int32(NOBODY),
        number,
        by_insurer,
    )


@allocating_phase
def _steady_care(
    rows: int,
    health: "Health",
    person: "Person",
    tally: "Tally",
    by_stage: np.ndarray,
    insurers: int,
) -> np.ndarray:
    """Add the month's amount to everyone alive; return the sum per insurer, cents."""
    total = np.zeros(insurers, dtype=np.int64)
    for i in range(rows):
        if health.alive[i] == ALIVE:
            amount = by_stage[health.gold[i] - GOLD_STAGES[0]]
            tally.total_care[i] += amount
            total[person.insurer[i]] += amount
    return total

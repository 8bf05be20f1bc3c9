"""Choosing a practice: the nearest few, by size, distance, wait and reputation."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.seeking import appeal, expected_wait, first_considered, reputation, ring_distance
from model.codes import WAITING
from model.register import GPE, of_practices
from model.rules import allocating_phase, phase

if TYPE_CHECKING:
    from model.simulation import World

#: What patients can see of practices, and how they weigh it. Arrays are of shape (practices,),
#: ``region_start`` of shape (regions + 1,).
Market = namedtuple(
    "Market",
    "region_start staff wait reputation considered spacing per_km per_month per_reputation",
)


def market(world: "World") -> Market:
    """Return what patients weigh this month."""
    p, practices = world.p, world.practices
    return Market(
        region_start=practices.region_start,
        staff=practices.staff,
        wait=world.waits,
        reputation=world.reputations,
        considered=int(p.practices_considered),
        spacing=p.practice_spacing,
        per_km=p.choice_per_km,
        per_month=p.choice_per_month_wait,
        per_reputation=p.choice_per_reputation,
    )


@phase
def choose_practice(u: float, place: float, region: int, without: int, m: Market) -> int:
    """Return a practice by one draw, in proportion to ``appeal``.

    Args:
        u: Uniform draw.
        place: Where the person lives on the ring of the region.
        region: Region of the person.
        without: Practice that is passed over if there are others, -1 for none.
        m: The market.
    """
    first = m.region_start[region]
    count = m.region_start[region + 1] - first
    considered = min(m.considered, count)
    start = first_considered(place, count, considered)
    chosen, passed, wanted = -1, 0.0, 0.0
    for summing in (True, False):
        for k in range(considered):
            number = (start + k) % count
            practice = first + number
            if considered > 1 and practice == without:
                continue
            distance = ring_distance(place, number, count, m.spacing)
            passed += appeal(
                m.staff[practice], distance, m.per_km, m.wait[practice], m.per_month,
                m.reputation[practice], m.per_reputation,
            )  # fmt: skip
            chosen = practice
            if not summing and passed > wanted:
                return chosen  # type: ignore[no-any-return] # a row number
        wanted, passed = u * passed, 0.0
    return chosen


@phase
def wait_nearby(place: float, region: int, m: Market) -> float:
    """Return the wait a person expects, months: the mean of the nearest practices by their staff.

    Args:
        place: Where the person lives on the ring of the region.
        region: Region of the person.
        m: The market.
    """
    first = m.region_start[region]
    count = m.region_start[region + 1] - first
    considered = min(m.considered, count)
    start = first_considered(place, count, considered)
    staff, months = 0.0, 0.0
    for k in range(considered):
        practice = first + (start + k) % count
        staff += m.staff[practice]
        months += m.staff[practice] * m.wait[practice]
    return months / staff if staff > 0.0 else 0.0


@phase
def nearest_distance(place: float, region: int, m: Market) -> float:
    """Return the distance from a person to the nearest practice, km."""
    count = m.region_start[region + 1] - m.region_start[region]
    return ring_distance(place, min(count - 1, int(place * count)), count, m.spacing)


@allocating_phase
def _waits(load: np.ndarray, queue: np.ndarray, capacity: np.ndarray, freed: float) -> np.ndarray:
    out = np.empty(load.size)
    for k in range(load.size):
        out[k] = expected_wait(load[k], queue[k], capacity[k], freed)
    return out


def waits(world: "World") -> np.ndarray:
    """Return the expected wait at each practice, months, from its load and those who wait there."""
    care, practices = world.care, world.practices
    waiting = np.flatnonzero(care.status[: world.rows] == WAITING)
    sessions = care.need[waiting] * world.constants["intake"].first_share / 3.0
    queue = np.bincount(care.practice[waiting], sessions, practices.count)
    return _waits(world.load, queue, world.capacity, world.p.places_freed_share)


def reputations(world: "World") -> np.ndarray:
    """Return each practice's reputation, in January, from how last year's patients felt."""
    patients, better = of_practices(world.books.register, GPE)
    asked = float(patients.sum())
    national = float(better.sum()) / asked if asked else 0.0
    icc = world.p.kpi_icc_practice
    return np.array(
        [reputation(b, n, national, icc) for b, n in zip(better, patients, strict=True)]
    )

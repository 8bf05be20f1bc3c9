"""Why a patient asked for care, and why at that practice.

Noted right after the phase in which patients ask; for who does not ask the same is worked out when
somebody looks, as it stands then.
"""

from dataclasses import dataclass
from typing import Any

from agents.seeking import appeal, asking_rate, first_considered, hindrance, ring_distance
from model.month.choice import market, nearest_distance, wait_nearby

CENTS_OF_HUNDRED_EUROS = 10_000.0


@dataclass(frozen=True)
class Nearest:
    """A practice that a patient considers.

    Attributes:
        practice: Its number, from 0.
        distance: Kilometres.
        wait: Expected, months.
        reputation: Share of its patients who feel better, above the national share.
        appeal: Its weight in the choice.
        chance: With which it is chosen.
    """

    practice: int
    distance: float
    wait: float
    reputation: float
    appeal: float
    chance: float


@dataclass(frozen=True)
class Sought:
    """What moves a patient to ask, or not.

    Attributes:
        month: Month it was noted.
        ccq: Burden of disease.
        attacked: Whether there was a lung attack lately.
        rate: Chance of asking in a month if nothing is in the way.
        deductible: Open deductible, EUR.
        distance, wait: To the nearest practice, km; expected nearby, months.
        refused: Whether a practice refused the patient lately.
        kept: Share of the chance that is left by what is in the way.
        practices: Practices considered, most likely first.
    """

    month: int
    ccq: float
    attacked: bool
    rate: float
    deductible: float
    distance: float
    wait: float
    refused: bool
    kept: float
    practices: tuple[Nearest, ...]

    @property
    def chance(self) -> float:
        """Chance of asking in a month."""
        return self.rate * self.kept


def see_seeking(world: Any, row: int) -> Sought:
    """Return what moves a patient to ask, in the month in which the world stands."""
    care, person, health = world.care, world.person, world.health
    c, m, month = world.constants["care_seeking"], market(world), world.month
    place, region = person.place[row], person.region[row]
    attacked = bool(health.attacks[row] & c.lately)
    deductible = float(care.deductible_left[row]) / CENTS_OF_HUNDRED_EUROS
    distance, wait = nearest_distance(place, region, m), wait_nearby(place, region, m)
    refused = bool(month < care.refused_until[row])
    return Sought(
        month=month, ccq=float(health.ccq[row]), attacked=attacked,
        rate=float(
            asking_rate(
                c.unhindered, health.ccq[row], c.ccq_slope, c.ccq_reference, attacked,
                c.attack_ratio, c.most,
            )
        ),
        deductible=100.0 * deductible, distance=float(distance), wait=float(wait), refused=refused,
        kept=float(
            hindrance(
                deductible, c.per_deductible, distance, c.per_km, wait, c.per_month, refused,
                c.after_refusal,
            )
        ),
        practices=_nearest(m, place, region),
    )  # fmt: skip


def _nearest(m: Any, place: float, region: int) -> tuple[Nearest, ...]:
    first = int(m.region_start[region])
    count = int(m.region_start[region + 1]) - first
    considered = min(m.considered, count)
    start = int(first_considered(place, count, considered))
    found = []
    for k in range(considered):
        number = (start + k) % count
        one = first + number
        distance = ring_distance(place, number, count, m.spacing)
        weight = appeal(
            m.staff[one], distance, m.per_km, m.wait[one], m.per_month, m.reputation[one],
            m.per_reputation,
        )  # fmt: skip
        found.append((one, distance, m.wait[one], m.reputation[one], weight))
    total = sum(one[-1] for one in found) or 1.0
    listed = (
        Nearest(one, float(d), float(wait), float(r), float(w), float(w / total))
        for one, d, wait, r, w in found
    )
    return tuple(sorted(listed, key=lambda one: -one.chance))

"""Phase: patients seek care. Who asks, and which practice (rules: ``agents.seeking``)."""

import math
from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.seeking import asking_rate, hindrance, mean_hindrance_of_distance
from model.codes import ALIVE, OUTSIDE, PROFILE_3, WAITING
from model.disease import along_fev1
from model.month.choice import choose_practice, market, nearest_distance, wait_nearby, waits
from model.parameters import ParameterSet
from model.physiotherapy import guideline_profile, walk_distance
from model.population import Size, stage_middles
from model.randomness import draw, stream
from model.rules import allocating_phase, phase

if TYPE_CHECKING:
    from model.month.choice import Market
    from model.simulation import World
    from model.state import Care, Health, Person

Constants = namedtuple(
    "Constants",
    "lately rate unhindered per_deductible per_km per_month after_refusal ccq_slope ccq_reference "
    "attack_ratio most walk_2 walk_3 walk_4 middle_2 middle_3 middle_4 walk_gain "
    "training_reference walk_predicted walk_cutoff steps_cutoff",
)


def demand_factor(p: ParameterSet, size: Size) -> float:
    """Return what keeps the number in treatment at its national level, whatever is drawn.

    ``seek_rate`` is fitted at the central number of treated patients and of eligible patients; if
    a draw says there are more treated or fewer eligible, each eligible person asks more often.
    """
    if size.treated_only:
        return 1.0
    treated = p.copd_physio_patients / p.treated_patients_fitted
    return treated * p.gold2plus_patients_fitted / p.gold2plus_patients


def mean_hindrance(p: ParameterSet) -> float:
    """Return the mean hindrance of the baseline, in which ``seek_rate`` was fitted.

    Over the deductible that is open in January, the distance to the nearest practice and the usual
    wait. Hardly anybody was refused.
    """
    kept = math.exp(-p.seek_per_deductible * p.compulsory_deductible / 100.0)
    voluntary = math.exp(-p.seek_per_deductible * p.voluntary_deductible_max / 100.0)
    chooses = p.voluntary_deductible_share
    is_open = kept * (1.0 - chooses + chooses * voluntary)
    used_up = p.deductible_exhausted_anyway_share
    of_deductible = used_up + (1.0 - used_up) * is_open
    of_distance = mean_hindrance_of_distance(p.seek_per_km, p.practice_spacing)
    of_wait = math.exp(-p.seek_per_month_wait * p.wait_nearby_typical)
    return of_deductible * of_distance * of_wait


def constants(p: ParameterSet, size: Size) -> Constants:
    """Collect the parameters this phase uses."""
    middles = stage_middles(p)
    return Constants(
        lately=np.uint16((1 << int(p.recent_attack_months)) - 1),
        rate=p.seek_rate * demand_factor(p, size),
        unhindered=p.seek_rate * demand_factor(p, size) / mean_hindrance(p),
        per_deductible=p.seek_per_deductible,
        per_km=p.seek_per_km,
        per_month=p.seek_per_month_wait,
        after_refusal=p.seek_after_refusal_ratio,
        ccq_slope=p.seek_ccq_slope,
        ccq_reference=p.ccq_baseline_gold3,
        attack_ratio=p.seek_after_attack_ratio,
        most=p.seek_most,
        walk_2=p.sixmwd_baseline_gold2,
        walk_3=p.sixmwd_baseline_gold3,
        walk_4=p.sixmwd_baseline_gold4,
        middle_2=middles[0],
        middle_3=middles[1],
        middle_4=middles[2],
        walk_gain=p.effect_6mwd_initial,
        training_reference=p.training_reference,
        walk_predicted=p.walk_predicted,
        walk_cutoff=p.capacity_cutoff_6mwd_pct_predicted / 100.0,
        steps_cutoff=p.activity_cutoff_steps_per_day,
    )


@phase
def walk_share_of(i: int, person: "Person", health: "Health", c: Constants) -> float:
    """Return a person's true walk as a share of the predicted distance."""
    of_stage = along_fev1(
        health.fev1[i], c.walk_2, c.walk_3, c.walk_4, c.middle_2, c.middle_3, c.middle_4
    )
    walk = walk_distance(
        of_stage, person.walk_offset[i], c.walk_gain, health.training[i], c.training_reference
    )
    return walk / c.walk_predicted  # type: ignore[no-any-return] # constants are untyped


@allocating_phase
def true_walks(rows: np.ndarray, person: "Person", health: "Health", c: Constants) -> np.ndarray:
    """Return the true 6-minute walk of the listed rows, m."""
    out = np.empty(rows.size)
    for k in range(rows.size):
        out[k] = walk_share_of(rows[k], person, health, c) * c.walk_predicted
    return out


@phase
def profile_of(i: int, person: "Person", health: "Health", c: Constants) -> int:
    """Return a person's true guideline profile."""
    share = walk_share_of(i, person, health, c)
    return guideline_profile(share, person.steps[i], c.walk_cutoff, c.steps_cutoff)


@phase
def _seek(
    rows: int,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    c: Constants,
    m: "Market",
    luck_seek: np.uint64,
    luck_practice: np.uint64,
) -> None:
    for i in range(rows):
        u = draw(luck_seek, i)
        if u >= c.most:  # nobody asks that readily, so most persons need not be looked at
            continue
        if care.status[i] != OUTSIDE or health.alive[i] != ALIVE or month < care.pause_until[i]:
            continue
        lately = (health.attacks[i] & c.lately) != 0
        chance = asking_rate(
            c.unhindered,
            health.ccq[i],
            c.ccq_slope,
            c.ccq_reference,
            lately,
            c.attack_ratio,
            c.most,
        )
        if u >= chance:
            continue
        place, region = person.place[i], person.region[i]
        chance *= hindrance(
            care.deductible_left[i] / 100.0 / 100.0, c.per_deductible,
            nearest_distance(place, region, m), c.per_km,
            wait_nearby(place, region, m), c.per_month,
            month < care.refused_until[i], c.after_refusal,
        )  # fmt: skip
        if u >= chance or profile_of(i, person, health, c) < PROFILE_3:
            continue
        care.status[i] = WAITING
        care.ever_asked[i] = 1
        care.waiting_since[i] = month
        care.refusals[i] = 0
        care.practice[i] = choose_practice(draw(luck_practice, i), place, region, -1, m)


def seek_care(world: "World") -> None:
    """Run the phase on a world."""
    month, seed = world.month, world.seed
    world.waits = waits(world)
    _seek(
        world.rows,
        month,
        world.person,
        world.health,
        world.care,
        world.constants["care_seeking"],
        market(world),
        stream(seed, "ask for care", month),
        stream(seed, "choose practice", month),
    )
    # Everybody who waits or is treated this month; later phases need look no further.
    world.in_care = np.flatnonzero(world.care.status[: world.rows] != OUTSIDE)

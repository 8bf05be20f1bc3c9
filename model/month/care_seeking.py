"""Phase: patients seek care. Burden and a recent attack make a person ask for physiotherapy."""

import math
from collections import namedtuple

import numpy as np

from model.codes import ALIVE, OUTSIDE, PROFILE_3, WAITING
from model.disease import along_fev1
from model.parameters import ParameterSet
from model.physiotherapy import guideline_profile, walk_distance
from model.population import Size, stage_middles
from model.randomness import draw, stream
from model.rules import phase, rule

Constants = namedtuple(
    "Constants",
    "lately rate ccq_slope ccq_reference attack_ratio most walk_2 walk_3 walk_4 middle_2 middle_3 "
    "middle_4 walk_gain training_reference walk_predicted walk_cutoff steps_cutoff",
)


@rule
def asking_rate(base, ccq, ccq_slope, ccq_reference, attacked_lately, attack_ratio, most):
    """Return the monthly chance that a person asks for physiotherapy.

    base x exp(slope x (CCQ - reference)) x ratio after an attack, at most ``most``. Fitted to the
    number in treatment and to how much sicker they are (``model/parameters/calibrated.yaml``).
    """
    chance = base * math.exp(ccq_slope * (ccq - ccq_reference))
    if attacked_lately:
        chance *= attack_ratio
    return min(most, chance)


@rule
def practice_by_size(u, first, last, weight_upto):
    """Return one practice of a region, chosen in proportion to its size.

    Args:
        u: Uniform draw.
        first: First practice of the region.
        last: Last practice of the region plus one.
        weight_upto: Running sum of staff over all practices.
    """
    before = weight_upto[first - 1] if first > 0 else 0.0
    wanted = before + u * (weight_upto[last - 1] - before)
    low, high = first, last - 1
    while low < high:
        middle = (low + high) // 2
        if weight_upto[middle] > wanted:
            high = middle
        else:
            low = middle + 1
    return low


def demand_factor(p: ParameterSet, size: Size) -> float:
    """Return what keeps the number in treatment at its national level, whatever is drawn.

    ``seek_rate`` is fitted at the central number of treated patients and of eligible patients; if
    a draw says there are more treated or fewer eligible, each eligible person asks more often.
    """
    if size.treated_only:
        return 1.0
    treated = p.copd_physio_patients / p.treated_patients_fitted
    return treated * p.gold2plus_patients_fitted / p.gold2plus_patients


def constants(p: ParameterSet, size: Size) -> Constants:
    """Collect the parameters this phase uses."""
    middles = stage_middles(p)
    return Constants(
        lately=np.uint16((1 << int(p.recent_attack_months)) - 1),
        rate=p.seek_rate * demand_factor(p, size),
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
def walk_share_of(i, person, health, c):
    """Return a person's true walk as a share of the predicted distance."""
    of_stage = along_fev1(
        health.fev1[i], c.walk_2, c.walk_3, c.walk_4, c.middle_2, c.middle_3, c.middle_4
    )
    walk = walk_distance(
        of_stage, person.walk_offset[i], c.walk_gain, health.training[i], c.training_reference
    )
    return walk / c.walk_predicted


@phase
def true_walks(rows, person, health, c):
    """Return the true 6-minute walk of the listed rows, m."""
    out = np.empty(rows.size)
    for k in range(rows.size):
        out[k] = walk_share_of(rows[k], person, health, c) * c.walk_predicted
    return out


@phase
def profile_of(i, person, health, c):
    """Return a person's true guideline profile."""
    share = walk_share_of(i, person, health, c)
    return guideline_profile(share, person.steps[i], c.walk_cutoff, c.steps_cutoff)


@phase
def _seek(
    rows, month, person, health, care, c, region_start, weight_upto, luck_seek, luck_practice
):
    for i in range(rows):
        if care.status[i] != OUTSIDE or health.alive[i] != ALIVE or month < care.pause_until[i]:
            continue
        u = draw(luck_seek, i)
        if u >= c.most:
            continue
        lately = (health.attacks[i] & c.lately) != 0
        chance = asking_rate(
            c.rate, health.ccq[i], c.ccq_slope, c.ccq_reference, lately, c.attack_ratio, c.most
        )
        if u >= chance or profile_of(i, person, health, c) < PROFILE_3:
            continue
        region = person.region[i]
        care.status[i] = WAITING
        care.ever_asked[i] = 1
        care.waiting_since[i] = month
        care.refusals[i] = 0
        care.practice[i] = practice_by_size(
            draw(luck_practice, i), region_start[region], region_start[region + 1], weight_upto
        )


def seek_care(world) -> None:
    """Run the phase on a world."""
    month, seed = world.month, world.seed
    _seek(
        world.rows,
        month,
        world.person,
        world.health,
        world.care,
        world.constants["care_seeking"],
        world.practices.region_start,
        world.practices.weight_upto,
        stream(seed, "ask for care", month),
        stream(seed, "choose practice", month),
    )
    # Everybody who waits or is treated this month; later phases need look no further.
    world.in_care = np.flatnonzero(world.care.status[: world.rows])

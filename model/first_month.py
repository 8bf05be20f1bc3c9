"""The first month: who is already in treatment when the simulated history starts.

Only the start of the warm-up depends on this; two years later hardly anything of it is left.
"""

import math
from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.seeking import asking_rate
from model.codes import PROFILE_3, REGULAR_CONTRACT, TREATED
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS, MONTHS_PER_QUARTER
from model.month.care_seeking import profile_of, true_walks
from model.month.choice import choose_practice, market
from model.month.delivery import LIFETIME_MOST, sessions_upto
from model.month.examination import assess, class_scores, set_need
from model.month.grading import class_on_file
from model.parameters import ParameterSet
from model.physiotherapy import quarter_need
from model.randomness import ONCE, draw, draws, stream
from model.rules import allocating_phase, phase

if TYPE_CHECKING:
    from model.month import care_seeking, planning
    from model.month.choice import Market
    from model.simulation import World
    from model.state import Care, Health, Person

Constants = namedtuple(
    "Constants", "quarters_mean quarters_most class_upgrade_share quarter_most training"
)


def first_constants(p: ParameterSet) -> Constants:
    """Collect the parameters of the first month."""
    return Constants(
        quarters_mean=p.initial_quarters_mean,
        quarters_most=int(p.initial_quarters_most),
        class_upgrade_share=p.class_upgrade_share,
        quarter_most=0.25 * p.sessions_most_per_year,
        training=p.initial_training,
    )


@allocating_phase
def _asking_weights(
    rows: int,
    person: "Person",
    health: "Health",
    c: "care_seeking.Constants",
    everybody: bool,
) -> np.ndarray:
    weight = np.zeros(rows)
    for i in range(rows):
        if everybody or profile_of(i, person, health, c) >= PROFILE_3:
            weight[i] = asking_rate(
                c.rate, health.ccq[i], c.ccq_slope, c.ccq_reference, False, c.attack_ratio, c.most
            )
    return weight


def place_in_treatment(world: "World") -> None:
    """Put the first patients in treatment, each somewhere in their own episode."""
    count, p = world.size.patients, world.p
    seeking = world.constants["care_seeking"]
    weight = _asking_weights(count, world.person, world.health, seeking, world.size.treated_only)
    if world.size.treated_only:
        treated = np.arange(count)
    else:
        wanted = p.initial_treated_ratio * p.copd_physio_patients / world.size.scale
        chance = np.minimum(1.0, wanted * weight / max(weight.sum(), 1e-12))
        treated = np.flatnonzero(draws(stream(world.seed, "start in treatment"), count) < chance)
    if world.practices.count == 0:
        treated = treated[:0]  # there is nobody to treat them, nor will there be
        world.care.pause_until[:] = np.iinfo(np.int16).max
    assess(treated, world.person, world.health, world.care, seeking, world.constants["intake"])
    set_need(
        treated, class_scores(world, treated), world.person, world.care, world.constants["intake"]
    )
    _place(
        treated, world.person, world.health, world.care, market(world), first_constants(p),
        world.constants["planning"], world.maxima, world.practices.per_practice, world.load,
        Luck(*(stream(world.seed, f"start {name.rstrip('_')}", ONCE) for name in Luck._fields)),
    )  # fmt: skip
    world.care.walk_intake[treated] = true_walks(treated, world.person, world.health, seeking)
    world.care.lifetime_sessions[treated] = _sessions_so_far(world, treated)


#: Streams of the luck of the first patients.
Luck = namedtuple("Luck", "quarter place month practice therapist class_ rounding")


@phase
def _place(
    treated: np.ndarray,
    person: "Person",
    health: "Health",
    care: "Care",
    nearby: "Market",
    c: Constants,
    planning: "planning.Constants",
    maxima: np.ndarray,
    per_practice: int,
    load: np.ndarray,
    luck: Luck,
) -> None:
    """Put each of the listed persons somewhere in an episode of treatment."""
    for i in treated:
        quarter = min(int(-math.log(draw(luck.quarter, i)) * c.quarters_mean), c.quarters_most)
        if care.wants_maintenance[i] == 0:
            quarter = int(draw(luck.place, i) * FIRST_YEAR_QUARTERS)
        month = int(draw(luck.month, i) * MONTHS_PER_QUARTER)
        done = MONTHS_PER_QUARTER * quarter + month
        practice = choose_practice(
            draw(luck.practice, i), person.place[i], person.region[i], -1, nearby
        )
        care.status[i] = TREATED
        care.ever_asked[i] = 1
        care.last_care[i] = -1
        care.practice[i] = practice
        care.therapist[i] = practice * per_practice + int(draw(luck.therapist, i) * per_practice)
        care.treated_by[i] = practice
        care.contract[i] = REGULAR_CONTRACT
        care.payer[i] = person.insurer[i]
        care.weight_class[i] = care.profile[i] - PROFILE_3
        care.treatment_year_start[i] = -(done % 12)
        care.first_year[i] = done < 12
        care.filed_class[i] = class_on_file(
            care.entitlement_class[i], done < 12, care.need[i], maxima, draw(luck.class_, i),
            c.class_upgrade_share,
        )  # fmt: skip
        care.quarter[i] = quarter
        care.quarter_month[i] = month
        need = quarter_need(care.need[i], quarter, planning.shares, planning.maintenance_ratio)
        plan = min(need, c.quarter_most)
        care.need_quarter[i] = need
        care.plan[i] = plan
        care.rounding[i] = draw(luck.rounding, i)
        care.attends[i] = 1.0
        done_now = sessions_upto(plan, month - 1, care.rounding[i]) if month > 0 else 0
        care.planned_so_far[i] = done_now
        care.delivered[i] = done_now
        health.training[i] = c.training
        care.ccq_before[i] = health.ccq[i]
        care.ccq_intake[i] = health.ccq[i]
        load[practice] += plan / MONTHS_PER_QUARTER


def _sessions_so_far(world: "World", treated: np.ndarray) -> np.ndarray:
    """Return how many sessions the first patients have had in this episode, as they needed."""
    care, shares = world.care, world.constants["planning"].shares
    quarter = care.quarter[treated]
    first_year = np.concatenate([[0.0], np.cumsum(shares)])[np.minimum(quarter, len(shares))]
    later = np.maximum(0, quarter - len(shares)) / len(shares) * world.p.maintenance_ratio
    before = np.rint(care.need[treated] * (first_year + later))
    result: np.ndarray = np.minimum(before + care.delivered[treated], LIFETIME_MOST)
    return result

"""The first month: who is already in treatment when the simulated history starts.

Only the start of the warm-up depends on this; two years later hardly anything of it is left.
"""

import math

import numpy as np

from agents.seeking import asking_rate
from model.codes import PROFILE_3, REGULAR_CONTRACT, TREATED
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.month.care_seeking import profile_of, true_walks
from model.month.choice import Market, choose_practice, market
from model.month.delivery import LIFETIME_MOST, sessions_upto
from model.month.examination import assess, class_scores, set_need
from model.month.grading import class_on_file
from model.physiotherapy import quarter_need
from model.randomness import ONCE, draw, draws, stream
from model.rules import phase


@phase
def _asking_weights(rows, person, health, c, everybody):
    weight = np.zeros(rows)
    for i in range(rows):
        if everybody or profile_of(i, person, health, c) >= PROFILE_3:
            weight[i] = asking_rate(
                c.rate, health.ccq[i], c.ccq_slope, c.ccq_reference, False, c.attack_ratio, c.most
            )
    return weight


def place_in_treatment(world) -> None:
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
    luck = {
        name: stream(world.seed, f"start {name}", ONCE)
        for name in ("quarter", "place", "month", "practice", "therapist", "class", "rounding")
    }
    nearby = market(world)
    for i in treated:
        _place(world, int(i), luck, nearby)
    world.care.walk_intake[treated] = true_walks(treated, world.person, world.health, seeking)
    world.care.lifetime_sessions[treated] = _sessions_so_far(world, treated)


def _place(world, i: int, luck: dict, nearby: Market) -> None:
    """Put one person somewhere in an episode of treatment."""
    p, care, practices = world.p, world.care, world.practices
    quarter = min(
        int(-math.log(draw(luck["quarter"], i)) * p.initial_quarters_mean),
        int(p.initial_quarters_most),
    )
    if not care.wants_maintenance[i]:
        quarter = int(draw(luck["place"], i) * FIRST_YEAR_QUARTERS)
    month = int(draw(luck["month"], i) * 3)
    done = 3 * quarter + month
    person = world.person
    care.status[i] = TREATED
    care.ever_asked[i] = 1
    care.last_care[i] = -1
    care.practice[i] = choose_practice(
        draw(luck["practice"], i), person.place[i], person.region[i], -1, nearby
    )
    care.therapist[i] = care.practice[i] * practices.per_practice + int(
        draw(luck["therapist"], i) * practices.per_practice
    )
    care.treated_by[i] = care.practice[i]
    care.contract[i] = REGULAR_CONTRACT
    care.payer[i] = person.insurer[i]
    care.weight_class[i] = care.profile[i] - PROFILE_3
    care.treatment_year_start[i] = -(done % 12)
    care.first_year[i] = done < 12
    care.filed_class[i] = class_on_file(
        care.entitlement_class[i],
        done < 12,
        care.need[i],
        world.maxima,
        draw(luck["class"], i),
        p.class_upgrade_share,
    )
    care.quarter[i] = quarter
    care.quarter_month[i] = month
    shares = world.constants["planning"].shares
    need = quarter_need(care.need[i], quarter, shares, p.maintenance_ratio)
    care.need_quarter[i] = need
    care.plan[i] = plan = min(need, 0.25 * p.sessions_most_per_year)
    care.rounding[i] = draw(luck["rounding"], i)
    care.attends[i] = 1.0
    done_now = sessions_upto(plan, month - 1, care.rounding[i]) if month else 0
    care.planned_so_far[i] = care.delivered[i] = done_now
    world.health.training[i] = p.initial_training
    care.ccq_intake[i] = care.ccq_before[i] = world.health.ccq[i]
    world.load[care.practice[i]] += plan / 3.0


def _sessions_so_far(world, treated: np.ndarray) -> np.ndarray:
    """Return how many sessions the first patients have had in this episode, as they needed."""
    care, shares = world.care, world.constants["planning"].shares
    quarter = care.quarter[treated]
    first_year = np.concatenate([[0.0], np.cumsum(shares)])[np.minimum(quarter, len(shares))]
    later = np.maximum(0, quarter - len(shares)) / len(shares) * world.p.maintenance_ratio
    before = np.rint(care.need[treated] * (first_year + later))
    return np.minimum(before + care.delivered[treated], LIFETIME_MOST)

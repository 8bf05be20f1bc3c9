"""Phase: sessions train, rest undoes it, and burden and quality of life follow."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from model.codes import ALIVE
from model.disease import along_fev1, burden, utility
from model.parameters import ParameterSet
from model.physiotherapy import monthly_retention, next_training
from model.population import stage_middles
from model.rules import phase

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import Care, Health, Person, Tally

Constants = namedtuple(
    "Constants",
    "tau retention gain ccq_2 ccq_3 ccq_4 middle_2 middle_3 middle_4 utility_of_stage "
    "utility_per_ccq hospital_sessions",
)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    middles = stage_middles(p)
    return Constants(
        tau=p.training_tau_sessions,
        retention=monthly_retention(p.training_half_life_months),
        gain=p.training_hmax_ccq,
        ccq_2=p.ccq_baseline_gold2,
        ccq_3=p.ccq_baseline_gold3,
        ccq_4=p.ccq_baseline_gold4,
        middle_2=middles[0],
        middle_3=middles[1],
        middle_4=middles[2],
        utility_of_stage=np.array([0.0, 0.0, p.eq5d_gold2, p.eq5d_gold3, p.eq5d_gold4]),
        utility_per_ccq=p.utility_per_ccq_point,
        hospital_sessions=p.hospital_sessions_per_month,
    )


@phase
def _train(
    rows: int,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    tally: "Tally",
    c: Constants,
    effect: np.ndarray,
) -> None:
    for i in range(rows):
        if health.alive[i] != ALIVE:
            continue
        sessions = (care.sessions[i] + care.uncovered[i]) * effect[care.mode[i]]
        sessions *= 1.0 - care.teaching[i]  # who trains for the test does not train the patient
        if month < care.hospital_until[i]:
            sessions += c.hospital_sessions
        h = health.training[i]
        if sessions > 0 or h > 0.0:
            h = next_training(h, sessions, c.retention, c.tau)
            health.training[i] = h
        of_stage = along_fev1(
            health.fev1[i], c.ccq_2, c.ccq_3, c.ccq_4, c.middle_2, c.middle_3, c.middle_4
        )
        ccq = burden(of_stage, person.ccq_offset[i], c.gain, h)
        health.ccq[i] = ccq
        value = utility(c.utility_of_stage[health.gold[i]], ccq, of_stage, c.utility_per_ccq)
        tally.qalys[i] += value / 12.0
        tally.months[i] += 1
        if care.ever_asked[i] == 1:
            tally.asked_months[i] += 1
            tally.ccq_sum[i] += ccq


def train(world: "World") -> None:
    """Run the phase on a world."""
    _train(
        world.rows,
        world.month,
        world.person,
        world.health,
        world.care,
        world.tally,
        world.constants["training"],
        world.constants["modes"].effect,
    )

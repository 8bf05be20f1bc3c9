"""A year of a practice: whether COPD care made a loss, and how content its therapists are."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.therapist import Satisfaction, job_satisfaction
from model.codes import INDIVIDUAL, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.risk import kept_result_sd, loss_probability
from model.expectations import MINUTES_PER_HOUR
from model.month.joining import joined_share
from model.parameters import ParameterSet
from model.physiotherapy import first_calendar_share, first_year_shares
from model.rules import allocating_phase

if TYPE_CHECKING:
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import PracticeTally

WEEKS_PER_YEAR = 52.0

Constants = namedtuple(
    "Constants",
    "weights full_cost cost_cv autonomy_fee autonomy_bundle admin_other_care calendar_share",
)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters of the job-satisfaction index."""
    return Constants(
        weights=Satisfaction(
            base=p.satisfaction_base,
            autonomy=p.satisfaction_autonomy,
            admin=p.satisfaction_admin,
            admin_free=p.satisfaction_admin_free,
            mismatch=p.satisfaction_mismatch,
            loss=p.satisfaction_loss,
            gaming=p.satisfaction_gaming,
        ),
        full_cost=p.full_cost_per_session,
        cost_cv=p.cost_cv_per_patient,
        autonomy_fee=p.autonomy_fee,
        autonomy_bundle=p.autonomy_bundle,
        admin_other_care=p.admin_hours_other_care,
        calendar_share=first_calendar_share(first_year_shares(p)),
    )


@allocating_phase
def _satisfaction(
    t: "PracticeTally",
    patients: np.ndarray,
    rewards: "Rewards",
    autonomy: np.ndarray,
    staffed: np.ndarray,
    cost_factor: np.ndarray,
    c: Constants,
) -> np.ndarray:
    """Return the index per practice; 0 where there was no COPD care.

    What a session brings, and what a stop-loss pays, is taken at the largest insurer, of an
    individual patient in the class by the middle. Administration is done by who is there: by one
    locum at least.
    """
    fees = rewards.session[:, 0, 1, INDIVIDUAL]
    out = np.zeros(patients.size)
    for row in range(patients.size):
        if t.sessions[row] <= 0.0:
            continue
        quarters = max(1.0, t.quarters[row])
        n = max(1, patients[row])
        on_policy = t.policy_quarters[row] / quarters
        fee = fees[REGULAR_CONTRACT] * (1.0 - on_policy) + fees[POLICY_CONTRACT] * on_policy
        margin = (t.revenue[row] - t.cost[row]) / 100.0 / n
        # A stop-loss looks at calendar years; rewards state it for a whole treatment year.
        sd = kept_result_sd(
            fee, cost_factor[row] * c.full_cost, t.sessions[row] / n,
            rewards.reference[POLICY_CONTRACT, 0, INDIVIDUAL], c.cost_cv,
            rewards.attachment[POLICY_CONTRACT, 0] * c.calendar_share,
            on_policy * rewards.stop_share[POLICY_CONTRACT, 0] / c.calendar_share,
        )  # fmt: skip
        hours = t.admin[row] / MINUTES_PER_HOUR / WEEKS_PER_YEAR / max(1, staffed[row])
        out[row] = job_satisfaction(
            autonomy[0] * (1.0 - on_policy) + autonomy[1] * on_policy,
            c.admin_other_care + hours,
            t.gap[row] / t.need[row] if t.need[row] > 0.0 else 0.0,
            loss_probability(margin, sd, n),
            t.upcoded[row] / quarters,
            c.weights,
        )
    return out


def _autonomy(world: "World") -> np.ndarray:
    """Return the freedom that the regular contract and the policy's leave, 0 to 1, shape (2,).

    Who is not paid by the session need not give account of each.
    """
    c = world.constants["practice_year"]
    free = world.contracts[-1].per_patient
    return np.array([c.autonomy_fee, c.autonomy_bundle if free else c.autonomy_fee])


def treated_patients(world: "World") -> np.ndarray:
    """Return the patients with at least one session this year, by the practice that treated."""
    treated = world.tally.sessions[: world.rows] > 0
    return np.bincount(
        world.care.treated_by[: world.rows][treated], minlength=world.practices.count
    )


def practice_year(world: "World") -> dict[str, np.ndarray]:
    """Return loss, joining, job satisfaction, people and activity, one value per practice."""
    t, patients = world.practice_tally, treated_patients(world)
    active = t.sessions > 0
    per_practice = world.practices.per_practice
    return {
        "active": active.astype(float),
        "joined": active * joined_share(world),
        "loss": (active & (t.cost > t.revenue)).astype(float),
        "satisfaction": _satisfaction(
            t, patients, world.rewards, _autonomy(world), world.people.staffed,
            world.practices.cost_factor,
            world.constants["practice_year"],
        ),
        "left": world.people.left.astype(float),
        "staffed": world.people.staffed.astype(float),
        "vacant": per_practice - world.people.filled(per_practice).astype(float),
        "posts": np.full(world.practices.count, float(per_practice)),
        "size": world.practices.large.astype(np.int64),
    }  # fmt: skip

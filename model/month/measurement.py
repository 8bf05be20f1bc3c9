"""Phase: outcomes are measured with noise, at the end of each patient's first quarter."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.attending import response_chance
from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import weight_under
from agents.measuring import (
    EXCEPTED,
    LEFT_OUT,
    exception_trouble,
    measurement_loss,
    measuring_choice,
)
from model.codes import GOLD_STAGES, TREATED
from model.contracts.noise import crowded_rho, inflation
from model.contracts.quarter_bundle import MONTHS_PER_QUARTER
from model.month.care_seeking import true_walks
from model.parameters import ParameterSet
from model.randomness import draws, normal_draws, stream
from model.register import (
    CCQ_CHANGE,
    GPE,
    MEASURED,
    PREM,
    RELEVANT_CHANGE,
    WALK_CHANGE,
    account_of,
    record,
)
from model.rules import phase, rule

if TYPE_CHECKING:
    from agents.drives import Drives
    from model.register import Register
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, PracticeTally, Tally

Constants = namedtuple(
    "Constants",
    "sem relevant walk_sd gpe_sd prem_mean prem_sd prem_per_need response response_per_ccq "
    "ccq_typical gaming_ccq gaming_walk leave_out_cost exception_share exception_cost early_factor "
    "test_reach",
)

PREM_TOP = 10.0  # the questionnaire's scale runs from 0 to 10
#: First month of the last quarter of a calendar year, January being 0.
LAST_QUARTER = 12 - MONTHS_PER_QUARTER


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses.

    What it costs to inflate a measurement is known per CCQ point; a metre of walk counts as the
    part of a CCQ point that is as relevant to the patient (minimal important differences).
    """
    return Constants(
        sem=p.ccq_measurement_sem,
        relevant=p.mcid_ccq,
        walk_sd=p.walk_measurement_sd,
        gpe_sd=p.gpe_noise_sd,
        prem_mean=p.prem_mean,
        prem_sd=p.prem_sd,
        prem_per_need=p.prem_per_share_of_need,
        response=p.questionnaire_response_share,
        response_per_ccq=p.response_per_ccq,
        ccq_typical=p.treated_ccq_typical,
        gaming_ccq=p.kpi_gaming_cost,
        gaming_walk=p.kpi_gaming_cost * (p.mcid_ccq / p.mcid_6mwd) ** 2,
        leave_out_cost=p.kpi_leave_out_cost,
        exception_share=p.kpi_exception_share,
        exception_cost=p.kpi_exception_cost,
        early_factor=p.kpi_exception_early_factor,
        test_reach=p.kpi_test_reach,
    )


@rule
def experience(mean: float, noise: float, per_need: float, given: int, need: float) -> float:
    """Return a patient's experience score, 0 to 10: lower if part of the need was not met.

    Args:
        mean: Mean score of patients whose need is met.
        noise: Personal deviation.
        per_need: Points lost when nothing of the need is met.
        given: Sessions given in the quarter.
        need: Sessions needed.
    """
    unmet = max(0.0, 1.0 - given / need) if need > 0.0 else 0.0
    return min(PREM_TOP, max(0.0, mean + noise - per_need * unmet))


@phase
def _measure(
    rows: np.ndarray, health: "Health", care: "Care", tally: "Tally", of_practice: "PracticeTally",
    register: "Register", c: Constants, drives: "Drives", rewards: "Rewards", trouble: float,
    walks: np.ndarray, ccq_noise: np.ndarray, walk_noise: np.ndarray, gpe_noise: np.ndarray,
    prem_noise: np.ndarray, luck_response: np.ndarray, luck_reason: np.ndarray,
) -> None:  # fmt: skip
    for k in range(rows.size):
        i = rows[k]
        # The quarter that ends is measured for who paid it.
        contract, insurer, gold = care.contract[i], care.payer[i], health.gold[i]
        kind, account = care.weight_class[i], account_of(care.practice[i], insurer)
        theory = drives.theory[care.therapist[i]]
        seen = contract_in_mind(theory, contract)
        rho = drives.rho_grading[care.therapist[i]]
        weight = weight_under(theory, crowded_rho(rho, rewards.crowding[seen, insurer]))
        measured = health.ccq[i] + c.sem * ccq_noise[k]
        tally.followed[i] += 1
        of_practice.followed[care.practice[i]] += 1.0
        of_practice.fall[care.practice[i]] += care.ccq_before[i] - health.ccq[i]
        if care.ccq_intake[i] - measured >= c.relevant:
            tally.improved[i] += 1
        # On paper a measurement may look better than it was, if the therapist holds the pen.
        on_paper = inflation(weight, rewards.gaming[seen, insurer, 0], c.gaming_ccq)
        choice = measuring_choice(
            measurement_loss(
                rewards.answer_pull[seen, insurer],
                rewards.answer_par[seen, insurer, kind, gold - GOLD_STAGES[0]],
                care.ccq_intake[i] - health.ccq[i] + on_paper,
            ),
            rewards.completeness[seen, insurer], weight, c.leave_out_cost,
            luck_reason[k] < c.exception_share, trouble,
        )  # fmt: skip
        if choice == EXCEPTED:
            tally.excepted[i] += 1
            continue
        walk_on_paper = inflation(weight, rewards.gaming[seen, insurer, 1], c.gaming_walk)
        walk_on_paper += c.test_reach * care.teaching[i]
        walk = walks[k] + c.walk_sd * walk_noise[k] - care.walk_intake[i] + walk_on_paper
        record(register, WALK_CHANGE, account, kind, gold, walk)
        tally.left_out[i] += choice == LEFT_OUT
        answers = choice != LEFT_OUT and luck_response[k] < response_chance(
            c.response, health.ccq[i], c.response_per_ccq, c.ccq_typical
        )
        record(register, MEASURED, account, kind, gold, 1.0 if answers else 0.0)
        if not answers:
            continue
        tally.answered[i] += 1
        change = care.ccq_intake[i] - measured + on_paper
        record(register, CCQ_CHANGE, account, kind, gold, change)
        relevant = 1.0 if change >= c.relevant else 0.0
        record(register, RELEVANT_CHANGE, account, kind, gold, relevant)
        felt = care.ccq_intake[i] - health.ccq[i] + c.gpe_sd * gpe_noise[k]
        record(register, GPE, account, kind, gold, 1.0 if felt >= c.relevant else 0.0)
        score = experience(
            c.prem_mean, c.prem_sd * prem_noise[k], c.prem_per_need, care.delivered[i],
            care.need_quarter[i],
        )  # fmt: skip
        record(register, PREM, account, kind, gold, score)


def measure_outcomes(world: "World") -> None:
    """Measure those who completed a first quarter; some do not answer, some are not asked.

    Measured = true + noise with the questionnaire's standard error (0.21 CCQ points, Kocks 2006).
    Chance alone lifts some patients over the relevant change; that is in the measure, as in life.
    """
    care, seen, seed, month = world.care, world.in_care, world.seed, world.month
    due = seen[
        (care.status[seen] == TREATED) & (care.quarter_month[seen] == 0) & (care.quarter[seen] == 1)
    ]
    if due.size == 0:
        return
    c = world.constants["measurement"]
    noise = [
        normal_draws(stream(seed, name, month), due)
        for name in ("measure follow-up", "measure walk again", "feel better", "experience")
    ]
    _measure(  # type: ignore[call-arg] # noise is four arrays
        due,
        world.health,
        care,
        world.tally,
        world.practice_tally,
        world.books.register,
        c,
        world.drives,
        world.rewards,
        exception_trouble(c.exception_cost, month % 12, c.early_factor, LAST_QUARTER),
        true_walks(due, world.person, world.health, world.constants["care_seeking"]),
        *noise,
        draws(stream(seed, "answer questionnaires", month), due),
        draws(stream(seed, "reason for an exception", month), due),
    )

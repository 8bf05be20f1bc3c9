"""Phase: treatment is planned at the start of each patient's own quarter."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.theory import (
    extends_under,
    sessions_under,
    stretches_under,
    weight_under,
)
from agents.measuring import quarter_outcome_pay, teaching_share
from model.codes import OUTSIDE, PROFILE_3, REGULAR_CONTRACT, TREATED
from model.contracts.incentives import stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS, phase_of
from model.month.care_seeking import profile_of
from model.month.gaps import gap_before_grading, gap_in_quarter
from model.month.giving_up import give_up
from model.month.grading import class_on_file, count_grading, grade
from model.month.income import quarter_price, supplement_of
from model.month.modes import choose_mode, usual_mode
from model.parameters import ParameterSet
from model.physiotherapy import first_year_shares, guideline_ceiling, quarter_need
from model.randomness import draw, stream
from model.register import account_of
from model.rules import phase

if TYPE_CHECKING:
    from agents.drives import Drives
    from model.month import care_seeking, intake, modes
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, Person, PracticeTally, Tally

Constants = namedtuple(
    "Constants",
    "shares maintenance_ratio maintenance_stop consent cost curvature tolerance "
    "least_contacts most maintenance_per_week intensive_quarters effort_shift test_reach "
    "teaching_cost teaching_most",
)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    return Constants(
        shares=first_year_shares(p),
        maintenance_ratio=p.maintenance_ratio,
        maintenance_stop=p.maintenance_stop_quarterly,
        consent=p.extension_consent,
        cost=p.variable_cost_per_session,
        curvature=p.benefit_curvature_k,
        tolerance=p.undertreatment_tolerance,
        least_contacts=float(int(p.bundle_min_contacts_to_claim)),
        most=p.sessions_most_per_year,
        maintenance_per_week=p.guideline_maintenance_sessions_per_week,
        intensive_quarters=int(p.intensive_quarters),
        effort_shift=p.kpi_effort_shift,
        test_reach=p.kpi_test_reach,
        teaching_cost=p.kpi_teaching_cost,
        teaching_most=p.kpi_teaching_most,
    )


@phase
def _plan(
    rows: np.ndarray,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    tally: "Tally",
    of_practice: "PracticeTally",
    quarters_of_account: np.ndarray,
    c: Constants,
    intake: "intake.Constants",
    seeking: "care_seeking.Constants",
    modes: "modes.Constants",
    drives: "Drives",
    contract_of: np.ndarray,
    supplement: np.ndarray,
    rewards: "Rewards",
    maxima: np.ndarray,
    luck_stop: np.uint64,
    luck_consent: np.uint64,
    luck_rounding: np.uint64,
    luck_file: np.uint64,
    luck_hospital: np.uint64,
) -> None:
    for i in rows:
        if care.status[i] != TREATED or care.quarter_month[i] != 0:
            continue
        practice = care.practice[i]
        therapist = care.therapist[i]
        quarter = care.quarter[i]
        before = care.contract[i]
        insurer = person.insurer[i]
        contract = contract_of[practice, insurer]
        care.contract[i] = contract
        theory = drives.theory[therapist]
        seen = contract_in_mind(theory, contract)
        crowding = rewards.crowding[seen, insurer]
        own_rho = crowded_rho(drives.rho_sessions[therapist], crowding)
        conduct_rho = crowded_rho(drives.rho_grading[therapist], crowding)
        care.payer[i] = insurer  # who switched in January takes the new insurer into this quarter
        above = supplement_of(supplement, seen, practice, insurer)
        maintenance = quarter >= FIRST_YEAR_QUARTERS
        joins = contract != REGULAR_CONTRACT and before == REGULAR_CONTRACT
        regrades = contract != REGULAR_CONTRACT and rewards.regrade[contract, insurer] > 0.0
        if (joins or regrades) and 0 < quarter < FIRST_YEAR_QUARTERS:
            if regrades:
                care.profile[i] = max(PROFILE_3, profile_of(i, person, health, seeking))
            weight_class, upcoded = grade(
                i, person, health, care, seeking, intake, conduct_rho,
                drives.moral_cost[therapist],
                rewards.grading[seen, insurer], rewards.expected_loss[seen, insurer], theory,
                gap_before_grading(
                    i, person, health, care, theory, drives.lacking[therapist],
                    drives.keeps_guideline[therapist], rewards, seen, insurer, intake, modes,
                ),
            )  # fmt: skip
            care.weight_class[i] = weight_class
            care.upcoded[i] = upcoded
        kind = care.weight_class[i]
        honest = care.profile[i] - PROFILE_3
        phase_now = phase_of(quarter, c.intensive_quarters)
        price_due = quarter_price(rewards, seen, insurer, honest, phase_now, above)
        price = quarter_price(rewards, seen, insurer, kind, phase_now, above)
        if month < care.warranty_until[i]:
            price_due = price = 0.0
        fee_by_mode = rewards.session[seen, insurer, kind]
        attachment = rewards.attachment[seen, insurer]
        stop_share = rewards.stop_share[seen, insurer]
        least_contacts = 1.0  # a fee is billed by the session
        if contract != REGULAR_CONTRACT:
            least_contacts = max(c.least_contacts, rewards.least_contacts[contract, insurer])

        ceiling = guideline_ceiling(
            intake.guideline_maximum[care.profile[i]], quarter, c.shares, c.maintenance_per_week
        )
        ended = care.extended[i] == 1
        if maintenance and not ended:
            ended = care.wants_maintenance[i] == 0 or (
                quarter > FIRST_YEAR_QUARTERS and draw(luck_stop, i) < c.maintenance_stop
            )
        if ended:
            goes_on = draw(luck_consent, i) < c.consent and extends_under(
                theory, price + least_contacts * fee_by_mode[0], least_contacts * c.cost,
                conduct_rho, rewards.expected_loss[seen, insurer],
                drives.moral_cost[therapist],
            )  # fmt: skip
            if not goes_on:
                care.status[i] = OUTSIDE
                continue
            care.extended[i] = 1
            need = 0.0
            plan = least_contacts
        else:
            need = quarter_need(care.need[i], quarter, c.shares, c.maintenance_ratio)
            most = c.most
            if drives.keeps_guideline[therapist]:
                most = min(most, 4.0 * ceiling)
            # No patient accepts more than some multiple of the own need.
            accepted = intake.patient_limit * 4.0 * need
            usual = usual_mode(person.mode_luck[i], modes)
            lacking = drives.lacking[therapist]
            gap = gap_in_quarter(
                theory, lacking, rewards, seen, insurer, honest, kind, usual, usual, 4.0 * need,
                price_due, price, c.cost, modes.cost_ratio,
            )  # fmt: skip
            mode = choose_mode(
                person.mode_luck[i], fee_by_mode, c.cost, min(4.0 * need, most), 4.0 * need,
                own_rho, c.curvature, modes, theory, gap, intake.decay,
            )  # fmt: skip
            if mode != usual:
                gap = gap_in_quarter(
                    theory, lacking, rewards, seen, insurer, honest, kind, usual, mode,
                    4.0 * need, price_due, price, c.cost, modes.cost_ratio,
                )  # fmt: skip
            care.mode[i] = mode
            fee = fee_by_mode[mode] + stop_loss_session(
                4.0 * need,
                rewards.reference[seen, insurer, mode],
                intake.cost_cv,
                attachment,
                stop_share,
            )
            cost = c.cost * modes.cost_ratio[mode]
            outcome_pay = quarter_outcome_pay(
                rewards.outcome_pay[seen, insurer, kind], quarter == 0, c.effort_shift
            )
            yearly = sessions_under(
                theory, 4.0 * need, own_rho, drives.norm[therapist], fee, cost, c.curvature,
                outcome_pay, rewards.floor[seen, insurer],
                min(most, accepted), min(c.most, accepted), gap, c.cost, intake.decay,
            )  # fmt: skip
            plan = 0.25 * yearly
            if stretches_under(
                theory, plan, least_contacts, price, own_rho, 4.0 * c.curvature, fee, cost,
                0.25 * accepted, gap,
            ):  # fmt: skip
                plan = least_contacts

        if month - care.treatment_year_start[i] >= 12:
            care.treatment_year_start[i] += 12
            care.covered_used[i] = 0
            care.first_year[i] = 0
            care.filed_class[i] = class_on_file(
                care.entitlement_class[i],
                False,
                4.0 * plan,
                maxima,
                draw(luck_file, i),
                intake.class_upgrade_share,
            )
        left = maxima[1 - care.first_year[i], care.filed_class[i]] - care.covered_used[i]
        stops = False
        if plan > left and person.pays_above[i] == 0:
            plan = float(max(0, left))
            stops = left <= 0
        tally.quarters[i] += 1
        if contract != REGULAR_CONTRACT:
            care.policy_account[i] = account_of(practice, insurer)
        # Keeping to the guideline's ceiling is no undertreatment, whatever the need beyond it.
        if plan < (1.0 - c.tolerance) * min(need, ceiling):
            tally.under[i] += 1
        if plan > (1.0 + c.tolerance) * need:
            tally.over[i] += 1
        by_class = not maintenance and contract != REGULAR_CONTRACT  # the class on file counts
        heavy = by_class and count_grading(i, practice, care, tally, of_practice)
        year = 1 - care.first_year[i]
        upgraded = maxima[year, care.filed_class[i]] > maxima[year, care.entitlement_class[i]]
        if heavy or upgraded:
            tally.upcoded[i] += 1
            of_practice.upcoded[practice] += 1
        of_practice.quarters[practice] += 1
        quarters_of_account[account_of(practice, insurer)] += 1.0
        of_practice.policy_quarters[practice] += contract != REGULAR_CONTRACT
        norm_sessions = min(need, ceiling) if drives.keeps_guideline[therapist] else need
        of_practice.gap[practice] += abs(plan - norm_sessions)
        of_practice.need[practice] += norm_sessions
        if stops and care.extended[i] == 1:
            care.status[i] = OUTSIDE  # there was no need for more
            continue
        if stops:
            give_up(
                i, month, care.treatment_year_start[i] + 12, care, luck_hospital,
                intake.hospital_share, intake.hospital_months,
            )  # fmt: skip
            continue
        care.need_quarter[i] = need
        care.plan[i] = plan
        care.teaching[i] = 0.0
        if quarter == 0:  # the quarter that ends in a walking test
            care.teaching[i] = teaching_share(
                weight_under(theory, conduct_rho),
                rewards.walk_pull[seen, insurer], c.test_reach, c.teaching_cost, c.teaching_most,
            )  # fmt: skip
        care.rounding[i] = draw(luck_rounding, i)
        care.planned_so_far[i] = 0
        care.delivered[i] = 0
        care.quarter_billed[i] = 0


def plan_treatment(world: "World") -> None:
    """Run the phase on a world."""
    month, seed = world.month, world.seed
    _plan(
        world.in_care,
        month,
        world.person,
        world.health,
        world.care,
        world.tally,
        world.practice_tally,
        world.books.quarters,
        world.constants["planning"],
        world.constants["intake"],
        world.constants["care_seeking"],
        world.constants["modes"],
        world.drives,
        world.contract_of,
        world.supplement,
        world.rewards,
        world.maxima,
        stream(seed, "stop maintenance", month),
        stream(seed, "consent to another quarter", month),
        stream(seed, "spread sessions", month),
        stream(seed, "file class", month),
        stream(seed, "turn to hospital", month),
    )

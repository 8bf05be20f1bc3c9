"""Phase: treatment is planned at the start of each patient's own quarter."""

from collections import namedtuple

from agents.behaviours.default import (
    opens_quarter_without_need,
    planned_sessions,
    profit_weight,
    reaches_threshold,
)
from model.codes import OUTSIDE, PROFILE_3, REGULAR_CONTRACT, TREATED
from model.contracts.incentives import stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS, phase_of
from model.month.care_seeking import profile_of
from model.month.grading import class_on_file, count_grading, grade
from model.month.modes import choose_mode
from model.parameters import ParameterSet
from model.physiotherapy import first_year_shares, guideline_ceiling, quarter_need
from model.randomness import draw, stream
from model.register import account_of
from model.rules import phase

Constants = namedtuple(
    "Constants",
    "shares maintenance_ratio maintenance_stop consent cost curvature tolerance "
    "least_contacts most maintenance_per_week intensive_quarters",
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
    )


@phase
def _plan(
    rows,
    month,
    person,
    health,
    care,
    tally,
    of_practice,
    quarters_of_account,
    c,
    intake,
    seeking,
    modes,
    drives,
    contract_of,
    rewards,
    maxima,
    luck_stop,
    luck_consent,
    luck_rounding,
    luck_file,
):
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
        maintenance = quarter >= FIRST_YEAR_QUARTERS
        joins = contract != REGULAR_CONTRACT and before == REGULAR_CONTRACT
        regrades = contract != REGULAR_CONTRACT and rewards.regrade[contract, insurer] > 0.0
        if (joins or regrades) and 0 < quarter < FIRST_YEAR_QUARTERS:
            if regrades:
                care.profile[i] = max(PROFILE_3, profile_of(i, person, health, seeking))
            weight_class, upcoded = grade(
                i, person, health, care, seeking, intake, drives.rho_grading[therapist],
                drives.moral_cost[therapist],
                rewards.grading[contract, insurer], rewards.expected_loss[contract, insurer],
            )  # fmt: skip
            care.weight_class[i] = weight_class
            care.upcoded[i] = upcoded
        kind = care.weight_class[i]
        price = rewards.quarter[contract, insurer, kind, phase_of(quarter, c.intensive_quarters)]
        if month < care.warranty_until[i]:
            price = 0.0
        own_rho = crowded_rho(drives.rho_sessions[therapist], rewards.crowding[contract, insurer])
        fee_by_mode = rewards.session[contract, insurer, kind]
        attachment = rewards.attachment[contract, insurer]
        stop_share = rewards.stop_share[contract, insurer]
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
            weight = profit_weight(drives.rho_grading[therapist])
            goes_on = draw(luck_consent, i) < c.consent and opens_quarter_without_need(
                price + least_contacts * fee_by_mode[0], least_contacts * c.cost, weight,
                rewards.expected_loss[contract, insurer], drives.moral_cost[therapist],
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
            mode = choose_mode(
                person.mode_luck[i], fee_by_mode, c.cost, min(4.0 * need, most), 4.0 * need,
                own_rho, c.curvature, modes,
            )  # fmt: skip
            care.mode[i] = mode
            fee = fee_by_mode[mode] + stop_loss_session(
                4.0 * need,
                rewards.reference[contract, insurer, mode],
                intake.cost_cv,
                attachment,
                stop_share,
            )
            yearly = planned_sessions(
                4.0 * need, own_rho, drives.norm[therapist], fee, c.cost * modes.cost_ratio[mode],
                c.curvature, rewards.outcome_pay[contract, insurer, kind], 0.0,
                rewards.floor[contract, insurer], most,
            )  # fmt: skip
            plan = 0.25 * yearly
            if price > 0.0 and reaches_threshold(
                plan, least_contacts, price, own_rho, 4.0 * c.curvature
            ):
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
        if stops:
            care.status[i] = OUTSIDE
            care.pause_until[i] = care.treatment_year_start[i] + 12
            continue
        care.need_quarter[i] = need
        care.plan[i] = plan
        care.rounding[i] = draw(luck_rounding, i)
        care.planned_so_far[i] = 0
        care.delivered[i] = 0
        care.quarter_billed[i] = 0


def plan_treatment(world) -> None:
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
        world.rewards,
        world.maxima,
        stream(seed, "stop maintenance", month),
        stream(seed, "consent to another quarter", month),
        stream(seed, "spread sessions", month),
        stream(seed, "file class", month),
    )

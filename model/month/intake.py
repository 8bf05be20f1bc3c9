"""Phase: intake. Practices with room accept or refuse, measure, and grade."""

from collections import namedtuple

import numpy as np
from scipy.special import ndtri

from agents.behaviours.default import (
    acceptance_probability,
    acceptance_surplus,
    planned_sessions,
)
from model.codes import (
    ENTITLEMENT_CLASSES,
    GOLD_STAGES,
    OUTSIDE,
    PROFILE_3,
    TREATED,
    WAITING,
)
from model.contracts.incentives import stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS, MONTHS_PER_QUARTER, phase_of
from model.month.care_seeking import practice_by_size, true_walks
from model.month.examination import assess, class_scores, set_need
from model.month.grading import class_on_file, grade
from model.month.modes import choose_mode
from model.parameters import ParameterSet
from model.physiotherapy import first_year_shares
from model.randomness import draw, normal_draws, stream
from model.register import SEVERE_ACCEPTED, START_IN_TIME, account_of, record
from model.rules import phase

Constants = namedtuple(
    "Constants",
    "low_burden high_burden guideline_maximum need_share need_sigma correlation "
    "maintenance_threshold first_share patience most_refusals pause repeat_after cost curvature "
    "outside_option reservation precision border_width hidden_share walk_sd steps_sd "
    "class_upgrade_share most cost_cv intensive_quarters start_days_most "
    "start_days_agreed",
)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    return Constants(
        low_burden=p.burden_cutoff_ccq_low,
        high_burden=p.burden_cutoff_ccq_high,
        guideline_maximum=np.array(
            [
                0.0,
                0.0,
                0.0,
                p.guideline_max_sessions_profile_3,
                p.guideline_max_sessions_profile_4,
                p.guideline_max_sessions_profile_5,
            ]
        ),
        need_share=p.need_share_of_maximum
        * p.sessions_per_patient_year_mean
        / p.sessions_mean_fitted,
        need_sigma=p.need_sigma,
        correlation=p.need_class_correlation,
        maintenance_threshold=float(ndtri(1.0 - p.maintenance_share)),
        first_share=float(first_year_shares(p)[0]),
        patience=int(p.patience_months),
        most_refusals=int(p.most_refusals),
        pause=int(p.pause_after_refusals_months),
        repeat_after=int(p.intake_repeat_after_months),
        cost=p.variable_cost_per_session,
        curvature=p.benefit_curvature_k,
        outside_option=p.outside_option_share,
        reservation=p.reservation_value,
        precision=p.choice_precision,
        border_width=p.upcode_border_width,
        hidden_share=p.undetectable_gain_share,
        walk_sd=p.walk_measurement_sd / p.walk_predicted,
        steps_sd=p.steps_measurement_sd,
        class_upgrade_share=p.class_upgrade_share,
        most=p.sessions_most_per_year,
        cost_cv=p.cost_cv_per_patient,
        intensive_quarters=int(p.intensive_quarters),
        start_days_most=p.first_appointment_days_most,
        start_days_agreed=p.kpi_max_days_start_after_referral,
    )


@phase
def warranty_loss(month, warranty_until, quarter_price, intensive_quarters):
    """Return what of a first year's bundles cannot be billed under a warranty on relapse, EUR."""
    lost = 0.0
    for quarter in range(FIRST_YEAR_QUARTERS):
        if month + MONTHS_PER_QUARTER * quarter < warranty_until:
            lost += quarter_price[phase_of(quarter, intensive_quarters)]
    return lost


@phase
def _decide(
    rows,
    month,
    person,
    health,
    care,
    tally,
    register,
    c,
    seeking,
    modes,
    drives,
    per_practice,
    region_start,
    weight_upto,
    capacity,
    load,
    contract_of,
    rewards,
    maxima,
    self_paid,
    luck_accept,
    luck_therapist,
    luck_file,
    luck_practice,
    luck_start,
):
    for i in rows:
        practice, insurer = care.practice[i], person.insurer[i]
        month_load = care.need[i] * c.first_share / 3.0
        region = person.region[i]
        if load[practice] + month_load > capacity[practice] and load[practice] > 0.0:
            if month - care.waiting_since[i] >= c.patience:
                care.practice[i] = practice_by_size(
                    draw(luck_practice, i),
                    region_start[region],
                    region_start[region + 1],
                    weight_upto,
                )
            continue
        therapist = practice * per_practice + int(draw(luck_therapist, i) * per_practice)
        contract = contract_of[practice, insurer]
        new_year = month - care.last_care[i] >= c.repeat_after
        year_start, first_year = care.treatment_year_start[i], care.first_year[i]
        used = care.covered_used[i]
        if new_year:
            year_start, first_year, used = month, 1, 0
        elif month - year_start >= 12:
            year_start, first_year, used = year_start + 12 * ((month - year_start) // 12), 0, 0
        filed_class = class_on_file(
            care.entitlement_class[i],
            first_year == 1,
            care.need[i],
            maxima,
            draw(luck_file, i),
            c.class_upgrade_share,
        )
        if (
            care.lifetime_sessions[i] < self_paid
            and person.supplementary[i] == 0
            and person.pays_above[i] == 0
        ):
            # The first sessions are not covered, and nobody else pays them: the patient stays away.
            care.status[i] = OUTSIDE
            care.pause_until[i] = month + c.repeat_after
            continue
        covered = max(0, maxima[1 - first_year, filed_class] - used)
        if covered <= 0 and person.pays_above[i] == 0:
            # Nothing is covered until the next treatment year: the patient turns back.
            care.status[i] = OUTSIDE
            care.pause_until[i] = year_start + 12
            continue
        weight_class, upcoded = grade(
            i, person, health, care, seeking, c, drives.rho_grading[therapist],
            drives.moral_cost[therapist],
            rewards.grading[contract, insurer], rewards.expected_loss[contract, insurer],
        )  # fmt: skip
        # Who pays on above the maximum is not held back by it.
        reach = c.most if person.pays_above[i] == 1 else min(float(covered), c.most)
        # To a therapist who keeps to the guideline, need ends at its ceiling.
        need = care.need[i]
        if drives.keeps_guideline[therapist]:
            need = min(need, c.guideline_maximum[care.profile[i]])
        own_rho = crowded_rho(drives.rho_sessions[therapist], rewards.crowding[contract, insurer])
        fee_by_mode = rewards.session[contract, insurer, weight_class]
        attachment = rewards.attachment[contract, insurer]
        stop_share = rewards.stop_share[contract, insurer]
        mode = choose_mode(
            person.mode_luck[i], fee_by_mode, c.cost, need, need, own_rho, c.curvature, modes
        )
        cost = c.cost * modes.cost_ratio[mode]
        reference = rewards.reference[contract, insurer, mode]
        fee = fee_by_mode[mode] + stop_loss_session(
            need, reference, c.cost_cv, attachment, stop_share
        )
        sessions = planned_sessions(
            need, own_rho, drives.norm[therapist], fee, cost, c.curvature,
            rewards.outcome_pay[contract, insurer, weight_class], 0.0,
            rewards.floor[contract, insurer], reach,
        )  # fmt: skip
        fixed = rewards.fixed[contract, insurer, weight_class, health.gold[i] - GOLD_STAGES[0]]
        fixed += stop_loss_pay(sessions, reference, c.cost_cv, attachment, stop_share)
        warranty = rewards.warranty_months[contract, insurer]
        # A relapse is a return to the practice that was paid a bundle for the last episode.
        relapse = warranty > 0.0 and care.contract[i] == contract and care.treated_by[i] == practice
        warranty_until = care.last_care[i] + int(warranty) if relapse else month
        fixed -= warranty_loss(
            month, warranty_until, rewards.quarter[contract, insurer, weight_class],
            c.intensive_quarters,
        )  # fmt: skip
        surplus = acceptance_surplus(
            fixed, fee_by_mode[mode], cost, sessions, need, reach,
            crowded_rho(drives.rho_acceptance[therapist], rewards.crowding[contract, insurer]),
            c.curvature,
            c.outside_option,
        )  # fmt: skip
        gold, account = health.gold[i], account_of(practice, insurer)
        tally.requests[i] += 1
        refuses = draw(luck_accept, i) >= acceptance_probability(
            surplus, c.reservation, c.precision
        )
        if gold > GOLD_STAGES[0]:
            record(register, SEVERE_ACCEPTED, account, weight_class, gold, 0.0 if refuses else 1.0)
        if refuses:
            tally.refused[i] += 1
            care.refusals[i] += 1
            if care.refusals[i] >= c.most_refusals:
                care.status[i] = OUTSIDE
                care.pause_until[i] = month + c.pause
            else:
                care.practice[i] = practice_by_size(
                    draw(luck_practice, i),
                    region_start[region],
                    region_start[region + 1],
                    weight_upto,
                )
            continue
        load[practice] += month_load
        tally.intakes[i] += 1
        tally.waited[i] += month - care.waiting_since[i]
        in_time = (
            care.waiting_since[i] == month
            and draw(luck_start, i) * c.start_days_most <= c.start_days_agreed
        )
        record(register, START_IN_TIME, account, weight_class, gold, 1.0 if in_time else 0.0)
        care.status[i] = TREATED
        care.therapist[i] = therapist
        care.treated_by[i] = practice
        care.mode[i] = mode
        care.warranty_until[i] = warranty_until
        care.treatment_year_start[i] = year_start
        care.first_year[i] = first_year
        care.covered_used[i] = used
        care.filed_class[i] = filed_class
        care.weight_class[i] = weight_class
        care.upcoded[i] = upcoded
        care.contract[i] = contract
        care.intake[i] = 1 if new_year else 0
        care.quarter[i] = 0
        care.quarter_month[i] = 0
        care.extended[i] = 0
        care.refusals[i] = 0


def take_in(world) -> None:
    """Run the phase on a world: the longest waiting first, then by row."""
    month, seed, care = world.month, world.seed, world.care
    waiting = world.in_care[care.status[world.in_care] == WAITING]
    if waiting.size == 0:
        return
    c, seeking = world.constants["intake"], world.constants["care_seeking"]
    assess(waiting, world.person, world.health, care, seeking, c)
    set_need(waiting, class_scores(world, waiting), world.person, care, c)
    order = waiting[np.argsort(care.waiting_since[waiting], kind="stable")]
    practices = world.practices
    _decide(
        order,
        month,
        world.person,
        world.health,
        care,
        world.tally,
        world.books.register,
        c,
        seeking,
        world.constants["modes"],
        world.drives,
        practices.per_practice,
        practices.region_start,
        practices.weight_upto,
        practices.capacity,
        world.load,
        world.contract_of,
        world.rewards,
        world.maxima,
        world.self_paid,
        stream(seed, "accept patient", month),
        stream(seed, "choose therapist", month),
        stream(seed, "file class", month),
        stream(seed, "choose next practice", month),
        stream(seed, "first appointment", month),
    )
    accepted = waiting[care.status[waiting] == TREATED]
    noise = normal_draws(stream(seed, "measure burden", month), accepted)
    care.ccq_intake[accepted] = world.health.ccq[accepted] + world.p.ccq_measurement_sem * noise
    noise = normal_draws(stream(seed, "measure walk", month), accepted)
    care.walk_intake[accepted] = (
        true_walks(accepted, world.person, world.health, seeking)
        + world.p.walk_measurement_sd * noise
    )
    world.intakes.by_class += np.bincount(
        care.entitlement_class[accepted], minlength=len(ENTITLEMENT_CLASSES)
    )
    world.intakes.by_profile += np.bincount(care.profile[accepted] - PROFILE_3, minlength=3)

"""Phase: intake. Practices with room accept or refuse, measure, and grade."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.behaviours.capacity import scarcity
from agents.behaviours.inertia import contract_in_mind
from agents.seeking import soft_refusal_chance
from model.codes import (
    ENTITLEMENT_CLASSES,
    GOLD_STAGES,
    OUTSIDE,
    PROFILE_3,
    TREATED,
    WAITING,
)
from model.contracts.noise import crowded_rho
from model.month.acceptance import nearby_of, treatment_elsewhere, warranty_end, weigh
from model.month.care_seeking import true_walks
from model.month.choice import choose_practice, market
from model.month.examination import assess, class_scores, set_need
from model.month.gaps import gap_before_grading
from model.month.giving_up import give_up
from model.month.grading import class_on_file, grade
from model.month.income import supplement_of
from model.parameters import ParameterSet
from model.physiotherapy import first_year_shares
from model.randomness import draw, normal_draws, stream
from model.register import SEVERE_ACCEPTED, START_IN_TIME, account_of, record
from model.rules import phase

if TYPE_CHECKING:
    from agents.drives import Drives
    from model.month import care_seeking, modes
    from model.month.acceptance import Nearby
    from model.month.choice import Market
    from model.register import Register
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, Person, PracticeTally, Tally

Constants = namedtuple(
    "Constants",
    "low_burden high_burden guideline_maximum need_share need_sigma correlation "
    "maintenance_threshold first_share patience most_refusals pause repeat_after cost curvature "
    "outside_option reservation precision border_width hidden_share walk_sd steps_sd "
    "class_upgrade_share most cost_cv intensive_quarters start_days_most "
    "start_days_agreed least_contacts patient_limit decay scarcity_start "
    "soft_refusal soft_watched soft_later soft_months memory hospital_share hospital_months",
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
        soft_refusal=p.soft_refusal_share,
        soft_watched=p.soft_refusal_watched_share,
        soft_later=p.soft_refusal_later_share,
        soft_months=int(p.soft_refusal_months),
        memory=int(p.refusal_memory_months),
        hospital_share=p.hospital_substitution_share,
        hospital_months=int(p.hospital_therapy_months),
        least_contacts=float(int(p.bundle_min_contacts_to_claim)),
        patient_limit=p.patient_limit_factor,
        decay=p.benefit_decay_sessions,
        scarcity_start=p.scarcity_from_utilisation,
    )


@phase
def _decide(
    rows: np.ndarray,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    tally: "Tally",
    of_practice: "PracticeTally",
    register: "Register",
    c: Constants,
    seeking: "care_seeking.Constants",
    modes: "modes.Constants",
    drives: "Drives",
    per_practice: int,
    places: "Market",
    others: "Nearby",
    capacity: np.ndarray,
    load: np.ndarray,
    contract_of: np.ndarray,
    supplement: np.ndarray,
    rewards: "Rewards",
    maxima: np.ndarray,
    self_paid: int,
    luck_accept: np.uint64,
    luck_therapist: np.uint64,
    luck_file: np.uint64,
    luck_practice: np.uint64,
    luck_start: np.uint64,
    luck_soft: np.uint64,
    luck_later: np.uint64,
    luck_hospital: np.uint64,
) -> None:
    for i in rows:
        if month < care.pause_until[i]:
            continue  # told to come back later
        practice, insurer = care.practice[i], person.insurer[i]
        month_load = care.need[i] * c.first_share / 3.0
        place, region = person.place[i], person.region[i]
        if load[practice] + month_load > capacity[practice] and load[practice] > 0.0:
            if month - care.waiting_since[i] >= c.patience:
                of_practice.sought[practice] += 1.0  # leaves the queue
                care.practice[i] = choose_practice(
                    draw(luck_practice, i), place, region, practice, places
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
            give_up(
                i, month, year_start + 12, care, luck_hospital, c.hospital_share, c.hospital_months
            )
            continue
        theory = drives.theory[therapist]
        seen = contract_in_mind(theory, contract)
        above = supplement_of(supplement, seen, practice, insurer)
        weight_class, upcoded = grade(
            i, person, health, care, seeking, c,
            crowded_rho(drives.rho_grading[therapist], rewards.crowding[seen, insurer]),
            drives.moral_cost[therapist],
            rewards.grading[seen, insurer], rewards.expected_loss[seen, insurer], theory,
            gap_before_grading(
                i, person, health, care, theory, drives.lacking[therapist],
                drives.keeps_guideline[therapist], rewards, seen, insurer, c, modes,
            ),
        )  # fmt: skip
        # Who pays on above the maximum is not held back by it.
        reach = c.most if person.pays_above[i] == 1 else min(float(covered), c.most)
        warranty_until = warranty_end(
            month, care.last_care[i], rewards.warranty_months[contract, insurer],
            care.contract[i] == contract and care.treated_by[i] == practice,
        )  # fmt: skip
        elsewhere = treatment_elsewhere(practice, region, others, c.outside_option)
        scarce = scarcity(load[practice], capacity[practice], c.scarcity_start)
        chance, mode = weigh(
            i, month, person, health, care, drives, therapist, contract, weight_class, reach,
            warranty_until, elsewhere, scarce, c, modes, rewards, above,
        )  # fmt: skip
        gold, account = health.gold[i], account_of(practice, insurer)
        tally.requests[i] += 1
        refuses = draw(luck_accept, i) >= chance
        others.requests[region] += 1.0
        others.refused[region] += 1.0 if refuses else 0.0
        severe = gold > GOLD_STAGES[0]
        softly = refuses and draw(luck_soft, i) < soft_refusal_chance(
            c.soft_refusal,
            severe and rewards.access_watched[contract, insurer] > 0.0,
            c.soft_watched,
        )
        # Whoever asks the referrer hears of open refusals only.
        if severe and not softly:
            record(register, SEVERE_ACCEPTED, account, weight_class, gold, 0.0 if refuses else 1.0)
        if refuses:
            tally.refused[i] += 1
            tally.soft_refused[i] += softly
            care.refusals[i] += 1
            care.refused_until[i] = month + c.memory
            if care.refusals[i] >= c.most_refusals:
                of_practice.sought[practice] += 1.0
                give_up(
                    i, month, month + c.pause, care, luck_hospital, c.hospital_share,
                    c.hospital_months,
                )  # fmt: skip
            elif softly and draw(luck_later, i) < c.soft_later:
                care.pause_until[i] = month + c.soft_months  # and still waits here
            else:
                of_practice.sought[practice] += 1.0
                care.practice[i] = choose_practice(
                    draw(luck_practice, i), place, region, practice, places
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
        of_practice.sought[practice] += 1.0
        of_practice.in_time[practice] += 1.0 if in_time else 0.0
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


def take_in(world: "World") -> None:
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
        world.practice_tally,
        world.books.register,
        c,
        seeking,
        world.constants["modes"],
        world.drives,
        practices.per_practice,
        market(world),
        nearby_of(practices, world.load, world.capacity, world.access),
        world.capacity,
        world.load,
        world.contract_of,
        world.supplement,
        world.rewards,
        world.maxima,
        world.self_paid,
        stream(seed, "accept patient", month),
        stream(seed, "choose therapist", month),
        stream(seed, "file class", month),
        stream(seed, "choose next practice", month),
        stream(seed, "first appointment", month),
        stream(seed, "refuse softly", month),
        stream(seed, "put off or send on", month),
        stream(seed, "turn to hospital", month),
    )
    accepted = waiting[care.status[waiting] == TREATED]
    noise = normal_draws(stream(seed, "measure burden", month), accepted)
    care.ccq_before[accepted] = world.health.ccq[accepted]
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

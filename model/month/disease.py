"""Phase: the disease progresses. Lung function falls, attacks strike, some patients die."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from model.codes import ALIVE, DEAD, NOT_YET, OUTSIDE
from model.disease import (
    admission_rate,
    death_rate,
    gold_stage,
    monthly_probability,
    next_fev1,
    scaled_loss,
    training_rate_ratio,
)
from model.parameters import ParameterSet
from model.randomness import draw, stream
from model.rules import phase

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import Care, Health, Person, Tally

Constants = namedtuple(
    "Constants",
    "attack admission ratio_history ratio_trained ratio_most training_reference life_table oldest "
    "death_ratio after_admission_rate after_admission_months in_hospital below_3 below_4 floor top "
    "loss_per_attack decline_at qaly_moderate qaly_severe",
)

#: A month's history is twelve bits; bit 0 is the present month.
YEAR_BITS = np.uint16(0xFFF)


def life_table(p: ParameterSet) -> np.ndarray:
    """Return deaths per year in the general population by sex (0 man, 1 woman) and whole age.

    Gompertz: level at 65 x exp(slope x (age - 65)); shape (2, 121).
    """
    ages = np.arange(121)
    shape = np.exp(p.mortality_age_slope * (ages - 65.0))
    return np.vstack([p.mortality_men_65 * shape, p.mortality_women_65 * shape])


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses, as arrays by GOLD stage (index 2 to 4) and floats."""
    level = p.exacerbation_national_scaling
    total = np.array(
        [0, 0, p.exacerbation_rate_gold_2, p.exacerbation_rate_gold_3, p.exacerbation_rate_gold_4]
    )
    severe = np.array(
        [
            0,
            0,
            p.severe_exacerbation_rate_gold_2,
            p.severe_exacerbation_rate_gold_3,
            p.severe_exacerbation_rate_gold_4,
        ]
    )
    later_deaths = (p.case_fatality_admission - p.inhospital_mortality) / (
        1.0 - p.inhospital_mortality
    )
    ratios = np.array([1, 1, p.mortality_hr_gold2, p.mortality_hr_gold3, p.mortality_hr_gold4])
    months = int(p.post_admission_months)
    return Constants(
        attack=level * (total - severe),
        admission=level * p.severe_level_factor * severe,
        ratio_history=p.exac_hr_prior_admission,
        ratio_trained=p.effect_admission_rr_trained,
        ratio_most=max(
            1.0, training_rate_ratio(p.effect_admission_rr_trained, 1.0, p.training_reference)
        ),
        training_reference=p.training_reference,
        life_table=life_table(p),
        oldest=120,
        death_ratio=ratios,
        after_admission_rate=-12.0 * np.log(1.0 - later_deaths) / months,
        after_admission_months=np.uint16((1 << (months + 1)) - 2),
        in_hospital=p.inhospital_mortality,
        below_3=p.gold_3_fev1_below,
        below_4=p.gold_4_fev1_below,
        floor=p.fev1_floor,
        top=p.gold_2_fev1_below,
        loss_per_attack=p.fev1_decline_per_exacerbation,
        decline_at=p.fev1_decline_measured_at,
        qaly_moderate=p.qaly_loss_exac_moderate,
        qaly_severe=p.qaly_loss_exac_severe,
    )


@phase
def _progress(
    rows: int,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    tally: "Tally",
    c: Constants,
    luck_attack: np.uint64,
    luck_admission: np.uint64,
    luck_death: np.uint64,
    luck_hospital: np.uint64,
) -> None:
    for i in range(rows):
        health.struck[i] = 0
        if health.alive[i] != ALIVE:
            if health.alive[i] == NOT_YET and person.entry_month[i] == month:
                health.alive[i] = ALIVE
            continue
        gold = health.gold[i]
        attacks = (health.attacks[i] << np.uint16(1)) & YEAR_BITS
        admissions = (health.admissions[i] << np.uint16(1)) & YEAR_BITS
        # A probability is at most rate / 12, and the rate at most that of the least favourable
        # training: most draws decide without a power or an exponential.
        u = draw(luck_admission, i)
        base, frailty, before = c.admission[gold], person.frailty[i], health.admissions[i] != 0
        admitted = False
        if 12.0 * u < admission_rate(base, frailty, before, c.ratio_history, c.ratio_most):
            ratio = training_rate_ratio(c.ratio_trained, health.training[i], c.training_reference)
            rate = admission_rate(base, frailty, before, c.ratio_history, ratio)
            admitted = u < monthly_probability(rate)
        u = draw(luck_attack, i)
        rate = c.attack[gold] * frailty
        attacked = 12.0 * u < rate and u < monthly_probability(rate)
        loss = scaled_loss(person.fev1_decline[i], health.fev1[i], c.decline_at)
        if admitted or attacked:
            attacks |= np.uint16(1)
            loss += c.loss_per_attack
            health.struck[i] = 2 if admitted else 1
            tally.qalys[i] -= c.qaly_severe if admitted else c.qaly_moderate
        if admitted:
            admissions |= np.uint16(1)
            tally.admissions[i] += 1
        health.attacks[i] = attacks
        health.admissions[i] = admissions
        fev1 = next_fev1(
            health.fev1[i],
            loss,
            person.fev1_reference[i],
            person.fev1_reference_decline[i],
            c.floor,
            c.top,
        )
        health.fev1[i] = fev1
        health.gold[i] = gold_stage(fev1, c.below_3, c.below_4)

        age = min(c.oldest, (month - person.birth_month[i]) // 12)
        recent = admissions & c.after_admission_months
        background = c.life_table[person.female[i], age]
        rate = death_rate(
            background,
            c.death_ratio[gold],
            c.after_admission_rate if recent != 0 else 0.0,
        )
        u = draw(luck_death, i)
        dies = 12.0 * u < rate and u < monthly_probability(rate)
        in_hospital = admitted and draw(luck_hospital, i) < c.in_hospital
        if dies or in_hospital:
            health.alive[i] = DEAD
            tally.copd_death[i] = 1.0 if in_hospital else 1.0 - background / rate
            stable = rate - (c.after_admission_rate if recent != 0 else 0.0)
            tally.stable_death[i] = 0.0 if in_hospital else stable / rate
            tally.died[i] = 1
            care.status[i] = OUTSIDE


def progress_disease(world: "World") -> None:
    """Run the phase on a world (columns of all who have entered)."""
    month, seed = world.month, world.seed
    _progress(
        world.rows,
        month,
        world.person,
        world.health,
        world.care,
        world.tally,
        world.constants["disease"],
        stream(seed, "attack", month),
        stream(seed, "admission", month),
        stream(seed, "death", month),
        stream(seed, "death in hospital", month),
    )

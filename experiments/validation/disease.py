"""The course of COPD beside other published models and cohorts.

The levels of lung attacks and admissions come from Dutch data (PHARMO, Overbeek 2015) and national
counts, so they are no test. How they rise with the stage, how one admission foretells the next, how
well the stage foretells death and what a year of life is worth are compared with models and cohorts
that gave the model no number, or not this one.
"""

from dataclasses import dataclass

import numpy as np

from experiments.validation.pattern import CROSS_MODEL, Lab, Pattern, once
from model.codes import ALIVE, GOLD_STAGES
from model.simulation import Span

SPAN = Span(2024, 2029, 2029)
SHARE = 0.1
YEAR = 12
HOOGENDOORN = "Hoogendoorn et al. 2010, doi 10.2147/COPD.S13826 (in EPIC, resplab/epicR)"
ACCEPT = "ACCEPT, Adibi et al. 2020, doi 10.1016/S2213-2600(19)30397-2 (in resplab/epicUS)"
WALLACE = "Wallace et al. 2019, doi 10.18553/jmcp.2019.25.2.205 (in resplab/epicR)"
ERDAL = "Erdal et al. 2016, Int J COPD 11:2099 (Norway)"
RATES = f"lowest and highest of: {HOOGENDOORN}; {ACCEPT}; {WALLACE}"
CASTILLO = "Garcia Castillo et al. 2020, ERJ Open Research (3CIA): AUC 0.65-0.67, 0.03 either side"
MULLEROVA = "Müllerová et al. 2015, Chest (ECLIPSE): 2.71 (2.24-3.29)"
UTILITIES = (
    "lowest and highest of: EPIC (resplab/epicR); Rutten-van Mölken et al. 2006, Chest (UPLIFT), "
    "UK and US tariff"
)


@dataclass(frozen=True)
class Course:
    """What became of everybody, by GOLD stage (2, 3, 4).

    Attributes:
        months: Months lived after the first year, by stage in that month.
        attacks, admissions: Of those months, with any lung attack and with an admission.
        next_year: By stage at a New Year, by whether admitted in the year before: persons alive
            all next year or dying in it, and those of them admitted in it; shape (3, 2, 2).
        cohort: By stage at the start of the second year: persons, and dead five years later;
            shape (3, 2).
        utility: Quality-adjusted life years per year lived.
    """

    months: np.ndarray
    attacks: np.ndarray
    admissions: np.ndarray
    next_year: np.ndarray
    cohort: np.ndarray
    utility: np.ndarray


def _by_stage(gold: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.bincount(gold[which], minlength=GOLD_STAGES[-1] + 1)[GOLD_STAGES[0] :]


@once
def course(lab: Lab) -> Course:
    """Follow a tenth of the country for six years, of which the first is not counted."""
    world = lab.world(SHARE, SPAN)
    health, size = world.health, world.person.female.size
    months, attacks, admissions = (np.zeros(3) for _ in range(3))
    next_year, cohort = np.zeros((3, 2, 2)), np.zeros((3, 2))
    before, this_year = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    started, of_stage = np.zeros(size, dtype=bool), np.zeros(size, dtype=health.gold.dtype)
    for month in range(SPAN.months):
        if month % YEAR == 0:
            if month > YEAR:
                for had in (0, 1):
                    who = started & (before == had)
                    next_year[:, had, 0] += _by_stage(of_stage, who)
                    next_year[:, had, 1] += _by_stage(of_stage, who & this_year)
            before, this_year = this_year, np.zeros(size, dtype=bool)
            started, of_stage = health.alive == ALIVE, health.gold.copy()
            if month == YEAR:
                followed, stage_then = started.copy(), of_stage.copy()
        world.step()
        alive = health.alive == ALIVE
        this_year |= (health.struck == 2) & started
        if month >= YEAR:
            months += _by_stage(health.gold, alive)
            attacks += _by_stage(health.gold, alive & (health.struck > 0))
            admissions += _by_stage(health.gold, alive & (health.struck == 2))
    cohort[:, 0] = _by_stage(stage_then, followed)
    cohort[:, 1] = _by_stage(stage_then, followed & (health.alive != ALIVE))
    return Course(months, attacks, admissions, next_year, cohort, _utility(world))


def _utility(world) -> np.ndarray:
    """Return quality-adjusted life years per year lived, by stage at the end of the year."""
    table = world.results()
    rows = table[(table["measure"] == "qalys") & (table["split"] == "gold")]
    qalys = rows.groupby("group")["top"].sum()[[str(stage) for stage in GOLD_STAGES]].to_numpy()
    lived = sum(facts["person_years_by_gold"] for facts in world.facts)
    return qalys / world.size.scale / lived


def gradient(what: str, stage: int):
    """Return a function: the rate of attacks or admissions in a stage over that in stage II."""

    def ratio(lab: Lab) -> float:
        found = course(lab)
        rates = getattr(found, what) / found.months
        return float(rates[stage - GOLD_STAGES[0]] / rates[0])

    return ratio


def after_an_admission(lab: Lab) -> float:
    """Return the rate of a year with admission after one with, over that after one without.

    Within a stage (Mantel-Haenszel), as hazards: -ln(1 - share).
    """
    persons, hit = course(lab).next_year[..., 0], course(lab).next_year[..., 1]
    hazards = -np.log1p(-hit / persons)
    weight = persons.prod(axis=1) / persons.sum(axis=1)
    return float((weight * hazards[:, 1]).sum() / (weight * hazards[:, 0]).sum())


def auc_of_stage(lab: Lab) -> float:
    """Return how well the stage alone foretells death in five years (area under the ROC curve).

    The chance that of two people, one dead and one alive, the dead one had the worse stage; a half
    where they had the same.
    """
    persons, dead = course(lab).cohort.T
    alive = persons - dead
    better = np.concatenate([[0.0], np.cumsum(alive)[:-1]])
    return float((dead * (better + 0.5 * alive)).sum() / (dead.sum() * alive.sum()))


def utility_of(stage: int):
    """Return a function: quality of life of a stage."""
    return lambda lab: float(course(lab).utility[stage - GOLD_STAGES[0]])


PATTERNS = (
    Pattern("attacks_gold_3", CROSS_MODEL, 1.376, 1.71, f"{RATES}; {ERDAL}",
            gradient("attacks", 3), note="gradient"),
    Pattern("attacks_gold_4", CROSS_MODEL, 1.79, 2.31, f"{RATES}; {ERDAL}",
            gradient("attacks", 4), note="gradient"),
    Pattern("admissions_gold_3", CROSS_MODEL, 1.375, 2.29, RATES, gradient("admissions", 3),
            note="gradient"),
    Pattern("admissions_gold_4", CROSS_MODEL, 1.75, 3.04, RATES, gradient("admissions", 4),
            note="gradient"),
    Pattern("readmission_ratio", CROSS_MODEL, 2.24, 3.29, MULLEROVA, after_an_admission,
            note="readmission"),
    Pattern("stage_foretells_death", CROSS_MODEL, 0.62, 0.70, CASTILLO, auc_of_stage, "area", 3,
            note="stage_foretells_death"),
    Pattern("utility_gold_2", CROSS_MODEL, 0.72, 0.832, UTILITIES, utility_of(2), "utility", 3,
            note="utility"),
    Pattern("utility_gold_3", CROSS_MODEL, 0.68, 0.803, UTILITIES, utility_of(3), "utility", 3,
            note="utility"),
    Pattern("utility_gold_4", CROSS_MODEL, 0.58, 0.731, UTILITIES, utility_of(4), "utility", 3,
            note="utility"),
)  # fmt: skip

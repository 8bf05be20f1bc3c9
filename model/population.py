"""Who lives in the world: persons with COPD GOLD II+.

Every trait is drawn once, from its own stream, in equal slices (``stratified_draws``), so a tenth
of the country has the same make-up as the country. Rows are for life: those who enter later have
their row from the start, in order of entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from model import state
from model.codes import ALIVE, INSURERS, NOT_YET, OUTSIDE
from model.disease import along_fev1, gold_stage
from model.parameters import ParameterSet
from model.randomness import draws, stratified_draws, stream
from model.rules import allocating_phase, phase

#: Gives the draws of one trait by its name.
type Luck = Callable[[str], np.ndarray]

if TYPE_CHECKING:
    from model.state import Health, Person

GOLD_MIDDLE_SHARE = 0.5  # the middle of a stage lies half-way its band, by definition


@dataclass(frozen=True)
class Size:
    """How large a piece of the country a world holds.

    Attributes:
        patients: Persons with GOLD II+ in the first month.
        practices: Practices.
        scale: Country over sample; counts and amounts are multiplied by it.
        entrants: New persons a year.
        treated_only: Everybody needs therapy and is in treatment at the start; nobody enters, so
            the cohort runs down as people stop (some ask again).
    """

    patients: int
    practices: int
    scale: float
    entrants: float
    treated_only: bool = False

    @staticmethod
    def of_share(p: ParameterSet, share: float) -> "Size":
        """Return a share of the eligible population (1.0 is the country)."""
        incidence = p.copd_incident_emphysema + p.copd_incident_chronic_bronchitis
        return Size(
            patients=max(1, round(p.gold2plus_patients * share)),
            practices=max(1, round(p.multi_therapist_practices * share)),
            scale=1.0 / share,
            entrants=incidence * p.gold2plus_share * share,
        )

    @staticmethod
    def of_treated(p: ParameterSet, patients: int) -> "Size":
        """Return a cohort of patients in treatment only, with practices to match."""
        share = patients / p.copd_physio_patients
        return Size(
            patients=patients,
            practices=max(1, round(p.multi_therapist_practices * share)),
            scale=1.0 / share,
            entrants=0.0,
            treated_only=True,
        )


def regions_of(size: Size, p: ParameterSet) -> int:
    """Return the number of regions: the national number, or fewer if practices are too few."""
    return int(min(p.regions, max(1, size.practices // p.practices_per_region_least)))


@dataclass
class Population:
    """Persons as columns: fixed traits, health and care, with the number of rows per start month.

    Attributes:
        person, health, care: Named tuples of arrays (``model.state``), each of shape (rows,).
        rows_upto: Rows that have entered by the end of each month, shape (months,).
    """

    person: state.Person
    health: state.Health
    care: state.Care
    rows_upto: np.ndarray


def insurer_shares(p: ParameterSet) -> np.ndarray:
    """Return the share of people insured by each insurer, largest first, adding up to 1."""
    shares = np.array([p[f"insurer_share_2022_{name.lower()}"] for name in INSURERS])
    out: np.ndarray = shares / shares.sum()
    return out


def income_shares(p: ParameterSet) -> np.ndarray:
    """Return the share of patients in each income quintile, lowest first, adding up to 1."""
    return 0.2 + p.income_gradient * np.array([2, 1, 0, -1, -2])


def make_population(size: Size, p: ParameterSet, seed: int, months: int) -> Population:
    """Draw the persons of the first month and everybody who enters within ``months`` months."""
    entered = np.floor(size.entrants * np.arange(1, months + 1) / 12.0).astype(np.int64)
    rows = size.patients + int(entered[-1])
    first = np.arange(rows) < size.patients
    entry = np.concatenate(
        [
            np.full(size.patients, NOT_YET),
            np.searchsorted(entered, np.arange(rows - size.patients), side="right"),
        ]
    )

    def luck(name: str) -> np.ndarray:
        """Equal slices for those who start here and, apart, for those who enter later."""
        key = stream(seed, f"person {name}")
        late = stratified_draws(key ^ np.uint64(1), rows - size.patients)
        return np.concatenate([stratified_draws(key, size.patients), late])

    person, health, care = (state.empty(t, rows) for t in ("person", "health", "care"))
    person.entry_month[:] = entry
    _draw_traits(person, p, luck, size, first, seed)
    _draw_lung_function(person, health, p, luck, first)
    _draw_capacity(person, health, p, luck)
    health.alive[:] = np.where(first, ALIVE, NOT_YET)
    care.status[:] = OUTSIDE
    for column in (care.practice, care.therapist, care.treated_by, care.policy_account):
        column[:] = -1
    care.last_care[:] = care.pause_until[:] = np.iinfo(np.int16).min
    if size.treated_only:
        _need_therapy(person, health, p)
    return Population(person, health, care, size.patients + entered)


def _draw_traits(
    person: "Person", p: ParameterSet, luck: Luck, size: Size, first: np.ndarray, seed: int
) -> None:
    """Fill what does not depend on health."""
    mean_age = np.where(first, p.age_mean, p.incident_age_mean)
    age = np.clip(mean_age + p.age_sd * ndtri(luck("age")), p.age_least, p.age_most)
    person.birth_month[:] = person.entry_month - np.round(12.0 * age)
    person.female[:] = luck("sex") < p.share_women
    person.income[:] = np.searchsorted(np.cumsum(income_shares(p))[:-1], luck("income"))
    person.smoker[:] = luck("smoking") < p.smoker_share
    person.region[:] = np.floor(luck("region") * regions_of(size, p))
    person.place[:] = luck("place")
    person.insurer[:] = np.searchsorted(np.cumsum(insurer_shares(p))[:-1], luck("insurer"))
    person.supplementary[:] = luck("supplementary") < p.supplementary_insurance_share
    person.pays_above[:] = luck("pays above") < p.paid_above_maximum_share
    sd = p.exac_random_intercept_sd
    person.frailty[:] = np.exp(sd * ndtri(luck("frailty")) - 0.5 * sd * sd)
    rows = person.birth_month.size
    person.need_luck[:] = ndtri(luck("need"))
    person.class_luck[:] = draws(stream(seed, "person class position"), rows)
    person.mode_luck[:] = draws(stream(seed, "person mode of session"), rows)
    voluntary = luck("voluntary deductible") < p.voluntary_deductible_share
    person.deductible[:] = round(100 * p.compulsory_deductible)
    person.deductible[voluntary] += round(100 * p.voluntary_deductible_max)


def _draw_lung_function(
    person: "Person", health: "Health", p: ParameterSet, luck: Luck, first: np.ndarray
) -> None:
    """Fill FEV1 and stage: shares by stage, even within a stage's band of FEV1."""
    share_4 = np.where(first, p.gold_4_share_within_eligible, p.incident_gold_4_share)
    share_3 = np.where(first, p.gold_3_share_within_eligible, p.incident_gold_3_share)
    u = luck("lung function")
    # A stage nobody is in has no width to spread over; nothing lands there.
    tiny = np.finfo(float).eps
    floor, below_4, below_3, top = (
        p.fev1_floor,
        p.gold_4_fev1_below,
        p.gold_3_fev1_below,
        p.gold_2_fev1_below,
    )
    in_4 = floor + (below_4 - floor) * u / np.maximum(share_4, tiny)
    in_3 = below_4 + (below_3 - below_4) * (u - share_4) / np.maximum(share_3, tiny)
    in_2 = below_3 + (top - below_3) * (u - share_4 - share_3) / (1.0 - share_4 - share_3)
    health.fev1[:] = np.where(u < share_4, in_4, np.where(u < share_4 + share_3, in_3, in_2))
    _stage_each(health.fev1, below_3, below_4, health.gold)
    person.fev1_reference[:] = np.where(
        person.female == 1, p.fev1_reference_women, p.fev1_reference_men
    )
    person.fev1_reference_decline[:] = (
        np.where(person.female == 1, p.fev1_reference_decline_women, p.fev1_reference_decline_men)
        / 12.0
    )
    mean = p.fev1_decline_mean + p.fev1_decline_extra_smoker * (person.smoker - p.smoker_share)
    sd = p.fev1_decline_sd_between * p.fev1_slope_lasting_share
    yearly = mean + sd * ndtri(luck("lung function decline"))
    person.fev1_decline[:] = yearly / 12.0


def stage_middles(p: ParameterSet) -> tuple[float, float, float]:
    """Return FEV1 in the middle of stages 2, 3 and 4, % of the reference."""
    half = GOLD_MIDDLE_SHARE
    return (
        half * (p.gold_2_fev1_below + p.gold_3_fev1_below),
        half * (p.gold_3_fev1_below + p.gold_4_fev1_below),
        half * (p.gold_4_fev1_below + p.fev1_floor),
    )


def _draw_capacity(person: "Person", health: "Health", p: ParameterSet, luck: Luck) -> None:
    """Fill burden, walking capacity and activity; the last two are correlated."""
    person.ccq_offset[:] = p.ccq_sd_between * ndtri(luck("burden"))
    walk = ndtri(luck("walk"))
    person.walk_offset[:] = p.walk_sd_between * walk
    r = p.walk_steps_correlation
    steps = r * walk + np.sqrt(1.0 - r * r) * ndtri(luck("steps"))
    middles = stage_middles(p)
    median = _along_each(
        health.fev1, p.steps_median_gold2, p.steps_median_gold3, p.steps_median_gold4, middles
    )
    person.steps[:] = median * np.exp(p.steps_log_sd * steps)
    of_stage = _along_each(
        health.fev1, p.ccq_baseline_gold2, p.ccq_baseline_gold3, p.ccq_baseline_gold4, middles
    )
    health.ccq[:] = np.clip(of_stage + person.ccq_offset, 0.0, 6.0)


def _need_therapy(person: "Person", health: "Health", p: ParameterSet) -> None:
    """Make everybody low on activity who is not low on capacity, so that all need therapy."""
    of_stage = _along_each(
        health.fev1, p.sixmwd_baseline_gold2, p.sixmwd_baseline_gold3, p.sixmwd_baseline_gold4,
        stage_middles(p),
    )  # fmt: skip
    share = np.maximum(0.0, of_stage + person.walk_offset) / p.walk_predicted
    able = share >= p.capacity_cutoff_6mwd_pct_predicted / 100.0
    least = np.nextafter(p.activity_cutoff_steps_per_day, 0.0)
    person.steps[:] = np.where(able, np.minimum(person.steps, least), person.steps)


@phase
def _stage_each(fev1: np.ndarray, below_3: float, below_4: float, out: np.ndarray) -> None:
    for row in range(fev1.size):
        out[row] = gold_stage(fev1[row], below_3, below_4)


@allocating_phase
def _along_each(
    fev1: np.ndarray, at_2: float, at_3: float, at_4: float, middles: tuple[float, float, float]
) -> np.ndarray:
    out = np.empty(fev1.size)
    for row in range(fev1.size):
        out[row] = along_fev1(fev1[row], at_2, at_3, at_4, middles[0], middles[1], middles[2])
    return out

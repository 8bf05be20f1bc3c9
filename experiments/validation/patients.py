"""Patients: patterns that the model must show though nothing was fitted to them."""

from dataclasses import dataclass
from math import inf

import numpy as np

from experiments.validation.pattern import EMERGENT, TINY, Lab, Pattern, once
from model.codes import DIGITAL, TREATED
from model.parameters import ParameterSet
from model.register import RELEVANT_CHANGE
from model.simulation import Span

#: Fee per session as it was, for five years.
SPAN = Span(2024, 2028, 2028)
SHARE = 0.1
WARM_UP = 2  # years
NO_THERAPY = {"seek_rate": 0.0, "initial_treated_ratio": 0.0}
POWERLESS = {"effect_admission_rr_trained": 1.0}
DROPOUT = "Respiratory Medicine 2022, S0954-6111(22)00007-5 (993 patients)"
AUDIT_UK = "UK national audit 2017, ERJ Open Research 2021, 00509-2020"
COX = "Cox et al. 2021, Cochrane CD013040: 93 % complete at a distance, 70 % at a centre"
MOORE = "Moore et al. 2016, Chest, doi 10.1016/j.chest.2016.05.038: cohorts 1.56, trials 0.64"
DECLARED = "declared assumption; direction only"


@dataclass(frozen=True)
class Lives:
    """Lives of everybody over some years, arrays of shape (years, persons).

    Attributes:
        treated: Had a session in the year.
        admissions: Admissions in the year.
        months: Months alive in the year.
        burden, income, broke_off: Of every month in treatment: the burden at its start, the income
            quintile, and whether the patient broke off, each of shape (months in treatment,).
    """

    treated: np.ndarray
    admissions: np.ndarray
    months: np.ndarray
    burden: np.ndarray
    income: np.ndarray
    broke_off: np.ndarray

    def admission_rate(self, who: np.ndarray) -> float:
        """Return admissions per person-year of a selection of (year, person)."""
        return float(12.0 * self.admissions[who].sum() / self.months[who].sum())

    def dropout(self, who: np.ndarray) -> float:
        """Return the monthly share that breaks off among some months in treatment."""
        return float(self.broke_off[who].mean())


def live(lab: Lab, p: ParameterSet) -> Lives:
    """Run a tenth of the country and note what happens to whom."""
    world = lab.world(SHARE, SPAN, p)
    years: list[tuple[np.ndarray, ...]] = []
    in_treatment: list[tuple[np.ndarray, ...]] = []
    for month in range(world.span.months):
        december = month % 12 == 11
        if december:  # the tally of the year is cleared at its end
            tally = world.tally
            years.append(
                (tally.sessions > 0, tally.admissions.astype(float), tally.months.astype(float))
            )
            world.step()
            continue
        rows = np.flatnonzero(world.care.status == TREATED)
        burden, stopped = world.health.ccq[rows].copy(), world.tally.stopped[rows].copy()
        world.step()
        in_treatment.append(
            (burden, world.person.income[rows], world.tally.stopped[rows] > stopped)
        )
    treated, admissions, months = (np.stack(facts) for facts in zip(*years, strict=True))
    return Lives(
        treated,
        admissions,
        months,
        *(np.concatenate(facts) for facts in zip(*in_treatment, strict=True)),
    )


@once
def lives(lab: Lab) -> Lives:
    """Return the lives of the lab's own world."""
    return live(lab, lab.p)


def dropout_by_burden(lab: Lab) -> tuple[float, float, float]:
    """Return the monthly share that breaks off in the lightest, middle and heaviest third."""
    own = lives(lab)
    lower, upper = np.quantile(own.burden, [1 / 3, 2 / 3])
    light, heavy = own.burden <= lower, own.burden > upper
    return own.dropout(light), own.dropout(~light & ~heavy), own.dropout(heavy)


def dropout_by_income(lab: Lab) -> float:
    """Return the share that breaks off in the lowest two quintiles over that in the others."""
    own = lives(lab)
    return own.dropout(own.income <= 1) / own.dropout(own.income >= 2)


@once
def stops_by_distance(lab: Lab) -> np.ndarray:
    """Return who broke off and months in treatment, at a centre and at a distance, (2, 2)."""
    p = lab.p.replace({"digital_possible_share": 0.2, "remote_session_tariff_ratio": 1.3})
    world, stops = lab.world(SHARE, SPAN, p), np.zeros((2, 2))
    for _ in range(35):
        rows = np.flatnonzero(world.care.status == TREATED)
        mode, before = world.care.mode[rows] == DIGITAL, world.tally.stopped[rows].copy()
        world.step()
        if world.month % 12:
            gone = world.tally.stopped[rows] > before
            for at_a_distance in (0, 1):
                of_mode = mode == at_a_distance
                stops[at_a_distance] += (gone[of_mode].sum(), of_mode.sum())
    return stops


def dropout_at_a_distance(lab: Lab) -> float:
    """Return the share that breaks off at a distance over that at a centre."""
    (centre_gone, centre), (far_gone, far) = stops_by_distance(lab)
    return float((far_gone / far) / (centre_gone / centre))


def naive_ratio(lab: Lab) -> float:
    """Return admissions of the treated over those of others, as a plain comparison shows it."""
    own = lives(lab)
    alive = own.months > 0
    alive[:WARM_UP] = False
    return own.admission_rate(alive & own.treated) / own.admission_rate(alive & ~own.treated)


def true_ratio(lab: Lab) -> float:
    """Return admissions of the treated over those of the same people in a world without therapy."""
    own, without = lives(lab), live(lab, lab.p.replace(NO_THERAPY))
    later = own.treated.copy()
    later[:WARM_UP] = False
    return float(own.admissions[later].sum() / without.admissions[later].sum())


@once
def powerless(lab: Lab) -> Lives:
    """Return the lives in a world where training prevents no admission."""
    return live(lab, lab.p.replace(POWERLESS))


def prevented_by_powerless(lab: Lab) -> float:
    """Return how many admissions therapy prevents where it cannot: the twins must agree."""
    own = powerless(lab)
    without = live(lab, lab.p.replace(POWERLESS).replace(NO_THERAPY))
    return float(without.admissions[own.treated].sum() - own.admissions[own.treated].sum())


def prevented(lab: Lab) -> float:
    """Return the admissions that the power of training prevents, in the sample."""
    return float(powerless(lab).admissions.sum() - lives(lab).admissions.sum())


def overstated(lab: Lab) -> float:
    """Return how much more improvement is reported than true because who is ill answers less.

    The same patients and luck, with and without selective answers.
    """
    gaps = []
    for fall in (0.0, 1.0):
        p = lab.p.replace({"response_per_ccq": fall, "questionnaire_response_share": 0.6})
        world = lab.world(0.4, SPAN, p).run(23)
        truly = world.tally.improved.sum() / world.tally.followed.sum()
        register = world.books.register
        reported = register.total[RELEVANT_CHANGE].sum() / register.count[RELEVANT_CHANGE].sum()
        gaps.append(float(reported - truly))
    return gaps[1] - gaps[0]


PATTERNS = (
    Pattern("burden_dropout", EMERGENT, 1.1, 2.0, DROPOUT,
            lambda lab: dropout_by_burden(lab)[2] / dropout_by_burden(lab)[0]),
    Pattern("burden_dropout_orderly", EMERGENT, TINY, inf, DROPOUT,
            lambda lab: float(np.diff(dropout_by_burden(lab)).min()), "share", 2),
    Pattern("income_dropout", EMERGENT, 1.03, 1.5, AUDIT_UK, dropout_by_income),
    Pattern("distance_dropout", EMERGENT, 0.1, 0.4, COX, dropout_at_a_distance),
    Pattern("naive_admissions", EMERGENT, 1.2, 2.0, MOORE, naive_ratio, note="naive_admissions"),
    Pattern("true_admissions", EMERGENT, 0.64, 0.95, MOORE, true_ratio, note="true_admissions"),
    Pattern("powerless_prevents_none", EMERGENT, 0.0, 0.0, "by construction (twin worlds)",
            prevented_by_powerless, "admissions", 0),
    Pattern("training_prevents", EMERGENT, 1.0, inf, "by construction (twin worlds)", prevented,
            "admissions", 0),
    Pattern("answers_flatter", EMERGENT, 0.003, inf, DECLARED, overstated, "share", 1),
)  # fmt: skip

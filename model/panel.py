"""The panel: every practice in every year, as the regulator sees it and as it is.

One ``PanelYear`` is added each December. What is *seen* are claims (complete), answers to
questionnaires (noisy, with gaps) and the register of those who started; what is *true* is never
shown to the regulator: it is kept to score what the regulator concludes. Who was refused, left a
queue or still waits is in nobody's register, and is part of the true access.
"""

from collections import namedtuple
from dataclasses import dataclass
from typing import Literal

import numpy as np

#: year: Calendar year. joined: Whether each practice holds the scenario's contract with any
#: insurer, shape (practices,). under: Treated patients whose insurer is one of those. patients:
#: Treated patients. seen_total, seen_count, true_total, true_count: (indicators, practices); a
#: practice's value is total over count. spending, ceiling: Paramedical spending of the country and
#: what the framework allows, cents; a ceiling of 0 before the policy. overrun: Whether the ceiling
#: was passed, before any clawback.
PanelYear = namedtuple(
    "PanelYear",
    "year joined under patients seen_total seen_count true_total true_count spending ceiling "
    "overrun",
)


@dataclass(frozen=True)
class Watched:
    """One thing that the regulator follows per practice.

    Attributes:
        id: Name in tables.
        en, nl: Label.
        unit: Unit of a practice's value.
        better: Direction a patient or policymaker would welcome.
        weight: Whether a practice counts by its patients, or as one.
        margin: Parameter with the worsening that is accepted; empty if no verdict rests on it.
        money: Whether it is money: its margin is then a share of what it would have been, and a
            worsening asks for a lower price, where any other asks for a stop.
        last_year_only: Judged on the last year, else on all years since joining.
        decimals: Digits to print.
    """

    id: str
    en: str
    nl: str
    unit: str
    better: Literal["higher", "lower", "neither"]
    weight: Literal["patients", "practices"] = "patients"
    margin: str = ""
    money: bool = False
    last_year_only: bool = False
    decimals: int = 3

    @property
    def worse(self) -> float:
        """1 if a rise is a worsening, -1 if a fall is, 0 if neither."""
        return {"lower": 1.0, "higher": -1.0, "neither": 0.0}[self.better]


#: The indicators of the letter of 20 June 2024 (burden, total cost, admissions, job satisfaction),
#: access, and what the payer and the Zorginstituut watch (spending; sessions, on which no verdict
#: rests). Money is judged on the last year: the price of earlier years may have been lowered since.
WATCHED = (
    Watched("burden_fall", "Fall of disease burden after a quarter (CCQ)",
            "Daling van de ziektelast na een kwartaal (CCQ)", "CCQ points", "higher",
            margin="evaluation_margin_burden"),
    Watched("admissions", "Lung attacks with admission per treated patient",
            "Longaanvallen met opname per behandelde patiënt", "per patient-year", "lower",
            margin="evaluation_margin_admissions"),
    Watched("start_in_time", "Patients who start within the agreed days",
            "Patiënten die binnen de afgesproken dagen starten", "share", "higher",
            margin="evaluation_margin_access"),
    Watched("total_cost", "Total care cost per treated patient",
            "Totale zorgkosten per behandelde patiënt", "EUR/year", "lower",
            margin="evaluation_margin_total_cost", money=True, last_year_only=True, decimals=0),
    Watched("spending", "Paramedical spending per treated patient",
            "Paramedische uitgaven per behandelde patiënt", "EUR/year", "lower",
            margin="evaluation_margin_spending", money=True, last_year_only=True, decimals=0),
    Watched("satisfaction", "Job satisfaction (survey of practices)",
            "Werkplezier (enquête onder praktijken)", "index", "higher", weight="practices",
            margin="evaluation_margin_satisfaction", decimals=1),
    Watched("sessions", "Sessions per treated patient", "Zittingen per behandelde patiënt",
            "sessions/year", "neither", decimals=2),
)  # fmt: skip

ROW = {watched.id: row for row, watched in enumerate(WATCHED)}

#: What a comparison of practices needs; arrays over all practices.
#:
#: joined, others: Who holds the contract in the last year, and who never held it. before, after:
#: Value of each practice; not-a-number where nothing was seen. change: After minus before, each
#: year first set against the mean of the others in that year. weight: Weight of each practice.
Sample = namedtuple("Sample", "joined others before after change weight")


def held(panel: list[PanelYear], year: int, policy_year: int) -> tuple[np.ndarray, np.ndarray]:
    """Return who holds the contract in a year, and who never held it up to then; (practices,)."""
    policy = [one for one in panel if policy_year <= one.year <= year]
    ever = np.any([one.joined for one in policy], axis=0)
    return policy[-1].joined, ~ever


def years_counted(
    panel: list[PanelYear], watched: Watched, year: int, policy_year: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which years count as before and as after, per practice.

    Before: all years before the policy. After: the policy years up to ``year`` in which the
    practice held the contract (for those that never held it: all of them), or that year only.

    Returns:
        Two arrays of booleans, (years, practices).
    """
    years = np.array([one.year for one in panel])
    joined, others = held(panel, year, policy_year)
    first = year if watched.last_year_only else policy_year
    in_window = (years >= first) & (years <= year)
    on_contract = np.array([one.joined for one in panel])
    after = in_window[:, None] & ((on_contract & joined) | others)
    before = np.repeat((years < policy_year)[:, None], joined.size, axis=1)
    return before, after


def sample(panel: list[PanelYear], watched: Watched, year: int, policy_year: int) -> Sample:
    """Return the practices to compare in a year, on what is seen.

    For the change each practice-year is first set against the mean of the practices that never
    joined, so that a practice that joined late is compared over the same calendar (the two stages
    of Gardner 2021, arXiv 2207.05943). If all joined at once, it is the plain difference in
    differences.
    """
    row = ROW[watched.id]
    joined, others = held(panel, year, policy_year)
    total = np.array([one.seen_total[row] for one in panel])
    count = np.array([one.seen_count[row] for one in panel])
    of_others = (part[:, others].sum(axis=1) for part in (total, count))
    against = total - _ratio(*of_others, nothing=0.0)[:, None] * count
    before_years, after_years = years_counted(panel, watched, year, policy_year)
    return Sample(
        joined,
        others,
        before=mean_over(total, count, before_years),
        after=mean_over(total, count, after_years),
        change=mean_over(against, count, after_years) - mean_over(against, count, before_years),
        weight=weights(panel, watched, after_years),
    )


def mean_over(total: np.ndarray, count: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Return each practice's value over the marked years; not-a-number if nothing was seen.

    Args:
        total: Sum of the values, (years, practices).
        count: Number of values.
        years: Years that count, booleans of the same shape.
    """
    return _ratio(*(np.where(years, part, 0.0).sum(axis=0) for part in (total, count)))


def weights(panel: list[PanelYear], watched: Watched, years: np.ndarray) -> np.ndarray:
    """Return the weight of each practice: its patients in the marked years, or 1."""
    if watched.weight == "practices":
        return np.ones(years.shape[1])
    return np.where(years, np.array([one.patients for one in panel]), 0.0).sum(axis=0)


def true_effect(
    panel: list[PanelYear],
    baseline: list[PanelYear],
    watched: Watched,
    year: int,
    policy_year: int,
) -> float:
    """Return what the contract really did in the practices that joined, whatever was seen of it.

    Their value under the policy minus the value of the same practices, with the same luck, in the
    baseline world; over the same years and with the same weights as the regulator's estimate.
    Not-a-number if nobody joined.

    Args:
        panel: Panel of the policy world.
        baseline: Panel of the baseline world of the same seed.
        watched: Indicator.
        year: Year evaluated.
        policy_year: First year of the policy.
    """
    row = ROW[watched.id]
    _, years = years_counted(panel, watched, year, policy_year)
    weight = weights(panel, watched, years)
    here, there = (
        mean_over(
            np.array([one.true_total[row] for one in world[: len(years)]]),
            np.array([one.true_count[row] for one in world[: len(years)]]),
            years,
        )
        for world in (panel, baseline)
    )
    joined, _ = held(panel, year, policy_year)
    known = joined & np.isfinite(here) & np.isfinite(there) & (weight > 0)
    if not known.any():
        return float("nan")
    return float(np.average((here - there)[known], weights=weight[known]))


def _ratio(top: np.ndarray, bottom: np.ndarray, *, nothing: float = np.nan) -> np.ndarray:
    out: np.ndarray = np.divide(top, bottom, out=np.full(top.shape, nothing), where=bottom > 0)
    return out

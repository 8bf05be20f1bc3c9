"""January: the regulator judges the experiment on last year's panel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agents.regulator import (
    finding,
    growth_is_flagged,
    lowered,
    neutral_spending,
    verdict,
)
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.estimates import Estimate, estimates

from .panel import Mean, PanelYear

if TYPE_CHECKING:
    from .model import ReferenceModel

#: What is followed: 1 if a rise is worse, -1 if a fall is; and the margin a verdict rests on.
#: Of money the margin is a share of what it would have been without the contract.
FOLLOWED = {
    "burden_fall": (-1.0, "evaluation_margin_burden"),
    "admissions": (1.0, "evaluation_margin_admissions"),
    "start_in_time": (-1.0, "evaluation_margin_access"),
    "total_cost": (1.0, "evaluation_margin_total_cost"),
    "spending": (1.0, "evaluation_margin_spending"),
    "satisfaction": (-1.0, "evaluation_margin_satisfaction"),
    "sessions": (0.0, ""),
}
MONEY = ("total_cost", "spending")
WORSE = 1


@dataclass
class Conclusion:
    """One line of an evaluation.

    Attributes:
        indicator: What it is about.
        found: The estimate.
        mean: Value of those who joined, afterwards.
        margin: Worsening that is accepted.
        says: 0 unclear, 1 worse, 2 better.
    """

    indicator: str
    found: Estimate
    mean: float
    margin: float
    says: int


@dataclass
class Evaluation:
    """What was concluded in one January.

    Attributes:
        year: Year judged.
        lines: Conclusions.
        verdict: 0 continue, 1 adjust, 2 stop; None if there was no contract to judge.
        price_factor: Factor on the bundle price from now on.
        growth: Growth of sessions per patient, and whether it is flagged; None if not known.
        excess: Spending beyond the framework, and whether it was passed; None if not known.
    """

    year: int
    lines: list[Conclusion]
    verdict: int | None
    price_factor: float
    growth: tuple[float, bool] | None
    excess: tuple[float, bool] | None


def evaluate_year(model: "ReferenceModel") -> None:
    """Judge last year, from the second year of the policy on."""
    if model.month <= model.policy_month:
        return
    year, p = model.year - 1, model.p
    joined = [one.joined for one in model.panel[-1].practices]
    lines = [line for what in FOLLOWED for line in conclude(model, what)] if any(joined) else []
    worse = {line.indicator for line in lines if line.found.identified and line.says == WORSE}
    harms = len(worse - {*MONEY, "sessions"})
    for what in worse:
        model.happened[f"worse: {what}"] += 1
    has_price = int(model.contracts[-1].bundle is not None)
    decided = verdict(harms, int(any(what in worse for what in MONEY)), has_price)
    model.happened["no effect can be told"] += any(joined) and not any(
        line.found.identified for line in lines
    )
    model.happened[f"verdict {decided}"] += any(joined)
    if model.policy.regulator_acts and decided == 2:
        stop(model)
    if model.policy.regulator_acts and decided == 1:
        overruns = [line for line in lines if line.indicator in MONEY and line.indicator in worse]
        paid = next(line.mean for line in lines if line.indicator == "spending")
        adjust(model, [line for line in overruns if line.found.identified], paid)
    growth, spent = growth_of_sessions(model), model.panel[-1]
    model.evaluations.append(
        Evaluation(
            year,
            lines,
            decided if any(joined) else None,
            model.price_factor,
            None
            if growth is None
            else (growth, bool(growth_is_flagged(growth, p.watch_sessions_growth))),
            None if spent.ceiling == 0 else (spent.spending / spent.ceiling - 1.0, spent.overrun),
        )
    )
    model.happened["sessions flagged"] += growth is not None and growth > p.watch_sessions_growth


def stop(model: "ReferenceModel") -> None:
    """End the experiment: every practice is back on the regular contract."""
    model.stopped = True
    for practice in model.practices:
        for insurer, contract in enumerate(practice.contract_with):
            if contract == POLICY_CONTRACT:
                practice.contract_with[insurer] = REGULAR_CONTRACT
                model.happened["stopped by the regulator"] += 1


def adjust(model: "ReferenceModel", overruns: list[Conclusion], paid: float) -> None:
    """Lower the bundle price by the largest overspending that was estimated, within bounds.

    ``paid`` is mean paramedical spending, on which alone the price acts.
    """
    p = model.p
    model.price_factor = min(
        lowered(
            model.price_factor,
            line.found.estimate,
            neutral_spending(line.mean, line.found.estimate)
            if line.indicator == "spending"
            else paid,
            p.regulator_price_cut_most,
            p.regulator_price_factor_least,
        )
        for line in overruns
    )
    model.happened["price cut by the regulator"] += 1
    model.happened["price cut for total cost"] += overruns[0].indicator == "total_cost"


def conclude(model: "ReferenceModel", what: str) -> list[Conclusion]:
    """Return what one indicator says of those who joined, against those who never did."""
    p, worse = model.p, FOLLOWED[what][0]
    columns = zip(
        *(compared(model, number, what) for number in range(len(model.practices))), strict=True
    )
    joined, others, before, after, change, weight = (np.array(column) for column in columns)
    found = estimates(
        joined,
        others,
        before,
        after,
        change,
        weight,
        p.evaluation_fewest_practices,
        p.evaluation_confidence,
    )
    known = [k for k in range(joined.size) if joined[k] and after[k] == after[k] and weight[k] > 0]
    patients = sum(weight[k] for k in known)
    mean = sum(weight[k] * after[k] for k in known) / patients if patients else 0.0
    out = []
    for one in found:
        margin = p[FOLLOWED[what][1]] if FOLLOWED[what][1] else 0.0
        if what in MONEY:
            margin *= neutral_spending(mean, one.estimate)
        out.append(Conclusion(what, one, mean, margin, finding(one.low, one.high, worse, margin)))
    return out


def compared(
    model: "ReferenceModel", number: int, what: str
) -> tuple[bool, bool, float, float, float, float]:
    """Return one practice as the comparison needs it.

    Whether it holds the contract, whether it never did, its value before and after, the change with
    the calendar of the others taken off, and its weight.
    """
    policy = [one for one in model.panel if one.year >= model.policy_year]
    own = [one.practices[number].joined for one in policy]
    joined, never = own[-1], not any(own)
    earlier = [one for one in model.panel if one.year < model.policy_year]
    later = policy[-1:] if what in MONEY else policy
    later = [one for one in later if never or (joined and one.practices[number].joined)]

    def value(years: list[PanelYear], usual: bool) -> float:
        seen = Mean()
        for one in years:
            own = one.practices[number].seen[what]
            taken_off = others_mean(model, one, what) if usual else 0.0
            seen.add(own.total - taken_off * own.count, own.count)
        return seen.value if seen.count else float("nan")

    weight = float(sum(one.practices[number].patients for one in later))
    return (
        joined,
        never,
        value(earlier, False),
        value(later, False),
        value(later, True) - value(earlier, True),
        1.0 if what == "satisfaction" else weight,
    )


def others_mean(model: "ReferenceModel", year: PanelYear, what: str) -> float:
    """Return the mean in a year of the practices that never held the contract up to now."""
    mean = Mean()
    for number, practice in enumerate(year.practices):
        if not any(one.practices[number].joined for one in model.panel):
            mean.add(practice.seen[what].total, practice.seen[what].count)
    return mean.value if mean.count else 0.0


def growth_of_sessions(model: "ReferenceModel") -> float | None:
    """Return how much sessions per treated patient grew since the year before the policy."""
    before = [one for one in model.panel if one.year == model.policy_year - 1]
    per_patient = []
    for year in (*before, model.panel[-1]):
        mean = Mean()
        for practice in year.practices:
            mean.add(practice.seen["sessions"].total, practice.seen["sessions"].count)
        per_patient.append(mean.value if mean.count else 0.0)
    if len(per_patient) < 2 or 0.0 in per_patient:
        return None
    return per_patient[1] / per_patient[0] - 1.0

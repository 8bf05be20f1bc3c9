"""How patients attend: who breaks off, who misses sessions, who answers questionnaires.

Each rule is relative to the average person in treatment, so that the calibrated means hold.
"""

import math

from model.rules import rule


@rule
def quintiles_below_middle(income: int) -> int:
    """Return how many quintiles an income (0 lowest to 4) lies below the middle one, 0 to 2."""
    return max(0, 2 - income)


@rule
def dropout_chance(
    base: float,
    ccq: float,
    per_ccq: float,
    ccq_reference: float,
    below: int,
    per_quintile: float,
    typical: float,
    of_mode: float,
) -> float:
    """Return the monthly chance of breaking off, at most 1.

    base x ratio ^ (CCQ - reference) x (per quintile ^ below) / typical x ratio of the mode. More
    break off with more burden (Respir Med 2022, S0954-6111(22)00007-5) and in poorer areas (UK
    national audit 2017: ERJ Open Res 2021, 00509-2020), fewer at a distance (Cox 2021).

    Args:
        base: Chance of the average person at the practice.
        ccq: Burden.
        per_ccq: Ratio per CCQ point.
        ccq_reference: Burden at which ``base`` holds.
        below: Income quintiles below the middle.
        per_quintile: Ratio per quintile below the middle.
        typical: Mean of per quintile ^ below over all incomes.
        of_mode: Ratio of the mode of the sessions, 1 at the practice.
    """
    chance = base * per_ccq ** (ccq - ccq_reference)
    out: float = min(1.0, chance * per_quintile**below / typical * of_mode)
    return out


@rule
def attendance(
    ccq: float,
    per_ccq: float,
    ccq_typical: float,
    below: float,
    per_quintile: float,
    below_typical: float,
    margin: float,
) -> float:
    """Return the sessions a person attends of those planned, against the average person.

    1 - a (CCQ - typical) - b (quintiles below the middle - typical), within 1 - and + ``margin``. A
    plan reckons with the usual absence, so the average person gets exactly what is planned.

    Args:
        ccq: Burden.
        per_ccq: a, share missed more per CCQ point.
        ccq_typical: Mean burden of those in treatment.
        below: Income quintiles below the middle.
        per_quintile: b, share missed more per quintile.
        below_typical: Mean of ``below`` over all incomes.
        margin: Farthest from 1 that anybody comes.
    """
    share = 1.0 - per_ccq * (ccq - ccq_typical) - per_quintile * (below - below_typical)
    return min(1.0 + margin, max(1.0 - margin, share))


@rule
def response_chance(usual: float, ccq: float, per_ccq: float, ccq_typical: float) -> float:
    """Return the chance that a person answers the questionnaires: less with more burden.

    The odds usual / (1 - usual) x exp(-a (CCQ - typical)): those who are ill or disappointed answer
    less, so what is answered looks better than it is. If all or none answer, all or none do.

    Args:
        usual: Share of patients who answer.
        ccq: Burden.
        per_ccq: a, fall of the log of the odds per CCQ point.
        ccq_typical: Mean burden of those in treatment.
    """
    odds = usual * math.exp(-per_ccq * (ccq - ccq_typical))
    return odds / (1.0 - usual + odds)


@rule
def completion_ratio(completed: float, reference: float) -> float:
    """Return the ratio of two rates of breaking off from two shares that complete, ln c / ln r.

    Args:
        completed: Share that completes in this mode.
        reference: Share that completes the same programme at a centre.
    """
    return math.log(completed) / math.log(reference)

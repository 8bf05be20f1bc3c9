"""Target income: who earns less than used to makes up the gap, and no more.

Hypothesis: a provider wants a usual income and induces demand only as far as is needed to reach it
(Evans 1974, in The Economics of Health and Medical Care; McGuire and Pauly 1991, J Health Econ
10:385). Here per patient: the reference is what the patient's need would have earned under the fee
per session of the last year of history. A simplification: the theory speaks of the income of a
whole practice; a gap on one patient is not offset by a gain on another.

Equation: gap = max(0, reference - [F + (p - c) n]); q = n + gap / (p - c), which is more sessions
where p > c and fewer where p < c; without a gap, or where a session brings nothing, need. Upcoding
counts as a gain only up to the gap, and another mode of session is taken only if there is one. Who
brings in at least the reservation value is accepted, because that helps to reach the income; who
does not is weighed as in the default theory, and so is the moral cost of misgrading.
"""

from agents.behaviours.default import HALF_A_CENT, margin
from model.rules import rule


@rule
def income_gap(reference, at_need):
    """Return by how much income at need falls short of the reference, EUR; never below zero.

    Args:
        reference: What the patient's need would have earned under last history year's fee.
        at_need: What it earns under the present contract.
    """
    gap = reference - at_need
    return gap if gap >= HALF_A_CENT else 0.0


@rule
def shortfall(result, at_need, gap):
    """Return by how much a result falls short of the usual income, EUR; never below zero.

    What comes above the usual income is worth nothing to who wants no more than that.

    Args:
        result: Expected result at the sessions planned, EUR.
        at_need: Result if need were given, EUR.
        gap: Value of ``income_gap``: at need so much is lacking.
    """
    return max(0.0, at_need + gap - result) if gap > 0.0 else 0.0


@rule
def sessions_for_income(need, gap, fee, cost, floor, ceiling):
    """Return the sessions that make up an income gap, sessions a year: n + gap / (p - c).

    Args:
        need: Patient-optimal sessions n.
        gap: Value of ``income_gap``, EUR a year.
        fee: Marginal revenue of one more session, p.
        cost: Marginal cost of one more session, c.
        floor: Least share of need a quality clause demands.
        ceiling: Most sessions that can be given.
    """
    per_session = margin(fee, cost)
    wished = need + gap / per_session if per_session != 0.0 else need
    return min(ceiling, max(0.0, floor * need, wished))

"""Pure profit: only money counts; the patient sets the limit.

Hypothesis: the limit rho -> infinity of the default theory without professional norm and without
moral cost. Some Dutch providers always exploit a threshold in their payment (Douven, Remmerswaal
and Zoutenbier 2015, CPB Discussion Paper 319); that all do is the hypothesis. Selection by profit
alone is S3 (Ellis 1998, J Health Econ 17:537).

Equation: maximise F + (p - c) q + beta B(q, n) within what patient, cover and contract allow. With
beta = 0: p > c as many sessions as the patient accepts and may have, p < c as few as the contract
allows, p = c need (indifferent). Accepts if and only if profit >= reservation value. Upcodes and
opens a quarter whenever the gain, net of expected audits, is above zero.
"""

from agents.behaviours.default import margin
from model.rules import rule


@rule
def most_profitable_sessions(
    need: float,
    fee: float,
    cost: float,
    curvature: float,
    outcome_pay: float,
    floor: float,
    ceiling: float,
    most: float,
) -> float:
    """Return the sessions of highest profit, sessions a year.

    With outcome pay the optimum p - c + beta k (n - q) = 0 lies at n + (p - c) / (beta k).

    Args:
        need: Patient-optimal sessions n.
        fee: Marginal revenue of one more session, p.
        cost: Marginal cost of one more session, c.
        curvature: k.
        outcome_pay: beta, share of measured benefit paid.
        floor: Least share of need a quality clause demands.
        ceiling: Most sessions by the guideline, for a therapist who keeps to it.
        most: Most sessions the patient accepts and may have; no guideline holds back profit.
    """
    least = max(0.0, floor * need)
    gain = margin(fee, cost)
    if gain == 0.0:
        return min(ceiling, max(least, need))
    if outcome_pay > 0.0:
        return min(most, max(least, need + gain / (outcome_pay * curvature)))
    return most if gain > 0.0 else min(most, least)


@rule
def contacts_pay(sessions: float, threshold: float, price: float, fee: float, cost: float) -> bool:
    """Return whether giving more contacts up to a paid threshold earns more than it costs.

    Price S of the threshold T against (c - p) (T - q).
    """
    return sessions < threshold and price > (cost - fee) * (threshold - sessions)

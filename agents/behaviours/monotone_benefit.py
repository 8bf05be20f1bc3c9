"""Monotone benefit (A-exp): more care is never bad for the patient, it only helps less and less.

Hypothesis: a variant of the default theory in which patient benefit has no top: B(q) =
V (1 - exp(-q / tau)), with V such that the first best (B' = c) is the need: V = c tau exp(n / tau).
Structure: Ellis and McGuire 1986 (J Health Econ 5:129) with diminishing returns; it fits payment
with session maxima, because at p >= c nothing but the maximum ends treatment.

Equation: B'(q) = (c - p) / w with w = 1 / rho + beta gives q = n + tau ln(c w / (c - p)); under a
bundle n - tau ln(rho). At p >= c there is no optimum: the most that can be given. Unlike the other
theories it is not indifferent at p = c, so with neutral incentives it gives the maximum, not need.
A professional norm x draws toward need as in the default theory: it counts as a cost of x per
session above need and of -x below.
"""

import math

from model.rules import rule


@rule
def benefit(sessions: float, need: float, session_cost: float, decay: float) -> float:
    """Return B(q) = V (1 - exp(-q / tau)) with V = c tau exp(n / tau), EUR a year.

    Args:
        sessions: q.
        need: n, the sessions of the first best.
        session_cost: c of an individual session, EUR.
        decay: tau, sessions.
    """
    return session_cost * decay * (math.exp(need / decay) - math.exp((need - sessions) / decay))


@rule
def marginal_benefit(sessions: float, need: float, session_cost: float, decay: float) -> float:
    """Return B'(q) = c exp((n - q) / tau), EUR per session."""
    return session_cost * math.exp((need - sessions) / decay)


@rule
def wished_sessions(
    need: float,
    rho: float,
    fee: float,
    cost: float,
    session_cost: float,
    decay: float,
    outcome_pay: float,
    most: float,
) -> float:
    """Return the sessions chosen without professional norm, sessions a year.

    n + tau ln(c_1 w / (c - p)), with c_1 the cost of an individual session; ``most`` if p >= c.

    Args:
        need: n.
        rho: Weight on profit over patient benefit.
        fee: Marginal revenue of one more session, p.
        cost: Marginal cost of one more session in the mode it is given, c.
        session_cost: Cost of an individual session, c_1.
        decay: tau, sessions.
        outcome_pay: beta.
        most: Most sessions that can be given.
    """
    if fee >= cost:
        return most
    weight = 1.0 / rho + outcome_pay
    return min(most, need + decay * math.log(session_cost * weight / (cost - fee)))


@rule
def planned_sessions(
    need: float,
    rho: float,
    norm: float,
    fee: float,
    cost: float,
    session_cost: float,
    decay: float,
    outcome_pay: float,
    floor: float,
    maximum: float,
) -> float:
    """Return the sessions planned: wish, norm, floor and maximum, sessions a year.

    The arguments are those of ``wished_sessions``; further ``norm``, x in EUR per session of
    deviation, and ``floor``, the least share of need a quality clause demands.
    """
    sessions = wished_sessions(
        need, rho, fee - norm, cost, session_cost, decay, outcome_pay, maximum
    )
    if sessions < need:
        less = wished_sessions(
            need, rho, fee + norm, cost, session_cost, decay, outcome_pay, maximum
        )
        sessions = min(need, less)
    return min(maximum, max(0.0, floor * need, sessions))


@rule
def patient_gain(
    sessions: float,
    need: float,
    maximum: float,
    session_cost: float,
    decay: float,
    outside_option: float,
) -> float:
    """Return B(q) - outside_option x B(min(n, maximum)), EUR a year (section 4.5)."""
    elsewhere = outside_option * benefit(min(need, maximum), need, session_cost, decay)
    return benefit(sessions, need, session_cost, decay) - elsewhere


@rule
def substitutes(
    other_fee: float,
    other_cost: float,
    fee: float,
    cost: float,
    effect: float,
    sessions: float,
    need: float,
    rho: float,
    session_cost: float,
    decay: float,
) -> bool:
    """Return whether sessions are given in a cheaper way (4.10), with B' of this benefit.

    The arguments are those of ``agents.behaviours.default.substitutes``.
    """
    gain = (other_fee - other_cost) - (fee - cost)
    harm = (1.0 - effect) * marginal_benefit(sessions, need, session_cost, decay)
    return gain > 0.0 and rho * gain >= harm

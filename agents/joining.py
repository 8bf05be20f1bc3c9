"""Joining: whether a practice takes the contract that an insurer offers, keeps it, or leaves.

Each January a practice sets the contract beside the regular one: its own patients of last year, at
the sessions it would plan itself, with the risk of so few patients, the work of changing, how far
it trusts the insurer and what its neighbours did. The choice is a logit
(``agents.behaviours.default.acceptance_probability``; clinical evidence, sections 4.4 and 4.9).
"""

from agents.behaviours.default import planned_sessions, profit
from model.contracts.incentives import stop_loss_pay, stop_loss_session
from model.contracts.noise import normal_density
from model.contracts.risk import normal_probability
from model.rules import rule


@rule
def loss_averse_value(mean, sd, aversion):
    """Return what an uncertain result is worth to who minds losses more than gains, EUR.

    mean - (lambda - 1) E[loss] for a normal result, with E[loss] = sd phi(m / sd) - m Phi(-m / sd).
    The weight lambda of a loss is that of prospect theory (Tversky and Kahneman 1992; mean of many
    studies: Brown et al. 2024, J Econ Lit 62:485). The SD of a mean result falls with the square
    root of the number of patients (R1), so a practice with few of them has more to fear from each.

    Args:
        mean: Expected result, EUR.
        sd: Its SD, EUR; 0 means no risk.
        aversion: lambda; 1 is neutral.
    """
    if sd <= 0.0:
        loss = max(0.0, -mean)
    else:
        loss = sd * normal_density(mean / sd) - mean * normal_probability(-mean / sd)
    return mean - (aversion - 1.0) * loss


@rule
def trust_in_insurer(luck, mean):
    """Return how far one practice trusts one insurer, 0 to 1: u^((1 - m) / m), which has mean m.

    Args:
        luck: Uniform number of the practice and the insurer, for life.
        mean: m, mean over practices and insurers.
    """
    return luck ** ((1.0 - mean) / mean)


@rule
def trusted_gain(gain, trust):
    """Return what a practice makes of an expected gain, EUR: a promise counts as far as trusted.

    A loss is no promise, so it counts in full.
    """
    return trust * gain if gain > 0.0 else gain


@rule
def sessions_under(
    need, rho, norm, fee, cost, curvature, outcome_pay, floor, most, reference, cv, attachment,
    stop_share,
):  # fmt: skip
    """Return the sessions a year that a practice would plan for a patient under a contract.

    ``planned_sessions`` with what one more session adds to a stop-loss payment in the fee, as in
    the planning of the month.

    Args:
        need: Patient-optimal sessions a year.
        rho: Weight on profit over patient benefit.
        norm: Strength of the professional norm, EUR per session of deviation.
        fee: What one more session pays apart from a stop-loss, EUR.
        cost: Cost of a session, EUR.
        curvature: k.
        outcome_pay: Share of patient benefit that is paid.
        floor: Least share of need that the contract asks for.
        most: Most sessions a year.
        reference: Price per session that a stop-loss reckons with, EUR.
        cv: Coefficient of variation of cost between patients.
        attachment: Stop-loss level, EUR a year.
        stop_share: Share above it that the insurer pays.
    """
    more = fee + stop_loss_session(need, reference, cv, attachment, stop_share)
    return planned_sessions(
        need, rho, norm, more, cost, curvature, outcome_pay, 0.0, floor, most
    )  # fmt: skip


@rule
def result_under(fixed, fee, cost, sessions, reference, cv, attachment, stop_share):
    """Return the expected result of a patient-year under a contract, EUR.

    F + (p - c) q and what a stop-loss is expected to pay; arguments as in ``sessions_under``.
    """
    ceded = stop_loss_pay(sessions, reference, cv, attachment, stop_share)
    return profit(fixed, fee, cost, sessions) + ceded


@rule
def share_of_neighbours(holders, practices, holds):
    """Return the share of the other practices of the region that had the contract last year.

    Args:
        holders: Practices of the region that had it, the own one included.
        practices: Practices of the region.
        holds: 1 if the own practice had it.
    """
    others = practices - 1
    return (holders - holds) / others if others > 0 else 0.0


@rule
def joining_value(
    gain, sd, trust, aversion, administration, changing, holds, neighbours, peer_value
):
    """Return what holding the contract is worth above not holding it, EUR per patient-year.

    Loss-averse value of the trusted gain, less the extra administration, plus the pull of
    neighbours. What the practice would have under the regular contract is its point of reference.
    Changing costs time once: who is out pays it to join, who is in pays it to leave.

    Args:
        gain: Expected gain of the own panel over the regular contract, EUR per patient-year.
        sd: SD of that gain in the mean of all patients who would be under the contract, EUR.
        trust: Trust in the insurer, 0 to 1.
        aversion: Weight of a loss against a gain.
        administration: Extra administration, EUR per patient-year.
        changing: What it costs to sign or leave, EUR per patient of the insurer.
        holds: Whether the practice has the contract now.
        neighbours: Share of neighbours that had it.
        peer_value: What it is worth if all neighbours have it, EUR per patient-year.
    """
    value = loss_averse_value(trusted_gain(gain, trust), sd, aversion)
    value += peer_value * neighbours - administration
    return value + changing if holds else value - changing

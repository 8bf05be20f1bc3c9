"""Joining: whether a practice takes the contract that an insurer offers, keeps it, or leaves.

Each January a practice sets the contract beside the regular one: its own patients of last year, at
the sessions its therapists would plan, what patients gain or lose by that, the risk of so few
patients, the work it brings, how far it trusts the insurer and what its neighbours did. The choice
is a logit (``agents.behaviours.default.acceptance_probability``; clinical evidence, sections 4.4
and 4.9).
"""

import math

from agents.behaviours.default import profit
from model.contracts.incentives import stop_loss_pay
from model.contracts.noise import normal_density
from model.contracts.risk import normal_probability
from model.rules import rule

HALVINGS = 60  # leaves of any amount less than its rounding


@rule
def loss_averse_value(mean: float, sd: float, aversion: float) -> float:
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
def trust_in_insurer(luck: float, mean: float) -> float:
    """Return how far one practice trusts one insurer, 0 to 1: u^((1 - m) / m), which has mean m.

    Args:
        luck: Uniform number of the practice and the insurer, for life.
        mean: m, mean over practices and insurers.
    """
    out: float = luck ** ((1.0 - mean) / mean)
    return out


@rule
def trusted_gain(gain: float, trust: float) -> float:
    """Return what a practice makes of an expected gain, EUR: a promise counts as far as trusted.

    A loss is no promise, so it counts in full.
    """
    return trust * gain if gain > 0.0 else gain


@rule
def result_under(
    fixed: float, fee: float, cost: float, sessions: float, outcome_pay: float, more_benefit: float,
    reference: float, cv: float, attachment: float, stop_share: float,
) -> float:  # fmt: skip
    """Return the expected result of a patient-year under a contract, EUR.

    F + (p - c) q + beta [B(q) - B(n)] and what a stop-loss is expected to pay. F holds what
    outcome pay brings a typical patient who gets what is needed.

    Args:
        fixed: What comes apart from the sessions, F, EUR.
        fee: What one more session pays apart from a stop-loss, p, EUR.
        cost: Cost of a session in the mode it is given, c, EUR.
        sessions: Sessions planned, q.
        outcome_pay: Pay per euro of patient benefit, beta.
        more_benefit: Patient benefit above that at need, B(q) - B(n), EUR (mostly below zero).
        reference: Price per session that a stop-loss reckons with, EUR.
        cv: Coefficient of variation of cost between patients.
        attachment: Stop-loss level, EUR a year.
        stop_share: Share above it that the insurer pays.
    """
    ceded = stop_loss_pay(sessions, reference, cv, attachment, stop_share)
    return profit(fixed, fee, cost, sessions) + outcome_pay * more_benefit + ceded


@rule
def share_of_neighbours(holders: int, practices: int, holds: int) -> float:
    """Return the share of the other practices of the region that had the contract last year.

    Args:
        holders: Practices of the region that had it, the own one included.
        practices: Practices of the region.
        holds: 1 if the own practice had it.
    """
    others = practices - 1
    return (holders - holds) / others if others > 0 else 0.0


@rule
def value_beside_money(
    benefit: float,
    administration: float,
    changing: float,
    holds: bool,
    neighbours: float,
    peer_value: float,
) -> float:
    """Return what holding the contract is worth apart from what it pays, EUR per patient-year.

    The arguments are those of ``joining_value``.
    """
    value = benefit + peer_value * neighbours - administration
    return value + changing if holds else value - changing


@rule
def joining_value(
    gain: float, sd: float, trust: float, aversion: float, benefit: float, administration: float,
    changing: float, holds: bool, neighbours: float, peer_value: float,
) -> float:  # fmt: skip
    """Return what holding the contract is worth above not holding it, EUR per patient-year.

    Loss-averse value of the trusted gain, what patients gain as far as it counts, less the extra
    administration, plus the pull of neighbours. What the practice would have under the regular
    contract is its point of reference. Patient benefit follows from the practice's own care, so it
    is a matter of neither trust nor luck with money.
    Changing costs time once: who is out pays it to join, who is in pays it to leave.

    Args:
        gain: Expected gain of the own panel over the regular contract, EUR per patient-year.
        sd: SD of that gain in the mean of all patients who would be under the contract, EUR.
        trust: Trust in the insurer, 0 to 1.
        aversion: Weight of a loss against a gain.
        benefit: What it is worth to the practice that patients gain (or lose: below zero), EUR per
            patient-year.
        administration: Extra administration that no clause has counted, EUR per patient-year.
        changing: What it costs to sign or leave, EUR per patient of the insurer.
        holds: Whether the practice has the contract now.
        neighbours: Share of neighbours that had it.
        peer_value: What it is worth if all neighbours have it, EUR per patient-year.
    """
    money = loss_averse_value(trusted_gain(gain, trust), sd, aversion)
    return money + value_beside_money(
        benefit, administration, changing, holds, neighbours, peer_value
    )


@rule
def value_asked(taste: float, precision: float) -> float:
    """Return the value from which a practice with a given taste signs, EUR per patient-year.

    The logit of ``acceptance_probability`` turned round: ln(u / (1 - u)) / precision.

    Args:
        taste: Uniform number u of the practice and the insurer, above 0 and below 1.
        precision: Logit precision, per EUR.
    """
    return math.log(taste / (1.0 - taste)) / precision


@rule
def gain_asked(value: float, trust: float, sd: float, aversion: float) -> float:
    """Return the expected gain that is worth so much: loss aversion and trust turned round, EUR.

    The gain g with ``loss_averse_value``(``trusted_gain``(g)) = value, found by halving: the value
    of a mean m is never above m, and for m > 0 never further below it than (lambda - 1) sd.

    Args:
        value: What the gain has to be worth, EUR per patient-year.
        trust: Trust in the insurer, 0 to 1.
        sd: SD of the gain, EUR.
        aversion: lambda, 1 or more.
    """
    low, high = value, max(0.0, value) + (aversion - 1.0) * sd
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if loss_averse_value(middle, sd, aversion) < value:
            low = middle
        else:
            high = middle
    if high <= 0.0:
        return high
    return high / trust if trust > 0.0 else math.inf

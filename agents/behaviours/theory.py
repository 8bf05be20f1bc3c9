"""Which theory moves a therapist: one place that hands each decision to the theory's own rule.

Behaviour is a hypothesis, not a constant: a result that turns round under another theory is fragile
(``zorgbundel theories``). Each theory has a file of its own beside this one. Where a theory is
indifferent it follows need, so that with neutral incentives (fee = marginal cost in every mode, no
fixed amount, no price step) all but the monotone variant decide alike.

The patient sets a limit to every theory: nobody accepts more than a factor times the own need
(``patient_limit_factor``). Callers put it into ``ceiling`` and ``most``.
"""

from agents.behaviours import (
    default,
    monotone_benefit,
    pure_professional,
    pure_profit,
    target_income,
)
from model.codes import HONEST, MONOTONE_BENEFIT, PURE_PROFESSIONAL, PURE_PROFIT, TARGET_INCOME
from model.rules import rule


@rule
def weight_under(theory: int, rho: float) -> float:
    """Return the weight on profit a, 0 to 1: none, all, or rho / (1 + rho)."""
    if theory == PURE_PROFESSIONAL:
        return 0.0
    if theory == PURE_PROFIT:
        return 1.0
    return default.profit_weight(rho)


@rule
def sessions_under(
    theory: int, need: float, rho: float, norm: float, fee: float, cost: float, curvature: float,
    outcome_pay: float, floor: float, ceiling: float, most: float, gap: float, session_cost: float,
    decay: float,
) -> float:  # fmt: skip
    """Return the sessions a therapist plans, sessions a year.

    Args:
        theory: Theory (``model.codes``).
        need: Patient-optimal sessions, as the therapist sees them.
        rho: Weight on profit over patient benefit.
        norm: Strength of the professional norm, EUR per session.
        fee: Marginal revenue of one more session, EUR.
        cost: Marginal cost of one more session, EUR.
        curvature: k of the default theory, EUR per session squared.
        outcome_pay: Pay per euro of patient benefit.
        floor: Least share of need a quality clause demands.
        ceiling: Most sessions, the guideline included for a therapist who keeps to it.
        most: Most sessions without the guideline.
        gap: Income gap of the patient, EUR a year (target income only).
        session_cost: Cost of an individual session, EUR (monotone benefit only).
        decay: tau, sessions (monotone benefit only).
    """
    if theory == PURE_PROFESSIONAL:
        return pure_professional.sessions_needed(need, floor, ceiling)
    if theory == PURE_PROFIT:
        return pure_profit.most_profitable_sessions(
            need, fee, cost, curvature, outcome_pay, floor, ceiling, most
        )
    if theory == TARGET_INCOME:
        return target_income.sessions_for_income(need, gap, fee, cost, floor, ceiling)
    if theory == MONOTONE_BENEFIT:
        return monotone_benefit.planned_sessions(
            need, rho, norm, fee, cost, session_cost, decay, outcome_pay, floor, ceiling
        )
    return default.planned_sessions(
        need, rho, norm, fee, cost, curvature, outcome_pay, 0.0, floor, ceiling
    )


@rule
def stretches_under(
    theory: int,
    sessions: float,
    contacts: float,
    price: float,
    rho: float,
    curvature: float,
    fee: float,
    cost: float,
    accepted: float,
    gap: float,
) -> bool:
    """Return whether sessions are stretched to the contacts from which a quarter may be billed.

    Args:
        theory: Theory.
        sessions: Sessions planned in the quarter.
        contacts: Contacts from which it may be billed.
        price: What billing it brings, EUR.
        rho: Weight on profit over patient benefit.
        curvature: k per quarter, EUR per session squared.
        fee: Marginal revenue of one more session, EUR.
        cost: Marginal cost of one more session, EUR.
        accepted: Most sessions in the quarter that the patient accepts.
        gap: Income gap of the patient, EUR a year (target income only).
    """
    if theory == TARGET_INCOME and gap <= 0.0:
        return False
    if price <= 0.0 or contacts > accepted or theory == PURE_PROFESSIONAL:
        return False
    if theory in (PURE_PROFIT, MONOTONE_BENEFIT):
        # Under monotone benefit more contacts help the patient too: they only have to pay.
        return pure_profit.contacts_pay(sessions, contacts, price, fee, cost)
    return default.reaches_threshold(sessions, contacts, price, rho, curvature)


@rule
def acceptance_under(
    theory: int, money: float, sessions: float, need: float, maximum: float, elsewhere: float,
    rho: float, curvature: float, session_cost: float, decay: float, reservation: float,
    precision: float,
) -> float:  # fmt: skip
    """Return the chance that a patient is accepted where there is room.

    Args:
        theory: Theory.
        money: Profit of the patient, EUR a year: fixed amounts, margin and stop-loss.
        sessions: Sessions that would be given, a year.
        need: Patient-optimal sessions a year, as the therapist sees them.
        maximum: Most sessions that cover allows, here and elsewhere.
        elsewhere: Part of full treatment that others would give (``capacity.outside_option``).
        rho: Weight on profit over patient benefit.
        curvature: k of the default theory.
        session_cost: Cost of an individual session, EUR (monotone benefit only).
        decay: tau, sessions (monotone benefit only).
        reservation: Reservation value of the slot, EUR a year.
        precision: Logit precision, per EUR.
    """
    if theory == PURE_PROFESSIONAL:
        return 1.0
    if theory == PURE_PROFIT:
        return 1.0 if money >= reservation else 0.0
    if theory == TARGET_INCOME and money >= reservation:
        return 1.0  # to turn away who brings in money never helps to reach an income
    if theory == MONOTONE_BENEFIT:
        gain = monotone_benefit.patient_gain(
            sessions, need, maximum, session_cost, decay, elsewhere
        )
    else:
        gain = default.patient_gain(sessions, need, maximum, curvature, elsewhere)
    return default.acceptance_chance(money, gain, rho, reservation, precision)


@rule
def grading_under(
    theory: int,
    gain: float,
    hidden: float,
    rho: float,
    expected_loss: float,
    cost: float,
    gap: float,
) -> int:
    """Return how a patient is graded: honest, upcoded, or upcoded in a way no audit finds.

    Args:
        theory: Theory.
        gain: Price step of claiming the heaviest class, EUR a year.
        hidden: The same where a borderline test can be scored low, else 0.
        rho: Weight on profit over patient benefit.
        expected_loss: Share that audits are expected to take back (U2).
        cost: Moral cost of this patient, EUR a year.
        gap: Income gap of the patient, EUR a year (target income only).
    """
    if theory == PURE_PROFESSIONAL:
        return HONEST
    if theory == PURE_PROFIT:
        return default.grading_choice(gain, hidden, 1.0, expected_loss, 0.0)
    if theory == TARGET_INCOME:
        gain, hidden = min(gain, gap), min(hidden, gap)
    return default.grading_choice(gain, hidden, default.profit_weight(rho), expected_loss, cost)


@rule
def too_light_under(theory: int, gain: float, rho: float, cost: float, gap: float) -> float:
    """Return what grading a patient too light is worth to a therapist, EUR a year.

    Args:
        theory: Theory.
        gain: What the lighter class on file brings above the true one, EUR a year.
        rho: Weight on profit over patient benefit.
        cost: Moral cost of this patient, EUR a year.
        gap: Income gap of the patient, EUR a year (target income only).
    """
    if theory == PURE_PROFESSIONAL:
        return 0.0
    if theory == PURE_PROFIT:
        return default.too_light_surplus(gain, 1.0, 0.0)
    if theory == TARGET_INCOME:
        gain = min(gain, gap)
    return default.too_light_surplus(gain, default.profit_weight(rho), cost)


@rule
def extends_under(
    theory: int,
    revenue: float,
    cost: float,
    rho: float,
    expected_loss: float,
    own_moral_cost: float,
) -> bool:
    """Return whether a quarter is opened for a patient who no longer needs care.

    A patient without need earned nothing by need before, so target income sees no gap to fill.

    Args:
        theory: Theory.
        revenue: What the quarter brings, EUR.
        cost: What it costs at least, EUR.
        rho: Weight on profit over patient benefit.
        expected_loss: Share that audits are expected to take back.
        own_moral_cost: The therapist's moral cost, EUR.
    """
    if theory in (PURE_PROFESSIONAL, TARGET_INCOME):
        return False
    if theory == PURE_PROFIT:
        return default.opens_quarter_without_need(revenue, cost, 1.0, expected_loss, 0.0)
    return default.opens_quarter_without_need(
        revenue, cost, default.profit_weight(rho), expected_loss, own_moral_cost
    )


@rule
def substitutes_under(
    theory: int,
    other_fee: float,
    other_cost: float,
    fee: float,
    cost: float,
    effect: float,
    sessions: float,
    need: float,
    rho: float,
    curvature: float,
    gap: float,
    decay: float,
) -> bool:
    """Return whether sessions are given in another way, a group or at a distance.

    The arguments are those of ``default.substitutes``; further ``theory``, ``gap`` (income gap in
    individual sessions, target income only) and ``decay`` (monotone benefit only).
    """
    if theory == PURE_PROFESSIONAL:
        return pure_professional.prefers_other_mode(effect, sessions, need)
    gain = default.margin(other_fee - other_cost, fee - cost)
    if theory == PURE_PROFIT:
        return gain > 0.0
    if theory == TARGET_INCOME:
        return gap > 0.0 and gain > 0.0
    if theory == MONOTONE_BENEFIT:
        return monotone_benefit.substitutes(
            other_fee, other_cost, fee, cost, effect, sessions, need, rho, cost, decay
        )
    return default.substitutes(
        other_fee, other_cost, fee, cost, effect, sessions, need, rho, curvature
    )


@rule
def benefit_under(
    theory: int, sessions: float, need: float, curvature: float, session_cost: float, decay: float
) -> float:
    """Return what sessions are worth to a patient as the theory sees it, B(q, n), EUR a year.

    Args:
        theory: Theory.
        sessions: Sessions given, in individual sessions of the same effect.
        need: Patient-optimal sessions a year.
        curvature: k of the default theory.
        session_cost: Cost of an individual session, EUR (monotone benefit only).
        decay: tau, sessions (monotone benefit only).
    """
    if theory == MONOTONE_BENEFIT:
        return monotone_benefit.benefit(sessions, need, session_cost, decay)
    return default.benefit(sessions, need, curvature)


@rule
def patient_weight_under(theory: int, rho: float) -> float:
    """Return how many euros of profit one euro of patient benefit is worth to a therapist.

    (1 - a) / a = 1 / rho (clinical evidence, section 4.0); nothing to who only wants profit. To the
    pure professional profit is worth nothing: benefit counts for itself, and money not at all
    (``money_under``).
    """
    if theory == PURE_PROFIT:
        return 0.0
    if theory == PURE_PROFESSIONAL:
        return 1.0
    return 1.0 / rho


@rule
def money_under(theory: int, result: float, at_need: float, gap: float) -> float:
    """Return what of the result of a patient-year counts where contracts are compared, EUR.

    Args:
        theory: Theory.
        result: Expected result at the sessions planned, EUR.
        at_need: Result if need were given, EUR.
        gap: Income gap at need, EUR (target income only).
    """
    if theory == PURE_PROFESSIONAL:
        return 0.0
    if theory == TARGET_INCOME:
        return -target_income.shortfall(result, at_need, gap)
    return result


@rule
def risk_under(theory: int, sd: float) -> float:
    """Return what of the SD of a result counts, EUR: none where money does not count."""
    return 0.0 if theory == PURE_PROFESSIONAL else sd


@rule
def euro_under(theory: int, money: float) -> float:
    """Return whether a euro more for a patient-year counts, 1 or 0.

    Args:
        theory: Theory.
        money: Value of ``money_under``, EUR: to target income, minus what is lacking.
    """
    if theory == PURE_PROFESSIONAL:
        return 0.0
    if theory == TARGET_INCOME:
        return 1.0 if money < 0.0 else 0.0
    return 1.0

"""Default theory: quadratic patient benefit, a professional norm, and money.

How much to treat, whom to accept, how heavily to grade, whether to open a quarter without need.
Equations: clinical evidence, sections 4.1, 4.2, 4.5, 4.6; closed forms T1-U5 are the tests in
``tests/verification``. Behaviour is a hypothesis, not a constant: other theories stand beside this.

Notation: q sessions a year, n need, p fee and c cost per session (EUR), k curvature of patient
benefit (EUR per session squared), rho = a / (1 - a) the euros of patient benefit a therapist gives
up for one euro of profit, beta outcome pay per euro of benefit.
"""

import math

from model.codes import HONEST, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE
from model.rules import rule

#: Prices are whole cents: less than half a cent between fee and cost is rounding, not a motive.
HALF_A_CENT = 0.5 / 100


@rule
def profit_weight(rho: float) -> float:
    """Return a = rho / (1 + rho), the weight on profit in (0, 1)."""
    return rho / (1.0 + rho)


@rule
def benefit(sessions: float, need: float, curvature: float) -> float:
    """Return patient benefit B(q, n) = k n^2 / 2 - k (q - n)^2 / 2, EUR a year (Model A)."""
    return 0.5 * curvature * (need * need - (sessions - need) * (sessions - need))


@rule
def profit(fixed: float, fee: float, cost: float, sessions: float) -> float:
    """Return F + (p - c) q, EUR a year."""
    return fixed + (fee - cost) * sessions


@rule
def margin(fee: float, cost: float) -> float:
    """Return p - c, EUR per session; zero where it is less than half a cent."""
    difference = fee - cost
    return difference if abs(difference) >= HALF_A_CENT else 0.0


@rule
def wished_sessions(
    need: float,
    rho: float,
    fee: float,
    cost: float,
    curvature: float,
    outcome_pay: float,
    cost_convexity: float,
) -> float:
    """Return the sessions a therapist without professional norm would choose, EUR and years.

    First-order condition p - c - e q + k (1/rho + beta) (n - q) = 0, so
    q = [p - c + k (1/rho + beta) n] / [k (1/rho + beta) + e]; with beta = e = 0 this is
    n + rho (p - c) / k (section 4.2, A1-A5). Not clipped: the caller knows the bounds.

    Args:
        need: Patient-optimal sessions n.
        rho: Weight on profit over patient benefit; above 0.
        fee: Marginal revenue of one more session, p.
        cost: Marginal cost of one more session, c.
        curvature: k.
        outcome_pay: beta, share of measured benefit paid.
        cost_convexity: e, rise of the marginal cost per session already given.
    """
    weight = curvature * (1.0 / rho + outcome_pay)
    return (fee - cost + weight * need) / (weight + cost_convexity)


@rule
def toward_need(wished: float, need: float, pull: float) -> float:
    """Return the wish drawn toward need by a professional norm: soft threshold of width ``pull``.

    Maximises the same utility with a kink -x |q - n| (Model B, section 4.3); ``pull`` = x / k.
    Within ``pull`` of need the therapist gives exactly what is needed.
    """
    gap = wished - need
    if gap > pull:
        return wished - pull
    if gap < -pull:
        return wished + pull
    return need


@rule
def reaches_threshold(
    wished: float, threshold: float, step: float, rho: float, curvature: float
) -> bool:
    """Return whether a therapist stretches care up to a paid threshold (U5).

    A step S is paid when q >= T; from below, T is worth it if T - q0 <= sqrt(2 rho S / k).
    """
    if wished >= threshold:
        return False
    return threshold - wished <= math.sqrt(2.0 * rho * step / curvature)


@rule
def planned_sessions(
    need: float,
    rho: float,
    norm: float,
    fee: float,
    cost: float,
    curvature: float,
    outcome_pay: float,
    cost_convexity: float,
    floor: float,
    maximum: float,
) -> float:
    """Return the sessions a therapist plans: wish, norm, floor and maximum, sessions a year.

    The first arguments are those of ``wished_sessions``; further: ``norm``, the strength x of the
    professional norm (EUR per session of deviation); ``floor``, the least share of need a quality
    clause demands (phi, 0 for none); ``maximum``, the most sessions that can be given.
    """
    wished = wished_sessions(need, rho, fee, cost, curvature, outcome_pay, cost_convexity)
    sessions = toward_need(wished, need, norm / curvature)
    return min(maximum, max(0.0, floor * need, sessions))


@rule
def patient_gain(
    sessions: float, need: float, maximum: float, curvature: float, outside_option: float
) -> float:
    """Return what a patient gains by being accepted here, B(q, n) - B_alt, EUR a year (4.5).

    B_alt = outside_option x B(min(n, maximum), n): what others would do for the patient.
    """
    elsewhere = outside_option * benefit(min(need, maximum), need, curvature)
    return benefit(sessions, need, curvature) - elsewhere


@rule
def acceptance_surplus(money: float, gain: float, rho: float) -> float:
    """Return what accepting a patient is worth to a therapist, EUR a year.

    F + (p - c) q + (1 / rho) [B(q, n) - B_alt]: profit, and what the patient gains over being
    treated elsewhere, weighed as in Ellis 1998 (J Health Econ 17:537). A therapist who cares for
    profit only has rho -> infinity.

    Args:
        money: Profit of the patient, EUR a year (``profit``).
        gain: What the patient gains by being accepted, EUR a year (``patient_gain``).
        rho: Weight on profit over patient benefit.
    """
    return money + gain / rho


@rule
def acceptance_probability(surplus: float, reservation: float, precision: float) -> float:
    """Return the chance of accepting: logit of (surplus - t) with precision per EUR (4.4).

    Precision -> infinity accepts if and only if the surplus is at least the reservation value t.
    """
    x = precision * (surplus - reservation)
    if x > 700.0:
        return 1.0
    if x < -700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))


@rule
def acceptance_chance(
    money: float, gain: float, rho: float, reservation: float, precision: float
) -> float:
    """Return the chance of accepting, where error is possible only if there is something to weigh.

    If money and patient point the same way there is nothing to trade off, so nobody errs: accept
    surely if the profit is at least the reservation value and the patient loses nothing, refuse
    surely if the profit falls short and the patient gains nothing. Where they pull apart the logit
    of 4.4 decides on the surplus, profit + gain / rho. With precision -> infinity this accepts if
    and only if the surplus is at least the reservation value.

    Args:
        money: Profit of the patient, EUR a year.
        gain: What the patient gains by being accepted (``patient_gain``), EUR a year.
        rho: Weight on profit over patient benefit.
        reservation: Reservation value of the slot, EUR a year.
        precision: Logit precision, per EUR.
    """
    if money >= reservation and gain >= 0.0:
        return 1.0
    if money < reservation and gain <= 0.0:
        return 0.0
    return acceptance_probability(acceptance_surplus(money, gain, rho), reservation, precision)


@rule
def loglogistic_quantile(u: float, scale: float, shape: float) -> float:
    """Return the u-quantile of a log-logistic distribution, scale (u / (1 - u))^(1 / shape)."""
    out: float = scale * (u / (1.0 - u)) ** (1.0 / shape)
    return out


@rule
def moral_cost_scale(
    share_at_border: float, shape: float, weight_on_profit: float, price_step: float
) -> float:
    """Return the log-logistic scale for which ``share_at_border`` of therapists upcode (U1).

    Solves H(a dF) = share for H log-logistic: scale = a dF ((1 - share) / share)^(1 / shape).
    Pins the moral cost to what was seen elsewhere (Hochuli 2020), not to the bundle.
    """
    out: float = (
        weight_on_profit * price_step * ((1.0 - share_at_border) / share_at_border) ** (1.0 / shape)
    )
    return out


@rule
def moral_cost(own: float, distance: float, width: float) -> float:
    """Return the moral cost of misgrading one patient, EUR a year.

    Lowest when true need is near the next class and the price can be said to match the cost
    (Jurges and Koberlein 2015): own cost x (1 + distance / width).

    Args:
        own: The therapist's cost at the border.
        distance: How far the decisive test lies on the honest side, in measurement SDs.
        width: Distance at which the cost has doubled.
    """
    return own * (1.0 + distance / width)


@rule
def detection_cost(audit_rate: float, detection: float, fine_multiple: float) -> float:
    """Return A D = A delta (1 + f), the expected loss per euro gained by misgrading (U2)."""
    return audit_rate * detection * (1.0 + fine_multiple)


@rule
def grading_choice(
    gain: float,
    gain_undetectable: float,
    weight_on_profit: float,
    expected_loss: float,
    cost: float,
) -> int:
    """Return how a patient is graded: honest, upcoded, or upcoded in a way no audit finds.

    Upcode if a dF (1 - A D) > h (U1); no audit touches the second way, so a therapist switches to
    it once it pays more (U3): at A D = 1 - G_N / G_D. On a tie the safe way is taken.

    Args:
        gain: Price step of claiming the heavier class, EUR a year.
        gain_undetectable: Price step when a borderline test is scored low; 0 if not borderline.
        weight_on_profit: a.
        expected_loss: Value of ``detection_cost``.
        cost: Moral cost h of this patient.
    """
    open_way = weight_on_profit * gain * (1.0 - expected_loss)
    safe_way = weight_on_profit * gain_undetectable
    if max(open_way, safe_way) <= cost:
        return HONEST
    return UPCODE_UNDETECTABLE if safe_way >= open_way else UPCODE_DETECTABLE


@rule
def too_light_surplus(gain: float, weight_on_profit: float, cost: float) -> float:
    """Return what grading a patient too light is worth to a therapist, a dF - h, EUR a year.

    The same trade-off as upcoding (U1), but no audit takes money back for a class that is too
    light. It pays where a KPI looks kinder on mild patients or counts the heavy ones.

    Args:
        gain: What the lighter class on file brings above the true one, EUR a year.
        weight_on_profit: a.
        cost: Moral cost h of this patient.
    """
    return weight_on_profit * gain - cost


@rule
def opens_quarter_without_need(
    revenue: float,
    cost: float,
    weight_on_profit: float,
    expected_loss: float,
    own_moral_cost: float,
) -> bool:
    """Return whether a therapist opens a quarter for a patient who no longer needs care.

    Same trade-off as upcoding, with as gain the revenue of a quarter minus its least cost (EUR).
    """
    gain = revenue - cost
    return weight_on_profit * gain * (1.0 - expected_loss) > own_moral_cost


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
    curvature: float,
) -> bool:
    """Return whether a therapist gives sessions in a cheaper way, a group or at a distance.

    a [(p_g - c_g) - (p - c)] >= (1 - a)(1 - eta) B'(q), with B' = k (n - q) and rho = a / (1 - a).
    Under a bundle the left side is a (c - c_g), so nearly everybody substitutes where it can be
    done; under a fee per session only if the margin is not lower. With nothing to gain, not.

    Args:
        other_fee: Marginal revenue of the other kind of session, p_g.
        other_cost: Its cost per patient, c_g.
        fee: Marginal revenue of an individual session, p.
        cost: Its cost, c.
        effect: Effect of the other kind relative to an individual session, eta.
        sessions: Sessions a year, q.
        need: Patient-optimal sessions a year, n.
        rho: Weight on profit over patient benefit.
        curvature: k.
    """
    gain = (other_fee - other_cost) - (fee - cost)
    harm = (1.0 - effect) * curvature * max(0.0, need - sessions)
    return gain > 0.0 and rho * gain >= harm

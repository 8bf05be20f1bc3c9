"""Closed forms: what theory says exactly, against the rules that the simulation runs.

The same rules have longer tests in ``tests/verification``; here are the few that a reader can check
with pencil and paper. Values are gaps (0 if rule and theory agree) unless the label says otherwise.
"""

import numpy as np

from agents.behaviours.default import (
    acceptance_surplus,
    detection_cost,
    grading_choice,
    patient_gain,
    planned_sessions,
    profit,
    wished_sessions,
)
from experiments.validation.pattern import CROSS_MODEL, Lab, Pattern
from model.codes import UPCODE_DETECTABLE
from model.physiotherapy import monthly_retention, next_training

ELLIS_MCGUIRE = "Ellis and McGuire 1986, J Health Econ 5:129; q = n + ρ(p − c)/k"
ELLIS = "Ellis 1998, J Health Econ 17:537; closed form of the floor under quadratic benefit"
SILVA = (
    "Silva et al. 2022 over McCarthy et al. 2015 (Cochrane CD003793): SGRQ 4.20 (3.91-4.49) of 6.89"
)
IMAMURA = "Imamura et al. 2020, Ann Palliat Med: the gain is lost in 12 to 24 months"
FINE = "expected loss = gain: rate = 1 / (detection (1 + fine)); here 1 / (0.8 x 5)"

#: Fee, cost and curvature of a worked example, and its sessions: need, rho, under fee and bundle.
FEE, COST, CURVATURE = 38.0, 30.0, 5.0
WORKED = (
    (20.0, 1.0, 21.6, 14.0),
    (45.0, 1.0, 46.6, 39.0),
    (60.0, 1.0, 61.6, 54.0),
    (45.0, 1.5, 47.4, 36.0),
    (45.0, 2.0, 48.2, 33.0),
)


def worked_example_gap(lab: Lab) -> float:
    """Return the largest gap, sessions, between rule and worked example without a norm."""
    gaps = [
        wished_sessions(need, rho, fee, COST, CURVATURE, 0.0, 0.0) - expected
        for need, rho, paid, bundled in WORKED
        for fee, expected in ((FEE, paid), (0.0, bundled))
    ]
    return float(np.abs(gaps).max())


def best_fee_gap(lab: Lab) -> float:
    """Return how far the fee c (1 - 1/rho) leaves sessions from the social optimum n - c/k."""
    gaps = [
        wished_sessions(45.0, rho, COST * (1.0 - 1.0 / rho), COST, CURVATURE, 0.0, 0.0)
        - (45.0 - COST / CURVATURE)
        for rho in (1.0, 1.5, 2.0, 3.0)
    ]
    return float(np.abs(gaps).max())


def trained(lab: Lab, start: float, sessions: float, months: int) -> float:
    """Return the training effect after some months of so many sessions a month."""
    keep = monthly_retention(lab.p.training_half_life_months)
    for _ in range(months):
        start = next_training(start, sessions, keep, lab.p.training_tau_sessions)
    return start


def kept_by_maintenance(lab: Lab) -> float:
    """Return what a year of three sessions a month adds, as a share of the first gain."""
    first = trained(lab, 0.0, 8.0, 3)
    return (trained(lab, first, 3.0, 12) - trained(lab, first, 0.0, 12)) / first


def left_without(lab: Lab) -> float:
    """Return what is left of the gain after eighteen months without exercise."""
    return trained(lab, 1.0, 0.0, 18)


def deterring_rate(lab: Lab) -> float:
    """Return the least audit rate at which nobody upcodes, whatever the moral cost (bisection)."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        loss = detection_cost(middle, 0.8, 4.0)
        pays = grading_choice(700.0, 0.0, 0.5, loss, 0.0) == UPCODE_DETECTABLE
        low, high = (middle, high) if pays else (low, middle)
    return high


#: Amount per year, cost, curvature, norm, most sessions: for the floor of 90 % of need.
FIXED, OWN_COST, K, NORM, MOST, PHI = 1_200.0, 24.0, 5.0, 10.0, 300.0, 0.9
RHOS, ELSEWHERE = (1.0, 2.0, 4.0), (0.0, 0.5, 1.0)


def floor_needs(rho: float) -> np.ndarray:
    """Return needs from the least at which anything is planned without a floor."""
    short = (OWN_COST * rho - NORM) / K
    return np.arange(short, min(20.0 * short, MOST), 1.0)


def fall_by_floor(need: float, rho: float, elsewhere: float) -> float:
    """Return how much less a patient is worth to a therapist with the floor than without, EUR."""
    surplus = []
    for floor in (0.0, PHI):
        q = planned_sessions(need, rho, NORM, 0.0, OWN_COST, K, 0.0, 0.0, floor, MOST)
        surplus.append(
            acceptance_surplus(
                profit(FIXED, 0.0, OWN_COST, q), patient_gain(q, need, MOST, K, elsewhere), rho
            )
        )
    return surplus[0] - surplus[1]


def fall_by_hand(need: float, rho: float) -> float:
    """Return the same in closed form.

    By default the plan is u = (c rho - x) / k below need, so the floor binds below a need of 10 u
    and costs c (u - n/10) - k / (2 rho) (u^2 - (n/10)^2) there, less as need grows.
    """
    short, tenth = (OWN_COST * rho - NORM) / K, need / 10.0
    if tenth >= short:
        return 0.0
    return OWN_COST * (short - tenth) - K / (2.0 * rho) * (short**2 - tenth**2)


def floor_gap(lab: Lab) -> float:
    """Return the largest gap between the two, EUR, over motives, needs and other practices."""
    return max(
        abs(fall_by_floor(float(need), rho, elsewhere) - fall_by_hand(float(need), rho))
        for rho in RHOS
        for elsewhere in ELSEWHERE
        for need in floor_needs(rho)
    )


def _exact(name: str, low: float, high: float, source: str, value, unit: str, decimals: int):
    return Pattern(name, CROSS_MODEL, low, high, source, value, unit, decimals, exact=True)


PATTERNS = (
    _exact("worked_example", 0.0, 1e-6, ELLIS_MCGUIRE, worked_example_gap, "sessions", 6),
    _exact("best_fee", 0.0, 1e-6, ELLIS_MCGUIRE, best_fee_gap, "sessions", 6),
    _exact("floor_costs", 0.0, 1e-6, ELLIS, floor_gap, "EUR", 6),
    _exact("deterring_rate", 0.2499999, 0.2500001, FINE, deterring_rate, "share", 1),
    Pattern("maintenance_keeps", CROSS_MODEL, 3.91 / 6.89, 4.49 / 6.89, SILVA, kept_by_maintenance,
            "share", 0, exact=True, note="maintenance"),
    Pattern("exercise_stopped", CROSS_MODEL, 0.0, 0.25, IMAMURA, left_without, "share", 0,
            exact=True, note="exercise_stopped"),
)  # fmt: skip

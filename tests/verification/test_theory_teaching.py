"""Closed forms of teaching the test: K3 again, with sessions as the price.

Clinical evidence, section 4.8; the other KPI forms: ``test_theory_kpi.py``.
"""

import pytest
from scipy.optimize import minimize_scalar

from agents.behaviours.default import profit_weight
from agents.measuring import quarter_outcome_pay, teaching_share
from model.contracts.noise import effective_rho

RHO, CHI = 2.0, 0.2


@pytest.mark.parametrize("rho", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("pull", [0.2, 1.0, 2.0])
def test_teaching_is_what_maximises_pay_for_metres_less_reluctance(rho, pull):
    a, reach, reluctance, most = profit_weight(rho), 21.0, 60.0, 0.5
    found = minimize_scalar(
        lambda s: -(a * pull * reach * s - reluctance * s * s / 2),
        bounds=(0.0, most), method="bounded", options={"xatol": 1e-9},
    ).x  # fmt: skip

    assert teaching_share(a, pull, reach, reluctance, most) == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_k4_holds_over_the_year_wherever_effort_is_put(shift):
    """What is kept over the year is the pull (1/rho is linear in beta), not the sessions."""
    beta = 0.2
    quarters = [quarter_outcome_pay(beta, number == 0, shift) for number in range(4)]

    assert sum(quarters) / 4.0 == pytest.approx(beta)
    weights = [1.0 / effective_rho(RHO, CHI, one) for one in quarters]
    assert sum(weights) / 4.0 == pytest.approx(1.0 / effective_rho(RHO, CHI, beta))

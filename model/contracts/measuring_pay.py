"""Measuring pay: what measuring a patient, or not, is worth to a practice under its KPIs.

Read off the clauses like the other incentives. A KPI or outcome pay makes it costly to measure a
patient who lies below the norm, whoever measures: a questionnaire that is not handed out cannot be
answered. Only where somebody independent measures is there nothing to leave out.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.codes import GOLD_STAGES, WEIGHT_CLASSES
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Norm, Outlook

if TYPE_CHECKING:
    from model.contracts.contract import Contract
    from model.contracts.kpi import Kpi

_UNKNOWN = Norm(0.0, 0.0, np.zeros((len(WEIGHT_CLASSES), len(GOLD_STAGES))), 0.0)


class MeasuringPay(NamedTuple):
    """What measurements are worth per patient measured, EUR.

    Attributes:
        answer_pull: A CCQ point of improvement in a patient's answers.
        answer_par: What the answers must be worth for measuring to cost nothing, by weight class
            and GOLD stage, (3, 3): pull x norm, summed over the clauses.
        completeness: What a missing measurement costs under a KPI on completeness.
        walk_pull: A metre in the walking test, whoever measures it.
    """

    answer_pull: float
    answer_par: np.ndarray
    completeness: float
    walk_pull: float


def measuring_pay(
    contract: "Contract", outlook: Outlook, per_point: dict[str, float], revenue: float
) -> MeasuringPay:
    """Ask a contract what measurements are worth.

    Leaving out a patient with value v in a pool changes its mean as if the patient had come out at
    the norm, so it brings pull x (norm - v) (K1: ``Kpi.pull`` is per patient). Under outcome pay by
    the point the norm is nought. Pay per relevant change takes nothing back, so it never makes a
    measurement costly; the experience score says nothing of the change and is left aside.

    Args:
        contract: A filled contract.
        outlook: What is known of the coming year.
        per_point: Rise of each indicator that the patient answers, per CCQ point.
        revenue: Paid for care per patient-year, EUR.
    """
    pull, completeness, walk = 0.0, 0.0, 0.0
    par = np.zeros((len(WEIGHT_CLASSES), len(GOLD_STAGES)))
    for kpi in contract.kpis:
        if kpi.indicator == "measured":
            completeness += kpi.pull(kpi.stake(revenue, outlook), outlook)
        elif kpi.indicator == "walk_change":
            walk += kpi.pull(kpi.stake(revenue, outlook), outlook)
        elif kpi.indicator in per_point and kpi.who_measures != "independent":
            of_kpi = kpi.pull(kpi.stake(revenue, outlook), outlook)
            slope = per_point[kpi.indicator]
            pull += of_kpi * slope
            par += of_kpi * (_level(kpi, outlook) + slope * _usual_change(kpi, outlook))
    outcome = contract.find(OutcomePay)
    if outcome is not None and outcome.per_ccq_point is not None:
        pull += outcome.slope if outcome.measured_by != "independent" else 0.0
    return MeasuringPay(pull, par, completeness, walk)


def _level(kpi: "Kpi", outlook: Outlook) -> float:
    """Return how far the point from which a slope pays lies above the mean; 0 under bounds."""
    if kpi.reference is None:
        return 0.0
    return kpi.reference - outlook.norms[kpi.indicator].mean


def _usual_change(kpi: "Kpi", outlook: Outlook) -> np.ndarray:
    """Return the change of burden that the KPI compares with, CCQ points, (3, 3)."""
    usual = outlook.norms.get("ccq_change", _UNKNOWN)
    return usual.expected if kpi.case_mix else np.full_like(usual.expected, usual.mean)

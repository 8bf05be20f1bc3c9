"""Expectations: what practices and insurers know in January of the year to come.

Built from last year's register and the parameters; contracts are asked what they reward on this
basis (``model.contracts.incentives``).
"""

from dataclasses import replace

import numpy as np

from model.codes import GOLD_STAGES, INDIVIDUAL, INTENSIVE, TAPERING, WEIGHT_CLASSES
from model.contracts.contract import Contract
from model.contracts.incentives import Response, first_year, first_year_quarters
from model.contracts.noise import normal_density
from model.contracts.outlook import Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.disease import admissions_avoided
from model.parameters import ParameterSet
from model.physiotherapy import first_calendar_share, first_year_shares
from model.population import insurer_shares

#: Who breaks off a quarter that has begun does so in its second or third month, and leaves 2 or 1
#: of its 3 months (at the start of a quarter nothing has been billed yet).
UNUSED_SHARE = 0.5
MINUTES_PER_HOUR = 60.0


def minute_cost(p: ParameterSet) -> float:
    """Return the cost of a minute of a therapist's time, EUR."""
    return p.variable_cost_per_session / p.session_minutes


def full_minute_cost(p: ParameterSet) -> float:
    """Return the cost of a minute of a practice's time with overhead, EUR."""
    return p.full_cost_per_session / p.session_minutes


def patients_per_practice(p: ParameterSet) -> float:
    """Return how many patients a practice treats in a year."""
    return p.copd_physio_patients / p.multi_therapist_practices


def typical_sessions(p: ParameterSet, usual: np.ndarray) -> np.ndarray:
    """Return the sessions of a whole first year by weight class, (3,).

    Four quarters as they were last year, those that were broken off included; where nothing is
    known, the need of the guideline profile.

    Args:
        p: Parameters.
        usual: Sessions of a quarter last year, by weight class and phase, (3, 3).
    """
    maxima = np.array([p[f"guideline_max_sessions_{name}"] for name in WEIGHT_CLASSES])
    share = p.need_share_of_maximum * p.sessions_per_patient_year_mean / p.sessions_mean_fitted
    known = usual @ np.array(first_year_quarters(int(p.intensive_quarters)))
    complete = (usual[:, INTENSIVE] > 0.0) & (usual[:, TAPERING] > 0.0)
    return np.where(complete, known, maxima * share)


def response(
    p: ParameterSet, norms: dict[str, Norm], usual: np.ndarray, class_mix: np.ndarray | None = None
) -> Response:
    """Return how patients' outcomes answer to care, as a practice reckons with it.

    Args:
        p: Parameters.
        norms: Last year's norms per indicator.
        usual: Sessions of a quarter last year, by weight class and phase, (3, 3).
        class_mix: Share of each weight class in last year's first-year quarters, (3,); equal shares
            if not given.
    """
    even = np.full(len(WEIGHT_CLASSES), 1.0 / len(WEIGHT_CLASSES))
    change = norms["ccq_change"]
    gpe_sd = float(np.hypot(change.sd, p.gpe_noise_sd))
    quarterly = norms["admissions"].expected.mean(axis=0)
    return Response(
        sessions=typical_sessions(p, usual),
        class_mix=even if class_mix is None else class_mix,
        intensive_quarters=int(p.intensive_quarters),
        open_refusals=1.0 - max(p.soft_refusal_share, p.soft_refusal_watched_share),
        relevant_per_ccq=_density(p.mcid_ccq, change.mean, change.sd),
        gpe_per_ccq=_density(p.mcid_ccq, change.mean, gpe_sd),
        walk_per_ccq=p.effect_6mwd_initial / (p.training_hmax_ccq * p.training_reference),
        admissions_per_ccq=np.array(
            [
                admissions_avoided(
                    FIRST_YEAR_QUARTERS * float(quarterly[stage]),
                    p.effect_admission_rr_trained,
                    p.training_hmax_ccq * p.training_reference,
                )
                for stage in range(len(GOLD_STAGES))
            ]
        ),
    )


def _density(threshold: float, mean: float, sd: float) -> float:
    """Return how fast the share above a threshold rises with the mean."""
    return normal_density((threshold - mean) / sd) / sd if sd > 0.0 else 0.0


def pool_sizes(p: ParameterSet, pooled_practices: int) -> dict[str, float]:
    """Return how many practices' patients are judged together at each pool level."""
    return {
        "contract": float((insurer_shares(p) ** 2).sum()),  # own insurer's, seen from a patient
        "practice": 1.0,
        "group": float(pooled_practices),
        "region": p.multi_therapist_practices / p.regions,
    }


def outlook(
    contract: Contract,
    prices: Prices,
    norms: dict[str, Norm],
    care: Norm,
    answer: Response,
    p: ParameterSet,
    overrun_rate: float = 0.0,
    revenue_before: float = 0.0,
    regular_margin: float = 0.0,
) -> Outlook:
    """Return what is known of the coming year under one contract.

    Args:
        contract: The filled contract.
        prices: Its prices.
        norms: Last year's norms per indicator.
        care: Care cost per patient-month of last year, EUR.
        answer: How patients answer to care.
        p: Parameters.
        overrun_rate: Expected levy per euro of turnover.
        revenue_before: Paid per patient-quarter last year, EUR.
        regular_margin: Margin per patient-year under the regular contract, EUR.
    """
    start = Outlook(
        prices=prices,
        norms=norms,
        patients=patients_per_practice(p),
        sessions=float(np.average(answer.sessions, weights=answer.class_mix)),
        margin=0.0,
        cost_cv=p.cost_cv_per_patient,
        reference_cost=prices.session[INDIVIDUAL] / 100.0,
        benchmark=12.0 * care.mean,
        admission_cost=p.cost_exacerbation_severe_2025,
        ccq_value=p.value_per_qaly * abs(p.utility_per_ccq_point),
        icc=p.kpi_icc_practice,
        overrun_rate=overrun_rate,
        unused_share=UNUSED_SHARE,
        first_calendar_share=first_calendar_share(first_year_shares(p)),
        care_sd=care.sd * np.sqrt(12.0),
        revenue_before=revenue_before,
        pool_size=pool_sizes(p, contract.terms.pooled_practices),
        kpi_minutes_cost=p.admin_minutes_kpi * minute_cost(p),
        plan_cost=p.admin_hours_improvement_plan * MINUTES_PER_HOUR * minute_cost(p)
        / patients_per_practice(p),
    )  # fmt: skip
    margin = mean_margin(contract, start, answer)
    return replace(start, margin=margin, contract_gain=margin - regular_margin)


def mean_margin(contract: Contract, known: Outlook, answer: Response) -> float:
    """Return what care brings above the reference price per typical patient-year, EUR."""
    margins = []
    for weight_class in range(len(WEIGHT_CLASSES)):
        case = first_year(weight_class, 1, 0, known, answer)
        reckoned = contract.reckon(case, known)
        margins.append(reckoned.revenue + reckoned.ceded - known.reference_value(case))
    return float(np.average(margins, weights=answer.class_mix))


def side_payments(contract: Contract, known: Outlook, answer: Response) -> float:
    """Return what clauses beside the bundle are expected to pay, EUR per patient-quarter.

    At unchanged behaviour, over the weight classes. An insurer that wants a neutral contract takes
    it off the bundle price (or adds it, if money is expected to come back).
    """
    amounts = []
    for weight_class in range(len(WEIGHT_CLASSES)):
        case = contract.reckon(first_year(weight_class, 1, 0, known, answer), known)
        beside = sum(c.expect(case, known) for c in contract.clauses if c.priced_in)
        amounts.append(beside / sum(case.quarters))
    return float(np.average(amounts, weights=answer.class_mix))

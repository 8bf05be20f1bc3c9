"""An explanation as plain data, for another program."""

from typing import Any

from experiments.explained_contract import Explanation, Patient
from experiments.explanation import SEED, SHARE
from experiments.explanation_words import contract_lines, dangers
from experiments.manifest import code_fingerprint, version
from experiments.number_format import LANGUAGES
from model.codes import PHASES, WEIGHT_CLASSES
from model.parameters import ParameterSet
from model.simulation import Span
from scenarios.schema import Scenario


def explanation_document(
    e: Explanation, scenario: Scenario, settings: dict[str, float], p: ParameterSet
) -> dict[str, Any]:
    """Return an explanation as plain data; ``units`` says what each ending of a key means."""
    return {
        "kind": "explanation",
        "scenario": scenario.name,
        "year": Span().policy_year,
        "regular_contract": e.regular,
        "negotiated_with_insurer": "A" if e.negotiated else None,
        "session_maxima_left_out": e.capped,
        "self_paid_sessions_left_out": e.self_paid,
        "units": {
            "eur": "EUR per patient-year at prices of 2025, unless the key names something else",
            "sessions": "sessions per patient-year",
            "share": "between 0 and 1",
        },
        "contract": {language: contract_lines(e, language) for language in LANGUAGES},
        "theory": e.theory,
        "response": {
            name: {
                "accepts_severe_share": one.accepts_severe,
                "grades_border_patient_too_heavy": one.grades_too_heavy,
            }
            for name, one in zip(WEIGHT_CLASSES, e.response, strict=True)
        },
        "dangers": {language: dangers(e, language) for language in LANGUAGES},
        "patients": [_patient_record(one) for one in e.patients],
        "average_patient": {
            "weight_class_share": dict(zip(WEIGHT_CLASSES, map(float, e.mix), strict=True)),
            "margin_eur": e.mean("margin"),
            "full_cost_margin_eur": e.mean("full_margin"),
            "full_cost_margin_sd_eur": e.margin_sd,
        },
        "one_more": {name: _marginal_record(e, c) for c, name in enumerate(WEIGHT_CLASSES)},
        "refused_by_profit_only_provider": {
            name: [
                {"above_sessions": r.above, "below_sessions": r.below, "patients_share": r.share}
                for r in e.refusals[c]
            ]
            for c, name in enumerate(WEIGHT_CLASSES)
        },
        "profit_by_need": {
            "need_sessions": e.needs.tolist(),
            "profit_eur": dict(zip(WEIGHT_CLASSES, e.profits.tolist(), strict=True)),
        },
        "loss_probability_share": {str(count): one for count, one in e.losses.items()},
        # JSON has no infinity: null stands for no audits, and for a rate that no audits reach.
        "deterrent_audit_rate_share": _reachable(e.deterrent_rate),
        "settings": settings,
        "share_of_country": SHARE,
        "seed": SEED,
        "parameters": p.fingerprint(),
        "version": version(),
        "code": code_fingerprint(),
    }


def _reachable(rate: float | None) -> float | None:
    return rate if rate is not None and rate <= 1.0 else None


def _patient_record(one: Patient) -> dict[str, Any]:
    return {
        "weight_class": WEIGHT_CLASSES[one.weight_class],
        "severity": one.severity,
        "need_sessions": one.need,
        "planned_sessions": one.sessions,
        "paid_eur": one.paid,
        "revenue_eur": one.revenue,
        "session_cost_eur": one.session_cost,
        "intake_cost_eur": one.intake_cost,
        "own_time_cost_eur": one.own_time,
        "margin_eur": one.margin,
        "full_cost_margin_eur": one.full_margin,
        "access_kpi_eur": one.access,
    }


def _marginal_record(e: Explanation, weight_class: int) -> dict[str, Any]:
    one = e.marginals[weight_class]
    severe = e.severe(weight_class)
    return {
        "session_eur": one.session,
        "session_net_eur": one.session_net,
        "group_session_revenue_eur": one.group,
        "group_session_cost_eur": one.group_cost,
        "group_session_net_eur": one.group_net,
        "heaviest_class_eur": one.upgrade,
        "heaviest_class_after_audits_eur": one.upgrade_net,
        "lighter_class_eur": dict(zip(WEIGHT_CLASSES, one.lighter, strict=False)),
        "severe_patient_eur": severe,
        "severe_patient_against_average_eur": severe - e.mean("margin"),
        "ccq_point_less_eur": one.ccq_point,
        "admission_avoided_eur": one.admission,
        "quarter_more_eur": dict(zip(PHASES, one.quarters, strict=True)),
        "profit_driven_sessions": float(e.profit_driven[weight_class]),
    }

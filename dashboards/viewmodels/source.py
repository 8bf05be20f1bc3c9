"""From number to source: how a figure is reckoned, the numbers it leans on, and their sources.

``explain`` is the only door. The formula is the measure's own (``model.outcomes``). What moves a
measure most was measured (``experiments.why.screening``, as ``zorgbundel why`` says it). Numbers
close to a measure are listed here by name, because a fact has no range to be moved over, and so are
those of figures that are no measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.texts import texts
from experiments import number_format as nf
from experiments.formula_words import formula_words
from experiments.number_format import Language
from experiments.parameter_units import unit_name
from experiments.source_words import grade_words, page_source
from experiments.why.screening import shipped
from model.outcomes import BY_ID
from model.parameters import Parameter, load_registry

#: At most so many of the numbers that clearly move a measure.
MOST_MEASURED = 8
#: With fewer than this, numbers close to a measure are shown whether they clearly move it or not.
FEWEST_SHOWN = 4

_SESSION_MONEY = (
    "session_tariff_contracted", "intake_to_session_tariff_ratio", "session_tariff_real_growth",
    "group_tariff_ratio_contracted",
)  # fmt: skip
_BUNDLE_MONEY = (
    "bundle_price_factor",
    "bundle_min_contacts_to_claim",
    "price_ratchet",
    "insurer_price_band",
)
_VOLUME = (
    "copd_physio_patients", "sessions_per_patient_year_mean", "paid_above_maximum_share",
    "treated_patients_fitted",
)  # fmt: skip
_MOTIVES = (
    "altruism_rho_median", "altruism_rho_sigma", "share_pure_professional",
    "share_strongly_extrinsic", "benefit_curvature_k", "norm_sigma",
)  # fmt: skip
_NEED = (
    "need_share_of_maximum", "need_sigma", "guideline_max_sessions_profile_3",
    "guideline_max_sessions_profile_4", "guideline_max_sessions_profile_5",
    "maintenance_ratio", "undertreatment_tolerance",
)  # fmt: skip
_TRAINING = (
    "training_hmax_ccq", "training_tau_sessions", "training_half_life_months",
    "maintenance_share", "ccq_baseline_gold2", "ccq_baseline_gold3", "ccq_baseline_gold4",
)  # fmt: skip
_ATTACKS = (
    "severe_exacerbation_rate_gold_2", "severe_exacerbation_rate_gold_3",
    "severe_exacerbation_rate_gold_4", "exac_random_intercept_sd", "exac_hr_prior_admission",
    "exacerbation_national_scaling", "effect_admission_rr_trained",
)  # fmt: skip
_ACCESS = (
    "copd_therapists_per_practice", "capacity_slack", "places_freed_share",
    "outside_option_share", "reservation_value", "soft_refusal_share", "seek_rate",
)  # fmt: skip
_GRADES = (
    "upcode_share_at_border", "upcode_border_width", "undetectable_gain_share",
    "peer_moral_cost_psi_share", "audit_rate", "audit_detection_prob", "audit_fine_multiple",
    "audit_fear",
)  # fmt: skip
_COSTS = (
    "full_cost_per_session", "variable_cost_per_session", "practice_cost_log_sd",
    "cost_cv_per_patient", "net_margin_before_owner_pay",
)  # fmt: skip
_HOURS = (
    "admin_minutes_session", "admin_minutes_intake", "admin_minutes_bundle_quarter",
    "admin_minutes_regrading", "admin_minutes_kpi", "admin_minutes_file_rule",
)  # fmt: skip
_JOY = (
    "satisfaction_base", "satisfaction_autonomy", "satisfaction_admin", "satisfaction_mismatch",
    "satisfaction_loss", "satisfaction_gaming", "autonomy_fee", "autonomy_bundle",
)  # fmt: skip
_ANSWERS = (
    "questionnaire_response_share", "response_per_ccq", "kpi_leave_out_cost",
    "kpi_exception_share", "kpi_exception_cost",
)  # fmt: skip
_PEOPLE = (
    "therapist_turnover", "turnover_per_satisfaction_point", "vacancy_fill_chance",
    "vacancy_cover_share",
)  # fmt: skip
_EVALUATION = (
    "evaluation_confidence", "evaluation_fewest_practices", "evaluation_margin_burden",
    "evaluation_margin_admissions", "evaluation_margin_access", "evaluation_margin_spending",
    "survey_response_share", "ccq_measurement_sem",
)  # fmt: skip

#: Numbers close to each measure, shown after those that move it most, and those of each figure.
LEANS_ON: Mapping[str, tuple[str, ...]] = {
    "paramedical_spending": (*_SESSION_MONEY, *_BUNDLE_MONEY, *_VOLUME),
    "total_care_cost": (
        "cost_exacerbation_severe_2025", "cost_exacerbation_moderate_2025",
        "copd_care_cost_per_patient_quarter_2019", "hospital_session_cost", *_SESSION_MONEY,
    ),
    "out_of_pocket": (
        "compulsory_deductible", "deductible_exhausted_anyway_share", "session_tariff_private",
        "supplementary_insurance_share", "voluntary_deductible_share", "seek_per_deductible",
    ),
    "sessions_per_patient": (*_NEED, *_MOTIVES, "programme_completion", "dropout_8_weeks"),
    "other_mode_share": (
        "group_possible_share", "digital_possible_share", "group_cost_ratio", "digital_cost_ratio",
        "group_relative_effect", "tele_relative_effect", "group_tariff_ratio_contracted",
    ),
    "disease_burden_ccq": _TRAINING,
    "relevant_improvement_share": ("mcid_ccq", "ccq_measurement_sem", *_TRAINING[:4]),
    "measured_share": _ANSWERS,
    "reported_completeness": _ANSWERS,
    "left_out_share": (*_ANSWERS[2:], "kpi_exception_early_factor", "kpi_withhold_share"),
    "admissions": _ATTACKS,
    "deaths": (
        "mortality_stable_gold2", "mortality_stable_gold3", "mortality_stable_gold4",
        "case_fatality_admission", "inhospital_mortality", "mortality_age_slope",
    ),
    "qalys": (
        "eq5d_gold2", "eq5d_gold3", "eq5d_gold4", "utility_per_ccq_point",
        "qaly_loss_exac_moderate", "qaly_loss_exac_severe",
    ),
    "refused_share": (*_ACCESS, *_MOTIVES[:2]),
    "softly_refused_share": ("soft_refusal_watched_share", "soft_refusal_later_share", *_ACCESS),
    "hospital_therapy_spending": (
        "hospital_substitution_share", "hospital_therapy_months", "hospital_sessions_per_month",
        "hospital_session_cost",
    ),
    "undertreated_share": (*_NEED, *_MOTIVES),
    "overtreated_share": (*_NEED, *_MOTIVES),
    "upcoded_share": _GRADES,
    "upcoded_unprovable_share": _GRADES[:4],
    "downgraded_share": _GRADES[:5],
    "waiting_weeks": (*_ACCESS[:3], "choice_per_month_wait", "practices_considered",
                      "patience_months"),
    "treated_patients": ("gold2plus_patients", "seek_rate", "seek_ccq_slope", *_VOLUME[:1],
                         "programme_completion"),
    "practice_margin": (*_COSTS, *_SESSION_MONEY[:1], "bundle_price_factor"),
    "practice_loss_share": (*_COSTS, "copd_patients_per_practice", "small_practice_share"),
    "joined_share": (
        "practice_participation_share", "insurer_participation_share", "loss_aversion",
        "trust_in_insurer_mean", "joining_switch_hours", "joining_peer_value", "joining_precision",
    ),
    "job_satisfaction": _JOY,
    "therapists_leaving": _PEOPLE,
    "vacancy_share": _PEOPLE,
    "admin_hours": _HOURS,
    # Figures that are no measure: their formula stands in the texts (``source.formula.<name>``).
    "budget_neutrality": (*_SESSION_MONEY, *_BUNDLE_MONEY),
    "budget_entitlement": (
        "entitlement_budget_2025", "entitlement_budget_2026", "entitlement_budget_2027_structural",
        "cap_2021_first_year_class_a", "cap_2021_first_year_class_b1",
        "cap_2021_first_year_class_b2_c_d", "cap_2021_later_years_class_a",
        "cap_2021_later_years_class_b1", "cap_2021_later_years_class_b2_c_d",
        "paid_above_maximum_share", "class_upgrade_share",
    ),
    "carriers": (),
    "margins": (*_SESSION_MONEY, *_BUNDLE_MONEY[:2], *_COSTS[:2], *_GRADES[4:7]),
    "money": (*_SESSION_MONEY, *_BUNDLE_MONEY[:2], "compulsory_deductible",
              "cost_exacerbation_severe_2025", "risk_equalisation_compensation_share"),
    "practices": (*_COSTS, "copd_patients_per_practice", "cost_cv_per_patient"),
    "oversight": _EVALUATION,
    "sweep": (),
}  # fmt: skip


@dataclass(frozen=True)
class Explained:
    """How a figure is reckoned.

    Attributes:
        title: What is explained.
        meaning: One plain sentence.
        formula: How it is reckoned.
        parameters: Names of the numbers it leans on first.
    """

    title: str
    meaning: str
    formula: str
    parameters: tuple[str, ...]


def explain(name: str, language: Language) -> Explained:
    """Return how a measure or figure is reckoned.

    Args:
        name: A measure (``model.outcomes``), or a figure of ``LEANS_ON``.
        language: "nl" or "en".

    Raises:
        KeyError: There is no such measure or figure.
    """
    leans_on = _leans_on(name)
    measure = BY_ID.get(name)
    if measure is not None:
        return Explained(
            getattr(measure, language), getattr(measure, f"explains_{language}"),
            formula_words(measure.formula, language), leans_on,
        )  # fmt: skip
    t = texts(language)
    return Explained(
        t(f"source.title.{name}"), t(f"source.meaning.{name}"), t(f"source.formula.{name}"),
        leans_on,
    )  # fmt: skip


def _leans_on(name: str) -> tuple[str, ...]:
    """Return the numbers that something leans on, for a measure those that move it most first."""
    listed = tuple(dict.fromkeys(LEANS_ON[name]))
    if name not in BY_ID:
        return listed
    registry = load_registry()
    measured = dict.fromkeys(one.parameter for one in shipped().of_measure(name))
    close = [one for one in listed if registry[one].role == "fact" or one in measured]
    found = tuple(dict.fromkeys((*list(measured)[:MOST_MEASURED], *close)))
    return found if len(found) >= FEWEST_SHOWN else tuple(dict.fromkeys((*found, *listed)))


def source_panel(
    name: str, language: Language, carried_by: Sequence[str] = (), settings: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what the panel shows, as plain data.

    Args:
        name: Measure or figure.
        language: "nl" or "en".
        carried_by: Assumptions that go along most with the answer shown (``Result.data``).
        settings: Levers that the visitor moved.
    """
    t, registry, found = texts(language), load_registry(), explain(name, language)
    groups = (
        ("leans", found.parameters),
        ("carried", tuple(one for one in carried_by if one not in found.parameters)),
        ("moved", tuple(one for one in settings if one not in found.parameters)),
    )
    return {
        "name": name,
        "title": t("source.heading", title=found.title),
        "meaning": found.meaning,
        "formula": found.formula,
        "groups": [
            {"title": t(f"source.{key}"),
             "rows": [_row(registry[one], language) for one in names if one in registry]}
            for key, names in groups if names
        ],
        "grades": t("source.grades"),
    }  # fmt: skip


def _row(parameter: Parameter, language: Language) -> dict[str, str]:
    t = texts(language)
    value = shown(parameter.value, language)
    if parameter.low is not None and parameter.high is not None:
        ends = nf.between(shown(parameter.low, language), shown(parameter.high, language), language)
        value = t("source.value", value=value, range=ends)
    source = page_source(parameter.source, language)
    return {
        "label": getattr(parameter.label, language),
        "value": value,
        "unit": unit_name(parameter.unit, language),
        "role": t(f"source.role.{parameter.role}"),
        "grade": grade_words(parameter.grade, language),
        "source": source.said,
        "english": source.english,
        "mark": source.mark,
    }


def shown(value: float, language: Language) -> str:
    """Return a parameter's value with about three digits, without noughts behind them."""
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or not size else 4
    text = nf.number(value, language, places)
    point = {"nl": ",", "en": "."}[language]
    return text.rstrip("0").rstrip(point) if point in text and places else text

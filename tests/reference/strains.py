"""Parameters under which a small world takes every branch of the month often."""

#: A world under strain, so that every branch of the month is taken often: many ask, many are ill,
#: practices are full and choosy, therapists are easily tempted, maxima bind and fees are high.
STRAIN = {
    "copd_therapists_per_practice": 3,
    "first_year_session_share_q1": 0.55,  # with the other three more than a whole
    "seek_rate": 0.04,
    "treated_patients_fitted": 28_000,
    "gold2plus_patients_fitted": 400_000,
    "seek_most": 0.5,
    "patience_months": 2,
    "most_refusals": 2,
    "pause_after_refusals_months": 3,
    "intake_repeat_after_months": 6,
    "outside_option_share": 0.97,
    "reservation_value": 100.0,
    "norm_median": 4.0,
    "upcode_share_at_border": 0.7,
    "extension_consent": 0.9,
    "bundle_min_contacts_to_claim": 4,
    "class_upgrade_share": 0.6,
    "exacerbation_national_scaling": 1.6,
    "severe_level_factor": 1.5,
    "case_fatality_admission": 0.2,
    "inhospital_mortality": 0.1,
    "dropout_late": 0.06,
    "deductible_exhausted_anyway_share": 0.3,
    "voluntary_deductible_share": 0.4,
    "supplementary_insurance_share": 0.5,
    "session_tariff_real_growth": 0.03,
    "bundle_price_factor": 0.9,
    "home_needed_share": 0.1,
    "group_possible_share": 0.3,
    "digital_possible_share": 0.2,
    "regions": 4,
    "kpi_minimum_patients": 3,
    "questionnaire_response_share": 0.7,
    "network_practice_share": 0.6,
    "audit_rate": 0.4,
    "audit_rate_watched": 0.9,
    "mbi_clawback_probability": 0.8,
    "coordination_start_rate": 0.1,
    "therapist_turnover": 0.3,
    "vacancy_fill_chance": 0.5,
    "evaluation_fewest_practices": 3,
    "practices_considered": 3,
    "seek_per_deductible": 0.12,
    "seek_per_month_wait": 0.1,
    "refusal_memory_months": 12,
    "soft_refusal_months": 2,
    "hospital_substitution_share": 0.5,
    "hospital_therapy_months": 5,
    "attendance_per_ccq": 0.06,
    "response_per_ccq": 1.0,
    "network_practices": 3,
    "learning_looks": 2,
    "innovation_rate": 0.5,
    "innovation_step": 0.6,
    "style_bound": 0.5,
    "peer_moral_cost_psi_share": 0.6,
    "audit_fear": 2.0,
}

#: Practices are too small for those in treatment, or large enough that many new patients come in.
CROWDED = STRAIN | {"capacity_slack": -0.5}
BUSY = STRAIN | {"capacity_slack": 4.0}
#: Maxima so low that people come back after a break with nothing left.
LOW_MAXIMA = {
    "cap_2021_first_year_class_b1": 5,
    "cap_2021_first_year_class_b2_c_d": 9,
    "cap_2021_later_years_class_b2_c_d": 4,
    "paid_above_maximum_share": 0.1,
    "seek_rate": 0.2,
}

#: Many break off early and come back.
LEAVING = {"dropout_early": 0.25, "seek_rate": 0.2}
#: Many change insurer, who answer with their prices and know enough to set them.
MOVING = {
    "insurer_switch_rate_copd": 0.2,
    "insurer_price_step": 0.04,
    "purchasing_quarters_least": 10,
    "joining_precision": 0.002,
}
#: Good prices and little to fear, so that many are near signing, and insurers with much power, so
#: that their offers leave room; who loses the contract stays out for the rest of the period.
BARGAINING = {
    "negotiation_power_of_share": 0.5,
    "bundle_price_factor": 1.0,
    "joining_precision": 0.01,
    "joining_switch_hours": 1.0,
    "trust_in_insurer_mean": 0.9,
    "contract_loss_years": 2,
}
#: Paid coordination ends within the period.
ENDING = {"coordination_experiment_end_year": 2026, "coordination_experiment_end_month": 5}
#: A regulator that is sure at once, in a world where more care is at stake.
HASTY = {
    "evaluation_confidence": 0.3,
    "evaluation_margin_burden": 0.0,
    "evaluation_margin_admissions": 0.0,
    "evaluation_margin_access": 0.0,
    "evaluation_margin_satisfaction": 0.0,
    "evaluation_margin_total_cost": 0.0,
    "watch_sessions_growth": 0.0,
}
#: A regulator that looks at money only.
THRIFTY = HASTY | {
    "evaluation_margin_burden": 6.0,
    "evaluation_margin_admissions": 12.0,
    "evaluation_margin_access": 1.0,
    "evaluation_margin_satisfaction": 100.0,
    "regulator_price_cut_most": 0.2,
    "regulator_price_factor_least": 0.7,
}
#: The fund sees who is treated under a bundle, and rewards health.
SEEING = {"risk_equalisation_sees_bundle": 1.0, "risk_equalisation_health_reward": 100.0}

#: Patients accept little more than they need, and slots are scarce from half use on.
TIGHT = {
    "patient_limit_factor": 1.1,
    "scarcity_from_utilisation": 0.05,
    "tele_relative_effect": 1.05,
}

"""The worlds in which engine and reference are compared."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.intake_fee import IntakeFee
from model.entitlement import Entitlement
from model.parameters import ParameterSet, load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span
from scenarios.loader import library, load

PATIENTS = 300
SEED = 20_250_101
TWO_YEARS = Span(first_year=2024, policy_year=2025, last_year=2025)
THREE_YEARS = Span(first_year=2024, policy_year=2025, last_year=2026)


def treated_cohort(p: ParameterSet) -> Size:
    """Return 300 people who are all in treatment at the start."""
    return Size.of_treated(p, PATIENTS)


def mixed_population(p: ParameterSet) -> Size:
    """Return 300 people as they are in the country, few of them in treatment; others enter."""
    share = PATIENTS / p.gold2plus_patients
    return replace(Size.of_share(p, share), practices=12)


def handful(p: ParameterSet) -> Size:
    """Return so few people in treatment that not every kind of quarter occurs."""
    return Size.of_treated(p, 4)


#: A world under strain, so that every branch of the month is taken often: many ask, many are ill,
#: practices are full and choosy, therapists are easily tempted, maxima bind and fees are high.
STRAIN = {
    "copd_therapists_per_practice": 3,
    "first_year_session_share_q1": 0.55,  # with the other three more than a whole
    "seek_rate": 0.04,
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
    "supplementary_insurance_share": 0.5,
    "session_tariff_real_growth": 0.03,
    "bundle_price_factor": 0.9,
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
}


@dataclass(frozen=True)
class Setting:
    """One world to compare: a policy, a size, changed parameters and a period."""

    policy: Policy
    size: Callable[[ParameterSet], Size]
    changes: dict[str, float]
    span: Span = TWO_YEARS

    @property
    def parameters(self) -> ParameterSet:
        """The parameters of the run."""
        return load_registry().values().replace(self.changes)


def settings() -> dict[str, Setting]:
    """Return every world to compare, by name: each library scenario in four, and some others."""
    registry = load_registry()
    worlds = {
        f"{name}-{world}": Setting(load(name, registry).policy(), size, changes)
        for name in library()
        for world, (size, changes) in {
            "treated": (treated_cohort, {}),
            "treated-crowded": (treated_cohort, CROWDED),
            "mixed": (mixed_population, {}),
            "mixed-busy": (mixed_population, BUSY),
        }.items()
    }
    bundle = (IntakeFee(), BundleQuarter())
    others = {
        "third year reprices": Setting(Policy(clauses=bundle), mixed_population, BUSY, THREE_YEARS),
        "fixed prices": Setting(
            Policy(clauses=(BundleQuarter(prices=(150.0, 250.5, 333.33, 99.99)),)),
            mixed_population,
            BUSY,
        ),
        "one price and maintenance": Setting(
            Policy(clauses=(IntakeFee(), BundleQuarter(weight_classes=1))),
            treated_cohort,
            CROWDED,
        ),
        "no claims yet": Setting(
            Policy(clauses=bundle), mixed_population, BUSY, Span(2025, 2025, 2026)
        ),
        "few claims": Setting(Policy(clauses=bundle), handful, CROWDED, THREE_YEARS),
        "two practices only": Setting(
            Policy(clauses=bundle, only_practices=(0, 7)), mixed_population, BUSY
        ),
        "low maxima": Setting(
            Policy(entitlement=Entitlement.MAXIMA_2021),
            mixed_population,
            BUSY | LOW_MAXIMA,
            THREE_YEARS,
        ),
        "maxima of 2019": Setting(
            Policy(entitlement=Entitlement.MAXIMA_2019), treated_cohort, CROWDED
        ),
        "bundle under maxima": Setting(
            Policy(entitlement=Entitlement.MAXIMA_2021, clauses=bundle), mixed_population, BUSY
        ),
        "nobody offers": Setting(Policy(clauses=bundle, insurers_share=0.0), treated_cohort, {}),
        "levers": Setting(
            Policy(clauses=bundle, levers={"bundle_price_factor": 1.2, "price_ratchet": 1.0}),
            treated_cohort,
            CROWDED,
            THREE_YEARS,
        ),
    }
    return worlds | others

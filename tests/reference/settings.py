"""The worlds in which engine and reference are compared."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from model.codes import THEORIES
from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import ParameterSet, load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span
from scenarios.loader import library, load

from . import rich_contracts as rich
from .strains import (
    BARGAINING,
    BUSY,
    CROWDED,
    ENDING,
    HASTY,
    LEAVING,
    LOW_MAXIMA,
    MOVING,
    SEEING,
    THRIFTY,
    TIGHT,
)

PATIENTS = 300
SEED = 20_250_101
TWO_YEARS = Span(first_year=2024, policy_year=2025, last_year=2025)
THREE_YEARS = Span(first_year=2024, policy_year=2025, last_year=2026)
FOUR_YEARS = Span(first_year=2024, policy_year=2025, last_year=2027)


def treated_cohort(p: ParameterSet) -> Size:
    """Return 300 people who are all in treatment at the start."""
    return replace(Size.of_treated(p, PATIENTS), practices=16)


def mixed_population(p: ParameterSet) -> Size:
    """Return 300 people as they are in the country, few of them in treatment; others enter."""
    share = PATIENTS / p.gold2plus_patients
    return replace(Size.of_share(p, share), practices=12)


def three_practices(p: ParameterSet) -> Size:
    """Return the same people with so few practices that who returns meets the same one."""
    return replace(mixed_population(p), practices=3)


def few_large(p: ParameterSet) -> Size:
    """Return 300 people in treatment at four practices, which know many patients of an insurer."""
    return replace(Size.of_treated(p, PATIENTS), practices=4)


def handful(p: ParameterSet) -> Size:
    """Return so few people in treatment that not every kind of quarter occurs."""
    return Size.of_treated(p, 4)


World = tuple[Callable[[ParameterSet], Size], dict[str, float]]
WORLDS: dict[str, World] = {
    "treated": (treated_cohort, {}),
    "treated-crowded": (treated_cohort, CROWDED),
    "mixed": (mixed_population, {}),
    "mixed-busy": (mixed_population, BUSY),
}


@dataclass(frozen=True)
class Setting:
    """One world to compare: a policy, a size, changed parameters and a period.

    Attributes:
        slow: Left out unless the slow tests are asked for.
    """

    policy: Policy
    size: Callable[[ParameterSet], Size]
    changes: dict[str, float] = field(default_factory=dict)
    span: Span = TWO_YEARS
    slow: bool = False

    @property
    def parameters(self) -> ParameterSet:
        """The parameters of the run."""
        return load_registry().values().replace(self.changes)


def settings() -> dict[str, Setting]:
    """Return every world to compare, by name."""
    return of_library() | of_rich_contracts() | of_borders() | of_theories()


def of_library() -> dict[str, Setting]:
    """Return each library scenario in four worlds: one under strain, and slow ones of three years.

    Which of the two kinds of strain is the quick one alternates over the scenarios.
    """
    registry = load_registry()
    worlds = {}
    for number, name in enumerate(library()):
        policy = load(name, registry).policy()
        quick = ("mixed-busy", "treated-crowded")[number % 2]
        for world, (size, changes) in WORLDS.items():
            slow = world != quick
            span = THREE_YEARS if slow else TWO_YEARS
            worlds[f"{name}-{world}"] = Setting(policy, size, changes, span, slow)
    return worlds


def of_rich_contracts() -> dict[str, Setting]:
    """Return worlds whose contract holds many clauses at once."""

    def under(
        clauses: tuple[Clause, ...], world: World, span: Span = TWO_YEARS, **rest: object
    ) -> Setting:
        return Setting(Policy(clauses=clauses, **rest), *world, span)

    chronic = {"entitlement": Entitlement.CHRONIC_LIST}
    crowded = (treated_cohort, CROWDED)
    busy = (mixed_population, BUSY)
    return {
        "safeguarded": under(rich.SAFEGUARDED, crowded, THREE_YEARS),
        "safeguarded, some": under(
            rich.SAFEGUARDED, busy, THREE_YEARS, practices_share=0.6, insurers_share=0.7
        ),
        "negotiated": under(rich.NEGOTIATED, (treated_cohort, BUSY), FOUR_YEARS),
        "warranted": under(rich.WARRANTED, (three_practices, BUSY | LEAVING), FOUR_YEARS),
        "flat": under(rich.FLAT, busy),
        "weighed": under(rich.WEIGHED, (treated_cohort, BUSY | MOVING), FOUR_YEARS, by_choice=True),
        "weighed by some": under(
            rich.WEIGHED,
            (mixed_population, BUSY | MOVING | SEEING),
            THREE_YEARS,
            by_choice=True,
            insurers_share=0.6,
        ),
        "banded": under(
            rich.BANDED, (treated_cohort, BUSY | MOVING), FOUR_YEARS, practices_share=0.8
        ),
        "bargained": under(
            rich.BARGAINED, (few_large, BUSY | BARGAINING), FOUR_YEARS, by_choice=True
        ),
        "bargained by every theory": under(
            rich.BARGAINED,
            (few_large, BUSY | BARGAINING | LEAVING),
            THREE_YEARS,
            by_choice=True,
            theories={name: 1.0 / len(THEORIES) for name in THEORIES},
        ),
        "out of habit": under(
            rich.BARGAINED, (mixed_population, BUSY), by_choice=True, theories={"inertia": 1.0}
        ),
        "too poor for an income": under(
            (IntakeFee(), FlatBundle(prices=(60.0, 20.0))),
            (treated_cohort, BUSY | TIGHT),
            by_choice=True,
            theories={"target_income": 1.0},
        ),
        "lost for a year": under(
            rich.BARGAINED, (treated_cohort, BUSY), FOUR_YEARS, practices_share=0.7
        ),
        "chosen in time": under(rich.BY_TIME, (treated_cohort, CROWDED), by_choice=True),
        "by time": under(rich.BY_TIME, busy),
        "many switch": Setting(
            # Stop-loss, audits and KPIs where half of all insured change insurer each January, and
            # not every insurer or practice has the contract. The stop-loss starts so low that it
            # pays in a year of a few weeks under the contract too.
            Policy(clauses=rich.CEDED_EARLY, practices_share=0.7, insurers_share=0.6),
            treated_cohort,
            BUSY | MOVING | LEAVING | {"insurer_switch_rate_copd": 0.5, "audit_rate": 0.6},
            FOUR_YEARS,
        ),
        "fee and more": under(rich.FEE_AND_MORE, (treated_cohort, CROWDED | ENDING), THREE_YEARS),
        "chronic list": under(rich.BY_QUARTER, busy, THREE_YEARS, **chronic),
        "regulator stops": Setting(
            Policy(
                clauses=(IntakeFee(), FlatBundle(prices=(20.0,), maintenance_price=False)),
                practices_share=0.5,
                regulator_acts=True,
            ),
            treated_cohort,
            BUSY | HASTY,
            FOUR_YEARS,
        ),
        "regulator adjusts": Setting(
            Policy(
                clauses=(IntakeFee(), WeightClassBundle(prices=(900.0, 950.0, 990.0, 800.0))),
                practices_share=0.5,
                regulator_acts=True,
            ),
            treated_cohort,
            BUSY | THRIFTY,
            FOUR_YEARS,
        ),
        "regulator adjusts to total cost": Setting(
            Policy(
                clauses=(IntakeFee(), WeightClassBundle(prices=(4900.0, 4950.0, 4990.0, 4800.0))),
                practices_share=0.5,
                regulator_acts=True,
            ),
            treated_cohort,
            BUSY | THRIFTY | {"evaluation_margin_spending": 99.0},
            THREE_YEARS,
        ),
        "regulator hears of discontent": Setting(
            Policy(
                clauses=(IntakeFee(), FlatBundle(prices=(20.0,), maintenance_price=False)),
                practices_share=0.5,
                regulator_acts=True,
            ),
            treated_cohort,
            BUSY | THRIFTY | {"evaluation_margin_satisfaction": 0.0, "survey_response_share": 0.9},
            THREE_YEARS,
        ),
        "regulator watches": Setting(
            Policy(clauses=rich.SAFEGUARDED, practices_share=0.5, insurers_share=0.7),
            mixed_population,
            BUSY | HASTY,
            FOUR_YEARS,
        ),
        "regulator, all joined": Setting(
            Policy(clauses=(IntakeFee(), WeightClassBundle()), regulator_acts=True),
            treated_cohort,
            BUSY | HASTY,
            THREE_YEARS,
        ),
        "few heavy": under(rich.FEW_HEAVY, busy, FOUR_YEARS, practices_share=0.7),
        "the fund sees bundles": Setting(
            Policy(clauses=rich.FLAT),
            mixed_population,
            BUSY | SEEING,
        ),
    }


def of_borders() -> dict[str, Setting]:
    """Return worlds at the borders of what a policy or a period can be."""
    bundle = (IntakeFee(), WeightClassBundle())
    return {
        "third year reprices": Setting(Policy(clauses=bundle), mixed_population, BUSY, THREE_YEARS),
        "fixed prices": Setting(
            Policy(clauses=(WeightClassBundle(prices=(150.0, 250.5, 333.33, 99.99)),)),
            mixed_population,
            BUSY,
        ),
        "audits without a price step": Setting(
            Policy(clauses=(IntakeFee(), FlatBundle(), Audit(targeted=True)), by_choice=True),
            treated_cohort,
            CROWDED,
            THREE_YEARS,
        ),
        "one price": Setting(
            Policy(clauses=(IntakeFee(), FlatBundle(maintenance_price=False))),
            treated_cohort,
            CROWDED,
        ),
        "no claims yet": Setting(
            Policy(clauses=rich.SAFEGUARDED), mixed_population, BUSY, Span(2025, 2025, 2026)
        ),
        "chosen before any claim": Setting(
            Policy(clauses=bundle, by_choice=True), treated_cohort, CROWDED, Span(2025, 2025, 2026)
        ),
        "few claims": Setting(Policy(clauses=bundle), handful, CROWDED, THREE_YEARS),
        "two practices only": Setting(
            Policy(clauses=rich.NEGOTIATED, only_practices=(0, 7)), mixed_population, BUSY
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
        "nobody offers": Setting(
            Policy(clauses=rich.SAFEGUARDED, insurers_share=0.0), treated_cohort
        ),
        "levers": Setting(
            Policy(
                clauses=rich.SAFEGUARDED,
                levers={
                    "bundle_price_factor": 1.2,
                    "price_ratchet": 1.0,
                    "kpi_withhold_share": 0.1,
                },
            ),
            treated_cohort,
            CROWDED,
            THREE_YEARS,
        ),
    }


def of_theories() -> dict[str, Setting]:
    """Return worlds in which therapists are moved by each theory of behaviour, and by a mix.

    Each under the contract that asks most of it, under strain; the mix from the first month, so
    that maxima and the fee of history meet every theory too.
    """
    mix = {name: 1.0 / len(THEORIES) for name in THEORIES}
    worlds = {
        f"theory {name}": Setting(
            Policy(clauses=clauses, theories={name: 1.0}), *world, THREE_YEARS
        )
        for name, clauses, world in (
            ("pure_professional", rich.SAFEGUARDED, (mixed_population, BUSY)),
            ("pure_profit", rich.SAFEGUARDED, (mixed_population, BUSY)),
            ("target_income", rich.FLAT, (mixed_population, BUSY)),
            ("inertia", rich.SAFEGUARDED, (treated_cohort, CROWDED)),
            ("monotone_benefit", rich.FLAT, (treated_cohort, CROWDED)),
        )
    }
    fees = Policy(theories=mix, theories_in_history=True)
    bundle = Policy(clauses=rich.WARRANTED, theories=mix, theories_in_history=True)
    return worlds | {
        "theories mixed, fee": Setting(fees, treated_cohort, BUSY | TIGHT, THREE_YEARS),
        "theories mixed, bundle": Setting(
            bundle, three_practices, BUSY | LEAVING | TIGHT, FOUR_YEARS
        ),
        "theories mixed, outcome pay": Setting(
            replace(bundle, clauses=rich.FEE_AND_MORE), mixed_population, BUSY | TIGHT
        ),
    }

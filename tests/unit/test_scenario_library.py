"""The library: what its scenarios are, and that twins differ in one thing only."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from scenario_files import REGISTRY, read
from scipy.stats import poisson

from model.contracts.audit import Audit
from model.contracts.contract import REGULAR
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.session_floor import SessionFloor
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.policy import HISTORY
from model.population import Size
from model.simulation import World
from scenarios.loader import library, load
from scenarios.schema import Scenario
from scenarios.titles import LIBRARY, title

NAMES = [
    "bundle_all_safeguards", "bundle_audits_fine", "bundle_audits_no_fine", "bundle_by_choice",
    "bundle_by_choice_stop_loss", "bundle_corridor",
    "bundle_flat", "bundle_floor_flat", "bundle_floor_weight_classes", "bundle_index_band",
    "bundle_joint_contracting", "bundle_negotiated", "bundle_outcome_kpis_adjusted",
    "bundle_outcome_kpis_unadjusted", "bundle_phase", "bundle_process_kpis",
    "bundle_profile_phase", "bundle_quality_network", "bundle_regulator_acts", "bundle_stop_loss",
    "bundle_weight_classes", "bundle_weight_classes_voluntary", "chronic_list",
    "coordination_lump_sum", "fee_for_service_2019", "fee_for_service_capped",
    "fee_for_service_open", "macro_clawback", "mixed_optimum", "outcome_pay", "period_tariff",
    "shared_savings",
]  # fmt: skip
README = Path(__file__).parents[2] / "README.md"
P = REGISTRY.values()
CLASSES = (IntakeFee(), WeightClassBundle())


def scenario(name: str) -> Scenario:
    return load(name, REGISTRY)


def beside(name: str, *known) -> dict:
    """Return the clauses of a scenario that are not among the known ones, as plain data."""
    (only,) = [clause for clause in scenario(name).contract if clause not in known]
    return only.model_dump()


def test_names():
    assert list(library()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_title_read_alone_is_that_of_the_whole_scenario(name):
    assert title(name) == scenario(name).title


def test_the_readme_lists_the_library():
    text = README.read_text(encoding="utf-8")
    table = text[text.index("## Scenarios") : text.index("A scenario is a short YAML file")]
    assert sorted(re.findall(r"`(\w+)`", table)) == NAMES


def test_the_example_of_the_readme_is_a_scenario(tmp_path):
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(extends:.*?)```", text, re.DOTALL)
    mine = read(tmp_path, example)
    assert mine.contract == (*CLASSES, Audit(fine=2.0), SessionFloor(share=0.8))
    assert (mine.extends, mine.participation.practices) == ("bundle_weight_classes", 0.5)
    assert mine.set == {"bundle_price_factor": 0.95}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_a_policy_in_two_languages(name):
    mine = scenario(name)
    assert mine.name == name
    assert mine.policy().clauses == mine.contract
    for text in (mine.title, mine.story):
        assert text.en != text.nl
    assert load(LIBRARY / f"{name}.yaml", REGISTRY) == mine
    assert 150 < len(mine.story.en) < 1200  # a paragraph
    assert mine.source


def test_no_two_scenarios_are_the_same_policy():
    policies = [scenario(name).policy() for name in NAMES]
    for number, policy in enumerate(policies):
        assert policy not in policies[:number], NAMES[number]


def test_entitlements():
    assert {
        name: scenario(name).entitlement.value
        for name in NAMES
        if scenario(name).entitlement is not Entitlement.OPEN
    } == {
        "fee_for_service_capped": "maxima_2021",
        "fee_for_service_2019": "maxima_2019",
        "chronic_list": "chronic_list",
    }


def test_the_regular_payment_is_the_contract_of_the_fee_scenarios():
    fees = (
        "fee_for_service_open",
        "fee_for_service_capped",
        "fee_for_service_2019",
        "chronic_list",
    )
    for name in fees:
        assert scenario(name).contract == REGULAR.clauses
        assert not scenario(name).policy().offers_contract


def test_bundles():
    assert scenario("bundle_flat").contract == (IntakeFee(), FlatBundle(maintenance_price=False))
    assert scenario("bundle_weight_classes").contract == CLASSES
    assert scenario("bundle_phase").contract == (IntakeFee(), PhaseBundle())
    assert scenario("bundle_profile_phase").contract == (IntakeFee(), ProfilePhaseBundle())


def test_the_voluntary_bundle_is_the_same_for_fewer():
    some = scenario("bundle_weight_classes_voluntary")
    assert some.contract == CLASSES
    assert some.participation.practices == P.practice_participation_share
    assert some.participation.insurers == P.insurer_participation_share


def test_the_bundle_by_choice_differs_in_who_takes_part_and_the_next_in_stop_loss_only():
    chosen, covered = scenario("bundle_by_choice"), scenario("bundle_by_choice_stop_loss")
    assert chosen.contract == CLASSES
    assert chosen.participation == covered.participation
    assert chosen.participation.by_choice and chosen.participation.practices == 1.0
    assert chosen.participation.insurers == P.insurer_participation_share
    assert covered.contract[-1:] == scenario("bundle_stop_loss").contract[-1:]
    assert covered.contract[:-1] == CLASSES


def test_the_mixed_fee_is_the_best_for_these_therapists():
    """p* = c (1 - E[rho] / E[rho^2]) as a share of the tariff, rounded to two decimals (A5)."""
    pure, extrinsic = P.share_pure_professional, P.share_strongly_extrinsic
    spread = P.altruism_rho_sigma**2
    # E[X^k] = median^k exp(k^2 sigma^2 / 2) of a lognormal X, with two point masses beside it
    mean, square = (
        (1.0 - pure - extrinsic) * P.altruism_rho_median**k * math.exp(0.5 * k * k * spread)
        + pure * P.rho_pure_professional**k
        + extrinsic * P.rho_strongly_extrinsic**k
        for k in (1, 2)
    )
    fee = P.variable_cost_per_session * (1.0 - mean / square)
    share = beside("mixed_optimum", *CLASSES)["share"]
    assert share == round(fee / P.session_tariff_contracted, 2)
    # 0.8 e^0.125 + 0.1 x 0.05 + 0.1 x 3 = 1.21152; 0.8 e^0.5 + 0.1 x 0.0025 + 0.1 x 9 = 2.21923;
    # 24 x (1 - 1.21152 / 2.21923) = 10.898; 10.898 / 36.53 = 0.2983
    assert share == 0.3
    assert (mean, square) == pytest.approx((1.21152, 2.21923), abs=1e-5)


def test_the_outcome_kpis_differ_in_case_mix_only():
    plain = beside("bundle_outcome_kpis_unadjusted", *CLASSES)
    adjusted = beside("bundle_outcome_kpis_adjusted", *CLASSES)
    assert (plain.pop("case_mix"), adjusted.pop("case_mix")) == (False, True)
    assert plain == adjusted


def test_the_floors_are_the_same():
    assert scenario("bundle_floor_flat").contract == (
        IntakeFee(),
        FlatBundle(maintenance_price=False),
        SessionFloor(share=0.9),
    )
    assert scenario("bundle_floor_weight_classes").contract == (*CLASSES, SessionFloor(share=0.9))


def test_the_audits_differ_in_the_fine_only_and_the_fine_deters():
    without, fined = (
        Audit(**beside(name, *CLASSES)) for name in ("bundle_audits_no_fine", "bundle_audits_fine")
    )
    assert fined.model_copy(update={"fine": without.fine}) == without
    # An overclaim of EUR 1 is expected to cost rate x detection x (repayment + fine), U2:
    # 0.25 x 0.8 x (1 + 4) = 1.00, all that was gained; 0.25 x 0.8 x (1 + 0) = 0.20, a fifth of it.
    assert (fined.rate, fined.detection, fined.repayment, fined.fine) == (0.25, 0.8, 1.0, 4.0)
    assert without.fine == 0.0


def test_the_monthly_tariff_is_that_of_2024s_sessions():
    # 7.148, 11.299 and 13.042 sessions a quarter x EUR 36.53 / 3, as in the comment of the file
    tariff = scenario("period_tariff").contract[1]
    assert tariff == PeriodTariff(period="month", prices=(87.0, 138.0, 159.0))
    assert [round(q * P.session_tariff_contracted / 3) for q in (7.148, 11.299, 13.042)] == [
        87, 138, 159,
    ]  # fmt: skip


def test_all_safeguards_have_a_clause_for_each_danger():
    names = {clause.name for clause in scenario("bundle_all_safeguards").contract}
    assert {"session_floor", "index_band", "minimum_contacts", "pro_rata"} < names  # undertreatment
    assert {"audit", "kpi_heavy_class"} < names  # upcoding
    assert {"stop_loss", "risk_corridor", "kpi_relevant_change"} < names  # risk and selection
    assert scenario("bundle_all_safeguards").extends == "bundle_weight_classes"


# --- KPIs that can speak


@pytest.fixture(scope="module")
def norms():
    """What a small country knows of its practices after 2023 and 2024."""
    world = World(P, HISTORY, 1, Size.of_share(P, 0.02)).run(24)
    return world.books.norms()


KPIS = [
    (name, clause)
    for name in NAMES
    for clause in load(name, REGISTRY).contract
    if isinstance(clause, Kpi | IndexBand)
]


@pytest.mark.parametrize(("name", "clause"), KPIS, ids=lambda each: getattr(each, "name", each))
def test_a_kpi_of_the_library_can_judge_an_average_practice(name, clause, norms):
    """Enough patients are measured in at least eight of ten years, if their number is Poisson."""
    kpi = clause.filled(P).kpi if isinstance(clause, IndexBand) else clause.filled(P)
    practices = {"practice": 1, "group": 10}[kpi.pool]  # bundle_joint_contracting: groups of ten
    measured = norms[kpi.indicator].patients * kpi.years * practices
    assert poisson.sf(kpi.minimum_patients - 1, measured) > 0.8


@pytest.mark.parametrize(
    ("name", "kpi"),
    [(name, clause) for name, clause in KPIS if isinstance(clause, Kpi)],
    ids=lambda each: getattr(each, "name", each),
)
def test_the_bound_of_a_kpi_lies_within_reach(name, kpi, norms):
    """Within two SDs of a practice's mean, so that it is neither always met nor always missed."""
    norm = norms[kpi.indicator]
    practices = {"practice": 1, "group": 10}[kpi.pool]
    spread = norm.sd / math.sqrt(norm.patients * kpi.years * practices)
    for bound in (kpi.at_least, kpi.at_most):
        assert bound is None or abs(bound - norm.mean) < 2.0 * spread


def test_the_acting_regulator_is_all_that_differs_from_the_voluntary_bundle():
    acts, watches = (
        scenario(name).policy()
        for name in ("bundle_regulator_acts", "bundle_weight_classes_voluntary")
    )
    assert acts.regulator_acts and not watches.regulator_acts
    assert replace(acts, regulator_acts=False) == watches

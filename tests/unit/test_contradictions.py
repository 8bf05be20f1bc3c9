"""What a contract cannot say at once: one sentence, with every line it is about."""

import pytest
from scenario_files import HEAD, read, refusal

from model.contracts.audit import Audit
from model.contracts.fee_per_session import FeePerSession
from model.contracts.kpi import Kpi
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import load_registry
from scenarios.contradictions import first_contradiction
from scenarios.schema import Scenario

P = load_registry().values()


def contract(*clauses: str) -> str:
    """Return a file with the clauses on lines 5, 6, 7 and so on."""
    return HEAD + "contract:\n" + "".join(f"  - {{clause: {clause}}}\n" for clause in clauses)


BUNDLES = ("flat_bundle", "weight_class_bundle", "phase_bundle", "profile_phase_bundle")
CLASSES = "weight_class_bundle"
WITHHOLD = "at_least: 0.5, consequence: withhold"

REFUSED = {
    **{
        f"{bundle} and fee": (
            contract("fee_per_session", bundle),
            f"6: 'fee_per_session' (line 5) and '{bundle}' (line 6) pay for the same sessions; "
            "beside a bundle, pay a part of the fee with 'mixed_fee'",
        )
        for bundle in BUNDLES
    },
    "fee and bundle with a mixed fee": (
        contract(CLASSES, "mixed_fee, share: 0.3", "fee_per_session"),
        f"7: 'fee_per_session' (line 7) and '{CLASSES}' (line 5) pay for the same sessions; "
        "beside a bundle, pay a part of the fee with 'mixed_fee'",
    ),
    "two bundles": (
        contract("flat_bundle", "intake_fee", "phase_bundle"),
        "7: 'flat_bundle' (line 5) and 'phase_bundle' (line 7) are both bundles, and a contract "
        "has one",
    ),
    "period tariff and fee": (
        contract("fee_per_session", "period_tariff, period: month, prices: [90]"),
        "6: 'period_tariff' (line 6) and 'fee_per_session' (line 5) pay for the same care; keep "
        "one",
    ),
    "period tariff and bundle": (
        contract("period_tariff, period: month, prices: [90]", "flat_bundle"),
        "6: 'period_tariff' (line 5) and 'flat_bundle' (line 6) pay for the same care; keep one",
    ),
    **{
        f"{clause.partition(',')[0]} without a bundle": (
            contract("fee_per_session", clause),
            f"6: '{clause.partition(',')[0]}' (line 6) needs a bundle, and the contract has none "
            "(flat_bundle, weight_class_bundle, phase_bundle or profile_phase_bundle)",
        )
        for clause in (
            "mixed_fee, share: 0.3", "pro_rata", "minimum_contacts, contacts: 2",
            "warranty, months: 6", "regrading, at: quarter_start", "negotiation",
        )
    },
    **{
        f"regrading with a {bundle}": (
            contract(bundle, "regrading, at: quarter_start"),
            f"6: 'regrading' (line 6) lets the weight class change, and '{bundle}' (line 5) has no "
            "weight classes",
        )
        for bundle in ("flat_bundle", "phase_bundle")
    },
    "negotiation of a fixed price": (
        contract("negotiation", "phase_bundle, prices: [400, 300, 200]"),
        "6: 'negotiation' (line 5) lets insurers negotiate the price, and 'phase_bundle' (line 6) "
        "fixes it; leave out one of the two, the clause or its 'prices'",
    ),
    "more audits without an audit": (
        contract(CLASSES, "kpi, indicator: heavy_class, at_most: 0.6, consequence: audit"),
        "6: 'kpi_heavy_class' (line 6) answers a missed KPI with more audits, and the contract has "
        "no 'audit'",
    ),
    "a KPI of a group without one": (
        contract(CLASSES, "kpi, indicator: prem, at_least: 8, pool: group"),
        "6: 'kpi_prem' (line 6) takes a group of practices together, and the contract has no "
        "'joint_contracting'",
    ),
    "a corridor of a group without one": (
        contract(CLASSES, "risk_corridor, width: 0.05, kept: 0.5, pool: group"),
        "6: 'risk_corridor' (line 6) takes a group of practices together, and the contract has no "
        "'joint_contracting'",
    ),
    "a clause twice": (
        contract("intake_fee", CLASSES, "intake_fee"),
        "7: the contract has the same clause twice, 'intake_fee' (line 5) and 'intake_fee' "
        "(line 7); keep one",
    ),
    "an indicator twice": (
        contract(
            CLASSES, "kpi, indicator: prem, at_least: 8", "audit",
            "kpi, indicator: prem, at_least: 7",
        ),
        "8: the contract has the same clause twice, 'kpi_prem' (line 6) and 'kpi_prem' (line 8); "
        "keep one",
    ),
    # 0.45 + 0.4 + 0.2 = 1.05 of every payment
    "more withheld than is paid": (
        contract(
            CLASSES,
            f"kpi, indicator: prem, {WITHHOLD}, share: 0.45",
            f"kpi, indicator: gpe, {WITHHOLD}, share: 0.4",
            f"kpi, indicator: measured, {WITHHOLD}, share: 0.2",
        ),
        "8: 'kpi_prem' (line 6) and 'kpi_gpe' (line 7) and 'kpi_measured' (line 8) together "
        "withhold 105% of what is paid; more than all cannot be withheld",
    ),
    # the upper bound is left to the registry, which has 150
    "an index band upside down": (
        contract(CLASSES, "index_band, lower: 160"),
        "6: 'index_band' (line 6) has its lower bound (160) above its upper bound (150), so nobody "
        "could keep within it",
    ),
    "an offer to nobody": (
        contract(CLASSES, "offer_band, lower: 160"),
        "6: 'offer_band' (line 6) has its lower bound (160) above its upper bound (150), so nobody "
        "could keep within it",
    ),
    "own prices that are fixed": (
        contract("flat_bundle, prices: [300, 150]", "single_purchasing"),
        "6: 'single_purchasing' (line 6) lets insurers set the price, and 'flat_bundle' (line 5) "
        "fixes it; leave out one of the two, the clause or its 'prices'",
    ),
    "own prices without a bundle": (
        contract("fee_per_session", "single_purchasing"),
        "6: 'single_purchasing' (line 6) needs a bundle, and the contract has none (flat_bundle, "
        "weight_class_bundle, phase_bundle or profile_phase_bundle)",
    ),
    **{
        f"{bundle} under maxima": (
            "entitlement: maxima_2021\n" + contract(bundle),
            f"6: '{bundle}' (line 6) needs 'entitlement: open' and not 'maxima_2021' (line 1), "
            "because session maxima stand in the way of a price per quarter",
        )
        for bundle in BUNDLES
    },
    "bundle on the chronic list": (
        contract(CLASSES) + "entitlement: chronic_list\n",
        f"6: '{CLASSES}' (line 5) needs 'entitlement: open' and not 'chronic_list' (line 6), "
        "because session maxima stand in the way of a price per quarter",
    ),
    "an empty contract": (
        HEAD + "contract: []\n",
        "4: the contract is empty; name at least one clause",
    ),
    "no treatment": (
        contract("intake_fee", "outcome_pay, per_ccq_point: 300"),
        "4: the contract pays for no treatment; add 'fee_per_session', 'period_tariff' or a bundle "
        "(flat_bundle, weight_class_bundle, phase_bundle or profile_phase_bundle)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_every_line(tmp_path, case):
    content, sentence = REFUSED[case]
    assert refusal(tmp_path, content) == sentence


@pytest.mark.parametrize(
    "clauses",
    [
        (CLASSES, "mixed_fee, share: 1"),
        (CLASSES, "regrading, at: quarter_start", "negotiation", "warranty, months: 1"),
        ("profile_phase_bundle", "regrading, at: quarter_start"),
        (
            "fee_per_session",
            "kpi, indicator: heavy_class, at_most: 0.6, consequence: audit",
            "audit",
        ),
        (
            "period_tariff, period: week, prices: [20]",
            "kpi, indicator: prem, at_least: 8, pool: group",
            "risk_corridor, width: 0.05, kept: 0.5, pool: group",
            "joint_contracting, practices: 5",
        ),
        # 0.5 + 0.5 is all that is paid, and not more
        (
            CLASSES,
            f"kpi, indicator: prem, {WITHHOLD}, share: 0.5",
            f"kpi, indicator: gpe, {WITHHOLD}, share: 0.5",
        ),
        (CLASSES, "kpi, indicator: prem, at_least: 8", "kpi, indicator: gpe, at_least: 0.4"),
        ("fee_per_session", "kpi, indicator: prem, at_least: 8, pool: region"),
        (CLASSES, "index_band, lower: 100, upper: 100"),
        (CLASSES, "offer_band, lower: 100, upper: 100", "single_purchasing", "negotiation"),
    ],
)
def test_what_fits_together_is_accepted(tmp_path, clauses):
    scenario = read(tmp_path, contract(*clauses))
    assert [clause.clause for clause in scenario.contract] == [
        clause.partition(",")[0] for clause in clauses
    ]


def test_withheld_shares_left_out_are_those_of_the_lever(tmp_path):
    # Seven KPIs at the lever's 0.05 withhold 0.35; at 0.15, its highest, 1.05.
    names = ("prem", "gpe", "measured", "dropout", "heavy_class", "admissions", "walk_change")
    clauses = [CLASSES, *(f"kpi, indicator: {name}, {WITHHOLD}" for name in names)]
    assert len(read(tmp_path, contract(*clauses)).contract) == 8
    message = refusal(tmp_path, contract(*clauses) + "set: {kpi_withhold_share: 0.15}\n")
    assert message.startswith("12: 'kpi_prem' (line 6) and ")
    assert message.endswith(
        "'kpi_walk_change' (line 12) together withhold 105% of what is paid; more than all cannot "
        "be withheld"
    )


def test_a_scenario_made_in_code_is_held_to_the_same():
    both = {"en": "a", "nl": "b"}
    with pytest.raises(ValueError, match="'fee_per_session' and 'weight_class_bundle' pay for the"):
        Scenario(
            title=both, story=both, source="c", contract=(WeightClassBundle(), FeePerSession())
        )


def test_contradictions_are_found_wherever_the_clauses_stand():
    kpi = Kpi(indicator="heavy_class", at_most=0.6, consequence="audit")
    for clauses in ((WeightClassBundle(), kpi), (kpi, WeightClassBundle())):
        found = first_contradiction(clauses, Entitlement.OPEN, P)
        assert found.about == (clauses.index(kpi),)
        assert first_contradiction((*clauses, Audit()), Entitlement.OPEN, P) is None

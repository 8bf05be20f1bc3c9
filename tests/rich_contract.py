"""The rich contract: every clause that can stand with the others, for tests that need them all."""

from model.contracts.audit import Audit
from model.contracts.change_cap import ChangeCap
from model.contracts.clause import Clause
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.macro_clawback import MacroClawback
from model.contracts.membership import Membership
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.negotiation import Negotiation
from model.contracts.offer_band import OfferBand
from model.contracts.outcome_pay import OutcomePay
from model.contracts.pro_rata import ProRata
from model.contracts.regrading import Regrading
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.session_floor import SessionFloor
from model.contracts.shared_savings import SharedSavings
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.stop_loss import StopLoss
from model.contracts.warranty import Warranty
from model.contracts.weight_class_bundle import WeightClassBundle
from model.entitlement import Entitlement
from model.parameters import load_registry
from scenarios.contradictions import first_contradiction

#: Every kind of KPI: each consequence, and a slope on a measurement that the therapist makes.
KPIS = (
    Kpi(
        indicator="relevant_change", at_least=0.5, consequence="withhold", case_mix=True,
        judged_on="shrunk", pool="group", years=2,
    ),
    Kpi(indicator="start_in_time", at_least=0.5, consequence="bonus", share=0.02),
    Kpi(indicator="gpe", at_least=0.3, consequence="bonus", share=0.01, minimum_patients=1.0),
    Kpi(
        indicator="dropout", at_most=0.1, consequence="malus", share=0.02,
        judged_on="confidence_bound",
    ),
    Kpi(indicator="heavy_class", at_most=0.5, consequence="audit", case_mix=True),
    Kpi(indicator="prem", at_least=8.0, consequence="improvement_plan", pool="region", years=3),
    Kpi(indicator="severe_accepted", at_least=0.2, consequence="loss_of_contract", pool="contract"),
    Kpi(indicator="walk_change", slope=2.0, minimum_patients=1.0),
    Kpi(indicator="ccq_change", slope=200.0, measured_by="therapist", minimum_patients=1.0),
)  # fmt: skip

#: What can stand beside the payment for care; numbers left out come from the registry.
BESIDE = (
    MixedFee(share=0.2),
    OutcomePay(per_relevant_change=50.0),
    SharedSavings(share=0.3, loss_share=0.1),
    CoordinationLumpSum(),
    *KPIS,
    IndexBand(),
    OfferBand(),
    Audit(),
    StopLoss(attachment=1_500.0, share=0.8),
    RiskCorridor(width=0.05, kept=0.5, pool="group"),
    ChangeCap(most=0.15),
    MinimumContacts(contacts=2),
    ProRata(),
    Regrading(at="quarter_start"),
    Warranty(months=6),
    SessionFloor(),
    Membership(of="quality_network"),
    JointContracting(practices=4),
    Negotiation(),
    SinglePurchasing(),
    MacroClawback(probability=0.5),
)


def without_contradictions(clauses: list[Clause]) -> tuple[Clause, ...]:
    """Return the clauses that a scenario can state together; of two that clash the first stays."""
    clauses, p = list(clauses), load_registry().values()
    while wrong := first_contradiction(clauses, Entitlement.OPEN, p):
        del clauses[max(wrong.about)]
    return tuple(clauses)


def rich_contract(pays: Clause) -> tuple[Clause, ...]:
    """Return an intake fee, the clause that pays for care, and everything that can stand beside.

    Args:
        pays: A bundle, the fee per session or a period tariff.
    """
    return without_contradictions([IntakeFee(), pays, *BESIDE])


RICH = rich_contract(WeightClassBundle())

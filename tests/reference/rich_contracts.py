"""Contracts that hold many clauses at once, so that a few worlds take every branch."""

from model.contracts.audit import Audit
from model.contracts.change_cap import ChangeCap
from model.contracts.clause import Clause
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
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
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.pro_rata import ProRata
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.regrading import Regrading
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.session_floor import SessionFloor
from model.contracts.shared_savings import SharedSavings
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.stop_loss import StopLoss
from model.contracts.warranty import Warranty
from model.contracts.weight_class_bundle import WeightClassBundle

#: Bundle by weight class: every safeguard that leaves the contract in force.
SAFEGUARDED: tuple[Clause, ...] = (
    IntakeFee(),
    WeightClassBundle(),
    MixedFee(share=0.2),
    Kpi(
        indicator="relevant_change",
        at_least=0.4,
        consequence="withhold",
        case_mix=True,
        judged_on="shrunk",
        pool="group",
        years=2,
    ),
    Kpi(indicator="start_in_time", at_least=0.5, consequence="bonus", share=0.02),
    Kpi(indicator="heavy_class", at_most=0.4, consequence="audit", case_mix=True),
    IndexBand(consequence="malus", lower=90.0, upper=110.0, share=0.04),
    Audit(),
    StopLoss(attachment=1000.0, share=0.8),
    RiskCorridor(width=0.05, kept=0.5, pool="group"),
    JointContracting(practices=3),
    ProRata(),
    Regrading(at="quarter_start"),
    MinimumContacts(contacts=5),
    SharedSavings(share=0.3, loss_share=0.2),
    OutcomePay(per_relevant_change=50.0),
    CoordinationLumpSum(),
    MacroClawback(),
    ChangeCap(most=0.1),
)

#: The same with a stop-loss that pays from the first sessions on.
CEDED_EARLY: tuple[Clause, ...] = tuple(
    StopLoss(attachment=60.0, share=0.8) if isinstance(clause, StopLoss) else clause
    for clause in SAFEGUARDED
)

#: Bundle by phase at negotiated prices: slopes, therapists who measure, contracts that are lost.
NEGOTIATED: tuple[Clause, ...] = (
    IntakeFee(),
    PhaseBundle(),
    Negotiation(),
    Membership(of="quality_network"),
    OutcomePay(per_ccq_point=400.0, minimum_patients=2, measured_by="therapist"),
    Kpi(indicator="walk_change", slope=5.0, case_mix=True),
    Kpi(indicator="prem", slope=20.0, reference=7.0, pool="region"),
    Kpi(indicator="dropout", at_most=0.1, consequence="malus", share=0.03, pool="contract"),
    Kpi(indicator="start_in_time", at_least=0.3, consequence="loss_of_contract"),
    IndexBand(lower=85.0, upper=115.0),
    Kpi(indicator="measured", at_least=0.75, consequence="improvement_plan"),
    Kpi(indicator="gpe", at_least=0.5, consequence="withhold"),
    MinimumContacts(contacts=8),
    Audit(fine=0.0, rate=0.9),
    RiskCorridor(width=0.02, kept=0.3),
    ProRata(share=0.5),
)

#: Bundle by class and phase: a relapse is treated for nothing, half of what is unused goes back.
WARRANTED: tuple[Clause, ...] = (
    IntakeFee(),
    ProfilePhaseBundle(),
    Warranty(months=9),
    ProRata(),
    Audit(fine=4.0, rate=0.3),
    Kpi(
        indicator="gpe",
        at_least=0.5,
        consequence="withhold",
        share=0.1,
        judged_on="confidence_bound",
    ),
    Kpi(indicator="admissions", at_most=0.1, consequence="improvement_plan", years=3),
)

#: What practices weigh, and insurers offer to some only: each at its own price.
WEIGHED: tuple[Clause, ...] = (
    IntakeFee(),
    WeightClassBundle(),
    SinglePurchasing(),
    OfferBand(lower=80.0, upper=120.0),
    Audit(fine=0.5, targeted=True),
    StopLoss(attachment=1000.0, share=0.8),
    RiskCorridor(width=0.05, kept=0.5, pool="group"),
    JointContracting(practices=3),
    Kpi(indicator="gpe", at_least=0.5, consequence="withhold", by_reliability=True),
    Kpi(
        indicator="start_in_time", at_least=0.5, consequence="bonus", share=0.2, by_reliability=True
    ),
    Kpi(indicator="dropout", at_most=0.1, consequence="malus", share=0.3, by_reliability=True),
    Kpi(indicator="measured", at_least=0.8, consequence="loss_of_contract"),
    ProRata(),
)

#: The same for those who drew the lot, within a narrow band and under heavy fines.
BANDED: tuple[Clause, ...] = (
    IntakeFee(),
    WeightClassBundle(),
    Negotiation(),
    SinglePurchasing(),
    OfferBand(lower=95.0, upper=105.0),
    Audit(fine=4.0, targeted=True),
    ProRata(),
)

#: A flat bundle with two prices, and a stop-loss that almost pays by the session.
FLAT: tuple[Clause, ...] = (
    IntakeFee(),
    FlatBundle(),
    StopLoss(attachment=400.0),
    ProRata(),
    SharedSavings(share=0.5),
)

#: Paid for time in care beside a part of a bundle; a drop-out's unused months still go back.
BY_TIME: tuple[Clause, ...] = (
    IntakeFee(),
    PeriodTariff(period="week", prices=(4.0, 6.0, 9.0)),
    FlatBundle(maintenance_price=False, prices=(120.5,)),
    SessionFloor(share=0.95),
    ProRata(),
    Audit(rate=0.5),
)

#: Alike for every class, and kind to practices with few heavy and mild-looking patients: a class
#: that is too light pays. Grading follows the patient, and many files are audited.
FEW_HEAVY: tuple[Clause, ...] = (
    IntakeFee(),
    ProfilePhaseBundle(prices=(260.0, 180.0, 270.0, 190.0, 275.0, 195.0, 150.0)),
    Regrading(at="quarter_start"),
    Kpi(indicator="heavy_class", at_most=0.4, consequence="bonus", share=0.3),
    Kpi(indicator="ccq_change", slope=300.0, case_mix=True, minimum_patients=1.0),
    IndexBand(consequence="malus", lower=95.0, upper=300.0, share=0.2),
    Audit(rate=0.9, fine=0.0),
)

#: Paid a client profile per quarter, for those whose first sessions are their own.
BY_QUARTER: tuple[Clause, ...] = (
    IntakeFee(),
    PeriodTariff(period="quarter", prices=(210.0, 290.5, 330.0)),
    Regrading(at="quarter_start"),
    Kpi(indicator="gpe", at_least=0.5, consequence="withhold"),
    Kpi(indicator="start_in_time", at_least=0.5, consequence="loss_of_contract"),
)

#: The fee per session with incentives beside it.
FEE_AND_MORE: tuple[Clause, ...] = (
    IntakeFee(),
    FeePerSession(),
    CoordinationLumpSum(start_rate=0.3, paramedical_share=0.3),
    SharedSavings(share=0.5, loss_share=0.5),
    MacroClawback(probability=1.0),
    Kpi(indicator="ccq_change", at_least=0.3, consequence="bonus", share=0.05),
    Kpi(indicator="severe_accepted", at_least=0.9, consequence="malus", share=0.05),
)

#: Who would refuse the price on offer bargains on; who loses the contract stays out for years.
BARGAINED: tuple[Clause, ...] = (
    IntakeFee(),
    ProfilePhaseBundle(),
    Negotiation(),
    MinimumContacts(contacts=4),
    StopLoss(attachment=900.0),
    OutcomePay(per_ccq_point=200.0, minimum_patients=2),
    Warranty(months=9),
    Kpi(indicator="dropout", at_most=0.2, consequence="loss_of_contract"),
    Audit(fine=0.0),
    ProRata(),
)

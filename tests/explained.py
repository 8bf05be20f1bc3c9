"""Explanations of library scenarios, for tests of tables and words."""

from functools import cache

from rich_contract import rich_contract

from experiments.explanation import explain, january
from model.contracts.audit import Audit
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.mixed_fee import MixedFee
from model.contracts.negotiation import Negotiation
from model.contracts.outcome_pay import OutcomePay
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.session_floor import SessionFloor
from model.contracts.shared_savings import SharedSavings
from model.contracts.stop_loss import StopLoss
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.policy import Policy

P = load_registry().values()
#: Prices in round numbers, so that all can be worked out by hand.
FIXED = WeightClassBundle(prices=(200.0, 300.0, 400.0, 100.0))
CONTRACTS = {
    "regular": (),
    "weight_classes": (IntakeFee(), WeightClassBundle()),
    "fixed": (IntakeFee(), FIXED),
    "flat": (IntakeFee(), FlatBundle()),
    "phase": (IntakeFee(), PhaseBundle()),
    "mixed": (IntakeFee(), FIXED, MixedFee(share=0.3)),
    "floor": (IntakeFee(), FIXED, SessionFloor(share=0.9)),
    "audit": (IntakeFee(), FIXED, Audit()),
    "no_fine": (IntakeFee(), FIXED, Audit(fine=0.0)),
    "deterred": (IntakeFee(), FIXED, Audit(rate=0.25, fine=4.0)),
    "stop_loss": (IntakeFee(), WeightClassBundle(), StopLoss(attachment=1_800.0)),
    "outcome": (IntakeFee(), FIXED, OutcomePay(per_ccq_point=300.0)),
    "index": (IntakeFee(), FIXED, IndexBand(lower=90.0, upper=110.0)),
    "access": (
        IntakeFee(),
        FIXED,
        Kpi(indicator="severe_accepted", slope=150.0, minimum_patients=1.0),
    ),
    "few_heavy": (
        IntakeFee(),
        FIXED,
        Kpi(indicator="heavy_class", slope=225.0, minimum_patients=1.0),
    ),
    "lump": (IntakeFee(), FIXED, CoordinationLumpSum(amount=1_800.0)),
    "savings": (IntakeFee(), FeePerSession(), SharedSavings(share=0.5, loss_share=0.5)),
    "negotiated": (IntakeFee(), WeightClassBundle(), Negotiation()),
    "rich": rich_contract(ProfilePhaseBundle()),
}


@cache
def asked(name):
    """Return the January world and the explanation of one contract."""
    world = january(Policy(clauses=CONTRACTS[name]), P)
    return world, explain(world)

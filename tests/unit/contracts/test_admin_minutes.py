"""Administration: every clause says how much, and a contract adds them up."""

import pytest

from model.contracts.audit import Audit
from model.contracts.clause import Clause
from model.contracts.contract import REGULAR, Contract
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.outcome_pay import OutcomePay
from model.contracts.period_tariff import PeriodTariff
from model.contracts.pro_rata import ProRata
from model.contracts.regrading import Regrading
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.session_floor import SessionFloor
from model.contracts.stop_loss import StopLoss
from model.contracts.warranty import Warranty
from model.parameters import ParameterSet

P = ParameterSet(
    {
        "admin_minutes_bundle_quarter": 20.0, "admin_minutes_kpi": 5.0,
        "admin_minutes_regrading": 10.0, "admin_minutes_file_rule": 2.0,
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "minutes"),
    [
        (FlatBundle(), 20.0),
        (PeriodTariff(period="month", prices=(5.0,)), 20.0),
        (Kpi(indicator="prem", at_least=8.0, consequence="audit"), 5.0),
        (Kpi(indicator="prem", slope=5.0), 5.0),
        (Kpi(indicator="prem", at_least=8.0), 0.0),  # nothing follows from it
        (IndexBand(lower=80.0, upper=120.0), 5.0),
        (OutcomePay(per_ccq_point=50.0), 5.0),
        (Regrading(at="quarter_start"), 10.0),
        (MinimumContacts(contacts=3), 2.0),
        (SessionFloor(share=0.7), 2.0),
        (ProRata(), 2.0),
        (Warranty(months=3), 2.0),
        # The insurer works these out from the claims; an audit takes time only when it comes.
        (MixedFee(share=0.2), 0.0),
        (StopLoss(attachment=1_500.0), 0.0),
        (RiskCorridor(width=0.05, kept=0.5), 0.0),
        (JointContracting(practices=3), 0.0),
        (Audit(), 0.0),
    ],
)
def test_what_a_clause_takes(clause: Clause, minutes: float):
    assert clause.admin_minutes(P) == minutes


def test_the_minutes_of_a_contract_are_those_of_its_clauses():
    contract = Contract(
        (
            FlatBundle(),
            IndexBand(lower=80.0, upper=120.0),
            OutcomePay(per_ccq_point=50.0),
            ProRata(),
        )
    )

    assert contract.admin_minutes(P) == 32.0
    assert REGULAR.admin_minutes(P) == 0.0


def test_an_audit_takes_the_time_it_costs():
    """EUR 75 at 1.25 a minute with overhead is an hour."""
    assert Audit(practice_cost=75.0).minutes(1.25) == 60.0
    assert Audit(practice_cost=75.0).minutes(0.0) == 0.0

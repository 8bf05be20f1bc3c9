"""Terms of a whole contract: the strictest of each holds, and watching adds up."""

import numpy as np
import pytest

from model.contracts.contract import REGULAR, Contract
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.membership import Membership
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.negotiation import Negotiation
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.regrading import Regrading
from model.contracts.session_floor import SessionFloor
from model.contracts.terms import Terms
from model.contracts.warranty import Warranty
from model.parameters import ParameterSet

BAND = IndexBand(lower=60.0, upper=140.0)


def test_nothing_is_agreed_beside_a_payment():
    assert REGULAR.terms == Terms()
    assert Contract((FlatBundle(), MixedFee(share=0.2))).terms == Terms()
    assert Contract(()).terms == Terms()


def test_every_term_of_every_clause_holds_at_once():
    clauses = (
        MinimumContacts(contacts=3), SessionFloor(share=0.7), Warranty(months=6),
        Regrading(at="quarter_start"), Membership(of="quality_network"),
        JointContracting(practices=8), Negotiation(),
    )  # fmt: skip
    whole = Terms(
        least_contacts=3.0, session_floor=0.7, warranty_months=6, regrade=1, network_only=1,
        pooled_practices=8, negotiated=1,
    )  # fmt: skip

    assert Contract(clauses).terms == whole
    assert Contract(clauses[::-1]).terms == whole


def test_of_each_term_the_strictest_holds_and_watching_adds_up():
    one = Terms(least_contacts=2.0, session_floor=0.9, pooled_practices=1, monitoring=1.0)
    other = Terms(least_contacts=5.0, session_floor=0.5, pooled_practices=6, monitoring=2.0)

    both = Terms(least_contacts=5.0, session_floor=0.9, pooled_practices=6, monitoring=3.0)
    assert one | other == both
    assert other | one == both


@pytest.mark.parametrize(
    ("clauses", "watching"),
    [
        ((BAND,), 1.0),
        ((BAND, Kpi(indicator="prem", at_least=8.0, consequence="bonus")), 2.0),
        ((Kpi(indicator="prem", at_least=8.0),), 0.0),  # only reported
        ((Kpi(indicator="prem", slope=5.0), Kpi(indicator="gpe", slope=5.0)), 2.0),
        ((OutcomePay(per_ccq_point=100.0),), 0.0),  # pays, but holds nobody to a bound
    ],
)
def test_clauses_that_punish_or_pay_by_a_kpi_watch(clauses, watching):
    assert Contract(clauses).terms.monitoring == watching


def test_a_contract_lists_its_kpis_band_included():
    kpi, band = Kpi(indicator="prem", at_least=8.0), BAND
    contract = Contract((IntakeFee(), kpi, FeePerSession(), band))

    assert contract.kpis == (kpi, band.kpi)
    assert REGULAR.kpis == ()
    assert contract.find(IndexBand) is band and contract.find(SessionFloor) is None


def test_two_kpis_on_one_indicator_would_share_a_name():
    with pytest.raises(ValueError, match="same clause twice"):
        Contract((Kpi(indicator="prem", at_least=8.0), Kpi(indicator="prem", slope=5.0)))
    Contract((Kpi(indicator="prem", at_least=8.0), Kpi(indicator="gpe", slope=5.0)))


def test_terms_left_out_come_from_the_registry_for_the_whole_contract():
    p = ParameterSet({"session_floor_share": 0.6})

    assert Contract((FlatBundle(), SessionFloor())).filled(p).terms.session_floor == 0.6


def test_terms_cost_and_bring_nothing_by_themselves():
    known = Outlook(
        prices=Prices(np.full(4, 3653), 5480, np.full((10, 3, 3), 30_000)),
        norms={},
        patients=9.0,
        sessions=30.0,
        margin=0.0,
        cost_cv=0.6,
        reference_cost=36.53,
        benchmark=2_000.0,
        admission_cost=5_000.0,
        ccq_value=6_000.0,
        icc=0.05,
    )
    case = Case(sessions=30.0, quarters=(2.0, 2.0, 0.0))
    bare = Contract((FlatBundle(),))
    bound = Contract((FlatBundle(), SessionFloor(share=0.9), Warranty(months=6), Negotiation()))

    assert bare.worth(case, known) == bound.worth(case, known) == 1_200.0

"""Clauses that bind without paying: each sets its own term and nothing else."""

import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.joint_contracting import JointContracting
from model.contracts.membership import Membership
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.negotiation import Negotiation
from model.contracts.outlook import Case
from model.contracts.regrading import Regrading
from model.contracts.session_floor import SessionFloor
from model.contracts.terms import Terms
from model.contracts.warranty import Warranty
from model.parameters import ParameterSet

OUTLOOK = plain_outlook()

BINDING = [
    (MinimumContacts(contacts=3), Terms(least_contacts=3.0)),
    (Regrading(at="quarter_start"), Terms(regrade=1)),
    (Warranty(months=6), Terms(warranty_months=6)),
    (Membership(of="quality_network"), Terms(network_only=1)),
    (SessionFloor(share=0.7), Terms(session_floor=0.7)),
    (JointContracting(practices=10), Terms(pooled_practices=10)),
    (Negotiation(), Terms(negotiated=1)),
]


@pytest.mark.parametrize(("clause", "terms"), BINDING)
def test_a_binding_clause_sets_its_own_term_only(clause, terms):
    assert clause.terms() == terms
    assert (
        clause.expect(Case(sessions=40.0, quarters=(2.0, 1.0, 1.0), revenue=1_200.0), OUTLOOK)
        == 0.0
    )


def test_the_strictest_of_two_holds():
    both = MinimumContacts(contacts=3).terms() | MinimumContacts(contacts=5).terms()

    assert both | SessionFloor(share=0.5).terms() == Terms(least_contacts=5.0, session_floor=0.5)


def test_a_floor_left_out_comes_from_the_registry():
    p = ParameterSet({"session_floor_share": 0.6})

    assert SessionFloor().filled(p).terms() == Terms(session_floor=0.6)
    assert SessionFloor(share=0.9).filled(p).terms() == Terms(session_floor=0.9)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (MinimumContacts, [{"contacts": 1}, {"contacts": 30}], [{"contacts": n} for n in (0, 31)]),
        (Warranty, [{"months": 1}, {"months": 24}], [{"months": n} for n in (0, 25)]),
        (
            JointContracting,
            [{"practices": n} for n in (2, 200)],
            [{"practices": 1}, {"practices": 201}],
        ),
        (SessionFloor, [{"share": 0.0}, {"share": 1.0}], [{"share": -0.01}, {"share": 1.01}]),
        (Regrading, [{"at": "quarter_start"}], [{"at": "always"}, {}]),
        (Membership, [{"of": "quality_network"}], [{"of": "club"}, {}]),
        (Negotiation, [{}], [{"price": 300.0}, {"clause": "membership"}]),
    ],
)
def test_values_outside_the_range_are_refused(kind, good, bad):
    for keys in good:
        kind(**keys)
    for keys in bad:
        with pytest.raises(ValidationError):
            kind(**keys)


@pytest.mark.parametrize(
    ("kind", "field"),
    [(MinimumContacts, "contacts"), (Warranty, "months"), (JointContracting, "practices")],
)
@pytest.mark.parametrize("value", [True, 3.0, 2.5, "3", None])
def test_counts_are_whole_numbers(kind, field, value):
    with pytest.raises(ValidationError):
        kind(**{field: value})

"""Agents are Mesa agents that read and write the columns; the columns are the only truth."""

import mesa
import pytest

from agents.insurer import Insurer
from agents.patient import Patient
from agents.practice import Practice
from agents.therapist import Therapist
from model.codes import TREATED
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World


@pytest.fixture(scope="module")
def world():
    p = load_registry().values()
    return World(p, Policy(), 1, Size.of_treated(p, 80), Span(2025, 2025, 2025)).run(3)


def test_everybody_is_a_mesa_agent(world):
    assert isinstance(world, mesa.Model)
    kinds = {kind: len(agents) for kind, agents in world.agents_by_type.items()}
    assert kinds[Insurer] == 10
    assert kinds[Practice] == world.practices.count
    assert isinstance(world.patient(0), Patient) and world.patient(0) in world.agents
    assert isinstance(world.therapist(0), Therapist) and world.therapist(0) in world.agents


def test_a_patient_reads_its_row(world):
    patient = world.patient(7)
    assert patient.ccq == world.health.ccq[7]
    assert patient.need == world.care.need[7]
    assert patient.frailty == world.person.frailty[7]
    assert patient is world.patient(7)


def test_a_patient_writes_its_row(world):
    patient = world.patient(8)
    before = patient.ccq
    patient.ccq = 4.25
    assert world.health.ccq[8] == 4.25
    patient.ccq = before


def test_a_patient_says_where_it_stands(world):
    treated = int((world.care.status == TREATED).nonzero()[0][0])
    assert world.patient(treated).stands == "treated"
    assert world.patient(treated).class_name in ("A", "B1", "B2", "C", "D")


def test_a_misspelt_column_is_refused(world):
    with pytest.raises(AttributeError, match="no column 'cqq'"):
        _ = world.patient(0).cqq


def test_a_patient_outside_the_world_is_refused(world):
    with pytest.raises(IndexError):
        world.patient(10_000)
    with pytest.raises(IndexError):
        world.patient(-1)


def test_a_therapist_outside_the_world_is_refused(world):
    assert world.therapist(3) is world.therapist(3)
    for number in (-1, world.practices.rho.size):
        with pytest.raises(IndexError):
            world.therapist(number)


def test_practices_and_therapists_read_their_rows(world):
    practice = world.practice_agents[2]
    assert practice.size in ("small", "large")
    assert practice.capacity == world.capacity[2]
    assert (practice.contracts == 0).all()
    assert practice.style.tolist() == [0.0, 0.0, 0.0]
    assert practice.willing is False  # nobody has been asked
    for luck, share, willing in ((0.3, 0.5, True), (0.7, 0.5, False), (0.5, 0.5, False)):
        practice.consider_contract(share, luck)
        assert practice.willing is willing
    therapist = world.therapist(4)
    assert therapist.rho == world.practices.rho[therapist.number]
    assert therapist.practice == therapist.number // world.practices.per_practice
    assert therapist.norm > 0 and therapist.own_moral_cost > 0

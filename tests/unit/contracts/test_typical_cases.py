"""The typical cases behind the differences that are incentives, and what pays on paper only."""

import numpy as np
import pytest
from typical_outlook import (
    PULL_AT_ONE_SD,
    RESPONSE,
    asked,
    kpi,
    norm,
    outlook,
)

from model.codes import INDIVIDUAL
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.fee_per_session import FeePerSession
from model.contracts.incentives import (
    first_year,
    graded,
    improved,
    incentives,
    spared,
    treated_more,
)
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Case
from model.contracts.weight_class_bundle import WeightClassBundle

# --- gaming: what looks better on paper


def test_a_measurement_by_the_therapist_can_be_made_to_look_better():
    known = {"norms": {"ccq_change": norm(0.4), "walk_change": norm(30.0)}}
    by_therapist, by_patient = (
        asked(kpi("ccq_change", slope=300.0, measured_by=who), **known)
        for who in ("therapist", "patient")
    )

    np.testing.assert_allclose(by_therapist.gaming, [300.0, 0.0], atol=1e-3)
    np.testing.assert_array_equal(by_patient.gaming, [0.0, 0.0])
    np.testing.assert_allclose(
        asked(kpi("walk_change", slope=2.0), **known).gaming, [0.0, 2.0], atol=1e-5
    )


def test_a_point_on_paper_counts_for_the_chance_of_a_relevant_change():
    found = asked(
        WeightClassBundle(),
        kpi(
            "relevant_change", at_least=0.4, consequence="bonus", share=0.1,
            measured_by="therapist",
        ),
        OutcomePay(per_relevant_change=50.0, measured_by="therapist"),
        norms={"relevant_change": norm(0.5)},
    )  # fmt: skip

    # 0.8 x (stake 0.1 x 1,400 x 2.41971 + 50)
    assert found.gaming[0] == pytest.approx(0.8 * (140.0 * PULL_AT_ONE_SD + 50.0), abs=0.01)


def test_the_stake_of_a_kpi_is_its_share_of_revenue_or_what_it_threatens():
    known = outlook(norms={"prem": norm(8.0)}, plan_cost=90.0, contract_gain=250.0)

    def stake(consequence, **known_share):
        clause = kpi("prem", at_least=8.0, consequence=consequence, **known_share)
        return clause.stake(1_200.0, known)

    assert stake("bonus", share=0.1) == 120.0
    assert stake("audit") == stake("none") == 0.0
    assert stake("improvement_plan") == 90.0
    assert stake("loss_of_contract") == 250.0
    worse = outlook(norms={"prem": norm(8.0)}, contract_gain=-5.0)
    lost = kpi("prem", at_least=8.0, consequence="loss_of_contract")
    assert lost.stake(1_200.0, worse) == 0.0  # who would rather be without fears nothing


# --- the cases behind the differences


NORMS = {
    "ccq_change": norm(0.4),
    "relevant_change": norm(0.5),
    "gpe": norm(0.55),
    "walk_change": norm(30.0),
    "admissions": norm(0.1),
    "dropout": norm(0.1),
    "treatment_index": norm(100.0),
    "heavy_class": norm(0.3),
}


def typical(weight_class=1, stage=1) -> Case:
    return first_year(weight_class, stage, 0, outlook(norms=NORMS), RESPONSE)


def test_a_typical_first_year():
    case = typical(2)

    assert (case.sessions, case.quarters) == (60.0, (2.0, 2.0, 0.0))
    assert (case.weight_class, case.true_class, case.stage) == (2, 2, 1)
    assert case.admissions == pytest.approx(0.4)  # four quarters of 0.1
    assert case.dropout == pytest.approx(0.3439)  # 1 - 0.9^4
    assert case.intakes == 0.0


def test_the_class_on_file_is_no_expectation_but_known():
    assert typical(2).values["heavy_class"] == 1.0
    assert typical(0).values["heavy_class"] == 0.0
    assert graded(typical(0), 2, RESPONSE).values["heavy_class"] == 1.0


def test_less_burden_shows_in_every_measure_of_it():
    before, after = typical(), improved(typical(), 0.5, RESPONSE)
    rise = {name: after.values[name] - before.values[name] for name in NORMS}

    assert rise["ccq_change"] == pytest.approx(0.5)
    assert rise["relevant_change"] == pytest.approx(0.4)  # 0.5 x 0.8
    assert rise["gpe"] == pytest.approx(0.35)
    assert rise["walk_change"] == pytest.approx(30.0)
    assert rise["admissions"] == pytest.approx(-0.025)  # 0.5 x 0.2 a year over four quarters
    assert after.admissions == pytest.approx(0.3)
    assert (rise["dropout"], rise["treatment_index"], rise["heavy_class"]) == (0.0, 0.0, 0.0)


def test_an_admission_spared_leaves_burden_as_it_is():
    after = spared(typical(), 0.2)

    assert after.admissions == pytest.approx(0.2)
    assert after.values["admissions"] == pytest.approx(0.05)
    assert after.values["ccq_change"] == pytest.approx(0.4)


def test_more_sessions_show_in_the_treatment_index():
    after = treated_more(typical(), 9.0)

    assert after.sessions == 54.0
    assert after.values["treatment_index"] == pytest.approx(120.0)


def test_on_file_in_a_heavier_class_the_same_sessions_look_like_less():
    after = graded(typical(0), 1, RESPONSE)

    assert (after.weight_class, after.true_class) == (1, 0)
    assert after.values["treatment_index"] == pytest.approx(100.0 * 20 / 45)
    assert after.values["heavy_class"] == 0.0


def test_a_patient_year_is_its_fixed_part_and_its_sessions():
    """What the agents reckon with is what the contract says, for every class and stage.

    Only a KPI on access adds to it what accepting brings above refusing.
    """
    contract = Contract(
        (
            FeePerSession(),
            WeightClassBundle(),
            kpi("relevant_change", at_least=0.4, consequence="bonus", share=0.1),
            Audit(rate=0.1, detection=0.8, fine=1.0, practice_cost=60.0),
        )
    )
    known = outlook(norms=NORMS | {"relevant_change": norm(0.5, [[0.6, 0.5, 0.4]] * 3)})
    found = incentives(contract, 0, known, RESPONSE, 0.0)

    for c, sessions in enumerate((20.0, 45.0, 60.0)):
        for stage in range(3):
            whole = found.fixed[c, stage] + found.session[c, INDIVIDUAL] * sessions
            case = first_year(c, stage, 0, known, RESPONSE)
            assert whole == pytest.approx(contract.worth(case, known))

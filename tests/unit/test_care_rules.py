"""Rules of demand, delivering, grading and of therapists' work."""

import numpy as np
import pytest

from agents.behaviours.default import (
    detection_cost,
    grading_choice,
    loglogistic_quantile,
    moral_cost,
    moral_cost_scale,
    opens_quarter_without_need,
)
from agents.therapist import Satisfaction, job_satisfaction
from model.codes import (
    DIGITAL,
    GROUP,
    HOME,
    HONEST,
    INDIVIDUAL,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)
from model.month import modes
from model.month.acceptance import warranty_loss
from model.month.care_seeking import demand_factor
from model.month.delivery import sessions_upto
from model.parameters import load_registry
from model.population import Size

P = load_registry().values()


def test_demand_scales_with_treated_patients_and_against_eligible_ones():
    size = Size.of_share(P, 0.01)
    base = demand_factor(P, size)
    more = P.replace({"copd_physio_patients": 1.1 * P.copd_physio_patients})
    fewer = P.replace({"gold2plus_patients": 0.5 * P.gold2plus_patients})

    assert demand_factor(more, size) == pytest.approx(1.1 * base)
    assert demand_factor(fewer, size) == pytest.approx(2.0 * base)
    assert demand_factor(more, Size.of_treated(P, 100)) == 1.0


@pytest.mark.parametrize("plan", [0.0, 0.4, 1.0, 6.5, 9.36, 17.0])
def test_whole_sessions_equal_the_plan_on_average(plan):
    u = (np.arange(10_000) + 0.5) / 10_000
    upto = np.array([[sessions_upto(plan, m, x) for m in (0, 1, 2)] for x in u])

    np.testing.assert_allclose(upto.mean(axis=0), plan * np.arange(1, 4) / 3, atol=2e-4)
    assert (np.abs(upto[:, 2] - plan) < 1).all()
    monthly = np.diff(upto, axis=1, prepend=0)
    assert (monthly >= 0).all() and (np.ptp(monthly, axis=1) <= 1).all()


def test_the_cost_of_a_session_leaves_the_net_margin():
    """The cost is a number of its own; with the shipped tariff it leaves the margin reported."""
    margin = 1 - P.full_cost_per_session / P.session_tariff_contracted

    assert margin == pytest.approx(P.net_margin_before_owner_pay, abs=5e-4)
    assert P.variable_cost_per_session < P.full_cost_per_session


def test_the_loglogistic_quantile_is_the_inverse_of_its_distribution():
    for u in (0.01, 0.2, 0.5, 0.9):
        h = loglogistic_quantile(u, 100.0, 0.5)
        assert 1 / (1 + (h / 100.0) ** -0.5) == pytest.approx(u)
    assert loglogistic_quantile(0.5, 100.0, 3.0) == pytest.approx(100.0)


def test_moral_costs_are_pinned_to_the_share_that_upcodes_at_the_border():
    scale = moral_cost_scale(0.2, 0.5, 0.5, 728.0)

    assert loglogistic_quantile(0.2, scale, 0.5) == pytest.approx(0.5 * 728.0)


def test_the_moral_cost_doubles_over_the_width_of_the_border():
    assert moral_cost(50.0, 0.0, 1.0) == 50.0
    assert moral_cost(50.0, 1.0, 1.0) == 100.0
    assert moral_cost(50.0, 1.0, 2.0) == 75.0


def test_the_expected_loss_of_misgrading_multiplies_audit_detection_and_fine():
    assert detection_cost(0.1, 0.8, 0.0) == pytest.approx(0.08)
    assert detection_cost(0.1, 0.8, 4.0) == pytest.approx(0.40)
    assert detection_cost(0.0, 0.8, 9.0) == 0.0


@pytest.mark.parametrize(
    ("gain", "hidden", "loss", "cost", "choice"),
    [
        (600.0, 0.0, 0.0, 299.0, UPCODE_DETECTABLE),
        (600.0, 0.0, 0.0, 300.0, HONEST),  # not worth it at the margin
        (600.0, 600.0, 0.0, 299.0, UPCODE_UNDETECTABLE),  # on a tie the safe way
        (600.0, 200.0, 0.5, 99.0, UPCODE_DETECTABLE),
        (600.0, 200.0, 0.7, 99.0, UPCODE_UNDETECTABLE),
        (600.0, 200.0, 0.7, 101.0, HONEST),
        (600.0, 0.0, 1.5, 0.0, HONEST),
        (0.0, 0.0, 0.0, 0.0, HONEST),
    ],
)
def test_the_grading_choice_by_hand(gain, hidden, loss, cost, choice):
    assert grading_choice(gain, hidden, 0.5, loss, cost) == choice


def test_a_quarter_without_need_is_opened_if_it_pays_more_than_it_weighs():
    assert opens_quarter_without_need(300.0, 24.0, 0.5, 0.0, 137.0)
    assert not opens_quarter_without_need(300.0, 24.0, 0.5, 0.0, 138.0)
    assert not opens_quarter_without_need(300.0, 24.0, 0.5, 1.0, 0.0)
    assert not opens_quarter_without_need(20.0, 24.0, 0.9, 0.0, 0.0)


WEIGHTS = Satisfaction(
    base=60.0, autonomy=20.0, admin=2.0, admin_free=3.0, mismatch=0.1, loss=10.0, gaming=15.0
)


def test_the_index_of_job_satisfaction_by_hand():
    assert job_satisfaction(0.5, 2.0, 0.0, 0.0, 0.0, WEIGHTS) == pytest.approx(70.0)
    assert job_satisfaction(0.5, 5.0, 0.2, 0.4, 0.1, WEIGHTS) == pytest.approx(
        60 + 10 - 4 - 2 - 4 - 1.5
    )
    assert job_satisfaction(1.0, 99.0, 9.0, 1.0, 1.0, WEIGHTS) == 0.0
    assert job_satisfaction(9.0, 0.0, 0.0, 0.0, 0.0, WEIGHTS) == 100.0


@pytest.mark.parametrize(
    ("until", "intensive", "lost"),
    [
        (10, 2, 0.0),
        (11, 2, 400.0),  # quarters start in months 10, 13, 16 and 19
        (14, 2, 800.0),
        (14, 1, 650.0),
        (34, 2, 1_300.0),  # a whole first year: 2 x 400 + 2 x 250
    ],
)
def test_a_warranty_costs_the_quarters_that_start_within_it(until, intensive, lost):
    assert warranty_loss(10, until, np.array([400.0, 250.0, 100.0]), intensive, 0.0) == lost


def test_who_can_be_treated_in_another_way_than_alone_at_the_practice():
    c = modes.constants(
        P.replace(
            {"home_needed_share": 0.05, "group_possible_share": 0.5, "digital_possible_share": 0.25}
        )
    )
    found = [modes.possible_mode(luck, c) for luck in (0.0, 0.04, 0.06, 0.54, 0.56, 0.79, 0.81)]

    assert found == [HOME, HOME, GROUP, GROUP, DIGITAL, DIGITAL, INDIVIDUAL]

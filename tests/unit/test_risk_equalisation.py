"""Risk equalisation: whom the fund sees, and what insurers keep."""

import numpy as np
import pytest

from model.codes import INSURERS
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.month import reckoning
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.register import CCQ_CHANGE
from model.risk_equalisation import compensation, excess_cost
from model.schedule import MONTH
from model.simulation import Span, World

#: EUR 400 a quarter: 1,600 a year, of which the fund pays half.
P = (
    load_registry()
    .values()
    .replace(
        {
            "copd_care_cost_per_patient_quarter_2019": 400.0,
            "risk_equalisation_compensation_share": 0.5,
            "risk_equalisation_sees_bundle": 0.0,
            "risk_equalisation_health_reward": 0.0,
        }
    )
)
SPAN = Span(2024, 2025, 2026)
BUNDLE = Policy(clauses=(IntakeFee(), FlatBundle(prices=(300.0, 150.0))))


def world(policy=BUNDLE, **replaced) -> World:
    p = P.replace(replaced)
    return World(p, policy, 1, Size.of_treated(p, 300), SPAN).run()


def posted(w: World, clause: str, year: int) -> dict[str, int]:
    """Return cents from the fund to each insurer in a year."""
    found = w.ledger.readable()
    found = found[(found["clause"] == clause) & (found["month"] // 12 == year - 2024)]
    assert found.empty or set(found["payer"]) == {"equalisation_fund"}
    assert found.empty or set(found["framework"]) == {"insurer_result"}
    return {INSURERS[i]: c for i, c in zip(found["payee_id"], found["cents"], strict=True)}


def test_the_fund_pays_a_share_of_the_extra_cost_of_each_patient_it_sees():
    assert excess_cost(P) == 1_600.0
    assert compensation(0, 1_600.0, 0.5) == 0.0
    assert compensation(7, 1_600.0, 0.5) == 5_600.0
    assert compensation(7, 1_600.0, 0.85) == pytest.approx(9_520.0)


def test_every_patient_is_seen_under_the_fee_per_session():
    w = world(Policy())

    assert [table["year"][0] for table in w.insurer_years] == [2024, 2025, 2026]
    for table in w.insurer_years:
        assert table["insurer"].tolist() == list(INSURERS)
        np.testing.assert_array_equal(table["seen"], table["patients"])
        np.testing.assert_allclose(table["compensation"], 800.0 * table["patients"])
        assert table["patients"].sum() > 0
        year = table["year"][0]
        assert posted(w, "risk_equalisation", year) == {
            row.insurer: 80_000 * row.patients for row in table.itertuples() if row.patients
        }


def test_bundle_patients_are_not_seen_unless_the_parameter_says_so():
    blind, seeing = world(), world(risk_equalisation_sees_bundle=1.0)

    for without, with_code in zip(blind.insurer_years, seeing.insurer_years, strict=True):
        # The fund changes nobody's care.
        np.testing.assert_array_equal(without["patients"], with_code["patients"])
        np.testing.assert_array_equal(with_code["seen"], with_code["patients"])
    # Before the policy all are seen; in its first year those who stopped before their first bundle;
    # in its second nobody.
    before, first, second = blind.insurer_years
    np.testing.assert_array_equal(before["seen"], before["patients"])
    assert 0 <= first["seen"].sum() < 0.2 * first["patients"].sum()
    assert second["seen"].sum() == 0 < second["patients"].sum()
    assert posted(blind, "risk_equalisation", 2026) == {}
    np.testing.assert_allclose(seeing.insurer_years[2]["compensation"], 800.0 * second["patients"])


def test_the_result_is_what_the_fund_pays_less_what_care_costs():
    w = World(P, BUNDLE, 1, Size.of_treated(P, 300), SPAN).run(35)
    for column in ("intake", "sessions", "uncovered", "opened", "unused"):
        getattr(w.care, column)[:] = 0
    for part in MONTH:
        if part.name == "reckoning":
            break
        if part.due(w.month):
            part.run(w)
    treated = w.tally.sessions > 0
    care = [
        w.tally.total_care[treated & (w.person.insurer == number)].sum() / 100.0
        for number in range(len(INSURERS))
    ]
    reckoning.reckon_year(w)
    table = w.insurer_years[-1]

    np.testing.assert_allclose(table["care"], care)
    np.testing.assert_allclose(table["result"], -np.array(care))  # nobody is seen


def test_health_gained_is_rewarded_by_the_point():
    """EUR 100 for each CCQ point by which the insurer's patients improved, as measured."""
    w = World(
        P.replace({"risk_equalisation_health_reward": 100.0}), BUNDLE, 1,
        Size.of_treated(P, 300), SPAN,
    ).run(24)  # fmt: skip
    gained = w.books.register.total[CCQ_CHANGE]  # of 2025: January has not come yet
    points = [sum(gained[number :: len(INSURERS)]) for number in range(len(INSURERS))]
    table = w.insurer_years[-1]

    assert table["year"][0] == 2025 and max(points) > 0.0
    np.testing.assert_allclose(table["health_reward"], 100.0 * np.maximum(points, 0.0))
    assert posted(w, "health_reward", 2025) == {
        name: round(10_000 * point)
        for name, point in zip(INSURERS, points, strict=True)
        if round(10_000 * point) > 0
    }
    np.testing.assert_allclose(
        table["result"], table["compensation"] + table["health_reward"] - table["care"]
    )

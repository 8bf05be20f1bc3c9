"""With every incentive neutral all theories of motives give exactly the same lives.

Fee = marginal cost in every mode, nothing for an intake, no price step, no KPI, an empty slot worth
nothing: no theory has anything to react to, and where it is indifferent it follows need.
"""

from functools import cache

import numpy as np
import pytest

from model import state
from model.codes import THEORIES
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

P = load_registry().values()
NEUTRAL = {
    "session_tariff_contracted": 30.0,
    "variable_cost_per_session": 30.0,
    "group_tariff_ratio_contracted": 0.5,
    "group_cost_ratio": 0.5,
    "remote_session_tariff_ratio": 0.5,
    "digital_cost_ratio": 0.5,
    "home_session_surcharge": 15.0,  # 30 + 15 for a session at home, which costs 1.5 x 30
    "home_cost_ratio": 1.5,
    "intake_to_session_tariff_ratio": 0.0,
    "reservation_value": 0.0,
    # Others have no room, practices are full: what is scarce earns nothing all the same.
    "capacity_slack": -0.2,
    "group_possible_share": 0.3,
    "digital_possible_share": 0.2,
    "home_needed_share": 0.1,
}
MOTIVES = [name for name in THEORIES if name != "monotone_benefit"]
REGULAR = (FeePerSession(), IntakeFee())


@cache
def lived(theory: str, **changes: float) -> World:
    p = P.replace(NEUTRAL | changes)
    policy = Policy(clauses=REGULAR, theories={theory: 1.0}, theories_in_history=True)
    return World(p, policy, 1, Size.of_share(p, 0.002), Span(2024, 2025, 2026)).run()


def differences(one: World, other: World) -> list[str]:
    """Return the columns in which two worlds differ at all."""
    found = [
        f"{table}.{name}"
        for table in state.TABLES
        for name, values in getattr(one, table)._asdict().items()
        if not np.array_equal(values, getattr(getattr(other, table), name))
    ]
    same_years = one.results().equals(other.results())
    same_money = one.ledger.totals().equals(other.ledger.totals())
    return found + ["results"] * (not same_years) + ["ledger"] * (not same_money)


@pytest.mark.parametrize("theory", MOTIVES[1:])
def test_all_theories_give_the_same_lives(theory):
    assert differences(lived("default"), lived(theory)) == []


def test_somebody_lives_and_nobody_is_refused():
    outcomes = lived("default").results()
    outcomes = outcomes[outcomes["split"] == "all"].set_index(["measure", "year"])["top"]

    assert outcomes["sessions_per_patient", 2026] > 1_000
    assert outcomes["refused_share"].sum() == 0
    assert lived("default").tally.grouped.sum() == 0


@pytest.mark.parametrize("theory", ["pure_profit", "target_income"])
def test_a_fee_above_cost_tells_theories_apart(theory):
    """Else equality would say nothing: a margin of EUR 2 makes profit give more, income not."""
    above = {"session_tariff_contracted": 32.0}
    apart = differences(lived("pure_professional", **above), lived(theory, **above))

    assert bool(apart) == (theory == "pure_profit")


def test_the_monotone_variant_is_not_indifferent_at_marginal_cost():
    """One more session always helps its patient and costs nothing: it goes to the maximum."""
    most, need = lived("monotone_benefit"), lived("default")

    assert most.care.plan.sum() > 1.1 * need.care.plan.sum()

"""Who signs a bundle: patterns of risk and practice size that nothing was fitted to."""

from functools import cache

import numpy as np
import pytest

from model.contracts.intake_fee import IntakeFee
from model.contracts.stop_loss import StopLoss
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
#: Of the first January: by then nobody has seen what became of others.
SPAN = Span(2023, 2025, 2025)
STOP_LOSS = StopLoss(attachment=1800.0)


@cache
def history() -> World:
    world = World(P, HISTORY, 1, Size.of_share(P, 0.2), SPAN, keep_lines=False)
    return world.run(world.policy_month)


@cache
def neutral_prices() -> tuple[float, ...]:
    """Return the bundle prices that insurers set by themselves."""
    world = history().branch(load("bundle_by_choice", REGISTRY).policy()).run(25)
    return tuple(float(price) for price in world.bundle_prices[0])


@cache
def signs(*clauses) -> tuple[np.ndarray, np.ndarray]:
    """Return which small and which large practices join at least one insurer."""
    contract = (IntakeFee(), WeightClassBundle(prices=neutral_prices()), *clauses)
    world = history().branch(Policy(clauses=contract, by_choice=True)).run(25)
    joins, large = (world.contract_of == 1).any(axis=1), world.practices.large == 1
    return joins[~large], joins[large]


def joined(*clauses) -> tuple[float, float]:
    """Return the share of small and of large practices that join at least one insurer."""
    small, large = signs(*clauses)
    return float(small.mean()), float(large.mean())


def test_small_practices_join_less_than_large_ones():
    """Bour et al. 2025 (Eur J Health Econ): expected losses hang on the size of the group; R1.

    Tolerance: at least three tenths less, and three standard errors of the difference.
    """
    small, large = signs()
    error = np.sqrt(small.var() / small.size + large.var() / large.size)

    assert 0.0 < small.mean() < 0.7 * large.mean()
    assert large.mean() - small.mean() > 3.0 * error


def test_small_practices_join_less_without_stop_loss():
    """Adida, Mamani and Nassiri 2017: stop-loss repairs what risk aversion does to a bundle.

    At the same bundle price: a stop-loss that is taken off the price buys no participation. The
    source gives a direction and no size. Tolerance: at least a tenth more practices, and three
    standard errors of the paired difference, practice by practice.
    """
    without, with_it = signs()[0], signs(STOP_LOSS)[0]
    change = with_it.astype(float) - without

    assert with_it.mean() > 1.1 * without.mean()
    assert change.mean() > 3.0 * change.std() / np.sqrt(change.size)


@pytest.mark.parametrize("aversion", [1.0, 3.0])
def test_it_is_fear_of_loss_that_keeps_small_practices_away(aversion):
    """With more loss aversion fewer join, with none (1) more; small practices most."""
    contract = (IntakeFee(), WeightClassBundle(prices=neutral_prices()))
    policy = Policy(clauses=contract, by_choice=True, levers={})
    world = history().branch(policy)
    world.p = world.p.replace({"loss_aversion": aversion})
    world.run(25)
    small = world.practices.large == 0
    share = float((world.contract_of == 1).any(axis=1)[small].mean())

    assert np.sign(share - joined()[0]) == np.sign(P.loss_aversion - aversion)

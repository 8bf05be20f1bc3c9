"""Who signs a bundle: patterns of risk and practice size that nothing was fitted to."""

from math import inf

import numpy as np

from experiments.validation.pattern import EMERGENT, TINY, Lab, Pattern, once
from model.contracts.intake_fee import IntakeFee
from model.contracts.stop_loss import StopLoss
from model.contracts.weight_class_bundle import WeightClassBundle
from model.parameters import load_registry
from model.policy import Policy
from model.simulation import Span, World
from scenarios.loader import load

#: Of the first January: by then nobody has seen what became of others.
SPAN = Span(2023, 2025, 2025)
JANUARY = 25  # months from the first of 2023 to the end of January 2025
STOP_LOSS = StopLoss(attachment=1800.0)
BOUR = "Bour et al. 2025, Eur J Health Econ (Dutch bundles: losses hang on the size of the group)"
ADIDA = "Adida, Mamani and Nassiri 2017 (stop-loss repairs what risk aversion does to a bundle)"
BROWN = "Brown et al. 2024, J Econ Lit 62:485 (loss aversion); direction"


@once
def history(lab: Lab) -> World:
    """Return a fifth of the country at the start of 2025."""
    world = lab.world(0.2, SPAN)
    return world.run(world.policy_month)


@once
def neutral_prices(lab: Lab) -> tuple[float, ...]:
    """Return the bundle prices that insurers set by themselves."""
    policy = load("bundle_by_choice", load_registry()).policy()
    world = history(lab).branch(policy).run(JANUARY)
    return tuple(float(price) for price in world.bundle_prices[0])


@once
def signs(
    lab: Lab, *clauses: StopLoss, aversion: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return which small and which large practices join at least one insurer, at one price.

    Args:
        lab: Where.
        clauses: What the contract holds beside the bundle; the price stays what it was.
        aversion: Loss aversion of practices, if another than the lab's.
    """
    contract = (IntakeFee(), WeightClassBundle(prices=neutral_prices(lab)), *clauses)
    world = history(lab).branch(Policy(clauses=contract, by_choice=True))
    if aversion is not None:
        world.p = world.p.replace({"loss_aversion": aversion})
    world.run(JANUARY)
    joins, large = (world.contract_of == 1).any(axis=1), world.practices.large == 1
    return joins[~large].astype(float), joins[large].astype(float)


def small_over_large(lab: Lab) -> float:
    """Return the share of small practices that join, over that of large ones."""
    small, large = signs(lab)
    return float(small.mean() / large.mean())


def small_below_large(lab: Lab) -> float:
    """Return how many standard errors small practices join less than large ones."""
    small, large = signs(lab)
    error = np.sqrt(small.var() / small.size + large.var() / large.size)
    return float((large.mean() - small.mean()) / error)


def stop_loss_ratio(lab: Lab) -> float:
    """Return the share of small practices that join with stop-loss, over that without."""
    return float(signs(lab, STOP_LOSS)[0].mean() / signs(lab)[0].mean())


def stop_loss_errors(lab: Lab) -> float:
    """Return the rise by stop-loss in standard errors, practice by practice."""
    change = signs(lab, STOP_LOSS)[0] - signs(lab)[0]
    return float(change.mean() / (change.std() / np.sqrt(change.size)))


def by_aversion(aversion: float):
    """Return a function: how many more small practices join at another loss aversion."""
    return lambda lab: float(signs(lab, aversion=aversion)[0].mean() - signs(lab)[0].mean())


PATTERNS = (
    Pattern("small_practices_join", EMERGENT, TINY, 0.7, BOUR, small_over_large),
    Pattern("small_practices_clearly", EMERGENT, 3.0, inf, BOUR, small_below_large, "errors", 1),
    Pattern("stop_loss_joins", EMERGENT, 1.1, inf, ADIDA, stop_loss_ratio, note="stop_loss"),
    Pattern("stop_loss_clearly", EMERGENT, 3.0, inf, ADIDA, stop_loss_errors, "errors", 1),
    Pattern("no_aversion_joins", EMERGENT, TINY, 1.0, BROWN, by_aversion(1.0), "share", 1),
    Pattern("more_aversion_stays_away", EMERGENT, -1.0, -TINY, BROWN, by_aversion(3.0), "share", 1),
)  # fmt: skip

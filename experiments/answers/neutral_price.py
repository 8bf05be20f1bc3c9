"""The budget-neutral price: at which bundle price a contract costs what the baseline costs.

The lever ``bundle_price_factor`` is moved over a small grid of prices, all lived in the same worlds
with the same luck, so that the paired spending effect of each run is a smooth curve of the price.
Where that curve crosses zero is the neutral price of that run: of a seed (chance) or of a draw of
the assumptions. Solving by interpolation costs a handful of worlds per run, not a search per run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from experiments.comparison import DRAW_SEED, SUMS
from experiments.paired import PARAMETER_LEVEL, WINDOW, monte_carlo_interval, values
from experiments.posteriors.draws import PRIOR, draws
from experiments.runner import Task, run_tasks, warm_up_compiler
from model.contracts.contract import Contract
from model.parameters import Registry
from model.policy import Policy
from model.simulation import Span

#: The lever that is moved, and the measure that must not change.
LEVER, MEASURE = "bundle_price_factor", "paramedical_spending"

#: Prices tried, relative to the price at which spending would stay the same if nobody changed
#: behaviour: the whole range of the lever.
GRID = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)


@dataclass(frozen=True)
class PriceDesign:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policy: Name of the scenario whose price is sought.
        seeds: Pairs that differ by chance only.
        draws: Pairs that differ by assumptions.
        share: Share of the country simulated.
        settings: Parameters set by the user, by name.
        draws_from: Where the draws come from (``experiments.posteriors.draws``).
        grid: Price factors tried, rising.
        span: Simulated period.
    """

    baseline: str
    policy: str
    seeds: int = 6
    draws: int = 20
    share: float = 0.1
    settings: Mapping[str, float] = field(default_factory=dict)
    draws_from: str = PRIOR
    grid: tuple[float, ...] = GRID
    span: Span = field(default_factory=Span)

    @property
    def worlds(self) -> dict[float, str]:
        """Name of the policy world at each price."""
        return {price: f"{self.policy} at {price:g}" for price in self.grid}


@dataclass(frozen=True)
class NeutralPrice:
    """The neutral price factor, with both intervals.

    A run whose effect does not cross zero on the grid has no price on it: "above" the grid if the
    policy stays cheaper than the baseline even at the highest price, "below" if it stays dearer.

    Attributes:
        design: What was run.
        curves: One row per run and price: kind, index, price, effect (EUR a year), relative (part
            of the baseline's spending).
        roots: One row per run: kind, index, price; minus or plus infinity off the grid.
        mean: Mean over seeds; not-a-number if a seed has its price off the grid.
        monte_carlo: 95 % t-interval of that mean.
        parameters: Middle 90 % of the prices over draws; a bound may be infinite (off the grid).
    """

    design: PriceDesign
    curves: pd.DataFrame
    roots: pd.DataFrame
    mean: float
    monte_carlo: tuple[float, float]
    parameters: tuple[float, float]

    def off_grid(self, kind: str) -> tuple[int, int]:
        """Return how many runs of one kind have their price below and above the grid."""
        price = self.roots.loc[self.roots["kind"] == kind, "price"]
        return int((price == -math.inf).sum()), int((price == math.inf).sum())


def root(prices: Sequence[float], effects: Sequence[float]) -> float:
    """Return the price at which the effect is zero: the crossing from below, by interpolation.

    A shape-preserving cubic (PCHIP) runs through the effects: it has no bumps that they have not.
    If the curve crosses zero upwards more than once, the lowest crossing is taken: the price above
    which the policy is dearer than the baseline for the first time.

    Args:
        prices: Prices tried, rising.
        effects: Spending effect at each.

    Returns:
        The price; minus infinity if the effect is above zero at the lowest price, plus infinity if
        it stays below zero.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.optimize import brentq

    x, y = np.asarray(prices, dtype=float), np.asarray(effects, dtype=float)
    if y[0] > 0.0:
        return -math.inf
    for left in range(x.size - 1):
        if y[left] == 0.0 and y[left + 1] > 0.0:
            return float(x[left])
        if y[left] < 0.0 == y[left + 1]:
            return float(x[left + 1])
        if y[left] < 0.0 < y[left + 1]:
            return float(brentq(PchipInterpolator(x, y), x[left], x[left + 1], xtol=1e-9))
    return math.inf


def check_has_price(name: str, policy: Policy) -> None:
    """Refuse a contract whose price the lever does not move.

    Raises:
        ValueError: It has no bundle, or fixed prices.
    """
    bundle = Contract(policy.clauses).bundle if policy.offers_contract else None
    if bundle is None:
        raise ValueError(f"'{name}' pays no bundle, so it has no bundle price.")
    if bundle.prices is not None:
        raise ValueError(f"'{name}' states its prices in euros; leave out 'prices' to move them.")


def tasks(design: PriceDesign, policies: Mapping[str, Policy], registry: Registry) -> list[Task]:
    """Return one task per draw and seed, with the policy at every price of the grid."""
    base = policies[design.policy]
    worlds = {design.baseline: policies[design.baseline]}
    for price, name in design.worlds.items():
        worlds[name] = replace(base, levers={**base.levers, LEVER: price})
    task = partial(Task, policies=worlds, share=design.share, span=design.span)
    central = registry.values(design.settings)
    drawn = draws(registry, design.draws, DRAW_SEED, design.draws_from) if design.draws else []
    out = [task("draw", k, DRAW_SEED, p.replace(design.settings)) for k, p in enumerate(drawn)]
    return out + [task("seed", seed, seed, central) for seed in range(1, design.seeds + 1)]


def neutral_price(
    design: PriceDesign,
    policies: Mapping[str, Policy],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> NeutralPrice:
    """Run a design and return the neutral price.

    Args:
        design: What to run.
        policies: Policy of both scenarios, by name.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished task.
    """
    check_has_price(design.policy, policies[design.policy])
    warm_up_compiler(registry.values(), policies)
    parts = [
        one.outcomes[(one.outcomes["split"] == "all") & (one.outcomes["measure"] == MEASURE)]
        for one in run_tasks(tasks(design, policies, registry), workers, done)
    ]
    return solved(design, pd.concat(parts, ignore_index=True))


def solved(design: PriceDesign, runs: pd.DataFrame) -> NeutralPrice:
    """Return the neutral price from finished runs (national spending of every world)."""
    table = values(runs, SUMS)
    wide = table[table["year"] == WINDOW].pivot_table(
        index=["kind", "index"], columns="policy", values="value"
    )
    base = wide[design.baseline]
    curves = pd.concat(
        [
            pd.DataFrame({"price": price, "effect": wide[name] - base,
                          "relative": wide[name] / base - 1.0})
            for price, name in design.worlds.items()
        ]
    ).reset_index().sort_values(["kind", "index", "price"], ignore_index=True)  # fmt: skip
    rows = [
        {"kind": kind, "index": index, "price": root(one["price"], one["effect"])}
        for (kind, index), one in curves.groupby(["kind", "index"])
    ]
    roots = pd.DataFrame(rows)
    by_seed, by_draw = (
        roots.loc[roots["kind"] == kind, "price"].to_numpy() for kind in ("seed", "draw")
    )
    known = by_seed.size > 0 and bool(np.isfinite(by_seed).all())
    return NeutralPrice(
        design, curves, roots,
        mean=float(by_seed.mean()) if known else math.nan,
        monte_carlo=monte_carlo_interval(by_seed) if known else (math.nan, math.nan),
        parameters=_middle(by_draw),
    )  # fmt: skip


def _middle(prices: np.ndarray) -> tuple[float, float]:
    """Return the middle 90 % of prices of which some may be infinite."""
    if prices.size < 2:
        return (math.nan, math.nan)
    tail = 0.5 - PARAMETER_LEVEL / 2.0
    # An observed value, not one between two: nothing lies halfway to infinity.
    low = np.quantile(prices, tail, method="inverted_cdf")
    high = np.quantile(prices, 1.0 - tail, method="inverted_cdf")
    return (float(low), float(high))

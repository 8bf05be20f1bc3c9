"""The budget-neutral price: at which bundle price a contract costs what the baseline costs.

The lever ``bundle_price_factor`` is moved over a small grid of prices, all lived in the same worlds
with the same luck, so that the paired spending effect of each run is a smooth curve of the price.
Where that curve crosses zero is the neutral price of that run: of a seed (chance) or of a draw of
the assumptions. Solving by interpolation costs a handful of worlds per run, not a search per run.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.comparison import SUMS
from experiments.intervals import PARAMETER_LEVEL, monte_carlo_interval
from experiments.paired import WINDOW, values
from experiments.posteriors.draws import PRIOR
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.kept_worlds import HowMade, enough, kept_worlds
from experiments.sweeps.store import Store
from model.contracts.contract import Contract
from model.parameters import Registry
from model.policy import Policy
from scenarios.schema import Scenario

#: The lever that is moved, and the measure that must not change.
LEVER, MEASURE = "bundle_price_factor", "paramedical_spending"

#: Prices tried, relative to the price at which spending would stay the same if nobody changed
#: behaviour: the whole range of the lever.
GRID = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)

#: Fewest seeds that say anything of chance.
FEWEST_SEEDS = 2

#: Fewest draws of which there is a middle 90 %: one in each tail of 5 %. Of fewer, the lowest and
#: the highest are all there is.
FEWEST_DRAWS = round(2.0 / (1.0 - PARAMETER_LEVEL))


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
        years: Years of the policy window.
    """

    baseline: str
    policy: str
    seeds: int = 6
    draws: int = 20
    share: float = 0.1
    settings: Mapping[str, float] = field(default_factory=dict)
    draws_from: str = PRIOR
    grid: tuple[float, ...] = GRID
    years: int = 5

    @property
    def worlds(self) -> dict[float, str]:
        """Name of the policy world at each price."""
        return {price: f"{self.policy} at {price:g}" for price in self.grid}

    @property
    def sweep(self) -> SweepDesign:
        """The worlds, as a sweep of the price."""
        return SweepDesign(
            baseline=self.baseline, policies=(self.policy,), share=self.share, years=self.years,
            seeds=self.seeds, draws=self.draws, levers={LEVER: self.grid},
            draws_from=self.draws_from, settings=dict(self.settings), splits=("all",),
        )  # fmt: skip


@dataclass(frozen=True)
class NeutralPrice:
    """The neutral price factor, with both intervals.

    A run whose effect does not cross zero on the grid has no price on it: "above" the grid if the
    policy stays cheaper than the baseline even at the highest price, "below" if it stays dearer.

    Attributes:
        design: What was run.
        curves: One row per run and price: kind, index, price, effect (EUR a year), relative (part
            of the baseline's spending).
        roots: One row per seed or draw of which all worlds came to an end: kind, index, price;
            minus or plus infinity off the grid.
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

    def known(self, kind: str) -> int:
        """Return of how many seeds or draws all worlds came to an end."""
        return int((self.roots["kind"] == kind).sum())


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


def neutral_price(
    design: PriceDesign, scenarios: Mapping[str, Scenario], registry: Registry, how: HowMade
) -> tuple[NeutralPrice, Store]:
    """Make the worlds of a design that are not there yet; return the neutral price and all worlds.

    Args:
        design: What to run.
        scenarios: Both scenarios by name, the baseline first.
        registry: Parameters.
        how: How worlds are made, and where they are kept.

    Raises:
        OutputError: Too few worlds came to an end.
    """
    store = kept_worlds(design.sweep, scenarios, registry, how)
    enough(store, "seed", FEWEST_SEEDS, how.language)
    return solved(design, runs_of(design, store)), store


def runs_of(design: PriceDesign, store: Store) -> pd.DataFrame:
    """Return the national spending of every world, named after its price, as ``solved`` takes it.

    The baseline of a seed or draw is in each of its runs, and comes once.
    """
    found = store.outcomes([MEASURE], [design.baseline, design.policy])
    price = found["point"].map(dict(enumerate(design.worlds.values())))
    found["policy"] = found["policy"].where(found["policy"] == design.baseline, price)
    return found.drop(columns=["run", "point"]).drop_duplicates(
        ["kind", "index", "policy", "year"], ignore_index=True
    )


def solved(design: PriceDesign, runs: pd.DataFrame) -> NeutralPrice:
    """Return the neutral price from finished runs (national spending of every world)."""
    table = values(runs, SUMS)
    wide = table[table["year"] == WINDOW].pivot_table(
        index=["kind", "index"], columns="policy", values="value"
    )
    # A seed or draw with a world that failed has no whole curve.
    wide = wide.reindex(columns=[design.baseline, *design.worlds.values()]).dropna()
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
    roots = pd.DataFrame(rows, columns=["kind", "index", "price"])
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

"""Following the money and single practices through one pair of worlds with the same luck.

Flows are sums of ledger lines, in whole cents of the worlds as simulated; nothing is rounded on the
way. Practices are those of the panel, with what each earned and spent beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.manifest import version
from model.codes import INSURERS
from model.outcomes import SMALL_CELL
from model.panel import ROW
from model.parameters import load_registry
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

BASELINE = "fee_for_service_open"

#: Groups of practices with as many in each; the middle one of each can be followed.
GROUPS = 20

#: Indicators of the panel that are shown of a practice, per treated patient or as an index.
FOLLOWED = ("sessions", "satisfaction")


class WatchedPanel(list):
    """A panel that also notes what each practice earned and spent, just before tallies are cleared.

    It watches and changes no life.

    Attributes:
        money: (revenue, cost) per practice, EUR, one pair of arrays per year.
    """

    def __init__(self, world: World) -> None:
        """Start with the years that the world has already seen."""
        super().__init__(world.panel)
        self._world = world
        self.money: list[tuple[np.ndarray, np.ndarray]] = []

    def append(self, year: Any) -> None:
        """Add a year."""
        tally = self._world.practice_tally
        self.money.append((tally.revenue / 100.0, tally.cost / 100.0))
        super().append(year)


def follow(asked: Mapping[str, Any], done: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Run one pair of worlds and return flows and practices of both.

    Args:
        asked: scenario, settings, share, seed.
        done: Told after the warm-up and after each world.
    """
    registry = load_registry()
    p = registry.values(dict(asked["settings"]))
    span = Span()
    size = Size.of_share(p, asked["share"])
    history = World(p, HISTORY, int(asked["seed"]), size, span, keep_lines=False)
    history.run(span.policy_month)
    done()
    worlds = []
    for name in (BASELINE, asked["scenario"]):
        world = history.branch(load(name, registry).policy())
        world.panel = WatchedPanel(world)
        worlds.append(world.run())
        done()
    return {
        "asked": dict(asked),
        "scale": float(size.scale),
        "years": list(range(span.policy_year, span.last_year + 1)),
        "flows": {
            name: flows_of(world.ledger.totals(span.first_year), span.policy_year)
            for name, world in zip(("baseline", "scenario"), worlds, strict=True)
        },
        "practices": practices_of(*worlds),
        "version": version(),
    }


def flows_of(totals: pd.DataFrame, first_year: int) -> list[list]:
    """Return [payer, insurer, framework, clause, payee, cents] over the policy years.

    Args:
        totals: ``Ledger.totals``.
        first_year: First year that counts.
    """
    own = totals[totals["paid_in"] >= first_year]
    keys = ["payer", "insurer", "framework", "clause", "payee"]
    sums = own.groupby(keys, sort=True)["cents"].sum()
    return [
        [payer, INSURERS[insurer], framework, clause, payee, int(cents)]
        for (payer, insurer, framework, clause, payee), cents in sums.items()
    ]


def practices_of(baseline: World, scenario: World) -> dict[str, Any]:
    """Return twenty equal groups of practices by change in yearly result, and one of each.

    A practice counts if it treated COPD patients in both worlds.
    """
    policy_years = len(scenario.panel.money)
    result = {
        name: np.mean([revenue - cost for revenue, cost in world.panel.money], axis=0)
        for name, world in (("baseline", baseline), ("scenario", scenario))
    }
    patients = {
        name: np.mean([year.patients for year in world.panel[-policy_years:]], axis=0)
        for name, world in (("baseline", baseline), ("scenario", scenario))
    }
    used = np.flatnonzero((patients["baseline"] > 0) & (patients["scenario"] > 0))
    change = (result["scenario"] - result["baseline"])[used]
    order = used[np.argsort(change, kind="stable")]
    groups = [part for part in np.array_split(order, GROUPS) if part.size]
    return {
        "counted": int(used.size),
        "losers": int((change < 0.0).sum()),
        "groups": [
            {
                "change": float(np.median((result["scenario"] - result["baseline"])[part])),
                "practices": int(part.size),
                "patients": float(patients["baseline"][part].sum()),
                "one": _one(int(part[part.size // 2]), baseline, scenario, policy_years),
            }
            for part in groups
        ],
    }


def _one(row: int, baseline: World, scenario: World, years: int) -> dict[str, Any]:
    """Return one practice over the policy years in both worlds."""
    large = bool(scenario.practices.large[row])
    out: dict[str, Any] = {"number": row, "size": "large" if large else "small"}
    for name, world in (("baseline", baseline), ("scenario", scenario)):
        panel = world.panel[-years:]
        per_patient = {}
        for indicator in FOLLOWED:
            k = ROW[indicator]
            pairs = [(one.true_total[k][row], one.true_count[k][row]) for one in panel]
            per_patient[indicator] = [float(top / n) if n > 0 else None for top, n in pairs]
        out[name] = {
            "revenue": [float(revenue[row]) for revenue, _ in world.panel.money],
            "cost": [float(cost[row]) for _, cost in world.panel.money],
            "patients": [int(one.patients[row]) for one in panel],
            "contract": [bool(one.joined[row]) for one in panel],
            **per_patient,
        }
    mean = float(np.mean(out["baseline"]["patients"]))
    out["small"] = mean < SMALL_CELL
    return out

"""Freeze a forecast: run the locked model, sum up what it expects, and seal it with a hash."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from experiments.forecasts.quantities import (
    COMPARATOR,
    QUANTITIES,
    Numbers,
    framework_use,
    live,
)
from experiments.intervals import monte_carlo_interval
from experiments.manifest import code_fingerprint
from experiments.posteriors.draws import DRAW_SEED, draws, source_hash
from experiments.runner import run_tasks
from experiments.versions import version
from model.parameters import ParameterSet, Registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.schema import Scenario

#: Quantiles of a frozen forecast: the median, and the ends of the middle 50, 80 and 90 %.
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
FORMAT = 1
#: Folders with the world itself: their hash stays the same when only tools around it change.
MODEL = ("model", "agents")
DIGITS = 6  # significant, of a frozen number

SEED, DRAW = "seed", "draw"


@dataclass(frozen=True)
class ForecastDesign:
    """What to run.

    Attributes:
        draws: Parameter draws, each with luck of its own: chance and assumptions together.
        seeds: Worlds at central parameters: chance alone.
        share: Share of the country.
        draws_from: Where draws come from (``experiments.posteriors.draws``).
        span: Simulated period.
    """

    draws: int = 40
    seeds: int = 6
    share: float = 0.1
    draws_from: str = "posterior"
    span: Span = field(default_factory=Span)


@dataclass(frozen=True)
class Job:
    """One pair of worlds: the scenario, and the maxima of 2021-2024 gone on."""

    kind: str
    index: int
    p: ParameterSet
    seed: int
    policy: Policy
    capped: Policy
    share: float
    span: Span


def jobs(
    design: ForecastDesign, scenario: Scenario, capped: Scenario, registry: Registry
) -> list[Job]:
    """Return what has to be run."""
    drawn = draws(registry, design.draws, DRAW_SEED, design.draws_from)
    policies = scenario.policy(), capped.policy()
    out = [
        Job(DRAW, k, p, 1_001 + k, *policies, design.share, design.span)
        for k, p in enumerate(drawn)
    ]
    central = registry.values()
    return out + [
        Job(SEED, seed, central, seed, *policies, design.share, design.span)
        for seed in range(1, design.seeds + 1)
    ]


def run_job(job: Job) -> tuple[str, int, Numbers]:
    """Return what is forecast, in one pair of worlds."""
    size = Size.of_share(job.p, job.share)
    world = World(job.p, HISTORY, job.seed, size, job.span, keep_lines=False)
    history = world.run(world.policy_month)
    numbers = live(history.branch(job.policy))
    table = history.branch(job.capped).run().results()
    spent = table[(table["measure"] == "paramedical_spending") & (table["split"] == "all")]
    spent = spent[spent["year"] >= job.span.policy_year].set_index("year")["top"]
    capped = {int(year): float(amount) for year, amount in spent.items()}
    return job.kind, job.index, numbers | framework_use(numbers, capped, job.p)


def predictions(found: Sequence[tuple[str, int, Numbers]]) -> list[dict[str, Any]]:
    """Return the forecast of every quantity, group and year, in a fixed order.

    Quantiles are over draws, each with luck of its own. ``monte_carlo_interval`` is the 95 %
    interval of the mean over seeds at central parameters: chance in a sample of this size.
    """
    order = {quantity.id: place for place, quantity in enumerate(QUANTITIES)}
    by_kind = {
        kind: [numbers for k, _, numbers in sorted(found, key=lambda one: one[:2]) if k == kind]
        for kind in (DRAW, SEED)
    }
    keys = sorted(
        by_kind[DRAW][0],
        key=lambda key: (
            order[key[0]], QUANTITIES[order[key[0]]].groups.index(key[1]), key[2]
        ),
    )  # fmt: skip
    out = []
    for quantity, group, year in keys:
        drawn, seen = (
            np.array([numbers[quantity, group, year] for numbers in by_kind[kind]])
            for kind in (DRAW, SEED)
        )
        drawn = drawn[~np.isnan(drawn)]
        if not drawn.size:
            continue
        out.append(
            {
                "quantity": quantity,
                "group": group,
                "year": year,
                "unit": QUANTITIES[order[quantity]].unit,
                "mean": _rounded(drawn.mean()),
                "quantiles": [_rounded(q) for q in np.quantile(drawn, LEVELS)],
                "monte_carlo_interval": [_rounded(end) for end in monte_carlo_interval(seen)],
            }
        )
    return out


def _rounded(value: float) -> float | None:
    """Return a number to six significant digits, so that the file is short and stays the same."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def freeze(
    design: ForecastDesign,
    scenario: Scenario,
    capped: Scenario,
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Run the design and return the sealed forecast.

    Args:
        design: What to run.
        scenario: What is expected to happen in the real experiment.
        capped: The comparator of the framework (``COMPARATOR``).
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished pair of worlds.
    """
    planned = jobs(design, scenario, capped, registry)
    found = list(run_tasks(planned, workers, done, run_job))
    return sealed(
        {
            "kind": "forecast",
            "format": FORMAT,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "version": version(),
            "code": code_fingerprint(),
            "model": code_fingerprint(MODEL),
            "parameters": registry.values().fingerprint(),
            "posterior": source_hash(design.draws_from),
            "scenario": {"name": scenario.name, **scenario.model_dump(mode="json")},
            "comparator": COMPARATOR,
            "design": {
                "draws": design.draws,
                "seeds": design.seeds,
                "share": design.share,
                "draws_from": design.draws_from,
                "draw_seed": DRAW_SEED,
            },
            "levels": list(LEVELS),
            "predictions": predictions(found),
        }
    )


def sealed(body: dict[str, Any]) -> dict[str, Any]:
    """Return the forecast with the hash of its numbers, and of all it says."""
    body = body | {"numbers": _sha256(body["predictions"])}
    return body | {"hash": _sha256(body)}


def is_intact(forecast: dict[str, Any]) -> bool:
    """Return whether nothing was changed since it was sealed."""
    body = {key: value for key, value in forecast.items() if key not in ("numbers", "hash")}
    return forecast == sealed(body)


def _sha256(value: Any) -> str:
    """Return a SHA-256 of plain data, whatever the order of keys and the white space."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

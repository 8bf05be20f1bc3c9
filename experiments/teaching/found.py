"""What a lesson found, as plain data. Light: the server of the dashboard shows it to learners."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Found:
    """One finding over all runs.

    Attributes:
        year: Year, or 0 for the window.
        baseline, policy: Mean values in both worlds over the seeds.
        mean: Mean effect over the seeds.
        chance: Monte Carlo interval of the mean.
        assumptions: Middle of the effects over draws; not-a-number without draws.
        by_seed: Effect per seed, in order.
    """

    year: int
    baseline: float
    policy: float
    mean: float
    chance: tuple[float, float]
    assumptions: tuple[float, float]
    by_seed: tuple[float, ...]


def as_data(found: list[list[Found]]) -> list[list[dict[str, Any]]]:
    """Return findings as plain data for JSON: not-a-number becomes null."""

    def plain(x: float) -> float | None:
        return None if math.isnan(x) else float(f"{x:.8g}")

    return [
        [
            {
                "year": one.year,
                "baseline": plain(one.baseline),
                "policy": plain(one.policy),
                "mean": plain(one.mean),
                "chance": [plain(x) for x in one.chance],
                "assumptions": [plain(x) for x in one.assumptions],
                "by_seed": [plain(x) for x in one.by_seed],
            }
            for one in years
        ]
        for years in found
    ]


def from_data(data: list[list[dict[str, Any]]]) -> list[list[Found]]:
    """Return findings from plain data."""

    def number(x: float | None) -> float:
        return float("nan") if x is None else float(x)

    return [
        [
            Found(
                one["year"], number(one["baseline"]), number(one["policy"]), number(one["mean"]),
                tuple(number(x) for x in one["chance"]),
                tuple(number(x) for x in one["assumptions"]),
                tuple(number(x) for x in one["by_seed"]),
            )
            for one in years
        ]
        for years in data
    ]  # fmt: skip

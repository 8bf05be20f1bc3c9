"""A result as pages read it: effects, budget tests and words of one comparison."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.number_format import Language

WINDOW = 0


@dataclass(frozen=True)
class Effect:
    """One effect with both intervals; None where it cannot be known.

    Attributes:
        group: Group or year.
        baseline: Value under fee per session.
        mean: Difference.
        chance: Interval of the mean over seeds (Monte Carlo).
        assumptions: Middle of the differences over parameter draws; None without draws.
        patients: Simulated patients in it.
        small: Whether these are too few to rely on.
    """

    group: str
    baseline: float | None
    mean: float | None
    chance: tuple[float, float] | None
    assumptions: tuple[float, float] | None
    patients: int
    small: bool

    @property
    def value(self) -> float | None:
        """Value under the scenario."""
        return None if self.baseline is None or self.mean is None else self.baseline + self.mean

    @property
    def is_clear(self) -> bool:
        """Whether chance alone cannot explain the difference."""
        return self.chance is not None and not self.chance[0] <= 0.0 <= self.chance[1]

    @property
    def widest(self) -> tuple[float, float] | None:
        """Both intervals together."""
        ends = [end for pair in (self.chance, self.assumptions) if pair for end in pair]
        return (min(ends), max(ends)) if ends else None

    @property
    def turns(self) -> bool:
        """Whether it can go either way within the assumptions."""
        return self.assumptions is not None and self.assumptions[0] <= 0.0 <= self.assumptions[1]


@dataclass(frozen=True)
class Test:
    """One budget test year by year, EUR.

    Attributes:
        means, chance, assumptions: Per year.
        hits, of: In how many runs of how many it holds over the window.
        by_year: Share of the runs in which it holds, per year.
    """

    __test__ = False  # no test of pytest's

    means: tuple[float, ...]
    chance: tuple[tuple[float, float] | None, ...]
    assumptions: tuple[tuple[float, float] | None, ...]
    hits: int
    of: int
    by_year: tuple[float, ...]


_CHANCE_OF = {
    "entitlement": "entitlement_within_framework",
    "neutrality": "neutral",
    "together": "within_framework",
}
_PATH_OF = {
    "entitlement": "entitlement_use_eur",
    "neutrality": "neutrality_eur",
    "together": "together_eur",
}


class Result:
    """Reads the plain data of ``dashboards.make_result``.

    Attributes:
        data: The plain data.
        settings: Levers, by name.
        estimated: Whether this is a quick estimate; its bands are those of price 1, moved along.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        settings: Mapping[str, float] | None = None,
        estimated: bool = False,
    ):
        self.data, self.estimated = data, estimated
        self.settings = dict(data["design"]["settings"] if settings is None else settings)

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.data["scenario"]

    @property
    def command(self) -> str:
        """Command that gives the same numbers."""
        return self.data["command"]

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the policy window."""
        return tuple(self.data["years"])

    @property
    def seeds(self) -> int:
        """Pairs of worlds that differ by chance."""
        return self.data["design"]["seeds"]

    @property
    def draws(self) -> int:
        """Pairs of worlds that differ by assumptions."""
        return self.data["design"]["draws"]

    @property
    def share(self) -> float:
        """Share of the country simulated."""
        return self.data["design"]["share"]

    @property
    def framework(self) -> tuple[float, ...]:
        """Amount added to the macro framework per year, EUR."""
        return tuple(self.data["budget"]["framework_eur"])

    def effects(self, measure: str, split: str = "all") -> list[Effect]:
        """Return the effects on a measure: years (0: the window) or groups."""
        return [_effect(row) for row in self.data["effects"][measure].get(split, [])]

    def effect(self, measure: str, year: int = WINDOW) -> Effect:
        """Return the national effect on a measure in a year (0: over the window)."""
        return next(one for one in self.effects(measure) if one.group == str(year))

    def path(self, measure: str) -> list[Effect]:
        """Return the national effect on a measure year by year."""
        return [one for one in self.effects(measure) if one.group != str(WINDOW)]

    def test(self, name: str) -> Test:
        """Return a budget test: "entitlement", "neutrality" or "together"."""
        budget = self.data["budget"]
        path = budget["intervals"][_PATH_OF[name]]
        chance = budget["probabilities"][_CHANCE_OF[name]]
        return Test(
            means=tuple(budget[_PATH_OF[name]]),
            chance=tuple(_pair(one) for one in path["monte_carlo_interval"]),
            assumptions=tuple(_pair(one) for one in path["parameter_interval"]),
            hits=chance["hits"],
            of=chance["of"],
            by_year=tuple(chance["by_year"]),
        )

    def words(self, language: Language) -> Mapping[str, Any]:
        """Return the sentences: answer, findings, carries, must, evaluation."""
        return self.data["words"][language]

    @property
    def fingerprint(self) -> str:
        """A short code of all numbers."""
        kept = {key: self.data[key] for key in ("scenario", "design", "effects", "budget")}
        text = json.dumps(kept, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def estimate(data: Mapping[str, Any], levers: Mapping[str, float]) -> Result | None:
    """Return a quick estimate between stored prices of the bundle, or None if there is none.

    Effects are interpolated; every interval keeps its width and moves along. Only the lever of the
    estimate may have been moved.
    """
    grid = data.get("estimate")
    if not grid or set(levers) != {grid["lever"]}:
        return None
    at, value = grid["at"], levers[grid["lever"]]
    if not at[0] <= value <= at[-1]:
        return None
    right = next(k for k, one in enumerate(at) if one >= value)
    left = max(0, right - 1)
    weight = 0.0 if right == left else (value - at[left]) / (at[right] - at[left])
    effects = {}
    for measure, splits in data["effects"].items():
        low, high = (grid["effects"][measure][k] for k in (left, right))
        usual = grid["effects"][measure][at.index(1.0)]
        shifts = [
            (1.0 - weight) * a + weight * b - c if None not in (a, b, c) else 0.0
            for a, b, c in zip(low, high, usual, strict=True)
        ]
        rows = zip(splits["all"], shifts, strict=True)
        effects[measure] = {"all": [_shifted(row, shift) for row, shift in rows]}
    shifts = [
        one[2] - old[2]
        for one, old in zip(
            effects["paramedical_spending"]["all"][1:],
            data["effects"]["paramedical_spending"]["all"][1:],
            strict=True,
        )
    ]
    budget = dict(data["budget"])
    budget["intervals"] = dict(budget["intervals"])
    # In how many runs a test holds at another price is not known before these are run.
    unknown = {"hits": 0, "of": 0, "by_year": [0.0] * len(shifts)}
    budget["probabilities"] = {
        **budget["probabilities"], "neutral": unknown, "within_framework": unknown,
    }  # fmt: skip
    for name in ("neutrality", "together"):
        key = _PATH_OF[name]
        budget[key] = [a + b for a, b in zip(budget[key], shifts, strict=True)]
        budget["intervals"][key] = {
            kind: [
                None if pair is None else [end + shift for end in pair]
                for pair, shift in zip(pairs, shifts, strict=True)
            ]
            for kind, pairs in budget["intervals"][key].items()
        }
    return Result({**data, "effects": effects, "budget": budget}, levers, estimated=True)


def _shifted(row: list, shift: float) -> list:
    moved = [None if x is None else x + shift for x in row[2:7]]
    return [row[0], row[1], *moved, *row[7:]]


def _effect(row: list) -> Effect:
    group, baseline, mean, low, high, least, most, patients, small = row
    return Effect(
        str(group), baseline, mean, _pair([low, high]), _pair([least, most]), patients, small
    )


def _pair(ends: list | None) -> tuple[float, float] | None:
    return None if ends is None or None in ends else (float(ends[0]), float(ends[1]))

"""What a pattern is, where it is looked for, and what is said of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Literal

from model.parameters import ParameterSet
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World

CALIBRATED, EMERGENT, CROSS_MODEL = "calibrated", "emergent", "cross_model"
GROUPS = (CALIBRATED, EMERGENT, CROSS_MODEL)

#: A bound for what must be above (or, negative, below) zero.
TINY = 1e-9

HOLDS, HOLDS_NARROWLY, MISSES_NARROWLY, FAILS = (
    "holds",
    "holds_narrowly",
    "misses_narrowly",
    "fails",
)
VERDICTS = (HOLDS, HOLDS_NARROWLY, MISSES_NARROWLY, FAILS)


@dataclass(frozen=True, eq=False)
class Lab:
    """Where patterns are looked for: one set of parameters and one kind of luck.

    Attributes:
        p: Parameters.
        seed: Seed of every world.
        size: Worlds are so many times as large as their pattern asks for (less than 1 for a
            quick look).
        kept: What was worked out already (``once``); gone with the lab.
    """

    p: ParameterSet
    seed: int = 1
    size: float = 1.0
    kept: dict[tuple, Any] = field(default_factory=dict)

    def world(
        self, share: float, span: Span, p: ParameterSet | None = None, policy=HISTORY
    ) -> World:
        """Return a new world in its first month.

        Args:
            share: Share of the country at size 1.
            span: Simulated period.
            p: Parameters, if others than the lab's.
            policy: What holds from the policy year on.
        """
        p = p or self.p
        return World(
            p, policy, self.seed, Size.of_share(p, share * self.size), span, keep_lines=False
        )


def once[**P, R](make: Callable[Concatenate[Lab, P], R]) -> Callable[Concatenate[Lab, P], R]:
    """Work something out once per lab and arguments, so that patterns share their worlds."""

    @wraps(make)
    def kept(lab: Lab, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (make.__module__, make.__name__, args, tuple(sorted(kwargs.items())))
        if key not in lab.kept:
            lab.kept[key] = make(lab, *args, **kwargs)
        return lab.kept[key]

    return kept


@dataclass(frozen=True)
class Pattern:
    """One number that the model must bring forth, and between which bounds.

    Attributes:
        id: Short name; its label in both languages is the text ``validation.<id>``.
        group: Calibrated, emergent or cross-model.
        low, high: Expected band, ends included; infinite where the source gives a direction only.
        source: Who saw it where.
        value: Reads it off the worlds of a lab.
        unit: "share" is printed in %, everything else as it is.
        decimals: Digits to print (of the percentage, for a share).
        exact: Whether no luck and no assumption bears on it, so that once is enough.
        fitted: Whether the calibration's fit used it.
        note: Key of a text with what else the reader should know; empty for none.
        labels: Label by language, where it is not in the texts.
    """

    id: str
    group: Literal["calibrated", "emergent", "cross_model"]
    low: float
    high: float
    source: str
    value: Callable[[Lab], float]
    unit: str = "ratio"
    decimals: int = 2
    exact: bool = False
    fitted: bool = False
    note: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    def holds(self, value: float) -> bool:
        """Return whether a value lies within the band."""
        return self.low <= value <= self.high

    def verdict(self, value: float, low: float, high: float) -> str:
        """Return what a value with its Monte Carlo interval says of the pattern.

        It holds or fails if the whole interval lies inside or outside the band; narrowly where
        the interval crosses a bound, so that other luck could turn the verdict. Without an
        interval (not-a-number) the value alone decides.
        """
        known = not (math.isnan(low) or math.isnan(high))
        if self.holds(value):
            sure = not known or (self.holds(low) and self.holds(high))
            return HOLDS if sure else HOLDS_NARROWLY
        sure = not known or high < self.low or low > self.high
        return FAILS if sure else MISSES_NARROWLY

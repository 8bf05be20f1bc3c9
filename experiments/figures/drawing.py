"""What every figure is given, and what it returns."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import number_format as nf
from experiments.comparison import Comparison
from experiments.figures.style import BAND
from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.number_format import Language
from experiments.scenario_names import inline, label
from experiments.texts import Texts, texts


@dataclass(frozen=True)
class Drawing:
    """A figure with the words that go with it.

    Attributes:
        figure: The figure.
        title: What it shows, with numbers.
        alt: One sentence with its numbers, for who cannot see it.
        caption: How to read it.
    """

    figure: Figure
    title: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Request:
    """What to draw.

    Attributes:
        comparison: Results.
        titles: Titles of scenarios, by name and language.
        language: "nl" or "en".
        footer: Source line: share, seeds, draws.
    """

    comparison: Comparison
    titles: Mapping[str, Mapping[str, str]]
    language: Language
    footer: str

    @property
    def t(self) -> Texts:
        """The texts in this language."""
        return texts(self.language)

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies in the order of the comparison."""
        return self.comparison.design.policies

    @property
    def first(self) -> str:
        """The policy that titles and descriptions are about."""
        return self.policies[0]

    @property
    def years(self) -> list[int]:
        """Years of the policy window."""
        return self.comparison.budgets[self.first].years

    @property
    def window(self) -> str:
        """The policy window in words."""
        return f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])

    @property
    def has_draws(self) -> bool:
        """Whether assumptions were varied."""
        return len(self.comparison.parameters) > 0 and self.comparison.design.draws > 0

    @property
    def key(self) -> str:
        """The line that explains thick and thin."""
        return self.t("figure.key" if self.has_draws else "figure.key_no_draws")

    def label(self, name: str) -> str:
        """Return the short name of a scenario, as a heading."""
        return label(name, self.language, self.titles)

    def inline(self, name: str) -> str:
        """Return the short name of a scenario, inside a sentence."""
        return inline(name, self.language, self.titles)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number in this language."""
        return nf.number(value, self.language, decimals)

    def signed(self, value: float, decimals: int = 0) -> str:
        """Return a number with its sign."""
        return nf.difference(value, self.language, decimals)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return a share as a percentage."""
        return nf.percentage(share, self.language, decimals)

    def euros(self, amount: float) -> str:
        """Return an amount, with spaces at which no line breaks."""
        return nf.euros(amount, self.language).replace(" ", "\N{NO-BREAK SPACE}")

    def signed_euros(self, amount: float) -> str:
        """Return an amount with its sign."""
        return nf.signed(self.euros(amount))

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Values per run, world, year, measure and group (not differences)."""
        runs = self.comparison.runs
        value = runs["top"] / runs["bottom"].where(runs["bottom"] != 0)
        return runs.assign(value=value)

    def path(self, world: str, measure: str, kind: str = "seed") -> np.ndarray:
        """Return national values of one world, shape (runs, years)."""
        rows = self.levels
        rows = rows[
            (rows["policy"] == world) & (rows["measure"] == measure)
            & (rows["split"] == "all") & (rows["kind"] == kind)
        ]  # fmt: skip
        if rows.empty:
            return np.empty((0, len(self.years)))
        return rows.pivot_table(index="index", columns="year", values="value", dropna=False)[
            self.years
        ].to_numpy()


def chance_band(values: np.ndarray) -> list[tuple[float, float]]:
    """Return the Monte Carlo interval per column."""
    return [monte_carlo_interval(column) for column in values.T]


def assumption_band(values: np.ndarray) -> list[tuple[float, float]]:
    """Return the parameter interval per column."""
    return [parameter_interval(column) for column in values.T]


def band(axes: Axes, x, intervals, colour: str, alpha: float = BAND) -> None:
    """Draw intervals as a band; nothing where they are not known."""
    low, high = np.array(intervals, dtype=float).reshape(-1, 2).T
    if not np.isnan(low).all():
        axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0)


def bars(axes: Axes, place: float, chance, assumptions, colour: str, upright: bool) -> None:
    """Draw both intervals of one value: chance thick, assumptions thin."""
    for (low, high), width in ((assumptions, 1.4), (chance, 4.5)):
        if not (math.isnan(low) or math.isnan(high)):
            line = ([place, place], [low, high]) if upright else ([low, high], [place, place])
            cap = "round" if width < 2 else "butt"
            axes.plot(*line, color=colour, linewidth=width, solid_capstyle=cap, zorder=2)

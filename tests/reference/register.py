"""The register: what is measured of each practice in a year, indicator by indicator."""

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import product

import numpy as np

from model.codes import GOLD_STAGES, WEIGHT_CLASSES
from model.contracts.outlook import Norm
from model.contracts.year import Tallies
from model.indicators import INDICATORS

CARE_COST = "care_cost"
#: Everything noted: the indicators, and what a patient-month of care costs (EUR).
NOTED = (*(indicator.id for indicator in INDICATORS), CARE_COST)
CLASSES = range(len(WEIGHT_CLASSES))
#: A cell of fewer patients says too little to be a norm.
FEWEST_IN_CELL = 10

Cell = tuple[int, int]  # weight class on file, GOLD stage
Norms = dict[tuple[str, Cell], float]


@dataclass
class Sums:
    """Running sums of measurements.

    Attributes:
        count: Measurements.
        total: Sum of their values.
        squares: Sum of the squared values.
        expected: Sum of what the same patients give nationally.
    """

    count: float = 0.0
    total: float = 0.0
    squares: float = 0.0
    expected: float = 0.0

    def add(self, value: float, expected: float) -> None:
        """Count one measurement."""
        self.count += 1.0
        self.total += value
        self.squares += value * value
        self.expected += expected


class Register:
    """A year of measurements.

    Attributes:
        norm: Case-mix norm this year, by indicator and cell: last year's mean of such patients.
        of_account: Sums by indicator, practice and insurer.
        of_cell: Sums by indicator and cell.
    """

    def __init__(self, norm: Norms | None = None) -> None:
        self.norm = defaultdict(float, norm or {})
        self.of_account: dict[tuple[str, int, int], Sums] = defaultdict(Sums)
        self.of_cell: dict[tuple[str, Cell], Sums] = defaultdict(Sums)

    def note(
        self,
        indicator: str,
        practice: int,
        insurer: int,
        weight_class: int,
        gold: int,
        value: float,
    ) -> None:
        """Note one measurement."""
        cell = cell_of(indicator, weight_class, gold)
        expected = self.norm[indicator, cell]
        self.of_account[indicator, practice, insurer].add(value, expected)
        self.of_cell[indicator, cell].add(value, expected)

    def accounts_measured(self) -> set[tuple[int, int]]:
        """Return the practices and insurers of which anything was noted."""
        return {(practice, insurer) for _, practice, insurer in self.of_account}

    def all_of(self, indicator: str) -> Sums:
        """Return the sums of the whole country."""
        accounts = [sums for key, sums in sorted(self.of_account.items()) if key[0] == indicator]
        return Sums(
            sum(one.count for one in accounts),
            sum(one.total for one in accounts),
            sum(one.squares for one in accounts),
            sum(one.expected for one in accounts),
        )

    def mean_of_cell(self, indicator: str, cell: Cell) -> float:
        """Return this year's mean of an indicator in a case-mix cell.

        A cell of few patients takes the mean of all. What nobody was measured on keeps its norm.
        """
        everybody, own = self.all_of(indicator), self.of_cell[indicator, cell]
        if everybody.count == 0:
            return self.norm[indicator, cell]
        if own.count < FEWEST_IN_CELL:
            return everybody.total / everybody.count
        return own.total / own.count

    def next_norm(self) -> Norms:
        """Return the mean by indicator and cell: next year's norm."""
        return {
            (indicator, cell): self.mean_of_cell(indicator, cell)
            for indicator in NOTED
            for cell in {cell_of(indicator, *pair) for pair in product(CLASSES, GOLD_STAGES)}
        }

    def norm_of(self, indicator: str, practices: int) -> Norm:
        """Return what is known in January of an indicator, from last year's register.

        Args:
            indicator: Indicator, or the care cost.
            practices: Number of practices in the country.
        """
        everybody = self.all_of(indicator)
        mean = square = 0.0
        if everybody.count:
            mean = everybody.total / everybody.count
            square = everybody.squares / everybody.count
        by_cell = [
            [self.mean_of_cell(indicator, cell_of(indicator, kind, gold)) for gold in GOLD_STAGES]
            for kind in CLASSES
        ]
        sd = math.sqrt(max(0.0, square - mean * mean))
        return Norm(mean, sd, np.array(by_cell), everybody.count / practices)

    def tallies(self, indicator: str, accounts: list[tuple[int, int]]) -> Tallies:
        """Return the measurements of some accounts as a KPI clause asks for them."""
        sums = [self.of_account.get((indicator, *account), Sums()) for account in accounts]
        return Tallies(
            count=np.array([one.count for one in sums]),
            total=np.array([one.total for one in sums]),
            squares=np.array([one.squares for one in sums]),
            expected=np.array([one.expected for one in sums]),
        )


def cell_of(indicator: str, weight_class: int, gold: int) -> Cell:
    """Return the case-mix cell; a share of heavy classes is not compared within a class."""
    return (0 if indicator == "heavy_class" else weight_class), gold

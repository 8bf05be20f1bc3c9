"""The register: what is measured of each practice in a year, indicator by indicator.

Kept per practice and insurer, and per case-mix cell (weight class on file x GOLD stage). Last
year's cell means are the norm that this year's patients are compared with, known in January.
"""

from collections import namedtuple
from typing import Any

import numpy as np

from model.codes import GOLD_STAGES, INSURERS, WEIGHT_CLASSES
from model.contracts.outlook import Norm
from model.contracts.year import Tallies
from model.indicators import INDICATORS, NUMBER
from model.outcomes import SMALL_CELL
from model.rules import phase, rule

CELLS = len(WEIGHT_CLASSES) * len(GOLD_STAGES)

#: count, total, squares, expected: (rows, practices x insurers); cell_count, cell_total:
#: (rows, cells) of this year; norm: (rows, cells), last year's cell means. One row per indicator,
#: and one for the care cost per patient-month.
Register = namedtuple("Register", "count total squares expected cell_count cell_total norm")

SEVERE_ACCEPTED = NUMBER["severe_accepted"]
START_IN_TIME = NUMBER["start_in_time"]
TREATMENT_INDEX = NUMBER["treatment_index"]
DROPOUT = NUMBER["dropout"]
HEAVY_CLASS = NUMBER["heavy_class"]
ADMISSIONS = NUMBER["admissions"]
CCQ_CHANGE = NUMBER["ccq_change"]
RELEVANT_CHANGE = NUMBER["relevant_change"]
WALK_CHANGE = NUMBER["walk_change"]
GPE = NUMBER["gpe"]
MEASURED = NUMBER["measured"]
PREM = NUMBER["prem"]
CARE_COST = len(INDICATORS)
ROWS = len(INDICATORS) + 1


@rule
def account_of(practice: Any, insurer: Any) -> Any:
    """Return the account of a practice at an insurer: a number, or one per row of two arrays."""
    return practice * len(INSURERS) + insurer


def empty_register(practices: int) -> Register:
    """Return a register without measurements."""
    accounts = practices * len(INSURERS)
    return Register(
        *(np.zeros((ROWS, accounts)) for _ in range(4)),
        *(np.zeros((ROWS, CELLS)) for _ in range(3)),
    )


@phase
def record(
    register: Register, indicator: int, account: int, weight_class: int, gold: int, value: float
) -> None:
    """Note one measurement.

    Args:
        register: The year's register.
        indicator: Row of the indicator.
        account: practice x 10 + insurer.
        weight_class: Weight class on file, 0 to 2.
        gold: GOLD stage, 2 to 4.
        value: What was measured.
    """
    # The share of heavy classes is itself about the class: only what the referrer knows counts.
    cell = (0 if indicator == HEAVY_CLASS else 3 * weight_class) + gold - 2
    register.count[indicator, account] += 1.0
    register.total[indicator, account] += value
    register.squares[indicator, account] += value * value
    register.expected[indicator, account] += register.norm[indicator, cell]
    register.cell_count[indicator, cell] += 1.0
    register.cell_total[indicator, cell] += value


def of_practices(register: Register, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how much was measured of one row this year per practice, and the sum, (practices,).

    All insurers' patients of a practice together.
    """
    shape = (-1, len(INSURERS))
    return (
        register.count[row].reshape(shape).sum(axis=1),
        register.total[row].reshape(shape).sum(axis=1),
    )


def cell_means(register: Register) -> np.ndarray:
    """Return this year's mean per indicator and cell, (indicators, cells).

    A cell with fewer than ten patients takes the mean of all; an indicator without any keeps its
    old norm.
    """
    count, total = register.cell_count, register.cell_total
    all_count = count.sum(axis=1, keepdims=True)
    mean = total.sum(axis=1, keepdims=True) / np.maximum(all_count, 1.0)
    cells = np.where(count >= SMALL_CELL, total / np.maximum(count, 1.0), mean)
    out: np.ndarray = np.where(all_count > 0, cells, register.norm)
    return out


def norms(register: Register, practices: int) -> dict[str, Norm]:
    """Return what is known in January from last year's measurements, per indicator id."""
    means = cell_means(register)
    return {
        indicator: norm_of(register, row, means[row], practices)
        for indicator, row in NUMBER.items()
    }


def norm_of(register: Register, row: int, means: np.ndarray, practices: int) -> Norm:
    """Return what is known of one row: mean, SD, mean per cell and measurements per practice."""
    count = float(register.count[row].sum())
    mean = float(register.total[row].sum()) / count if count else 0.0
    square = float(register.squares[row].sum()) / count if count else 0.0
    cells = means.reshape(len(WEIGHT_CLASSES), len(GOLD_STAGES))
    if row == HEAVY_CLASS:
        cells = np.repeat(cells[:1], len(WEIGHT_CLASSES), axis=0)
    sd = float(np.sqrt(max(0.0, square - mean * mean)))
    return Norm(mean, sd, cells, count / max(1, practices))


def tallies(years: list[Register], accounts: np.ndarray) -> dict[str, list[Tallies]]:
    """Return the measurements of some accounts, per indicator id, newest year first."""
    return {
        indicator: [
            Tallies(
                year.count[row, accounts],
                year.total[row, accounts],
                year.squares[row, accounts],
                year.expected[row, accounts],
            )
            for year in years
        ]
        for indicator, row in NUMBER.items()
    }

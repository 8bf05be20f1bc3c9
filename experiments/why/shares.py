"""Shares of variance from the analysis of a sweep (``zorgbundel analyse``)."""

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from experiments.output import OutputError
from experiments.safe_files import MOST_CSV
from model.parameters.safe_file import read_bytes, short

#: How an analysis ranked inputs, and the column that tells how much one matters.
COLUMNS = {"sobol": "total", "given data": "first", "morris": "mu_star"}


@dataclass(frozen=True)
class Share:
    """How much one parameter matters for the effect of one policy on one measure.

    Attributes:
        policy: The policy.
        parameter: The parameter.
        size: Share of the variance, rank correlation, or mean elementary effect.
        meaning: Which of those.
    """

    policy: str
    parameter: str
    size: float
    meaning: Literal["variance", "rho", "elementary"]


def analysis_file(folder: Path) -> Path | None:
    """Return the table of an analysis: in the folder itself, or below that of its sweep."""
    for path in (folder / "sensitivity.csv", folder / "analysis" / "sensitivity.csv"):
        if path.is_file():
            return path
    return None


def shares(path: Path, measure: str) -> list[Share] | None:
    """Return what the effects on one measure hang on clearly, per policy, in order of importance.

    None if the analysis is not about the measure; an empty list if it is and nothing is clear.

    Args:
        path: The table ``sensitivity.csv`` of an analysis.
        measure: Measure; a budget test that a sweep does not know has none.

    Raises:
        OutputError: The file is no such table.
    """
    out, covered = [], False
    try:
        text = read_bytes(path, MOST_CSV).decode("utf-8")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            if row["measure"] != measure:
                continue
            covered = True
            if None in row or None in row.values():
                raise ValueError("a row has too few or too many columns")
            if row["clear"] == "True":
                out.append(_share(row))
    except (KeyError, ValueError, csv.Error) as error:
        raise OutputError(f"{path} is no table of an analysis ({short(error)}).") from None
    return out if covered else None


def _share(row: dict[str, str]) -> Share:
    size = _number(row.get(COLUMNS[row["method"]]))
    if row["method"] == "morris":
        return Share(row["policy"], row["name"], size, "elementary")
    if size > 0.0:
        return Share(row["policy"], row["name"], min(1.0, size), "variance")
    return Share(row["policy"], row["name"], _number(row.get("rho")), "rho")


def _number(text: str | None) -> float:
    return float(text) if text else math.nan

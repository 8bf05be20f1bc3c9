"""The files of the register: frozen forecasts (JSON) and what was observed (CSV)."""

import csv
import json
import math
import os
import tempfile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from experiments.forecasts.freeze import FORMAT, is_intact
from experiments.forecasts.quantities import BY_ID
from experiments.forecasts.scoring import Observed
from experiments.output import OutputError
from experiments.safe_files import read_json
from experiments.spreadsheet import safe_cell
from model.parameters.safe_file import UnreadableError, read_bytes

MAX_BYTES = 5_000_000
#: First line of a file with what was observed.
COLUMNS = ("quantity", "group", "year", "value")


class _Prediction(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)  # "6.0" is no number
    quantity: str
    group: str
    year: int = Field(ge=1900, le=2100)
    unit: str
    mean: float = Field(allow_inf_nan=False)
    quantiles: list[float]
    monte_carlo_interval: list[float | None]


class _Forecast(BaseModel):
    """What must be true of a file before it is scored."""

    model_config = ConfigDict(strict=True)
    kind: str
    format: int
    date: str
    version: str
    code: str
    model: str
    levels: list[float] = Field(min_length=3)
    predictions: list[_Prediction] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "_Forecast":
        if self.kind != "forecast" or self.format != FORMAT:
            raise ValueError("another kind of file")
        n = len(self.levels)
        pairs = zip(self.levels, reversed(self.levels), strict=True)
        if n % 2 == 0 or any(abs(a + b - 1.0) > 1e-9 for a, b in pairs):
            raise ValueError("levels are not symmetric")
        if self.levels != sorted(self.levels) or not self.levels[0] > 0.0:
            raise ValueError("levels do not rise")
        for one in self.predictions:
            q = one.quantiles
            if len(q) != n or q != sorted(q) or not all(map(math.isfinite, q)):
                raise ValueError("quantiles do not rise")
        return self


def write_forecast(forecast: dict[str, Any], path: Path) -> None:
    """Write a frozen forecast, complete or not at all, and never over another file.

    Raises:
        OutputError: The file exists, or cannot be written.
    """
    check_new(path)
    text = json.dumps(forecast, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    handle, name = -1, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from None


def check_new(path: Path) -> None:
    """Refuse early a file that exists: a frozen forecast is never written over."""
    if path.is_symlink() or path.exists():
        raise OutputError(f"{path} exists already; a forecast is never written over.")


def read_forecast(path: Path) -> dict[str, Any]:
    """Read a frozen forecast and check its seal.

    Raises:
        OutputError: It is missing, no forecast, or was changed after it was frozen.
    """
    _check_file(path)
    try:
        forecast = read_json(path)
        _Forecast.model_validate(forecast)
    except (ValueError, ValidationError):
        raise OutputError(f"{path} is not a forecast of this program.") from None
    if not is_intact(forecast):
        raise OutputError(f"{path} was changed after it was frozen: its hash does not fit.")
    return forecast


def read_observed(path: Path) -> Observed:
    """Read what was observed: a CSV file with the columns of ``COLUMNS``.

    Rows without a value are left out; lines that start with # are remarks.

    Raises:
        OutputError: With the line of the first thing that is wrong.
    """
    lines = _text(path).splitlines()
    found: dict[tuple[str, str, int], float] = {}
    header = None
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            (cells,) = csv.reader([line])
        except (csv.Error, ValueError):
            raise OutputError(f"{path.name}, line {number}: it cannot be read.") from None
        cells = [cell.strip() for cell in cells]
        if header is None:
            header = tuple(cells)
            if header != COLUMNS:
                raise OutputError(
                    f"{path.name}, line {number}: the first line must be {','.join(COLUMNS)}."
                )
            continue
        if len(cells) != len(COLUMNS):
            raise OutputError(f"{path.name}, line {number}: {len(COLUMNS)} columns are expected.")
        if cells[-1]:
            key, value = _row(cells, f"{path.name}, line {number}")
            if key in found:
                raise OutputError(f"{path.name}, line {number}: it is there twice.")
            found[key] = value
    if not found:
        raise OutputError(f"{path.name} holds nothing that was observed.")
    return found


def _row(cells: list[str], where: str) -> tuple[tuple[str, str, int], float]:
    quantity, group, year, value = cells
    known = BY_ID.get(quantity)
    if known is None:
        raise OutputError(f"{where}: there is no quantity '{quantity[:40]}'; {', '.join(BY_ID)}.")
    if group not in known.groups:
        raise OutputError(f"{where}: '{group[:40]}' is no group of it; {', '.join(known.groups)}.")
    try:
        key, number = (quantity, group, int(year)), float(value)
    except ValueError:
        raise OutputError(
            f"{where}: year and value must be numbers, with a dot as decimal sign."
        ) from None
    if not math.isfinite(number):
        raise OutputError(f"{where}: the value must be a finite number.")
    return key, number


def template(forecast: dict[str, Any]) -> str:
    """Return an empty file of what can be observed, to fill in."""
    rows = [",".join(COLUMNS)]
    rows += [
        f"{safe_cell(p['quantity'])},{safe_cell(p['group'])},{p['year']},"
        for p in forecast["predictions"]
    ]
    return "\n".join(rows) + "\n"


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise OutputError(f"{path} is not a file.")


def _text(path: Path) -> str:
    """Return the text of a file of reasonable size."""
    _check_file(path)
    try:
        return read_bytes(path, MAX_BYTES).decode("utf-8")
    except UnreadableError as error:
        raise OutputError(f"{path}: {error}.") from None
    except ValueError:
        raise OutputError(f"{path} is not a text file.") from None

"""The runs of a calibration on disk: none is lost, none is made twice.

A folder holds ``plan.json`` (what is run, on which numbers and code), one table with the inputs of
every wave, and one small file per finished run. Everything is written under a temporary name and
renamed, so that a file is whole or absent.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration import TARGETS, past_facts
from experiments.output import OutputError, check_free
from experiments.safe_files import read_json, read_parquet
from model.parameters import ParameterSet
from model.parameters.safe_file import UnreadableError

#: Largest file of a calibration, bytes; what is noted of a wave is a hundredth of that.
MOST_BYTES = 500_000


@dataclass(frozen=True)
class Plan:
    """What a calibration runs.

    Attributes:
        waves: Waves at most.
        runs: Runs per wave.
        draws: Draws wanted; the waves stop when so many runs agree with the targets.
        share: Share of the country simulated.
        seed: Seed of the search and of the worlds; all worlds share it.
    """

    waves: int = 8
    runs: int = 300
    draws: int = 200
    share: float = 0.1
    seed: int = 1


@dataclass(frozen=True)
class CalibrationRun:
    """One world to be compared with the targets.

    Attributes:
        wave: Name of its wave.
        index: Its place in the wave.
        parameters: All numbers.
        share: Share of the country.
        seed: Seed of the world.
    """

    wave: str
    index: int
    parameters: ParameterSet
    share: float
    seed: int


@dataclass(frozen=True)
class CalibrationResult:
    """What a run gave, by target; not-a-number where nobody was counted."""

    wave: str
    index: int
    values: Mapping[str, float]


def facts_code() -> str:
    """Return a SHA-256 over the files that decide what a run gives; texts and figures do not."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    paths = [path for name in ("model", "agents") for path in sorted((root / name).rglob("*"))]
    for path in (*paths, root / "experiments" / "calibration.py"):
        if path.suffix in {".py", ".yaml"} and path.is_file():
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def run_facts(run: CalibrationRun) -> CalibrationResult:
    """Simulate the years before 2025 and read the value of every target off."""
    facts = past_facts(run.parameters, run.share, run.seed)
    values = {target.id: float(target.model(facts)) for target in TARGETS}
    return CalibrationResult(run.wave, run.index, values)


class CalibrationRuns:
    """The folder of one calibration."""

    def __init__(self, folder: Path, plan: Plan, made_with: Mapping[str, str]) -> None:
        """Open a folder, or begin one.

        Args:
            folder: Place.
            plan: What is to be run; ``waves`` and ``draws`` may differ from before.
            made_with: Fingerprints of numbers and code; runs made with others are not mixed.

        Raises:
            OutputError: The folder holds something else, or runs that cannot be mixed with these.
        """
        self.folder = folder
        path = folder / "plan.json"
        fixed = {name: value for name, value in asdict(plan).items() if name not in _MAY_GROW}
        mine = {"kind": "calibration", **fixed, **made_with}
        if (folder / "runs").is_symlink():  # runs would be written where it leads
            raise OutputError(f"{folder / 'runs'} is a link; choose another --out.")
        if not path.exists():
            check_free(folder)
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(mine, indent=2) + "\n")
            return
        saved = _read_json(path)
        for name, value in mine.items():
            if saved.get(name) != value:
                what = _WORDS.get(name, f"--{name} {saved.get(name)}")
                raise OutputError(
                    f"{folder} holds runs made with {what}; choose another --out for these."
                )

    def inputs(self, wave: str) -> np.ndarray | None:
        """Return the inputs of a wave as quantiles, shape (runs, inputs); None if not chosen."""
        path = self.folder / f"{wave}.parquet"
        if not path.exists():
            return None
        try:
            return read_parquet(path).to_numpy(dtype=float)
        except (OutputError, ValueError, TypeError):
            raise OutputError(f"{path} is damaged; remove it to choose anew.") from None

    def keep_inputs(self, wave: str, names: list[str], x: np.ndarray) -> None:
        """Store the inputs of a wave."""
        path = self.folder / f"{wave}.parquet"
        temporary = path.with_suffix(".tmp")
        pd.DataFrame(x, columns=names).to_parquet(temporary, index=False)
        os.replace(temporary, path)

    def about(self, wave: str) -> dict[str, Any]:
        """Return what was noted of a wave."""
        path = self.folder / f"{wave}.json"
        return _read_json(path) if path.exists() else {}

    def note(self, wave: str, about: Mapping[str, Any]) -> None:
        """Store what is to be remembered of a wave."""
        write_whole(self.folder / f"{wave}.json", json.dumps(dict(about)) + "\n")

    def keep(self, result: CalibrationResult) -> None:
        """Store a finished run."""
        values = {k: None if np.isnan(v) else v for k, v in result.values.items()}
        write_whole(self._path(result.wave, result.index), json.dumps(values) + "\n")

    def finished(self, wave: str, runs: int) -> dict[int, dict[str, float]]:
        """Return the finished runs of a wave by index; a damaged one counts as not made."""
        out = {}
        for index in range(runs):
            path = self._path(wave, index)
            try:
                values = read_json(path, finite=False, most=MOST_BYTES)
                out[index] = {
                    target.id: np.nan if values[target.id] is None else float(values[target.id])
                    for target in TARGETS
                }
            except (ValueError, KeyError, TypeError, OverflowError):
                continue
        return out

    def _path(self, wave: str, index: int) -> Path:
        return self.folder / "runs" / f"{wave}-{index:05d}.json"


#: What may differ when a calibration goes on.
_MAY_GROW = ("waves", "draws")

_WORDS = {
    "kind": "something else",
    "registry": "other parameters",
    "code": "another version of the program",
}


def write_whole(path: Path, text: str) -> None:
    """Write a text file under a temporary name and rename it.

    Raises:
        OutputError: It cannot be written; nothing is left behind then.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = read_json(path, finite=False, most=MOST_BYTES)
    except UnreadableError:
        raise OutputError(f"{path} is damaged.") from None
    if not isinstance(data, dict):
        raise OutputError(f"{path} is damaged.")
    return data

"""The folder of a sweep, opened for writing: one process at a time, repaired before it goes on."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.output import OutputError, check_free
from experiments.safe_files import MOST_PARQUET, read_parquet
from experiments.sweeps.chunk import (
    TABLES,
    checksum,
    chunks,
    complete_parts,
    leftovers,
    write_whole,
)
from experiments.sweeps.planned_runs import PlannedRun
from experiments.sweeps.result_tables import DONE
from experiments.sweeps.store import HOW_IT_WENT, PLAN, note_tries, read_about
from model.parameters.safe_file import read_bytes

LOCK = ".lock"
BROKEN = "broken"

#: What is in a folder in which a sweep was stopped before it was written down.
_BEGUN = {LOCK, "plan.parquet"}

_NAMES = pa.schema([PLAN.field("run")])

_ROWS = 10_000  # of the plan held in memory at a time


@dataclass
class Repairs:
    """What was found wrong in a folder, and set aside or removed.

    Attributes:
        broken: Chunks that did not match their checksums; their runs are made again.
        double: Chunks that held runs another chunk holds too.
        unfinished: Half-written files of a process that was killed.
        tried: Of every run in what is left, whether it was done, and its last attempt: all chunks
            were read, so nobody need read them again.
    """

    broken: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    tried: dict[str, tuple[bool, int]] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """Return what happened, in words."""
        out = []
        if self.broken:
            out.append(
                f"{len(self.broken)} damaged chunk(s) found by checksum and set aside in "
                f"{BROKEN}/; their runs are made again."
            )
        if self.double:
            out.append(f"{len(self.double)} chunk(s) with runs that were saved twice set aside.")
        if self.unfinished:
            out.append(f"{len(self.unfinished)} half-written file(s) removed.")
        return out


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process, made if need be.

    Raises:
        OutputError: It cannot be used, or another process holds it.
    """
    _check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder, "sweep"):
        yield


@contextmanager
def held(folder: Path, what: str) -> Iterator[None]:
    """Hold a folder that is there for this process.

    Args:
        folder: The folder.
        what: What else may hold it, in one word.

    Raises:
        OutputError: Another process holds it.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
            raise OutputError(
                f"{folder} is in use by another {what} (process {holder}); wait for it or choose "
                "another --out."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)  # which gives up the lock, as the end of the process would


def _check(folder: Path) -> None:
    """Refuse a folder that holds anything but a sweep, or parts of one that lie elsewhere."""
    if folder.is_symlink() or not folder.is_dir():
        check_free(folder)
        return
    there = {each.name for each in folder.iterdir() if each.suffix != ".part"}
    if not ("design.json" in there or (LOCK in there and there <= _BEGUN)):
        check_free(folder)
        return
    for name in (LOCK, BROKEN, *TABLES):
        if (folder / name).is_symlink():  # files would be written or removed where it leads
            raise OutputError(f"{folder / name} is a link; choose another --out.")
    if "design.json" in there:
        read_about(folder)


def repair(folder: Path) -> Repairs:
    """Set aside what is damaged or double, and remove what is half-written."""
    found = Repairs()
    for part in leftovers(folder):
        part.unlink()
        found.unfinished.append(part.name)
    seen: set[str] = set()
    named: set[str] = set()
    for runs_file in chunks(folder):
        parts = complete_parts(folder, runs_file)
        if parts is None:
            _set_aside(folder, runs_file)
            found.broken.append(runs_file.name)
            continue
        try:
            table = read_parquet(runs_file, HOW_IT_WENT)
        except OutputError:
            _set_aside(folder, runs_file)
            found.broken.append(runs_file.name)
            continue
        done = set(table["run"][table["status"] == DONE])
        if done & seen:
            _set_aside(folder, runs_file)
            found.double.append(runs_file.name)
            continue
        seen |= done
        named.update(parts.values())
        note_tries(found.tried, *(table[name].tolist() for name in HOW_IT_WENT.names))
    for table in TABLES[:-1]:
        for path in (folder / table).glob("*.parquet"):
            if path.name not in named:  # its file of runs was never written, or is set aside
                path.unlink()
                if not any(path.name.split("-")[0] in each for each in found.broken + found.double):
                    found.unfinished.append(path.name)
    return found


def _set_aside(folder: Path, runs_file: Path) -> None:
    (folder / BROKEN).mkdir(exist_ok=True)
    runs_file.replace(folder / BROKEN / runs_file.name)


def write_plan(
    folder: Path, about: dict[str, Any], runs: Callable[[], Iterator[PlannedRun]]
) -> int:
    """Write down what is run and every run of it, unless both are there; return how many.

    A plan follows from what it is about, so one that is there and whole need not be made again.
    """
    path = folder / "plan.parquet"
    if (folder / "design.json").is_file() and path.is_file():
        was = read_about(folder)
        plan = was.pop("plan", {})
        same = json.loads(json.dumps(about)) == was
        if same and plan.get("checksum") == checksum(read_bytes(path, MOST_PARQUET)):
            return int(plan["runs"])
    count = _write_runs(folder, runs())
    plan = {"runs": count, "checksum": checksum(read_bytes(path, MOST_PARQUET))}
    text = json.dumps(about | {"plan": plan}, indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / "design.json", text.encode())
    return count


def is_planned(folder: Path) -> bool:
    """Return whether a plan is there, whatever it is worth."""
    return (folder / "plan.parquet").is_file()


def planned_names(folder: Path) -> list[str]:
    """Return the names of the planned runs, in order."""
    return read_parquet(folder / "plan.parquet", _NAMES)["run"].tolist()


def _write_runs(folder: Path, runs: Iterator[PlannedRun]) -> int:
    """Write every run of a design with its place in it; return how many there are."""
    path, part = folder / "plan.parquet", folder / ".plan.parquet.part"
    row = 0
    # One run at a time: with all its inputs it is 15 kB.
    places = ((one.input.run, one.kind, one.index, one.point, one.input.seed) for one in runs)
    with pq.ParquetWriter(part, PLAN, compression="zstd") as writer:
        while block := list(islice(places, _ROWS)):
            columns = [range(row, row + len(block)), *zip(*block, strict=True)]
            writer.write_table(pa.table(columns, schema=PLAN))
            row += len(block)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
    return row

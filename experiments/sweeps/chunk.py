"""A chunk: the results of a few runs as Parquet files, written whole or not at all.

A chunk is a few files: outcomes, evaluations, panels of practices if the runs keep them and, last,
the runs. A file is named after its own contents (``<chunk>-<SHA-256>.parquet``), and the file of
runs names the others, so a chunk counts when its file of runs is there, and is whole when all of
them match their names.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.output import OutputError
from experiments.safe_files import MOST_PARQUET, read_footer, sound
from model.parameters.safe_file import UnreadableError, read_bytes

#: Tables of a chunk, in order of writing; the last one makes it count.
TABLES = ("outcomes", "evaluations", "panels", "runs")

#: Tables that a chunk need not have.
OPTIONAL = ("panels",)

_DIGITS = 24  # of a checksum in a file name
_TEMPORARY = ".part"


@dataclass(frozen=True)
class Chunk:
    """Results of a few runs, encoded: it can be saved here or sent home first.

    Attributes:
        name: Name of the chunk.
        runs: How many runs are in it.
        files: Contents by table and file name, in order of writing.
    """

    name: str
    runs: int
    files: tuple[tuple[str, str, bytes], ...]

    @staticmethod
    def encoded(tables: dict[str, pa.Table]) -> "Chunk":
        """Encode the tables of a chunk: runs, and those of the others that there are."""
        name = name_of(tables["runs"]["run"].to_pylist())
        files = [
            (table, *_named(name, _parquet(tables[table])))
            for table in TABLES[:-1]
            if table in tables
        ]
        parts = json.dumps({table: file for table, file, _ in files})
        runs = tables["runs"].replace_schema_metadata({"parts": parts})
        files.append(("runs", *_named(name, _parquet(runs))))
        return Chunk(name, runs.num_rows, tuple(files))

    def save(self, folder: Path) -> None:
        """Write the chunk below a folder: each file whole, the one that makes it count last.

        Raises:
            OSError: It cannot be written, for one because the disk is full.
        """
        for table, file, content in self.files:
            # Only the last rename has to last: one that a power cut undoes is found by checksum.
            write_whole(folder / table / file, content, lasting=table == TABLES[-1])

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(content) for _, _, content in self.files)


def _named(name: str, content: bytes) -> tuple[str, bytes]:
    return f"{name}-{checksum(content)}.parquet", content


def name_of(runs: Sequence[str]) -> str:
    """Return the name of a chunk of these runs."""
    return hashlib.sha256("".join(runs).encode()).hexdigest()[:12]


def is_saved(folder: Path, runs: Sequence[str]) -> bool:
    """Return whether there is a chunk of exactly these runs."""
    return any((folder / "runs").glob(f"{name_of(runs)}-*.parquet"))


def checksum(content: bytes) -> str:
    """Return the checksum that goes into a file name."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def _parquet(table: pa.Table) -> bytes:
    """Return a table as a Parquet file, with a row group per split so that readers can skip."""
    sink = pa.BufferOutputStream()
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    with pq.ParquetWriter(
        sink, table.schema, compression="zstd", use_dictionary=words, write_statistics=["split"]
    ) as writer:
        for part in _by_split(table):
            writer.write_table(part)
    return sink.getvalue().to_pybytes()


def _by_split(table: pa.Table) -> Iterator[pa.Table]:
    """Yield the rows of each split, in the order in which splits and rows come."""
    if "split" not in table.column_names or table.num_rows == 0:
        yield table
        return
    import numpy as np

    table = table.unify_dictionaries().combine_chunks()
    numbers = np.asarray(table["split"].chunk(0).indices)  # in the order of first appearance
    ordered = table.take(np.argsort(numbers, kind="stable"))
    start = 0
    for count in np.bincount(numbers):
        yield ordered.slice(start, count)
        start += count


def write_whole(path: Path, content: bytes, lasting: bool = True) -> None:
    """Write a file so that it is there with all its contents, also after a power cut, or is not.

    Args:
        path: The file.
        content: Its contents.
        lasting: Whether to wait until its name is on disk too; else a power cut may take it away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{_TEMPORARY}")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        if lasting:
            _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make a rename last; some systems cannot sync a folder, and need not."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def is_whole(path: Path) -> bool:
    """Return whether a file's contents match its name."""
    try:
        return path.stem.rpartition("-")[2] == checksum(read_bytes(path, MOST_PARQUET))
    except UnreadableError:
        return False


def parts_of(runs_file: Path) -> dict[str, str]:
    """Return the names of the other files of a chunk, by table.

    Raises:
        OutputError: The file is not one of this program.
    """
    with sound(runs_file):
        metadata = read_footer(runs_file).metadata or {}
        parts = json.loads(metadata[b"parts"])
        wanted = [name for name in TABLES[:-1] if name in parts or name not in OPTIONAL]
        named = {name: parts[name] for name in wanted}
        # A name that leads out of the folder would have other people's files read, or removed.
        if any(Path(file).name != file for file in named.values()):
            raise ValueError("not the name of a file")
        return named


def complete_parts(folder: Path, runs_file: Path) -> dict[str, str] | None:
    """Return the names of a chunk's other files, or None unless all its files are there, whole."""
    if not is_whole(runs_file):
        return None
    try:
        parts = parts_of(runs_file)
    except OutputError:
        return None
    return parts if all(is_whole(folder / table / file) for table, file in parts.items()) else None


def is_complete(folder: Path, runs_file: Path) -> bool:
    """Return whether all files of a chunk are there and whole."""
    return complete_parts(folder, runs_file) is not None


def leftovers(folder: Path) -> list[Path]:
    """Return half-written files, from a process that was killed."""
    return [each for name in TABLES for each in (folder / name).glob(f".*{_TEMPORARY}")]


class CannotSaveError(OSError):
    """Results could not be written; the runs are lost, what was saved before is not."""


@dataclass
class Receipt:
    """What became of a job.

    Attributes:
        tried: Runs that came to an end.
        bytes: Size of what was saved.
    """

    tried: int = 0
    bytes: int = 0


def saved(chunk: Chunk | None, folder: Path) -> Receipt:
    """Save a chunk, if there is one, and say what was in it.

    Raises:
        CannotSaveError: It cannot be written.
    """
    if chunk is None:
        return Receipt()
    try:
        chunk.save(folder)
    except OSError as error:
        raise CannotSaveError(error.errno, error.strerror, str(folder)) from None
    return Receipt(chunk.runs, chunk.size)


def chunks(folder: Path) -> Sequence[Path]:
    """Return the files of runs of all chunks, sorted by name."""
    return sorted((folder / "runs").glob("*.parquet"))

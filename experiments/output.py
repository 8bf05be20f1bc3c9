"""Writing results: never half a folder, never over somebody's work.

A folder is written under a temporary name beside its place and renamed when complete.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from experiments.spreadsheet import safe_table
from model.parameters.safe_file import read_bytes


class OutputError(ValueError):
    """Results cannot be written or read; the message is one sentence."""


def check_free(folder: Path, replace: bool = False) -> None:
    """Refuse early, before any computing, what cannot be written later.

    Args:
        folder: Where results are to go.
        replace: Whether an existing results folder (with a manifest) may be replaced.

    Raises:
        OutputError: The folder exists, is a link or the folder one stands in, or its parent
            cannot be written.
    """
    if folder.is_symlink():
        raise OutputError(f"{folder} is a link; choose another --out.")
    if folder.resolve() in (Path.cwd(), *Path.cwd().parents):
        raise OutputError(f"'{folder}' is the folder you are in or above; give --out a new name.")
    if folder.exists():
        if not folder.is_dir():
            raise OutputError(f"{folder} exists and is not a folder; choose another --out.")
        if any(folder.iterdir()):
            if not (replace and _is_results(folder)):
                raise OutputError(
                    f"{folder} exists already; choose another --out or remove it first."
                )
            other = next((one for one in sorted(folder.iterdir()) if not _is_result(one)), None)
            if other is not None:
                raise OutputError(
                    f"{other} is not of this program and would be lost; move it out of the folder."
                )
    parent = next(p for p in folder.parents if p.exists())
    if not parent.is_dir():
        raise OutputError(f"{folder} lies below a file ({parent}); choose another --out.")
    try:
        with tempfile.TemporaryFile(dir=parent):
            pass
    except OSError as error:
        raise OutputError(f"{parent} cannot be written ({error.strerror}).") from None


def _is_results(folder: Path) -> bool:
    """Return whether a folder holds results of this program: others have a manifest.json too."""
    try:
        about = json.loads(read_bytes(folder / "manifest.json", 5_000_000))
    except (ValueError, RecursionError):
        return False
    return isinstance(about, dict) and isinstance(about.get("kind"), str) and "version" in about


def _is_result(path: Path) -> bool:
    """Return whether a file or folder can be part of results."""
    if path.is_symlink() or path.is_dir():
        return path.name == "figures" and not path.is_symlink()
    if path.match("findings.*.txt"):
        return True
    return path.suffix in {".json", ".csv", ".parquet", ".html", ".svg", ".png", ".pdf", ".docx"}


@contextmanager
def new_folder(folder: Path, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder that takes its place when all went well, and vanishes otherwise.

    Raises:
        OutputError: The disk is full, or the folder cannot be made.
    """
    check_free(folder, replace)
    missing = [p for p in folder.parents if not p.exists()]
    work = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        work.chmod(0o755)
        yield work
        _put_in_place(work, folder)
        missing = []
    except OSError as error:
        raise OutputError(f"Results cannot be written to {folder} ({error.strerror}).") from None
    finally:
        if work is not None and work.exists():
            shutil.rmtree(work, ignore_errors=True)
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()


@contextmanager
def renewed_files(folder: Path) -> Iterator[Path]:
    """Give a temporary folder whose files take their places in an existing one when all went well.

    What else is in the folder stays.

    Raises:
        OutputError: The disk is full, or the files cannot be made.
    """
    work = None
    try:
        work = Path(tempfile.mkdtemp(prefix=".tables-", dir=folder))
        yield work
        for path in sorted(work.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise OutputError(f"Results cannot be written to {folder} ({error.strerror}).") from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def _put_in_place(work: Path, folder: Path) -> None:
    """Rename a complete folder to its place; older results come back if that fails."""
    if not folder.exists():
        work.rename(folder)
        return
    older = work.with_name(f"{work.name}-old")
    folder.rename(older)
    try:
        work.rename(folder)
    except BaseException:
        os.replace(older, folder)
        raise
    shutil.rmtree(older)


def write_table(table: "pd.DataFrame", folder: Path, name: str) -> None:
    """Write a table as Parquet and as CSV (``csv_text``)."""
    table.to_parquet(folder / f"{name}.parquet", index=False)
    safe_table(table).to_csv(folder / f"{name}.csv", index=False)


def csv_text(table: "pd.DataFrame") -> str:
    """Return a table as CSV: dot as decimal sign, comma between columns, nothing that runs."""
    return safe_table(table).to_csv(index=False, lineterminator="\n")

"""Writing results: never half a folder, never over somebody's work.

A folder is written under a temporary name beside its place and renamed when complete.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd


class OutputError(ValueError):
    """Results cannot be written or read; the message is one sentence."""


def check_free(folder: Path, replace: bool = False) -> None:
    """Refuse early, before any computing, what cannot be written later.

    Args:
        folder: Where results are to go.
        replace: Whether an existing results folder (with a manifest) may be replaced.

    Raises:
        OutputError: The folder exists, or its parent cannot be written.
    """
    if folder.is_symlink() or folder.exists():
        if not folder.is_dir():
            raise OutputError(f"{folder} exists and is not a folder; choose another --out.")
        ours = (folder / "manifest.json").is_file()
        if any(folder.iterdir()) and not (replace and ours):
            raise OutputError(f"{folder} exists already; choose another --out or remove it first.")
    parent = next(p for p in [folder.parent, *folder.parent.parents] if p.exists())
    try:
        with tempfile.TemporaryFile(dir=parent):
            pass
    except OSError as error:
        raise OutputError(f"{parent} cannot be written ({error.strerror}).") from None


@contextmanager
def new_folder(folder: Path, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder that takes its place when all went well, and vanishes otherwise.

    Raises:
        OutputError: The disk is full, or the folder cannot be made.
    """
    check_free(folder, replace)
    work = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        work.chmod(0o755)
        yield work
        if folder.exists():
            old = work.with_name(work.name + "-old")
            folder.rename(old)
            work.rename(folder)
            shutil.rmtree(old)
        else:
            work.rename(folder)
    except OSError as error:
        raise OutputError(f"Results cannot be written to {folder} ({error.strerror}).") from None
    finally:
        if work is not None and work.exists():
            shutil.rmtree(work, ignore_errors=True)


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """Write a table as Parquet and as CSV (dot as decimal sign, comma between columns)."""
    table.to_parquet(folder / f"{name}.parquet", index=False)
    table.to_csv(folder / f"{name}.csv", index=False)

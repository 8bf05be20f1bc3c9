"""Finished pairs of a comparison, kept beside its results until these are written.

A comparison is written whole or not at all, so for as long as it runs there is no folder of
results. What is finished waits in ``<out>.unfinished``: after Ctrl-C, a kill or a power cut the
same command reads it and simulates only what is missing. A pair is kept under a hash of everything
that decides its numbers (``name_of``), so another command or another version of the program never
takes it for its own.
"""

import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from experiments.evaluations import NO_EVALUATIONS
from experiments.output import OutputError
from experiments.runner import Task, TaskResult, run_task, run_tasks
from experiments.safe_files import read_parquet
from experiments.sweeps.chunk import checksum, is_whole, write_whole
from experiments.sweeps.planned_runs import code_version, policy_data
from experiments.sweeps.sweep_folder import LOCK, held

#: Added to the name of the results' folder.
ENDING = ".unfinished"

#: Tables of a pair in order of writing; the last one makes it count.
_TABLES = ("evaluations", "outcomes")


class Simulate(Protocol):
    """Runs tasks and yields their results in any order, as ``experiments.runner.run_tasks``."""

    def __call__(
        self, tasks: list[Task], workers: int | None, done: Callable[[], None], /
    ) -> Iterator[TaskResult]:
        """Run tasks; ``done`` is called after each."""


@contextmanager
def kept_tasks(out: Path | None) -> Iterator[Simulate]:
    """Give what runs the tasks of results that go to ``out``, and go on where it was left.

    What was kept is removed at the end of the block, when the results are written. If the block
    fails, it stays for the next time.

    Args:
        out: Folder of the results; None if they go to the terminal only, and nothing is kept.

    Raises:
        OutputError: Stopped by the user, or the disk is full; it says what is kept. Or another
            process makes these results at the moment.
    """
    if out is None:
        yield run_tasks
        return
    pairs = KeptTasks(out.with_name(out.name + ENDING))
    missing = [each for each in out.parents if not each.exists()]
    try:
        with pairs.locked():
            yield pairs.run
            pairs.remove()
    except KeyboardInterrupt:
        if not pairs.count:
            raise
        raise OutputError(f"Stopped; {pairs.said()}") from None
    except OutputError as error:
        if not pairs.made:
            raise
        raise OutputError(f"{str(error).rstrip('.')}; {pairs.said()}") from None
    finally:
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()


class KeptTasks:
    """Results of tasks in a folder: one file per table, named after task and contents.

    Attributes:
        folder: Where they are.
        made: How many were made and kept by this process.
    """

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet; the folder may not be there."""
        self.folder, self.made = folder, 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process, made if need be."""
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            raise OutputError(f"{self.folder} is not a folder; choose another --out.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written ({error.strerror}).") from None
        with held(self.folder, "command"):
            try:
                yield
            finally:
                self._remove_if_empty()

    def run(
        self,
        tasks: list[Task],
        workers: int | None = None,
        done: Callable[[], None] = lambda: None,
    ) -> Iterator[TaskResult]:
        """Yield what is kept, and run and keep the rest; see ``experiments.runner.run_tasks``.

        Raises:
            OutputError: A result cannot be written.
        """
        waiting: list[tuple[str, Task]] = []
        for task in tasks:
            name = name_of(task)
            result = self._read(name)
            if result is None:
                waiting.append((name, task))
            else:
                yield result
                done()
        for name, result in run_tasks(waiting, workers, done, _run_named):
            try:
                self._keep(name, result)
            except OSError as error:
                raise OutputError(
                    f"Results cannot be written to {self.folder} ({error.strerror})."
                ) from None
            self.made += 1
            yield result

    def _read(self, name: str) -> TaskResult | None:
        """Return a result that is there and whole."""
        found = [self._file(table, name) for table in _TABLES]
        try:
            seen, outcomes = (None if path is None else read_parquet(path) for path in found)
        except OutputError:
            return None
        if seen is None or outcomes is None:
            return None
        # A table without rows has forgotten what its columns would hold.
        return TaskResult(outcomes, seen if len(seen) else NO_EVALUATIONS.copy())

    def _file(self, table: str, name: str) -> Path | None:
        """Return a table of a result; what was damaged is removed, and so made again."""
        for path in sorted(self.folder.glob(f"{table}-{name}-*.parquet")):
            if is_whole(path):
                return path
            path.unlink(missing_ok=True)
        return None

    def _keep(self, name: str, result: TaskResult) -> None:
        for table in _TABLES:
            content = io.BytesIO()
            getattr(result, table).to_parquet(content, index=False, compression="zstd")
            body = content.getvalue()
            write_whole(self.folder / f"{table}-{name}-{checksum(body)}.parquet", body)

    @property
    def count(self) -> int:
        """Results that are kept."""
        return len(list(self.folder.glob(f"{_TABLES[-1]}-*.parquet")))

    def said(self) -> str:
        """Return in words what is kept and what to do."""
        return (
            f"{self.count} finished pair(s) are kept in {self.folder}, and the same command goes "
            "on from there."
        )

    def remove(self) -> None:
        """Remove what is kept, and the folder if nothing of somebody else is in it."""
        for pattern in (*(f"{table}-*.parquet" for table in _TABLES), ".*.part"):
            for path in self.folder.glob(pattern):
                path.unlink()

    def _remove_if_empty(self) -> None:
        if {each.name for each in self.folder.iterdir()} <= {LOCK}:
            (self.folder / LOCK).unlink(missing_ok=True)
            self.folder.rmdir()


def _run_named(named: tuple[str, Task]) -> tuple[str, TaskResult]:
    name, task = named
    return name, run_task(task)


def name_of(task: Task) -> str:
    """Return a hash of all that decides the numbers of a task, the code included."""
    body = {
        each.name: getattr(task, each.name)
        for each in dataclasses.fields(task)
        if each.name not in ("parameters", "policies", "span", "history")
    }
    body |= {
        "parameters": task.parameters.fingerprint(),
        "policies": [[name, policy_data(policy)] for name, policy in task.policies.items()],
        "span": dataclasses.astuple(task.span),
        "history": policy_data(task.history),
        "code": code_version(),
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:20]

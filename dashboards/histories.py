"""Histories: what many runs share is simulated once and kept on disk between worker processes.

Every pair of worlds begins with the same years before the policy, and stands beside the same two
worlds of fee per session. Most levers are read by neither. What a simulation reads is noted while
it runs; a kept one is used again exactly when every number it read is the same now. A program that
reads the same numbers does the same, so the results are equal to the last digit: this is no
approximation, and a test compares.

The folder belongs to one server and goes with it.
"""

import hashlib
import json
import os
import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.evaluations import Seen
from experiments.runner import Kept, Task, TaskResult, run_task
from model.parameters import ParameterSet
from model.policy import Policy
from model.simulation import World

#: Variants kept of one piece (a seed's history, say) under different levers; the oldest goes first.
#: A history takes some 8 MB at a share of 0.03, so a server keeps some 250 MB at most.
VARIANTS = 2


class NotedSet(ParameterSet):
    """Parameters that note which of them are read.

    Args:
        numbers: All numbers by name.
        read: Receives the names.
    """

    __slots__ = ("_read",)

    _read: set[str]

    def __init__(self, numbers: Mapping[str, float], read: set[str]) -> None:
        super().__init__(numbers)
        object.__setattr__(self, "_read", read)

    def __getattr__(self, name: str) -> float:
        """Return a number and note that it was read."""
        value = super().__getattr__(name)
        self._read.add(name)
        return value

    def __getitem__(self, name: str) -> float:
        """Return a number and note that it was read."""
        value = super().__getitem__(name)
        self._read.add(name)
        return value

    def _all(self) -> None:
        """Note that everything was looked at."""
        self._read.update(self._numbers)

    def __iter__(self):
        """Iterate over the names; who does that may read them all."""
        self._all()
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        """Compare; that reads everything."""
        self._all()
        return super().__eq__(other)

    def __hash__(self) -> int:
        """Return a hash of everything."""
        self._all()
        return super().__hash__()

    def to_dict(self) -> dict[str, float]:
        """Return everything."""
        self._all()
        return super().to_dict()

    def fingerprint(self) -> str:
        """Return the fingerprint of everything."""
        self._all()
        return super().fingerprint()

    def replace(self, changes: Mapping[str, float]) -> "NotedSet":
        """Return a copy with changes that notes in the same place; what changes is not read."""
        for name in changes:
            ParameterSet.__getitem__(self, name)
        return NotedSet({**self._numbers, **changes}, self._read)


class Store:
    """Pieces on disk, each with the numbers that it read.

    Args:
        folder: Where; of one program only, for what is in it is believed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, dict[str, float]] = {}

    def find(self, piece: str, p: ParameterSet) -> tuple[Any, set[str]] | None:
        """Return a piece whose numbers are all those of ``p``, and their names; None if none is.

        Args:
            piece: Code of the piece: everything that made it, parameters apart.
            p: Parameters now.
        """
        for path in sorted((self.folder / piece).glob("*.read")):
            try:
                if path not in self._known:
                    self._known[path] = json.loads(path.read_text())
                read = self._known[path]
                if all(name in p and p[name] == value for name, value in read.items()):
                    data = path.with_suffix(".data").read_bytes()
                    os.utime(path)
                    return pickle.loads(data), set(read)
            except (OSError, ValueError, pickle.UnpicklingError, EOFError):
                self._known.pop(path, None)  # gone or half gone: made again
        return None

    def keep(self, piece: str, p: ParameterSet, read: set[str], what: Any) -> None:
        """Keep a piece; without room on the disk nothing is kept and nothing is lost."""
        numbers = {name: p[name] for name in sorted(read)}
        text = json.dumps(numbers)
        code = hashlib.sha256(text.encode()).hexdigest()[:16]
        folder = self.folder / piece
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{code}.data", pickle.dumps(what, 5))
            _write(folder / f"{code}.read", text.encode())
            oldest = sorted(folder.glob("*.read"), key=lambda path: path.stat().st_mtime)
            for path in oldest[:-VARIANTS]:
                path.unlink(missing_ok=True)
                path.with_suffix(".data").unlink(missing_ok=True)
        except OSError:
            return


def _write(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there."""
    work = path.with_suffix(f".{os.getpid()}")
    work.write_bytes(data)
    work.replace(path)


class Remembered(Kept):
    """History and worlds of fee per session of a task, from the store where they are in it.

    Args:
        store: The store.
        policies: Names of the worlds to keep.
    """

    def __init__(self, store: Store, policies: tuple[str, ...]) -> None:
        super().__init__()
        self._store, self._policies = store, policies
        self._own: tuple[World, set[str]] | None = None

    def history(
        self, task: Task, told: Callable[[str, World], None], each_month: Callable[[], None]
    ) -> World:
        """Return the world at the start of the policy window."""
        return self._past(task, told, each_month)[0]

    def world(
        self,
        task: Task,
        name: str,
        told: Callable[[str, World], None],
        each_month: Callable[[], None],
    ) -> tuple[pd.DataFrame, Seen]:
        """Return the outcomes of one policy's world in the policy years, and what was seen."""
        if name not in self._policies:
            self._past(task, told, each_month)
            return super().world(task, name, told, each_month)
        piece = _code(task, task.policies[name])
        found = self._store.find(piece, task.parameters)
        if found is not None:
            results, seen = found[0]
            return results.assign(policy=name), seen
        history, before = self._past(task, told, each_month)
        read: set[str] = set()
        history.basis = NotedSet(task.parameters.to_dict(), read)
        try:
            results, seen = super().world(task, name, told, each_month)
        finally:
            history.basis = task.parameters
        self._store.keep(piece, task.parameters, before | read, (results, seen))
        return results, seen

    def _past(self, task: Task, told, each_month) -> tuple[World, set[str]]:
        """Return history and the names of all that it read."""
        if self._own is None:
            piece = _code(task, task.history)
            found = self._store.find(piece, task.parameters)
            if found is None:
                read: set[str] = set()
                noted = replace(task, parameters=NotedSet(task.parameters.to_dict(), read))
                history = Kept().history(noted, told, each_month)
                found = (history, read)
                self._store.keep(piece, task.parameters, read, history)
            self._own = found
            # A kept history may come from other levers, none of which it has read.
            found[0].basis = found[0].p = task.parameters
        return self._own


def _code(task: Task, policy: Policy) -> str:
    """Return the code of a piece: everything that makes it, parameters apart."""
    made_by = (task.kind, task.index, task.seed, task.size, task.span, task.history, policy)
    return hashlib.sha256(repr(made_by).encode()).hexdigest()[:32]


def run_with_histories(
    task: Task, store: Store, policies: tuple[str, ...], each_month: Callable[[], None]
) -> TaskResult:
    """Run a task with what the store has of it (``experiments.runner.run_task``).

    Args:
        task: What to run.
        store: The store.
        policies: Names of the worlds to keep: comparators, the same in every run.
        each_month: Called before every month simulated; stops the task by raising.
    """
    return run_task(task, kept=Remembered(store, policies), each_month=each_month)

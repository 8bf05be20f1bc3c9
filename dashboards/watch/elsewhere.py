"""Watched worlds live in a process of their own, so that the server never loads the model.

Months run there one after the other; the server has numbers and HTML back, and stays free to answer
others meanwhile. The process starts with the first world, and anew if it died.
"""

import atexit
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from experiments.number_format import Language
from experiments.processes import leave_with_parent

if TYPE_CHECKING:  # only the other process loads it
    from dashboards.watch.neighbourhood import Neighbourhood


class GoneError(Exception):
    """The world is gone, with the process that held it."""


@dataclass(frozen=True)
class Watched:
    """A world that lives elsewhere.

    Attributes:
        key: Whose it is; a visitor has one at a time.
        number: Which of the worlds made so far.
        patients, practices: How many it has.
        month: In which it began.
    """

    key: str
    number: int
    patients: int
    practices: int
    month: int

    def run(self, month: int) -> int:
        """Run a month, unless it was run already, and return where the world stands now."""
        return process().ask(_run, self.key, self.number, month)

    def seen(self, language: Language, chosen: str = "", lines: bool = False) -> dict[str, Any]:
        """Return what a page shows of it now.

        Args:
            language: "nl" or "en".
            chosen: Patient (p and number) or practice (q and number) that is told of.
            lines: Whether every line of the ledger is among it.
        """
        return process().ask(_seen, self.key, self.number, language, chosen, lines)


class Process:
    """The process of watched worlds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def ask(self, work: Any, *args: Any) -> Any:
        """Return what a function says there.

        Raises:
            GoneError: The process died.
        """
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, mp_context=get_context("spawn"), initializer=leave_with_parent
                )
            pool = self._pool
        try:
            return pool.submit(work, *args).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            pool.shutdown()  # a broken pool that is thrown away while it clears up never ends
            raise GoneError("the process of watched worlds died") from None

    def close(self) -> None:
        """End it."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


@cache
def process() -> Process:
    """Return that of this server."""
    made = Process()
    atexit.register(made.close)
    return made


def make(key: str, scenario: str, seed: int) -> Watched:
    """Return a new world in the place of the one that a visitor had."""
    return process().ask(_make, key, scenario, seed)


def forget(key: str) -> None:
    """Let the world of a visitor go; nobody waits for that."""
    threading.Thread(target=_forget_there, args=(key,), daemon=True, name="forget").start()


def _forget_there(key: str) -> None:
    if process()._pool is None:
        return
    try:
        process().ask(_forget, key)
    except (GoneError, RuntimeError):  # it is gone already, or everything ends
        return


# --- what the other process does

_worlds: dict[str, tuple[int, "Neighbourhood"]] = {}
_made = [0]


def _make(key: str, scenario: str, seed: int) -> Watched:
    from dashboards.watch.places import make as begin

    world = begin(scenario, seed)
    _made[0] += 1
    _worlds[key] = (_made[0], world)
    count = int(world.person.female.size)
    return Watched(key, _made[0], count, int(world.practices.count), int(world.month))


def _world(key: str, number: int) -> "Neighbourhood":
    held, world = _worlds.get(key, (0, None))
    if world is None or held != number:
        raise GoneError("this world was let go")
    return world


def _run(key: str, number: int, month: int) -> int:
    world = _world(key, number)
    if not world.over and month == world.month:
        world.run(world.month + 1)
    return int(world.month)


def _seen(key: str, number: int, language: Language, chosen: str, lines: bool) -> dict[str, Any]:
    from dashboards.watch import scene, told

    world = _world(key, number)
    said = ""
    if chosen:
        tell = told.patient if chosen[0] == "p" else told.practice
        said = tell(world, int(chosen[1:]), language)
    return {
        "when": scene.when(world, world.policy_month, language),
        "marks": scene.marks(),
        "scene": scene.scene(world, language),
        "practices": scene.practice_table(world, language),
        "told": said,
        "ledger": scene.ledger_table(world, language),
        "lines": scene.every_line(world, language) if lines else "",
    }


def _forget(key: str) -> None:
    _worlds.pop(key, None)

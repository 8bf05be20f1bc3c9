"""What the process of a side job does. Everything heavy is imported here, when it is needed."""

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from dashboards.failures import reason_of

#: Kinds that save what they have when they are asked to stop; others are ended at once.
KEEPS = ("sweep",)

#: Steps behind visitors' own runs, as ``nice`` counts.
BEHIND = 10


class Told:
    """The way back to the server.

    Attributes:
        stopping: Set when the work is asked to stop.
    """

    def __init__(self, pipe: Any) -> None:
        """Listen for a request to stop; leave when nobody is at the other end."""
        self._pipe, self._lock = pipe, threading.Lock()
        self.stopping = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                if self._pipe.recv() == "stop":
                    self.stopping.set()
        except (EOFError, OSError):
            os._exit(1)

    def send(self, what: str, told: Any) -> None:
        """Tell something."""
        with self._lock:
            self._pipe.send((what, told))

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is."""
        self.send("progress", (done, total))


def main(pipe: Any, kind: str, asked: Mapping[str, Any]) -> None:
    """Do one job, and tell how it went."""
    os.nice(BEHIND)
    told = Told(pipe)
    try:
        result = WORK[kind](asked, told)
        if result is not None:
            told.send("done", result)
    except Exception as error:
        traceback.print_exc()
        told.send("failed", reason_of(error))


class Counter:
    """Counts steps towards a total, told as it goes."""

    def __init__(self, told: Told, total: int) -> None:
        """Start at nothing of ``total``."""
        self.told, self.done, self.total = told, 0, total
        told.progress(0, total)

    def __call__(self, steps: int = 1) -> None:
        """Count."""
        self.done += steps
        self.told.progress(self.done, self.total)


def oversight(asked: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return what an evaluation would see of a scenario (``dashboards.oversee``)."""
    from dashboards.oversee import oversee, steps

    counter = Counter(told, steps(asked))
    return oversee(asked, counter)


def follow(asked: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return the flows of money and the practices of a scenario (``dashboards.follow``)."""
    from dashboards.follow import follow as follow_money

    counter = Counter(told, 3)
    return follow_money(asked, counter)


def sweep(asked: Mapping[str, Any], told: Told) -> dict[str, Any] | None:
    """Make a sweep, or go on with it (``dashboards.sweeping``)."""
    from dashboards.sweeping import make_sweep

    return make_sweep(asked, told)


def report(asked: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return the brief of a scenario in every format (``dashboards.report``)."""
    from dashboards.report import make_report, steps

    return make_report(asked, Counter(told, steps(asked)))


def clear(asked: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return a result refined until what is watched is clear (``dashboards.refine``)."""
    from dashboards.refine import refine

    return refine(asked, told)


def own(asked: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Return the result of a visitor's own scenario (``dashboards.own_scenario``)."""
    from dashboards.own_scenario import run_own

    return run_own(asked, Counter(told, int(asked["seeds"]) + int(asked["draws"])))


WORK: Mapping[str, Callable[[Mapping[str, Any], Told], dict[str, Any] | None]] = {
    "oversight": oversight,
    "follow": follow,
    "sweep": sweep,
    "report": report,
    "clear": clear,
    "own": own,
}

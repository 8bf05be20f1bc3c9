"""A run: one thing asked for, for however many visitors, and where it stands."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dashboards.kept import size_of
from dashboards.worker import Ask


class State(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Busy:
    """Too many others are waiting, or this visitor asks too fast.

    Attributes:
        ahead: How many others; or runs that this visitor started in the last minute.
        seconds: After which there is probably room.
        own: Whether it is this visitor who asks much, not the others.
    """

    ahead: int
    seconds: float
    own: bool = False


#: Bytes that a run takes beside what it has so far.
EMPTY_BYTES = 3_000


@dataclass
class Run:
    """One thing asked, for however many visitors. Read by pages, written by the engine only.

    Attributes:
        ask: What was asked.
        key: Code of it.
        visitors: Who waits for it.
        state: Where it stands.
        parts: Packed results of finished tasks, by place.
        partial: First result, from chance alone, while assumptions still run.
        result: The result.
        error: Code under which a failure stands in the log.
        seconds_left: Estimate; None when unknown.
    """

    ask: Ask
    key: str
    visitors: set[str] = field(default_factory=set)
    state: State = State.RUNNING
    parts: dict[int, bytes] = field(default_factory=dict)
    partial: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: str = ""
    seconds_left: float | None = None
    started: float = field(default_factory=time.monotonic)
    slot: int = 0
    _waiting: deque[int] = field(default_factory=deque)
    _running: set[int] = field(default_factory=set)
    _tries: dict[int, int] = field(default_factory=dict)
    _summing: set[str] = field(default_factory=set)
    _ended: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def known(cls, ask: Ask, key: str, result: dict[str, Any]) -> "Run":
        """Return the run of which the result is there already."""
        run = cls(ask, key, state=State.DONE, result=result)
        run._ended.set()
        return run

    @property
    def size(self) -> int:
        """Bytes that what it has so far takes."""
        return EMPTY_BYTES + sum(map(len, self.parts.values())) + size_of(self.partial)

    @property
    def done(self) -> int:
        """Finished tasks."""
        return self.total if self.state is State.DONE else len(self.parts)

    @property
    def total(self) -> int:
        """All tasks."""
        return self.ask.total

    def wait(self, timeout: float | None = None) -> State:
        """Wait until it has ended, for tests and scripts."""
        self._ended.wait(timeout)
        return self.state

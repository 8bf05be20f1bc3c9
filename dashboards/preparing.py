"""Preparing: what all runs share is simulated before anybody asks, while nobody waits."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from dashboards.pool import Pool
from dashboards.worker import Ask, StoppedError

log = logging.getLogger("zorgbundel.dashboard")

#: Which of the bytes that workers look at stops preparing.
SLOT = 0


class Preparing:
    """Tasks to prepare. Its callers hold the lock of the workers.

    Args:
        workers: Who does it.
        prepare_one: Simulates, in a worker, what one task shares with those of other visitors.
        then: Called when nothing is being prepared any more: somebody may wait for the workers.
    """

    def __init__(
        self,
        workers: Pool,
        prepare_one: Callable[[Ask, int, int], bool],
        then: Callable[[], None],
    ) -> None:
        self._workers, self._prepare_one, self._then = workers, prepare_one, then
        self.waiting: deque[tuple[Ask, int]] = deque()
        self.under_way: set[Future] = set()

    def add(self, ask: Ask) -> None:
        """Take in all tasks of a run that might be asked."""
        self.waiting.extend((ask, place) for place in range(ask.total))

    def go_on(self) -> None:
        """Hand in as much as there are workers for."""
        workers = self._workers
        while self.waiting and not workers.closed and len(self.under_way) < workers.count:
            workers.stop[SLOT] = 0
            ask, place = self.waiting.popleft()
            future = workers.submit(self._prepare_one, ask, place, SLOT)
            self.under_way.add(future)
            workers.tell(future, partial(self._prepared, ask, place))

    def make_way(self) -> None:
        """Free the workers for somebody who waits."""
        if self.under_way:
            self._workers.stop[SLOT] = 1

    def _prepared(self, ask: Ask, place: int, future: Future) -> None:
        self.under_way.discard(future)
        error = None if future.cancelled() else future.exception()
        if isinstance(error, StoppedError):
            self.waiting.appendleft((ask, place))  # later, if no run has done it by then
        elif isinstance(error, BrokenProcessPool):
            # A process was killed, perhaps because the whole server is: what only saves time must
            # not bring processes to life again. The next run does, and says so if it fails.
            self.waiting.clear()
        elif error is not None and not self._workers.closed:
            # It fails again, and is heard, in a run.
            log.warning("preparing failed", exc_info=error)
            self.waiting.clear()
        if not self.under_way:
            self._then()

"""What a worker makes of something, made once for all who ask the same."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import partial
from typing import Any

from dashboards.kept import Kept, size_of
from dashboards.pool import Pool

#: Bytes of answers that are kept.
MOST_BYTES = 2_000_000


class Asked:
    """Answers of workers by what was asked: those that are coming and those that are known.

    Args:
        workers: Who answers.
        most_waiting: Questions waiting above which the oldest that nobody has begun are dropped:
            a lever on the move asks again for every place it passes. 0: none ever is.
        most_bytes: Bytes of answers kept.
    """

    def __init__(self, workers: Pool, most_waiting: int = 0, most_bytes: int = MOST_BYTES) -> None:
        self._workers, self._most_waiting = workers, most_waiting
        self._coming: dict[Hashable, Future] = {}
        self._known: Kept[Future] = Kept(most_bytes)

    def get(self, key: Hashable, work: Callable, *args: Any) -> Future:
        """Return an answer as a future; what failed or was dropped is asked again.

        Args:
            key: Code of what is asked.
            work: A function at the top of a module, so that another process finds it.
            args: What it is given: plain data.
        """
        with self._workers.lock:
            future = self._coming.get(key) or self._known.get(key)
            if future is None or (future.done() and not _answers(future)):
                self._make_way()
                future = self._coming[key] = self._workers.submit(work, *args)
                self._workers.tell(future, partial(self._came, key))
            return future

    def _make_way(self) -> None:
        waiting = [one for one in self._coming.values() if not one.done()]
        if self._most_waiting:
            for one in waiting[: max(0, len(waiting) - self._most_waiting + 1)]:
                one.cancel()

    def _came(self, key: Hashable, future: Future) -> None:
        if self._coming.get(key) is future:
            del self._coming[key]
        if _answers(future):
            # Another, as a future never lets go of those who waited for it: visitors' pages.
            known: Future = Future()
            known.set_result(future.result())
            self._known.put(key, known, size_of(known.result()))


def _answers(future: Future) -> bool:
    return not future.cancelled() and future.exception() is None

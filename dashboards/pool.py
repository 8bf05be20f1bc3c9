"""Worker processes: started with the first work, replaced when one dies, heard on one thread."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from dashboards import worker

log = logging.getLogger("zorgbundel.dashboard")

#: Bytes that processes share with the server: one per run, 1 says stop.
SLOTS = 1024


class Pool:
    """Worker processes.

    Args:
        count: How many.
        histories: Folder of what runs share, or None.

    Attributes:
        count: How many.
        stop: Bytes shared with them, to say stop by.
        lock: Held while something that they tell is heard.
        closed: Whether they are on their way out; what fails from then on is nobody's fault.
    """

    def __init__(self, count: int, histories: Path | None = None) -> None:
        self.count, self._histories = count, histories
        self._context = get_context("spawn")
        self.stop = self._context.Array("b", SLOTS, lock=False)
        self.lock = threading.RLock()
        self.closed = False
        self._pool: ProcessPoolExecutor | None = None
        self._news: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._listener: threading.Thread | None = None

    def submit(self, work: Callable, *args: Any) -> Future:
        """Hand in work; with a process dead, to others in its place. None is begun once closed.

        Args:
            work: A function at the top of a module, so that another process finds it.
            args: What it is given: plain data.
        """
        with self.lock:
            if self.closed:
                dropped: Future = Future()
                dropped.cancel()
                return dropped
            for _ in range(2):
                if self._pool is None:
                    self._pool = ProcessPoolExecutor(
                        self.count, mp_context=self._context, initializer=worker.initialise,
                        initargs=(self.stop, self._histories),
                    )  # fmt: skip
                try:
                    return self._pool.submit(work, *args)
                except BrokenProcessPool:
                    self._pool = None
        raise RuntimeError("worker processes cannot be started")

    def tell(self, future: Future, hear: Callable[[Future], None]) -> None:
        """Have it heard when work has ended, on a thread of our own.

        A pool whose process died calls back while it holds its own lock; taking ours there could
        leave both waiting for each other.
        """
        if self._listener is None:
            self._listener = threading.Thread(target=self._listen, daemon=True, name="engine")
            self._listener.start()
        future.add_done_callback(lambda f: self._news.put(lambda: hear(f)))

    def close(self) -> None:
        """Stop everything and end the processes."""
        with self.lock:
            self.closed = True
            for slot in range(SLOTS):
                self.stop[slot] = 1
            pool, self._pool = self._pool, None
            self._news.put(None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _listen(self) -> None:
        while (news := self._news.get()) is not None:
            with self.lock:
                try:
                    news()
                except Exception:
                    log.exception("the engine stumbled")

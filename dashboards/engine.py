"""The engine: runs what visitors ask for, on worker processes, once for all who ask the same.

- Results are kept by what was asked; who asks for it again has it at once.
- A run in progress is joined by others who ask the same (the in-flight table).
- Turns go round: one task of each run at a time, so nobody waits for somebody's hundred.
- Stopping is heard between two simulated months. Finished tasks are kept: going on is cheap.
- A worker process that dies takes nothing along: its tasks are run again.
"""

import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any

from dashboards import worker
from dashboards.run import Busy, Run, State
from dashboards.worker import Ask, StoppedError

log = logging.getLogger("zorgbundel.dashboard")

#: Results and explanations that are kept (some 60 kB each).
KEPT = 200
#: Runs waiting or running above which visitors are asked to come back.
MOST_RUNS = 40
#: Times that a task is tried before its run fails.
TRIES = 2
#: Before anything was measured: seconds a task of a tenth of the country takes.
GUESS_SECONDS = 6.0


class Engine:
    """Runs what visitors ask for."""

    def __init__(
        self,
        workers: int = 2,
        program: str = "",
        run_one: Callable[[Ask, int, int], bytes] = worker.run_one,
        sum_up: Callable[..., dict[str, Any]] = worker.sum_up,
        most_runs: int = MOST_RUNS,
    ) -> None:
        """Make an engine; processes start with the first work.

        Args:
            workers: Worker processes.
            program: Fingerprint of the program, part of every key.
            run_one: Runs a task in a worker; tests give their own.
            sum_up: Sums up finished tasks in a worker.
            most_runs: Runs above which visitors are refused.
        """
        self.workers = workers
        self._program = program
        self._run_one, self._sum_up = run_one, sum_up
        self._most_runs = most_runs
        self._context = get_context("spawn")
        self._stop = self._context.Array("b", 1024, lock=False)
        self._lock = threading.RLock()
        self._pool: ProcessPoolExecutor | None = None
        self._runs: dict[str, Run] = {}
        self._turns: deque[str] = deque()
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._asked: dict[str, Future] = {}
        self._in_flight = 0
        self._slots = 0
        self._pace: float | None = None
        self._closed = False
        self._news: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._listener: threading.Thread | None = None
        self.computed = 0

    # --- asking

    def key(self, what: Any) -> str:
        """Return the code of what is asked: content, settings, seeds, program."""
        text = json.dumps([self._program, asdict(what) if isinstance(what, Ask) else what])
        return hashlib.sha256(text.encode()).hexdigest()

    def kept(self, ask: Ask) -> dict[str, Any] | None:
        """Return the result if there is one."""
        with self._lock:
            key = self.key(ask)
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def run_of(self, ask: Ask) -> Run | None:
        """Return the run of what is asked, if there is or was one."""
        return self._runs.get(self.key(ask))

    def request(self, ask: Ask, visitor: str) -> Run | Busy:
        """Start, join or go on with a run; whatever else this visitor waited for is left.

        Returns:
            The run, or how long to wait because too many others are.
        """
        with self._lock:
            key = self.key(ask)
            self._leave(visitor, besides=key)
            run = self._runs.get(key)
            if run is not None and run.state in (State.RUNNING, State.DONE):
                run.visitors.add(visitor)
                return run
            active = [one for one in self._runs.values() if one.state is State.RUNNING]
            if len(active) >= self._most_runs:
                return Busy(len(active), self._seconds(active))
            parts = run.parts if run is not None else {}
            run = Run(ask, key, {visitor}, parts=dict(parts))
            result = self._kept.get(key)
            if result is not None:
                run.result, run.state = result, State.DONE
                run._ended.set()
            else:
                self._slots = (self._slots + 1) % len(self._stop)
                run.slot = self._slots
                self._stop[run.slot] = 0
                run._waiting.extend(k for k in range(ask.total) if k not in run.parts)
                self._turns.append(key)
            self._runs[key] = run
            self._forget()
            self._go_on(run)
            self._fill()
            return run

    def cancel(self, visitor: str) -> None:
        """Take a visitor out of whatever it waits for; what nobody waits for stops."""
        with self._lock:
            self._leave(visitor)

    def explain(self, scenario: str, settings: Mapping[str, float]) -> Future:
        """Return what a contract rewards, as a future; asked once for all who ask the same."""
        with self._lock:
            key = self.key(["explain", scenario, sorted(settings.items())])
            future = self._asked.get(key)
            if future is None or (future.done() and future.exception() is not None):
                future = self._asked[key] = self._submit(
                    worker.explain_one, scenario, dict(settings)
                )
                while len(self._asked) > KEPT:
                    self._asked.pop(next(iter(self._asked)))
            return future

    def once(self, work: Callable, *args: Any) -> Future:
        """Return what a worker makes of something, as a future; made once for all who ask it.

        Args:
            work: A function at the top of a module, so that another process finds it.
            args: What it is given: plain data.
        """
        with self._lock:
            key = self.key([work.__module__, work.__qualname__, args])
            future = self._asked.get(key)
            if future is None or (
                future.done() and (future.cancelled() or future.exception() is not None)
            ):
                future = self._asked[key] = self._submit(work, *args)
                while len(self._asked) > KEPT:
                    self._asked.pop(next(iter(self._asked)))
            return future

    def warm_up(self) -> Future:
        """Start the processes and load what was compiled, so that the first click finds it."""
        with self._lock:
            futures = [self._submit(worker.warm_up) for _ in range(self.workers)]
        return futures[0]

    @property
    def active(self) -> int:
        """Runs in progress."""
        with self._lock:
            return sum(run.state is State.RUNNING for run in self._runs.values())

    def close(self) -> None:
        """Stop everything and end the processes."""
        with self._lock:
            self._closed = True
            for run in self._runs.values():
                self._stop[run.slot] = 1
            pool, self._pool = self._pool, None
            self._news.put(None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    # --- working; all below hold the lock

    def _listen(self) -> None:
        """Hear what futures have to tell, on a thread of our own.

        A pool whose process died calls back while it holds its own lock; taking ours there could
        leave both waiting for each other.
        """
        while (news := self._news.get()) is not None:
            with self._lock:
                try:
                    news()
                except Exception:
                    log.exception("the engine stumbled")

    def _tell(self, future: Future, hear: Callable[[Future], None]) -> None:
        future.add_done_callback(lambda f: self._news.put(lambda: hear(f)))

    def _lost(self, pool: ProcessPoolExecutor | None) -> None:
        """Drop a pool whose process died; the next work starts another."""
        if self._pool is pool:
            self._pool = None

    def _submit(self, work: Callable, *args: Any) -> Future:
        if self._listener is None:
            self._listener = threading.Thread(target=self._listen, daemon=True, name="engine")
            self._listener.start()
        for _ in range(2):
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.workers, mp_context=self._context, initializer=worker.initialise,
                    initargs=(self._stop,),
                )  # fmt: skip
            try:
                return self._pool.submit(work, *args)
            except BrokenProcessPool:
                self._pool = None
        raise RuntimeError("worker processes cannot be started")

    def _fill(self) -> None:
        """Hand in tasks, one of each run in turn, a little more than there are workers."""
        while self._in_flight <= self.workers and self._turns and not self._closed:
            run = self._runs.get(self._turns.popleft())
            if run is None or run.state is not State.RUNNING or not run._waiting:
                continue
            self._turns.append(run.key)
            place = run._waiting.popleft()
            run._running.add(place)
            self._in_flight += 1
            future = self._submit(self._run_one, run.ask, place, run.slot)
            finished = partial(self._finished, run, place, begun=time.monotonic(), pool=self._pool)
            self._tell(future, finished)

    def _finished(
        self, run: Run, place: int, future: Future, begun: float, pool: ProcessPoolExecutor | None
    ) -> None:
        self._in_flight -= 1
        run._running.discard(place)
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenProcessPool):
            self._lost(pool)
        if future.cancelled() or isinstance(error, StoppedError) or self._closed:
            pass
        elif error is None:
            run.parts[place] = future.result()
            self.computed += 1
            took = (time.monotonic() - begun) / run.ask.share
            self._pace = took if self._pace is None else 0.8 * self._pace + 0.2 * took
            run.seconds_left = self._seconds([run])
            self._go_on(run)
        else:
            self._again(run, place, error)
        self._fill()

    def _again(self, run: Run, place: int, error: BaseException) -> None:
        """Try a task that failed once more; else give up."""
        run._tries[place] = run._tries.get(place, 0) + 1
        # A task may be in flight when somebody else's takes the process along: once more for that.
        tries = TRIES + 1 if isinstance(error, BrokenProcessPool) else TRIES
        if run.state is not State.RUNNING:
            return
        if run._tries[place] < tries:
            run._waiting.appendleft(place)
            if run.key not in self._turns:
                self._turns.append(run.key)
            return
        self._fail(run, error)

    def _fail(self, run: Run, error: BaseException) -> None:
        run.error = run.key[:8]
        log.error("run %s failed", run.error, exc_info=error)
        run.state = State.FAILED
        run._waiting.clear()
        self._stop[run.slot] = 1
        run._ended.set()

    def _go_on(self, run: Run) -> None:
        """Sum up as soon as there is enough: first chance, then everything."""
        if run.state is not State.RUNNING:
            return
        ask = run.ask
        if len(run.parts) == ask.total:
            self._sum(run, "result", range(ask.total), True)
        elif ask.draws and run.partial is None and all(k in run.parts for k in range(ask.seeds)):
            self._sum(run, "partial", range(ask.seeds), False)

    def _sum(self, run: Run, what: str, places: range, with_draws: bool) -> None:
        if what in run._summing:
            return
        run._summing.add(what)
        parts = [run.parts[k] for k in places]
        future = self._submit(self._sum_up, run.ask, parts, with_draws)
        self._tell(future, partial(self._summed, run, what, pool=self._pool))

    def _summed(
        self, run: Run, what: str, future: Future, pool: ProcessPoolExecutor | None
    ) -> None:
        run._summing.discard(what)
        if future.cancelled() or self._closed:
            return
        error = future.exception()
        if isinstance(error, BrokenProcessPool) and run._tries.get(-1, 0) < TRIES:
            run._tries[-1] = run._tries.get(-1, 0) + 1
            self._lost(pool)
            self._go_on(run)
        elif error is not None:
            self._fail(run, error)
        elif what == "partial":
            run.partial = future.result()
        else:
            run.result = future.result()
            self._kept[run.key] = run.result
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            run.parts.clear()
            run.partial = None
            run.state = State.DONE
            run._ended.set()

    def _leave(self, visitor: str, besides: str = "") -> None:
        for run in self._runs.values():
            if visitor not in run.visitors or run.key == besides:
                continue
            run.visitors.discard(visitor)
            if not run.visitors and run.state is State.RUNNING:
                self._stop[run.slot] = 1
                run._waiting.clear()
                run.state = State.STOPPED
                run._ended.set()

    def _forget(self) -> None:
        """Drop the oldest ended runs; results stay in the cache."""
        ended = [run for run in self._runs.values() if run.state is not State.RUNNING]
        for run in sorted(ended, key=lambda one: one.started)[: max(0, len(ended) - KEPT)]:
            if not run.visitors:
                del self._runs[run.key]

    def _seconds(self, runs: list[Run]) -> float:
        """Return about how long these runs still take."""
        pace = self._pace if self._pace is not None else 10.0 * GUESS_SECONDS
        left = sum((run.total - run.done) * run.ask.share for run in runs)
        sharing = max(1, self.active) if len(runs) == 1 else 1
        return pace * left * sharing / (self.workers + 1)

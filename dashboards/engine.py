"""The engine: runs what visitors ask for, on worker processes, once for all who ask the same.

- Results are kept by what was asked; who asks for it again has it at once.
- A run in progress is joined by others who ask the same (the in-flight table).
- Two turns of three go to the run that is nearest its end, so that the first visitor need not wait
  for the last; the third goes round, first to those who have no first answer yet, so that nobody
  waits for somebody's hundred (``dashboards.turns``).
- With nothing else to do, it simulates beforehand what all runs share (``dashboards.histories``).
- Stopping is heard between two simulated months. Finished tasks are kept: going on is cheap.
- A worker process that dies takes nothing along: its tasks are run again.
"""

import hashlib
import json
import logging
import shutil
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from dashboards import worker
from dashboards.run import Busy, Run, State
from dashboards.turns import Turns
from dashboards.worker import Ask, StoppedError

log = logging.getLogger("zorgbundel.dashboard")

#: Results and explanations that are kept (some 60 kB each).
KEPT = 200
#: Runs waiting or running above which visitors are asked to come back.
MOST_RUNS = 40
#: New runs that one visitor may start in a minute; what is known already does not count.
MOST_A_MINUTE = 20
#: Explanations waiting above which the oldest are dropped.
MOST_EXPLAINED = 100
#: Which shared byte stops preparing.
PREPARING = 0
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
        most_a_minute: int = MOST_A_MINUTE,
        histories: Path | None = None,
        prepare_one: Callable[[Ask, int, int], bool] = worker.prepare_one,
    ) -> None:
        """Make an engine; processes start with the first work.

        Args:
            workers: Worker processes.
            program: Fingerprint of the program, part of every key.
            run_one: Runs a task in a worker; tests give their own.
            sum_up: Sums up finished tasks in a worker.
            most_runs: Runs above which visitors are refused.
            most_a_minute: New runs of one visitor in a minute above which it is refused.
            histories: A folder of this engine alone for what runs share; removed when it closes.
                None: every run simulates everything.
            prepare_one: Simulates what a task shares with others.
        """
        self.workers = workers
        self._program = program
        self._run_one, self._sum_up = run_one, sum_up
        self._most_runs, self._most_a_minute = most_runs, most_a_minute
        self._histories, self._prepare_one = histories, prepare_one
        self._to_prepare: deque[tuple[Ask, int]] = deque()
        self._preparing: set[Future] = set()
        self._started: dict[str, deque[float]] = {}
        self._context = get_context("spawn")
        self._stop = self._context.Array("b", 1024, lock=False)
        self._lock = threading.RLock()
        self._pool: ProcessPoolExecutor | None = None
        self._runs: dict[str, Run] = {}
        self._turns = Turns()
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._asked: dict[str, Future] = {}
        self._in_flight = self._sums = 0
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
            if key not in self._kept and (busy := self._refused(visitor)) is not None:
                return busy
            parts = run.parts if run is not None else {}
            run = Run(ask, key, {visitor}, parts=dict(parts))
            result = self._kept.get(key)
            if result is not None:
                run.result, run.state = result, State.DONE
                run._ended.set()
            else:
                self._slots = self._slots % (len(self._stop) - 1) + 1  # 0 stops preparing
                run.slot = self._slots
                self._stop[run.slot] = 0
                run._waiting.extend(k for k in range(ask.total) if k not in run.parts)
                self._turns.add(run)
                self._pause_preparing()
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
        """Return what a contract rewards, as a future; asked once for all who ask the same.

        Where too many wait, the oldest that nobody has begun is cancelled: a lever on the move asks
        again for every place it passes.
        """
        with self._lock:
            key = self.key(["explain", scenario, sorted(settings.items())])
            future = self._asked.get(key)
            if future is None or (
                future.done() and (future.cancelled() or future.exception() is not None)
            ):
                waiting = [one for one in self._asked.values() if not one.done()]
                for one in waiting[: max(0, len(waiting) - MOST_EXPLAINED + 1)]:
                    one.cancel()
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

    def prepare(self, ask: Ask) -> None:
        """Simulate what runs like this share, as soon and as long as there is nothing else to do.

        Args:
            ask: A run at the usual levers.
        """
        if self._histories is None:
            return
        with self._lock:
            self._to_prepare.extend((ask, place) for place in range(ask.total))
            self._prepare()

    @property
    def active(self) -> int:
        """Runs in progress."""
        with self._lock:
            return sum(run.state is State.RUNNING for run in self._runs.values())

    def close(self) -> None:
        """Stop everything and end the processes."""
        with self._lock:
            self._closed = True
            for slot in range(len(self._stop)):
                self._stop[slot] = 1
            pool, self._pool = self._pool, None
            self._news.put(None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        if self._histories is not None:
            shutil.rmtree(self._histories, ignore_errors=True)

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
                    initargs=(self._stop, self._histories),
                )  # fmt: skip
            try:
                return self._pool.submit(work, *args)
            except BrokenProcessPool:
                self._pool = None
        raise RuntimeError("worker processes cannot be started")

    def _fill(self) -> None:
        """Hand in tasks, a little more than there are workers; with none left, prepare."""
        while self._in_flight + self._sums <= self.workers and not self._closed:
            run = self._turns.next()
            if run is None:
                break
            if self._in_flight + self._sums == self.workers and self._holds_up(run):
                break
            place = run._waiting.popleft()
            run._running.add(place)
            self._in_flight += 1
            future = self._submit(self._run_one, run.ask, place, run.slot)
            finished = partial(self._finished, run, place, begun=time.monotonic(), pool=self._pool)
            self._tell(future, finished)
        self._prepare()

    def _holds_up(self, run: Run) -> bool:
        """Return whether the next task of a run would wait in front of its own first answer."""
        return run.partial is None and run._waiting[0] >= run.ask.seeds > 0

    def _prepare(self) -> None:
        """Simulate beforehand what runs share, while nobody waits for anything."""
        while (
            self._to_prepare and not self._in_flight and not self._sums and not self._closed
            and len(self._preparing) < self.workers
        ):  # fmt: skip
            self._stop[PREPARING] = 0
            ask, place = self._to_prepare.popleft()
            future = self._submit(self._prepare_one, ask, place, PREPARING)
            self._preparing.add(future)
            self._tell(future, partial(self._prepared, ask, place, pool=self._pool))

    def _pause_preparing(self) -> None:
        """Free the workers for somebody who waits."""
        if self._preparing:
            self._stop[PREPARING] = 1

    def _prepared(
        self, ask: Ask, place: int, future: Future, pool: ProcessPoolExecutor | None
    ) -> None:
        self._preparing.discard(future)
        error = None if future.cancelled() else future.exception()
        if isinstance(error, StoppedError):
            self._to_prepare.appendleft((ask, place))  # later, if no run has done it by then
        elif error is not None and not self._closed:
            # Preparing only saves time: what fails here fails again, and is heard, in a run.
            log.warning("preparing failed", exc_info=error)
            self._to_prepare.clear()
            if isinstance(error, BrokenProcessPool):
                self._lost(pool)
        if not self._preparing:
            self._fill()

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
            self._turns.add(run)
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
        self._sums += 1
        parts = [run.parts[k] for k in places]
        future = self._submit(self._sum_up, run.ask, parts, with_draws)
        self._tell(future, partial(self._summed, run, what, pool=self._pool))

    def _summed(
        self, run: Run, what: str, future: Future, pool: ProcessPoolExecutor | None
    ) -> None:
        run._summing.discard(what)
        self._sums -= 1
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
        self._fill()

    def _refused(self, visitor: str) -> Busy | None:
        """Return how long a visitor must wait before it may start another run; None: not at all."""
        active = [one for one in self._runs.values() if one.state is State.RUNNING]
        if len(active) >= self._most_runs:
            return Busy(len(active), self._seconds(active))
        now = time.monotonic()
        started = self._started.setdefault(visitor, deque())
        while started and now - started[0] > 60.0:
            started.popleft()
        if len(started) >= self._most_a_minute:
            return Busy(len(started), 60.0 - (now - started[0]), own=True)
        started.append(now)
        if len(self._started) > KEPT:
            self._started = {v: times for v, times in self._started.items() if times and
                             now - times[-1] <= 60.0}  # fmt: skip
        return None

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

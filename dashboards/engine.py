"""The engine: runs what visitors ask for, on worker processes, once for all who ask the same.

- Results are kept by what was asked; who asks for it again has it at once. They, stopped runs and
  answers have an end in bytes (``dashboards.kept``, ``kept_results``, ``asked``).
- A run in progress is joined by others who ask the same (the in-flight table).
- Two turns of three go to the run that is nearest its end, so that the first visitor need not wait
  for the last; the third goes round, first to those who have no first answer yet, so that nobody
  waits for somebody's hundred (``dashboards.turns``).
- With nothing else to do, it simulates beforehand what all runs share (``dashboards.preparing``).
- Stopping is heard between two simulated months. Finished tasks are kept: going on is cheap.
- A worker process that dies takes nothing along: its tasks are run again (``dashboards.pool``).
"""

import hashlib
import json
import logging
import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from dashboards import worker
from dashboards.asked import Asked
from dashboards.kept import Kept
from dashboards.kept_results import KeptResults, unpack
from dashboards.pool import SLOTS, Pool
from dashboards.preparing import Preparing
from dashboards.run import Busy, Run, State
from dashboards.turns import Turns
from dashboards.worker import Ask, StoppedError

log = logging.getLogger("zorgbundel.dashboard")

#: Bytes of runs that were stopped or failed and may go on: a finished task takes some 40 kB.
MOST_LEFT = 5_000_000
#: Runs waiting or running above which visitors are asked to come back.
MOST_RUNS = 40
#: New runs that one visitor may start in a minute; what is known already does not count.
MOST_A_MINUTE = 20
#: Visitors whose starts are counted, above which those of longer ago are forgotten.
MOST_COUNTED = 200
#: Explanations waiting above which the oldest are dropped.
MOST_EXPLAINED = 100
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
        self._histories = histories
        self._pool = Pool(workers, histories)
        self._lock = self._pool.lock
        self._preparing = Preparing(self._pool, prepare_one, self._fill)
        self._explained = Asked(self._pool, MOST_EXPLAINED)
        self._made = Asked(self._pool)
        self._results = KeptResults()
        self._running: dict[str, Run] = {}
        self._left: Kept[Run] = Kept(MOST_LEFT)
        self._turns = Turns()
        self._started: dict[str, deque[float]] = {}
        self._in_flight = self._sums = 0
        self._slots = 0
        self._pace: float | None = None
        self.computed = 0

    # --- asking

    def key(self, what: Any) -> str:
        """Return the code of what is asked: content, settings, seeds, program."""
        text = json.dumps([self._program, asdict(what) if isinstance(what, Ask) else what])
        return hashlib.sha256(text.encode()).hexdigest()

    def kept(self, ask: Ask) -> dict[str, Any] | None:
        """Return the result if there is one."""
        return self._results.get(self.key(ask))

    def run_of(self, ask: Ask) -> Run | None:
        """Return the run of what is asked: in progress, stopped or failed; None without one."""
        with self._lock:
            key = self.key(ask)
            return self._running.get(key) or self._left.get(key)

    def request(self, ask: Ask, visitor: str) -> Run | Busy:
        """Start, join or go on with a run; whatever else this visitor waited for is left.

        Returns:
            The run, or how long to wait because too many others are.
        """
        with self._lock:
            key = self.key(ask)
            self._leave(visitor, besides=key)
            run = self._running.get(key)
            if run is not None:
                run.visitors.add(visitor)
                return run
            result = self._results.get(key)
            if result is not None:
                return Run.known(ask, key, result)
            if (busy := self._refused(visitor)) is not None:
                return busy
            left = self._left.get(key)
            run = Run(ask, key, {visitor}, parts=dict(left.parts) if left is not None else {})
            self._left.drop(key)
            self._slots = self._slots % (SLOTS - 1) + 1  # 0 stops preparing
            run.slot = self._slots
            self._pool.stop[run.slot] = 0
            run._waiting.extend(k for k in range(ask.total) if k not in run.parts)
            self._running[key] = run
            self._turns.add(run)
            self._preparing.make_way()
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
        key = self.key(["explain", scenario, sorted(settings.items())])
        return self._explained.get(key, worker.explain_one, scenario, dict(settings))

    def once(self, work: Callable, *args: Any) -> Future:
        """Return what a worker makes of something, as a future; made once for all who ask it.

        Args:
            work: A function at the top of a module, so that another process finds it.
            args: What it is given: plain data.
        """
        key = self.key([work.__module__, work.__qualname__, args])
        return self._made.get(key, work, *args)

    def warm_up(self) -> Future:
        """Start the processes and load what was compiled, so that the first click finds it."""
        with self._lock:
            futures = [self._pool.submit(worker.warm_up) for _ in range(self._pool.count)]
        return futures[0]

    def prepare(self, ask: Ask) -> None:
        """Simulate what runs like this share, as soon and as long as there is nothing else to do.

        Args:
            ask: A run at the usual levers.
        """
        if self._histories is None:
            return
        with self._lock:
            self._preparing.add(ask)
            self._fill()

    @property
    def active(self) -> int:
        """Runs in progress."""
        return len(self._running)

    def closing(self) -> None:
        """Take what workers do not finish from now on for what it is; waits for nothing."""
        self._pool.closed = True

    def close(self) -> None:
        """Stop everything and end the processes."""
        self._pool.close()
        if self._histories is not None:
            shutil.rmtree(self._histories, ignore_errors=True)

    # --- working; all below hold the lock

    def _fill(self) -> None:
        """Hand in tasks, a little more than there are workers; with none left, prepare."""
        pool = self._pool
        while self._in_flight + self._sums <= pool.count and not pool.closed:
            run = self._turns.next()
            if run is None:
                break
            if self._in_flight + self._sums == pool.count and self._holds_up(run):
                break
            place = run._waiting.popleft()
            run._running.add(place)
            self._in_flight += 1
            future = pool.submit(self._run_one, run.ask, place, run.slot)
            pool.tell(future, partial(self._finished, run, place, begun=time.monotonic()))
        if not self._in_flight and not self._sums:
            self._preparing.go_on()

    def _holds_up(self, run: Run) -> bool:
        """Return whether the next task of a run would wait in front of its own first answer."""
        return run.partial is None and run._waiting[0] >= run.ask.seeds > 0

    def _finished(self, run: Run, place: int, future: Future, begun: float) -> None:
        self._in_flight -= 1
        run._running.discard(place)
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or isinstance(error, StoppedError) or self._pool.closed:
            pass
        elif error is None:
            run.parts[place] = future.result()
            self.computed += 1
            took = (time.monotonic() - begun) / run.ask.share
            self._pace = took if self._pace is None else 0.8 * self._pace + 0.2 * took
            run.seconds_left = self._seconds([run])
            if run.state is State.RUNNING:
                self._go_on(run)
            self._weigh(run)
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
        self._end(run, State.FAILED)

    def _end(self, run: Run, state: State) -> None:
        """Let a run end; unless it has its result, it may go on from what it has."""
        run.state = state
        run._waiting.clear()
        if self._running.get(run.key) is run:
            del self._running[run.key]
        if state is State.DONE:
            self._left.drop(run.key)
        else:
            self._pool.stop[run.slot] = 1
            self._left.put(run.key, run, run.size)
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

    def _weigh(self, run: Run) -> None:
        """Weigh a run again that was left, as it takes more than it did."""
        if self._left.get(run.key) is run:
            self._left.put(run.key, run, run.size)

    def _sum(self, run: Run, what: str, places: range, with_draws: bool) -> None:
        if what in run._summing:
            return
        run._summing.add(what)
        self._sums += 1
        parts = [run.parts[k] for k in places]
        future = self._pool.submit(worker.packed, self._sum_up, run.ask, parts, with_draws)
        self._pool.tell(future, partial(self._summed, run, what))

    def _summed(self, run: Run, what: str, future: Future) -> None:
        run._summing.discard(what)
        self._sums -= 1
        if future.cancelled() or self._pool.closed:
            return
        error = future.exception()
        if isinstance(error, BrokenProcessPool) and run._tries.get(-1, 0) < TRIES:
            run._tries[-1] = run._tries.get(-1, 0) + 1
            self._go_on(run)
        elif error is not None:
            self._fail(run, error)
        elif what == "partial":
            run.partial = unpack(future.result())
            self._weigh(run)
        else:
            self._results.put(run.key, future.result())
            run.result = self._results.get(run.key)
            run.parts.clear()
            run.partial = None
            self._end(run, State.DONE)
        self._fill()

    def _refused(self, visitor: str) -> Busy | None:
        """Return how long a visitor must wait before it may start another run; None: not at all."""
        active = list(self._running.values())
        if len(active) >= self._most_runs:
            return Busy(len(active), self._seconds(active))
        now = time.monotonic()
        started = self._started.setdefault(visitor, deque())
        while started and now - started[0] > 60.0:
            started.popleft()
        if len(started) >= self._most_a_minute:
            return Busy(len(started), 60.0 - (now - started[0]), own=True)
        started.append(now)
        if len(self._started) > MOST_COUNTED:
            self._started = {v: times for v, times in self._started.items() if times and
                             now - times[-1] <= 60.0}  # fmt: skip
        return None

    def _leave(self, visitor: str, besides: str = "") -> None:
        for run in list(self._running.values()):
            if visitor not in run.visitors or run.key == besides:
                continue
            run.visitors.discard(visitor)
            if not run.visitors:
                self._end(run, State.STOPPED)

    def _seconds(self, runs: list[Run]) -> float:
        """Return about how long these runs still take."""
        pace = self._pace if self._pace is not None else 10.0 * GUESS_SECONDS
        left = sum((run.total - run.done) * run.ask.share for run in runs)
        sharing = max(1, self.active) if len(runs) == 1 else 1
        return pace * left * sharing / (self._pool.count + 1)

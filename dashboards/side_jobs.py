"""Side jobs: longer work than a run of two worlds, one at a time and behind the visitors' runs.

Sweeps, evaluations, flows of money, reports and refinement each start a process of their own, at
low priority, so that levers and runs of others stay quick. Equal asks are one job; who asks later
joins it. A sweep that is stopped keeps what is finished and goes on from there.
"""

import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from dashboards import side_work
from dashboards.failures import Reason
from dashboards.kept import size_of

log = logging.getLogger("zorgbundel.dashboard")

#: Bytes of results kept (a report in three formats takes some 650 kB), and jobs that may wait.
MOST_BYTES, MOST_WAITING = 10_000_000, 20
#: Bytes that a job takes beside its result.
EMPTY_BYTES = 2_000


@dataclass
class SideJob:
    """One piece of work, for however many visitors. Read by pages, written by ``SideJobs`` only.

    Attributes:
        key: Code of what was asked.
        kind: Name of a function of ``side_work.WORK``.
        asked: Its arguments.
        state: waiting, running, done, stopped or failed.
        done, total: Steps; 0 of 0 while unknown.
        result: Plain data.
        error: Code of a failure, as it stands in the log; empty without one.
        reason: Why it failed (``dashboards.failures``).
        seconds_left: Estimate; None when unknown.
        revision: Counts what came in.
        size: Bytes that it takes, once it has ended.
    """

    key: str
    kind: str
    asked: Mapping[str, Any]
    state: str = "waiting"
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    error: str = ""
    reason: Reason | None = None
    seconds_left: float | None = None
    revision: int = 0
    size: int = 0
    visitors: set[str] = field(default_factory=set)
    _process: Any = None
    _pipe: Any = None
    _begun: tuple[float, int] = (0.0, 0)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def keeps(self) -> bool:
        """Whether what is finished is kept when it stops."""
        return self.kind in side_work.KEEPS

    def wait(self, timeout: float | None = None) -> str:
        """Wait until it has ended, for tests and scripts."""
        self._ended.wait(timeout)
        return self.state


class SideJobs:
    """Runs side jobs, first come first served."""

    def __init__(
        self,
        program: str = "",
        work: Callable[..., None] = side_work.main,
        most: int = MOST_WAITING,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Make a queue; processes start with the first work.

        Args:
            program: Fingerprint of the program, part of every key.
            work: What runs in the process; tests give their own.
            most: Jobs that may wait.
            most_bytes: Bytes of results kept; those of the oldest jobs go first.
        """
        self._program, self._work = program, work
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.RLock()
        self._jobs: OrderedDict[str, SideJob] = OrderedDict()
        self._queue: deque[str] = deque()
        self._running: SideJob | None = None
        self._closed = False
        self._paces: dict[str, float] = {}

    def key(self, kind: str, asked: Mapping[str, Any]) -> str:
        """Return the code of what is asked."""
        text = json.dumps([self._program, kind, asked], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def find(self, kind: str, asked: Mapping[str, Any]) -> SideJob | None:
        """Return the job of what is asked, if there is or was one."""
        return self._jobs.get(self.key(kind, asked))

    def request(self, kind: str, asked: Mapping[str, Any], visitor: str) -> SideJob | None:
        """Start, join or go on with a job; None if too many wait already."""
        with self._lock:
            key = self.key(kind, asked)
            job = self._jobs.get(key)
            if job is not None and job.state in ("waiting", "running", "done"):
                job.visitors.add(visitor)
                return job
            if len(self._queue) >= self._most:
                return None
            kept = None if job is None else job.result
            job = SideJob(key, kind, json.loads(json.dumps(asked)), visitors={visitor}, result=kept)
            self._jobs[key] = job
            self._jobs.move_to_end(key)
            self._queue.append(key)
            self._next()
            return job

    def pace(self, kind: str) -> float | None:
        """Return the seconds that a step of such a job took last; None before any."""
        return self._paces.get(kind)

    def place(self, job: SideJob) -> int:
        """Return how many jobs are ahead of one that waits."""
        with self._lock:
            if job.key not in self._queue:
                return 0
            return self._queue.index(job.key) + (self._running is not None)

    def leave(self, visitor: str) -> None:
        """Take a visitor out of everything; what nobody waits for stops."""
        with self._lock:
            for job in list(self._jobs.values()):
                self.stop(job, visitor)

    def stop(self, job: SideJob, visitor: str) -> None:
        """Take a visitor out of a job; if nobody else waits for it, it stops."""
        with self._lock:
            if visitor not in job.visitors:
                return
            job.visitors.discard(visitor)
            if job.visitors or job.state not in ("waiting", "running"):
                return
            if job.state == "waiting":
                self._queue.remove(job.key)
                self._end(job, "stopped")
                return
            self._halt(job)

    def drop(self, job: SideJob, visitor: str) -> None:
        """Stop a job for a visitor and forget what it said, unless others look at it."""
        with self._lock:
            self.stop(job, visitor)
            if not job.visitors:
                job.result = None
                if job.state not in ("waiting", "running"):
                    self._jobs.pop(job.key, None)

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            if self._running is not None:
                self._halt(self._running)

    # --- working; all below hold the lock, but for _listen

    def _next(self) -> None:
        if self._running is not None or not self._queue or self._closed:
            return
        job = self._jobs[self._queue.popleft()]
        context = get_context("spawn")
        job._pipe, far = context.Pipe()
        # No daemon: a sweep has worker processes of its own. It leaves when its parent does.
        job._process = context.Process(target=self._work, args=(far, job.kind, dict(job.asked)))
        job._process.start()
        far.close()
        job.state, self._running = "running", job
        threading.Thread(target=self._listen, args=(job,), daemon=True, name="side job").start()

    def _halt(self, job: SideJob) -> None:
        """Ask a process to save what it has and leave, or end it where it keeps nothing."""
        if job.keeps:
            try:
                job._pipe.send("stop")
                return
            except OSError:
                pass
        job._process.terminate()

    def _listen(self, job: SideJob) -> None:
        """Hear what a process has to tell until it ends."""
        state, reason = "", Reason.DIED
        while True:
            try:
                what, told = job._pipe.recv()
            except (EOFError, OSError):
                break
            with self._lock:
                if what == "progress":
                    self._progress(job, *told)
                elif what == "partial":
                    job.result = told
                elif what == "done":
                    job.result, state = told, "done"
                elif what == "stopped":
                    state = "stopped"
                else:
                    state, reason = "failed", Reason(told)
                job.revision += 1
        job._process.join()
        with self._lock:
            if not state:  # it ended without a word: stopped by us, or it died
                state = "failed" if job.visitors else "stopped"
            if state == "failed":
                job.error, job.reason = job.key[:8], reason
                log.error("side job %s (%s) failed: %s", job.error, job.kind, reason)
            self._running = None
            self._end(job, state)
            self._next()

    def _progress(self, job: SideJob, done: int, total: int) -> None:
        now = time.monotonic()
        if not job._begun[0] or not job.total:
            job._begun = (now, done)
        job.done, job.total = done, total
        made = done - job._begun[1]
        if made > 0:
            pace = (now - job._begun[0]) / made
            job.seconds_left = pace * (total - done)
            self._paces[job.kind] = pace

    def _end(self, job: SideJob, state: str) -> None:
        job.state, job.seconds_left = state, None
        job.revision += 1
        job.size = EMPTY_BYTES + size_of(job.result)
        if job.key in self._jobs:
            self._jobs[job.key] = self._jobs.pop(job.key)  # now the one that ended last
        self._forget()
        job._ended.set()

    def _forget(self) -> None:
        """Drop the oldest jobs that have ended, as far as they take too much; never the newest."""
        ended = [job for job in self._jobs.values() if job.state not in ("waiting", "running")]
        taken = 0
        for job in reversed(ended):
            taken += job.size
            if taken > self._most_bytes and job is not ended[-1]:
                del self._jobs[job.key]

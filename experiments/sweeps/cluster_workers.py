"""Workers on a Dask cluster: the same jobs, with their chunks sent home.

Workers need no file system in common with the parent: a chunk comes back as the bytes of its
files, and the parent writes it. A bounded number of jobs is out at any time, so neither the
scheduler nor the parent fills up. Start workers with one thread each (``--nthreads 1``).
"""

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.output import OutputError
from experiments.sweeps.chunk import Chunk, Receipt, saved
from experiments.sweeps.local_workers import AHEAD, PATIENCE, singles
from experiments.sweeps.sweep_work import Job, Worker, died

#: Most runs in a chunk: one parent saves the chunks of all cores, so they are larger than here.
MOST_IN_CHUNK = 200

#: Wait for a scheduler at the start, and for one that went away, seconds.
FIRST_CONTACT = 20.0
COME_BACK = 300.0

#: Time between two looks at how many workers there are, seconds.
LOOK = 2.0

DIED = "The cluster's workers died in this run again and again (killed, or out of memory)."


class ClusterError(OutputError):
    """The cluster cannot be used; the message is one sentence."""


class _LostError(Exception):
    """The scheduler went away."""


_here = threading.local()


def work(job: Job) -> Chunk | None:
    """Run a job on a worker of the cluster, which keeps its last warm-up for the next one."""
    if not hasattr(_here, "worker"):
        _here.worker = Worker()
    return _here.worker.work(job)


@dataclass
class ClusterWorkers:
    """A cluster that runs jobs; chunks are saved here.

    Attributes:
        address: Address of the Dask scheduler.
        folder: Where chunks go.
        stopping: Set to stop; what is under way on the cluster is given up.
        events: What happened besides, in words.
        most_in_chunk: Most runs in a job.
        come_back: How long to wait for a scheduler that went away, seconds.
    """

    address: str
    folder: Path
    stopping: threading.Event
    events: list[str] = field(default_factory=list)
    come_back: float = COME_BACK
    most_in_chunk: int = MOST_IN_CHUNK
    _client: Any = None
    _cores: int = 0
    _looked: float = 0.0

    @property
    def count(self) -> int:
        """Cores of the cluster now, at least one."""
        return max(1, self._cores)

    def begin(self, least: int = 1) -> None:
        """Connect for the first time.

        Raises:
            ClusterError: There is no scheduler at the address.
        """
        # What matters of Dask's log is said in the events, as a sentence.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if not self._connected(FIRST_CONTACT):
            raise ClusterError(f"There is no Dask scheduler at {self.address}.")

    def end(self) -> None:
        """Leave the cluster."""
        self._close([])

    def run(self, jobs: Iterator[Job]) -> Iterator[Receipt]:
        """Run jobs and yield a receipt for each as it is saved.

        Raises:
            CannotSaveError: A chunk could not be written.
            ClusterError: The scheduler went away for good, or workers lack this program.
        """
        out: dict[Any, Job] = {}
        again: list[Job] = []
        if self._client is None:
            self.begin()
        try:
            while not self.stopping.is_set():
                try:
                    self._look()
                    while len(out) < AHEAD * self.count:
                        job = again.pop() if again else next(jobs, None)
                        if job is None:
                            break
                        out[self._submit(job)] = job
                    if not out:
                        return
                    yield from self._collect(out, again)
                except _LostError:
                    again += out.values()
                    out.clear()
                    self._wait_for_scheduler(len(again))
        finally:
            self._close(list(out))

    def _submit(self, job: Job) -> Any:
        # A key of its own: a job sent again must not meet what is left of the first time.
        key = f"zorgbundel-{uuid.uuid4().hex}"
        try:
            return self._client.submit(work, job, key=key, pure=False)
        except Exception as error:
            raise _LostError from error

    def _collect(self, out: dict[Any, Job], again: list[Job]) -> Iterator[Receipt]:
        """Save what came back; send again what a dying worker lost, run by run."""
        from distributed import KilledWorker

        ready = [future for future in out if future.status != "pending"]
        if not ready:
            time.sleep(PATIENCE / 4)
        for future in ready:
            if future.status in ("cancelled", "lost"):
                raise _LostError
            if future.status == "finished":
                try:
                    chunk = future.result(timeout=60.0)
                except Exception as error:  # the result itself went with its worker or scheduler
                    raise _LostError from error
                del out[future]
                yield saved(chunk, self.folder)
                continue
            error, job = future.exception(), out.pop(future)
            if not isinstance(error, KilledWorker):
                raise ClusterError(
                    f"The workers at {self.address} cannot run this sweep "
                    f"({type(error).__name__}: {error}); install the same version of Zorgbundel "
                    "there."
                )
            if len(job.inputs) == 1:
                self.events.append(f"Run {job.inputs[0].run} killed its workers.")
                yield saved(died(job, DIED), self.folder)
            else:
                self.events.append(
                    f"Workers of the cluster died; {len(job.inputs)} run(s) are tried again, "
                    "one by one."
                )
                again += singles(job)

    # --- the connection

    def _look(self) -> None:
        """See how many cores there are, and whether the scheduler is."""
        if time.monotonic() - self._looked < LOOK:
            return
        try:
            self._cores = sum(self._client.ncores().values())
        except Exception as error:
            raise _LostError from error
        if self._client.status != "running":
            raise _LostError
        self._looked = time.monotonic()

    def _connected(self, patience: float) -> bool:
        """Return whether a scheduler was found within so many seconds."""
        from distributed import Client

        end = time.monotonic() + patience
        while not self.stopping.is_set():
            try:
                self._client = Client(self.address, timeout=5.0, set_as_default=False)
                self._cores = sum(self._client.ncores().values())
                self._looked = time.monotonic()
                return True
            except (OSError, ValueError, TimeoutError):
                self._client = None
            if time.monotonic() > end:
                return False
            time.sleep(PATIENCE)
        return False

    def _wait_for_scheduler(self, jobs: int) -> None:
        self._close([])
        if self._connected(self.come_back):
            self.events.append(f"The scheduler went away and came back; {jobs} job(s) sent again.")
        elif not self.stopping.is_set():
            raise ClusterError(
                f"The scheduler at {self.address} went away; what was saved is whole, and the same "
                "command goes on from there."
            )

    def _close(self, futures: list[Any]) -> None:
        """Leave the cluster; nothing that goes wrong here matters any more."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.cancel(futures)
            with contextlib.suppress(Exception):
                client.close(timeout=2.0)

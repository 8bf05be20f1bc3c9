"""Worker processes: how many, started deaf to Ctrl-C, and gone when their parent is gone.

Without the model, so that a parent that only hands out work starts its workers at once.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process, util

#: Of what a process does at its end: after all else.
_LAST = -1000


def worker_count(wanted: int | None = None) -> int:
    """Return how many processes to use: as asked, else one per core this process may use."""
    if wanted is not None:
        return max(1, wanted)
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Start worker processes deaf to Ctrl-C: the parent hears it and stops them, in one sentence.

    Workers are started while tasks are handed in, and inherit what their parent holds back. A
    Ctrl-C in the meantime is heard at the end of it.

    Outside the main thread nothing is held back, on purpose. Python tells of a Ctrl-C in the main
    thread only, so a parent elsewhere cannot stop its workers: they must hear it themselves, or the
    program would go on until the last task is done. Each then ends the task in hand, and the first
    ``KeyboardInterrupt`` that comes back ends the others. No half-written file can come of it:
    results are written by the parent, or by a worker under another name that is changed at the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_with_parent() -> None:
    """Have this worker leave when its parent is gone; one that is killed cannot send it away.

    Ctrl-C it leaves to the parent, which hears it too and stops its workers in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True, name="parent").start()


def leave_at_once() -> None:
    """Have this worker leave, when it is sent away, without taking apart all it has loaded.

    That would take a second for which everybody waits. What it made is written or sent by then, and
    what others asked to be done at its end comes first.
    """
    util.Finalize(None, _leave, exitpriority=_LAST)


def _leave() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

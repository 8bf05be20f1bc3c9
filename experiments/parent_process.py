"""A worker process leaves when the process that started it is gone, however that went.

Ctrl-C it leaves to that process, which hears it too and stops its workers in order.
"""

import os
import signal
import threading
from multiprocessing import parent_process


def leave_with_parent() -> None:
    """Watch the parent from now on; a parent that is killed cannot send its workers away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait, daemon=True, name="parent").start()


def _wait() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

"""Workers leave Ctrl-C to the process that started them."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from experiments.processes import leave_with_parent


def interrupt_oneself() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def test_a_worker_does_not_hear_ctrl_c():
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=leave_with_parent) as pool:
        future = pool.submit(interrupt_oneself)
        assert future.exception(timeout=60) is None
        assert future.result() == "still here"

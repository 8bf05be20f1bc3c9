"""Worker processes: Ctrl-C reaches them only where their parent cannot hear it."""

import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from experiments.processes import interrupts_held


def held_back_by_a_worker() -> set[signal.Signals]:
    """Return which signals a worker started under ``interrupts_held`` never hears."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with interrupts_held():
            asked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, [])
        return asked.result()


def in_a_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("somewhere", [lambda work: work(), in_a_thread])
def test_workers_hear_ctrl_c_only_where_their_parent_cannot(somewhere):
    main = somewhere is not in_a_thread
    assert (signal.SIGINT in somewhere(held_back_by_a_worker)) == main


def test_a_parent_hears_later_what_came_while_workers_were_started():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with pytest.raises(KeyboardInterrupt), interrupts_held():
        signal.raise_signal(signal.SIGINT)
        done = True
    assert done and signal.pthread_sigmask(signal.SIG_BLOCK, []) == before

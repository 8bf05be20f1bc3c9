"""Workers leave Ctrl-C to the process that started them, and leave at once when sent away."""

import atexit
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, util
from pathlib import Path

from experiments.processes import leave_at_once, leave_with_parent


def interrupt_oneself() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def test_a_worker_does_not_hear_ctrl_c():
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=leave_with_parent) as pool:
        future = pool.submit(interrupt_oneself)
        assert future.exception(timeout=60) is None
        assert future.result() == "still here"


def prepare_to_leave(folder: str) -> None:
    leave_at_once()
    # Python calls what is registered with atexit only where it takes everything apart.
    atexit.register(Path(folder, "taken apart").touch)
    util.Finalize(None, Path(folder, "asked for").touch, exitpriority=0)


def say(word: str) -> int:
    sys.stdout.write(word)  # into a buffer that somebody must empty
    return len(word)


def test_a_worker_that_is_sent_away_takes_nothing_apart_and_loses_nothing(tmp_path, capfd):
    with ProcessPoolExecutor(
        1, get_context("spawn"), initializer=prepare_to_leave, initargs=(str(tmp_path),)
    ) as pool:
        assert pool.submit(say, "a word").result(timeout=60) == 6
    assert [one.name for one in tmp_path.iterdir()] == ["asked for"]
    assert capfd.readouterr().out == "a word"

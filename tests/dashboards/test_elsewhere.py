"""Watched worlds live elsewhere: the same months as here, and the server without the model."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards.watch import elsewhere
from dashboards.watch.elsewhere import GoneError, Process

ROOT = Path(__file__).resolve().parents[2]

WATCH = """
import sys
from dashboards.watch import elsewhere
world = elsewhere.make("a", "bundle_flat", 1)
before = world.month
assert world.run(before) == before + 1
assert world.run(before) == before + 1  # a month asked for twice is run once
seen = world.seen("nl", "p0", True)
assert seen["told"] and seen["lines"] and seen["scene"] and seen["when"]
again = elsewhere.make("a", "bundle_flat", 2)
try:
    world.seen("nl")
    raise SystemExit("the first world should be gone")
except elsewhere.GoneError:
    pass
assert again.seen("en")["when"]
elsewhere.process().close()
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


@pytest.mark.slow
def test_a_world_is_watched_and_nothing_of_the_model_is_loaded_here():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WATCH, "pandas", "numba", "mesa", "scipy"],
        capture_output=True, text=True, timeout=600, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == []


def test_a_process_that_dies_is_said_and_the_next_one_serves():
    process = Process()
    pid = process.ask(os.getpid)
    assert pid != os.getpid()
    with pytest.raises(GoneError):
        process.ask(os.kill, pid, signal.SIGKILL)
    assert process.ask(os.getpid) != pid
    process.close()


def test_forgetting_starts_no_process(monkeypatch):
    idle = Process()
    monkeypatch.setattr(elsewhere, "process", lambda: idle)
    elsewhere._forget_there("nobody")
    assert idle._pool is None

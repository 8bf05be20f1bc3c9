"""Told to end, the server puts its files away and says nothing of workers that went with it."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest
from conftest import ROOT, free_port


@pytest.mark.parametrize("whole_group", [True, False])
def test_it_ends_quietly_and_leaves_nothing(tmp_path, whole_group):
    """A service manager tells all its processes at once; a user or container only the first."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", "from experiments.cli import main; main()",
             "dashboard", "--port", str(free_port())],
            cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path),
                 "ZORGBUNDEL_DASHBOARD_SIZE": "2,2,0.003", "ZORGBUNDEL_DASHBOARD_WORKERS": "1"},
        )  # fmt: skip
        try:
            until(lambda: list(tmp_path.glob("zorgbundel-histories-*")))
            time.sleep(0.5)  # its worker is loading what it needs
            (os.killpg if whole_group else os.kill)(process.pid, signal.SIGTERM)
            assert process.wait(timeout=60) == -signal.SIGTERM
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        assert not list(tmp_path.glob("zorgbundel-histories-*"))
        log.seek(0)
        lines = log.read().decode().splitlines()
    assert len(lines) == 1 and "The dashboard is at" in lines[0]


def until(condition, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not start"
        time.sleep(0.05)

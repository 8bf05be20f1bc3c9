"""Memory stays flat over ten thousand runs in one process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_memory_is_flat_over_ten_thousand_runs():
    """After the first tenth, in which code is compiled and caches fill."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.soak.soak", "10000"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    held = json.loads(done.stdout)["held_mb"]
    assert len(held) == 10
    assert max(held) <= 1.05 * held[0], held

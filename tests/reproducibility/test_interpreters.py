"""The same numbers, to the last bit, whatever the interpreter and the number of threads.

``make reproducibility OTHER=/path/to/python3.13`` builds an environment with the locked packages
under another interpreter and runs this with it; the tolerance is none.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("states_of_worlds.py")
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def lived(python: str, threads: int, hash_seed: str = "0") -> dict:
    """Return what the script prints under an interpreter with so many threads."""
    environment = os.environ | dict.fromkeys(THREADS, str(threads)) | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [python, "-W", "ignore", str(SCRIPT)], env=environment, capture_output=True, text=True,
        timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def others() -> list[str]:
    """Return the other interpreters that were named."""
    named = os.environ.get("ZORGBUNDEL_OTHER_PYTHON", "")
    return [path for path in named.split(os.pathsep) if path]


@pytest.fixture(scope="module")
def here() -> dict:
    return lived(sys.executable, 1)


@pytest.mark.slow
def test_worlds_differ_so_that_the_comparison_can_fail(here):
    ends = [one["end"] for one in here["states"].values()]
    assert len(set(ends)) == len(ends)
    assert all(len(one) == 4 for one in here["states"].values())  # two Januaries, end, outcomes


@pytest.mark.slow
def test_one_thread_or_two_and_another_order_of_hashes_give_the_same_bits(here):
    assert lived(sys.executable, 2, "1")["states"] == here["states"]


@pytest.mark.slow
def test_every_other_interpreter_gives_the_same_bits(here):
    for python in others():
        found = lived(python, 1)
        print(f"\nPython {found['python']} against {here['python']}")
        assert found["python"] != here["python"]
        assert found["states"] == here["states"]

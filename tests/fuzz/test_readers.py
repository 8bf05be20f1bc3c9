"""No input whatever gives a traceback, a hang, a full memory, or a file outside the folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.mangling import hostile

ROOT = Path(__file__).resolve().parents[2]

#: Inputs of the long run, in so many processes one after the other.
LONG_RUN, PROCESSES = 100_000, 4

READERS = {
    "scenario", "contract", "setting", "design", "parameters", "manifest", "branch",
    "results table", "posterior draws", "posterior", "calibration", "search", "sweep", "chunk",
    "panels", "forecast", "observed", "sensitivity", "question", "address", "own scenario",
    "upload", "decision",
}  # fmt: skip


def tried(folder: Path, seed: int, count: int, *names: str) -> dict:
    """Return the report of a process that tried so many inputs."""
    # One thread, and an allocator that reserves nothing: the limit is on address space.
    alone = {
        "NUMBA_DISABLE_JIT": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }
    env = os.environ | alone | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-B", "-W", "ignore", "-m", "tests.fuzz.child", str(folder)]
    done = subprocess.run(
        [*command, str(seed), str(count), *names],
        env=env, cwd=ROOT, capture_output=True, text=True, timeout=7_200, check=False,
    )  # fmt: skip
    last = {path.name: path.read_bytes()[:200] for path in folder.glob("*") if path.is_file()}
    assert done.returncode == 0, f"the process died: {done.stderr[-3000:]}, last files: {last}"
    return json.loads(done.stdout)


def test_every_reader_stands_mangled_input(tmp_path):
    report = tried(tmp_path, 1, 1_500)

    assert report["failures"] == []
    assert set(report["readers"]) == READERS
    assert report["inputs"] >= 1_500
    assert report["grew_mb"] < 200


@pytest.mark.slow
def test_every_reader_stands_files_made_to_harm(tmp_path):
    """Seed 0 begins with them, for every reader."""
    report = tried(tmp_path, 0, len(hostile()) * len(READERS) * 2)

    assert report["failures"] == []
    assert all(one["inputs"] >= len(hostile()) for one in report["readers"].values())
    assert report["grew_mb"] < 500


@pytest.mark.slow
def test_a_hundred_thousand_mangled_inputs(tmp_path):
    inputs, failures, read = 0, [], 0
    for seed in range(2, 2 + PROCESSES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        report = tried(folder, seed, LONG_RUN // PROCESSES + 100)
        inputs += report["inputs"]
        failures += report["failures"]
        read += sum(one["read"] for one in report["readers"].values())
        assert report["grew_mb"] < 500
    print(f"{inputs:,} inputs, {read:,} of them still good, {len(failures)} failures")
    assert failures == []
    assert inputs >= LONG_RUN
    assert read > 0.02 * inputs  # input that is nonsense throughout would prove little


def test_the_watch_sees_what_it_should(tmp_path):
    """Otherwise the tests above would pass whatever a reader does."""
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import sys, pathlib, subprocess, time, types\n"
        "from tests.fuzz.child import *\n"
        "folder = pathlib.Path(sys.argv[1]); outside = folder.parent / 'outside'\n"
        "watch = Watch(folder); sys.addaudithook(watch)\n"
        "limit_resources(); signal.signal(signal.SIGPROF, too_slow)\n"
        "def tell(read):\n"
        "    watch.seen.clear(); watch.on = True\n"
        "    how, wrong = try_one(types.SimpleNamespace(read=read), folder, b'', (ValueError,))\n"
        "    watch.on = False\n"
        "    print(how, '|', wrong[:40], '|', [x.split()[0] for x in watch.seen])\n"
        "def busy(f, raw):\n    while True: pass\n"
        "tell(lambda f, raw: (f / 'mine').write_text('x'))\n"
        "tell(lambda f, raw: outside.write_text('x'))\n"
        "tell(lambda f, raw: outside.unlink())\n"
        "tell(lambda f, raw: subprocess.run(['true']))\n"
        "tell(lambda f, raw: bytearray(10**9))\n"
        "tell(lambda f, raw: {}['x'])\n"
        "tell(lambda f, raw: int('x'))\n"
        "tell(busy)\n"
    )
    box = tmp_path / "box"
    box.mkdir()
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-B", str(spy), str(box)], env=env, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[0] == "read |  | []"
    assert lines[1] == "read |  | ['open']"
    assert lines[2] == "read |  | ['os.remove']"
    assert lines[3].startswith("read |  | ['subprocess.Popen'")
    assert lines[4].startswith("failed | MemoryError")
    assert lines[5].startswith("failed | KeyError")
    assert lines[6].startswith("refused")
    assert lines[7].startswith("failed | took more than 2 s")

"""Disks that are full or damaged; each test does it for real."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sweep_folders import DRIVER, RUNS, assert_same, command, run, tables

from experiments.output import OutputError
from experiments.sweeps.chunk import chunks, parts_of
from experiments.sweeps.store import open_store

pytestmark = pytest.mark.slow


@pytest.fixture
def out(undisturbed_folder, tmp_path):
    """Return a finished sweep of many chunks."""
    return Path(shutil.copytree(undisturbed_folder, tmp_path / "out"))


def truncate(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def corrupt(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "table"),
    [
        (truncate, "outcomes"), (truncate, "runs"), (corrupt, "runs"), (corrupt, "evaluations"),
        (os.unlink, "outcomes"), (os.unlink, "runs"),
    ],
)  # fmt: skip
def test_a_damaged_chunk_is_noticed_and_made_again(harm, table, design, undisturbed, out):
    victim = chunks(out)[0]
    name = victim.name if table == "runs" else parts_of(victim)[table]
    harm(out / table / name)

    if (harm, table) != (os.unlink, "runs"):  # without its file of runs a chunk never was
        with pytest.raises(OutputError, match="damaged"):
            open_store(out)
    code, said = run(design, out, "--workers", "1", "--json")
    assert code == 0, said
    document = json.loads(said)
    assert document["finished_before"] < RUNS
    assert len(document["events"]) == 1
    assert_same(tables(out), undisturbed)


def test_a_chunk_that_was_saved_twice_counts_once(design, undisturbed, out):
    # As an orphaned worker would: the same run again, in another chunk.
    first = chunks(out)[0]
    shutil.copy(first, first.with_name(first.name.replace(first.name[:4], "zzzz")))

    code, said = run(design, out, "--workers", "1")
    assert code == 0, said
    assert "saved twice" in said
    assert_same(tables(out), undisturbed)


def has_small_disks():
    asked = subprocess.run(
        ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"], capture_output=True
    )
    return asked.returncode == 0


def test_a_full_disk_stops_the_sweep_and_room_lets_it_go_on(design, undisturbed, tmp_path):
    """A disk of 400 kB that fills up, and grows.

    It lives in a mount namespace of its own; where the system forbids that, a limit on the size of
    files stands in for it.
    """
    out, kept = tmp_path / "disk" / "out", tmp_path / "kept"
    (tmp_path / "disk").mkdir()
    sweep = " ".join(map(str, command(design, out, "--workers", "2")))
    if has_small_disks():
        script = f"""
            mount -t tmpfs -o size=400k none {tmp_path}/disk
            {sweep}; echo "first $?"; ls -A {out}/runs
            mount -o remount,size=64m {tmp_path}/disk
            {sweep}; echo "second $?"; cp -r {out} {kept}
        """
        shell = ["unshare", "-rm", "sh", "-c", script]
    else:
        script = f"""
            (ulimit -f 40; {sweep}); echo "first $?"
            {sweep}; echo "second $?"; cp -r {out} {kept}
        """
        shell = ["sh", "-c", script]
    env = os.environ | {"PYTHONPATH": str(DRIVER.parent.parent.parent)}
    said = subprocess.run(shell, env=env, capture_output=True, text=True, timeout=300)
    words = " ".join((said.stdout + said.stderr).split())

    assert "first 2" in words, words
    assert "cannot be written" in words
    assert "Traceback" not in words
    assert ".part" not in said.stdout.partition("first 2")[2].partition("second")[0]
    assert "second 0" in words
    assert_same(tables(kept), undisturbed)

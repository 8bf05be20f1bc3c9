"""Processes that are killed, stopped or in each other's way; each test does it for real."""

import json
import os
import signal
import time

import pytest
from sweep_folders import (
    RUNS,
    assert_same,
    children,
    finish,
    run,
    start,
    tables,
    wait_for_chunks,
    wait_until_gone,
)

from experiments.sweeps.store import open_store

pytestmark = pytest.mark.slow

SLOW = {"FAULT": "slow", "FAULT_SECONDS": "0.5"}


def test_two_workers_make_the_same_tables_as_one(design, undisturbed, tmp_path):
    code, said = run(design, tmp_path / "out", "--workers", "2")

    assert code == 0, said
    assert_same(tables(tmp_path / "out"), undisturbed)


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    first = start(design, out, "--workers", "2", **SLOW)
    wait_for_chunks(out, 2, first)
    os.killpg(first.pid, signal.SIGINT)  # as a terminal does: workers hear it too
    code, said = finish(first)
    saved = len(open_store(out).runs())

    assert code == 130
    assert f"Stopped; {saved} of {RUNS} runs are saved" in said
    assert "Traceback" not in said
    assert 2 <= saved < RUNS
    again, said = run(design, out, "--workers", "2", "--json")
    assert again == 0, said
    assert json.loads(said)["finished_before"] == saved
    assert_same(tables(out), undisturbed)


def test_a_killed_worker_costs_nothing_but_time(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    sweep = start(design, out, "--workers", "2", "--json", **SLOW)
    wait_for_chunks(out, 1, sweep)
    os.kill(children(sweep.pid)[0], signal.SIGKILL)
    code, said = finish(sweep)

    assert code == 0, said
    document = json.loads(said)
    assert "A worker process died" in document["events"][0]
    assert (document["done"], document["failed"]) == (RUNS, 0)
    assert_same(tables(out), undisturbed)


def test_a_run_that_kills_its_worker_once_is_made_again(design, undisturbed, tmp_path):
    out, mark = tmp_path / "out", tmp_path / "mark"
    code, said = run(
        design, out, "--workers", "2", "--json", FAULT="die_once", FAULT_MARK=str(mark)
    )

    assert code == 0, said
    assert json.loads(said)["failed"] == 0
    assert_same(tables(out), undisturbed)


def test_a_run_that_always_kills_its_worker_becomes_a_row(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    code, said = run(design, out, "--workers", "2", FAULT="die")
    runs = open_store(out).runs()
    bad = runs[runs["status"] == "failed"]

    assert code == 1
    assert f"{RUNS} runs: 0 finished before, {RUNS} made now, 1 failed" in said
    assert bad["seed"].tolist() == [2]
    assert bad["stage"].tolist() == ["worker"]
    assert "died twice" in bad["error"].iloc[0]
    _retry(design, out, undisturbed)


def test_a_run_that_raises_in_its_third_year_becomes_a_row(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    code, said = run(design, out, "--workers", "2", FAULT="raise")
    runs = open_store(out).runs()
    bad = runs[runs["status"] == "failed"].iloc[0]

    assert code == 1
    assert "1 x in bundle_weight_classes, month 48: ZeroDivisionError: on purpose" in said
    assert (bad["seed"], bad["stage"], bad["month"]) == (2, "bundle_weight_classes", 48)
    assert "driver.py" in bad["traceback"]
    assert len(runs) == RUNS
    assert bad["run"] not in set(open_store(out).outcomes()["run"])
    _retry(design, out, undisturbed)


def _retry(design, out, undisturbed):
    """Failed runs wait until they are asked for; then everything is as if nothing had happened."""
    code, said = run(design, out, "--workers", "1")
    assert code == 1
    assert f"{RUNS} runs: {RUNS} finished before, 0 made now, 1 failed" in said
    code, said = run(design, out, "--workers", "1", "--retry-failed")
    assert code == 0, said
    assert_same(tables(out), undisturbed)


def test_a_killed_parent_leaves_whole_chunks_and_no_workers(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    sweep = start(design, out, "--workers", "2", **SLOW)
    wait_for_chunks(out, 2, sweep)
    workers = children(sweep.pid)
    os.kill(sweep.pid, signal.SIGKILL)
    sweep.communicate()

    assert len(workers) == 2
    assert wait_until_gone(workers) == []
    assert len(open_store(out).runs()) >= 2  # what is there can be read at once
    code, said = run(design, out, "--workers", "2")
    assert code == 0, said
    assert_same(tables(out), undisturbed)


def test_two_sweeps_in_one_folder_do_not_meet(design, undisturbed, tmp_path):
    out = tmp_path / "out"
    first = start(design, out, "--workers", "1", **SLOW)
    wait_for_chunks(out, 1, first)
    code, said = run(design, out, "--workers", "1")

    assert code == 2
    assert said == (
        f"zorgbundel: {out} is in use by another sweep (process {first.pid}); wait for it or "
        "choose another --out."
    )
    assert finish(first)[0] == 0
    assert_same(tables(out), undisturbed)


def test_more_seeds_and_draws_leave_finished_runs_alone(design, undisturbed, tmp_path):
    small, out = tmp_path / "small.yaml", tmp_path / "out"
    small.write_text(design.read_text().replace("seeds: 6", "seeds: 4").replace("draws: 2", ""))
    assert run(small, out, "--workers", "1")[0] == 0
    times = {path: path.stat().st_mtime_ns for path in (out / "runs").iterdir()}
    time.sleep(0.02)
    code, said = run(design, out, "--workers", "1", "--json")

    assert code == 0, said
    assert json.loads(said)["finished_before"] == 4
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())
    assert_same(tables(out), undisturbed)

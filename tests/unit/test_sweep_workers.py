"""Workers, locks and files of a sweep."""

import multiprocessing
import os
import threading

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sweep_folders import Here, ToyCommon
from toy_sweep import REGISTRY, SMALL, design, run

from experiments.output import OutputError
from experiments.runner import Kept, Task, run_task
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.chunk import (
    Chunk,
    Receipt,
    chunks,
    is_complete,
    is_whole,
    saved,
    write_whole,
)
from experiments.sweeps.local_workers import Workers
from experiments.sweeps.planned_runs import RunInput, common, load_scenarios
from experiments.sweeps.result_tables import OUTCOMES, RUNS
from experiments.sweeps.store import PLAN, Store, finished, open_store
from experiments.sweeps.sweep import Report, sweep
from experiments.sweeps.sweep_folder import locked
from experiments.sweeps.sweep_work import Job, died
from model.simulation import Span
from scenarios.loader import load


def make(folder, chosen, most=None, **options):
    here = Here(folder, most)
    report = sweep(
        chosen, load_scenarios(chosen, REGISTRY), REGISTRY, folder, lambda *_: here, **options
    )
    return report, here


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep") / "out"
    report, _ = make(out, design())
    assert (report.planned, report.done, report.failed, report.left) == (8, 8, 0, 0)
    return out


@pytest.fixture(scope="module")
def store(folder):
    return open_store(folder)


def test_a_run_at_two_places_of_the_plan_is_not_counted_twice(tmp_path):
    """Trajectories of a Morris design cross: one run, two points."""
    plan = {"row": [0, 1, 2], "run": ["a", "b", "a"], "kind": ["seed"] * 3, "index": [1] * 3,
            "point": [0, 1, 2], "seed": [1] * 3}  # fmt: skip
    pq.write_table(pa.table(plan, schema=PLAN), tmp_path / "plan.parquet")
    rows = [
        {"run": run, "policy": policy, "year": 2025, "measure": "deaths", "split": "all",
         "group": "all", "top": top, "bottom": 1.0, "patients": 9, "small": False}
        for run, gain in (("b", 1.0), ("a", 2.0))
        for policy, top in (("open", 10.0), ("bundle_flat", 10.0 + gain))
    ]  # fmt: skip
    (tmp_path / "outcomes").mkdir()
    pq.write_table(pa.Table.from_pylist(rows, schema=OUTCOMES), tmp_path / "outcomes/x.parquet")
    tried = [
        {"run": run, "status": "done", "attempt": 1, "seconds": 1.0, "seed": 1} for run in "ab"
    ]
    (tmp_path / "runs").mkdir()
    pq.write_table(pa.Table.from_pylist(tried, schema=pa.schema(RUNS)), tmp_path / "runs/x.parquet")
    about = {"policies": ["open", "bundle_flat"], "inputs": [], "central": {}}
    store = Store(tmp_path, about, {"outcomes": ["x.parquet"], "runs": ["x.parquet"]})

    assert store.outcomes()["run"].tolist() == ["a", "a", "b", "b"]
    paired = store.paired("deaths", "bundle_flat")
    assert paired["point"].tolist() == [0, 1, 2]
    assert paired["effect"].tolist() == [2.0, 1.0, 2.0]


def test_history_and_baseline_are_kept_for_runs_that_share_them(monkeypatch):
    policies = {name: load(name, REGISTRY).policy() for name in (SMALL["baseline"], "bundle_flat")}
    span = Span(2023, 2025, 2025)
    tasks = [
        Task("seed", seed, seed, REGISTRY.values(), policies, 0.001, span, SMALL["baseline"])
        for seed in (1, 1, 2)
    ]
    apart = [run_task(task) for task in tasks]
    stages, kept = [], Kept()
    together = [run_task(task, lambda stage, _: stages.append(stage), kept) for task in tasks]

    assert stages == [
        "warm-up", "fee_for_service_open", "bundle_flat", "bundle_flat", "warm-up",
        "fee_for_service_open", "bundle_flat",
    ]  # fmt: skip
    for one, other in zip(apart, together, strict=True):
        pd.testing.assert_frame_equal(one.outcomes, other.outcomes, check_exact=True)
        pd.testing.assert_frame_equal(one.evaluations, other.evaluations, check_exact=True)


def test_only_the_splits_wanted_are_stored(tmp_path):
    make(tmp_path / "out", design(splits=("all",), seeds=1, draws=0, uncertainties=None))

    assert set(open_store(tmp_path / "out").outcomes(split=None)["split"]) == {"all"}


# --- files


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "a" / "name-000000000000000000000000.parquet"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    assert not is_whole(path)  # its name promises other contents

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a" / "other", b"content")
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_killed_worker_costs_nothing_but_time(tmp_path):
    """For real: the first process that makes the second run is killed in the middle of it."""
    shared = ToyCommon(
        **vars(common(design(), load_scenarios(design(), REGISTRY), REGISTRY)),
        mark=str(tmp_path / "mark"),
    )
    inputs = tuple(RunInput(f"run{seed}", seed, {}, {}) for seed in (1, 2, 3))
    workers = Workers(tmp_path, 1, threading.Event())
    workers.begin(3)
    receipts = list(workers.run(iter([Job(shared, inputs, ())])))

    assert (tmp_path / "mark").exists()
    assert sum(one.tried for one in receipts) == 3
    assert finished(tmp_path) == {one.run: (True, 1) for one in inputs}
    assert workers.events == ["A worker process died; 3 run(s) are tried again, one by one."]


def test_workers_that_began_leave_when_the_plan_cannot_be_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sweeps, "write_plan", full)
    before = set(multiprocessing.active_children())
    begun = []

    def runner(stopping):
        begun.append(Workers(tmp_path, 1, stopping))
        return begun[0]

    chosen = design(seeds=1, draws=0, uncertainties=None)
    with pytest.raises(OutputError, match="No space left"):
        sweeps.sweep(chosen, load_scenarios(chosen, REGISTRY), REGISTRY, tmp_path, runner)
    assert begun and begun[0]._ready is None
    assert set(multiprocessing.active_children()) <= before


def test_the_record_of_a_dead_worker_is_a_chunk_like_any_other(tmp_path):
    chosen = design(seeds=1, draws=0, uncertainties=None)
    from experiments.sweeps.planned_runs import common, planned_runs

    shared = common(chosen, load_scenarios(chosen, REGISTRY), REGISTRY)
    inputs = tuple(one.input for one in planned_runs(chosen, shared, REGISTRY))
    chunk = died(Job(shared, inputs, ("bundle_price_factor",)), "killed")
    assert isinstance(chunk, Chunk)
    assert saved(chunk, tmp_path) == Receipt(2, chunk.size)
    assert all(is_complete(tmp_path, each) for each in chunks(tmp_path))
    assert set(finished(tmp_path).values()) == {(False, 1)}


def test_a_lock_is_for_one_at_a_time_and_goes_with_its_holder(tmp_path):
    out = tmp_path / "out"
    in_use = f"in use by another sweep \\(process {os.getpid()}"
    with locked(out), pytest.raises(OutputError, match=in_use), locked(out):
        pass
    with locked(out):
        pass


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(OutputError, match="exists already"):
        locked(tmp_path).__enter__()
    with pytest.raises(OutputError, match=r"no design\.json"):
        open_store(tmp_path)
    (tmp_path / "design.json").write_text("{}")
    with pytest.raises(OutputError, match="damaged"):
        open_store(tmp_path)


# --- the command line


def test_the_command_says_that_draws_fall_back_to_the_prior(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.posteriors.stored_posterior.SHIPPED", tmp_path / "gone.csv")
    monkeypatch.setattr(
        "experiments.sweeps.sweep_command.sweep", lambda *args: Report(1, stopped=True)
    )
    path = tmp_path / "design.yaml"
    text = "baseline: fee_for_service_open\npolicies: [bundle_flat]\nseeds: 1\n"

    for draws, said in ((2, True), (0, False)):
        path.write_text(text + f"draws: {draws}\n")
        found = run(path, "--out", tmp_path / "out")
        assert ("gone.csv" in found.stderr and "(prior)" in found.stderr) is said, found.output


def test_wrong_input_is_one_sentence_and_leaves_nothing(tmp_path):
    path, out = tmp_path / "design.yaml", tmp_path / "out"
    missing = run(path, "--out", out)
    path.write_text("baseline: fee_for_service_open\npolicies: [bundle_flit]\n")
    misspelt = run(path, "--out", out)
    both = run(path, "--out", out, "--workers", "2", "--cluster", "tcp://x")

    assert [each.exit_code for each in (missing, misspelt, both)] == [2, 2, 2]
    assert missing.stderr == (
        "zorgbundel: design.yaml, line 1: the file cannot be read (no such file or directory)\n"
    )
    assert "there is no scenario 'bundle_flit'" in misspelt.stderr
    assert "give one" in both.stderr
    assert not out.exists()

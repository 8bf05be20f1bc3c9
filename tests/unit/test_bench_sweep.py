"""``zorgbundel bench --sweep``: what it reports. How fast is its own business, never a test's."""

import json

import pytest
from click.testing import CliRunner
from sweep_folders import here

from experiments.cli import main
from experiments.sweeps import bench_sweep
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.bench_sweep import CORES, MILLION, ONE, SEVERAL, sweep_report
from experiments.sweeps.cluster_workers import MOST_IN_CHUNK
from experiments.sweeps.store import open_store
from model.simulation import World


@pytest.fixture
def tiny(monkeypatch):
    """Worlds of four patients, in this process."""
    design = bench_sweep._DESIGN.replace("share: 0.1", "share: 0.0005")
    design = design.replace("years: 5", "years: 1")
    monkeypatch.setattr(bench_sweep, "_DESIGN", design)
    monkeypatch.setattr(sweeps, "local", here)


def test_a_measured_sweep_accounts_for_its_time_and_space(tiny, tmp_path):
    path = bench_sweep._write(tmp_path / "small", 4, "eligible")
    out = tmp_path / "small" / "out"
    found = bench_sweep._one_sweep(path, out, 1)

    runs = open_store(out).runs()
    assert len(runs) == 4 and runs["kind"].tolist() == ["seed"] * 2 + ["draw"] * 2
    assert found["times"] == runs["seconds"].tolist()
    work = runs["seconds"].sum()
    assert found["run_seconds"] == pytest.approx(work / 4)
    assert found["overhead_percent"] == pytest.approx(100.0 * (found["seconds"] / work - 1.0))
    assert found["overhead_percent"] > 0.0
    assert found["seconds_at_work"] > 0.0
    files = [each for each in out.rglob("*.parquet") if "again" not in str(each)]
    stored = sum(each.stat().st_size for each in files)
    assert found["bytes_per_run"] == stored / 4
    assert found["parent_peak_mb"] > 50.0
    assert set(found["saving"]) == set(CORES) and min(found["saving"].values()) > 0.0


def test_several_policies_share_one_history_and_one_baseline(tiny, tmp_path, monkeypatch):
    begun = []
    branch = World.branch

    def counted(world, policy, *more, **named):
        begun.append(policy)
        return branch(world, policy, *more, **named)

    monkeypatch.setattr(World, "branch", counted)
    path = bench_sweep._write(tmp_path / "small", 2, "eligible", SEVERAL)
    bench_sweep._one_sweep(path, tmp_path / "small" / "out", 1)

    store = open_store(tmp_path / "small" / "out")
    assert store.policies == SEVERAL
    assert len(begun) == 2 * (1 + len(SEVERAL))  # one baseline a run, not one a pair


def test_the_report_is_made_of_its_measurements(monkeypatch):
    """A tenth of the runs on one worker takes 10 s, on two 5.5 s; a run costs half a second."""
    asked = []

    def measured(folder, runs, patients, workers, policies=ONE):
        asked.append((folder.name, runs, patients, workers, len(policies)))
        seconds = {"w1": 10.0, "w2": 5.5}.get(folder.name, 50.0)
        return {
            "seconds": seconds, "seconds_at_work": seconds, "run_seconds": 0.5,
            "overhead_percent": 2.5, "parent_peak_mb": 300.0, "bytes_per_run": 40_000.0,
            "times": [0.4, 0.6], "saving": dict.fromkeys(CORES, 0.1),
        }  # fmt: skip

    monkeypatch.setattr(bench_sweep, "_measured", measured)
    monkeypatch.setattr(bench_sweep, "_resume_seconds", lambda folder: 1.5)
    told = []
    report = sweep_report(200, told.append)

    assert asked == [
        ("compile", 2, "treated", 1, 1), ("treated", 200, "treated", 2, 1),
        ("w1", 20, "treated", 1, 1), ("w2", 20, "treated", 2, 1),
        ("eligible", 20, "eligible", 2, 1), ("several", 40, "eligible", 2, 5),
    ]  # fmt: skip
    assert len(told) == 6
    # Forty runs of five pairs each in 50 s; the strict figures know nothing of it.
    assert report["several_policies"]["eligible_seconds_per_1000_pairs"] == 250.0
    assert report["treated_seconds_per_1000"] == 250.0
    assert report["eligible_seconds_per_1000"] == 2_500.0  # of a tenth of the runs
    assert report["speed_up_two_workers"] == pytest.approx(10.0 / 5.5)
    assert report["resume_seconds"] == 1.5
    plan = report["million_runs"]["treated"]
    assert plan["core_hours"] == pytest.approx(MILLION * 0.5 / 3600.0)
    assert plan["gigabytes"] == pytest.approx(40.0)
    assert [one["cores"] for one in plan["on_cores"]] == list(CORES)
    for one in plan["on_cores"]:
        assert one["seconds"] >= MILLION * 0.5 / one["cores"] and one["busy"] <= 1.0


def test_chunks_of_a_million_runs_are_no_larger_than_on_a_cluster():
    assert bench_sweep._chunk(100) == MOST_IN_CHUNK
    assert bench_sweep._chunk(1_000) == min(MOST_IN_CHUNK, MILLION // 4_000)


def test_the_command_prints_one_document(monkeypatch):
    monkeypatch.setattr(bench_sweep, "sweep_report", lambda runs, tell: {"runs": runs})
    found = CliRunner().invoke(main, ["bench", "--sweep", "--json"])
    assert found.exit_code == 0, (found.output, found.exception)
    assert json.loads(found.stdout)["runs"] == 1_000

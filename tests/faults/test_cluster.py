"""The same sweep on a Dask cluster of two worker processes, and one whose scheduler goes away."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from sweep_folders import (
    DRIVER,
    ROOT,
    RUNS,
    assert_same,
    finish,
    run,
    start,
    tables,
    wait_for_chunks,
)

from experiments.sweeps.cluster_workers import ClusterError, ClusterWorkers
from experiments.sweeps.store import open_store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    """Return a real cluster of two worker processes on this machine."""
    from distributed import LocalCluster

    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        preload=[str(DRIVER)],
    ) as found:  # fmt: skip
        yield found
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


def test_a_cluster_makes_the_same_tables(cluster, design, undisturbed, tmp_path):
    out = tmp_path / "out"
    code, said = run(design, out, "--cluster", cluster.scheduler_address)

    assert code == 0, said
    assert_same(tables(out), undisturbed)


def test_a_sweep_begun_here_goes_on_in_the_cluster(cluster, design, undisturbed, tmp_path):
    out, small = tmp_path / "out", tmp_path / "small.yaml"
    small.write_text(design.read_text().replace("seeds: 6", "seeds: 3"))
    assert run(small, out, "--workers", "1")[0] == 0
    code, said = run(design, out, "--cluster", cluster.scheduler_address, "--json")

    assert code == 0, said
    assert json.loads(said)["finished_before"] == 5
    assert_same(tables(out), undisturbed)


def test_workers_with_other_code_say_so(cluster, design, tmp_path, monkeypatch):
    # The parent believes that it has another version; the workers know better.
    monkeypatch.setattr("experiments.sweeps.planned_runs.code_version", lambda: "another")
    from click.testing import CliRunner

    from experiments.cli import main

    out = tmp_path / "out"
    asked = ["sweep", str(design), "--out", str(out), "--cluster", cluster.scheduler_address]
    found = CliRunner().invoke(main, [*asked, "--json"])

    assert found.exit_code == 1
    runs = open_store(out).runs()
    assert set(runs["status"]) == {"failed"}
    assert runs["error"].str.contains("another version of the code").all()


def test_no_scheduler_is_one_sentence(design, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.sweeps.cluster_workers.FIRST_CONTACT", 0.1)
    workers = ClusterWorkers("tcp://127.0.0.1:9", tmp_path, threading.Event())

    with pytest.raises(ClusterError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:9\."):
        workers.begin()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """A scheduler and a worker as processes of their own, as on a real cluster."""

    def __init__(self, port, folder):
        self.address, self.folder = f"tcp://127.0.0.1:{port}", folder
        self.processes = []
        self._begin("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for name in ("one", "two"):
            self._begin(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--name", name, "--preload", str(DRIVER), "--local-directory", str(folder),
            )  # fmt: skip

    def _begin(self, *words):
        env = os.environ | {"PYTHONPATH": str(ROOT), "FAULT": "slow", "FAULT_SECONDS": "0.3"}
        command = [sys.executable, "-W", "ignore", "-m", "distributed.cli.dask_" + words[0]]
        self.processes.append(
            subprocess.Popen(
                [*command, *words[1:]], env=env, cwd=self.folder, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip

    def kill(self):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            process.wait()


def test_a_scheduler_that_goes_away_and_comes_back(design, undisturbed, tmp_path):
    out, port = tmp_path / "out", free_port()
    first = Cluster(port, tmp_path)
    second = None
    try:
        sweep = start(design, out, "--cluster", first.address, "--json")
        wait_for_chunks(out, 2, sweep)
        first.kill()
        time.sleep(1.0)
        saved = len(open_store(out).runs())
        second = Cluster(port, tmp_path)
        code, said = finish(sweep)
    finally:
        first.kill()
        if second is not None:
            second.kill()

    assert code == 0, said
    document, _ = json.JSONDecoder().raw_decode(said)  # what Dask logs may follow
    assert saved < RUNS
    assert "The scheduler went away and came back" in " ".join(document["events"])
    assert document["done"] == RUNS
    assert_same(tables(out), undisturbed)

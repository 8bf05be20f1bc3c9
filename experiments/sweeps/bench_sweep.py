"""``zorgbundel bench --sweep``: what a sweep costs, and what a million runs would.

A national sample of 10 % can be read in two ways, and both are measured: a tenth of everybody
eligible (38,100 persons), and a tenth of those in treatment (about 3,000 patients, a cohort).

A paired run is one policy beside a baseline of its own: that is the strict reading, and the
headline. A design of several policies lives history and baseline once for all of them, so a pair
costs less there; that is measured too, and reported under a name of its own (``several_policies``).
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

#: Part of the runs with which the larger sample, and one worker, are measured.
PART = 10

MILLION = 1_000_000
CORES = (100, 1_000)

_DESIGN = """\
baseline: fee_for_service_open
policies: [{policies}]
share: 0.1
patients: {patients}
years: 5
seeds: {seeds}
draws: {draws}
"""


#: The design of one policy, and a usual one of several against one baseline.
ONE = ("bundle_weight_classes",)
SEVERAL = (
    "bundle_weight_classes", "bundle_flat", "bundle_phase", "bundle_corridor", "outcome_pay",
)  # fmt: skip


def sweep_report(runs: int, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Run all measurements one after the other and return them.

    Args:
        runs: Paired runs of the cohort, and of several policies of the eligible; a tenth of that
            of one policy of the eligible, and on one worker.
        tell: Receives a line of progress before each measurement.
    """
    part = max(4, runs // PART)
    with tempfile.TemporaryDirectory(prefix="zorgbundel-bench-") as place:
        folder = Path(place)
        tell("compiling (first time only)")
        _measured(folder / "compile", 2, "treated", 1)
        tell(f"{runs:,} paired runs of a tenth of those in treatment, two workers")
        whole = _measured(folder / "treated", runs, "treated", 2)
        tell("resume of the finished sweep")
        resume = _resume_seconds(folder / "treated")
        tell(f"{part:,} paired runs, one worker and two")
        one, two = (_measured(folder / f"w{n}", part, "treated", n) for n in (1, 2))
        tell(f"{part:,} paired runs of a tenth of everybody eligible, two workers")
        eligible = _measured(folder / "eligible", part, "eligible", 2)
        runs_of_several = max(4, runs // len(SEVERAL))
        tell(
            f"{runs_of_several:,} runs of {len(SEVERAL)} policies beside one baseline, a tenth of "
            "everybody eligible, two workers"
        )
        several = _measured(folder / "several", runs_of_several, "eligible", 2, SEVERAL)
    report = {
        "runs": runs,
        "treated": {key: whole[key] for key in _KEYS},
        "treated_seconds_per_1000": 1000.0 * whole["seconds"] / runs,
        "eligible": {key: eligible[key] for key in _KEYS},
        # Extrapolated from a tenth of the runs.
        "eligible_seconds_per_1000": 1000.0 * eligible["seconds"] / part,
        "several_policies": {
            "policies": len(SEVERAL),
            "runs": runs_of_several,
            # Pairs are policies beside the baseline that all of them share; with the start.
            "eligible_seconds_per_1000_pairs": 1000.0
            * several["seconds"]
            / (runs_of_several * len(SEVERAL)),
            **{key: several[key] for key in _KEYS},
        },
        "speed_up_two_workers": one["seconds_at_work"] / two["seconds_at_work"],
        "resume_seconds": resume,
        "million_runs": {
            name: _plan(found) for name, found in (("treated", whole), ("eligible", eligible))
        },
    }
    return report


_KEYS = (
    "seconds", "seconds_at_work", "run_seconds", "overhead_percent", "parent_peak_mb",
    "bytes_per_run",
)  # fmt: skip


def _write(folder: Path, runs: int, patients: str, policies: Sequence[str] = ONE) -> Path:
    folder.mkdir()
    path = folder / "design.yaml"
    draws = runs // 2
    names = ", ".join(policies)
    path.write_text(
        _DESIGN.format(policies=names, patients=patients, seeds=runs - draws, draws=draws)
    )
    return path


def _measured(
    folder: Path, runs: int, patients: str, workers: int, policies: Sequence[str] = ONE
) -> dict[str, Any]:
    """Make a sweep from a process of its own, so that the parent's memory is its own too."""
    path = _write(folder, runs, patients, policies)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_one_sweep, path, folder / "out", workers).result()


def _one_sweep(path: Path, out: Path, workers: int) -> dict[str, Any]:
    from experiments.sweeps.design import read_design
    from experiments.sweeps.planned_runs import load_scenarios
    from experiments.sweeps.store import open_store
    from experiments.sweeps.sweep import local, sweep
    from model.parameters import load_registry

    registry = load_registry()
    design = read_design(path, registry)
    arrivals = []
    start = time.perf_counter()
    report = sweep(
        design, load_scenarios(design, registry), registry, out, local(out, workers),
        advanced=lambda runs: arrivals.append((time.perf_counter(), runs)),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = open_store(out, verify=False).runs(inputs=False)
    work = float(runs["seconds"].sum())
    files = [each for each in out.rglob("*.parquet")]
    # From the first chunk on: Python and libraries are loaded once, however long the sweep.
    at_work = arrivals[-1][0] - arrivals[0][0]
    share = 1.0 - arrivals[0][1] / report.planned
    return {
        "seconds": seconds,
        "seconds_at_work": at_work / share if share > 0.0 else seconds,
        "run_seconds": work / report.planned,
        "overhead_percent": 100.0 * (workers * seconds / work - 1.0),
        "parent_peak_mb": peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0),
        "bytes_per_run": sum(each.stat().st_size for each in files) / report.planned,
        "times": runs["seconds"].tolist(),
        "saving": {cores: _save_seconds(out, _chunk(cores)) for cores in CORES},
    }


def _save_seconds(out: Path, runs: int) -> float:
    """Return how long it takes to save a chunk of so many runs, safely: median of five."""
    from experiments.sweeps.chunk import chunks, parts_of, write_whole

    runs_file = chunks(out)[0]
    names = parts_of(runs_file) | {"runs": runs_file.name}
    times = max(1, round(runs / pq.read_metadata(runs_file).num_rows))
    content = {name: times * (out / name / names[name]).read_bytes() for name in names}
    seconds = []
    for again in range(5):
        start = time.perf_counter()
        for name in names:
            write_whole(out / f"again-{again}" / name, content[name])
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _resume_seconds(folder: Path) -> float:
    """Return how long the command takes when there is nothing left to run.

    The command that finished a sweep has kept its summary; ``_measured`` did not show one, so that
    is made first.
    """
    command = [
        sys.executable, "-c", "from experiments.cli import main; main()", "sweep",
        str(folder / "design.yaml"), "--out", str(folder / "out"), "--json",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    start = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, env=os.environ)
    seconds = time.perf_counter() - start
    document = json.loads(said.stdout)
    if document["finished_before"] != document["planned"]:
        raise RuntimeError("the sweep was not finished")
    return seconds


def _chunk(cores: int) -> int:
    """Return how many of a million runs go into a chunk on a cluster."""
    from experiments.sweeps.cluster_workers import MOST_IN_CHUNK
    from experiments.sweeps.sweep import CHUNKS_EACH

    return min(MOST_IN_CHUNK, MILLION // (CHUNKS_EACH * cores))


def _plan(found: dict[str, Any]) -> dict[str, Any]:
    """Return how a million runs would go, from what was measured."""
    from experiments.sweeps.sweep_plan import trace

    traces = [
        trace(MILLION, cores, found["times"], found["saving"][cores], _chunk(cores))
        for cores in CORES
    ]
    return {
        "core_hours": MILLION * found["run_seconds"] / 3600.0,
        "gigabytes": MILLION * found["bytes_per_run"] / 1e9,
        "on_cores": [asdict(one) for one in traces],
    }

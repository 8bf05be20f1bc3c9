"""A sweep with its workers in this process: what is planned, saved, read and summarised."""

import json
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sweep_folders import Here, ToyCommon, assert_same, tables

from experiments.cli import main
from experiments.output import OutputError
from experiments.paired import WINDOW, effects, values
from experiments.posteriors.draws import source_hash
from experiments.runner import Kept, Task, run_task
from experiments.sweeps.chunk import (
    Chunk,
    Receipt,
    chunks,
    is_complete,
    is_whole,
    parts_of,
    saved,
    write_whole,
)
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.local_workers import Workers
from experiments.sweeps.planned_runs import RunInput, common, load_scenarios
from experiments.sweeps.result_tables import OUTCOMES, RUNS
from experiments.sweeps.store import PLAN, SUMS, Store, finished, open_store
from experiments.sweeps.sweep import Report, sweep
from experiments.sweeps.sweep_folder import locked, repair, write_plan
from experiments.sweeps.sweep_summary import ALL_POINTS, kept_summary, summary
from experiments.sweeps.sweep_work import Job, died
from model.outcomes import MEASURES
from model.parameters import load_registry
from model.simulation import Span
from scenarios.loader import load

REGISTRY = load_registry()
SMALL = {
    "baseline": "fee_for_service_open", "policies": ("bundle_flat",), "share": 0.001, "years": 1,
    "seeds": 2, "draws": 2, "uncertainties": ("need_class_correlation",),
    "levers": {"bundle_price_factor": (0.9, 1.1)},
}  # fmt: skip


def design(**more):
    return SweepDesign.model_validate(SMALL | more, context={"registry": REGISTRY})


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


def test_runs_come_in_the_order_of_the_plan_with_their_inputs(store):
    runs = store.runs()

    assert runs["row"].tolist() == list(range(8))
    assert runs["kind"].tolist() == ["seed"] * 4 + ["draw"] * 4
    assert runs["bundle_price_factor"].tolist() == [0.9, 1.1] * 4
    central = REGISTRY.values().need_class_correlation
    assert runs["need_class_correlation"][:4].tolist() == [central] * 4
    assert runs["need_class_correlation"][4:].nunique() == 2
    assert store.inputs == ("bundle_price_factor", "need_class_correlation")


def test_outcomes_are_those_of_the_runner(store):
    """A lever of 1.1 in the policy, seed 2: the same numbers as a task made by hand."""
    import dataclasses

    policies = {name: load(name, REGISTRY).policy() for name in (SMALL["baseline"], "bundle_flat")}
    policies["bundle_flat"] = dataclasses.replace(
        policies["bundle_flat"], levers={"bundle_price_factor": 1.1}
    )
    task = Task(
        "seed", 2, 2, REGISTRY.values(), policies, 0.001, Span(2023, 2025, 2025), SMALL["baseline"]
    )
    expected = run_task(task)
    ours = store.outcomes(split=None)
    ours = ours[(ours["kind"] == "seed") & (ours["index"] == 2) & (ours["point"] == 1)]
    keys = ["policy", "year", "measure", "split", "group"]
    pd.testing.assert_frame_equal(
        ours[[*keys, "top", "bottom", "patients", "small"]].sort_values(keys, ignore_index=True),
        expected.outcomes[[*keys, "top", "bottom", "patients", "small"]].sort_values(
            keys, ignore_index=True
        ),
        check_exact=True, check_dtype=False,
    )  # fmt: skip


def test_outcomes_can_be_asked_for_by_measure_policy_and_split(store):
    found = store.outcomes(["deaths"], ["bundle_flat"], "gold")

    assert set(found["measure"]) == {"deaths"}
    assert set(found["policy"]) == {"bundle_flat"}
    assert set(found["split"]) == {"gold"}
    assert len(found) == 8 * 3


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


def test_points_that_coincide_are_told_and_counted_once_while_running(tmp_path):
    """Of two levers, a Sobol design with second order takes the same mixed points twice."""
    two = {"bundle_price_factor": [0.8, 1.2], "audit_rate": [0.0, 0.1]}
    chosen = design(seeds=1, draws=0, uncertainties=None, sampling="sobol", samples=4, levers=two)
    told = []
    workers = Here(tmp_path, most=0)
    report = sweep(
        chosen, load_scenarios(chosen, REGISTRY), REGISTRY, tmp_path,
        lambda left, stopping: told.append(left) or workers,
        started=lambda planned, before: told.append((planned, before)),
    )  # fmt: skip

    assert (report.planned, report.same) == (24, 8)
    assert told == [(16, 0), 16]


def test_a_paired_effect_is_policy_less_baseline_in_the_same_run(store):
    found = store.paired("paramedical_spending", "bundle_flat")
    table = values(store.outcomes(["paramedical_spending"]).assign(
        index=lambda t: t["run"]), SUMS)  # fmt: skip
    window = table[table["year"] == WINDOW].set_index(["index", "policy"])["value"]

    assert len(found) == 8
    for row in found.itertuples():
        assert row.value == window[row.run, "bundle_flat"]
        assert row.effect == row.value - window[row.run, SMALL["baseline"]]


def test_the_effects_at_a_point_are_those_of_the_comparison(store):
    runs = store.outcomes()
    own = runs[runs["point"] == 1]

    pd.testing.assert_frame_equal(
        store.effects(1),
        effects(values(own.drop(columns=["run", "point"]), SUMS), SMALL["baseline"]),
    )


def test_the_summary_gives_both_intervals_at_every_point(store):
    found = summary(store).set_index(["point", "measure"])
    expected = store.effects(1)
    expected = expected[expected["year"] == WINDOW].set_index("measure")

    assert len(found) == 2 * len(MEASURES)
    for name in ("paramedical_spending", "practice_margin", "admin_hours"):
        for column in ("baseline", "mean", "monte_carlo_low", "parameter_high"):
            assert found.loc[(1, name), column] == pytest.approx(expected.loc[name, column])


@pytest.mark.parametrize(("most_rows", "at_once"), [(1, 1), (2_000_000, len(MEASURES))])
def test_a_summary_holds_no_more_measures_than_fit(store, monkeypatch, most_rows, at_once):
    monkeypatch.setattr("experiments.sweeps.sweep_summary.MOST_ROWS", most_rows)
    read, own = [], Store.outcomes

    def outcomes(self, measures=None, *more):
        found = own(self, measures, *more)
        read.append(found["measure"].nunique())
        return found

    monkeypatch.setattr(Store, "outcomes", outcomes)
    found = summary(store)

    assert max(read) == at_once and len(read) == len(MEASURES) / at_once
    assert found["measure"].tolist() == 2 * [measure.id for measure in MEASURES]
    assert found["point"].tolist() == [0] * len(MEASURES) + [1] * len(MEASURES)


def test_the_folder_says_where_draws_come_from(folder, store, tmp_path):
    """A posterior made again under the same name is another plan."""
    source = design().source(REGISTRY)
    assert store.about["draws_from"] == source
    assert store.about["posterior"] == source_hash(source)

    same = json.loads((folder / "design.json").read_text())
    plan = same.pop("plan")
    out = tmp_path / "out"
    shutil.copytree(folder, out)
    assert write_plan(out, same, lambda: iter(())) == plan["runs"]
    assert write_plan(out, same | {"posterior": "another"}, lambda: iter(())) == 0


def test_a_summary_is_kept_until_results_change(tmp_path, monkeypatch):
    out = tmp_path / "out"
    make(out, design(seeds=1, draws=0, uncertainties=None))
    first = kept_summary(open_store(out))
    with monkeypatch.context() as patch:
        patch.setattr("experiments.sweeps.sweep_summary.summary", lambda store: 1 / 0)
        pd.testing.assert_frame_equal(kept_summary(open_store(out)), first)
    make(out, design(seeds=2, draws=0, uncertainties=None))

    assert kept_summary(open_store(out))["runs"].tolist() == [2] * len(first)
    assert len(list(out.glob("summary-*"))) == 1


def test_a_sampler_is_summarised_over_all_its_points(tmp_path):
    chosen = design(
        sampling="latin_hypercube", samples=3, seeds=2, draws=0,
        levers={"bundle_price_factor": (0.9, 1.1)},
    )  # fmt: skip
    report, _ = make(tmp_path / "out", chosen)
    store = open_store(tmp_path / "out")
    found = summary(store).set_index("measure").loc["paramedical_spending"]
    paired = store.paired("paramedical_spending", "bundle_flat")

    assert report.done == 6
    assert found["point"] == ALL_POINTS
    assert found["mean"] == pytest.approx(paired["effect"].mean())
    assert found["parameter_low"] == pytest.approx(np.quantile(paired["effect"], 0.05))
    assert found["monte_carlo_low"] < found["mean"] < found["monte_carlo_high"]


def test_broken_off_resumed_and_grown_sweeps_make_the_same_tables(folder, tmp_path):
    out = tmp_path / "out"
    first, _ = make(out, design(seeds=1, draws=1), most=1)
    second, here = make(out, design(), most=2)
    third, _ = make(out, design())
    fourth, idle = make(out, design())

    # Two points share a warm-up, so jobs hold two runs.
    assert (first.planned, first.done) == (4, 2)
    assert (second.before, second.done) == (2, 6)
    assert (third.before, third.done, third.other) == (6, 8, 0)
    assert here.jobs == 2
    assert (fourth.before, idle.jobs) == (8, 0)
    assert_same(tables(out), tables(folder))


def test_runs_of_another_design_stay_and_are_not_read(folder, tmp_path):
    out = tmp_path / "out"
    make(out, design(seeds=1, draws=0, uncertainties=None))
    report, _ = make(out, design(seeds=1, draws=0, uncertainties=None, share=0.0012))

    assert (report.done, report.other) == (2, 2)
    assert len(open_store(out).runs()) == 2
    assert len(finished(out)) == 4


def test_a_run_that_raises_is_a_row_and_waits_to_be_asked_for(tmp_path, monkeypatch, folder):
    out = tmp_path / "out"

    def raising(task, told, kept):
        if task.seed == 2:
            told("warm-up", None)
            raise ValueError("on purpose")
        return run_task(task, told, kept)

    with monkeypatch.context() as patch:
        patch.setattr("experiments.runner.run_task", raising)
        report, _ = make(out, design())
        again, here = make(out, design())
    runs = open_store(out).runs()
    failed = runs[runs["status"] == "failed"]

    assert (report.done, report.failed) == (6, 2)
    assert (again.failed, here.jobs) == (2, 0)
    assert failed["stage"].tolist() == ["warm-up"] * 2
    assert failed["error"].tolist() == ["ValueError: on purpose"] * 2
    assert failed["traceback"].str.contains("raising").all()
    mended, _ = make(out, design(), retry_failed=True)
    assert (mended.before, mended.done, mended.failed) == (6, 8, 0)
    assert open_store(out).runs()["attempt"].tolist() == [1, 1, 2, 2, 1, 1, 1, 1]
    assert_same(tables(out), tables(folder))


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


def test_a_chunk_without_its_file_of_runs_does_not_count(folder, tmp_path):
    out = Path(shutil.copytree(folder, tmp_path / "out"))
    victim = chunks(out)[0]
    lost = len(pq.read_table(victim))
    victim.unlink()
    (out / "outcomes" / ".half.part").write_bytes(b"PAR1")

    assert len(open_store(out).runs()) == 8 - lost
    found = repair(out)
    assert found.broken == []
    assert sorted(found.unfinished)[0] == ".half.part"
    assert len(found.unfinished) == 3  # with the two files that nobody names any more
    assert all(is_complete(out, each) for each in chunks(out))


@pytest.mark.parametrize(
    ("harm", "table"),
    [
        (lambda old: old[: len(old) // 2], "outcomes"),
        (lambda old: old[:-9] + b"x" + old[-8:], "runs"),
    ],
)
def test_a_damaged_chunk_is_noticed_by_checksum_and_made_again(harm, table, folder, tmp_path):
    """As tests/faults does from outside, with more kinds of damage."""
    out = Path(shutil.copytree(folder, tmp_path / "out"))
    victim = chunks(out)[0]
    path = out / table / (victim.name if table == "runs" else parts_of(victim)[table])
    path.write_bytes(harm(path.read_bytes()))

    with pytest.raises(OutputError, match="damaged"):
        open_store(out)
    report, here = make(out, design())
    assert here.jobs > 0 and len(report.repairs.broken) == 1
    assert "found by checksum" in report.repairs.sentences()[0]
    assert_same(tables(out), tables(folder))


def test_a_killed_worker_costs_nothing_but_time(tmp_path):
    """For real: the first process that makes the second run is killed in the middle of it."""
    shared = ToyCommon(
        **vars(common(design(), load_scenarios(design(), REGISTRY), REGISTRY)),
        mark=str(tmp_path / "mark"),
    )
    inputs = tuple(RunInput(f"run{seed}", seed, {}, {}) for seed in (1, 2, 3))
    workers = Workers(tmp_path, 1, threading.Event())
    receipts = list(workers.run(iter([Job(shared, inputs, ())])))

    assert (tmp_path / "mark").exists()
    assert sum(one.tried for one in receipts) == 3
    assert finished(tmp_path) == {one.run: (True, 1) for one in inputs}
    assert workers.events == ["A worker process died; 3 run(s) are tried again, one by one."]


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


def run(*words):
    return CliRunner().invoke(main, ["sweep", *map(str, words)])


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


def test_a_finished_sweep_is_told_again(folder, tmp_path):
    path = tmp_path / "design.yaml"
    path.write_text(json.dumps({**SMALL, "policies": ["bundle_flat"]}))  # JSON is YAML
    plain, as_json = run(path, "--out", folder), run(path, "--out", folder, "--json")

    assert plain.exit_code == 0, plain.output
    assert "8 runs: 8 finished before, 0 made now, 0 failed." in plain.stdout
    assert "bundle_price_factor 1.1" in " ".join(plain.stdout.split())
    document = json.loads(as_json.stdout)
    assert document["done"] == 8
    assert len(document["effects"]) == 2 * len(MEASURES)

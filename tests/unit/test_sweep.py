"""A sweep with its workers in this process: what is planned, saved, read and summarised."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sweep_folders import Here, assert_same, tables
from toy_sweep import REGISTRY, SMALL, design, run

from experiments.output import OutputError
from experiments.paired import WINDOW, effects, values
from experiments.posteriors.draws import source_hash
from experiments.runner import Task, run_task
from experiments.sweeps.chunk import (
    chunks,
    is_complete,
    parts_of,
)
from experiments.sweeps.planned_runs import load_scenarios
from experiments.sweeps.store import SUMS, Store, finished, open_store
from experiments.sweeps.sweep import sweep
from experiments.sweeps.sweep_folder import repair, write_plan
from experiments.sweeps.sweep_summary import ALL_POINTS, kept_summary, summary
from model.outcomes import MEASURES
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


def test_points_that_coincide_are_told_and_counted_once_while_running(tmp_path):
    """Of two levers, a Sobol design with second order takes the same mixed points twice."""
    two = {"bundle_price_factor": [0.8, 1.2], "audit_rate": [0.0, 0.1]}
    chosen = design(seeds=1, draws=0, uncertainties=None, sampling="sobol", samples=4, levers=two)
    told = []
    workers = Here(tmp_path, most=0)
    report = sweep(
        chosen, load_scenarios(chosen, REGISTRY), REGISTRY, tmp_path,
        lambda stopping: workers,
        started=lambda planned, before: told.append((planned, before)),
    )  # fmt: skip

    assert (report.planned, report.same) == (24, 8)
    assert told == [(16, 0)]


def test_workers_begin_while_a_plan_is_made_and_not_when_there_is_one(tmp_path):
    """They take seconds to load the model; a sweep that is finished needs none."""
    chosen = design(seeds=1, draws=0, uncertainties=None)
    begun = []
    for _ in range(2):
        workers = Here(tmp_path)
        report = sweep(
            chosen, load_scenarios(chosen, REGISTRY), REGISTRY, tmp_path, lambda _, w=workers: w
        )
        assert report.done == report.planned
        begun.append(workers.begun)
    assert begun == [True, False]


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
    assert again.repairs.tried == finished(out)
    assert failed["stage"].tolist() == ["warm-up"] * 2
    assert failed["error"].tolist() == ["ValueError: on purpose"] * 2
    assert failed["traceback"].str.contains("raising").all()
    mended, _ = make(out, design(), retry_failed=True)
    assert (mended.before, mended.done, mended.failed) == (6, 8, 0)
    assert open_store(out).runs()["attempt"].tolist() == [1, 1, 2, 2, 1, 1, 1, 1]
    assert_same(tables(out), tables(folder))


# --- files


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
    assert found.tried == finished(out) and len(found.tried) == 8 - lost


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


# --- the command line


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

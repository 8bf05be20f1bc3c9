"""Finished pairs wait beside the results: after a stop the same command goes on from there."""

import dataclasses
import os

import pandas as pd
import pytest

from experiments import kept_tasks as module
from experiments.comparison import Design, compare, tasks
from experiments.evaluations import NO_EVALUATIONS
from experiments.kept_tasks import ENDING, kept_tasks, name_of
from experiments.output import OutputError
from experiments.runner import Task, TaskResult
from model.parameters import load_registry
from model.policy import HISTORY
from model.simulation import Span
from scenarios.loader import load

REGISTRY = load_registry()
TASK = Task("seed", 1, 1, REGISTRY.values(), {"a": HISTORY}, 0.01, Span(2024, 2025, 2025), "a")
TASKS = [dataclasses.replace(TASK, index=k, seed=k) for k in range(4)]
COLUMNS = ("value", "word")


def result_of(task, seen=2):
    rows = [(0.1 + task.seed / 3.0, f"w{k}") for k in range(3)]
    judged = pd.DataFrame(rows[:seen], columns=COLUMNS) if seen else NO_EVALUATIONS.copy()
    return TaskResult(pd.DataFrame(rows, columns=COLUMNS), judged)


@pytest.fixture
def made(monkeypatch):
    """Make results up, in this process; the list says which seeds were run."""
    seeds = []

    def run(named, workers, done, make):
        for name, task in named:
            seeds.append(task.seed)
            yield name, result_of(task)
            done()

    monkeypatch.setattr(module, "run_tasks", run)
    return seeds


@pytest.fixture
def out(tmp_path):
    return tmp_path / "deep" / "out"


def stopped_after(out, count, error=KeyboardInterrupt):
    """Run so many tasks and stop."""
    with kept_tasks(out) as simulate:
        for number, _ in enumerate(simulate(TASKS, 1, lambda: None), 1):
            if number == count:
                raise error


def same(ours, theirs):
    for table in ("outcomes", "evaluations"):
        pd.testing.assert_frame_equal(
            getattr(ours, table), getattr(theirs, table), check_exact=True
        )


def test_after_ctrl_c_only_what_is_missing_is_run_and_then_nothing_is_left(out, made):
    with pytest.raises(OutputError, match=r"^Stopped; 2 finished pair\(s\) are kept in .*goes on"):
        stopped_after(out, 2)
    assert made == [0, 1]

    told = []
    with kept_tasks(out) as simulate:
        found = list(simulate(TASKS, 1, lambda: told.append(1)))
    assert made == [0, 1, 2, 3] and len(told) == 4
    for ours, task in zip(found, TASKS, strict=True):
        same(ours, result_of(task))
    assert list(out.parent.iterdir()) == []  # where the results would be by now


def test_stopping_before_anything_is_finished_leaves_nothing(out, made, tmp_path):
    with pytest.raises(KeyboardInterrupt), kept_tasks(out):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_was_finished_outlives_results_that_cannot_be_written(out, made):
    said = r"^No space left; 4 finished pair\(s\) are kept"
    with pytest.raises(OutputError, match=said), kept_tasks(out) as simulate:
        list(simulate(TASKS, 1, lambda: None))
        raise OutputError("No space left.")
    with pytest.raises(ZeroDivisionError):
        stopped_after(out, 1, ZeroDivisionError)  # no sentence hides a fault of the program
    assert made == [0, 1, 2, 3]


@pytest.mark.parametrize("table", ["outcomes", "evaluations"])
@pytest.mark.parametrize("harm", ["cut", "flipped", "gone"])
def test_a_damaged_pair_is_run_again(out, made, table, harm):
    with pytest.raises(OutputError):
        stopped_after(out, 2)
    (victim,) = out.with_name(f"out{ENDING}").glob(f"{table}-{name_of(TASKS[0])}-*")
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        victim.unlink()
    else:
        victim.write_bytes(content[:50] if harm == "cut" else content)
    with kept_tasks(out) as simulate:
        found = list(simulate(TASKS, 1, lambda: None))
    assert made == [0, 1, 2, 3, 0] or made == [0, 1, 0, 2, 3]
    by_value = sorted(found, key=lambda one: one.outcomes["value"].iloc[0])
    for ours, task in zip(by_value, TASKS, strict=True):
        same(ours, result_of(task))


def test_a_pair_in_which_nothing_was_judged_comes_back(out, made, monkeypatch):
    monkeypatch.setattr("test_kept_tasks.result_of.__defaults__", (0,))
    with pytest.raises(OutputError):
        stopped_after(out, 1)
    with kept_tasks(out) as simulate:
        same(next(iter(simulate(TASKS[:1], 1, lambda: None))), result_of(TASKS[0], 0))
    assert made == [0]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "draw"}, {"index": 9}, {"seed": 9}, {"share": 0.02}, {"baseline": ""},
        {"span": Span(2024, 2025, 2026)}, {"treated_only": True},
        {"parameters": REGISTRY.values({"audit_rate": 0.07})},
        {"policies": {"b": HISTORY}},
        {"policies": {"a": dataclasses.replace(HISTORY, levers={"audit_rate": 0.07})}},
        {"history": dataclasses.replace(HISTORY, theories={"pure_profit": 1.0})},
    ],
)  # fmt: skip
def test_whatever_decides_a_pair_is_in_its_name(change):
    assert name_of(dataclasses.replace(TASK, **change)) != name_of(TASK)


def test_another_version_of_the_code_is_another_pair(monkeypatch):
    ours = name_of(TASK)
    monkeypatch.setattr(module, "code_version", lambda: "another")
    assert name_of(TASK) != ours


def test_one_process_at_a_time(out, made):
    with kept_tasks(out) as simulate:
        said = rf"is in use by another command \(process {os.getpid()}\); wait for it"
        with pytest.raises(OutputError, match=said), kept_tasks(out):
            pass
        list(simulate(TASKS, 1, lambda: None))  # the one that was there first goes on


def test_files_of_somebody_else_stay(out, made):
    mine = out.with_name(f"out{ENDING}") / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with kept_tasks(out) as simulate:
        list(simulate(TASKS, 1, lambda: None))
    assert {each.name for each in mine.parent.iterdir()} <= {"mine.txt", ".lock"}


@pytest.mark.parametrize("what", ["link", "file"])
def test_a_place_that_is_no_folder_is_refused(out, made, what):
    place = out.with_name(f"out{ENDING}")
    place.parent.mkdir(parents=True)
    place.symlink_to(out.parent) if what == "link" else place.write_text("mine")
    with pytest.raises(OutputError, match="is not a folder"), kept_tasks(out):
        pass
    assert place.is_symlink() or place.read_text() == "mine"


def test_results_for_the_terminal_only_are_not_kept(made):
    with kept_tasks(None) as simulate:
        assert simulate is module.run_tasks


@pytest.mark.slow
def test_a_comparison_that_was_stopped_is_the_same_to_the_last_bit(tmp_path):
    """Real worlds: stopped after three pairs of four, and gone on."""
    design = Design("fee_for_service_open", ("bundle_flat",), seeds=2, draws=2, share=0.002)
    policies = {name: load(name, REGISTRY).policy() for name in design.worlds}
    whole = compare(design, policies, REGISTRY, 1)
    assert len(tasks(design, policies, REGISTRY)) == 4

    def stop():
        if len(list(tmp_path.glob("out.unfinished/outcomes-*"))) == 3:
            raise KeyboardInterrupt

    with pytest.raises(OutputError, match="3 finished"), kept_tasks(tmp_path / "out") as simulate:
        compare(design, policies, REGISTRY, 1, stop, simulate)
    with kept_tasks(tmp_path / "out") as simulate:
        again = compare(design, policies, REGISTRY, 1, simulate=simulate)
    for table in ("runs", "effects", "evaluations", "parameters"):
        ours, theirs = getattr(again, table), getattr(whole, table)
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
        assert ours.to_csv() == theirs.to_csv()

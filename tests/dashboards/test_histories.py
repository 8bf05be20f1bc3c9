"""Histories are used again exactly when nothing that they read has changed, and change nothing."""

import time
from dataclasses import replace

import pandas as pd
import pytest

from dashboards import worker
from dashboards.histories import NotedSet, Store, run_with_histories
from dashboards.worker import FEE_PER_SESSION, Ask
from experiments.runner import run_task
from model.parameters import load_registry

ASK = Ask("bundle_weight_classes", (), 2, 1, 0.002, (2024, 2025, 2026))


def task(place: int = 0, **levers: float):
    return worker._tasks(replace(ASK, settings=tuple(sorted(levers.items()))))[place]


def simulated(store: Store, one) -> tuple[int, object]:
    """Run a task; return how many months were simulated, and the result."""
    months = [0]

    def each_month():
        months[0] += 1

    return_ = run_with_histories(one, store, FEE_PER_SESSION, each_month)
    return months[0], return_


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store in which one task has been run."""
    store = Store(tmp_path_factory.mktemp("histories"))
    months, _ = simulated(store, task())
    assert months == 12 + 3 * 24
    return store


@pytest.mark.parametrize(
    ("levers", "months"),
    [
        ({}, 24),
        ({"bundle_price_factor": 1.1}, 24),  # read by the policy's world only
        ({"regulator_price_cut_most": 0.02}, 3 * 24),  # by all three, not by history
        ({"intensive_quarters": 3.0}, 12 + 3 * 24),  # by history
    ],
)
def test_only_what_reads_a_lever_is_simulated_again_and_results_are_identical(
    filled, levers, months
):
    one = task(**levers)
    done, result = simulated(filled, one)
    assert done == months
    plain = run_task(one)
    pd.testing.assert_frame_equal(result.outcomes, plain.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(result.evaluations, plain.evaluations, check_exact=True)


def test_other_luck_and_other_draws_are_other_histories(filled):
    assert simulated(filled, task(1))[0] == 12 + 3 * 24
    assert simulated(filled, task(2))[0] == 12 + 3 * 24


def test_a_store_that_is_damaged_or_gone_costs_time_and_nothing_else(tmp_path):
    store = Store(tmp_path / "a")
    before = simulated(store, task())[1]
    for path in store.folder.rglob("*.data"):
        path.write_bytes(b"\x80garbage")
    months, after = simulated(store, task())
    assert months == 12 + 3 * 24
    pd.testing.assert_frame_equal(before.outcomes, after.outcomes, check_exact=True)
    nowhere = Store(tmp_path / "a" / "file")
    nowhere.folder.write_text("no folder")
    assert simulated(nowhere, task())[0] == 12 + 3 * 24


def test_what_is_prepared_is_found_by_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_histories", tmp_path)
    worker._store.cache_clear()
    monkeypatch.setattr(worker, "_stop", None)
    assert worker.prepare_one(ASK, 0, 0)
    assert simulated(Store(tmp_path), task(bundle_price_factor=1.1))[0] == 24
    worker._store.cache_clear()


def test_old_variants_make_room(tmp_path):
    store, p = Store(tmp_path), load_registry().values()
    for price in (1.0, 1.1, 1.2):
        other = p.replace({"bundle_price_factor": price})
        store.keep("piece", other, {"bundle_price_factor"}, price)
        time.sleep(0.02)
    found = [
        store.find("piece", p.replace({"bundle_price_factor": price})) for price in (1.0, 1.1, 1.2)
    ]
    assert [None if one is None else one[0] for one in found] == [None, 1.1, 1.2]


def test_a_noted_set_is_a_set_and_notes_what_is_read():
    p, read = load_registry().values(), set()
    noted = NotedSet(p.to_dict(), read)
    assert read == set()
    assert noted.audit_rate == p.audit_rate and noted["admin_hours_improvement_plan"] > 0.0
    assert read == {"audit_rate", "admin_hours_improvement_plan"}
    changed = noted.replace({"audit_rate": 0.5})
    assert changed.audit_rate == 0.5 and len(read) == 2
    assert noted == p and read == set(p)  # who compares has read everything

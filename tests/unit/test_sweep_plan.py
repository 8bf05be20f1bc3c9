"""The simulated trace of a scheduler, against what can be reckoned by hand."""

import pytest

from experiments.sweeps.sweep_plan import trace


def test_one_worker_does_all_the_work_one_after_the_other():
    found = trace(10, 1, [2.0], save_seconds=0.0, chunk=2, task_seconds=0.0, start_seconds=5.0)

    assert found.seconds == pytest.approx(25.0)
    assert found.busy == pytest.approx(20.0 / 25.0)
    assert found.parent_busy == 0.0


def test_workers_share_the_work():
    found = trace(100, 10, [1.0], save_seconds=0.0, chunk=1, task_seconds=0.0, start_seconds=0.0)

    assert found.seconds == pytest.approx(10.0)
    assert found.busy == pytest.approx(1.0)


def test_a_rest_that_fills_no_chunk_is_run_too():
    found = trace(7, 1, [1.0], save_seconds=0.0, chunk=3, task_seconds=0.0, start_seconds=0.0)

    assert found.seconds == pytest.approx(7.0)


def test_a_parent_that_saves_slowly_is_the_limit():
    found = trace(100, 50, [1.0], save_seconds=0.5, chunk=1, task_seconds=0.0, start_seconds=0.0)

    # A hundred chunks at half a second each, after the first came back; it never waits again.
    assert found.seconds == pytest.approx(51.0)
    assert found.parent_busy == pytest.approx(50.0 / 51.0)


def test_the_last_chunk_is_waited_for_and_saved():
    found = trace(1, 4, [3.0], save_seconds=1.0, chunk=5, task_seconds=0.5, start_seconds=2.0)

    assert found.seconds == pytest.approx(2.0 + 3.0 + 1.0)

"""The engine: asked once, run once; stopped at once; nobody's trouble is another's."""

import time

import engine_jobs as jobs
import pytest

from dashboards.engine import Engine
from dashboards.kept_results import KeptResults
from dashboards.run import Busy, State
from dashboards.worker import Ask


@pytest.fixture
def engine_of():
    made = []

    def make(run_one, **more) -> Engine:
        made.append(Engine(2, "test", run_one, jobs.listed, **more))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def until(condition, seconds=90.0):  # workers take their time where other tests run
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_run_ends_in_a_result_from_all_its_tasks(engine_of):
    run = engine_of(jobs.quick).request(Ask("a", seeds=2, draws=1), "anna")
    assert run.wait(30) is State.DONE
    assert run.result == {"parts": ["a:0", "a:1", "a:2"], "with_draws": True}


def test_twenty_who_ask_the_same_have_it_run_once(engine_of):
    engine, ask = engine_of(jobs.short), Ask("a", seeds=2, draws=2)
    runs = [engine.request(ask, f"student {k}") for k in range(20)]
    assert all(run is runs[0] for run in runs)
    assert runs[0].wait(30) is State.DONE
    assert engine.computed == 4
    again = engine.request(ask, "late")
    assert again.state is State.DONE and again.result == runs[0].result
    assert engine.computed == 4


def test_what_differs_in_one_lever_is_not_the_same(engine_of):
    engine = engine_of(jobs.quick)
    one = engine.request(Ask("a", (("x", 1.0),), 2, 0), "anna")
    other = engine.request(Ask("a", (("x", 1.1),), 2, 0), "bob")
    assert one is not other and one.key != other.key


def test_another_program_has_other_keys():
    ask = Ask("a")
    assert Engine(1, "one").key(ask) != Engine(1, "two").key(ask)


def test_stopping_frees_the_workers_within_a_second(engine_of):
    engine = engine_of(jobs.slow)
    for one in [engine._pool.submit(time.sleep, 0.3) for _ in range(2)]:
        one.result(30)  # both processes have started
    run = engine.request(Ask("a", seeds=2, draws=0), "anna")
    time.sleep(0.3)
    assert run.state is State.RUNNING
    before = time.monotonic()
    engine.cancel("anna")
    assert run.state is State.STOPPED
    until(lambda: engine._in_flight == 0, 1.0)
    assert time.monotonic() - before < 1.0


def test_a_run_goes_on_while_somebody_else_waits_for_it(engine_of):
    engine, ask = engine_of(jobs.short), Ask("a", seeds=4, draws=0)
    run = engine.request(ask, "anna")
    engine.request(ask, "bob")
    engine.cancel("anna")
    assert run.state is not State.STOPPED
    assert run.wait(30) is State.DONE


def test_a_new_click_leaves_the_older_run_of_the_same_visitor(engine_of):
    engine = engine_of(jobs.slow)
    older = engine.request(Ask("a", seeds=2, draws=0), "anna")
    engine.request(Ask("b", seeds=2, draws=0), "anna")
    assert older.state is State.STOPPED


def test_a_hundred_clicks_are_one_run(engine_of):
    engine, ask = engine_of(jobs.short), Ask("a", seeds=2, draws=0)
    runs = {id(engine.request(ask, "anna")) for _ in range(100)}
    assert len(runs) == 1 and engine.active <= 1


def test_finished_tasks_are_kept_when_a_stopped_run_goes_on(engine_of):
    engine, ask = engine_of(jobs.half_slow), Ask("a", seeds=3, draws=2)
    run = engine.request(ask, "anna")
    until(lambda: run.done == 3)
    engine.cancel("anna")
    until(lambda: engine._in_flight == 0)
    again = engine.request(ask, "anna")
    assert again is not run and again.done == 3 and again.state is State.RUNNING


def test_a_first_answer_comes_from_chance_alone(engine_of):
    engine = engine_of(jobs.half_slow)
    run = engine.request(Ask("a", seeds=2, draws=2), "anna")
    until(lambda: run.partial is not None)
    assert run.partial == {"parts": ["a:0", "a:1"], "with_draws": False}
    assert run.state is State.RUNNING


def test_turns_go_round(engine_of):
    engine = engine_of(jobs.short)
    long = engine.request(Ask("a", seeds=60, draws=0), "anna")
    short = engine.request(Ask("b", seeds=2, draws=0), "bob")
    assert short.wait(120) is State.DONE
    assert long.state is State.RUNNING


def test_a_process_that_dies_is_replaced_and_its_task_run_again(engine_of, tmp_path):
    engine = engine_of(jobs.dies_once)
    run = engine.request(Ask(str(tmp_path / "mark"), seeds=2, draws=0), "anna")
    assert run.wait(120) is State.DONE
    assert run.result["parts"] == ["lived", "lived"]


def test_a_task_that_fails_ends_its_own_run_only(engine_of, caplog):
    engine = engine_of(jobs.always_fails)
    run = engine.request(Ask("a", seeds=2, draws=0), "anna")
    assert run.wait(30) is State.FAILED
    assert run.error and run.error in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert engine.request(Ask("b", seeds=2, draws=0), "bob").state is State.RUNNING


def test_above_the_limit_visitors_hear_how_long(engine_of):
    engine = engine_of(jobs.slow, most_runs=2)
    for name in ("a", "b"):
        engine.request(Ask(name, seeds=2, draws=0), name)
    answer = engine.request(Ask("c", seeds=2, draws=0), "c")
    assert isinstance(answer, Busy) and answer.ahead == 2 and answer.seconds > 0.0


def test_who_starts_too_many_runs_in_a_minute_is_asked_to_wait_and_nobody_else(engine_of):
    engine = engine_of(jobs.quick, most_a_minute=3)
    for k in range(3):
        run = engine.request(Ask(f"a{k}", seeds=2, draws=0), "anna")
        assert run.wait(60) is State.DONE
    answer = engine.request(Ask("a4", seeds=2, draws=0), "anna")
    assert isinstance(answer, Busy) and answer.own and 0.0 < answer.seconds <= 60.0
    assert engine.request(Ask("a0", seeds=2, draws=0), "anna").state is State.DONE  # known already
    assert engine.request(Ask("a4", seeds=2, draws=0), "bob").state is not State.STOPPED


def test_preparing_makes_way_for_who_waits_and_goes_on_afterwards(engine_of, tmp_path):
    engine = engine_of(jobs.quick, histories=tmp_path / "h", prepare_one=jobs.prepared_slowly)
    engine.prepare(Ask(str(tmp_path / "marks"), seeds=2, draws=0))
    until(lambda: len(engine._preparing.under_way) == 2)
    run = engine.request(Ask("a", seeds=2, draws=0), "anna")
    assert run.wait(60) is State.DONE
    until(lambda: len(list(tmp_path.glob("marks*"))) == 2)
    assert not engine._preparing.waiting


def test_the_folder_of_histories_goes_with_the_engine(tmp_path):
    folder = tmp_path / "h"
    folder.mkdir()
    Engine(1, "test", histories=folder).close()
    assert not folder.exists()


def test_runs_that_were_stopped_take_no_more_than_they_may(engine_of, monkeypatch):
    monkeypatch.setattr("dashboards.engine.MOST_LEFT", 400_000)
    engine = engine_of(jobs.large_then_slow, most_a_minute=100)
    runs = []
    for k in range(6):  # each leaves a finished task of 100 kB
        runs.append(engine.request(Ask(f"a{k}", seeds=1, draws=1), "anna"))
        until(lambda run=runs[-1]: run.parts)
    engine.cancel("anna")
    assert engine._left.bytes <= 400_000 and engine.active == 0
    assert engine.run_of(Ask("a0", seeds=1, draws=1)) is None
    assert engine.run_of(Ask("a5", seeds=1, draws=1)) is runs[5]
    again = engine.request(Ask("a5", seeds=1, draws=1), "anna")
    assert again.done == 1 and again.state is State.RUNNING


def test_results_are_kept_packed_and_forgotten_in_the_end(engine_of):
    engine = engine_of(jobs.quick, most_a_minute=100)
    engine._results = KeptResults(most_packed=400, most_open=3_000)
    asks = [Ask(f"a{k}", seeds=2, draws=0) for k in range(20)]
    for ask in asks:
        assert engine.request(ask, "anna").wait(60) is State.DONE
    assert engine._results.bytes <= 3_400 and not engine._running and not len(engine._left)
    assert engine.kept(asks[0]) is None
    assert engine.kept(asks[-1]) == {"parts": ["a19:0", "a19:1"], "with_draws": True}


def test_what_a_stopped_run_ends_late_does_not_end_another(engine_of):
    """Somebody goes on with a run while the last task of the stopped one is still coming in."""
    engine, ask = engine_of(jobs.half_slow), Ask("a", seeds=2, draws=1)
    run = engine.request(ask, "anna")
    until(lambda: run.done == 2)
    engine.cancel("anna")
    again = engine.request(ask, "anna")
    engine._fail(run, RuntimeError("late"))
    assert engine.run_of(ask) is again and again.state is State.RUNNING

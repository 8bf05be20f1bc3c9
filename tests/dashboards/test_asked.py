"""What is asked of workers is made once, asked again when it failed, and forgotten in the end."""

import gc
import weakref
from concurrent.futures import Future
from threading import Event

import pytest

from dashboards.asked import Asked
from dashboards.pool import Pool


@pytest.fixture
def workers(monkeypatch):
    """Workers that answer when the test says so."""
    found = Pool(1)
    monkeypatch.setattr(found, "submit", lambda *_: Future())
    monkeypatch.setattr(found, "tell", lambda future, hear: future.add_done_callback(hear))
    return found


def test_an_answer_is_made_once_for_all_who_ask(workers):
    asked = Asked(workers)
    first = asked.get("a", print)
    assert asked.get("a", print) is first and asked.get("b", print) is not first
    first.set_result({"answer": 1})
    assert asked.get("a", print).result() is first.result()


def test_an_answer_lets_go_of_those_who_waited_for_it(workers):
    """A future keeps its callbacks for good, and through them what a visitor had on screen."""
    asked = Asked(workers)
    first, waiting = asked.get("a", print), Event()
    left = weakref.ref(waiting)
    first.add_done_callback(lambda _, waiting=waiting: None)
    first.set_result(1)
    del first, waiting
    gc.collect()
    assert left() is None and asked.get("a", print).result() == 1


def test_what_failed_or_was_dropped_is_asked_again(workers):
    asked = Asked(workers)
    first = asked.get("a", print)
    first.set_exception(ValueError())
    second = asked.get("a", print)
    assert second is not first
    second.cancel()
    assert asked.get("a", print) not in (first, second)


def test_questions_that_nobody_has_begun_make_way(workers):
    asked = Asked(workers, most_waiting=3)
    futures = [asked.get(k, print) for k in range(5)]
    assert [one.cancelled() for one in futures] == [True, True, False, False, False]
    assert asked.get(4, print) is futures[4]


def test_known_answers_take_no_more_than_they_may(workers):
    asked = Asked(workers, most_bytes=50_000)
    futures = []
    for k in range(20):
        futures.append(asked.get(k, print))
        futures[-1].set_result(f"{k}" + "x" * 10_000)
    assert asked._known.bytes <= 50_000 and not asked._coming
    assert asked.get(19, print).result() == futures[19].result()
    assert not asked.get(0, print).done()

"""The look-out of a visitor for its run: what it says, to how many, and when it keeps quiet."""

import threading
import time
from types import SimpleNamespace

import pytest
import solara

from dashboards import service
from dashboards.pages.app import SOON, TOGETHER, _watch
from dashboards.pages.session import Session
from dashboards.run import Ask, Run, State
from dashboards.view import View
from dashboards.viewmodels.shown import Progress


def looking(visitors: int, seconds_left: float):
    """Return a run in progress with its first half done, and the session of one who waits."""
    run = Run(Ask("bundle_flat", (), 5, 10, 0.03), "code", {str(k) for k in range(visitors)})
    run.partial, run.seconds_left = {"some": "result"}, seconds_left
    cells = [solara.Reactive(x) for x in (View(), [], Progress("running"), run, 0, "", {})]
    return run, Session(*cells, visitor="0", push=lambda address: None)


def eventually(holds) -> bool:
    end = time.monotonic() + 5.0
    while time.monotonic() < end and not holds():
        time.sleep(0.01)
    return holds()


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    monkeypatch.setattr(service, "engine", lambda: SimpleNamespace(active=1))


@pytest.mark.parametrize(
    ("visitors", "seconds_left", "shown"),
    [(1, 0.5, True), (TOGETHER + 1, 10.0 * SOON, True), (TOGETHER + 1, 0.5 * SOON, False)],
)
def test_many_are_not_shown_the_first_half_just_before_the_end(visitors, seconds_left, shown):
    run, session = looking(visitors, seconds_left)
    stop = _watch(session)
    if shown:
        assert eventually(lambda: session.ended.value == 1)
    else:
        time.sleep(1.0)
        assert session.ended.value == 0
    stop()
    run._ended.set()


def test_the_end_of_a_run_wakes_who_waits_at_once():
    run, session = looking(200, 100.0)  # so many that each would look every ten seconds
    _watch(session)
    assert eventually(lambda: session.progress.value.total == run.total)
    run.error, run.state = "abc", State.FAILED
    begun = time.monotonic()
    run._ended.set()
    assert eventually(lambda: session.progress.value.state == "failed")
    assert time.monotonic() - begun < 2.0


def test_nothing_is_said_of_a_run_that_was_left():
    run, session = looking(1, 100.0)
    session.run.set(None)
    session.progress.set(Progress())
    session.run.set(run)
    before = threading.active_count()
    stop = _watch(session)
    assert eventually(lambda: session.progress.value.state == "running")
    session.run.set(None)
    session.progress.set(Progress())
    assert eventually(lambda: threading.active_count() <= before)
    assert session.progress.value == Progress()
    stop()

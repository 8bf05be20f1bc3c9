"""Preparing only saves time: nobody hears of it unless something is wrong with the work itself."""

import logging
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from dashboards.pool import Pool
from dashboards.preparing import SLOT, Preparing
from dashboards.worker import Ask, StoppedError


@pytest.fixture
def preparing(monkeypatch):
    workers = Pool(2)
    monkeypatch.setattr(workers, "submit", lambda *_: Future())
    monkeypatch.setattr(workers, "tell", lambda future, hear: future.add_done_callback(hear))
    found = Preparing(workers, lambda *_: True, lambda: None)
    found.add(Ask("a", seeds=3, draws=1))
    found.go_on()
    return found


def end(preparing, error):
    for future in list(preparing.under_way):
        future.set_exception(error)


def test_it_takes_no_more_than_there_are_workers_and_makes_way(preparing):
    assert (len(preparing.under_way), len(preparing.waiting)) == (2, 2)
    preparing.make_way()
    assert preparing._workers.stop[SLOT] == 1
    end(preparing, StoppedError())
    assert len(preparing.waiting) == 4
    preparing.go_on()
    assert preparing._workers.stop[SLOT] == 0 and len(preparing.under_way) == 2


def test_processes_that_are_killed_are_not_brought_to_life_again_and_nothing_is_said(
    preparing, caplog
):
    with caplog.at_level(logging.DEBUG):
        end(preparing, BrokenProcessPool("killed"))
    preparing.go_on()
    assert not preparing.waiting and not preparing.under_way and caplog.text == ""


def test_a_server_that_closes_says_nothing(preparing, caplog):
    preparing._workers.closed = True
    end(preparing, RuntimeError("cut off"))
    assert caplog.text == ""


def test_work_that_is_wrong_is_said_once_and_left(preparing, caplog):
    end(preparing, ZeroDivisionError("as asked"))
    assert "preparing failed" in caplog.text and "ZeroDivisionError" in caplog.text
    preparing.go_on()
    assert not preparing.under_way

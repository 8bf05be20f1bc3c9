"""Many visitors at once, bounded in number and time, on this machine only.

Limits are those of the targets (``zorgbundel bench --dashboard``) with room for busy machines: what
must not happen is that somebody waits for all others, that the page dies, or that memory grows.
"""

import os
import time

import pytest
from conftest import start_server, stop_server

from dashboards.crowd import LEVER, SCENARIOS, crowd, summary, visitors
from dashboards.load import growth, load
from dashboards.running_server import RunningServer
from dashboards.visitor import RUN_BAR

#: Small worlds: the load is that of the server, not of the model.
SIZE = {"ZORGBUNDEL_DASHBOARD_SIZE": "3,2,0.003"}
PAGE = "/outcomes?lang=nl"
#: Seconds that fifty visitors stroll; ten minutes: ZORGBUNDEL_LOAD_SECONDS=600.
STROLL_SECONDS = float(os.environ.get("ZORGBUNDEL_LOAD_SECONDS", "60"))


@pytest.fixture
def busy_server():
    process, address = start_server(**SIZE)
    yield address
    stop_server(process)


@pytest.mark.slow
def test_twenty_visitors_want_twenty_things(busy_server):
    told = summary(crowd(busy_server, 20, same=False, timeout=300.0))
    assert told["first"] < 0.5 * told["last"]
    assert told["sign"] < 10.0 and told["lag"] < 5.0


@pytest.mark.slow
def test_twenty_visitors_who_want_the_same_have_it_together(busy_server):
    crowd(busy_server, 1, same=True, timeout=300.0)  # compiled, imported, prepared
    alone = summary(crowd(busy_server, 1, same=True, timeout=300.0))["last"]
    same = summary(crowd(busy_server, 20, same=True, timeout=300.0))
    assert same["last"] < 3.0 * alone + 5.0  # not twenty times


@pytest.mark.slow
def test_memory_is_level_over_cycles_of_twenty_visitors():
    with RunningServer(environment=SIZE) as server:
        after = []
        for _ in range(10):
            with visitors(server.address, [PAGE] * 20, 120.0):
                after.append(server.memory_mb)
        assert sum(after[-3:]) / sum(after[1:4]) < 1.02
        assert max(after) < 250.0


@pytest.mark.slow
def test_a_visitor_takes_less_than_a_megabyte_and_a_half():
    with RunningServer(environment=SIZE) as server, visitors(server.address, [PAGE], 120.0):
        time.sleep(5.0)  # the workers have started
        before = server.memory_mb
        with visitors(server.address, [PAGE] * 20, 120.0):
            assert (server.memory_mb - before) / 20 < 1.4  # 1.16; the target is 1.5


@pytest.mark.slow
def test_memory_is_level_however_many_levers_are_tried():
    """Every place of a lever has an estimate, pictures and perhaps a result of its own.

    What is kept of them has an end in bytes, which some eighty results reach: the fourth part.
    """
    with (
        RunningServer(environment=SIZE) as server,
        visitors(server.address, [f"{PAGE}&s={name}" for name in SCENARIOS], 120.0) as opened,
    ):
        after = []
        for part in range(6):
            for k in range(60):
                for one in opened:
                    one.move(LEVER, 0.8 + 0.06 * part + 0.001 * k, 120.0)
                if k % 12 == 0:
                    for one in opened:
                        one.wait(lambda one=one: one.state(RUN_BAR).get("can_run"), 60.0)
                        one.run()
                    for one in opened:
                        one.wait(lambda one=one: one.has_result, 300.0)
            after.append(server.memory_mb)
        assert after[5] < 1.03 * after[3]


@pytest.mark.slow
def test_fifty_visitors_stroll_without_an_error_and_memory_stays_level():
    told = load(STROLL_SECONDS / 60.0, 50, SIZE)
    assert told["errors"] == []
    assert told["moves"] > 50 and told["lever_median_ms"] < 5000.0
    if STROLL_SECONDS >= 300.0:  # before that, caches still fill
        assert told["growth_percent"] < 5.0


def test_memory_that_grows_is_told_from_memory_that_is_level():
    assert growth([100.0] * 9) == 0.0
    assert growth([50.0, 60.0, 70.0, 100.0, 100.0, 100.0, 110.0, 110.0, 110.0]) == pytest.approx(10)
    assert growth([1.0]) != growth([1.0])  # too short to say

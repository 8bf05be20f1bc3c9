"""What goes wrong on the server's side has its own sentence, and nobody else notices."""

import json
import shutil
import time

import psutil
import pytest
from conftest import start_server, stop_server

from dashboards import library
from dashboards.visitor import RUN_BAR, Visitor

RUN = "/outcomes?lang=en&s=bundle_flat&l.bundle_price_factor=0.9{}"


@pytest.fixture
def own_server():
    """A server for one test, because something in it is broken on purpose."""
    made = []

    def start(**environment):
        made.append(start_server(**environment))
        return made[-1]

    yield start
    for process, _ in made:
        stop_server(process)


def workers(process) -> list[psutil.Process]:
    """Return the worker processes of a server."""
    found = psutil.Process(process.pid).children(recursive=True)
    return [one for one in found if "spawn_main" in " ".join(one.cmdline())]


def shown(visitor: Visitor) -> str:
    """Return all HTML that a visitor has on screen."""
    return " ".join(str(one.get("unsafe_innerHTML", "")) for one in visitor.widgets.values())


@pytest.mark.slow
def test_a_worker_that_dies_in_a_run_takes_nothing_along(own_server):
    process, address = own_server(ZORGBUNDEL_DASHBOARD_SIZE="4,4,0.01")
    anna, bob = (Visitor(address, RUN.format(k)).open() for k in (2, 3))
    anna.run()
    anna.wait(lambda: anna.state(RUN_BAR)["done"] >= 1, 300.0)
    for one in workers(process):
        one.kill()
    assert bob.move("bundle_price_factor", 1.2) < 30.0
    anna.wait(lambda: anna.has_result, 300.0)
    assert "fail" not in anna.state(RUN_BAR)["message"]


@pytest.mark.slow
def test_a_hundred_clicks_are_one_run_and_other_visitors_go_on(own_server):
    _, address = own_server()
    anna, bob = (Visitor(address, RUN.format(k)).open() for k in (2, 3))
    for _ in range(100):
        anna.run()
    assert bob.move("bundle_price_factor", 1.2) < 30.0
    anna.wait(lambda: anna.has_result, 300.0)


@pytest.mark.slow
def test_a_closed_tab_frees_the_cores(own_server):
    process, address = own_server(ZORGBUNDEL_DASHBOARD_SIZE="20,20,0.05")
    anna = Visitor(address, RUN.format(2)).open()
    anna.run()
    anna.wait(lambda: anna.state(RUN_BAR)["done"] >= 1, 300.0)
    anna.close()
    time.sleep(2.0)
    before = sum(sum(one.cpu_times()[:2]) for one in workers(process))
    time.sleep(3.0)
    assert sum(sum(one.cpu_times()[:2]) for one in workers(process)) - before < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["gone", "damaged", "empty"])
def test_a_results_store_that_is_broken_has_a_sentence(own_server, tmp_path, broken):
    folder = tmp_path / "results"
    shutil.copytree(library.FOLDER, folder)
    if broken == "gone":
        shutil.rmtree(folder)
    elif broken == "damaged":
        (folder / "bundle_flat.json").write_text('{"about": ')
    else:
        (folder / "bundle_flat.json").write_text(json.dumps({}))
    _, address = own_server(ZORGBUNDEL_DASHBOARD_RESULTS=str(folder))
    anna = Visitor(address, "/outcomes?lang=en&s=bundle_flat").open()
    assert "missing or damaged" in shown(anna)
    if broken != "gone":
        bob = Visitor(address, "/outcomes?lang=en&s=bundle_corridor").open()
        assert "missing or damaged" not in shown(bob) and "zb-answer" in shown(bob)


@pytest.mark.slow
def test_workers_leave_with_a_server_that_is_killed():
    process, _ = start_server()
    workers = psutil.Process(process.pid).children(recursive=True)
    deadline = time.monotonic() + 60
    while not workers and time.monotonic() < deadline:
        time.sleep(0.2)
        workers = psutil.Process(process.pid).children(recursive=True)
    time.sleep(5)  # a worker that has only just been started does not watch yet
    process.kill()
    process.wait()
    gone, alive = psutil.wait_procs(workers, timeout=60)

    assert gone and not alive

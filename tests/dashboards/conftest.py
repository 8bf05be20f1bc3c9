"""A server of the dashboard, and pages that notice every request to another host."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import outside
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None
)
#: Where the rooms of each server are kept, for tests that do something behind its back.
GAME_FOLDERS: dict[str, Path] = {}
#: The main process of each server.
PROCESSES: dict[str, int] = {}
#: Small enough that a run takes seconds.
SIZE = "2,2,0.003"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start_server(*arguments: str, **environment: str):
    """Start the program as a user does; return the process and where it listens.

    ``code`` starts something else that takes the same arguments (``stories``).
    """
    port = free_port()
    code = environment.pop("code", "from experiments.cli import main; main()")
    # A pipe that nobody reads would stop the server.
    log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
    game = environment.pop("ZORGBUNDEL_GAME_FOLDER", None) or tempfile.mkdtemp()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, "dashboard", "--port", str(port), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests/offline'}{os.pathsep}{ROOT}",
             "ZORGBUNDEL_DASHBOARD_SIZE": SIZE,
             "ZORGBUNDEL_DASHBOARD_WORKERS": "1",
             "ZORGBUNDEL_DASHBOARD_PREPARE": "0",
             "ZORGBUNDEL_CLASS_FILE": str(Path(tempfile.mkdtemp()) / "class.sqlite"),
             "ZORGBUNDEL_GAME_FOLDER": game,
             **environment},
        stdout=subprocess.DEVNULL, stderr=log,
    )  # fmt: skip
    process.log = log
    address = f"http://127.0.0.1:{port}"
    GAME_FOLDERS[address], PROCESSES[address] = Path(game), process.pid
    end = time.monotonic() + 120
    while True:
        try:
            with urlopen(f"{address}/readyz", timeout=2):
                return process, address
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                log.seek(0)
                raise AssertionError(log.read().decode()) from None
            time.sleep(0.1)


def heavy_parts(address: str) -> set[str]:
    """Return which parts of the model's own libraries the main process of a server has loaded."""
    maps = Path(f"/proc/{PROCESSES[address]}/maps").read_text()
    return {name for name in ("pandas", "pyarrow", "scipy", "numba", "llvmlite") if
            f"/{name}/" in maps}  # fmt: skip


def stop_server(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.log.seek(0)
    asked = [line for line in process.log.read().decode().splitlines() if outside.MARK in line]
    assert asked == []  # nothing of other hosts, by the server or its workers


@pytest.fixture(scope="session")
def server():
    process, address = start_server()
    yield address
    stop_server(process)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; without Chromium these tests say so and the rest runs."""
    if CHROMIUM is None:
        pytest.skip("no browser tests: Chromium is missing (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


class Guard:
    """Collects what must not happen on a page."""

    def __init__(self, page, address: str) -> None:
        self.found: list[str] = []
        self.host = urlsplit(address).netloc
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("websocket", lambda socket_: self._place(socket_.url))

    def _request(self, request) -> None:
        self._place(request.url)

    def _place(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.found.append(f"another host: {url}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status}: {response.url}")


@pytest.fixture
def visit(chromium, server):
    """Return a function that opens an address in a window of its own and waits for the page."""
    opened = []

    def open_(address: str, width: int = 1280, height: int = 900, host: str = server):
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.set_default_timeout(60_000)
        opened.append((context, Guard(page, host)))
        page.goto(host + address)
        page.wait_for_selector("main h1")
        return page

    yield open_
    for context, guard in opened:
        context.close()
        assert guard.found == []


# --- the class game


@pytest.fixture
def rooms(tmp_path):
    from dashboards.game.rooms import Rooms

    return Rooms(tmp_path / "below" / "rooms.sqlite")


@pytest.fixture
def started(rooms):
    room, host = rooms.open_room(2)
    ticket = rooms.join(room.code, 0, "insurer")
    rooms.open_round(host)
    return room, host, ticket

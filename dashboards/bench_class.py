"""``zorgbundel bench --class``: a step of the watched world, and a round of the class game.

Pixels are measured in a headless Chromium; the twenty players are websocket clients that decide as
browsers do. CPU seconds stand beside, because they mean something on a busy machine too. Everything
stays on this machine.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboards.bench import load_average
from dashboards.crowd import percentile, visitors
from dashboards.game.questions import ROLES, open_to
from dashboards.game.rooms import MOST_TEAMS, Rooms
from dashboards.running_server import RunningServer
from dashboards.texts import texts
from dashboards.visitor import Visitor
from experiments.output import OutputError

#: What, unit, target (at most; none where there is only something to know).
TARGETS: dict[str, tuple[str, str, float | None]] = {
    "step_median_ms": ("watched world: step to pixels, median", "ms", 100.0),
    "step_p95_ms": ("... 95 %", "ms", None),
    "step_server_cpu_ms": ("... CPU of the server per step", "ms", None),
    "step_crowd_ms": ("... while four others play, median", "ms", None),
    "first_round_host_s": ("first round of 5 tables: facilitator's screen", "s", 5.0),
    "first_round_all_s": ("... all twenty players", "s", 5.0),
    "round_host_s": ("rounds 2 to 4: facilitator's screen, slowest", "s", 5.0),
    "round_all_s": ("... all twenty players, slowest", "s", 5.0),
    "round_cpu_s": ("CPU of the workers per round", "s", None),
    "debrief_s": ("debrief on the facilitator's screen", "s", None),
}
STEPS, OTHERS = 24, 4
FORM = ("questions", "points", "start")
WATCHED = ("scene", "marks", "chosen")
ROUNDS_PLAYED = 4
PATIENCE = 600.0
#: How often a player of the bench sends a decision that is not kept.
TRIES = 20

#: From a click until the frame after the next month stands there.
STEP = """async () => {
  const stood = () => document.querySelector('.zb-watch-now').dataset.month;
  const before = stood(), begun = performance.now();
  document.querySelector('.zb-next').click();
  while (stood() === before) await new Promise((done) => setTimeout(done, 1));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now() - begun;
}"""
WORLD = "/class?lang=en&part=watch&s=bundle_weight_classes"

Tell = Callable[[str], None]


def class_report(tell: Tell = lambda _: None) -> dict[str, Any]:
    """Measure everything, one after the other.

    Args:
        tell: Receives a line of progress before each measurement.

    Returns:
        ``rows`` (name, what, unit, target, measured, met), ``notes`` and the load average of this
        machine before and after.

    Raises:
        OutputError: There is no Chromium to measure with.
    """
    before, found = load_average(), {}
    with _chromium() as browser, tempfile.TemporaryDirectory() as folder:
        with RunningServer(environment=_quiet(folder)) as server:
            tell("a step of the watched world")
            found |= _steps(server, browser)
        with RunningServer(environment=_quiet(folder)) as server:
            tell(f"{ROUNDS_PLAYED} rounds of {MOST_TEAMS} tables with {4 * MOST_TEAMS} players")
            found |= _rounds(server, browser, Rooms(Path(folder) / "rooms.sqlite"), tell)
    rows = [
        {"name": name, "what": what, "unit": unit, "target": target, "measured": found.get(name),
         "met": None if target is None or name not in found else found[name] <= target}
        for name, (what, unit, target) in TARGETS.items()
    ]  # fmt: skip
    return {"rows": rows, "notes": [], "load_before": before, "load_after": load_average()}


def _quiet(folder: str) -> dict[str, str]:
    """Return the environment of a server that keeps what it makes here and prepares nothing."""
    return {
        "ZORGBUNDEL_GAME_FOLDER": folder, "ZORGBUNDEL_CLASS_FILE": f"{folder}/class.sqlite",
        "ZORGBUNDEL_DASHBOARD_PREPARE": "0",
    }  # fmt: skip


@contextmanager
def _chromium() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        raise OutputError("the class is measured in Chromium: install it, and playwright")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
               "--no-first-run", "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()


def _page(browser: Any, address: str) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(address)
    return page


def _steps(server: RunningServer, browser: Any) -> dict[str, float]:
    import psutil

    page = _page(browser, server.address + WORLD)
    page.wait_for_selector(".zb-watch-picture")
    took, cpu = [], psutil.Process(server.process.pid).cpu_times()
    for _ in range(STEPS):
        took.append(page.evaluate(STEP))
        page.wait_for_timeout(200)
    after = psutil.Process(server.process.pid).cpu_times()
    used = after.user + after.system - cpu.user - cpu.system
    page.get_by_role("button", name=texts("en")("watch.ui.restart")).click()
    page.wait_for_function("() => !document.querySelector('.zb-next')?.disabled")
    with visitors(server.address, [WORLD] * OTHERS, PATIENCE) as others:
        for one in others:
            one.wait(lambda one=one: one.find(WATCHED) is not None, PATIENCE)
        crowd = []
        for _ in range(STEPS // 2):
            for one in others:
                one.send(WATCHED, "step", {"month": one.state(WATCHED)["scene"]["month"]})
            crowd.append(page.evaluate(STEP))
            page.wait_for_timeout(500)
    page.context.close()
    return {
        "step_median_ms": statistics.median(took),
        "step_p95_ms": percentile(took, 0.95),
        "step_server_cpu_ms": 1000.0 * used / STEPS,
        "step_crowd_ms": statistics.median(crowd),
    }


def _rounds(server: RunningServer, browser: Any, rooms: Rooms, tell: Tell) -> dict[str, float]:
    t = texts("en")
    room, host = rooms.open_room(MOST_TEAMS)
    seats = [(team, role) for team in range(MOST_TEAMS) for role in ROLES]
    place = f"/room?lang=en&room={room.code}&ticket="
    tickets = [rooms.join(room.code, *seat) for seat in seats]
    page = _page(browser, server.address + place + host)
    page.get_by_role("heading", name=t("game.host.title")).wait_for()
    on_host, on_all, cpu = [], [], []
    with visitors(server.address, [place + one for one in tickets], PATIENCE) as players:
        server.idle_within(120.0)  # while people choose their seats the workers have warmed up
        for number in range(1, ROUNDS_PLAYED + 1):
            tell(f"round {number}")
            page.get_by_role("button", name=t("game.open_round", number=number)).click()
            for seat, one in zip(seats, players, strict=True):
                _decide(one, rooms, room.code, number, seat)
            page.get_by_text(t("game.undecided", count=0)).wait_for()
            used, begun = server.workers_cpu(), time.monotonic()
            page.get_by_role("button", name=t("game.close_round", number=number)).click()
            page.locator("caption", has_text=t("game.board", number=number)).wait_for()
            on_host.append(time.monotonic() - begun)
            for one in players:
                one.wait(lambda one=one, number=number: _sees_board(one, number), PATIENCE)
            on_all.append(time.monotonic() - begun)
            cpu.append(server.workers_cpu() - used)
        tell("debrief")
        begun = time.monotonic()
        page.get_by_role("button", name=t("game.debrief.run", number=ROUNDS_PLAYED)).click()
        page.locator("summary", has_text=t("game.debrief.numbers")).wait_for()
        debrief = time.monotonic() - begun
    page.context.close()
    return {
        "first_round_host_s": on_host[0], "first_round_all_s": on_all[0],
        "round_host_s": max(on_host[1:]), "round_all_s": max(on_all[1:]),
        "round_cpu_s": statistics.mean(cpu), "debrief_s": debrief,
    }  # fmt: skip


def _decide(one: Visitor, rooms: Rooms, code: str, number: int, seat: tuple[int, str]) -> None:
    """Send a decision as a form does, and again if it was not kept: people would do so too."""
    team, role = seat
    for _ in range(TRIES):
        one.wait(lambda: one.find(FORM) is not None, PATIENCE)
        one.send(FORM, "decided", {"choices": _choices(role, number, team)})
        end = time.monotonic() + PATIENCE / TRIES
        while time.monotonic() < end:
            if seat in rooms.decided(code, number):
                return
            time.sleep(0.02)
    raise OutputError(f"the decision of a player in round {number} was not kept")


def _choices(role: str, number: int, team: int) -> dict[str, str]:
    """Return a decision within the points: every table another, the newest question in earnest."""
    return {
        one.id: one.options[team % len(one.options) if one.round == number else 0].id
        for one in open_to(role, number)
    }


def _sees_board(one: Visitor, number: int) -> bool:
    caption = f"<caption>{texts('en')('game.board', number=number)}</caption>"
    return any(
        caption in str(widget.get("unsafe_innerHTML", "")) for widget in list(one.widgets.values())
    )

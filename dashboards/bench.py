"""``zorgbundel bench --dashboard``: every target of the dashboard beside what is measured here.

Pixels are measured in a headless Chromium where there is one, everything else by websocket clients
(``dashboards.visitor``). Everything stays on this machine.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable
from typing import Any

from dashboards import lighthouse
from dashboards.crowd import LEVER, crowd, paths, percentile, summary, visitors
from dashboards.running_server import RunningServer
from dashboards.visitor import RUN_BAR, Visitor

#: What, unit, target (at most, unless the name begins with "least").
TARGETS: dict[str, tuple[str, str, float]] = {
    "lever_median_ms": ("lever to new pixels, median", "ms", 60.0),
    "lever_p95_ms": ("lever to new pixels, 95 %", "ms", 120.0),
    "sign_alone_ms": ("click Run to first sign, alone", "ms", 100.0),
    "sign_crowd_ms": ("click Run to first sign, with 20", "ms", 500.0),
    "first_answer_s": ("first answer, 5 pairs", "s", 2.0),
    "twenty_pairs_s": ("20 pairs", "s", 8.0),
    "cold_link_s": ("cold link to final pixels", "s", 1.5),
    "ready_s": ("process to ready", "s", 1.5),
    "first_visit_mb": ("bytes on first visit", "MB", 1.3),
    "different_first_s": ("20 visitors, different scenarios: first result", "s", 6.0),
    "different_median_s": ("... median", "s", 25.0),
    "different_last_s": ("... last", "s", 45.0),
    "others_lever_p95_ms": ("... another visitor's lever, 95 %", "ms", 150.0),
    "same_extra_s": ("20 visitors, same scenario: beyond one run's time", "s", 1.0),
    "cancel_s": ("cancel: cores free", "s", 1.0),
    "closed_tab_s": ("closed tab: cores free", "s", 2.0),
    "visitor_mb": ("memory per visitor", "MB", 1.5),
    "main_with_20_mb": ("main process with 20 visitors", "MB", 250.0),
    "cycles_percent": ("ten cycles of 20 visitors: growth after the second", "%", 2.0),
    "least_lighthouse_performance": ("Lighthouse performance", "", 90.0),
    "least_lighthouse_accessibility": ("Lighthouse accessibility", "", 100.0),
    "least_lighthouse_best_practices": ("Lighthouse best practices", "", 100.0),
}
VISITORS, CYCLES, KEYS, LOADS = 20, 10, 40, 5

Tell = Callable[[str], None]


def dashboard_report(tell: Tell = lambda _: None) -> dict[str, Any]:
    """Measure everything, one after the other.

    Args:
        tell: Receives a line of progress before each measurement.

    Returns:
        ``rows`` (name, what, unit, target, measured, met; measured None where it could not be),
        ``notes``, and the load average of this machine before and after.
    """
    found: dict[str, float] = {}
    notes: list[str] = []
    before = load_average()
    tell("start, first answer and 20 pairs")
    with RunningServer(environment={"ZORGBUNDEL_DASHBOARD_SIZE": "5,15,0.03"}) as server:
        found["ready_s"] = server.seconds
        _rested(server)
        found |= _alone(server)
    with RunningServer() as server:
        _rested(server)
        tell("memory of visitors")
        found |= _memory(server)
        tell("cancel and closed tab")
        found |= _freed(server)
        tell(f"{VISITORS} visitors, different scenarios")
        found |= _crowds(server, tell)
        tell("browser")
        found |= _browser(server, notes)
        tell("Lighthouse")
        found |= lighthouse.scores(f"{server.address}/outcomes?lang=nl", notes)
    rows = [
        {"name": name, "what": what, "unit": unit, "target": target, "measured": found.get(name),
         "met": _met(name, target, found.get(name))}
        for name, (what, unit, target) in TARGETS.items()
    ]  # fmt: skip
    notes.append("Requests to other hosts (none) and axe (no violations) are checked by the tests.")
    return {"rows": rows, "notes": notes, "load_before": before, "load_after": load_average()}


def report_lines(report: dict[str, Any]) -> list[str]:
    """Return the report as lines of text: what, target, measured."""
    lines = []
    for row in report["rows"]:
        sign = "at least" if row["name"].startswith("least") else "at most"
        target = "" if row["target"] is None else f"{sign} {row['target']:g} {row['unit']}".rstrip()
        value, met = row["measured"], row["met"]
        said = "not measured" if value is None else f"{value:,.3g} {row['unit']}".rstrip()
        mark = "" if met is None else "yes" if met else "NO"
        lines.append(f"{row['what']:<52}{target:>18}{said:>18}  {mark}".rstrip())
    load = f"Load average before {report['load_before']:.1f}, after {report['load_after']:.1f}."
    return [*lines, *report["notes"], load]


def _met(name: str, target: float, value: float | None) -> bool | None:
    if value is None:
        return None
    return value >= target if name.startswith("least") else value <= target


def load_average() -> float:
    """Return the load average of the last minute; not-a-number where there is none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def _rested(server: RunningServer) -> None:
    """Wait until the workers have prepared what they can."""
    while server.workers_cpu() == 0.0:
        time.sleep(0.1)
    for _ in range(120):
        if server.idle_within(2.0) < 0.5:
            return


def _alone(server: RunningServer) -> dict[str, float]:
    """One visitor, one run: first sign, first answer (5 pairs), 20 pairs; median of three."""
    signs, firsts, wholes = [], [], []
    for path in paths(12, same=False)[::4]:
        with visitors(server.address, [path], 120.0) as (one,):
            begun = time.monotonic()
            one.run()
            one.wait(lambda one=one: one.running, 60.0)
            signs.append(time.monotonic() - begun)
            one.wait(lambda one=one: _says_partial(one) or one.has_result, 300.0)
            firsts.append(time.monotonic() - begun)
            one.wait(lambda one=one: one.has_result, 300.0)
            wholes.append(time.monotonic() - begun)
    return {
        "sign_alone_ms": 1000.0 * statistics.median(signs),
        "first_answer_s": statistics.median(firsts),
        "twenty_pairs_s": statistics.median(wholes),
    }


def _says_partial(one: Visitor) -> bool:
    return any(
        '"zb-notice partial"' in str(widget.get("unsafe_innerHTML", ""))
        for widget in list(one.widgets.values())
    )


def _memory(server: RunningServer) -> dict[str, float]:
    after: list[float] = []
    found = {}
    with visitors(server.address, ["/outcomes?lang=nl"], 120.0):
        one = server.memory_mb
        with visitors(server.address, ["/outcomes?lang=nl"] * (VISITORS - 1), 120.0):
            found["main_with_20_mb"] = server.memory_mb
            found["visitor_mb"] = (server.memory_mb - one) / (VISITORS - 1)
    for _ in range(CYCLES):
        with visitors(server.address, ["/outcomes?lang=nl"] * VISITORS, 120.0):
            after.append(server.memory_mb)
    # The first cycles fill what is kept for good.
    found["cycles_percent"] = 100.0 * (
        statistics.mean(after[-3:]) / statistics.mean(after[1:4]) - 1
    )
    return found


def _freed(server: RunningServer) -> dict[str, float]:
    found = {}
    for name, cancel in (("cancel_s", True), ("closed_tab_s", False)):
        one = Visitor(server.address, paths(1, same=False)[0]).open()
        one.run()
        one.wait(lambda one=one: one.running, 60.0)
        time.sleep(0.5)
        if cancel:
            one.send(RUN_BAR, "cancel", {})
            found[name] = server.idle_within(10.0)
            one.close()
        else:
            one.close()
            found[name] = server.idle_within(10.0)
        _rested(server)
    return found


def _crowds(server: RunningServer, tell: Tell) -> dict[str, float]:
    told = summary(crowd(server.address, VISITORS, same=False))
    tell(f"{VISITORS} visitors, same scenario")
    alone = summary(crowd(server.address, 1, same=True))["last"]
    same = summary(crowd(server.address, VISITORS, same=True))["last"]
    return {
        "different_first_s": told["first"],
        "different_median_s": told["median"],
        "different_last_s": told["last"],
        "sign_crowd_ms": 1000.0 * told["sign"],
        "others_lever_p95_ms": 1000.0 * told["lag"],
        "same_extra_s": same - alone,
    }


#: Waits, in the page, from a key to the frame after the answer has changed.
_PIXELS = """
async (key) => {
  const slider = document.getElementById("l-LEVER"), answer = document.querySelector("main");
  const before = answer.textContent, begun = performance.now();
  slider.stepUp(key); slider.dispatchEvent(new Event("input"));
  while (answer.textContent === before) await new Promise((r) => requestAnimationFrame(r));
  await new Promise((r) => requestAnimationFrame(r));
  return performance.now() - begun;
}
""".replace("LEVER", LEVER)


def _browser(server: RunningServer, notes: list[str]) -> dict[str, float]:
    """Lever to pixels, cold links and bytes, in Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        notes.append("No pixels are measured: Chromium or playwright is missing.")
        return {}
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=quiet)
        colds, sizes, levers = [], [], []
        for _ in range(LOADS):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(120_000)
            sizes.append(_counted(page))
            begun = time.monotonic()
            page.goto(f"{server.address}/outcomes?lang=nl")
            page.wait_for_selector("main figure")
            colds.append(time.monotonic() - begun)
        for k in range(KEYS):
            levers.append(page.evaluate(_PIXELS, 1 if k % 20 < 10 else -1))
            page.wait_for_timeout(100)
        browser.close()
    return {
        "lever_median_ms": statistics.median(levers),
        "lever_p95_ms": percentile(levers, 0.95),
        "cold_link_s": statistics.median(colds),
        "first_visit_mb": statistics.median(one[0] for one in sizes) / 1e6,
    }


def _counted(page: Any) -> list[int]:
    """Return a list whose one number grows with every byte that the page receives."""
    total = [0]
    talk = page.context.new_cdp_session(page)
    talk.send("Network.enable")

    def loaded(event: dict) -> None:
        total[0] += int(event["encodedDataLength"])

    def framed(event: dict) -> None:
        total[0] += len(event["response"]["payloadData"]) * 3 // 4  # base64

    talk.on("Network.loadingFinished", loaded)
    talk.on("Network.webSocketFrameReceived", framed)
    return total

"""Many visitors at once: what load tests check and the bench measures."""

import random
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from dashboards.visitor import RUN_BAR, Visitor

LEVER = "bundle_price_factor"
SCENARIOS = ("bundle_weight_classes", "bundle_flat", "bundle_corridor", "bundle_phase")


@dataclass
class Told:
    """What a crowd saw.

    Attributes:
        signs: Seconds from the click to the first sign of a run, by visitor.
        done: Seconds from the click to the result, by visitor.
        lags: Seconds from a lever to its answer, for a visitor who runs nothing meanwhile.
        failed: What visitors waited for in vain, and with what in their run bar.
    """

    signs: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def percentile(values: Sequence[float], part: float) -> float:
    """Return a percentile (the nearest value from above); not-a-number of nothing."""
    ranked = sorted(values)
    if not ranked:
        return float("nan")
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


@contextmanager
def visitors(address: str, paths: Sequence[str], timeout: float):
    """Open pages, all at the same time, and leave them at the end."""
    with ThreadPoolExecutor(len(paths)) as pool:
        opened = list(pool.map(lambda path: Visitor(address, path).open(timeout), paths))
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


def paths(count: int, same: bool) -> list[str]:
    """Return addresses of visitors who want the same, or each something else.

    Nobody has asked for just this before, so that nothing comes out of the cache.
    """
    start = random.uniform(0.85, 0.9)
    price = [start + (0.0 if same else 0.005 * (k // len(SCENARIOS))) for k in range(count)]
    names = [SCENARIOS[0 if same else k % len(SCENARIOS)] for k in range(count)]
    return [
        f"/outcomes?lang=nl&s={name}&l.{LEVER}={value:.4f}"
        for name, value in zip(names, price, strict=True)
    ]


def crowd(address: str, count: int, same: bool, timeout: float = 600.0) -> Told:
    """Let so many visitors press Run at the same moment and wait for their results.

    Args:
        address: Of the server.
        count: Visitors who run; one more only moves a lever.
        same: Whether all want the same.
        timeout: Seconds after which it has failed.
    """
    told = Told()
    over = threading.Event()
    with visitors(address, [*paths(count, same), "/outcomes?lang=nl"], timeout) as opened:
        *runners, onlooker = opened

        def press(one: Visitor) -> None:
            begun = time.monotonic()
            one.run()
            one.wait(lambda: one.running or one.has_result, timeout)
            told.signs.append(time.monotonic() - begun)
            one.wait(lambda: one.has_result, timeout)
            told.done.append(time.monotonic() - begun)

        def look_on() -> None:
            k = 0
            while not over.wait(0.3):
                k = k % 20 + 1
                told.lags.append(onlooker.move(LEVER, 1.0 + k / 100.0, timeout))

        watcher = threading.Thread(target=look_on, daemon=True, name="onlooker")
        watcher.start()
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(press, runners))
        over.set()
        watcher.join(timeout)
    told.done.sort()
    return told


def summary(told: Told) -> dict[str, float]:
    """Return first, median and last result, the slowest sign and the 95 % lag, seconds."""
    return {
        "first": told.done[0],
        "median": statistics.median(told.done),
        "last": told.done[-1],
        "sign": max(told.signs),
        "lag": percentile(told.lags, 0.95),
    }


def stroll(address: str, count: int, seconds: float, timeout: float = 120.0) -> Told:
    """Let visitors use the dashboard for a while: move levers, sometimes run, sometimes cancel.

    Args:
        address: Of the server.
        count: Visitors.
        seconds: How long.
        timeout: Seconds after which an answer has failed to come.

    """
    told = Told()
    end = time.monotonic() + seconds

    def use(number: int, one: Visitor) -> None:
        rng = random.Random(number)
        while time.monotonic() < end:
            told.lags.append(one.move(LEVER, round(rng.uniform(0.8, 1.2), 2), timeout))
            # At the usual value there is nothing to run.
            if rng.random() < 0.05 and one.state(RUN_BAR).get("can_run"):
                one.run()
                try:
                    told.signs.append(one.wait(lambda: bool(_told_something(one)), timeout))
                except TimeoutError as error:
                    raise TimeoutError(f"Run: {error}; {one.state(RUN_BAR)}") from None
            time.sleep(rng.uniform(0.5, 3.0))

    with (
        visitors(address, ["/outcomes?lang=nl"] * count, timeout) as opened,
        ThreadPoolExecutor(count) as pool,
    ):
        for future in [pool.submit(use, k, one) for k, one in enumerate(opened)]:
            try:
                future.result()
            except (TimeoutError, LookupError, OSError) as error:
                told.failed.append(str(error))
    return told


def _told_something(one: Visitor) -> bool:
    """Whether the run bar says anything at all: running, done, busy or too fast.

    Where all levers stand as usual there is none: what is stored is shown, and nothing to run.
    """
    bar = one.state(RUN_BAR)
    return not bar or one.running or one.has_result or bool(bar.get("message"))

"""Stand-ins for the work of worker processes: small, importable, and as stoppable as the real."""

import os
import time
from pathlib import Path

from dashboards import worker
from dashboards.worker import Ask, StoppedError


def quick(ask: Ask, place: int, slot: int) -> bytes:
    return f"{ask.scenario}:{place}".encode()


def slow(ask: Ask, place: int, slot: int) -> bytes:
    """Takes ten seconds, and looks every hundredth whether it should stop."""
    for _ in range(1000):
        if worker._stop[slot]:
            raise StoppedError
        time.sleep(0.01)
    return b"slow"


def half_slow(ask: Ask, place: int, slot: int) -> bytes:
    """The tasks of assumptions take long."""
    return slow(ask, place, slot) if place >= ask.seeds else quick(ask, place, slot)


def large_then_slow(ask: Ask, place: int, slot: int) -> bytes:
    """The first task leaves much; the tasks of assumptions take long."""
    return slow(ask, place, slot) if place >= ask.seeds else bytes(100_000)


def short(ask: Ask, place: int, slot: int) -> bytes:
    time.sleep(0.05)
    return b"short"


def dies_once(ask: Ask, place: int, slot: int) -> bytes:
    """Ends its process the first time: what an out-of-memory killer does."""
    mark = Path(ask.scenario)
    if not mark.exists():
        mark.write_text("died")
        os._exit(1)
    return b"lived"


def always_fails(ask: Ask, place: int, slot: int) -> bytes:
    raise ZeroDivisionError("as asked")


def listed(ask: Ask, parts: list[bytes], with_draws: bool = True) -> dict:
    return {"parts": sorted(part.decode() for part in parts), "with_draws": with_draws}


def prepared_slowly(ask: Ask, place: int, slot: int) -> bool:
    """Takes a second, unless it is told to make way; then leaves a mark."""
    for _ in range(100):
        if worker._stop[slot]:
            raise StoppedError
        time.sleep(0.01)
    Path(f"{ask.scenario}{place}").write_text("prepared")
    return True

"""Many visitors for minutes: is there an error, and does memory stay level?

``python -m dashboards.load 10 50`` lets fifty visitors use the dashboard for ten minutes: they
move levers, and now and then run something.
"""

import json
import statistics
import sys
import threading
from collections.abc import Mapping
from typing import Any

from dashboards.crowd import percentile, stroll
from dashboards.running_server import RunningServer

#: Seconds between two looks at the memory.
LOOK = 5.0
#: Words that no log of a healthy server holds.
TROUBLE = ("Traceback", "failed", "stumbled", "ERROR")


def load(minutes: float, visitors: int, environment: Mapping[str, str] | None = None) -> dict:
    """Return what happened to so many visitors.

    Args:
        minutes: How long.
        visitors: How many at the same time.
        environment: Further environment of the server.

    Returns:
        ``lever_median_ms``, ``lever_p95_ms``, ``moves``, ``runs`` (clicks on Run), ``memory_mb``
        (every ``LOOK`` seconds), ``growth_percent`` (the last third against the one before), and
        ``errors``: lines of the server's log, and visitors who waited in vain.
    """
    over, memory, errors = threading.Event(), [], []
    with RunningServer(environment=dict(environment or {})) as server:

        def look() -> None:
            while not over.wait(LOOK):
                memory.append(server.memory_mb)

        looking = threading.Thread(target=look, daemon=True, name="memory")
        looking.start()
        lags: list[float] = []
        signs: list[float] = []
        try:
            told = stroll(server.address, visitors, 60.0 * minutes)
            lags, signs = told.lags, told.signs
            errors += [f"a visitor: {one}" for one in told.failed]
        except (TimeoutError, LookupError, OSError) as error:
            errors.append(f"a visitor: {error}")
        over.set()
        looking.join()
        if server.process.poll() is not None:
            errors.append("the server has ended")
        log = server.log().splitlines()
        errors += [line for line in log if any(word in line for word in TROUBLE)]
    return {
        "visitors": visitors, "minutes": minutes, "moves": len(lags), "runs": len(signs),
        "lever_median_ms": 1000.0 * percentile(lags, 0.5),
        "lever_p95_ms": 1000.0 * percentile(lags, 0.95),
        "memory_mb": [round(one, 1) for one in memory],
        "growth_percent": growth(memory),
        "errors": errors,
    }  # fmt: skip


def growth(memory: list[float]) -> float:
    """Return by how much the last third of what was seen is above the one before, percent."""
    third = len(memory) // 3
    if not third:
        return float("nan")
    before, after = memory[-2 * third : -third], memory[-third:]
    return 100.0 * (statistics.mean(after) / statistics.mean(before) - 1.0)


def main(arguments: list[str]) -> None:
    """Print the figures as JSON; leave with 1 if anything went wrong."""
    minutes, visitors = float(arguments[0]), int(arguments[1])
    found: dict[str, Any] = load(minutes, visitors)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["errors"] else 0)


if __name__ == "__main__":
    main(sys.argv[1:])

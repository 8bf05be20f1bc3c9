"""Many runs in one process, and the memory it holds: ``python -m tests.soak.soak RUNS``.

Prints one JSON document: memory in MB after the first tenth and after every tenth.
"""

import gc
import json
import resource
import sys
import time
from itertools import cycle
from pathlib import Path

from model.parameters import load_registry
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

#: Payments that keep different books, so that every kind of table is made and let go.
SCENARIOS = ("fee_for_service_open", "bundle_all_safeguards", "bundle_by_choice", "shared_savings")
SHARE = 0.0005
SPAN = Span(2024, 2025, 2025)


def held() -> float:
    """Return the memory this process holds now, MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def soak(runs: int) -> dict[str, object]:
    """Run worlds with other luck and parameters each, and say what memory was held."""
    registry = load_registry()
    sets = registry.draws(50, 1)
    policies = [load(name, registry).policy() for name in SCENARIOS]
    seen, start = [], time.perf_counter()
    for run, policy, p in zip(range(1, runs + 1), cycle(policies), cycle(sets), strict=False):
        world = World(p, policy, run, Size.of_share(p, SHARE), SPAN)
        world.run(SPAN.months)
        assert len(world.results())
        if run % max(1, runs // 10) == 0:
            seen.append(round(held(), 1))
            print(run, seen[-1], round(time.perf_counter() - start), file=sys.stderr, flush=True)
    return {"runs": runs, "held_mb": seen, "seconds": round(time.perf_counter() - start)}


if __name__ == "__main__":
    print(json.dumps(soak(int(sys.argv[1]))))

"""What the pages Oversight and Money show of the library, kept in the package.

One JSON file a scenario in ``library_more/``, beside ``library_results/`` and made by the same
``zorgbundel dashboard --precompute``. A scenario without a file is run when a visitor asks.

Measured: some 50 CPU-seconds and 62 kB a scenario, so about 15 minutes on two cores and 2 MB for
the whole library.
"""

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from dashboards.library import MAKERS, StoredError, fingerprint

FOLDER = Path(__file__).parent / "library_more"

#: What these numbers and their sentences depend on.
WATCHERS = (*MAKERS, "experiments/power", "dashboards/oversee.py", "dashboards/follow.py")

#: How much is run for each scenario: evaluations (``dashboards.oversee``) and flows.
OVERSIGHT = {"seeds": 3, "draws": 4, "share": 0.05}
FOLLOW = {"seed": 1, "share": 0.1}

#: Scenarios that are shown first, and run first.
FIRST = (
    "bundle_weight_classes", "bundle_flat", "bundle_floor_weight_classes", "bundle_all_safeguards",
)  # fmt: skip


def oversight_ask(scenario: str, settings: dict[str, float] | None = None) -> dict[str, Any]:
    """Return what is asked of ``dashboards.oversee`` for a scenario."""
    return {"scenario": scenario, "settings": dict(settings or {}), **OVERSIGHT}


def follow_ask(scenario: str, settings: dict[str, float] | None = None) -> dict[str, Any]:
    """Return what is asked of ``dashboards.follow`` for a scenario."""
    return {"scenario": scenario, "settings": dict(settings or {}), **FOLLOW}


def more_fingerprint() -> str:
    """Return a SHA-256 over what is behind these numbers and sentences."""
    return fingerprint(names=WATCHERS, said=("evaluate.",))


@cache
def more(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """Return what is stored of a scenario: ``oversight`` and ``follow``; None if nothing is."""
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoredError(f"{path.name} cannot be read ({error})") from None
    if not isinstance(data, dict) or not {"oversight", "follow", "fingerprint"} <= set(data):
        raise StoredError(f"{path.name} is damaged")
    return data


def names() -> tuple[str, ...]:
    """Return the scenarios of which something is stored: all of the library but the baseline."""
    from dashboards.oversee import BASELINE
    from scenarios.loader import library

    return (*FIRST, *(name for name in library() if name not in (BASELINE, *FIRST)))


def precompute_more(
    names: Iterable[str],
    folder: Path = FOLDER,
    done: Callable[[str], None] = lambda name: None,
    workers: int | None = None,
) -> None:
    """Run what is missing or of another program, one file at a time.

    Args:
        names: Scenarios.
        folder: Where to.
        done: Told the name of each that is finished.
        workers: Processes; None for one per core.
    """
    from experiments.runner import run_tasks

    folder.mkdir(exist_ok=True)
    program = more_fingerprint()
    more.cache_clear()
    jobs = []
    for name in names:
        if _is_of(program, name, folder):
            done(name)
        else:
            jobs.append((name, folder, program))
    for name in run_tasks(jobs, workers, run=_make):
        done(name)
    more.cache_clear()


def _is_of(program: str, name: str, folder: Path) -> bool:
    try:
        kept = more(name, folder)
    except StoredError:
        return False
    return kept is not None and kept["fingerprint"] == program


def _make(job: tuple[str, Path, str]) -> str:
    """Run one scenario, write its file, and return its name."""
    from dashboards.follow import follow
    from dashboards.oversee import oversee
    from dashboards.precompute import _rounded

    name, folder, program = job
    data = {
        "fingerprint": program,
        "oversight": _rounded(oversee(oversight_ask(name))),
        "follow": _rounded(follow(follow_ask(name))),
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    part = folder / f".{name}.part"
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(folder / f"{name}.json")
    return name

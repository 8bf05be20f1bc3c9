"""A sweep over two levers from a page: same design, store and tables as ``zorgbundel sweep``."""

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

BASELINE = "fee_for_service_open"
MEASURE = "paramedical_spending"

#: Choices on the page: values of each lever, and runs with other assumptions at each point.
POINTS, DRAWS = (3, 5, 7), (3, 6, 10)

#: Share of the country in a sweep's worlds, and pairs that differ by chance at each point.
SHARE, SEEDS = 0.02, 2

#: Folders of sweeps that are kept; the oldest is removed first.
MOST_KEPT = 20


def values_between(low: float, high: float, points: int) -> list[float]:
    """Return round values from low to high, equally far apart."""
    return [round(low + (high - low) * k / (points - 1), 6) for k in range(points)]


def design_data(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the design of a sweep as the YAML file has it.

    Args:
        asked: scenario, settings, levers ([name, low, high] twice), points, draws, seeds, share.
    """
    levers = {
        name: values_between(low, high, int(asked["points"])) for name, low, high in asked["levers"]
    }
    settings = {name: value for name, value in asked["settings"].items() if name not in levers}
    data: dict[str, Any] = {
        "baseline": BASELINE,
        "policies": [asked["scenario"]],
        "share": asked["share"],
        "seeds": int(asked["seeds"]),
        "draws": int(asked["draws"]),
        "levers": levers,
    }
    if settings:
        data["settings"] = settings
    return data | {"splits": ["all"]}


def design_yaml(asked: Mapping[str, Any]) -> str:
    """Return the design file that gives the same numbers."""
    return yaml.safe_dump(design_data(asked), sort_keys=False, allow_unicode=True)


def runs_of(asked: Mapping[str, Any]) -> int:
    """Return the number of paired runs."""
    return int(asked["points"]) ** 2 * (int(asked["seeds"]) + int(asked["draws"]))


def store_folder() -> Path:
    """Return where sweeps are kept (``ZORGBUNDEL_DASHBOARD_STORE``, or a folder of the user's)."""
    named = os.environ.get("ZORGBUNDEL_DASHBOARD_STORE")
    return Path(named) if named else Path(tempfile.gettempdir()) / f"zorgbundel-{os.getuid()}"


def make_sweep(asked: Mapping[str, Any], told: Any) -> dict[str, Any] | None:
    """Make a sweep, or go on with it; None if it was stopped, after telling what there is.

    Args:
        asked: As ``design_data`` has it, with ``key``: name of its folder.
        told: The way back (``dashboards.side_work.Told``).
    """
    from experiments.sweeps.design import SweepDesign
    from experiments.sweeps.local_workers import Workers
    from experiments.sweeps.planned_runs import load_scenarios
    from experiments.sweeps.store import open_store
    from experiments.sweeps.sweep import sweep
    from model.parameters import load_registry

    registry = load_registry()
    design = SweepDesign.model_validate(design_data(asked), context={"registry": registry})
    scenarios = load_scenarios(design, registry, Path("."))
    folder = store_folder() / str(asked["key"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    _make_room(folder)
    made = {"done": 0, "total": 0}

    def runner(stopping: threading.Event) -> Workers:
        def pass_on() -> None:
            told.stopping.wait()
            stopping.set()

        threading.Thread(target=pass_on, daemon=True).start()
        # Small chunks, so that the page sees progress and can stop soon.
        return Workers(folder, int(asked["workers"]), stopping, most_in_chunk=4)

    def started(planned: int, before: int) -> None:
        made.update(done=before, total=planned)
        told.progress(before, planned)

    def advanced(runs: int) -> None:
        made["done"] += runs
        told.progress(made["done"], made["total"])
        if made["done"] - made.get("shown", 0) >= max(8, made["total"] // 6):
            made["shown"] = made["done"]
            told.send("partial", read_points(open_store(folder, verify=False), asked))

    report = sweep(design, scenarios, registry, folder, runner, False, started, advanced)
    result = read_points(open_store(folder, verify=False), asked)
    if report.stopped:
        told.send("partial", result)
        told.send("stopped", None)
        return None
    return result | {"failed": report.failed}


def read_points(store: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each finished point says, from the tables of a sweep.

    Returns:
        asked; ``points``: [value of first lever, of second, mean, chance low and high, lowest and
        highest by assumptions, runs below or at zero, runs]. The mean is over seeds where there are
        any, so it is that of ``zorgbundel sweep``; the runs counted are those of assumptions, or
        of chance without these.
    """
    from experiments.intervals import monte_carlo_interval, parameter_interval

    found = store.paired(MEASURE, asked["scenario"])
    first, second = (lever[0] for lever in asked["levers"])
    points = []
    for (x, y), own in found.groupby([first, second], sort=True):
        seeds = own.loc[own["kind"] == "seed", "effect"].to_numpy()
        draws = own.loc[own["kind"] == "draw", "effect"].to_numpy()
        middle, counted = (seeds if seeds.size else draws), (draws if draws.size else seeds)
        points.append(
            [
                float(x), float(y), float(middle.mean()),
                *_pair(monte_carlo_interval(seeds)), *_pair(parameter_interval(draws)),
                int((counted <= 0.0).sum()), int(counted.size),
            ]
        )  # fmt: skip
    return {"asked": dict(asked), "points": points}


def _pair(ends: Sequence[float]) -> list[float | None]:
    return [None if x != x else float(x) for x in ends]


def _make_room(folder: Path) -> None:
    """Remove the oldest sweeps beyond what is kept; never a folder that is no sweep of ours."""
    import shutil

    others = [
        one for one in folder.parent.iterdir()
        if one != folder and (one / "design.json").is_file()
    ]  # fmt: skip
    others.sort(key=lambda one: (one / "design.json").stat().st_mtime)
    for one in others[: max(0, len(others) - MOST_KEPT + 1)]:
        shutil.rmtree(one, ignore_errors=True)

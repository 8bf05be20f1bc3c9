"""What all visitors share: the library's results, the choices there are, and one engine."""

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboards import library
from dashboards.engine import Engine
from dashboards.levers import Lever, levers
from dashboards.result import Result
from dashboards.view import Choices, View
from dashboards.worker import Ask
from experiments.number_format import Language
from experiments.processes import worker_count
from model.outcomes import MEASURES
from model.parameters import load_registry

BASELINE = "fee_for_service_open"


@dataclass(frozen=True)
class Size:
    """How much is run for a visitor.

    Attributes:
        seeds, draws, share: As in ``zorgbundel compare``.

    Notes:
        The share was chosen by measuring the weight-class bundle, 5 pairs: half the Monte Carlo
        interval of spending is 49, 31, 21 and 16 % of the effect at a share of 0.01, 0.02, 0.03 and
        0.05, that of burden 141, 34, 28 and 15 %. From 0.03 on both are clear of zero by far; a
        larger share costs more time than it adds.
    """

    seeds: int = 5
    draws: int = 10
    share: float = 0.03


@cache
def size() -> Size:
    """Return the size of a visitor's run; ``ZORGBUNDEL_DASHBOARD_SIZE=5,10,0.05`` sets it."""
    text = os.environ.get("ZORGBUNDEL_DASHBOARD_SIZE", "")
    if not text:
        return Size()
    seeds, draws, share = text.split(",")
    return Size(int(seeds), int(draws), float(share))


@cache
def engine() -> Engine:
    """Return the engine of this server."""
    workers = int(os.environ.get("ZORGBUNDEL_DASHBOARD_WORKERS", "0"))
    if workers < 1:
        workers = worker_count()
    return Engine(
        workers,
        version_code(),
        histories=Path(tempfile.mkdtemp(prefix="zorgbundel-histories-")),
    )


def prepare() -> None:
    """Let the engine simulate what visitors' runs share, while it has nothing else to do.

    ``ZORGBUNDEL_DASHBOARD_PREPARE=0`` leaves that to the first runs.
    """
    if os.environ.get("ZORGBUNDEL_DASHBOARD_PREPARE") == "0":
        return
    first = next((name for name in manifest()["scenarios"] if stored_data(name)), None)
    if first is not None:
        engine().prepare(Ask(first, (), size().seeds, size().draws, size().share))


@cache
def manifest() -> dict[str, Any]:
    """Return what made the stored results; without any, an empty library."""
    try:
        return library.manifest()
    except library.StoredError:
        return {"scenarios": [], "fingerprint": "", "version": "", "seeds": 0, "draws": 0}


@cache
def version_code() -> str:
    """Return version and code of the program, as links carry it."""
    return f"{manifest()['version']}+{manifest()['fingerprint'][:6]}"


@cache
def all_levers() -> dict[str, Lever]:
    """Return all levers by name."""
    return levers(load_registry())


@cache
def choices() -> Choices:
    """Return what there is to choose from."""
    scenarios = tuple(manifest()["scenarios"])
    years: tuple[int, ...] = ()
    for name in scenarios:
        if about(name) is not None and (found := stored_result(name)) is not None:
            years = found.years
            break
    measures = tuple(measure.id for measure in MEASURES)
    return Choices(scenarios, measures, years, all_levers(), BASELINE)


def about(name: str) -> dict[str, Any] | None:
    """Return what a scenario says; None if its file is missing or damaged."""
    try:
        return library.stored(name)["about"]
    except library.StoredError:
        return None


def contract(name: str) -> dict[str, Any] | None:
    """Return what a contract rewards, as stored."""
    try:
        return library.stored(name)["contract"]
    except library.StoredError:
        return None


def stored_data(name: str) -> dict[str, Any] | None:
    """Return the stored result of a scenario as plain data; None for the baseline itself."""
    try:
        return library.stored(name)["result"]
    except library.StoredError:
        return None


def stored_result(name: str) -> Result | None:
    """Return the stored result of a scenario."""
    data = stored_data(name)
    return None if data is None else Result(data)


def label(name: str, language: Language) -> str:
    """Return the short name of a scenario."""
    said = about(name)
    return said["label"][language] if said else name


def ask_of(view: View) -> Ask:
    """Return what must be run for a view."""
    wanted = size()
    return Ask(
        view.scenario, tuple(sorted(view.levers.items())), wanted.seeds, wanted.draws, wanted.share
    )


def usable_levers(name: str) -> list[Lever]:
    """Return the levers that a scenario leaves free."""
    said = about(name)
    names = said["levers"] if said else []
    return [all_levers()[one] for one in all_levers() if one in names]

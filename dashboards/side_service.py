"""The queue of side jobs that all visitors of this server share, and what is stored already."""

import atexit
import os
from functools import cache
from typing import Any

from dashboards import library, library_more, service
from dashboards.side_jobs import SideJobs
from dashboards.view import View
from dashboards.viewmodels import sweep as sweep_model
from dashboards.viewmodels.shown import Kind, Shown
from experiments.processes import worker_count

#: Most pairs of worlds when a visitor refines until it is clear.
MOST_PAIRS = 40


@cache
def jobs() -> SideJobs:
    """Return the queue of this server."""
    made = SideJobs(service.version_code())
    atexit.register(made.close)  # else the interpreter would wait for a job to end by itself
    return made


def stored(scenario: str, what: str) -> dict[str, Any] | None:
    """Return ``oversight`` or ``follow`` of a library scenario, if the package has it."""
    try:
        found = library_more.more(scenario)
    except library.StoredError:
        return None
    return None if found is None else found[what]


def settings_of(view: View) -> dict[str, float]:
    """Return the levers moved."""
    return {name: float(value) for name, value in sorted(view.levers.items())}


def oversight_ask(view: View) -> dict[str, Any]:
    """Return what is asked of ``dashboards.oversee`` for a view."""
    return library_more.oversight_ask(view.scenario, settings_of(view)) | _small()


def follow_ask(view: View) -> dict[str, Any]:
    """Return what is asked of ``dashboards.follow`` for a view."""
    small = {"share": service.size().share} if _small() else {}
    return library_more.follow_ask(view.scenario, settings_of(view)) | small


def _small() -> dict[str, Any]:
    """Return the sizes that ``ZORGBUNDEL_DASHBOARD_SIZE`` asks for; none without it."""
    if not os.environ.get("ZORGBUNDEL_DASHBOARD_SIZE"):
        return {}
    size = service.size()
    return {"seeds": max(2, size.seeds), "draws": size.draws, "share": max(0.01, size.share)}


def sweep_ask(view: View) -> dict[str, Any]:
    """Return what is asked of ``dashboards.sweeping`` for a view."""
    ranges = sweep_model.ranges_of(view, service.usable_levers(view.scenario))
    found = sweep_model.asked(view, ranges)
    if os.environ.get("ZORGBUNDEL_DASHBOARD_SIZE"):
        found["share"] = service.size().share
    key = jobs().key("sweep", found)
    return found | {"key": f"sweep_{key[:12]}", "workers": sweep_workers()}


@cache
def sweep_workers() -> int:
    """Return how many processes a sweep may use: all but one, as visitors' runs go first."""
    return max(1, worker_count() - 1)


def run_ask(view: View, what: Shown) -> dict[str, Any]:
    """Return what gives the numbers shown: size of the library, or of a visitor's run."""
    if what.kind is Kind.LIBRARY and what.result is not None:
        size = {
            "seeds": what.result.seeds, "draws": what.result.draws, "share": what.result.share,
        }  # fmt: skip
    else:
        wanted = service.size()
        size = {"seeds": wanted.seeds, "draws": wanted.draws, "share": wanted.share}
    return {"scenario": view.scenario, "settings": settings_of(view), **size}


def report_ask(view: View, what: Shown, address: str) -> dict[str, Any]:
    """Return what is asked of ``dashboards.report`` for the view at an address."""
    return run_ask(view, what) | {"language": view.language, "link": address}


def clear_ask(view: View, what: Shown) -> dict[str, Any]:
    """Return what is asked of ``dashboards.refine``."""
    found = run_ask(view, what)
    return found | {"seeds": max(2, found["seeds"]), "max_pairs": MOST_PAIRS}


def seconds_a_run() -> float:
    """Return the seconds that a run of a sweep takes here: measured if one was made, or assumed."""
    measured = jobs().pace("sweep")
    return sweep_model.RUN_SECONDS if measured is None else measured

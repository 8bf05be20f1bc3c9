"""What worker processes do: run worlds, sum up, explain a contract.

Only here and in ``dashboards.make_result`` are pandas and numba at work while visitors wait: the
server itself must stay free to answer.
"""

import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboards.kept_results import pack
from experiments.processes import leave_with_parent

#: One byte per run, shared with the server: 1 says stop.
_stop: Any = None
#: Where histories are kept between processes; None for nowhere.
_histories: Path | None = None


#: Worlds that stand beside every run, whatever is asked.
FEE_PER_SESSION = ("fee_for_service_open", "fee_for_service_capped")


class StoppedError(Exception):
    """The visitor does not want this any more."""


@dataclass(frozen=True)
class Ask:
    """What a visitor wants to have run.

    Attributes:
        scenario: Name of the library.
        settings: Levers moved, by name, sorted.
        seeds, draws: Pairs of worlds that differ by chance, by assumptions.
        share: Share of the country.
        years: First year, policy year, last year.
    """

    scenario: str
    settings: tuple[tuple[str, float], ...] = ()
    seeds: int = 5
    draws: int = 12
    share: float = 0.03
    years: tuple[int, int, int] = (2023, 2025, 2029)

    @property
    def total(self) -> int:
        """Number of tasks."""
        return self.seeds + self.draws


def initialise(stop: Any, histories: Path | None = None) -> None:
    """Take the shared bytes and the folder of histories, and leave when the server does."""
    global _stop, _histories
    _stop, _histories = stop, histories
    leave_with_parent()


def warm_up() -> bool:
    """Compile, or load what was compiled before."""
    import dashboards.make_result  # noqa: F401
    from experiments.intervals import share_interval
    from experiments.runner import warm_up_compiler
    from model.parameters import load_registry
    from scenarios.loader import load

    share_interval(1, 2)  # loads what SciPy needs
    registry = load_registry()
    names = ("fee_for_service_open", "fee_for_service_capped", "bundle_weight_classes")
    warm_up_compiler(registry.values(), {name: load(name, registry).policy() for name in names})
    return True


def run_one(ask: Ask, place: int, slot: int) -> bytes:
    """Run one task of what was asked and return its packed result.

    Args:
        ask: What was asked.
        place: Which task; those of chance first.
        slot: Which shared byte says stop.

    Raises:
        StoppedError: It said so.
    """
    from dashboards.make_result import needed

    each_month = _stopper(slot)
    each_month()
    task = _tasks(ask)[place]
    if _histories is None:
        from experiments.runner import run_task

        result = run_task(task, each_month=each_month)
    else:
        from dashboards.histories import run_with_histories

        result = run_with_histories(task, _store(), FEE_PER_SESSION, each_month)
    return zlib.compress(pickle.dumps((needed(result.outcomes), result.evaluations)), 1)


def prepare_one(ask: Ask, place: int, slot: int) -> bool:
    """Simulate what one task shares with the tasks of other visitors, before anybody asks.

    Args:
        ask: What might be asked.
        place: Which task.
        slot: Which shared byte says stop.

    Returns:
        Whether there is a store to keep it in.
    """
    if _histories is None:
        return False
    from dashboards.histories import run_with_histories

    task = _tasks(ask)[place]
    policies = {name: task.policies[name] for name in FEE_PER_SESSION}
    run_with_histories(replace(task, policies=policies), _store(), FEE_PER_SESSION, _stopper(slot))
    return True


def _stopper(slot: int) -> Callable[[], None]:
    """Return what looks every month whether to stop."""

    def each_month() -> None:
        if _stop is not None and _stop[slot]:
            raise StoppedError

    return each_month


@lru_cache(maxsize=1)
def _store():
    from dashboards.histories import Store

    return Store(_histories)


def sum_up(ask: Ask, parts: list[bytes], with_draws: bool = True) -> dict[str, Any]:
    """Return the result of finished tasks (``dashboards.make_result``).

    Args:
        ask: What was asked.
        parts: Packed results of its tasks, those of chance only or all.
        with_draws: Whether the tasks that differ by assumptions are among them.
    """
    from dashboards.make_result import make_result, titles_of
    from dashboards.summing import comparison_of

    design, scenarios = _design(ask)
    if not with_draws:
        design = replace(design, draws=0)
    unpacked = [pickle.loads(zlib.decompress(part)) for part in parts]
    comparison = comparison_of(design, unpacked)
    return make_result(comparison, ask.scenario, titles_of(scenarios))


def packed(make: Callable[..., dict[str, Any]], *args: Any) -> bytes:
    """Return what a function makes, packed: the server keeps it so (``dashboards.kept_results``).

    Args:
        make: ``sum_up``, or what tests have in its place.
        args: Its arguments.
    """
    return pack(make(*args))


def explain_one(scenario: str, settings: Mapping[str, float]) -> dict[str, Any]:
    """Return what a contract rewards under moved levers (``dashboards.make_result``)."""
    from dashboards.make_result import explain_scenario
    from model.parameters import load_registry
    from scenarios.loader import load

    registry = load_registry()
    return explain_scenario(load(scenario, registry), settings, registry)


@lru_cache(maxsize=32)
def _design(ask: Ask):
    from dashboards.make_result import design_of, scenarios_of
    from model.parameters import load_registry
    from model.simulation import Span

    design = design_of(
        ask.scenario, dict(ask.settings), ask.seeds, ask.draws, ask.share, Span(*ask.years)
    )
    return design, scenarios_of(design.worlds, load_registry())


@lru_cache(maxsize=32)
def _tasks(ask: Ask):
    """Return the tasks of what was asked, chance first, so that a first answer comes soon."""
    from experiments.comparison import tasks
    from model.parameters import load_registry

    design, scenarios = _design(ask)
    policies = {name: one.policy() for name, one in scenarios.items()}
    found = tasks(design, policies, load_registry())
    return sorted(found, key=lambda task: task.kind != "seed")

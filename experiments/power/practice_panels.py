"""Panels of practices from paired worlds: what an evaluation of the experiment is made from.

One task is one seed and one set of parameters: the baseline, and the policy under several ways to
decide who takes part. All branch from the same history, so every practice has its twin in the
baseline, with the same luck.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from experiments.runner import WARM_UP, Task
from model.codes import POLICY_CONTRACT
from model.month.joining import on_offer
from model.panel import ROW, PanelYear
from model.population import Size
from model.randomness import ONCE, draw, stream
from model.simulation import World

#: What an evaluator knows of every practice before the policy, from registers and claims.
TRAITS = (
    "log_patients",
    "staff",
    "large",
    "in_network",
    "sessions",
    "admissions",
    "start_in_time",
)


@dataclass(frozen=True)
class PanelTask(Task):
    """A task whose worlds are kept as panels of practices.

    Attributes:
        waves: Worlds in which practices are admitted in waves by lot, one a year: number of waves.
    """

    waves: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Panels:
    """What is kept of a task.

    Attributes:
        kind, index: As in the task.
        by_world: Every practice in every year, per world.
        traits: What was known of the practices before the policy, (practices, ``TRAITS``).
        fewest: Practices that a comparison needs on each side (a parameter).
    """

    kind: str
    index: int
    by_world: Mapping[str, list[PanelYear]]
    traits: np.ndarray
    fewest: float

    def only(self, *worlds: str) -> "Panels":
        """Return the same with some of the worlds."""
        return replace(self, by_world={name: self.by_world[name] for name in worlds})


def run_panels(
    task: PanelTask, told: Callable[[str, World], None] = lambda stage, world: None
) -> Panels:
    """Run one task and return its panels.

    Args:
        task: What to run.
        told: Called with each stage that begins, as for ``experiments.runner.run_task``.
    """
    size = Size.of_share(task.parameters, task.share)
    history = World(task.parameters, task.history, task.seed, size, task.span, keep_lines=False)
    told(WARM_UP, history)
    history.run(task.span.policy_month)
    panels = {}
    for name, policy in task.policies.items():
        world = history.branch(policy)
        told(name, world)
        if name in task.waves:
            admit_in_waves(world, task.waves[name])
        panels[name] = world.run().panel
    fewest = task.parameters.evaluation_fewest_practices
    return Panels(task.kind, task.index, panels, traits_of(history), fewest)


def admit_in_waves(world: World, waves: int) -> None:
    """Run a world in which ever more practices are given the contract, a wave each January.

    The lot is that of participation by lot: a practice that draws below 1 / waves is in the first
    wave, below 2 / waves in the second, and so on. The world's policy must state the first.

    Args:
        world: A world at the start of the policy; run until the last wave has been admitted, or to
            its end.
        waves: Number of waves.
    """
    lot = stream(world.seed, "take contract", ONCE)
    for wave in range(2, waves + 1):
        january = world.policy_month + 12 * (wave - 1)
        if january >= world.span.months:
            return
        world.run(january)
        allowed = on_offer(world)
        for practice in world.practice_agents:
            had_to_wait = not practice.willing
            practice.consider_contract(wave / waves, draw(lot, practice.number))
            if practice.willing and had_to_wait:
                for insurer in np.flatnonzero(allowed[practice.number]):
                    practice.sign(int(insurer), POLICY_CONTRACT)


def traits_of(history: World) -> np.ndarray:
    """Return what is known of every practice at the end of history, (practices, ``TRAITS``).

    Means over the years before; not-a-number where nothing was seen.
    """
    panel, practices = history.panel, history.practices
    patients = np.mean([one.patients for one in panel], axis=0)

    def seen(indicator: str) -> np.ndarray:
        row = ROW[indicator]
        total, count = (
            np.sum([getattr(one, name)[row] for one in panel], axis=0)
            for name in ("seen_total", "seen_count")
        )
        return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)

    known = {
        "log_patients": np.log1p(patients),
        "staff": practices.staff,
        "large": practices.large,
        "in_network": practices.in_network,
        **{name: seen(name) for name in ("sessions", "admissions", "start_in_time")},
    }
    return np.column_stack([np.asarray(known[name], dtype=float) for name in TRAITS])


# --- practices of several worlds together, and some of them


#: Arrays of a panel year with one value per practice, and those with one row per indicator.
_BY_PRACTICE = ("joined", "under", "patients")
_BY_INDICATOR = ("seen_total", "seen_count", "true_total", "true_count")


def side_by_side(panels: Sequence[list[PanelYear]]) -> list[PanelYear]:
    """Return one panel with the practices of several worlds side by side.

    What is about the country as a whole (spending, ceiling, overrun) is that of the first world.
    """
    out = []
    for years in zip(*panels, strict=True):
        together = {
            name: np.concatenate([getattr(one, name) for one in years], axis=-1)
            for name in (*_BY_PRACTICE, *_BY_INDICATOR)
        }
        out.append(years[0]._replace(**together))
    return out


def some(panel: list[PanelYear], practices: np.ndarray) -> list[PanelYear]:
    """Return the panel of some practices, which may be listed more than once."""
    return [
        one._replace(
            **{name: getattr(one, name)[..., practices] for name in (*_BY_PRACTICE, *_BY_INDICATOR)}
        )
        for one in panel
    ]


def as_true(panel: list[PanelYear], labels: list[PanelYear] | None = None) -> list[PanelYear]:
    """Return a panel in which the truth is seen.

    Args:
        panel: Panel of a world.
        labels: Panel of its twin, from which to take who joined and how much each practice weighs;
            the panel's own if None.
    """
    return [
        one._replace(
            seen_total=one.true_total, seen_count=one.true_count,
            joined=label.joined, patients=label.patients,
        )
        for one, label in zip(panel, labels or panel, strict=True)
    ]  # fmt: skip

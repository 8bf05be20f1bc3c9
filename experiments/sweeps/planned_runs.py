"""Planned runs: a design as a list of runs, each with a name that says exactly what it is.

The name is a hash over the scenarios, the size of the world, the period, the seed, every parameter
and the code, so a run that is in the store under its name need not be made again.
"""

import dataclasses
import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.named_scenarios import named_scenarios
from experiments.sweeps.design import PARTICIPATION, SweepDesign, span_of
from experiments.sweeps.sampling import draw, points
from model.parameters import ParameterSet, Registry
from model.policy import Policy
from scenarios.loader import ScenarioError
from scenarios.schema import Scenario

if TYPE_CHECKING:
    import pyarrow as pa

    from experiments.runner import Kept, Task, TaskResult
    from model.simulation import World

_ROOT = Path(__file__).resolve().parents[2]

#: What decides the numbers of a run; texts, figures and reports do not.
_CODE = ("model", "agents", "scenarios", "experiments/runner.py", "experiments/evaluations.py")
_NOT_CODE = ("scenarios/library", "scenarios/teaching")  # scenarios are part of a run by content

#: What decides which runs a design has.
_PLANNER = (
    "experiments/sweeps/design.py",
    "experiments/sweeps/planned_runs.py",
    "experiments/sweeps/sampling.py",
    "experiments/posteriors/draws.py",
    "experiments/posteriors/shipped/posterior.csv",
)

#: Digits of a run's name: no two of a billion runs will share one.
_DIGITS = 20


@cache
def code_version() -> str:
    """Return a SHA-256 over the source and parameter files that decide the numbers of a run."""
    return source_digest(_CODE)


@cache
def planner_version() -> str:
    """Return a SHA-256 over the source files that decide which runs a design has."""
    return source_digest(_PLANNER)


def source_digest(places: tuple[str, ...], root: Path = _ROOT) -> str:
    """Return a SHA-256 over source files and the folders that hold them, named from the root."""
    digest = hashlib.sha256()
    for name in places:
        place = root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            relative = path.relative_to(root).as_posix()
            if path.suffix in {".py", ".yaml", ".csv"} and not relative.startswith(_NOT_CODE):
                digest.update(relative.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class RunInput:
    """What a worker needs to know of one run, beside what all runs share.

    Attributes:
        run: Its name.
        seed: Seed of its worlds.
        uncertainties: Parameters that differ from the common ones, in all worlds.
        levers: Levers of the policies compared.
        attempt: How many times it is being tried now.
    """

    run: str
    seed: int
    uncertainties: Mapping[str, float]
    levers: Mapping[str, float]
    attempt: int = 1


@dataclass(frozen=True)
class PlannedRun:
    """One run with its place in the design.

    Attributes:
        kind: "seed" (central parameters, own luck), "draw" (drawn parameters, common luck) or
            "sample" (parameters of a sampler's point, with luck of its own).
        index: Number of the seed or draw.
        point: Number of the point; 0 if nothing but seeds and draws varies.
        input: What is run.
    """

    kind: str
    index: int
    point: int
    input: RunInput


@dataclass(frozen=True)
class Common:
    """What all runs of a sweep share.

    Attributes:
        baseline: Name of the baseline.
        policies: Policies by name, the baseline first.
        parameters: Central parameters, with the settings of the design.
        share, treated_only: As in ``experiments.runner.Task``.
        years: Years of the policy window.
        splits: Splits of the outcomes that are kept.
        code: Version of the code.
    """

    baseline: str
    policies: Mapping[str, Policy]
    parameters: ParameterSet
    share: float
    treated_only: bool
    years: int
    splits: tuple[str, ...]
    code: str

    def digest(self) -> str:
        """Return a SHA-256 of all of it."""
        body = {
            "baseline": self.baseline,
            "policies": {name: policy_data(policy) for name, policy in self.policies.items()},
            "parameters": self.parameters.fingerprint(),
            "share": self.share,
            "treated_only": self.treated_only,
            "years": self.years,
            "splits": self.splits,
            "code": self.code,
        }
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

    def task(self, run: RunInput) -> "Task":
        """Return a run as a task of the runner."""
        from experiments.runner import Task  # the whole world comes with it

        levered = {
            name: policy if name == self.baseline else with_levers(policy, run.levers)
            for name, policy in self.policies.items()
        }
        return Task(
            "run", 0, run.seed, self.parameters.replace(run.uncertainties), levered, self.share,
            span_of(self.years), self.baseline, treated_only=self.treated_only,
        )  # fmt: skip

    def result(
        self, run: RunInput, told: Callable[[str, "World"], None], kept: "Kept"
    ) -> "TaskResult":
        """Run one run where it is; ``told`` and ``kept`` as for ``experiments.runner.run_task``."""
        from experiments.runner import run_task

        return run_task(self.task(run), told, kept)

    def planned(self, design: SweepDesign, registry: Registry) -> "Iterator[PlannedRun]":
        """Yield the runs of a design, those that share their history side by side."""
        return planned_runs(design, self, registry)

    @property
    def further_plan(self) -> Mapping[str, Any]:
        """What decides which runs there are besides design and scenarios, as plain data."""
        return {}

    @property
    def further_tables(self) -> Mapping[str, "pa.Schema"]:
        """Columns of what its runs keep besides outcomes and evaluations, by table."""
        return {}


@dataclass(frozen=True)
class Job:
    """A few runs for one worker.

    Attributes:
        common: What all runs share.
        inputs: The runs.
        columns: Names of all inputs that differ in the sweep, for the table of runs.
    """

    common: Common
    inputs: tuple[RunInput, ...]
    columns: tuple[str, ...]

    @property
    def runs(self) -> list[str]:
        """Names of the runs."""
        return [one.run for one in self.inputs]


def policy_data(policy: Policy) -> dict:
    """Return a policy as plain data: clauses are pydantic models, the rest is plain already."""
    plain = {each.name: getattr(policy, each.name) for each in dataclasses.fields(policy)}
    plain["clauses"] = [clause.model_dump(mode="json") for clause in policy.clauses]
    return plain | {"theories": dict(policy.theories)}


def with_levers(policy: Policy, levers: Mapping[str, float]) -> Policy:
    """Return a policy under which these levers hold."""
    if not levers:
        return policy
    stated = {PARTICIPATION[name]: value for name, value in levers.items() if name in PARTICIPATION}
    others = {name: value for name, value in levers.items() if name not in PARTICIPATION}
    return dataclasses.replace(policy, levers={**policy.levers, **others}, **stated)


def load_scenarios(
    design: SweepDesign, registry: Registry, folder: Path = Path()
) -> dict[str, Scenario]:
    """Return the scenarios of a design by name, the baseline first.

    Args:
        design: What is run.
        registry: Parameters.
        folder: Where a scenario given as a file is looked for.

    Raises:
        ScenarioError: One cannot be read, or two have the same name.
    """
    chosen = named_scenarios((design.baseline, *design.policies), registry, folder)
    for scenario in list(chosen.values())[1:]:
        part = scenario.participation
        if "practice_participation_share" in design.levers and (
            part.by_choice or part.only_practices is not None
        ):
            raise ScenarioError(
                "the lever 'practice_participation_share' changes nothing in "
                f"'{scenario.name}', where practices take part by choice or by name."
            )
    return chosen


def common(design: SweepDesign, scenarios: Mapping[str, Scenario], registry: Registry) -> Common:
    """Return what all runs of a design share."""
    return Common(
        baseline=next(iter(scenarios)),
        policies={name: scenario.policy() for name, scenario in scenarios.items()},
        parameters=registry.values(design.settings),
        share=design.share,
        treated_only=design.patients == "treated",
        years=design.years,
        splits=design.splits,
        code=code_version(),
    )


def planned_runs(design: SweepDesign, shared: Common, registry: Registry) -> Iterator[PlannedRun]:
    """Yield the runs of a design: points vary fastest, so that neighbours share their history."""
    from experiments.posteriors.draws import DRAW_SEED

    digest = shared.digest()
    by_draw = bool(design.draws)
    sampled = [] if by_draw or design.sampling == "grid" else design.uncertain(registry)
    drawn = design.uncertain(registry) if by_draw else ()
    lots: list[tuple[str, int, int]] = [
        ("sample" if sampled else "seed", seed, seed)
        for seed in range(design.first_seed, design.first_seed + design.seeds)
    ]
    lots += [("draw", k, DRAW_SEED) for k in range(design.draws)]
    chosen = list(points(design, registry))
    source = design.source(registry)
    for kind, index, seed in lots:
        varied = draw(index, drawn, registry, source) if kind == "draw" else {}
        for point, values in enumerate(chosen):
            levers = {name: value for name, value in values.items() if name in design.levers}
            uncertain = varied | {name: values[name] for name in sampled}
            name = run_name(digest, seed, uncertain, levers)
            yield PlannedRun(kind, index, point, RunInput(name, seed, uncertain, levers))


def run_name(
    digest: str, seed: int, uncertain: Mapping[str, float], levers: Mapping[str, float]
) -> str:
    """Return the name of a run: a hash over all that decides its numbers.

    Args:
        digest: Of what all runs share (``Common.digest``).
        seed: Seed of its worlds.
        uncertain: Parameters that differ from the common ones.
        levers: Levers of the policies compared.
    """
    changed = {**uncertain, **levers}
    names, rest = _names_of(tuple(uncertain), tuple(levers))
    words = f"[{json.dumps(digest)}, {seed}, {rest}"
    values = struct.pack(f"<{len(names)}d", *map(changed.__getitem__, names))
    return hashlib.sha256(words.encode() + values).hexdigest()[:_DIGITS]


@lru_cache(maxsize=64)
def _names_of(uncertain: tuple[str, ...], levers: tuple[str, ...]) -> tuple[list[str], str]:
    """Return all names in order, and the end of the text that is hashed; alike for most runs."""
    return sorted({*uncertain, *levers}), json.dumps([sorted(uncertain), sorted(levers)])[1:]

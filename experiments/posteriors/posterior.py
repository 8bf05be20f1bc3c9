"""The posterior: parameter draws that agree with what is known, stored to be used again.

A draw from the ranges of the parameters (the prior) may describe a country that nobody has ever
seen. The posterior keeps the draws under which fee per session, up to 2024, gives every target
within its stated range.

Method, in two published steps:

1. History matching in waves (``experiments.posteriors.history_matching``) finds out where
   agreement is possible at all, so that few runs are spent where it is not.
2. A run from there is kept if *every* target lies within its range. That is rejection ABC with a
   uniform kernel. It is exact if the range is read as the error of the target: what was measured,
   and what the model leaves out, together (Wilkinson 2013, Statistical Applications in Genetics
   and Molecular Biology 12(2), 129-141, doi:10.1515/sagmb-2013-0010).

All kept draws weigh the same and are independent, so the effective sample size is their number. As
step 1 removes only what cannot agree, runs kept in any wave belong to the same posterior.

Notes:
    *Errors.* The range of a target in the registry stands for measurement error and model
    discrepancy. Emulators add their own variance, and the variance of luck, measured at central
    parameters over ``CHANCE_SEEDS`` seeds; runs of the waves share one seed.

    *What is used.* Registry entries with role ``target``, except ``KEPT_APART``. Worlds stop at
    the end of 2024 (``experiments.calibration.past_facts``); no contract is offered in them.

    *What is stored.* Every uncertain parameter of a kept run, so that a draw is one that was
    simulated and agreed. To keep only the parameters that an emulator found active (55 of 251), and
    draw the others from their ranges, would be smaller; but then 35 % of the draws agreed with all
    targets under other luck, against 55 % as they are; with the variance of luck allowed for,
    45 % against 68 % (40 runs each). The check is repeated and stored with every posterior.

    Libraries were tried on a problem with a known answer and 250 parameters: pyABC finds no
    proposal within all ranges, mogp-emulator does not run on present numpy, and Optuna searches for
    the best fit, not for all that fit (docs/decisions/0019-libraries-for-calibration.md).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration import TARGETS, Target
from experiments.posteriors.calibration_runs import CalibrationRun, CalibrationRuns, Plan, run_facts
from experiments.posteriors.history_matching import (
    CUTOFF,
    Emulator,
    Observed,
    find_plausible,
    fit_wave,
    plausible,
)
from experiments.runner import run_tasks
from model.parameters import ParameterSet, Registry
from model.parameters.draws import distribution_of

#: Targets that are not used here, only looked at afterwards. Agreement of the draws there was not
#: asked for, but it is no independent check either: the central values of the registry, around
#: which the ranges lie, were fitted to ``intake_at_once`` (``experiments.calibration``).
KEPT_APART = ("intake_at_once", "practice_margin")

#: Seeds at central parameters that measure the variance of luck.
CHANCE_SEEDS = 12

#: Posterior draws, as a user would get them, that are simulated again as a check.
CHECKS = 40

#: An emulator learns from so many of the latest runs at most.
MOST_LEARNT = 400

Tell = Callable[[str, int, int], None]


def used_targets(registry: Registry) -> tuple[Target, ...]:
    """Return the targets that the posterior must agree with."""
    return tuple(
        target
        for target in TARGETS
        if registry[target.parameter].role == "target" and target.id not in KEPT_APART
    )


def observed_targets(registry: Registry, chance: pd.DataFrame) -> list[Observed]:
    """Return the targets with their errors.

    Args:
        registry: Parameters; gives value and range.
        chance: Values by target of runs that differ by luck only.
    """
    out = []
    for target in used_targets(registry):
        entry = registry[target.parameter]
        spread = float(chance[target.id].std(ddof=1))
        spread = spread if np.isfinite(spread) else 0.0
        out.append(Observed(target.id, entry.value, entry.low, entry.high, spread))
    return out


def parameters_at(registry: Registry, names: Sequence[str], x: np.ndarray) -> pd.DataFrame:
    """Return parameter values at quantiles ``x`` of shape (points, names)."""
    columns = {}
    for k, name in enumerate(names):
        entry = registry[name]
        numbers = distribution_of(entry).ppf(x[:, k])
        columns[name] = np.clip(numbers, entry.low, entry.high)
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class Waves:
    """All runs of a calibration, and what was learnt from them.

    Attributes:
        names: The inputs: every uncertainty, in the order of the registry.
        observed: Targets used, with their errors.
        x: Inputs of all runs of the waves, as quantiles.
        values: What they gave: one column per target, also those kept apart; and ``wave``.
        agrees: Which of them agree with every target used.
        emulators: Emulators by wave.
        about: Per wave: runs, share of the prior that was not implausible, runs that agree.
        chance: Runs at central parameters that differ by luck only.
    """

    names: list[str]
    observed: list[Observed]
    x: np.ndarray
    values: pd.DataFrame
    agrees: np.ndarray
    emulators: list[list[Emulator]]
    about: list[dict[str, Any]]
    chance: pd.DataFrame

    @property
    def active(self) -> list[str]:
        """Parameters that some trusted emulator found active, in the order of the registry."""
        found = {k for wave in self.emulators for e in wave if e.trusted for k in e.active}
        return [self.names[k] for k in sorted(found)]

    @property
    def prior_acceptance(self) -> float:
        """Share of the prior that agrees, as if what was ruled out had been run as well."""
        tried = sum(one["runs"] / max(one["plausible"], 1e-12) for one in self.about)
        return sum(one["agree"] for one in self.about) / tried

    def lost(self) -> float:
        """Return the share of agreeing runs that an emulator of a later wave would rule out."""
        if not self.agrees.any():
            return 0.0
        return float(1.0 - plausible(self.emulators, self.x[self.agrees]).mean())


def run_waves(
    plan: Plan,
    registry: Registry,
    runs: CalibrationRuns,
    workers: int | None = None,
    tell: Tell = lambda what, done, of: None,
) -> Waves:
    """Run waves until enough runs agree with the targets; finished runs are not made again.

    Args:
        plan: What to run.
        registry: Parameters.
        runs: The folder.
        workers: Processes; None for one per core.
        tell: Called with what is going on, how much of it is done, and of how much.
    """
    names = [p.name for p in registry.by_role("uncertainty")]
    central = registry.values()
    chance = _made(
        [CalibrationRun("chance", k, central, plan.share, plan.seed + k)
         for k in range(CHANCE_SEEDS)],
        runs, workers, tell,
    )  # fmt: skip
    observed = observed_targets(registry, chance)
    emulators: list[list[Emulator]] = []
    about: list[dict[str, Any]] = []
    x, values = np.empty((0, len(names))), pd.DataFrame()
    agrees = np.zeros(0, dtype=bool)
    for number in range(1, plan.waves + 1):
        wave = f"wave-{number:02d}"
        if number > 1:
            tell(f"Emulating {len(observed)} targets", 0, 1)
            outputs = values[[one.id for one in observed]].to_numpy()
            emulators.append(fit_wave(observed, x[-MOST_LEARNT:], outputs[-MOST_LEARNT:]))
            tell(f"Emulating {len(observed)} targets", 1, 1)
        new, share = _inputs(plan, wave, number, names, emulators, runs, tell)
        if not len(new):
            break  # nothing is plausible: the targets contradict each other
        found = _made(
            [CalibrationRun(wave, k, central.replace(row), plan.share, plan.seed)
             for k, row in enumerate(parameters_at(registry, names, new).to_dict("records"))],
            runs, workers, tell,
        )  # fmt: skip
        good = np.all([one.agrees(found[one.id].to_numpy()) for one in observed], axis=0)
        x = np.concatenate([x, new])
        values = pd.concat([values, found.assign(wave=number)], ignore_index=True)
        agrees = np.concatenate([agrees, good])
        about.append(
            {"wave": number, "runs": len(new), "plausible": share, "agree": int(good.sum())}
        )
        if agrees.sum() >= plan.draws:
            break
    return Waves(names, observed, x, values, agrees, emulators, about, chance)


def _inputs(
    plan: Plan,
    wave: str,
    number: int,
    names: list[str],
    emulators: list[list[Emulator]],
    runs: CalibrationRuns,
    tell: Tell,
) -> tuple[np.ndarray, float]:
    """Return the inputs of a wave, and the share of the prior they were drawn from."""
    from scipy.stats import qmc

    known = runs.inputs(wave)
    if known is not None and runs.about(wave):
        return known, float(runs.about(wave)["plausible"])
    rng = np.random.default_rng([plan.seed, number])
    if number == 1:
        x, share = qmc.LatinHypercube(len(names), rng=rng).random(plan.runs), 1.0
    else:
        found = find_plausible(
            emulators, plan.runs, len(names), rng,
            tell=lambda done: tell(f"Wave {number}: what is plausible", done, plan.runs),
        )  # fmt: skip
        x, share = found.points, found.share
    runs.keep_inputs(wave, names, x)
    runs.note(wave, {"plausible": share})
    return x, share


def _made(
    tasks: list[CalibrationRun], runs: CalibrationRuns, workers: int | None, tell: Tell
) -> pd.DataFrame:
    """Return what the tasks of one wave give, by target; those on file are not made again."""
    wave = tasks[0].wave
    done = runs.finished(wave, len(tasks))
    what = f"Simulating {wave.replace('-0', ' ').replace('-', ' ')}"
    tell(what, len(done), len(tasks))
    for result in run_tasks([t for t in tasks if t.index not in done], workers, run=run_facts):
        runs.keep(result)
        done[result.index] = dict(result.values)
        tell(what, len(done), len(tasks))
    return pd.DataFrame([done[k] for k in range(len(tasks))])


def posterior_table(waves: Waves, registry: Registry, draws: int) -> pd.DataFrame:
    """Return the draws: runs that agree, every parameter with six significant digits."""
    x = waves.x[waves.agrees][:draws]
    table = parameters_at(registry, waves.names, x)
    for name in table:
        entry = registry[name]
        rounded = [float(f"{number:.6g}") for number in table[name]]
        table[name] = np.clip(rounded, entry.low, entry.high)
    return table


def check_runs(
    plan: Plan,
    drawn: list[ParameterSet],
    runs: CalibrationRuns,
    workers: int | None = None,
    tell: Tell = lambda what, done, of: None,
) -> pd.DataFrame:
    """Simulate draws as a user gets them, with luck of their own, and return what they give."""
    name = f"check-{hashlib.sha256(repr(drawn).encode()).hexdigest()[:8]}"
    seed = plan.seed + 1_000
    tasks = [CalibrationRun(name, k, p, plan.share, seed + k) for k, p in enumerate(drawn)]
    return _made(tasks, runs, workers, tell)


def agreement(waves: Waves, checks: pd.DataFrame) -> dict[str, float]:
    """Return the share of runs that agree with all targets, strictly and allowing for luck."""
    values = {one: checks[one.id].to_numpy() for one in waves.observed}
    strict = np.all([one.agrees(own) for one, own in values.items()], axis=0)
    near = np.all([one.implausibility(own, 0.0) <= CUTOFF for one, own in values.items()], axis=0)
    return {
        "runs": len(checks),
        "agree": float(strict.mean()),
        "agree_allowing_for_luck": float(near.mean()),
    }

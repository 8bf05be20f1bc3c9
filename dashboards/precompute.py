"""``zorgbundel dashboard --precompute``: the results of the library, made anew.

All scenarios of the library run in the same paired worlds as ``zorgbundel compare`` would run them
one by one, so the command printed on a page gives the numbers stored here.
"""

import json
import math
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dashboards.library import FOLDER, fingerprint, words_fingerprint
from dashboards.make_result import describe, explain_scenario, make_result, titles_of
from experiments.budget_verdict import CAPPED, OPEN
from experiments.comparison import Design, summarise, tasks
from experiments.evaluations import joined_evaluations
from experiments.manifest import version
from experiments.output import new_folder
from experiments.paired import values
from experiments.posteriors.draws import usual_source
from experiments.runner import Task, run_tasks, warm_up_compiler
from model.outcomes import MEASURES
from model.parameters import load_registry
from scenarios.loader import library, load
from scenarios.schema import Scenario

#: Few seeds and draws, share as the demo's: about ten minutes on two cores.
SEEDS, DRAWS, SHARE = 4, 10, 0.1

#: Bundle prices of the quick estimate, beside 1: from end to end of the lever.
FACTORS = (0.7, 0.8, 0.9, 1.1, 1.2, 1.3)
LEVER = "bundle_price_factor"


def library_design(seeds: int = SEEDS, draws: int = DRAWS, share: float = SHARE) -> Design:
    """Return the design in which the whole library is run."""
    names = tuple(name for name in library() if name != OPEN)
    source = usual_source(load_registry())
    return Design(OPEN, names, seeds, draws, 0, share, draws_from=source)


def precompute(
    design: Design,
    folder: Path = FOLDER,
    workers: int | None = None,
    done: Callable[[int, int], None] = lambda k, of: None,
) -> None:
    """Run the library and write one file a scenario.

    Args:
        design: What to run (``library_design``).
        folder: Where to; replaced as a whole when all went well.
        workers: Processes; None for one per core.
        done: Told how many tasks of how many are finished.
    """
    registry = load_registry()
    scenarios = {name: load(name, registry) for name in dict.fromkeys(design.worlds)}
    policies = {name: one.policy() for name, one in scenarios.items()}
    warm_up_compiler(registry.values(), policies)
    about = {name: describe(scenario, registry) for name, scenario in scenarios.items()}
    priced = [name for name in scenarios if LEVER in about[name]["levers"]]
    jobs = [_with_prices(job, priced) for job in tasks(design, policies, registry)]
    results = []
    for one in run_tasks(jobs, workers, lambda: None):
        results.append(one)
        done(len(results), len(jobs))
    runs = pd.concat([one.outcomes for one in results], ignore_index=True)
    order = ["kind", "index", "policy", "year", "measure", "split", "group"]
    runs = runs.sort_values(order, ignore_index=True)
    titles = titles_of(scenarios)
    with new_folder(folder, replace=True) as work:
        for name, scenario in scenarios.items():
            result = None
            if name != OPEN:
                alone = replace(design, policies=(name,))
                own = runs[runs["policy"].isin([name, OPEN, CAPPED])]
                seen = joined_evaluations([one.evaluations for one in results], (name,))
                comparison = summarise(alone, own, registry, seen)
                result = make_result(comparison, name, titles)
                result["estimate"] = _estimate(runs, name) if name in priced else None
            _write(
                work / f"{name}.json",
                {
                    "about": about[name],
                    "contract": _contract(scenario, registry),
                    "result": result,
                },
            )
        _write(
            work / "manifest.json",
            {
                "kind": "library results",
                "scenarios": list(scenarios),
                "fingerprint": fingerprint(),
                "words": words_fingerprint(),
                "version": version(),
                "seeds": design.seeds,
                "draws": design.draws,
                "share": design.share,
            },
        )


def _contract(scenario: Scenario, registry) -> dict[str, Any] | None:
    """Return what the contract rewards; None where nothing is offered that could be explained."""
    try:
        return explain_scenario(scenario, {}, registry)
    except (ValueError, ZeroDivisionError):
        return None


def _with_prices(task: Task, priced: Collection[str]) -> Task:
    """Return a task with the worlds of the quick estimate added, at central parameters only.

    Args:
        task: Worlds of one luck or one draw.
        priced: Scenarios with a price of the bundle.
    """
    if task.kind != "seed":
        return task
    more = {
        f"{name}@{factor:g}": replace(policy, levers={**policy.levers, LEVER: factor})
        for name, policy in task.policies.items()
        if name in priced
        for factor in FACTORS
    }
    return replace(task, policies={**task.policies, **more})


def _estimate(runs: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return the mean effect of every measure per year at each bundle price, over the seeds."""
    sums = {measure.id for measure in MEASURES if measure.bottom is None}
    names = {f"{name}@{factor:g}": factor for factor in FACTORS} | {name: 1.0}
    chosen = runs[
        (runs["kind"] == "seed") & (runs["split"] == "all") & runs["policy"].isin([OPEN, *names])
    ]
    mean = values(chosen, sums).groupby(["policy", "measure", "year"])["value"].mean()
    effect = {
        factor: (mean[policy] - mean[OPEN]) for policy, factor in sorted(
            names.items(), key=lambda item: item[1]
        )
    }  # fmt: skip
    measures = [measure.id for measure in MEASURES]
    return {
        "lever": LEVER,
        "at": list(effect),
        "effects": {m: [[float(x) for x in e[m].sort_index()] for e in effect.values()]
                    for m in measures},
    }  # fmt: skip


def _write(path: Path, data: dict[str, Any]) -> None:
    text = json.dumps(_rounded(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(data: Any) -> Any:
    """Return data with numbers fit to store: whole cents where large, else eight decimals."""
    if isinstance(data, float):
        if math.isnan(data):
            return None
        return round(data, 2 if abs(data) >= 1000.0 else 8)
    if isinstance(data, dict):
        return {str(key): _rounded(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(one) for one in data]
    return data

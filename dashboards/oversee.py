"""What an evaluation would see of a scenario: ``zorgbundel evaluate`` as plain data for a page."""

import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.manifest import version
from experiments.number_format import LANGUAGES
from experiments.posteriors.draws import usual_source
from experiments.power.evaluation_power import EvaluationPower, evaluate_power
from experiments.power.evaluation_words import harm_visible, notes, sentences
from experiments.power.evaluation_worlds import EvaluationDesign, worlds_of
from experiments.power.uptake import CHOSEN
from experiments.sweeps.store import open_store
from experiments.sweeps.sweep import local, sweep
from model.panel import WATCHED
from model.parameters import load_registry
from scenarios.loader import load

BASELINE = "fee_for_service_open"

#: Columns of ``evaluations`` that the page shows.
SHOWN = (
    "true", "true_monte_carlo_low", "true_monte_carlo_high", "true_parameter_low",
    "true_parameter_high", "estimate", "bias", "bias_monte_carlo_low", "bias_monte_carlo_high",
    "bias_parameter_low", "bias_parameter_high", "coverage", "error", "detectable", "loss",
    "notices", "notices_monte_carlo_low", "notices_monte_carlo_high", "notices_parameter_low",
    "notices_parameter_high", "false_alarm", "compared", "joined", "others",
)  # fmt: skip

#: Of these what says how good one evaluation is, which needs evaluations to tell it from.
HOW_GOOD = (
    "estimate", "bias", "bias_monte_carlo_low", "bias_monte_carlo_high", "bias_parameter_low",
    "bias_parameter_high", "coverage", "error", "detectable",
)  # fmt: skip


def design_of(asked: Mapping[str, Any]) -> EvaluationDesign:
    """Return the design of what is asked: scenario, settings, seeds, draws, share."""
    draws = int(asked["draws"])
    return EvaluationDesign(
        BASELINE, asked["scenario"], uptake=(CHOSEN,), share=asked["share"],
        seeds=int(asked["seeds"]), draws=draws, settings=dict(asked["settings"]),
        draws_from=usual_source(load_registry()) if draws else "prior",
    )  # fmt: skip


def steps(asked: Mapping[str, Any]) -> int:
    """Return how many steps it takes: worlds, then years evaluated."""
    return int(asked["seeds"]) + int(asked["draws"]) + EvaluationDesign("a", "b").years


def command(asked: Mapping[str, Any]) -> str:
    """Return the command that gives the same numbers."""
    settings = "".join(f" --set {name}={value:g}" for name, value in sorted(
        dict(asked["settings"]).items()
    ))  # fmt: skip
    return (
        f"zorgbundel evaluate {asked['scenario']} --baseline {BASELINE} --uptake {CHOSEN} --share "
        f"{asked['share']:g} --seeds {asked['seeds']} --draws {asked['draws']}{settings}"
    )


def oversee(asked: Mapping[str, Any], done: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Run an evaluation design in this process and return what the page shows."""
    registry = load_registry()
    design = design_of(asked)
    scenarios = {name: load(name, registry) for name in (BASELINE, asked["scenario"])}
    if not scenarios[asked["scenario"]].policy().offers_contract:
        return {"asked": dict(asked), "nothing": True}

    def made(runs: int) -> None:
        for _ in range(runs):
            done()

    with tempfile.TemporaryDirectory(prefix="zorgbundel-oversight-") as place:
        folder = Path(place) / "worlds"
        shared = worlds_of(design, scenarios, registry)
        sweep(design.sweep, scenarios, registry, folder, local(folder, 1), advanced=made,
              shared=shared)  # fmt: skip
        power = evaluate_power(design, open_store(folder, verify=False), registry, 1, done)
    country = int(registry.values(design.settings).multi_therapist_practices)
    return document(power, asked, country)


def document(power: EvaluationPower, asked: Mapping[str, Any], country: int) -> dict[str, Any]:
    """Return an evaluation as plain data: one row per indicator and year, the curve, sentences."""
    first = power.design.uptake[0]
    rows = []
    for watched in WATCHED:
        for years in range(1, power.design.years + 1):
            try:
                row = power.row(first, watched.id, years=years)
            except KeyError:
                continue
            rows.append(
                {"indicator": watched.id, "year": int(row["year"]), "method": str(row["method"])}
                | shown(row, power.enough(row))
            )
    curve = [
        {"practices": int(row["practices"]), "years": int(row["years"])}
        | {name: _number(row[name]) for name in (
            "loss", "notices", "notices_monte_carlo_low", "notices_monte_carlo_high")}
        for _, row in power.curve.iterrows()
    ]  # fmt: skip
    return {
        "asked": dict(asked),
        "practices": power.practices,
        "country": country,
        "years": power.design.years,
        "indicators": indicators(),
        "rows": rows,
        "curve": curve,
        "visible_from": {
            watched.id: harm_visible(power, first, watched.id)[0]
            for watched in WATCHED if watched.margin
        },
        "sentences": {
            language: [*notes(power, country, language), *sentences(power, language)]
            for language in LANGUAGES
        },
        "command": command(asked),
        "version": version(),
    }  # fmt: skip


def shown(row: Mapping[str, Any], enough: bool) -> dict[str, float | None]:
    """Return the numbers of a row that are shown; too few comparisons leave their quality out.

    Args:
        row: Of the table of evaluations.
        enough: Whether enough evaluations could be compared (``EvaluationPower.enough``).
    """
    return {name: _number(row[name]) if enough or name not in HOW_GOOD else None for name in SHOWN}


def indicators() -> list[dict[str, Any]]:
    """Return what a page must know of each indicator; the server itself loads nothing of it."""
    return [
        {"id": one.id, "en": one.en, "nl": one.nl, "unit": one.unit, "worse": one.worse,
         "decimals": one.decimals} for one in WATCHED
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

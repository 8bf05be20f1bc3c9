"""``zorgbundel evaluate``: what a yearly evaluation of a policy would notice, against the truth."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from experiments.compare_command import draw_source
from experiments.manifest import code_fingerprint, table_hash, version
from experiments.named_scenarios import named_scenarios
from experiments.number_format import LANGUAGES
from experiments.output import renewed_files, write_table
from experiments.power.estimator_spread import FEWEST_COMPARED
from experiments.power.evaluation_power import (
    EvaluationPower,
    evaluate_power,
)
from experiments.power.evaluation_tables import show_evaluation
from experiments.power.evaluation_words import (
    harm_visible,
    notes,
    sentences,
)
from experiments.power.evaluation_worlds import EvaluationDesign, evaluate_worlds
from experiments.power.practice_evaluation import LEVEL
from experiments.power.uptake import WAYS
from experiments.progress_bar import progress_bar
from experiments.saving import write_manifest
from experiments.sweeps.kept_worlds import HowMade, exit_after, failed_runs, take_folder
from experiments.terminal import console
from experiments.texts import texts
from model.panel import WATCHED
from model.parameters import load_registry
from scenarios.loader import ScenarioError, parse_settings
from scenarios.schema import Scenario

#: Kind of question, in what a folder says of itself.
EVALUATE = "evaluate"


def evaluate_policy(
    policy: str,
    baseline: str,
    practices: int | None,
    years: int,
    uptake: Sequence[str],
    share: float,
    seeds: int,
    draws: int,
    settings: Sequence[str],
    how: HowMade,
    as_json: bool,
) -> None:
    """Evaluate a policy from the command line; see ``zorgbundel evaluate --help``."""
    registry = load_registry()
    chosen = named_scenarios((baseline, policy), registry)
    names = list(chosen)
    if not chosen[names[1]].policy().offers_contract:
        raise ScenarioError(
            f"'{names[1]}' offers no other contract, so there is nothing to evaluate."
        )
    design = EvaluationDesign(
        *names,
        uptake=ways(uptake),
        practices=practices,
        years=years,
        share=share,
        seeds=seeds,
        draws=draws,
        settings=parse_settings(settings, registry),
        draws_from=draw_source(registry, draws, None),
    )
    take_folder(how.out, {"kind": EVALUATE, "baseline": names[0], "policy": names[1]})
    store = evaluate_worlds(design, chosen, registry, how)
    with progress_bar(as_json) as progress:
        counting = progress.add_task(
            texts(how.language)("evaluate.progress"), total=years * len(design.uptake)
        )
        power = evaluate_power(
            design, store, registry, how.workers, counted=lambda: progress.advance(counting)
        )
    country = int(registry.values(design.settings).multi_therapist_practices)
    document = evaluation_document(power, chosen, country) | {"failed": failed_runs(store)}
    save_evaluation(power, document, how.out)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        exit_after(store)
        return
    show_evaluation(power, chosen, country, how.language)
    console().print(texts(how.language)("worlds.kept", folder=how.out))
    exit_after(store)


def ways(uptake: Sequence[str]) -> tuple[str, ...]:
    """Return the ways to decide who takes part: words of ``WAYS``, or shares of practices.

    Raises:
        ScenarioError: A text is neither.
    """
    if not uptake:
        return WAYS
    out = []
    for text in uptake:
        if text in WAYS:
            out.append(text)
            continue
        try:
            share = float(text)
        except ValueError:
            share = math.nan
        if not 0.0 < share < 1.0:
            raise ScenarioError(
                f"uptake '{text[:40]}' is neither one of {', '.join(WAYS)} nor a share between"
                " 0 and 1"
            )
        out.append(f"{share:g}")
    return tuple(dict.fromkeys(out))


# --- JSON and files


def evaluation_document(
    power: EvaluationPower, scenarios: dict[str, Scenario], country: int
) -> dict[str, Any]:
    """Return what ``evaluate --json`` prints: one object, effects in the unit of the indicator."""
    design = power.design
    visible = {
        watched.id: harm_visible(power, design.uptake[0], watched.id)[0] or None
        for watched in WATCHED
        if watched.margin
    }
    return {
        "kind": "evaluation",
        "baseline": design.baseline,
        "policy": design.policy,
        "practices": power.practices,
        "simulated_practices": power.simulated,
        "practices_in_country": country,
        "years": design.years,
        "uptake": list(design.uptake),
        "share": design.share,
        "seeds": design.seeds,
        "first_seed": design.first_seed,
        "draws": design.draws,
        "replications": design.replications,
        "fewest_compared": FEWEST_COMPARED,
        "draws_from": design.draws_from,
        "settings": dict(design.settings),
        "level": LEVEL,
        "evaluations": _records(power.table),
        "power_curve": _records(power.curve),
        "harm_visible_from": visible,
        "sentences": {
            language: [*notes(power, country, language), *sentences(power, language)]
            for language in LANGUAGES
        },
        "version": version(),
        "code": code_fingerprint(),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
        "tables": {"evaluations": table_hash(power.table), "power_curve": table_hash(power.curve)},
    }


def _records(table: pd.DataFrame) -> list[dict]:
    return table.astype(object).where(table.notna(), None).to_dict(orient="records")


def save_evaluation(power: EvaluationPower, document: dict[str, Any], folder: Path) -> None:
    """Write both tables, the figure in both languages and the manifest to the folder."""
    with renewed_files(folder) as work:
        write_table(power.table, work, "evaluations")
        write_table(power.curve, work, "power_curve")
        if len(power.curve):
            _save_figures(power, document, work)
        write_manifest(document, work)


def _save_figures(power: EvaluationPower, document: dict[str, Any], folder: Path) -> None:
    from experiments.figures import image_bytes
    from experiments.figures.evaluation import evaluation_figure
    from experiments.fingerprints import fingerprint_of

    design = power.design
    footer = (
        f"Zorgbundel {document['version']} · {design.policy} · share {design.share:g} · "
        f"{design.seeds} seeds · {design.draws} draws · "
        f"{design.replications} evaluations drawn"
    )
    for language in LANGUAGES:
        drawing = evaluation_figure(power, footer, language)
        for kind in ("png", "svg"):
            path = folder / f"evaluation_power.{language}.{kind}"
            path.write_bytes(image_bytes(drawing, kind, fingerprint_of(document)))

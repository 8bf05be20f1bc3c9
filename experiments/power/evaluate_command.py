"""``zorgbundel evaluate``: what a yearly evaluation of a policy would notice, against the truth."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.compare_command import draw_source
from experiments.manifest import code_fingerprint, table_hash, version
from experiments.named_scenarios import named_scenarios
from experiments.number_format import LANGUAGES, Language
from experiments.output import renewed_files, write_table
from experiments.power.evaluation_power import (
    HEADLINE,
    EvaluationPower,
    evaluate_power,
)
from experiments.power.evaluation_words import (
    change,
    harm_visible,
    notes,
    sentences,
    signed,
    size,
    uptake_label,
    years_of,
)
from experiments.power.evaluation_worlds import EvaluationDesign, evaluate_worlds
from experiments.power.practice_evaluation import BY_ID, LEVEL, strongest
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


# --- the screen


def show_evaluation(
    power: EvaluationPower, scenarios: dict[str, Scenario], country: int, language: Language
) -> None:
    """Print the tables and the sentences."""
    screen = console()
    screen.print()
    said = sentences(power, language)
    if len(said) > 1:
        for table in (
            indicators_table(power, scenarios, language),
            designs_table(power, language),
            methods_table(power, language),
        ):
            screen.print(table)
            screen.print()
    for sentence in [*notes(power, country, language), *said]:
        screen.print(Text(f"- {sentence}"))
    screen.print()


def _columns(table: Table, language: Language, first: str, *names: str) -> Table:
    t = texts(language)
    table.add_column(t(f"evaluate.column.{first}"))
    for name in names:
        table.add_column(t(f"evaluate.column.{name}"), justify="right")
    return table


def indicators_table(
    power: EvaluationPower, scenarios: dict[str, Scenario], language: Language
) -> Table:
    """Return what the main evaluation says of each indicator in its last year."""
    t, design = texts(language), power.design
    own = power.table[power.table["uptake"] == design.uptake[0]]
    table = Table(
        padding=(0, 0),
        title=t(
            "evaluate.title",
            year=int(own["year"].max()) + 1,
            **{
                key: getattr(scenarios[name].title, language)
                for key, name in (("policy", design.policy), ("baseline", design.baseline))
            },
        ),
        caption=_caption("evaluate.caption", power, language, seeds=design.seeds),
    )
    _columns(
        table, language, "indicator", "true", "says", "bias", "selection", "covered", "smallest"
    )
    for watched in WATCHED:
        try:
            row = power.row(design.uptake[0], watched.id)
        except KeyError:
            continue
        table.add_row(
            f"{getattr(watched, language)}",
            _with_chance(watched, row, "true", language),
            signed(watched, row["estimate"], language),
            _with_chance(watched, row, "bias", language),
            signed(watched, row["selection"], language),
            nf.percentage(row["coverage"], language),
            f"{size(watched, row['detectable'], language)} / "
            f"{size(watched, row['detectable_analytic'], language)}",
        )
    return table


def _caption(key: str, power: EvaluationPower, language: Language, **more: Any) -> str:
    t, first = texts(language), power.design.uptake[0]
    own = power.table[(power.table["uptake"] == first) & (power.table["indicator"] == HEADLINE)]
    label = uptake_label(first, language)
    return t(
        key,
        uptake=label[0].upper() + label[1:],
        practices=nf.number(power.practices, language),
        years=years_of(power.design.years, language),
        method=t(f"evaluate.method.{strongest(own['method'])}"),
        **more,
    )


def _with_chance(watched, row: pd.Series, name: str, language: Language) -> str:
    low, high = row[f"{name}_monte_carlo_low"], row[f"{name}_monte_carlo_high"]
    shown = signed(watched, row[name], language)
    if math.isnan(low):
        return shown
    ends = nf.between(signed(watched, low, language), signed(watched, high, language), language)
    return f"{shown}\n[dim]({ends})[/dim]"


def designs_table(power: EvaluationPower, language: Language) -> Table:
    """Return the ways to decide who takes part beside each other, for the headline indicator."""
    t, watched = texts(language), BY_ID[HEADLINE]
    loss = change(watched, watched.worse * _loss(power), language)
    table = Table(
        padding=(0, 0),
        title=t("evaluate.designs.title", indicator=getattr(watched, language)),
        caption=_caption("evaluate.designs.caption", power, language, loss=loss),
    )
    _columns(
        table, language, "uptake", "joined", "method", "true", "bias", "covered", "smallest",
        "notices", "alarm",
    )  # fmt: skip
    for uptake in power.design.uptake:
        label = uptake_label(uptake, language, short=True)
        try:
            row = power.row(uptake, HEADLINE)
        except KeyError:
            table.add_row(label, *("-" for _ in range(8)))
            continue
        table.add_row(label, _joined(row, language), t(f"evaluate.method.{row['method']}.short"),
                      *_quality(watched, row, language))  # fmt: skip
    return table


def _joined(row: pd.Series, language: Language) -> str:
    """Return the share of the practices compared that take part."""
    compared = row["joined"] + row["others"]
    return nf.percentage(row["joined"] / compared if compared > 0 else math.nan, language)


def _quality(watched, row: pd.Series, language: Language) -> list[str]:
    return [
        signed(watched, row["true"], language),
        _with_chance(watched, row, "bias", language),
        nf.percentage(row["coverage"], language),
        size(watched, row["detectable"], language),
        nf.percentage(row["notices"], language),
        nf.percentage(row["false_alarm"], language, 1),
    ]


def _loss(power: EvaluationPower) -> float:
    own = power.table[power.table["indicator"] == HEADLINE]["loss"]
    return float(own.iloc[0]) if len(own) else math.nan


def methods_table(power: EvaluationPower, language: Language) -> Table:
    """Return the methods beside each other, for the headline indicator."""
    t, watched = texts(language), BY_ID[HEADLINE]
    table = Table(
        padding=(0, 0),
        title=t("evaluate.methods.title", indicator=getattr(watched, language)),
        caption=_caption("evaluate.methods.caption", power, language),
    )
    _columns(
        table, language, "method", "says", "true", "bias", "covered", "smallest", "notices", "alarm"
    )
    own = power.table[
        (power.table["uptake"] == power.design.uptake[0])
        & (power.table["indicator"] == HEADLINE)
        & (power.table["years"] == power.design.years)
    ]
    for _, row in own.iterrows():
        table.add_row(t(f"evaluate.method.{row['method']}.short"),
                      signed(watched, row["estimate"], language),
                      *_quality(watched, row, language))  # fmt: skip
    return table

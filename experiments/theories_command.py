"""``zorgbundel theories``: the effect of a policy under each theory of behaviour."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.fingerprints import with_fingerprint
from experiments.intervals import MONTE_CARLO_LEVEL
from experiments.kept_tasks import kept_tasks
from experiments.manifest import code_fingerprint, table_hash, version
from experiments.named_scenarios import named_scenarios
from experiments.number_format import Language
from experiments.output import check_free, new_folder, write_table
from experiments.progress_bar import progress_bar
from experiments.saving import write_manifest
from experiments.terminal import console
from experiments.texts import texts
from experiments.theories import (
    FRAGILE,
    ROBUST,
    SHARES,
    UNCLEAR,
    TheoryComparison,
    TheoryDesign,
    Verdict,
    compare_theories,
    measure_of,
    tasks,
)
from model.outcomes import MEASURES, Measure
from model.parameters import load_registry
from scenarios.loader import parse_settings
from scenarios.schema import Scenario


def show_theories(
    baseline: str,
    policy: str,
    seeds: int,
    share: float,
    workers: int | None,
    settings: Sequence[str],
    language: Language,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare two scenarios under each theory; see ``zorgbundel theories --help``."""
    registry = load_registry()
    chosen = named_scenarios((baseline, policy), registry)
    design = TheoryDesign(*chosen, seeds, share, parse_settings(settings, registry))
    if out is not None:
        check_free(out)
    policies = {name: scenario.policy() for name, scenario in chosen.items()}
    total = len(tasks(design, policies, registry.values(design.settings)))
    with kept_tasks(out) as simulate:
        with progress_bar(as_json) as progress:
            bar = progress.add_task(f"Simulating {total} x 2 worlds", total=total)
            found = compare_theories(
                design, policies, registry, workers, lambda: progress.advance(bar), simulate
            )
        if out is not None:
            _save(found, chosen, out)
    if as_json:
        click.echo(json.dumps(theories_document(found, chosen), allow_nan=False))
        return
    _show(found, chosen, language, out)


# --- JSON


def theories_document(found: TheoryComparison, scenarios: dict[str, Scenario]) -> dict[str, Any]:
    """Return what ``theories --json`` prints: one object, money in EUR."""
    design = found.design
    return with_fingerprint({
        "kind": "theories",
        "baseline": design.baseline,
        "policy": design.policy,
        "share": design.share,
        "seeds": design.seeds,
        "first_seed": design.first_seed,
        "settings": dict(design.settings),
        "level": MONTE_CARLO_LEVEL,
        "theories": SHARES,
        "measures": {
            verdict.measure: {
                "verdict": verdict.word,
                "why": verdict.kind,
                "rises_under": list(verdict.up),
                "falls_under": list(verdict.down),
                "nil_under": list(verdict.nil),
                "effects": {name: _effect(found, name, verdict.measure) for name in SHARES},
            }
            for verdict in found.verdicts
        },
        "version": version(),
        "code": code_fingerprint(),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
        "tables": {"effects": table_hash(found.effects)},
    })  # fmt: skip


def _effect(found: TheoryComparison, theory: str, measure: str) -> dict[str, Any]:
    row = found.effect(theory, measure)
    low, high = float(row["monte_carlo_low"]), float(row["monte_carlo_high"])
    return {
        "baseline": _number(row["baseline"]),
        "mean": _number(row["mean"]),
        "monte_carlo_interval": None if math.isnan(low) else [low, high],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _save(found: TheoryComparison, scenarios: dict[str, Scenario], folder: Path) -> None:
    """Write effects and verdicts as tables, and the document, to a new folder."""
    import pandas as pd

    with new_folder(folder) as work:
        write_table(found.effects, work, "effects")
        rows = [
            {"measure": v.measure, "verdict": v.word, "why": v.kind,
             "rises_under": " ".join(v.up), "falls_under": " ".join(v.down),
             "nil_under": " ".join(v.nil)}
            for v in found.verdicts
        ]  # fmt: skip
        write_table(pd.DataFrame(rows), work, "verdicts")
        write_manifest(theories_document(found, scenarios), work)


# --- the screen


def _show(
    found: TheoryComparison, scenarios: dict[str, Scenario], language: Language, out: Path | None
) -> None:
    """Print the table and one sentence per measure."""
    t = texts(language)
    screen = console()
    screen.print()
    screen.print(theories_table(found, scenarios, language))
    screen.print()
    said = [verdict.word for verdict in found.verdicts]
    counts = {word: said.count(word) for word in (ROBUST, FRAGILE, UNCLEAR)}
    screen.print(t("theories.count", all=len(said), **counts))
    screen.print()
    for verdict in found.verdicts:
        screen.print(Text(f"- {verdict_sentence(verdict, language)}"))
    screen.print()
    if out is not None:
        screen.print(t("theories.saved", folder=out))


def theories_table(
    found: TheoryComparison, scenarios: dict[str, Scenario], language: Language
) -> Table:
    """Return the effect on every measure under every theory, as a table."""
    t = texts(language)
    names = {
        key: Text(getattr(scenarios[name].title, language))
        for key, name in (("policy", found.design.policy), ("baseline", found.design.baseline))
    }
    table = Table(title=t("theories.title", **names), caption=t("theories.caption"), padding=(0, 0))
    table.add_column(t("theories.outcome"))
    for name in SHARES:
        table.add_column(t(f"theory.{name}.short"), justify="right", no_wrap=True)
    table.add_column(t("theories.verdict"), no_wrap=True)
    for measure, verdict in zip(MEASURES, found.verdicts, strict=True):
        table.add_row(
            getattr(measure, language),
            *(_cell(measure, found.effect(name, measure.id), language) for name in SHARES),
            t(f"theories.{verdict.word}"),
        )
    return table


def _cell(measure: Measure, row: Any, language: Language) -> str:
    """Return an effect in percent of the baseline or percentage points; ~ if chance may be it."""
    change = float(row["mean"])
    if math.isnan(change):
        return "-"
    unclear = "" if row["monte_carlo_low"] > 0.0 or row["monte_carlo_high"] < 0.0 else "~"
    if measure.is_share:
        return f"{unclear}{nf.difference(100.0 * change, language, 1)}pp"
    baseline = abs(float(row["baseline"]))
    if baseline == 0.0:
        return f"{unclear}0%" if change == 0.0 else "-"
    percent = 100.0 * change / baseline
    return f"{unclear}{nf.difference(percent, language, 1 if abs(percent) >= 1.0 else 2)}%"


def verdict_sentence(verdict: Verdict, language: Language) -> str:
    """Return a verdict in one plain sentence."""
    t = texts(language)
    said = t(f"theories.{verdict.kind}", measure=getattr(measure_of(verdict), language))
    if verdict.word == ROBUST or verdict.kind == "none":
        return said
    known = {*verdict.up, *verdict.down, *verdict.nil}
    parts = [
        (t("theories.it_rises"), verdict.up),
        (t("theories.it_falls"), verdict.down),
        (t("theories.no_difference"), verdict.nil),
        (t("theories.not_clear"), [name for name in SHARES if name not in known]),
    ]
    return (
        f"{said} "
        + "; ".join(
            f"{what} {', '.join(t(f'theory.{name}.name') for name in names)}"
            for what, names in parts
            if names
        )
        + "."
    )

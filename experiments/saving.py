"""What a results folder holds: tables, figures, brief and manifest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison import Comparison
from experiments.fingerprints import with_fingerprint
from experiments.output import new_folder, write_table
from model.coordination import CLAUSE, report
from model.simulation import World

LANGUAGES = ("nl", "en")


def write_manifest(manifest: dict[str, Any], folder: Path) -> None:
    """Write the manifest, indented for reading and sealed with its fingerprint."""
    text = json.dumps(with_fingerprint(manifest), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def save_comparison(
    comparison: Comparison,
    manifest: dict[str, Any],
    titles: dict[str, dict[str, str]],
    folder: Path,
    replace: bool = False,
    more: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """Write tables, figures, brief and report of a comparison to a new folder.

    Args:
        comparison: Results.
        manifest: What made them.
        titles: Title of every scenario, by name and language.
        folder: Where to; appears only when complete.
        replace: Whether an older results folder of this program may be replaced.
        more: Further tables by name.
    """
    from experiments.briefs.as_html import html
    from experiments.briefs.contents import brief_of
    from experiments.briefs.results import Results
    from experiments.figures import save_figures
    from experiments.report import write_report

    with new_folder(folder, replace) as work:
        write_table(comparison.runs, work, "runs")
        write_table(comparison.effects, work, "effects")
        write_table(comparison.evaluations, work, "evaluations")
        write_table(budget_rows(comparison), work, "budget")
        if len(comparison.parameters):
            write_table(comparison.parameters, work, "parameter_draws")
        for name, table in (more or {}).items():
            write_table(table, work, name)
        design = comparison.design
        footer = (
            f"Zorgbundel {manifest['version']} · share {design.share:g} · "
            f"{design.seeds} seeds · {design.draws} draws"
        )
        for language in LANGUAGES:
            figures = save_figures(
                comparison, titles, work / "figures" / language, language, footer,
                manifest["fingerprint"],
            )  # fmt: skip
            write_report(
                comparison, titles, figures, manifest, work / f"report.{language}.html", language
            )
            brief = html(brief_of(Results(comparison, manifest), design.policies[0], language))
            (work / f"brief.{language}.html").write_bytes(brief)
        write_manifest(manifest, work)


def budget_rows(comparison: Comparison) -> pd.DataFrame:
    """Return both budget tests as a table, one row per policy and year, EUR."""
    rows = []
    for name, verdict in comparison.budgets.items():
        for y, year in enumerate(verdict.years):
            row: dict[str, Any] = {
                "policy": name,
                "year": year,
                "framework": verdict.framework[y],
            }
            for key in ("entitlement", "neutrality", "together"):
                path = getattr(verdict, key)
                row |= {
                    key: path.mean[y],
                    f"{key}_monte_carlo_low": path.monte_carlo[y][0],
                    f"{key}_monte_carlo_high": path.monte_carlo[y][1],
                    f"{key}_parameter_low": path.parameters[y][0],
                    f"{key}_parameter_high": path.parameters[y][1],
                }
            row |= {
                "neutral_probability": verdict.neutral.by_year[y],
                "entitlement_within_framework_probability": verdict.fits_entitlement.by_year[y],
                "within_framework_probability": verdict.within_framework.by_year[y],
            }
            rows.append(row)
    return pd.DataFrame(rows)


def save_run(
    results: pd.DataFrame,
    evaluations: pd.DataFrame,
    world: World,
    manifest: dict[str, Any],
    folder: Path,
) -> None:
    """Write outcomes, evaluations, ledger, insurers' results and coordination report of one world.

    The ledger's lines go to Parquet only: they are too many for a spreadsheet.
    """
    first_year = world.span.first_year
    with new_folder(folder) as work:
        write_table(results, work, "outcomes")
        write_table(evaluations, work, "evaluations")
        write_table(world.ledger.totals(first_year), work, "ledger_totals")
        write_table(pd.concat(world.insurer_years, ignore_index=True), work, "insurers")
        if CLAUSE in world.ledger.clauses:
            write_table(report(world.ledger, first_year), work, "coordination")
        world.ledger.readable().to_parquet(work / "ledger.parquet", index=False)
        write_manifest(manifest, work)

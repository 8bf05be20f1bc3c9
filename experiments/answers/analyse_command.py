"""``zorgbundel analyse``: what a sweep says, and what the answer hangs on."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.answers.analysis import Hanging, hanging
from experiments.answers.analysis_words import bare, bare_unit, design_sentences, sentences, title
from experiments.manifest import version
from experiments.number_format import Language
from experiments.output import OutputError, new_folder, write_table
from experiments.progress_bar import progress_bar
from experiments.saving import LANGUAGES, write_manifest
from experiments.sweeps.store import Store, open_store
from experiments.sweeps.sweep_summary import summary
from experiments.terminal import console
from experiments.texts import texts
from experiments.until_clear import WATCHED
from model.outcomes import BY_ID
from model.parameters import load_registry
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError

#: Folder inside that of the sweep, unless another is asked for.
FOLDER = "analysis"


def run_analysis(
    folder: Path,
    policies: Sequence[str],
    measures: Sequence[str],
    language: Language,
    out: Path | None,
    as_json: bool,
) -> None:
    """Analyse a sweep from the command line; see ``zorgbundel analyse --help``."""
    for name in measures:
        if name not in BY_ID:
            raise ScenarioError(f"there is no measure '{name}'{hint(name, BY_ID)}.")
    store = open_store(folder)
    for name in policies:
        if name not in store.policies:
            raise ScenarioError(f"{folder} has no policy '{name}'{hint(name, store.policies)}.")
    if store.outcomes(measures=["paramedical_spending"]).empty:
        raise OutputError(f"{folder} holds no finished runs yet; run the sweep first.")
    wanted = tuple(dict.fromkeys(measures)) or WATCHED
    chosen = tuple(dict.fromkeys(policies)) or store.policies
    registry = load_registry()
    found: list[Hanging] = []
    pairs = [(policy, measure) for policy in chosen for measure in wanted]
    with progress_bar(as_json) as bar:
        task = bar.add_task(texts(language)("analysis.progress"), total=len(pairs))
        for policy, measure in pairs:
            found.append(hanging(store, registry, policy, measure))
            bar.advance(task)
    effects = summary(store)
    effects = effects[effects["policy"].isin(chosen)]
    document = analysis_document(store, effects, found)
    target = out or folder / FOLDER
    save_analysis(store, effects, found, document, target)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        return
    screen = console()
    for policy in chosen:
        screen.print()
        screen.print(effects_table(effects[effects["policy"] == policy], policy, wanted, language))
        screen.print()
        for one in found:
            if one.policy == policy:
                for sentence in sentences(one, language):
                    screen.print(Text(sentence))
                screen.print()
    for sentence in design_sentences(found, language):
        screen.print(Text(sentence))
        screen.print()
    screen.print(texts(language)("analysis.saved", folder=target))


# --- tables


def rankings(found: Sequence[Hanging]) -> pd.DataFrame:
    """Return all rankings as one table: policy, measure, method, rank, name, swings and indices."""
    parts = []
    for one in found:
        if one.ranking.empty:
            continue
        both = one.ranking.merge(one.swings, on="name", how="left")
        clear = set(one.names)
        both["clear"] = [name in clear for name in both["name"]]
        both.insert(0, "rank", range(1, len(both) + 1))
        both.insert(0, "method", one.method)
        both.insert(0, "measure", one.measure)
        both.insert(0, "policy", one.policy)
        parts.append(both)
    columns = ["policy", "measure", "method", "rank", "name", "clear"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def boxes(found: Sequence[Hanging]) -> pd.DataFrame:
    """Return all corners found, one row per condition, with coverage and density."""
    rows = []
    for one in found:
        for limit in one.box.limits if one.box is not None else ():
            box = one.box
            rows.append(
                {
                    "policy": one.policy, "measure": one.measure, "name": limit.name,
                    "low": limit.low, "high": limit.high, "quasi_p": limit.quasi_p,
                    "coverage": box.searched.coverage, "density": box.searched.density,
                    "base": box.searched.base, "held_out_coverage": box.held_out.coverage,
                    "held_out_density": box.held_out.density, "held_out_base": box.held_out.base,
                    "held_out_inside": box.held_out.inside, "confirmed": box.confirmed,
                }
            )  # fmt: skip
    columns = ["policy", "measure", "name", "low", "high", "quasi_p", "coverage", "density", "base",
               "held_out_coverage", "held_out_density", "held_out_base", "held_out_inside",
               "confirmed"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def effects_table(
    effects: pd.DataFrame, policy: str, measures: Sequence[str], language: Language
) -> Table:
    """Return the effects of one policy with both intervals, as a table."""
    t = texts(language)
    table = Table(title=t("analysis.title", policy=policy), caption=t("analysis.caption"))
    many = effects["point"].nunique() > 1
    for key in (*(["point"] if many else []), "measure", "effect", "chance", "assumptions"):
        table.add_column(
            t(f"analysis.column.{key}"), justify="left" if key == "measure" else "right"
        )
    for row in effects[effects["measure"].isin(measures)].to_dict("records"):
        measure = BY_ID[row["measure"]]
        ends = [
            [bare(measure, row[f"{kind}_{end}"], language) for end in ("low", "high")]
            for kind in ("monte_carlo", "parameter")
        ]
        table.add_row(
            *([str(row["point"])] if many else []),
            f"{title(row['measure'], language)} [dim]({bare_unit(measure, language)})[/dim]",
            bare(measure, row["mean"], language),
            *("-" if "-" in pair else nf.between(*pair, language) for pair in ends),
        )
    return table


# --- files


def save_analysis(
    store: Store,
    effects: pd.DataFrame,
    found: Sequence[Hanging],
    document: dict[str, Any],
    folder: Path,
) -> None:
    """Write tables, sentences, figures and document; an earlier analysis there is replaced."""
    from experiments.figures import image_bytes
    from experiments.figures.ranking import ranking_figure
    from experiments.fingerprints import fingerprint_of

    design, mark = store.design, fingerprint_of(document)
    footer = f"Zorgbundel {version()} · share {design.share:g}"
    with new_folder(folder, replace=True) as work:
        write_table(effects, work, "effects")
        write_table(rankings(found), work, "sensitivity")
        write_table(boxes(found), work, "discovery")
        for language in LANGUAGES:
            lines = []
            for one in found:
                lines += [f"{one.policy}: {line}" for line in sentences(one, language)]
                drawing = ranking_figure(
                    one, language, f"{footer} · {one.policy} · {one.effects.size} runs"
                )
                place = work / "figures" / language
                place.mkdir(parents=True, exist_ok=True)
                for kind in ("png", "svg"):
                    path = place / f"{one.policy}.{one.measure}.{kind}"
                    path.write_bytes(image_bytes(drawing, kind, mark))
            lines += design_sentences(found, language)
            (work / f"findings.{language}.txt").write_text("\n".join(lines) + "\n", "utf-8")
        write_manifest(document, work)


def analysis_document(
    store: Store, effects: pd.DataFrame, found: Sequence[Hanging]
) -> dict[str, Any]:
    """Return what ``analyse --json`` prints."""
    return {
        "kind": "analysis",
        "folder": str(store.folder),
        "baseline": store.baseline,
        "version": version(),
        "design": store.about["design"],
        "effects": _records(effects),
        "notes": {language: design_sentences(found, language) for language in LANGUAGES},
        "hangs_on": [
            {
                "policy": one.policy,
                "measure": one.measure,
                "method": one.method,
                "unfit": one.unfit,
                "part_of_design": one.part,
                "runs": int(one.effects.size),
                "wrong": int(one.wrong.sum()),
                "names": one.names,
                "ranking": _records(one.ranking.head(20)),
                "swings": _records(one.swings.head(20)),
                "box": _box(one),
                "sentences": {language: sentences(one, language) for language in LANGUAGES},
            }
            for one in found
        ],
    }


def _box(one: Hanging) -> dict[str, Any] | None:
    if one.box is None:
        return None
    return {
        "limits": [vars(limit) for limit in one.box.limits],
        "confirmed": one.box.confirmed,
        **{
            part: {
                **vars(counts),
                "coverage": _known(counts.coverage),
                "density": _known(counts.density),
                "base": _known(counts.base),
            }
            for part, counts in (("searched", one.box.searched), ("held_out", one.box.held_out))
        },
    }


def _records(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    return [{key: _known(value) for key, value in row.items()} for row in table.to_dict("records")]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value

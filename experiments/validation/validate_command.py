"""``zorgbundel validate``: every pattern with its band, what the model gives, and a verdict."""

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
from experiments.intervals import MONTE_CARLO_LEVEL, PARAMETER_LEVEL
from experiments.manifest import ValidationManifest, code_fingerprint, table_hash, version
from experiments.number_format import Language
from experiments.output import check_free, new_folder, write_table
from experiments.posteriors.draws import source_hash
from experiments.progress_bar import following
from experiments.runner import warm_up_compiler
from experiments.saving import LANGUAGES, write_manifest
from experiments.screen import console
from experiments.texts import texts
from experiments.validation.pattern import (
    GROUPS,
    HOLDS,
    HOLDS_NARROWLY,
    TINY,
    VERDICTS,
    Pattern,
)
from experiments.validation.validate import Job, Row, Values, jobs, validate
from model.parameters import load_registry

#: Size of the worlds, seeds and draws of a quick look.
QUICK = (0.25, 3, 0)
COLOURS = dict(zip(VERDICTS, ("green", "green", "yellow", "bold red"), strict=True))


def show_validation(
    seeds: int,
    draws: int,
    quick: bool,
    draws_from: str | None,
    workers: int | None,
    language: Language,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run every pattern and print the table; see ``zorgbundel validate --help``."""
    registry = load_registry()
    if out is not None:
        check_free(out)
    size, seeds, draws = QUICK if quick else (1.0, seeds, draws)
    source = draw_source(registry, draws, draws_from)
    rows, values = _look(jobs(registry, seeds, draws, size, source), workers, as_json)
    about = {
        "seeds": seeds,
        "draws": draws,
        "size": size,
        "draws_from": source,
        "posterior": source_hash(source),
        "tables": {"values": table_hash(value_table(values))},
    }
    document = validation_document(rows, about)
    if out is not None:
        save_validation(rows, values, document, out)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        return
    _show(rows, quick, language, out)


def _look(
    planned: Sequence[Job], workers: int | None, quiet: bool
) -> tuple[list[Row], list[Values]]:
    with following(quiet, "Looking for patterns", len(planned)) as done:
        warm_up_compiler(load_registry().values(), {})
        return validate(planned, workers, done)


def validate_again(manifest: ValidationManifest, workers: int | None) -> pd.DataFrame:
    """Return every value behind a saved table of patterns, made again."""
    planned = jobs(
        load_registry(), manifest.seeds, manifest.draws, manifest.size, manifest.draws_from
    )
    return value_table(_look(planned, workers, quiet=False)[1])


def value_table(values: Sequence[Values]) -> pd.DataFrame:
    """Return the value of every pattern in every seed and draw, one row each."""
    return pd.DataFrame(
        [
            {"kind": one.kind, "index": one.index, "pattern": name, "value": value}
            for one in values
            for name, value in one.values.items()
        ]
    )


# --- words


def label(pattern: Pattern, language: Language) -> str:
    """Return what a pattern is called."""
    own = dict(pattern.labels)
    return own[language] if own else texts(language)(f"validation.{pattern.id}")


def number(pattern: Pattern, value: float, language: Language) -> str:
    """Return a value of a pattern as text: shares in %, everything else as it is."""
    if math.isnan(value):
        return "-"
    if pattern.unit == "share":
        text = nf.percentage(round(value, pattern.decimals + 2) + 0.0, language, pattern.decimals)
    else:
        text = nf.number(round(value, pattern.decimals) + 0.0, language, pattern.decimals)
    return text.replace(nf.MINUS, "-")


def band(pattern: Pattern, language: Language) -> str:
    """Return the expected band as text."""
    t, shown = texts(language), [number(pattern, x, language) for x in (pattern.low, pattern.high)]
    if shown[0] == shown[1]:
        return shown[0]
    if math.isinf(pattern.high):
        key = "validation.above" if abs(pattern.low) <= TINY else "validation.at_least"
        return t(key, low=shown[0])
    if math.isinf(pattern.low):
        return t("validation.at_most", high=shown[1])
    return nf.between(*shown, language)


def interval(pattern: Pattern, ends: tuple[float, float], language: Language) -> str:
    """Return an interval as text."""
    if math.isnan(ends[0]):
        return "-"
    return nf.between(*(number(pattern, end, language) for end in ends), language)


# --- JSON and folder


def validation_document(rows: Sequence[Row], about: dict[str, Any]) -> dict[str, Any]:
    """Return what ``validate --json`` prints; an open end of a band is null."""
    said = [row.verdict for row in rows]
    return {
        "kind": "validation",
        **about,
        "monte_carlo_level": MONTE_CARLO_LEVEL,
        "parameter_level": PARAMETER_LEVEL,
        "counts": {verdict: said.count(verdict) for verdict in VERDICTS},
        "patterns": [_plain(row) for row in rows],
        "version": version(),
        "code": code_fingerprint(),
    }


def _plain(row: Row) -> dict[str, Any]:
    pattern = row.pattern
    return {
        "id": pattern.id,
        "group": pattern.group,
        "label": {language: label(pattern, language) for language in LANGUAGES},
        "source": pattern.source,
        "note": {
            language: texts(language)(f"validation.note.{pattern.note}") if pattern.note else ""
            for language in LANGUAGES
        },
        "used_in_fit": pattern.fitted,
        "unit": pattern.unit,
        "expected": [_number(pattern.low), _number(pattern.high)],
        "model": _number(row.value),
        "monte_carlo_interval": _pair(row.chance),
        "parameter_interval": _pair(row.assumptions),
        "draws_within": row.draws_within,
        "draws": row.draws,
        "verdict": row.verdict,
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _pair(ends: tuple[float, float]) -> list[float] | None:
    return None if math.isnan(ends[0]) else [float(end) for end in ends]


def save_validation(
    rows: Sequence[Row], values: Sequence[Values], document: dict[str, Any], folder: Path
) -> None:
    """Write the table, every value behind it, the document and figures to a new folder."""
    from experiments.figures import image_bytes
    from experiments.figures.validation import validation_figure
    from experiments.fingerprints import fingerprint_of

    with new_folder(folder) as work:
        write_table(_table(document), work, "patterns")
        write_table(value_table(values), work, "values")
        mark = fingerprint_of(document)
        footer = (
            f"Zorgbundel {document['version']} · {document['seeds']} seeds · "
            f"{document['draws']} draws"
        )
        for language in LANGUAGES:
            place = work / "figures" / language
            place.mkdir(parents=True)
            for k, group in enumerate(GROUPS, start=1):
                own = [row for row in rows if row.pattern.group == group]
                drawing = validation_figure(own, group, language, footer)
                for kind in ("png", "svg"):
                    path = place / f"{k}_{group}.{kind}"
                    path.write_bytes(image_bytes(drawing, kind, mark))
        write_manifest(document, work)


def _table(document: dict[str, Any]) -> pd.DataFrame:
    """Return one row per pattern, flat."""
    flat = []
    for one in document["patterns"]:
        row = {name: one[name] for name in ("id", "group", "source", "unit", "model", "verdict")}
        row["label"] = one["label"]["en"]
        for name in ("expected", "monte_carlo_interval", "parameter_interval"):
            low, high = one[name] or (None, None)
            row |= {f"{name}_low": low, f"{name}_high": high}
        flat.append(row | {"draws_within": one["draws_within"], "draws": one["draws"]})
    return pd.DataFrame(flat).convert_dtypes()


# --- the screen


def _show(rows: Sequence[Row], quick: bool, language: Language, out: Path | None) -> None:
    """Print a table per group, the count, and what does not hold."""
    t, screen = texts(language), console()
    sources = list(dict.fromkeys(row.pattern.source for row in rows))
    for group in GROUPS:
        own = [row for row in rows if row.pattern.group == group]
        screen.print()
        screen.print(group_table(own, sources, language))
    screen.print()
    screen.print(t("validation.sources"))
    for k, source in enumerate(sources, start=1):
        screen.print(Text(f"[{k}] {source}", style="dim"))
    screen.print()
    for line in summary(rows, language):
        screen.print(Text(line))
    if quick:
        screen.print(t("validation.quick"))
    if out is not None:
        screen.print(Text(t("validation.saved", folder=out)))


def group_table(rows: Sequence[Row], sources: Sequence[str], language: Language) -> Table:
    """Return the table of one group; a star marks what the fit used.

    Args:
        rows: Rows of the group.
        sources: All sources, in the order in which they are numbered.
        language: "nl" or "en".
    """
    t = texts(language)
    table = Table(
        title=t(f"validation.title.{rows[0].pattern.group}"), caption=t("validation.caption"),
        padding=(0, 1), expand=True, show_lines=True,
    )  # fmt: skip
    table.add_column(t("validation.column.pattern"), ratio=1)
    for name in ("band", "model"):
        table.add_column(t(f"validation.column.{name}"), justify="right", no_wrap=True)
    table.add_column(t("validation.column.verdict"), no_wrap=True)
    noted = set()
    for row in rows:
        pattern = row.pattern
        told = Text(f"{label(pattern, language)}{' *' if pattern.fitted else ''}")
        told.append(f" [{sources.index(pattern.source) + 1}]", style="dim")
        if pattern.note and pattern.note not in noted:  # once, with the first it is about
            noted.add(pattern.note)
            told.append(f"\n({t(f'validation.note.{pattern.note}')})", style="dim italic")
        model = [number(pattern, row.value, language)]
        ends = (row.chance, row.assumptions)
        model += [interval(pattern, one, language) for one in ends if not math.isnan(one[0])]
        verdict = Text(t(f"validation.{row.verdict}"), style=COLOURS[row.verdict])
        if row.draws:
            verdict.append(f"\n{row.draws_within}/{row.draws}", style="dim")
        table.add_row(told, band(pattern, language), "\n".join(model), verdict)
    return table


def summary(rows: Sequence[Row], language: Language) -> list[str]:
    """Return the count of verdicts, and one line for each pattern that does not hold."""
    t = texts(language)
    said = [row.verdict for row in rows]
    lines = [
        t("validation.count", all=len(rows), **{name: said.count(name) for name in VERDICTS}),
        t("validation.means"),
    ]
    missed = [row for row in rows if row.verdict not in (HOLDS, HOLDS_NARROWLY)]
    lines.append(t("validation.not_all" if missed else "validation.all"))
    for row in missed:
        pattern = row.pattern
        lines.append(
            f"- {label(pattern, language)}: {number(pattern, row.value, language)} "
            f"({t('validation.column.band')}: {band(pattern, language)}) - "
            f"{t(f'validation.{row.verdict}')}"
        )
    return lines

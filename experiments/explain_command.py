"""``zorgbundel explain``: ask a contract what it rewards before it is simulated."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.explained_contract import Explanation
from experiments.explanation import explain, january
from experiments.explanation_document import explanation_document
from experiments.explanation_words import (
    basis,
    chance,
    contract_lines,
    dangers,
    facts,
    group_name,
    response,
)
from experiments.number_format import Language
from experiments.output import check_free, new_folder
from experiments.provider import SEVERITIES
from experiments.terminal import console
from experiments.texts import texts
from model.codes import THEORIES, WEIGHT_CLASSES
from model.parameters import ParameterSet, load_registry
from model.parameters.spelling import hint
from model.simulation import Span, World
from scenarios.loader import ScenarioError, load, parse_settings
from scenarios.schema import Scenario

BAR_WIDTH = 20


def explain_contract(
    name: str,
    settings: Sequence[str],
    language: Language,
    out: Path | None,
    as_json: bool,
    theory: str,
) -> None:
    """Explain one contract from the command line; see ``zorgbundel explain --help``."""
    registry = load_registry()
    scenario = load(name, registry)
    chosen = parse_settings(settings, registry)
    if theory not in THEORIES:
        raise ScenarioError(f"no theory '{theory}'{hint(theory, THEORIES)}")
    if out is not None:
        check_free(out)
    world = january(scenario.policy(), registry.values(chosen))
    _check_priced(world, scenario)
    explanation = explain(world, theory)
    if out is not None or as_json:
        document = explanation_document(explanation, scenario, chosen, world.p)
        if out is not None:
            _save(explanation, document, scenario, language, out)
        if as_json:
            click.echo(json.dumps(document, allow_nan=False))
            return
    show(explanation, getattr(scenario.title, language), _maxima(world.p), language, console())
    if out is not None:
        click.echo(texts(language)("explain.wrote", folder=out))


def _check_priced(world: World, scenario: Scenario) -> None:
    """Refuse a bundle that nobody prices: its zeros would look like an answer."""
    bundle = world.contracts[-1].bundle
    if bundle is None or bundle.prices is not None or any(one.offers for one in world.insurers):
        return
    raise ScenarioError(
        f"no insurer offers the bundle of '{scenario.name}', so it has no price to explain;"
        " give it 'prices' or more 'insurers' under 'participation'"
    )


def _maxima(p: ParameterSet) -> list[float]:
    """Return the sessions of the guideline by weight class."""
    return [p[f"guideline_max_sessions_{name}"] for name in WEIGHT_CLASSES]


def _save(
    e: Explanation, document: dict[str, Any], scenario: Scenario, language: Language, out: Path
) -> None:
    """Write figure and numbers to a new folder that appears only when complete."""
    from experiments.figures import image_bytes
    from experiments.figures.explanation import explanation_figure
    from experiments.fingerprints import fingerprint_of

    footer = f"Zorgbundel {document['version']} · {scenario.name}"
    drawing = explanation_figure(e, getattr(scenario.title, language), footer, language)
    with new_folder(out) as work:
        (work / "explain.png").write_bytes(image_bytes(drawing, "png", fingerprint_of(document)))
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        (work / "explain.json").write_text(text + "\n", encoding="utf-8")


# --- for the screen


def show(
    e: Explanation, title: str, maxima: Sequence[float], language: Language, out: Console
) -> None:
    """Print an explanation: contract, tables and sentences.

    Args:
        e: The explanation.
        title: Title of the scenario.
        maxima: Sessions of the guideline by weight class.
        language: "nl" or "en".
        out: Console to print on.
    """
    t = texts(language)

    def heading(text: str) -> None:
        out.print()
        out.print(Text(text, style="bold"))

    def items(lines: Sequence[str]) -> None:
        bullets = Table.grid(padding=(0, 1, 0, 0))
        for line in lines:
            bullets.add_row("-", Text(line))
        out.print(bullets)

    heading(t("explain.title", title=title))
    for fact in facts(e, language):
        out.print(Text(fact))
    heading(t("explain.contract"))
    items(contract_lines(e, language))
    heading(t("explain.patients"))
    out.print(_patients_table(e, language))
    out.print(Text(t("explain.patients.caption"), style="dim"))
    heading(t("explain.response"))
    items(response(e, language))
    heading(t("explain.marginals"))
    out.print(_marginals_table(e, language))
    out.print(Text(t("explain.marginals.caption"), style="dim"))
    heading(t("explain.losses"))
    out.print(
        "   ".join(
            t("explain.losses.patients", count=count, chance=chance(one, language))
            for count, one in e.losses.items()
        )
    )
    heading(t("explain.dangers"))
    items(dangers(e, language))
    out.print()
    for line in basis(Span().policy_year, maxima, language):
        out.print(Text(line, style="dim"))
    out.print()


def _table(headings: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for place, text in enumerate(headings):
        table.add_column(Text(text), justify="right" if place else "left")
    return table


def _patients_table(e: Explanation, language: Language) -> Table:
    """Return need, plan, money and a bar of the margin per kind of patient."""
    t = texts(language)
    columns = ("patient", "need", "sessions", "revenue", "cost", "margin")
    table = _table([t(f"explain.column.{name}") for name in columns])
    table.add_column("")
    lowest = min(0.0, *(one.margin for one in e.patients))
    per_euro = BAR_WIDTH / max(1.0, max(one.margin for one in e.patients) - lowest)
    zero = round(-lowest * per_euro)  # on a whole letter, so that all bars start there
    for one in e.patients:
        ends = sorted((zero, zero + one.margin * per_euro))
        colour = "red" if one.margin < 0 else "green"
        table.add_row(
            Text(
                f"{group_name(WEIGHT_CLASSES[one.weight_class], language).capitalize()}, "
                f"{t(f'explain.severity.{one.severity}')}"
            ),
            nf.number(one.need, language, 1), nf.number(one.sessions, language, 1),
            *(nf.number(x, language) for x in (one.revenue, one.revenue - one.margin, one.margin)),
            Bar(BAR_WIDTH, ends[0], ends[1], width=BAR_WIDTH, color=colour),
            end_section=one.severity == SEVERITIES[-1].name,
        )  # fmt: skip
    return table


def _marginals_table(e: Explanation, language: Language) -> Table:
    """Return what a little more brings, one column per weight class."""
    t = texts(language)
    table = _table(["", *(group_name(name, language) for name in WEIGHT_CLASSES)])
    average = e.mean("margin")
    severe = [e.severe(c) for c in range(len(WEIGHT_CLASSES))]
    many = e.marginals
    rows: list[tuple[str, list[float | None], int]] = [
        ("session", [one.session for one in many], 2),
        ("session_net", [one.session_net for one in many], 2),
        ("group", [one.group for one in many], 2),
        ("group_cost", [one.group_cost for one in many], 2),
        ("group_net", [one.group_net for one in many], 2),
        ("upgrade", [one.upgrade for one in many], 0),
        ("upgrade_net", [one.upgrade_net for one in many], 0),
        ("severe", list(severe), 0),
        ("severe_more", [one - average for one in severe], 0),
        ("ccq_point", [one.ccq_point for one in many], 0),
        ("admission", [one.admission for one in many], 0),
        ("quarter", [one.quarters[-1] for one in many], 0),
    ]
    indent = "  "
    for key, values, decimals in rows:
        label = t(f"explain.row.{key}")
        inside = key.endswith(("_net", "_cost", "_more"))
        cells = ("-" if v is None else nf.number(v, language, decimals) for v in values)
        table.add_row(Text(indent + label if inside else label), *cells)
    return table

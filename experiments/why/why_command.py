"""``zorgbundel why``: from a number to its source, on the screen or as JSON."""

import json
import textwrap
from pathlib import Path

import click

from experiments.options import option_json, option_lang


@click.command("why")
@click.argument("name", metavar="MEASURE|PARAMETER|FIGURE-ID")
@option_lang
@click.option(
    "--sensitivity",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of an analysed sweep, for shares of the variance.",
)
@option_json
def why_command(name: str, lang, sensitivity: Path | None, as_json: bool) -> None:
    """Say where a number comes from: formula, what it leans on, source, and better data."""
    from experiments.why.answer import UnknownNameError, why

    try:
        answer = why(name, lang, sensitivity)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    click.echo(json.dumps(answer.record(), ensure_ascii=False) if as_json else page(answer, lang))


def page(answer, language) -> str:
    """Return an answer as text for the screen: headings, and lines below them."""
    from experiments.screen import WIDTH
    from experiments.texts import texts

    t = texts(language)
    out = [f"{answer.title} ({answer.kind}: {answer.name})"]

    def section(key: str, *lines: str, also: str = "") -> None:
        shown = [line for line in lines if line]
        if not shown:
            return
        out.extend(("", t(f"why.heading.{key}") + (f" ({also})" if also else "")))
        for line in shown:
            out.extend(_wrapped(line, WIDTH, "  "))

    section("meaning", answer.meaning)
    if answer.formula != answer.meaning:
        section("formula", answer.formula)
    section("terms", *(f"{column}: {meaning}" for column, meaning in answer.terms))
    section("measures", ", ".join(answer.measures))
    section("value", answer.value, answer.role)
    section("source", answer.source, answer.note)
    section("grade", answer.grade)
    section("read_in", *answer.read_in)
    for leaning in answer.leans:
        if not leaning.rows:
            section("leans", leaning.about)
            continue
        section("leans", *(_row(t, row) for row in leaning.rows), also=leaning.about)
    section("moves", *answer.moves)
    section("better", answer.better)
    section("reserve", *answer.reserves)
    return "\n".join(out)


def _row(t, row) -> str:
    """Return one parameter: what it does, then its evidence and source (of a lever: a choice)."""
    label = t("why.leans.line", label=row.label, name=row.name)
    if not row.size:
        return f"{label}: {row.value}"
    evidence = row.role if row.role == t("why.role.lever") else row.grade
    source = "" if row.source == t("why.unchanged") else f"; {row.source}"
    return f"{label}: {row.size}\n{evidence}{source}"


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """Return lines of a text, wrapped; later lines of an item hang."""
    lines = []
    for k, line in enumerate(text.split("\n")):
        first = indent if k == 0 else 2 * indent
        lines += textwrap.wrap(
            line, width, initial_indent=first, subsequent_indent=2 * indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return lines

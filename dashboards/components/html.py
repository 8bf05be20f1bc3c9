"""Plain HTML made from words and numbers; everything that comes from data is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from dashboards.shared import shared
from dashboards.viewmodels.figure import Figure
from experiments.source_words import SourceText


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]], hidden: bool = False
) -> str:
    """Return a table that can scroll sideways; the first cell of a row is its head."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(str(row[0]))}</th>'
        + "".join(f"<td>{_cell(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    said = ' class="zb-sr"' if hidden else ""
    return (
        f'<div class="zb-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption{said}>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(cell: object) -> str:
    return source_text(cell) if isinstance(cell, SourceText) else escape(str(cell))


def source_text(text: SourceText) -> str:
    """Return a source, of which screen readers read the English part as English."""
    english = f'<span lang="en">{escape(text.english)}</span>' if text.english else ""
    return " ".join(part for part in (escape(text.said), english, escape(text.mark)) if part)


def source_button(about: str, label: str, title: str) -> str:
    """Return the button that opens the panel of sources on a figure or number card."""
    return (
        f'<button type="button" class="zb-link" data-zb-source="{escape(about)}" '
        f'aria-haspopup="dialog">{escape(label)}<span class="zb-sr">: {escape(title)}</span>'
        "</button>"
    )


@shared
def figure(one: Figure, numbers: str, level: int = 3, source: str = "") -> str:
    """Return a figure: title, picture at two widths, note, and its numbers folded away.

    Args:
        one: The figure.
        numbers: What the fold is called.
        level: Level of its heading.
        source: What the button to its sources is called.
    """
    button = source_button(one.about, source, one.title) if one.about and source else ""
    note = f'<p class="zb-note">{escape(one.note)}</p>' if one.note else ""
    return (
        f'<figure id="f-{one.id}"><figcaption><h{level}>{escape(one.title)}</h{level}></figcaption>'
        f'<div role="img" aria-label="{escape(one.sentence)}">'
        f'<div class="zb-wide">{one.wide}</div><div class="zb-narrow">{one.narrow}</div></div>'
        f"{note}{button}"
        f'<details><summary>{escape(numbers)}<span class="zb-sr">: {escape(one.title)}</span>'
        f"</summary>{table(one.title, one.columns, one.rows, hidden=True)}</details></figure>"
    )


def paragraphs(texts: Iterable[str], css: str = "") -> str:
    """Return paragraphs."""
    style = f' class="{css}"' if css else ""
    return "".join(f"<p{style}>{escape(text)}</p>" for text in texts)


def items(texts: Iterable[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"

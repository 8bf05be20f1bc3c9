"""Parts that several pages share: figures with downloads, notices, the run bar, number cards."""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import solara

from dashboards import earlier, service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.widgets import Chooser, Downloads, RunBar
from dashboards.library_more import FIRST
from dashboards.pages.session import Session
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from dashboards.viewmodels.outcomes import Card
from dashboards.viewmodels.shown import (
    Kind,
    Notice,
    Shown,
    changes,
    notices,
    progress_tone,
    progress_words,
)
from experiments.number_format import Language

#: Scheme, host and path before all addresses.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]{1,100}(/[A-Za-z0-9._~/-]{0,100})?")


@solara.component
def Button(label: str, clicked: Callable[[], None], css: str = "zb-secondary"):
    """A plain button."""
    button = solara.v.Html(
        tag="button", class_=css, attributes={"type": "button"}, children=[label]
    )  # fmt: skip
    solara.v.use_event(button, "click", lambda *_: clicked())


@solara.component
def Warned(text: str):
    """Why something could not be done; a place of its own also while there is nothing to say.

    What stands below a part that comes and goes is drawn anew with it, and a click on a button
    that is on its way out is nobody's.
    """
    if text:
        Markup(f'<p class="zb-warning" role="alert">{escape(text)}</p>')


def origin(given: Any) -> str:
    """Return where a browser says it reaches this server; empty if it is no such thing."""
    return given if isinstance(given, str) and _ORIGIN.fullmatch(given) else ""


@solara.component
def FigureBox(session: Session, figure: Figure, level: int = 3):
    """A figure with its numbers and downloads."""
    language = session.view.value.language
    t = texts(language)
    file = solara.use_reactive({})
    solara.use_effect(lambda: file.set({}), [figure.id, figure.sentence])

    def ask(data: dict) -> None:
        kind = data.get("kind")
        if kind not in ("csv", "svg", "png"):
            return
        link = session.lasting(origin(data.get("origin")))
        footer = (t("figure.source", version=service.version_code()), link)
        text = figure.csv() if kind == "csv" else figure.picture(footer)
        count = file.value.get("count", 0) + 1
        name = f"zorgbundel_{session.view.value.scenario}_{figure.id}.{kind}"
        file.set({"kind": kind, "text": text, "name": name, "count": count})

    Markup(html.figure(figure, t("figure.numbers"), level, t("source.open")))
    Downloads(
        words={"csv": "CSV", "svg": "SVG", "png": "PNG",
               "group": t("figure.save", title=figure.title)},
        file=file.value, event_ask=ask,
    )  # fmt: skip


@solara.component
def Notices(session: Session, what: Shown):
    """Strips that must be read before the numbers."""
    view = session.view.value
    moved = changes(view, service.all_levers(), view.language)
    then = earlier.headlines(view.version).get(view.scenario) if view.version else None
    said = notices(
        view, what, session.problems.value, service.version_code(), view.language, moved, then
    )
    Strips(said)


@solara.component
def Elsewhere(session: Session, what: Shown | None = None):
    """Where a scenario has nothing to show: the button to one that has, never a blank page."""
    language = session.view.value.language
    first = next((x for x in FIRST if service.about(x) is not None), None)
    if first is None or (what is not None and what.kind is not Kind.EMPTY):
        return
    label = texts(language)("start.open", scenario=service.label(first, language))
    Button(label, lambda: session.choose(first), "zb-primary")


@solara.component
def Strips(said: Sequence[Notice]):
    """Strips."""
    Markup(
        "".join(
            f'<div class="zb-notice {one.kind}" role="note"><p>{escape(one.text)}</p>'
            + (html.table(one.caption, one.heads, one.rows) if one.rows else "")
            + "</div>"
            for one in said
        )
    )


@solara.component
def Running(session: Session, what: Shown):
    """Run and cancel; redrawn twice a second while it runs, and nothing else with it."""
    view, progress = session.view.value, session.progress.value
    t = texts(view.language)
    running = progress.state == "running"
    if not view.levers:
        return
    can_run = not running and what.kind not in (Kind.RUN, Kind.EMPTY)
    again = {"stopped": "run.go_on", "failed": "run.again"}.get(progress.state, "run.start")
    RunBar(
        words={"run": t(again), "cancel": t("run.cancel"), "progress": t("run.progress")},
        can_run=can_run,
        running=running,
        done=progress.done,
        total=max(1, progress.total),
        message=progress_words(progress, view.language),
        tone=progress_tone(progress.state),
        event_run=lambda data: session.start(),
        event_cancel=lambda data: session.stop(),
    )


@shared
def cards_html(cards: Sequence[Card], language: Language, level: int = 3) -> str:
    """Return number cards."""
    out, source = [], texts(language)("source.open")
    for one in cards:
        ranges = "".join(f'<p class="zb-small">{escape(text)}</p>' for text in one.ranges)
        out.append(
            f'<section class="zb-card {one.reading}"><h{level}>{escape(one.label)}</h{level}>'
            f'<p class="zb-number">{escape(one.change)}</p>'
            f'<p class="zb-word">{escape(one.word)}</p>{ranges}'
            f'<p class="zb-small">{escape(one.from_to)}</p>'
            f"{html.source_button(one.about, source, one.label)}</section>"
        )
    return f'<div class="zb-cards">{"".join(out)}</div>'


@solara.component
def MeasureChooser(session: Session, id: str):
    """Choice of the measure that is drawn."""
    from model.outcomes import MEASURES

    view = session.view.value
    Chooser(
        id=id,
        label=texts(view.language)("choose.measure"),
        value=view.measure,
        options=[{"value": one.id, "label": getattr(one, view.language)} for one in MEASURES],
        event_chosen=lambda data: (
            session.change(measure=data["value"])
            if data.get("value") in service.choices().measures
            else None
        ),
    )


@solara.component
def Command(session: Session, what: Shown):
    """The command that gives the same numbers."""
    t = texts(session.view.value.language)
    if what.result is not None and what.is_exact:
        Markup(
            f"<h2>{escape(t('command.title'))}</h2><p>{escape(t('command.text'))}</p>"
            f"<code>{escape(what.result.command)}</code>"
        )

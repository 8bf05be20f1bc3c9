"""The whole dashboard for one visitor: address, languages, panel, run and the page asked for."""

import logging
import os
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import solara
import solara.lab
from reacton.core import get_render_context

from dashboards import service, side_service
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import Strips, origin
from dashboards.components.widgets import Header, Levers, PageSync, SourcePanel
from dashboards.pages import (
    certainty,
    compare,
    contract,
    method,
    money,
    outcomes,
    oversight,
    start,
    sweeps,
)
from dashboards.pages.session import Session
from dashboards.run import Run, State
from dashboards.teaching.invitation import base_address, is_own
from dashboards.texts import texts
from dashboards.view import IN_BAR, PAGES, View, in_bar, language_of, link, parse
from dashboards.viewmodels import panel
from dashboards.viewmodels.shown import Notice, Progress, chips
from dashboards.viewmodels.source import LEANS_ON, source_panel

log = logging.getLogger("zorgbundel.dashboard")


@solara.component
def Class(session: Session):
    """The page Class and its lessons, loaded only on a server where somebody opens it."""
    from dashboards.pages import lesson

    lesson.Page(session)


#: Pages with scenario and levers beside them.
WITH_PANEL = ("outcomes", "contract", "certainty", "sweeps", "oversight", "money")


def _room(session: Session):
    from dashboards.pages import room

    return room.Page(session)


SHOW = {
    "start": start.Page,
    "outcomes": outcomes.Page,
    "contract": contract.Page,
    "compare": compare.Page,
    "certainty": certainty.Page,
    "sweeps": sweeps.Page,
    "oversight": oversight.Page,
    "money": money.Page,
    "class": Class,
    "method": method.Page,
    "room": _room,
}
#: Seconds between two looks at a run; so many who wait for the same one look that often together.
TICK, TOGETHER = 0.25, 5
#: Seconds to the end of a run within which many are not shown its first half any more.
SOON = 4.0


def _language() -> str:
    """Return the language that the visitor's browser asks for first."""
    headers = solara.lab.headers.value or {}
    asked = next((v for k, v in headers.items() if k.lower() == "accept-language"), ["nl"])
    return language_of(asked[0] if isinstance(asked, list) and asked else str(asked))


def _reached() -> str:
    """Return how browsers reach this server: one knows, and says so as it connects.

    On the computer of the server itself that is how others reach it, if they can.
    """
    headers = solara.lab.headers.value or {}
    said = next((v for k, v in headers.items() if k.lower() == "origin"), [""])
    first = said[0] if isinstance(said, list) and said else said
    found = origin(origin(first) and first + os.environ.get("SOLARA_ROOT_PATH", ""))
    if found and is_own(urlsplit(found).netloc):
        return origin(base_address(headers)) or found
    return found


@solara.component
def App():
    """Everything a visitor sees."""
    router = solara.use_router()
    visitor = solara.get_kernel_id()
    choices = service.choices()

    def read():
        return parse(router.path, router.search, choices, _language())

    first = solara.use_memo(read, [])
    view = solara.use_reactive(first[0])
    problems = solara.use_reactive(first[1])
    progress = solara.use_reactive(Progress())
    run: solara.Reactive[Run | None] = solara.use_reactive(None)
    ended = solara.use_reactive(0)
    announce = solara.use_reactive("")
    warnings = solara.use_reactive({})
    going = solara.use_reactive({})

    def push(address: str) -> None:
        going.set({"url": address, "count": going.value.get("count", 0) + 1})

    session = Session(
        view=view, problems=problems, progress=progress, run=run, ended=ended, announce=announce,
        warnings=warnings, visitor=visitor, push=push, origin=_reached(),
        together=get_render_context(),
    )  # fmt: skip

    def adopt():
        found, wrong = read()
        if found != view.value:
            view.set(found)
            problems.set(wrong)

    solara.use_effect(adopt, [router.path, router.search])
    solara.use_effect(lambda: lambda: service.engine().cancel(visitor), [])
    solara.use_effect(lambda: lambda: side_service.jobs().leave(visitor), [])

    now = view.value
    t = texts(now.language)
    version = service.version_code()
    with solara.v.Html(tag="div", class_="zb"):
        Header(
            words={key: t(f"nav.{key}") for key in ("skip", "pages", "language")},
            pages=[
                {"id": page, "label": t(f"page.{page}"), "href": session.address(page=page)}
                for page in IN_BAR
            ],
            page=in_bar(now.page),
            language=now.language,
            languages=[{"id": "nl", "label": "Nederlands"}, {"id": "en", "label": "English"}],
            event_open=lambda data: session.open(data.get("page", "start")),
            event_speak=lambda data: session.speak(data.get("language", "nl")),
        )
        Sync(session, going)
        body = "zb-body zb-with-panel" if now.page in WITH_PANEL else "zb-body"
        with solara.v.Html(tag="div", class_=body):
            if now.page in WITH_PANEL:
                with Box():
                    Panel(session)
            # By name, not by place: the panel's box would become the main part where it comes in
            # its place, and a widget keeps its tag.
            main = {"id": "main", "tabindex": "-1"}
            with solara.v.Html(tag="main", attributes=main).key("main"):
                Guarded(session).key(now.page)
        with solara.v.Html(tag="footer", class_="zb-footer"):
            Markup(t("app.footer", version=version))
        Sources(session)


@solara.component
def Sync(session: Session, going: solara.Reactive[dict]):
    """What the browser must know, and the look-out for the run.

    It reads what changes while a run goes on, so that App, and with it the whole page, need not be
    drawn again at every click on Run.
    """
    now: View = session.view.value
    t = texts(now.language)
    solara.use_effect(lambda: _watch(session), [session.run.value])
    PageSync(
        url=link(replace(now, version=now.version or service.version_code())),
        go=going.value,
        lang=now.language,
        title=f"{t(f'page.{now.page}')} · Zorgbundel",
        announce=session.announce.value,
        lost_words=t("lost.now"),
        event_key=lambda data: session.key(data.get("key", "")),
    )


@solara.component
def Guarded(session: Session):
    """The page asked for; if it fails, words instead of a trace, which goes to the log."""
    error, clear = solara.use_exception()
    solara.use_effect(clear, [session.view.value])
    if error is None:
        SHOW[session.view.value.page](session)
        return
    code = f"{abs(hash(str(error))) % 16**6:06x}"
    log.error("a page failed (%s)", code, exc_info=error)
    t = texts(session.view.value.language)
    Markup(f"<h1>{t('state.failed_title')}</h1>")
    Strips([Notice("failed", t("state.failed", code=code))])


@solara.component
def Sources(session: Session):
    """How a figure is reckoned, on the numbers it leans on: one panel for all of them."""
    asked = solara.use_reactive("")
    now: View = session.view.value
    t = texts(now.language)

    def ask(data: dict) -> None:
        name = str(data.get("name", ""))
        asked.set(name if name in LEANS_ON else "")

    shown = {}
    if asked.value:
        result = session.shown().result
        carried = [row[0] for row in result.data["carriers"]] if result is not None else []
        shown = source_panel(asked.value, now.language, carried, list(now.levers))
    SourcePanel(
        words={key: t(f"source.{key}") for key in ("formula", "grade", "source", "close")},
        shown=shown,
        event_ask=ask,
        event_closed=lambda data: asked.set(""),
    )


@solara.component
def Panel(session: Session):
    """Scenario and levers."""
    now: View = session.view.value
    t = texts(now.language)
    said = service.about(now.scenario)
    levers = service.usable_levers(now.scenario)
    keys = ("heading", "scenario", "changed", "undo", "typed", "back", "sources")
    Levers(
        words={key: t(f"levers.{key}") for key in keys},
        scenarios=[
            {"name": name, "label": service.label(name, now.language)}
            for name in service.choices().scenarios
        ],
        scenario=now.scenario,
        story=said["title"][now.language] if said else "",
        groups=panel.groups(now, levers, session.warnings.value, now.language),
        chips=chips(now, service.all_levers(), now.language),
        event_choose=lambda data: session.choose(data.get("name", "")),
        event_changed=lambda data: session.move(data.get("name", ""), data.get("value")),
        event_reset=lambda data: session.reset(data.get("name", "")),
    )


def _watch(session: Session):
    """Look at the run of this visitor until it ends or another takes its place."""
    run = session.run.value
    if not isinstance(run, Run):
        return None
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            had_partial = session.progress.value.state == "running" and run.partial is not None
            told = Progress(
                str(run.state), run.done, run.total, _about(run.seconds_left), run.error,
                max(0, service.engine().active - 1),
            )  # fmt: skip
            with session.together:
                if session.run.value is not run:
                    return  # other settings were chosen in the meantime
                session.told(told)
                if told.state != State.RUNNING:
                    session.finish(run)
                    return
                crowded = len(run.visitors) > TOGETHER and (run.seconds_left or 0.0) < SOON
                if had_partial and not crowded and session.ended.value % 2 == 0:
                    session.ended.set(session.ended.value + 1)
            # The more who wait for it, the less often each looks: drawing how far it is for twenty
            # would take from the run itself. Its end wakes all of them at once.
            run.wait(TICK * max(1.0, len(run.visitors) / TOGETHER))

    threading.Thread(target=look, daemon=True, name="watch").start()
    return over.set


def _about(seconds: float | None) -> float | None:
    """Return seconds as they are told, by tens: a finer number would be drawn again for nothing."""
    return None if seconds is None else round(seconds, -1)


@solara.component
def Layout(children=()):
    """No frame of Solara's own."""
    solara.Div(children=list(children))


#: Every page has an address; all are the same program.
routes = [
    solara.Route(
        path="/" if page == "start" else page, component=App, label="Zorgbundel",
        layout=Layout if page == "start" else None,
    )
    for page in PAGES
]  # fmt: skip

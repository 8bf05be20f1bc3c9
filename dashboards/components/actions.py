"""What can be done with an answer: a report of it, and more runs until it is clear."""

from html import escape

import solara

from dashboards import side_service
from dashboards.components import html
from dashboards.components.parts import Markup
from dashboards.components.side import SideRun
from dashboards.components.widgets import KeepFile
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.refined import refined_words
from dashboards.viewmodels.shown import Shown


@solara.component
def Actions(session: Session, what: Shown):
    """Report and refinement of what is shown; only of what was really run."""
    t = texts(session.view.value.language)
    if not what.is_exact or what.result is None:
        return
    Markup(f"<h2>{escape(t('actions.title'))}</h2><p>{escape(t('actions.text'))}</p>")
    Report(session, what)
    Refine(session, what)


@solara.component
def Report(session: Session, what: Shown):
    """One click: the report is made, and saved by the browser when it is there."""
    t = texts(session.view.value.language)
    again, wanted, asked_for = (
        solara.use_reactive(0),
        solara.use_reactive(""),
        solara.use_reactive(0),
    )
    _ = again.value
    asked = side_service.report_ask(session.view.value, what, session.address())
    key = side_service.jobs().key("report", asked)
    job = side_service.jobs().find("report", asked)

    def changed() -> None:
        wanted.set(key)
        again.set(again.value + 1)

    SideRun(session, "report", "report", asked, changed,
            {"start": t("report.start"), "what": ""})  # fmt: skip
    if job is None or job.state != "done" or job.result is None:
        return
    file = {"text": job.result["html"], "name": job.result["name"], "type": "text/html"}
    sent = {**file, "count": asked_for.value} if wanted.value == key or asked_for.value else {}
    KeepFile(words={"keep": t("report.keep")}, file=sent,
             event_ask=lambda data: asked_for.set(asked_for.value + 1))  # fmt: skip


@solara.component
def Refine(session: Session, what: Shown):
    """Add pairs of worlds until what one watches is clear."""
    language = session.view.value.language
    t = texts(language)
    again = solara.use_reactive(0)
    _ = again.value
    asked = side_service.clear_ask(session.view.value, what)
    SideRun(
        session, "clear", "clear", asked, lambda: again.set(again.value + 1),
        {"start": t("refine.start"), "what": ""},
    )  # fmt: skip
    job = side_service.jobs().find("clear", asked)
    if job is not None and job.state == "done" and job.result is not None:
        said, rows = refined_words(job.result, language)
        Markup(
            f"<p>{escape(said)}</p>"
            + html.table(
                t("refine.caption"),
                (t("table.outcome"), t("table.difference"), t("refine.range"), t("refine.verdict")),
                rows,
            )
            + f"<code>{escape(job.result['result']['command'])}</code>"
        )

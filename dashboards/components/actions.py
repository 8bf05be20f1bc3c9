"""What can be done with an answer: a report of it, and more runs until it is clear."""

import uuid
from html import escape

import solara

from dashboards import side_service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.side import SideRun
from dashboards.components.widgets import KeepFile
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.refined import refined_words
from dashboards.viewmodels.shown import Shown
from experiments.briefs.brief import FORMATS


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
    """One click: the report is made, and saved by the browser when it is there.

    It comes as HTML by itself, and as PDF or Word to who asks.
    """
    t = texts(session.view.value.language)
    again, wanted = solara.use_reactive(0), solara.use_reactive({})
    _ = again.value
    asked = side_service.report_ask(session.view.value, what, session.lasting())
    key = side_service.jobs().key("report", asked)
    job = side_service.jobs().find("report", asked)

    def want(fmt: str) -> None:
        wanted.set({**wanted.value, (key, fmt): uuid.uuid4().hex})

    def changed() -> None:
        if (key, "html") not in wanted.value:
            want("html")
        again.set(again.value + 1)

    SideRun(session, "report", "report", asked, changed,
            {"start": t("report.start"), "what": ""})  # fmt: skip
    if job is None or job.state != "done" or job.result is None:
        return
    name = job.result["name"]
    with solara.Div(classes=["zb-downloads"]):
        for fmt, content in job.result["files"].items():
            once = wanted.value.get((key, fmt))
            file = {"base64": content, "name": f"{name}.{fmt}", "type": FORMATS[fmt], "id": once}
            KeepFile(
                words={"keep": t(f"report.keep.{fmt}")},
                file=file if once else {},
                event_ask=lambda data, fmt=fmt: want(fmt),
            )


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

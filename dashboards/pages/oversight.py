"""Oversight: what would the evaluation see?"""

from html import escape

import solara

from dashboards import service, side_service
from dashboards.components import html
from dashboards.components.parts import FigureBox, Markup, Notices, Strips
from dashboards.components.side import SideRun
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels import oversight as model
from dashboards.viewmodels.shown import Kind, Notice, Shown


@solara.component
def Page(session: Session):
    """Seen beside true, and the years and practices needed to tell harm from noise."""
    view = session.view.value
    language = view.language
    t = texts(language)
    again = solara.use_reactive(0)
    _ = again.value
    title = t("oversight.title", scenario=service.label(view.scenario, language))
    Markup(f"<h1>{escape(title)}</h1><p>{escape(t('oversight.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))
    if view.scenario == service.BASELINE:
        Strips([Notice("empty", t("oversight.nothing"))])
        return
    asked = side_service.oversight_ask(view)
    data = None if view.levers else side_service.stored(view.scenario, "oversight")
    if data is None:
        job = side_service.jobs().find("oversight", asked)
        if job is None or job.state != "done":
            Strips([Notice("empty", t("oversight.empty"))])
        SideRun(
            session, "oversight", "oversight", asked, lambda: again.set(again.value + 1),
            {"start": t("run.start"), "what": t("page.oversight")},
        )  # fmt: skip
        data = job.result if job is not None else None
    if data is None:
        return
    if data.get("nothing"):
        Strips([Notice("empty", t("oversight.nothing"))])
        return
    Markup(
        f'<p class="zb-answer">{escape(model.headline(data, language))}</p>'
        f"<p>{escape(model.needed_words(data, language))}</p>"
        f'<p class="zb-small">{escape(_made(data, language))}</p>'
    )
    FigureBox(session, model.seen_and_true_figure(data, language), 2)
    power = model.power_figure(data, language)
    if power is not None:
        FigureBox(session, power, 2)
    Markup(
        f"<h2>{escape(t('oversight.said'))}</h2><details><summary>"
        f"{escape(t('oversight.said.open'))}</summary>"
        + html.items(data["sentences"][language])
        + f"</details><h2>{escape(t('command.title'))}</h2><p>{escape(t('command.text'))}</p>"
        f"<code>{escape(data['command'])}</code>"
    )


def _made(data, language) -> str:
    asked = data["asked"]
    return texts(language)(
        "oversight.made", seeds=asked["seeds"], draws=asked["draws"],
        share=f"{100 * asked['share']:g}",
    )  # fmt: skip

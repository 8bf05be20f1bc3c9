"""Oversight: what would the evaluation see?"""

from html import escape
from typing import Any

import solara

from dashboards import service, side_service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Elsewhere, FigureBox, Notices, Strips
from dashboards.components.side import StoredOrRun
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
    title = t("oversight.title", scenario=service.label(view.scenario, language))
    Markup(f"<h1>{escape(title)}</h1><p>{escape(t('oversight.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))
    if view.scenario == service.BASELINE:
        Strips([Notice("empty", t("oversight.nothing"))])
        Elsewhere(session)
        return
    StoredOrRun(
        session, "oversight", "oversight", side_service.oversight_ask(view), t("oversight.empty"),
        lambda data: Evaluation(session, data),
    )  # fmt: skip


@solara.component
def Evaluation(session: Session, data: dict[str, Any]):
    """What an evaluation says (``dashboards.oversee``)."""
    language = session.view.value.language
    t = texts(language)
    if data.get("nothing"):
        Strips([Notice("empty", t("oversight.nothing"))])
        Elsewhere(session)
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
        Markup(html.paragraphs(filter(None, [model.fading_words(data, language)])))
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

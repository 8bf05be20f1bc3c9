"""Certainty: what would change my mind?"""

from html import escape

import solara

from dashboards import service
from dashboards.components import html
from dashboards.components.chance_words import chance_words_html
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import Command, Elsewhere, FigureBox, Notices, Running, Strips
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels import certainty as model
from dashboards.viewmodels.shown import Kind, Notice, Shown


@solara.component
def Page(session: Session):
    """Chances of both tests, what carries the answer, and what must be true."""
    view, what = session.view.value, session.shown()
    language = view.language
    t = texts(language)
    title = t("certainty.title", scenario=service.label(view.scenario, language))
    Markup(f"<h1>{escape(title)}</h1>")
    if what.kind is Kind.ESTIMATE:  # it has no runs to count
        Notices(session, Shown(Kind.LIBRARY, None))
        Strips([Notice("empty", t("certainty.empty"))])
        Running(session, what)
        return
    Notices(session, what)
    Running(session, what)
    Elsewhere(session, what)
    result = what.result
    if result is None:
        return
    faded = "zb-stale-content" if what.kind is Kind.STALE else ""
    with Box(faded):
        Markup(
            html.paragraphs([t("certainty.text", draws=result.draws, seeds=result.seeds)])
            + f"<h2>{escape(t('certainty.chances'))}</h2>"
            + html.table(
                t("certainty.caption"),
                (t("certainty.test"), t("certainty.runs"), t("certainty.word")),
                model.chances(result, language),
            )
            + chance_words_html(language)
            + f"<h2>{escape(t('certainty.carries'))}</h2>"
        )
        figure = model.carriers_figure(result, language)
        if figure is not None:
            FigureBox(session, figure)
        words = result.words(language)
        Markup(
            html.items(words["carries"])
            + f"<h2>{escape(t('certainty.must'))}</h2>"
            + html.paragraphs(words["must"])
        )
        if words["evaluation"]:
            Markup(
                f"<h2>{escape(t('certainty.seen'))}</h2>" + html.paragraphs([words["evaluation"]])
            )
        Command(session, what)

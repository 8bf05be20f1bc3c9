"""Class: where lessons will be."""

from html import escape

import solara

from dashboards.components.parts import Markup, Notices
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.shown import Kind, Shown


@solara.component
def Page(session: Session):
    """Say in a sentence what will be here."""
    t = texts(session.view.value.language)
    Markup(f"<h1>{escape(t('class.title'))}</h1><p>{escape(t('class.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))

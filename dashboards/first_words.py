"""The first words of a page, in the page itself: there to be read before its program has come.

They look like what follows and give way to it. They are no links yet: nothing can be clicked that
does not answer, and a line says that the rest is on its way.
"""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from dashboards.texts import texts
from dashboards.view import IN_BAR, in_bar, language_of
from experiments.number_format import LANGUAGES, Language

#: Where Solara has room for them, and where it says that there are some.
_ROOM = b'<div id="pre-rendered-html-present"'
_BAR = b"<v-progress-linear "
_WHETHER = b"solara.preRendered = 0 > 0"


def with_first_words(page: bytes, scope: Mapping[str, Any]) -> bytes:
    """Return Solara's page with its first words in it; a page of another make as it is.

    Args:
        page: Solara's page.
        scope: Of the request, whose path is without the root path.
    """
    if page.count(_ROOM) != 1 or page.count(_WHETHER) != 1:
        return page
    text = bytes(scope.get("query_string", b"")).decode("latin-1")
    query = dict(parse_qsl(text, keep_blank_values=True))
    if "modelid" in query:  # a widget on its own, which is not our page
        return page
    name = scope["path"].strip("/") or "start"
    accepted = dict(scope.get("headers", ())).get(b"accept-language", b"").decode("latin-1")
    language = next((one for one in LANGUAGES if one == query.get("lang")), language_of(accepted))
    words = first_words(name, language)
    page = page.replace(_ROOM, words.encode() + _ROOM)
    return page.replace(_WHETHER, b"solara.preRendered = 1 > 0")


def without_nameless_bar(page: bytes) -> bytes:
    """Return Solara's page with its bar for a busy server left out for screen readers.

    It has no name; what is being worked on is said in words by the page itself.
    """
    return page.replace(_BAR, _BAR + b'aria-hidden="true" ')


def first_words(name: str, language: Language) -> str:
    """Return the bar with the names of the pages, and on the first page what this is.

    Args:
        name: Of the page.
        language: "nl" or "en".
    """
    t = texts(language)
    pages = "".join(
        f'<span class="zb-here">{escape(t(f"page.{one}"))}</span>'
        if one == in_bar(name)
        else f"<span>{escape(t(f'page.{one}'))}</span>"
        for one in IN_BAR
    )
    said = (
        f'<div class="zb-title">{escape(t("start.title"))}</div>'
        f"<p>{escape(t('start.1'))}</p><p>{escape(t('start.2'))}</p>"
        if name == "start"
        else ""
    )
    return (
        f'<div class="zb zb-first" lang="{language}"><div class="zb-header">'
        '<div class="zb-header-row"><span class="zb-brand">Zorgbundel</span>'
        f'<div class="zb-pages">{pages}</div><div class="zb-languages"><span>Nederlands</span>'
        "<span>English</span></div></div></div>"
        f'<div class="zb-body"><div>{said}<p class="zb-small">{escape(t("state.loading"))}</p>'
        "</div></div></div>"
    )

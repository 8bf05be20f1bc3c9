"""The first words of a page, in the page itself: there to be read before its program has come.

They look like what follows and give way to it. They are no links yet: nothing can be clicked that
does not answer, and a line says that the rest is on its way.
"""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs

from dashboards.texts import texts
from dashboards.view import IN_BAR
from experiments.number_format import LANGUAGES

#: Where Solara has room for them, and where it says that there are some.
_ROOM = b'<div id="pre-rendered-html-present"'
_WHETHER = b"solara.preRendered = 0 > 0"


def with_first_words(page: bytes, scope: Mapping[str, Any]) -> bytes:
    """Return Solara's page with its first words in it; a page of another make as it is.

    Args:
        page: Solara's page.
        scope: Of the request, whose path is without the root path.
    """
    if page.count(_ROOM) != 1 or page.count(_WHETHER) != 1:
        return page
    query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
    if "modelid" in query:  # a widget on its own, which is not our page
        return page
    name = scope["path"].strip("/") or "start"
    words = first_words(name, spoken(query, dict(scope.get("headers", ()))))
    page = page.replace(_ROOM, words.encode() + _ROOM)
    return page.replace(_WHETHER, b"solara.preRendered = 1 > 0")


def spoken(query: Mapping[str, list[str]], headers: Mapping[bytes, bytes]) -> str:
    """Return the language of the address, or that which the browser asks for first."""
    asked = query.get("lang", [""])[-1]
    if asked in LANGUAGES:
        return asked
    return "en" if headers.get(b"accept-language", b"").lower().startswith(b"en") else "nl"


def first_words(name: str, language: str) -> str:
    """Return the bar with the names of the pages, and on the first page what this is.

    Args:
        name: Of the page.
        language: "nl" or "en".
    """
    t = texts("en" if language == "en" else "nl")
    pages = "".join(
        f'<span class="zb-here">{escape(t(f"page.{one}"))}</span>'
        if one == ("class" if name == "room" else name)
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

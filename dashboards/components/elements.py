"""Elements that stand on a page as they are, without a component around each.

Reacton keeps some 8 kB for every component that a visitor's page is made of: places for its state,
its effects and its children, and what tells it that something changed (measured with tracemalloc:
1.39 MB with 88 components on a page of results, 0.9 MB with 32). What only puts text in a box has
no use for any of it.
"""

import reacton.core
import solara
from solara.widgets import HTML


def Markup(text: str, css: str = "") -> reacton.core.Element:
    """Return HTML made by ``dashboards.components.html``, in a box."""
    return HTML.element(
        tag="div", unsafe_innerHTML=text, attributes={"class": css} if css else {}
    )  # fmt: skip


def Box(css: str = "") -> reacton.core.Element:
    """Return a box for what is made ``with`` it."""
    return solara.v.Html(tag="div", class_=css, children=[])


def Stack() -> reacton.core.Element:
    """Return the box in which a component puts its parts, one below the other.

    To the browser it is what Solara's own (``solara.Column``, a component) is.
    """
    return solara.v.Sheet(
        class_="d-flex ma-0",
        style_="flex-direction: column; align-items: stretch; row-gap: 12px;;",
        elevation=0,
        children=[],
    )

"""Elements that stand on a page as they are, without a component around each.

Reacton keeps some 7 kB for every component that a visitor's page is made of: places for its state,
its effects and its children, and what tells it that something changed. What only puts text in a box
has no use for any of it: a page of results went from 88 components to 32, and a visitor of it from
1.54 MB to 1.16 (``zorgbundel bench --dashboard``).
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

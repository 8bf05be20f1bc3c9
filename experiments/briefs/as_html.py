"""The brief as one HTML file: styles and figures inside, no outside address, two pages in print."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.briefs.brief import Brief, Picture

TEMPLATES = Path(__file__).parent / "templates"

#: Size of letters in print, points.
POINT = 7.4


def html(brief: Brief) -> bytes:
    """Return the brief as an HTML document."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["source"] = _source
    text = environment.get_template("brief.html.j2").render(brief=brief, point=POINT)
    return text.encode("utf-8")


def _source(picture: Picture) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(picture.svg).decode("ascii")

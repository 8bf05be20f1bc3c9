"""What a page asks for at once, so that nothing waits for what is only found out later.

Solara's page learns one after the other that it needs its widgets, colours and letters. Said
at the top of the page, they come beside its program. Nothing is asked for that is not used anyway.
"""

import re
from functools import cache
from html import escape
from pathlib import Path

from dashboards.pack import APP

_START = b'<meta charset="utf-8">'
_BASE = re.compile(rb'data-base-url="([^"]*)/jupyter/"')
_WIDGETS = re.compile(rb'"(jupyter-vue|jupyter-vuetify)/extension": "([0-9a-f]{8,64})"')
_COLOURS = re.compile(rb'themeCssUrls = \{[^}]*"light": "([^"]+)"')
_LETTERS = re.compile(r"@font-face\{([^}]*)\}")

#: Weights of the upright letters on every page.
WEIGHTS = ("400", "700")


def hurried(page: bytes, pack: Path) -> bytes:
    """Return a page that asks at its top for what it needs later.

    Args:
        page: Solara's page.
        pack: Folder of the browser files.
    """
    base = _BASE.search(page)
    if base is None or _START not in page:
        return page
    root = base[1].decode()
    links = [
        _link(f"{root}/jupyter/nbextensions/{name.decode()}/nodeps.js?{version.decode()}", "script")
        for name, version in _WIDGETS.findall(page)
    ]
    if colours := _COLOURS.search(page):
        links.append(_link(colours[1].decode(), "fetch"))
    links += [_link(f"{root}/_solara/cdn/{APP}/{name}", "font") for name in letters(pack)]
    return page.replace(_START, _START + "".join(links).encode(), 1)


def _link(address: str, kind: str) -> str:
    more = {"font": ' type="font/woff2" crossorigin', "fetch": " crossorigin"}.get(kind, "")
    return f'<link rel="preload" as="{kind}" href="{escape(address)}"{more}>'


@cache
def letters(pack: Path) -> tuple[str, ...]:
    """Return the files of the letters that every page uses."""
    try:
        css = (pack / APP / "fonts.css").read_text(encoding="utf-8")
    except OSError:
        return ()
    found = []
    for body in _LETTERS.findall(css):
        file = re.search(r"url\(([0-9a-f]+\.woff2)\)", body)
        weight = re.search(r"font-weight:\s*(\d+)", body)
        if file and weight and weight[1] in WEIGHTS and re.search(r"font-style:\s*normal", body):
            found.append(file[1])
    return tuple(found)

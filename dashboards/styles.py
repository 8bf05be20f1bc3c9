"""Style sheets cut to what the pages can use: the installed ones are for every program there is.

Of Vuetify our pages use the frame, the dialog and the bar that Solara itself shows; everything else
is plain HTML with styles of its own (``assets/custom.css``). What is cut holds up the first paint.
"""

import re
from collections.abc import Iterator

#: Starts of the classes in Solara's frame; rules for other classes are cut.
FRAME = (
    "v-alert", "v-application", "v-btn", "v-card", "v-dialog", "v-icon", "v-overlay",
    "v-progress", "v-sheet", "v-system", "theme--", "solara-", "container", "row", "col",
    "d-flex", "ma-0", "elevation-0", "primary",
)  # fmt: skip

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PIECE = re.compile(r"""[^{}"';]+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]""", re.DOTALL)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def cut(css: str) -> str:
    """Return a style sheet with only the rules that can match on our pages."""
    return "".join(_kept(_COMMENT.sub("", css)))


def _kept(css: str) -> Iterator[str]:
    """Yield the rules that are kept, as they are written."""
    for head, body in _rules(css):
        if head.startswith("@charset"):
            yield f"{head};"
        elif head.startswith(("@media", "@supports")):
            inner = cut(body)
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@font-face"):
            if "Roboto" in body:  # the others are letters with icons
                yield f"{head}{{{' '.join(body.split())}}}"
        elif head.startswith("@keyframes"):
            if "progress" in head or "indeterminate" in head:
                yield f"{head}{{{body}}}"
        elif not head.startswith("@"):
            usable = ",".join(one for one in _selectors(head) if _can_match(one))
            if usable:
                yield f"{usable}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield head and body of every rule at the top; statements such as @charset have no body."""
    head: list[str] = []
    body: list[str] = []
    depth = 0
    for found in _PIECE.finditer(css):
        piece = found[0]
        if piece == "}":
            depth -= 1
            if depth == 0:
                yield "".join(head).strip(), "".join(body)
                head, body = [], []
                continue
        if depth == 0 and piece == ";":
            yield "".join(head).strip(), ""
            head = []
        elif depth:
            body.append(piece)
        elif piece != "{":
            head.append(piece)
        if piece == "{":
            depth += 1


def _selectors(head: str) -> list[str]:
    """Return the selectors of a rule; commas within brackets part none."""
    return [one.strip() for one in re.split(r",(?![^()\[\]]*[)\]])", head)]


def _can_match(selector: str) -> bool:
    return all(name.startswith(FRAME) for name in _CLASS.findall(selector))

"""Style sheets cut to what the pages can use: the installed ones are for every program there is.

Of Vuetify our pages use the frame, the dialog and the bar that Solara itself shows; everything else
is plain HTML with styles of its own (``assets/custom.css``). What is cut holds up the first paint.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2

#: Starts of the classes in Solara's frame; rules for other classes are cut.
FRAME = (
    "v-alert", "v-application", "v-btn", "v-card", "v-dialog", "v-icon", "v-overlay",
    "v-progress", "v-sheet", "v-system", "theme--", "solara-", "container", "row", "col",
    "d-flex", "ma-0", "elevation-0", "primary",
)  # fmt: skip


def cut(css: str) -> str:
    """Return a style sheet with only the rules that can match on our pages."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules))


def _kept(rules: Sequence[Any]) -> Iterator[str]:
    """Yield the rules that are kept, as they are written."""
    for rule in rules:
        if rule.type == "qualified-rule":
            usable = ",".join(text for text, fits in _selectors(rule.prelude) if fits)
            if usable:
                yield f"{usable}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.content is None:
            yield rule.serialize()
        elif rule.type == "at-rule":
            head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}"
            inner = tinycss2.serialize(rule.content)
            name = rule.lower_at_keyword
            if name in ("media", "supports"):
                inner = cut(inner)
            elif name == "font-face" and "Roboto" not in inner:
                inner = ""  # the others are letters with icons
            elif name == "keyframes" and not _moves(head):
                inner = ""
            elif name.startswith("-"):
                inner = ""  # for browsers of before the standard
            if inner:
                yield f"{head}{{{inner}}}"


def _moves(head: str) -> bool:
    """Return whether an animation is that of a bar."""
    return "progress" in head or "indeterminate" in head


def _selectors(prelude: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """Yield each selector of a rule, and whether it can match."""
    selector: list[Any] = []
    for one in [*prelude, None]:
        if one is None or one == ",":
            text = tinycss2.serialize(selector).strip()
            yield text, all(name.startswith(FRAME) for name in _classes(selector))
            selector = []
        else:
            selector.append(one)


def _classes(selector: Sequence[Any]) -> Iterator[str]:
    """Yield the names of classes, also those inside ``:not(...)``."""
    for before, one in zip([None, *selector], selector, strict=False):
        if one.type == "ident" and before is not None and before == ".":
            yield one.value
        elif one.type in ("function", "() block"):
            yield from _classes(one.arguments if one.type == "function" else one.content)

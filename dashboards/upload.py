"""A file that a visitor's browser sent: believed in nothing before it is looked at.

Light: the server itself uses it, which holds no model (``dashboards.own_scenario`` reads the file).
"""

from dataclasses import dataclass
from typing import Any

#: Largest scenario file, bytes.
MOST_BYTES = 64 * 1024

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Given:
    """What was sent.

    Attributes:
        name: Name of the file.
        text: What it says; "" if it is too large.
        large: Whether it is larger than ``MOST_BYTES``.
    """

    name: str
    text: str
    large: bool


def given(sent: Any) -> Given:
    """Return what a browser sent as a file; whatever is not text counts as none.

    Args:
        sent: name, size and text, if it comes from our own page.
    """
    sent = sent if isinstance(sent, dict) else {}
    name, text, size = (sent.get(key) for key in ("name", "text", "size"))
    name = _whole(name)[:_LONGEST_NAME] if isinstance(name, str) else ""
    text = _whole(text) if isinstance(text, str) else ""
    said = size if isinstance(size, int | float) else 0
    # An upper bound on a size that is not a number would let everything pass: hence the "not".
    large = not said <= MOST_BYTES or len(text.encode()) > MOST_BYTES
    return Given(name, "" if large else text, large)


def _whole(text: str) -> str:
    """Return a text without halves of letters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")

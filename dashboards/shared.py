"""What is drawn of a result is drawn once for all visitors who look at it.

A page is mostly pictures and tables, and these depend on a result, a language and a few choices
only. Made once they cost twenty visitors the time and memory of one; the first who asks makes them
while the others wait for just that.
"""

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from dashboards.kept import Kept, size_of
from dashboards.result import Result
from dashboards.viewmodels.figure import Figure

#: Bytes of pieces kept: a page of results takes some 0.4 MB in a language.
MOST_BYTES = 12_000_000
#: Bytes counted for a result among the pieces (a quick estimate); to count each would take longer
#: than to draw a picture.
RESULT_BYTES = 160_000


@dataclass
class _Piece:
    """A piece, or the promise of one; ``holds`` keeps alive what its key names by place."""

    holds: tuple[Any, ...]
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    what: Any = None


class Shared:
    """Pieces by what they were made of; what was used longest ago goes first.

    Args:
        most_bytes: Bytes of pieces kept. Results that pieces were made of are not counted: there
            are some twenty pieces to each.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._coming: dict[Hashable, _Piece] = {}
        self._made: Kept[_Piece] = Kept(most_bytes)

    def __len__(self) -> int:
        """Return how many pieces are kept."""
        return len(self._made)

    @property
    def bytes(self) -> int:
        """Bytes that all pieces take."""
        return self._made.bytes

    def get(self, key: Hashable, holds: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return a piece, made now if nobody made it before.

        Args:
            key: What it is made of.
            holds: Things that the key names by their place in memory.
            make: Makes it; what it raises is raised, and nothing is kept.
        """
        with self._lock:
            piece = self._made.get(key) or self._coming.setdefault(key, _Piece(holds))
        with piece.lock:
            if not piece.made:
                try:
                    piece.what = make()
                    piece.made = True
                finally:
                    self._came(key, piece)
        return piece.what

    def _came(self, key: Hashable, piece: _Piece) -> None:
        with self._lock:
            if self._coming.get(key) is piece:
                del self._coming[key]
            if piece.made:
                what = piece.what
                size = RESULT_BYTES if isinstance(what, Result) else size_of(what)
                self._made.put(key, piece, size)


#: Those of this server.
PIECES = Shared()


def shared[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """Let a function be called once for all who ask the same of it.

    Its arguments are results, figures, data of workers (told apart by their place in memory, for
    nothing changes them) and plain values. What it returns must not be changed either.
    """

    @wraps(make)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        values = (*args, *sorted(kwargs.items()))
        names = tuple(_name(one) for one in values)
        key = (make.__module__, make.__qualname__, names)
        return PIECES.get(key, values, lambda: make(*args, **kwargs))

    return asked


def _name(value: Any) -> Hashable:
    """Return what a value is known by in a key."""
    if isinstance(value, Result):
        return ("result", id(value.data), tuple(sorted(value.settings.items())))
    if isinstance(value, Figure | Mapping):
        return ("this", id(value))
    if isinstance(value, list | tuple):
        return tuple(_name(one) for one in value)
    return value

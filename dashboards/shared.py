"""What is drawn of a result is drawn once for all visitors who look at it.

A page is mostly pictures and tables, and these depend on a result, a language and a few choices
only. Made once they cost twenty visitors the time and memory of one; the first who asks makes them
while the others wait for just that.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from dashboards.result import Result
from dashboards.viewmodels.figure import Figure

#: Pieces kept, some 20 kB each: a page of results has about twenty in a language.
KEPT = 600


@dataclass
class _Piece:
    """A piece, or the promise of one; ``holds`` keeps alive what its key names by place."""

    holds: tuple[Any, ...]
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    what: Any = None


class Shared:
    """Pieces by what they were made of, the oldest forgotten first.

    Args:
        most: Pieces kept.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._pieces: OrderedDict[Hashable, _Piece] = OrderedDict()

    def __len__(self) -> int:
        """Return how many pieces are kept."""
        return len(self._pieces)

    def get(self, key: Hashable, holds: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return a piece, made now if nobody made it before.

        Args:
            key: What it is made of.
            holds: Things that the key names by their place in memory.
            make: Makes it; what it raises is raised, and nothing is kept.
        """
        with self._lock:
            piece = self._pieces.setdefault(key, _Piece(holds))
            self._pieces.move_to_end(key)
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        with piece.lock:
            if not piece.made:
                piece.what = make()
                piece.made = True
        return piece.what


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

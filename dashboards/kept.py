"""What a server keeps to have it at once the next time, up to a number of bytes.

A server runs for weeks and everybody asks for something else, so whatever is kept "for the next who
asks" must have an end, and an end in bytes: a hundred things may be small or large. What was used
longest ago goes first.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Kept[T]:
    """Things by key.

    Args:
        most_bytes: Bytes that all may take together. The newest is kept even if it takes more: who
            asked for it is about to use it.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._things)

    def __contains__(self, key: Hashable) -> bool:
        """Return whether something is kept under a key; looking does not count as use."""
        return key in self._things

    @property
    def bytes(self) -> int:
        """Bytes that all take together."""
        return self._bytes

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key, now the one used last; None if nothing is."""
        with self._lock:
            found = self._things.get(key)
            if found is None:
                return None
            self._things.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, thing: T, size: int) -> None:
        """Keep something, in place of what was there, and let go of what does not fit any more.

        Args:
            key: Its key.
            thing: Anything but None.
            size: Bytes that it takes (``size_of``).
        """
        with self._lock:
            self._drop(key)
            self._things[key] = (thing, size)
            self._bytes += size
            while self._bytes > self.most_bytes and len(self._things) > 1:
                self._drop(next(iter(self._things)))

    def drop(self, key: Hashable) -> None:
        """Let go of what is kept under a key, if anything is."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        found = self._things.pop(key, None)
        if found is not None:
            self._bytes -= found[1]


def size_of(thing: Any) -> int:
    """Return the bytes that plain data takes: texts, numbers, lists, dictionaries, data classes.

    Equal texts count once, for they are mostly the same object; numbers with a fraction are not. A
    visitor may be waiting for this, so things are not told apart by ``id``: each call of it is
    reported to the audit hooks of the program, and one of a library takes ten times as long as all
    else here.
    """
    seen: set[Any] = set()
    waiting, total, size = [thing], 0, sys.getsizeof
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is str or kind is int:
            if one not in seen:
                seen.add(one)
                total += size(one)
            continue
        total += size(one)
        if kind is dict:
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, tuple | list | set | frozenset):
            waiting.extend(one)
        elif hasattr(kind, "__dataclass_fields__"):  # looking at its __dict__ would make one
            waiting.extend(getattr(one, name) for name in kind.__dataclass_fields__)
    return total

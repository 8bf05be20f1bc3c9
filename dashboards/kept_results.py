"""Results that visitors had run: all of them packed, and open those that somebody looked at lately.

An open result takes some 160 kB, packed it takes 23; to open one takes a millisecond (measured). So
a server keeps what a class asks for in an afternoon in the space of a few pictures, and whoever
comes back to a lever has its result at once.
"""

import json
import threading
import zlib
from typing import Any

from dashboards.kept import Kept, size_of

#: Bytes of packed results (some 250) and of open ones (some 65, more than there are visitors at a
#: time: ``headers.MOST_VISITORS``) that a server keeps.
MOST_PACKED, MOST_OPEN = 6_000_000, 10_500_000


def pack(result: dict[str, Any]) -> bytes:
    """Return a result packed: as small as is quick."""
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 1)


def unpack(packed: bytes) -> dict[str, Any]:
    """Return a packed result, equal to the last digit."""
    return json.loads(zlib.decompress(packed))


class KeptResults:
    """Results by key.

    Who asks twice has the very same object as long as it is open: pictures that were made of it are
    known by it (``dashboards.shared``).
    """

    def __init__(self, most_packed: int = MOST_PACKED, most_open: int = MOST_OPEN) -> None:
        """Keep nothing yet, and never more bytes than these."""
        self._packed: Kept[bytes] = Kept(most_packed)
        self._open: Kept[dict[str, Any]] = Kept(most_open)
        self._opening = threading.Lock()  # twenty who look at the same moment have the same object

    def __contains__(self, key: str) -> bool:
        """Return whether there is a result under a key."""
        return key in self._packed

    def __len__(self) -> int:
        """Return how many results there are."""
        return len(self._packed)

    @property
    def bytes(self) -> int:
        """Bytes that all take, packed and open."""
        return self._packed.bytes + self._open.bytes

    def put(self, key: str, packed: bytes) -> None:
        """Keep a packed result."""
        with self._opening:
            self._packed.put(key, packed, len(packed))
            self._open.drop(key)

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a result, open; None if there is none. It must not be changed."""
        with self._opening:
            packed = self._packed.get(key)
            if packed is None:
                return None
            found = self._open.get(key)
            if found is None:
                found = unpack(packed)
                self._open.put(key, found, size_of(found))
            return found

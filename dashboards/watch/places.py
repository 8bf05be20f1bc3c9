"""Room for so many worlds at a time, and one warm-up for all of them.

The model is loaded when somebody watches for the first time, not before: the server stays light.
"""

import os
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the model loads when the first world is made: the server itself stays light
    from dashboards.watch.neighbourhood import Neighbourhood

#: A world of a neighbourhood holds about 4 MB: a class of twenty, with room to spare.
USUAL_WORLDS = 40


class Places:
    """Who holds a world; one each.

    Args:
        most: Worlds at a time.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: set[str] = set()
        self._lock = threading.Lock()

    def take(self, visitor: str) -> bool:
        """Return whether a visitor may have a world; who has one keeps it."""
        with self._lock:
            if visitor not in self._held and len(self._held) >= self.most:
                return False
            self._held.add(visitor)
            return True

    def leave(self, visitor: str) -> None:
        """Give the place of a visitor to others."""
        with self._lock:
            self._held.discard(visitor)

    @property
    def held(self) -> int:
        """Worlds now."""
        with self._lock:
            return len(self._held)


@cache
def places() -> Places:
    """Return the places of this server (``ZORGBUNDEL_WATCH_WORLDS`` of them)."""
    return Places(int(os.environ.get("ZORGBUNDEL_WATCH_WORLDS", USUAL_WORLDS)))


_making = threading.Lock()


def make(scenario: str, seed: int) -> "Neighbourhood":
    """Return a new world; the first one of each scenario loads what its months need.

    The trial run to the end costs a second or two once, so that no month is slow afterwards.
    """
    from dashboards.watch.neighbourhood import begin
    from model.parameters import load_registry
    from scenarios.loader import load

    registry = load_registry()
    with _making:  # compiling twice at once gains nothing
        _try_out(scenario)
    return begin(registry.values(), load(scenario, registry).policy(), seed)


@cache
def _try_out(scenario: str) -> None:
    from dataclasses import replace

    from dashboards.watch.neighbourhood import PRACTICES, Neighbourhood
    from model.parameters import load_registry
    from model.population import Size
    from scenarios.loader import load

    registry = load_registry()
    p = registry.values()
    small = replace(Size.of_treated(p, 200), practices=PRACTICES)
    Neighbourhood(p, load(scenario, registry).policy(), 1, small).run()

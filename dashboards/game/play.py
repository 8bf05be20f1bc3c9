"""Running rounds and debriefs of rooms on the engine's worker processes.

Whoever looks at a closed round without results has it run: after a restart of the server that is
the first browser that comes back. What runs or failed is known to all who look at the room.
"""

import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from dashboards.engine import Engine
from dashboards.game.debrief import Debrief, told
from dashboards.game.questions import questions
from dashboards.game.rooms import Room, Rooms
from dashboards.game.rounds import (
    OTHER_ASSUMPTIONS,
    Found,
    mean_of,
    other_seeds,
    run_world,
    seeds_of,
    words_of,
)
from experiments.number_format import Language

log = logging.getLogger("zorgbundel.dashboard")

#: Share of the country of a world that only loads what was compiled.
WARM_SHARE = 0.003
#: Worlds of a debrief in hand at once: the round of another room need not wait for all of it.
AT_ONCE = 2


class Play:
    """What is being run for rooms."""

    def __init__(self, rooms: Rooms, engine: Engine) -> None:
        """Begin.

        Args:
            rooms: Where decisions are and results are kept.
            engine: Runs worlds.
        """
        self.rooms, self.engine = rooms, engine
        self._running: set[tuple[str, str]] = set()
        self._failed: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Have every clause of the game loaded by the workers, before the first round needs it."""
        for seed in range(1, self.engine.workers + 1):
            self.engine.once(run_world, every_option(), seed, -1, WARM_SHARE)

    def round(self, room: Room, number: int) -> Found | None:
        """Return what came of a round, as kept; None while there is nothing."""
        kept = self.rooms.kept(room.code, f"round {number}")
        return None if kept is None else _numbered(kept["found"])

    def words(self, room: Room, number: int, team: int, language: Language) -> list[str]:
        """Return the clauses of a table after a round, in words; nothing before it was run."""
        kept = self.rooms.kept(room.code, f"round {number}")
        return [] if kept is None else kept["words"][str(team)][language]

    def debrief(self, room: Room, number: int, language: Language) -> Debrief | None:
        """Return the debrief of a round; None while there is none."""
        kept = self.rooms.kept(room.code, f"debrief {number} told")
        return None if kept is None else Debrief.from_data(kept[language])

    def state(self, room: Room, what: str) -> str:
        """Return "running", "failed" or "" of ``round 1``, ``debrief 4 told`` and so on."""
        with self._lock:
            key = (room.code, what)
            return "running" if key in self._running else "failed" if key in self._failed else ""

    def run_round(self, room: Room, again: bool = False) -> None:
        """Have the round closed last run, unless it was, is, or failed and nobody asks again."""
        number = room.last
        contracts = self._contracts(room, number)

        def work() -> dict[str, Any]:
            said = self.engine.once(words_of, contracts)
            worlds = [
                self.engine.once(run_world, contracts, s) for s in seeds_of(room.luck, number)
            ]
            return {"found": mean_of([one.result() for one in worlds]), "words": said.result()}

        self._run(room, f"round {number}", work, again)

    def run_debrief(self, room: Room, again: bool = False) -> None:
        """Have the round closed last run with other luck and with other assumptions."""
        number = room.last
        played = self.round(room, number)
        if played is None:
            return
        contracts = self._contracts(room, number)
        asked = [(contracts, seed) for seed in other_seeds(room.luck, number)]
        lucks = len(asked)
        asked += [(contracts, 1, draw) for draw in range(OTHER_ASSUMPTIONS)]

        def work() -> dict[str, Any]:
            worlds: list[Found] = []
            for first in range(0, len(asked), AT_ONCE):
                part = [self.engine.once(run_world, *one) for one in asked[first:][:AT_ONCE]]
                worlds += [one.result() for one in part]
            return self.engine.once(told, played, worlds[:lucks], worlds[lucks:]).result()

        self._run(room, f"debrief {number} told", work, again)

    def _run(self, room: Room, what: str, work: Callable[[], Any], again: bool) -> None:
        key = (room.code, what)
        if not room.last or self.rooms.kept(*key) is not None:
            return
        with self._lock:
            if key in self._running or (key in self._failed and not again):
                return
            self._failed.discard(key)
            self._running.add(key)

        def follow() -> None:
            failed = False
            try:
                self.rooms.keep(*key, work())
            except Exception:
                log.exception("%s of room %s failed", what, room.code)
                failed = True
            with self._lock:
                self._running.discard(key)
                if failed:
                    self._failed.add(key)
            self.rooms.changed(room.code)

        threading.Thread(target=follow, daemon=True, name="game").start()
        self.rooms.changed(room.code)

    def _contracts(self, room: Room, number: int) -> list[tuple[int, dict[str, str]]]:
        return [
            (team, dict(sorted(self.rooms.choices(room.code, number, team).items())))
            for team in range(room.teams)
        ]


def every_option() -> list[tuple[int, dict[str, str]]]:
    """Return contracts in which together every option of every question occurs."""
    most = max(len(one.options) for one in questions())
    return [
        (team, {one.id: one.options[min(team, len(one.options) - 1)].id for one in questions()})
        for team in range(most)
    ]


def _numbered(found: dict[str, dict[str, float]]) -> Found:
    """Return a result with teams as numbers again: JSON knows words only."""
    return {int(team): values for team, values in found.items()}


@cache
def play() -> Play:
    """Return what runs for the rooms of this server."""
    from dashboards import service
    from dashboards.game.rooms import rooms

    return Play(rooms(), service.engine())

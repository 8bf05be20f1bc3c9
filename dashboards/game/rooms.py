"""Rooms of the class game in one SQLite file: seats, decisions and results; no personal data.

Everything a room is stands in the file, so a room survives a restart of the server and a browser
that drops out comes back where it was: a seat is a ticket in a link. Whoever holds the ticket of
the facilitator opens and closes rounds, and may remove the room; a room in which nothing was done
for ``KEPT_DAYS`` is removed when the server starts or the next room opens. What cannot be done is a
``RefusedError`` that names the sentence to say (``game.refused.*``).
"""

import json
import os
import re
import secrets
import sqlite3
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dashboards.game.questions import POINTS, ROLES, ROUNDS, checked, cost
from dashboards.teaching.store import ALPHABET

ROOM = re.compile(rf"[{ALPHABET}]{{4}}")
TICKET = re.compile(rf"[{ALPHABET}]{{12}}")
#: Tables are called after rivers, chosen from this list: nobody types a name.
RIVERS = ("Maas", "Waal", "IJssel", "Vecht", "Linge")
MOST_TEAMS = len(RIVERS)

#: A course that plays a round a week finds its room back; a room that nobody uses goes.
KEPT_DAYS = 30

#: Where a room stands: nobody plays yet, a round is open, or closed.
LOBBY, OPEN, CLOSED = "lobby", "open", "closed"

_TABLES = """
CREATE TABLE IF NOT EXISTS rooms (
    code TEXT PRIMARY KEY, host TEXT NOT NULL UNIQUE, luck INTEGER NOT NULL,
    teams INTEGER NOT NULL, round INTEGER NOT NULL, phase TEXT NOT NULL, used TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS seats (
    ticket TEXT PRIMARY KEY, code TEXT NOT NULL, team INTEGER NOT NULL, role TEXT NOT NULL,
    UNIQUE (code, team, role)
);
CREATE TABLE IF NOT EXISTS decisions (
    code TEXT NOT NULL, round INTEGER NOT NULL, team INTEGER NOT NULL, role TEXT NOT NULL,
    choices TEXT NOT NULL, PRIMARY KEY (code, round, team, role)
);
CREATE TABLE IF NOT EXISTS results (
    code TEXT NOT NULL, what TEXT NOT NULL, found TEXT NOT NULL, PRIMARY KEY (code, what)
);
"""


class RefusedError(Exception):
    """What a player or facilitator wants cannot be done.

    Attributes:
        key: Sentence to say: ``game.refused.<key>``.
        values: What fills it in.
    """

    def __init__(self, key: str, **values: Any) -> None:
        """Refuse."""
        super().__init__(key)
        self.key, self.values_ = key, values


@dataclass(frozen=True)
class Room:
    """A room.

    Attributes:
        code: What players type.
        luck: Number from which all seeds of the room follow.
        teams: Tables.
        round: Round that is open or was closed last; 0 before the first.
        phase: ``LOBBY``, ``OPEN`` or ``CLOSED``.
    """

    code: str
    luck: int
    teams: int
    round: int
    phase: str

    @property
    def last(self) -> int:
        """The round closed last; 0 if none."""
        return self.round if self.phase == CLOSED else max(0, self.round - 1)

    @property
    def over(self) -> bool:
        """Whether the last round was closed."""
        return self.round == ROUNDS and self.phase == CLOSED


@dataclass(frozen=True)
class Seat:
    """A role at a table.

    Attributes:
        code: Room.
        team: Table, from 0.
        role: Of ``ROLES``.
    """

    code: str
    team: int
    role: str


class Rooms:
    """All rooms of a server; every call stands alone, so threads and restarts do no harm."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        self.path, self.patience = path, 10.0
        self._changes: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=10.0)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)
            columns = {row[1] for row in db.execute("PRAGMA table_info(rooms)")}
            if "made" in columns:  # a file of before rooms expired
                db.execute("ALTER TABLE rooms RENAME COLUMN made TO used")
                db.commit()
        self.remove_old()

    @contextmanager
    def _open(self, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file for one reading or one writing that nobody comes between."""
        db = sqlite3.connect(self.path, timeout=self.patience, isolation_level=None)
        try:
            try:
                db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            except sqlite3.OperationalError:  # others have written for longer than one may wait
                raise RefusedError("busy") from None
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # what was not committed is undone

    def changes(self, code: str) -> int:
        """Return a number that rises with every change of a room, for pages that look again."""
        return self._changes[code]

    def changed(self, code: str) -> None:
        """Tell pages that look at a room to look again."""
        with self._lock:
            self._changes[code] += 1

    # --- the facilitator

    def open_room(self, teams: int) -> tuple[Room, str]:
        """Make a room and return it with the ticket of its facilitator."""
        if not 1 <= teams <= MOST_TEAMS:
            raise RefusedError("teams", most=MOST_TEAMS)
        self.remove_old()
        host, luck = _letters(12), 1 + secrets.randbelow(9_999)
        while True:
            code = _letters(4)
            with self._open(write=True) as db:
                taken = db.execute("SELECT 1 FROM rooms WHERE code = ?", (code,)).fetchone()
                if taken is None:
                    db.execute(
                        "INSERT INTO rooms VALUES (?, ?, ?, ?, 0, ?, ?)",
                        (code, host, luck, teams, LOBBY, _time()),
                    )
                    return Room(code, luck, teams, 0, LOBBY), host

    def open_round(self, host: str) -> Room:
        """Open the next round."""
        room = self.hosted(host)
        if room.phase == OPEN:
            raise RefusedError("still_open", number=room.round)
        if room.over:
            raise RefusedError("over")
        return self._move(room, room.round + 1, OPEN)

    def close_round(self, host: str) -> Room:
        """Close the open round; what was not decided stays as it was."""
        room = self.hosted(host)
        if room.phase != OPEN:
            raise RefusedError("none_open")
        return self._move(room, room.round, CLOSED)

    def free(self, host: str, team: int, role: str) -> None:
        """Free a seat, for a player who lost the link; decisions of the role stay."""
        room = self.hosted(host)
        with self._open(write=True) as db:
            db.execute(
                "DELETE FROM seats WHERE code = ? AND team = ? AND role = ?",
                (room.code, team, role),
            )
        self.changed(room.code)

    def remove(self, host: str) -> None:
        """Remove a room with everything in it."""
        room = self.hosted(host)
        with self._open(write=True) as db:
            _remove(db, room.code)
        self.changed(room.code)

    def remove_old(self, days: int | None = None) -> list[str]:
        """Remove rooms in which nothing was done for so many days, and return their codes.

        Args:
            days: None for ``KEPT_DAYS``, or what ``ZORGBUNDEL_GAME_DAYS`` says.
        """
        if days is None:
            days = int(os.environ.get("ZORGBUNDEL_GAME_DAYS", KEPT_DAYS))
        with self._open(write=True) as db:
            old = db.execute("SELECT code FROM rooms WHERE used < ?", (_time(-days),)).fetchall()
            for (code,) in old:
                _remove(db, code)
        for (code,) in old:
            self.changed(code)
        return [code for (code,) in old]

    def _move(self, room: Room, number: int, phase: str) -> Room:
        with self._open(write=True) as db:
            _use(db, room.code)
            # Two clicks at once: only the first finds the room as it was.
            db.execute(
                "UPDATE rooms SET round = ?, phase = ? WHERE code = ? AND round = ? AND phase = ?",
                (number, phase, room.code, room.round, room.phase),
            )
        self.changed(room.code)
        return self.room(room.code)

    # --- players

    def join(self, code: str, team: int, role: str) -> str:
        """Take a seat and return its ticket."""
        room = self.room(code)
        if not 0 <= team < room.teams or role not in ROLES:
            raise RefusedError("no_seat")
        ticket = _letters(12)
        with self._open(write=True) as db:
            taken = {
                (row[0], row[1])
                for row in db.execute("SELECT team, role FROM seats WHERE code = ?", (code,))
            }
            if len(taken) >= room.teams * len(ROLES):
                raise RefusedError("full", code=code)
            if (team, role) in taken:
                raise RefusedError("taken", team=RIVERS[team], role=role)
            db.execute("INSERT INTO seats VALUES (?, ?, ?, ?)", (ticket, code, team, role))
            _use(db, code)
        self.changed(code)
        return ticket

    def decide(self, ticket: str, number: int, choices: Mapping[str, Any]) -> dict[str, str]:
        """Keep what a role chose in a round; until the round closes it may be changed.

        Args:
            ticket: Of the seat.
            number: Round that the player saw.
            choices: Option by question.
        """
        seat = self.seat(ticket)
        found = checked(seat.role, number, choices)
        with self._open(write=True) as db:
            state = db.execute(
                "SELECT round, phase FROM rooms WHERE code = ?", (seat.code,)
            ).fetchone()
            if state != (number, OPEN):
                raise RefusedError("late", number=number)
            spent = cost(seat.role, found)
            if spent > POINTS:
                raise RefusedError("points", spent=spent, points=POINTS)
            db.execute(
                "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)",
                (seat.code, number, seat.team, seat.role, json.dumps(found)),
            )
            _use(db, seat.code)
        self.changed(seat.code)
        return found

    # --- looking

    def room(self, code: str) -> Room:
        """Return a room by what players type; lower case and blanks do no harm."""
        code = code.strip().upper()
        with self._open() as db:
            row = db.execute(
                "SELECT code, luck, teams, round, phase FROM rooms WHERE code = ?", (code,)
            ).fetchone()
        if row is None:
            raise RefusedError("no_room", code=code[:12])
        return Room(*row)

    def hosted(self, host: str) -> Room:
        """Return the room of a facilitator's ticket."""
        with self._open() as db:
            row = db.execute("SELECT code FROM rooms WHERE host = ?", (host,)).fetchone()
        if row is None:
            raise RefusedError("no_ticket")
        return self.room(row[0])

    def is_host(self, ticket: str, code: str) -> bool:
        """Return whether a ticket is that of a room's facilitator."""
        with self._open() as db:
            row = db.execute("SELECT code FROM rooms WHERE host = ?", (ticket,)).fetchone()
        return row == (code,)

    def seat(self, ticket: str) -> Seat:
        """Return the seat of a ticket."""
        with self._open() as db:
            row = db.execute(
                "SELECT code, team, role FROM seats WHERE ticket = ?", (ticket,)
            ).fetchone()
        if row is None:
            raise RefusedError("no_ticket")
        return Seat(*row)

    def taken(self, code: str) -> set[tuple[int, str]]:
        """Return the seats taken in a room: table and role."""
        with self._open() as db:
            rows = db.execute("SELECT team, role FROM seats WHERE code = ?", (code,)).fetchall()
        return {(team, role) for team, role in rows}

    def decided(self, code: str, number: int) -> set[tuple[int, str]]:
        """Return who has decided in a round: table and role."""
        with self._open() as db:
            rows = db.execute(
                "SELECT team, role FROM decisions WHERE code = ? AND round = ?", (code, number)
            ).fetchall()
        return {(team, role) for team, role in rows}

    def choices(self, code: str, number: int, team: int) -> dict[str, str]:
        """Return what holds at a table in a round: of every role what it decided last."""
        with self._open() as db:
            rows = db.execute(
                "SELECT role, choices FROM decisions WHERE code = ? AND team = ? AND round <= ?"
                " ORDER BY round",
                (code, team, number),
            ).fetchall()
        last = {role: json.loads(text) for role, text in rows}  # a later round replaces a role's
        return {question: option for found in last.values() for question, option in found.items()}

    def keep(self, code: str, what: str, found: Any) -> None:
        """Keep a result; the first one counts, and one of a room that is gone is dropped."""
        with self._open(write=True) as db:
            db.execute(
                "INSERT OR IGNORE INTO results SELECT code, ?, ? FROM rooms WHERE code = ?",
                (what, json.dumps(found), code),
            )
        self.changed(code)

    def kept(self, code: str, what: str) -> Any:
        """Return a result; None if there is none yet."""
        with self._open() as db:
            row = db.execute(
                "SELECT found FROM results WHERE code = ? AND what = ?", (code, what)
            ).fetchone()
        return None if row is None else json.loads(row[0])


def _use(db: sqlite3.Connection, code: str) -> None:
    """Note that something was done in a room now."""
    db.execute("UPDATE rooms SET used = ? WHERE code = ?", (_time(), code))


def _remove(db: sqlite3.Connection, code: str) -> None:
    for table in ("rooms", "seats", "decisions", "results"):
        db.execute(f"DELETE FROM {table} WHERE code = ?", (code,))


def _time(days: int = 0) -> str:
    """Return now, or so many days from now, UTC; later times sort after earlier ones."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def path_of_rooms() -> Path:
    """Return where rooms are kept; ``ZORGBUNDEL_GAME_FOLDER`` sets the folder."""
    given = os.environ.get("ZORGBUNDEL_GAME_FOLDER", "")
    folder = Path(given) if given else Path(sys.prefix) / "share/zorgbundel"
    return folder / "rooms.sqlite"


@cache
def rooms() -> Rooms:
    """Return the rooms of this server; where they cannot be written, for as long as it lasts."""
    try:
        return Rooms(path_of_rooms())
    except (OSError, sqlite3.Error):
        return Rooms(Path(tempfile.mkdtemp(prefix="zorgbundel-")) / "rooms.sqlite")

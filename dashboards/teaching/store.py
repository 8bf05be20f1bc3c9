"""What learners predicted, kept in one SQLite file: anonymous codes, no personal data.

A prediction is locked: the first one counts, whatever is sent later. A learner is a code in a link;
who keeps the link finds the progress back, also after the server was started anew.
"""

import os
import re
import secrets
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

#: Letters and digits that cannot be taken for one another.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6
CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
GROUP = re.compile(r"[A-Za-z0-9-]{1,20}")

_TABLES = """
CREATE TABLE IF NOT EXISTS predictions (
    learner TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL, answer INTEGER NOT NULL,
    sure INTEGER NOT NULL, as_shown INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (learner, lesson)
)
"""


@dataclass(frozen=True)
class Prediction:
    """One prediction.

    Attributes:
        learner: Code of the learner.
        course: Group that the learner belongs to; empty for none.
        lesson: Name of the lesson.
        answer: Place of the answer chosen, from 0.
        sure: How sure the learner was, 50 to 100.
        as_shown: Whether it is what the model shows.
        at: When, UTC.
    """

    learner: str
    course: str
    lesson: str
    answer: int
    sure: int
    as_shown: bool
    at: str


class Store:
    """Predictions in one file; every call stands alone, so threads and restarts do no harm."""

    def __init__(self, path: Path) -> None:
        """Open or make the file."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=10.0)
        try:
            with db:
                yield db
        finally:
            db.close()

    def new_code(self) -> str:
        """Return a code that no learner has."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            if not self.of_learner(code):
                return code

    def predict(
        self, learner: str, course: str, lesson: str, answer: int, sure: int, as_shown: bool
    ) -> Prediction:
        """Lock a prediction and return what is locked: an earlier one stays.

        Raises:
            ValueError: The code is none, or the group has other signs than letters and digits.
        """
        if not CODE.fullmatch(learner) or (course and not GROUP.fullmatch(course)):
            raise ValueError("no such code or group")
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        row = (learner, course, lesson, answer, min(100, max(50, sure)), int(as_shown), at)
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return self.of_learner(learner)[lesson]

    def of_learner(self, learner: str) -> dict[str, Prediction]:
        """Return a learner's predictions by lesson."""
        return {one.lesson: one for one in self._read("learner = ?", learner)}

    def of_course(self, course: str, lesson: str | None = None) -> list[Prediction]:
        """Return the predictions of a group, of one lesson or of all."""
        if lesson is None:
            return self._read("course = ?", course)
        return self._read("course = ? AND lesson = ?", course, lesson)

    def _read(self, where: str, *values: str) -> list[Prediction]:
        with self._open() as db:
            rows = db.execute(
                f"SELECT * FROM predictions WHERE {where} ORDER BY at, learner", values
            ).fetchall()
        return [Prediction(*row[:5], bool(row[5]), row[6]) for row in rows]


def path_of_store() -> Path:
    """Return where predictions are kept; ``ZORGBUNDEL_CLASS_FILE`` sets it."""
    given = os.environ.get("ZORGBUNDEL_CLASS_FILE", "")
    return Path(given) if given else Path(sys.prefix) / "share/zorgbundel/class.sqlite"


@cache
def store() -> Store:
    """Return the store of this server; where it cannot be written, one that lasts as long."""
    try:
        return Store(path_of_store())
    except (OSError, sqlite3.Error):
        return Store(Path(tempfile.mkdtemp(prefix="zorgbundel-")) / "class.sqlite")

"""Results of the lessons, run beforehand and kept in the package, so that a reveal is instant.

Made by ``zorgbundel teach --precompute``. A test says when they are no longer those of the program.
"""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.output import OutputError
from experiments.teaching.found import Found, as_data, from_data
from experiments.teaching.lesson import Lesson, lessons
from model.parameters import Registry

if TYPE_CHECKING:  # who reads what is stored loads no model
    from experiments.teaching.lesson_run import Job, Part

FILE = Path(__file__).parent / "lesson_results.json"

#: Raised when the same lesson would give other numbers, so that stored ones are known to be old.
VERSION = 1


def lesson_code(lesson: Lesson) -> str:
    """Return a code of what a lesson runs: its worlds and sizes, and how it is run.

    Texts are left out: a better sentence makes no result old.
    """
    said = lesson.model_dump(mode="json", include={"asked", "also", "share", "seeds", "draws"})
    for promise in (said["asked"], *said["also"]):
        for key in ("says", "direction", "size"):
            promise.pop(key)
    text = json.dumps([VERSION, said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _stored(path: Path = FILE) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{path.name} cannot be read ({error})") from None


def made_by() -> str:
    """Return the fingerprint of the program that made the stored results."""
    return _stored()["program"]


def stored_code(name: str) -> str:
    """Return the code of the lesson whose results are stored; empty if none are."""
    return _stored()["lessons"].get(name, {}).get("code", "")


def stored(lesson: Lesson) -> list[list[Found]] | None:
    """Return the stored findings of a lesson; None if there are none of just this lesson."""
    own = _stored()["lessons"].get(lesson.name)
    if own is None or own["code"] != lesson_code(lesson):
        return None
    return from_data(own["found"])


def _named(job: "Job") -> tuple[str, list["Part"]]:
    from experiments.teaching.lesson_run import run_job

    return job.lesson.name, run_job(job)


def precompute(
    registry: Registry,
    program: str,
    workers: int | None = None,
    done: Callable[[int, int], None] = lambda k, of: None,
    path: Path = FILE,
) -> None:
    """Run all lessons and write their results.

    Args:
        registry: Parameters.
        program: Fingerprint of the program.
        workers: Processes; None for one per core.
        done: Told how many runs of how many are finished.
        path: Where to.
    """
    from experiments.runner import run_tasks
    from experiments.teaching.lesson_run import gathered, jobs

    todo = {name: jobs(lesson, registry) for name, lesson in lessons().items()}
    every = [job for own in todo.values() for job in own]
    parts: dict[str, list[Part]] = {name: [] for name in todo}
    # One pool for all lessons: a process starts up for longer than a lesson takes it.
    for k, (name, found) in enumerate(run_tasks(every, workers, lambda: None, _named)):
        parts[name] += found
        done(k + 1, len(every))
    rows = {
        name: {"code": lesson_code(lesson), "found": as_data(gathered(lesson, parts[name]))}
        for name, lesson in lessons().items()
    }
    text = json.dumps({"program": program, "lessons": rows}, separators=(",", ":"))
    work = path.with_suffix(".new")
    work.write_text(text.replace('},{"year":', '},\n{"year":') + "\n", encoding="utf-8")
    work.replace(path)

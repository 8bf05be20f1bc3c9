"""What is shown for a view, and what must be said about it: never an old answer as a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboards.levers import Lever
from dashboards.result import Effect, Result, estimate
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.view import Problem, View
from dashboards.viewmodels.earlier import then_and_now
from experiments import number_format as nf
from experiments.number_format import Language


class Kind(StrEnum):
    """Where the numbers on screen come from."""

    LIBRARY = "library"
    RUN = "run"
    PARTIAL = "partial"
    ESTIMATE = "estimate"
    STALE = "stale"
    EMPTY = "empty"
    MISSING = "missing"


@dataclass(frozen=True)
class Shown:
    """Numbers on screen.

    Attributes:
        kind: Where they come from.
        result: The numbers; None if there are none.
    """

    kind: Kind
    result: Result | None

    @property
    def is_exact(self) -> bool:
        """Whether the numbers belong to just these settings and are complete."""
        return self.kind in (Kind.LIBRARY, Kind.RUN)


def shown(
    view: View,
    stored: Mapping[str, Any] | None,
    run: Mapping[str, Any] | None,
    partial: Mapping[str, Any] | None,
    missing: bool = False,
) -> Shown:
    """Return what to show for a view, the surest first.

    Args:
        view: What the visitor chose.
        stored: Result of the library for the scenario as it stands.
        run: Result of a run of just these settings.
        partial: First part of such a run.
        missing: Whether what the library should have of the scenario is gone or damaged.
    """
    if missing:
        return Shown(Kind.MISSING, None)
    if not view.levers:
        return Shown(Kind.LIBRARY, Result(stored)) if stored else Shown(Kind.EMPTY, None)
    if run is not None:
        return Shown(Kind.RUN, Result(run))
    if partial is not None:
        return Shown(Kind.PARTIAL, Result(partial))
    if stored is None:
        return Shown(Kind.EMPTY, None)
    guess = _guess(stored, tuple(sorted(view.levers.items())))
    if guess is not None:
        return Shown(Kind.ESTIMATE, guess)
    return Shown(Kind.STALE, Result(stored))


@shared
def _guess(stored: Mapping[str, Any], levers: tuple[tuple[str, float], ...]) -> Result | None:
    """Return the quick estimate, one for all who moved the same."""
    return estimate(stored, dict(levers))


@dataclass(frozen=True)
class Notice:
    """A strip above the results.

    Attributes:
        kind: estimate, stale, problem, version, busy, failed, stopped, partial or empty.
        text: What it says.
        caption, heads, rows: A table under it; none without rows.
    """

    kind: str
    text: str
    caption: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def notices(
    view: View,
    what: Shown,
    problems: list[Problem],
    version: str,
    language: Language,
    changes: Sequence[str] = (),
    then: Mapping[str, Effect] | None = None,
) -> list[Notice]:
    """Return what must be said before anything is read.

    Args:
        view: What the visitor chose.
        what: What is shown for it.
        problems: What in the address could not be used.
        version: Version and code of the program.
        language: "nl" or "en".
        changes: Levers moved, in words.
        then: What the version of the link showed of the scenario, if that is kept.
    """
    t = texts(language)
    said = [Notice("problem", t(f"problem.{one.key}", **one.values)) for one in problems]
    if view.version and view.version != version:
        said.append(_other_version(view.version, what, version, language, then or {}))
    if what.kind in (Kind.ESTIMATE, Kind.STALE, Kind.PARTIAL):
        said.append(Notice(what.kind, t(f"state.{what.kind}", changes="; ".join(changes))))
    if what.kind is Kind.MISSING:
        said.append(Notice("failed", t("state.missing")))
    if what.kind is Kind.EMPTY:
        said.append(Notice("empty", t("state.empty")))
    return said


def _other_version(
    given: str, what: Shown, version: str, language: Language, then: Mapping[str, Effect]
) -> Notice:
    """Return the strip of a link from another version, with what has changed if that is known."""
    t = texts(language)
    # What was kept is of the scenario as the library has it: nothing is said of other settings.
    now = what.result if what.kind is Kind.LIBRARY else None
    rows = () if now is None else then_and_now(then, now, language)
    changed = tuple(row for row in rows if row[1] != row[2])
    key = "state.version" if not rows else "state.version.same"
    if changed:
        key = "state.version.changed" if len(changed) == len(rows) else "state.version.some"
    heads = (t("table.outcome"), *(t("version.head", version=one) for one in (given, version)))
    return Notice(
        "version", t(key, given=given, now=version), t("version.caption"), heads if changed else (),
        changed,
    )  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a run is, as pages see it.

    Attributes:
        state: "", running, done, stopped, failed, busy or too_fast.
        done, total: Tasks.
        seconds: Probably left; None when unknown.
        error: Code of a failure.
        others: Runs of others in progress; with too_fast the runs that this visitor started.
    """

    state: str = ""
    done: int = 0
    total: int = 0
    seconds: float | None = None
    error: str = ""
    others: int = 0


def progress_words(progress: Progress, language: Language) -> str:
    """Return how far a run is, in words; "" when there is nothing to say."""
    t = texts(language)
    if progress.state == "running":
        said = t("run.busy", done=progress.done, total=progress.total)
        if progress.seconds is not None and progress.seconds >= 10.0:
            said += " " + t("run.left", seconds=nf.number(round(progress.seconds, -1), language))
        if progress.others:
            key = "run.others.one" if progress.others == 1 else "run.others.other"
            said += " " + t(key, count=progress.others)
        return said
    if progress.state == "stopped":
        return t("run.stopped", done=progress.done, total=progress.total)
    if progress.state == "failed":
        return t("run.failed", code=progress.error, done=progress.done, total=progress.total)
    if progress.state == "busy":
        seconds = nf.number(round(progress.seconds or 0.0, -1) or 10, language)
        return t("run.refused", count=progress.others, seconds=seconds)
    if progress.state == "too_fast":
        seconds = nf.number(max(10, round(progress.seconds or 0.0, -1)), language)
        return t("run.too_fast", count=progress.others, seconds=seconds)
    return ""


def progress_tone(state: str) -> str:
    """Return how what is said of a run or side job looks: failed, attention, or as usual."""
    if state == "failed":
        return "failed"
    return "attention" if state in ("stopped", "busy", "too_fast", "full") else ""


def quarter(done: int, total: int) -> int:
    """Return how far something is in whole quarters, percent: as often as is spoken."""
    return 25 * min(4, 4 * done // total) if total else 0


def spoken_words(progress: Progress, language: Language) -> str:
    """Return what screen readers hear of a run: every quarter of it, and how it ended."""
    if progress.state == "running":
        return texts(language)("run.quarter", percent=quarter(progress.done, progress.total))
    return progress_words(progress, language)


def changes(view: View, levers: Mapping[str, Lever], language: Language) -> list[str]:
    """Return the changed levers in words."""
    return [one["text"] for one in chips(view, levers, language)]


def chips(view: View, levers: Mapping[str, Lever], language: Language) -> list[dict[str, str]]:
    """Return the changed levers, each as words that can be clicked away."""
    return [
        {"name": name, "text": levers[name].change(value, language)}
        for name, value in view.levers.items()
        if name in levers
    ]

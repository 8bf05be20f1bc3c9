"""A side job on a page: its answer, and the bar that starts it, shows its progress and stops it."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import solara

from dashboards import side_service
from dashboards.components.parts import Strips
from dashboards.components.widgets import SideBar
from dashboards.pages.session import Session
from dashboards.side_jobs import SideJob
from dashboards.texts import texts
from dashboards.viewmodels.shown import Notice, progress_tone
from dashboards.viewmodels.side import side_words, spoken_words

#: Seconds between two looks at a job.
TICK = 0.4


@solara.component
def SideRun(
    session: Session,
    id: str,
    kind: str,
    asked: Mapping[str, Any],
    changed: Callable[[], None],
    labels: Mapping[str, str],
):
    """Start, pause and cancel; redrawn while it runs, and nothing else with it.

    Args:
        session: The visitor's.
        id: Start of the ids of the buttons.
        kind: Kind of job (``dashboards.side_work``).
        asked: What is asked.
        changed: Called when something came in, so that the page looks again.
        labels: ``start``, ``what`` (for screen readers), and ``pause`` if it can be paused.
    """
    jobs = side_service.jobs()
    tick = solara.use_reactive(0)
    refused = solara.use_reactive("")
    _ = tick.value
    job = jobs.find(kind, asked)
    key = jobs.key(kind, asked)
    active = job is not None and job.state in ("waiting", "running")
    language = session.view.value.language
    t = texts(language)

    def watch():
        if not active:
            return None
        over = threading.Event()

        def look() -> None:
            before: tuple = ()
            while not over.is_set():
                now = jobs.find(kind, asked)
                if now is None:
                    break
                seen = (now.state, now.done, now.total, now.revision, jobs.place(now))
                news = before and (now.result is not None and seen[3] != before[3])
                if seen != before:
                    tick.set(tick.value + 1)
                if (before and seen[0] != before[0]) or news:
                    changed()
                before = seen
                if now.state not in ("waiting", "running"):
                    changed()
                    return
                over.wait(TICK)
            tick.set(tick.value + 1)

        threading.Thread(target=look, daemon=True, name="watch side job").start()
        return over.set

    solara.use_effect(watch, [key, active])

    def start(*_args) -> None:
        made = jobs.request(kind, asked, session.visitor)
        refused.set(key if made is None else "")
        tick.set(tick.value + 1)
        changed()

    def stop(drop: bool) -> None:
        found = jobs.find(kind, asked)
        if found is not None:
            (jobs.drop if drop else jobs.stop)(found, session.visitor)
        tick.set(tick.value + 1)
        changed()

    state = job.state if job is not None else ""
    place = jobs.place(job) if job is not None else 0
    going_on = t("run.go_on") if job is not None and job.keeps else t("run.again")
    if not labels["what"]:  # several such bars stand on the page: each says which it is
        going_on += f": {labels['start']}"
    again = going_on if state in ("stopped", "failed") else labels["start"]
    full, told = refused.value == key, _snapshot(job)
    message = t("side.full") if full else side_words(told, place, language)
    SideBar(
        id=id,
        words={
            "start": again, "what": labels["what"], "pause": labels.get("pause", ""),
            "cancel": t("run.cancel"), "progress": t("run.progress"),
        },
        can_start=not active and state != "done",
        can_drop=bool(labels.get("pause")) and state == "stopped",
        running=active,
        done=job.done if job is not None else 0,
        total=job.total if job is not None else 0,
        message=message,
        spoken=message if full else spoken_words(told, place, language),
        tone=progress_tone("full" if full else state),
        event_start=start,
        event_pause=lambda data: stop(False),
        event_cancel=lambda data: stop(True),
    )  # fmt: skip


@solara.component
def StoredOrRun(
    session: Session,
    id: str,
    kind: str,
    asked: Mapping[str, Any],
    empty: str,
    show: Callable[[dict[str, Any]], None],
):
    """An answer that the package has, or that a side job makes.

    Without an answer it says what will be here, with the one button that makes it appear. Levers
    moved on a scenario that the package has ask for another answer, so that one is not shown.

    Args:
        session: The visitor's.
        id: Start of the ids of the buttons, and name of the page.
        kind: Kind of job, and of what is stored.
        asked: What is asked where nothing is stored.
        empty: What will be here.
        show: Draws the answer.
    """
    view = session.view.value
    t = texts(view.language)
    again = solara.use_reactive(0)
    _ = again.value
    data = None if view.levers else side_service.stored(view.scenario, kind)
    if data is None:
        job = side_service.jobs().find(kind, asked)
        data = None if job is None else job.result
        if job is None or job.state in ("stopped", "failed"):
            Strips([Notice("empty", empty)])
        SideRun(
            session, id, kind, asked, lambda: again.set(again.value + 1),
            {"start": t("run.start"), "what": t(f"page.{id}")},
        )  # fmt: skip
    if data is not None:
        show(data)


def _snapshot(job: SideJob | None) -> dict[str, Any]:
    if job is None:
        return {"state": ""}
    return {
        "state": job.state, "done": job.done, "total": job.total, "seconds": job.seconds_left,
        "error": job.error, "reason": job.reason, "keeps": job.keeps,
    }  # fmt: skip

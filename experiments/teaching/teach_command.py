"""``zorgbundel teach``: the lessons in the terminal, the notebook, and the lecturer's guide."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.number_format import LANGUAGES, Language
from experiments.output import OutputError
from experiments.progress_bar import progress_bar
from experiments.screen import console
from experiments.teaching.found import Found, as_data
from experiments.teaching.lesson import Lesson, find_lesson, lessons
from experiments.teaching.lesson_results import stored
from experiments.teaching.lesson_run import run_lesson
from experiments.teaching.lesson_words import all_words, basis, judged, sentence
from experiments.texts import texts
from model.parameters import load_registry
from scenarios.loader import ScenarioError


def teach(
    name: str | None, language: Language, answer: int | None, live: bool, workers: int | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List the lessons, or take one: story, prediction, and what the model shows.

    Args:
        name: A lesson by name, number or file; None for the list.
        language: "nl" or "en".
        answer: The prediction, counted from 1; None to be asked (or told how to give it).
        live: Run the lesson now, instead of showing the stored results.
        workers: Processes of a run.
        as_json: Print one JSON document and nothing else.
    """
    registry = load_registry()
    if name is None:
        if as_json:
            click.echo(json.dumps([_document(one) for one in lessons().values()]))
        else:
            _list(console(), language)
        return
    lesson = find_lesson(name, registry)
    if answer is not None and not 1 <= answer <= len(lesson.answers):
        raise ScenarioError(f"--answer is a number from 1 to {len(lesson.answers)}")
    out = console()
    if not as_json:
        _tell(lesson, out, language)
    if answer is None and not as_json:
        answer = _asked(lesson, out, language)
        if answer is None:
            return
    found = None if live else stored(lesson)
    if found is None:
        with progress_bar(quiet=as_json) as bar:
            task = bar.add_task(texts(language)("teach.running", number=lesson.number))
            found = run_lesson(
                lesson, registry, workers,
                lambda k, of: bar.update(task, completed=k, total=of),
            )  # fmt: skip
    if as_json:
        chosen = None if answer is None else answer - 1
        click.echo(json.dumps(_document(lesson) | _revealed(lesson, found, chosen)))
        return
    _reveal(lesson, found, answer - 1, out, language)


def precompute_lessons(workers: int | None) -> None:
    """Run all lessons and store their results in the package."""
    from dashboards.library import fingerprint
    from experiments.teaching.lesson_results import precompute

    with progress_bar(quiet=False) as bar:
        task = bar.add_task("Running the lessons", total=None)
        precompute(
            load_registry(), fingerprint(), workers,
            lambda k, of: bar.update(task, completed=k, total=of),
        )  # fmt: skip


def write_text(path: Path, text: str) -> None:
    """Write a file that appears only when complete.

    Raises:
        OutputError: There is one of that name, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path} exists already; choose another --out or remove it first.")
    work = path.with_name(f".{path.name}.new")
    try:
        work.write_text(text, encoding="utf-8")
        work.replace(path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from None


# --- the terminal


def _list(out: Console, language: Language) -> None:
    t = texts(language)
    table = Table(title=t("teach.title"), box=box.SIMPLE_HEAD, show_header=False)
    for _ in range(2):
        table.add_column()
    for lesson in lessons().values():
        table.add_row(
            str(lesson.number),
            Text.assemble(
                (getattr(lesson.title, language), "bold"), "  ", (lesson.name, "dim"), "\n",
                getattr(lesson.goal, language),
            ),
        )  # fmt: skip
    out.print(table)
    out.print(Text(t("teach.how"), style="dim"))


def _heading(out: Console, text: str) -> None:
    out.print()
    out.print(Text(text, style="bold"))


def _tell(lesson: Lesson, out: Console, language: Language) -> None:
    """Print story, question and answers."""
    t = texts(language)
    title = getattr(lesson.title, language)
    _heading(out, t("teach.lesson", number=lesson.number, title=title))
    out.print(Text(t("teach.goal", goal=getattr(lesson.goal, language)), style="dim"))
    out.print()
    out.print(Text(getattr(lesson.story, language)))
    _heading(out, getattr(lesson.question, language))
    for place, one in enumerate(lesson.answers, start=1):
        out.print(Text(f"  {place}. {getattr(one.text, language)}"))


def _somebody_types() -> bool:
    return sys.stdin.isatty()


def _asked(lesson: Lesson, out: Console, language: Language) -> int | None:
    """Return the prediction typed; None, with a hint, where nobody can type one."""
    t, count = texts(language), len(lesson.answers)
    if not _somebody_types():
        out.print()
        out.print(Text(t("teach.give", count=count), style="dim"))
        return None
    click.echo()
    return click.prompt(t("teach.ask", count=count), type=click.IntRange(1, count))


def _reveal(
    lesson: Lesson, found: list[list[Found]], chosen: int, out: Console, language: Language
) -> None:
    t = texts(language)
    words = all_words(lesson, found, language)
    _heading(out, t("teach.heading.reveal"))
    out.print(Text(judged(lesson, found, chosen, language)))
    out.print()
    out.print(Text(sentence(words[0], language)))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for place, name in enumerate(("finding", "before", "after", "change", "chance", "assumptions")):
        table.add_column(t(f"teach.column.{name}"), justify="right" if place else "left")
    for one in words:
        table.add_row(
            Text(one.says), one.before, one.after, one.change, one.chance or "-",
            one.assumptions or "-",
        )  # fmt: skip
    out.print()
    out.print(table)
    _heading(out, t("teach.heading.why"))
    out.print(Text(getattr(lesson.why, language)))
    if lesson.textbook is not None:
        _heading(out, t("teach.heading.textbook"))
        out.print(Text(getattr(lesson.textbook, language)))
    _heading(out, t("teach.heading.discuss"))
    for one in lesson.discuss:
        out.print(Text(f"- {getattr(one.question, language)}"))
    out.print()
    out.print(Text(basis(lesson, language), style="dim"))


# --- for machines


def _document(lesson: Lesson) -> dict[str, Any]:
    """Return what may be known before a prediction."""
    keys = ("number", "title", "story", "goal", "question")
    said = lesson.model_dump(mode="json", include=set(keys))
    answers = [one.text.model_dump() for one in lesson.answers]
    return {"lesson": lesson.name, **{key: said[key] for key in keys}, "answers": answers}


def _revealed(lesson: Lesson, found: list[list[Found]], chosen: int | None) -> dict[str, Any]:
    """Return what is shown after it."""
    right = lesson.right(found[0][0].mean)
    return {
        "right_answer": right + 1,
        "answer": None if chosen is None else chosen + 1,
        "findings": [
            {
                "kind": one.kind, "measure": one.measure, "split": one.split, "group": one.group,
                "baseline": one.baseline.key, "policy": one.policy.key,
                "settings": dict(one.settings), "years": years,
            }
            for one, years in zip(lesson.promises, as_data(found), strict=True)
        ],
        "sentences": {
            x: [sentence(one, x) for one in all_words(lesson, found, x)] for x in LANGUAGES
        },
        "why": lesson.why.model_dump(),
        "textbook": None if lesson.textbook is None else lesson.textbook.model_dump(),
    }  # fmt: skip

"""The lecturer's guide: plans, goals and expected answers, written from the lessons themselves.

``docs/teaching/guide.en.md`` and ``docs/teaching/handleiding.nl.md`` are made by this; a test says
when they are no longer what it makes.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml

from experiments.number_format import Language
from experiments.output import OutputError
from experiments.teaching.lesson import Lesson, lessons
from experiments.teaching.lesson_results import stored
from experiments.teaching.lesson_words import all_words, basis, sentence
from experiments.teaching.teach_command import write_text
from experiments.texts import texts

FILE = Path(__file__).with_name("guide.yaml")
TEMPLATES = Path(__file__).parent / "templates"

#: Where the guide stands in the documentation.
DOCS: Mapping[Language, str] = {"en": "guide.en.md", "nl": "handleiding.nl.md"}


@cache
def frame() -> dict[str, Any]:
    """Return the frame of the guide: introduction, plans and headings."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def guide(language: Language, form: str = "md") -> str:
    """Return the guide as Markdown or as one HTML page ready to print.

    Args:
        language: "nl" or "en".
        form: "md" or "html".
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = frame()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=form == "html", undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template(f"guide.{form}.j2").render(
        language=language,
        title=found["title"][language],
        intro=found["intro"][language],
        before=found["before"][language],
        sections=[
            (found["words"][name][language], found[name][language]) for name in ("game", "watch")
        ],
        plans=[
            {
                "title": found["words"]["plan"][language].format(minutes=plan["minutes"]),
                "rows": [
                    (row["minutes"], row[language], ", ".join(str(one) for one in row["lessons"]))
                    for row in plan["rows"]
                ],
            }
            for plan in found["plans"]
        ],
        words={key: both[language] for key, both in found["words"].items()},
        lessons=[_lesson(one, language) for one in lessons().values()],
    )


def _lesson(lesson: Lesson, language: Language) -> dict[str, Any]:
    found = stored(lesson)
    if found is None:
        raise OutputError(
            f"the stored results of lesson {lesson.number} are old; run 'zorgbundel teach"
            " --precompute'"
        )
    right = lesson.right(found[0][0].mean)
    t = texts(language)
    return {
        "heading": t("teach.lesson", number=lesson.number, title=getattr(lesson.title, language)),
        "goal": getattr(lesson.goal, language),
        "story": getattr(lesson.story, language),
        "question": getattr(lesson.question, language),
        "answers": [
            (getattr(one.text, language), place == right)
            for place, one in enumerate(lesson.answers)
        ],
        "findings": [sentence(one, language) for one in all_words(lesson, found, language)],
        "basis": basis(lesson, language),
        "why": getattr(lesson.why, language),
        "textbook": getattr(lesson.textbook, language) if lesson.textbook else "",
        "discuss": [
            (getattr(one.question, language), getattr(one.answer, language))
            for one in lesson.discuss
        ],
    }


def write_guide(out: Path | None, language: Language) -> None:
    """Write the guide to a new file: a page for print, or Markdown if its name ends in .md.

    Args:
        out: Where to; None for ``zorgbundel-guide.LANGUAGE.html`` in the present folder.
        language: "nl" or "en".
    """
    path = out or Path(f"zorgbundel-guide.{language}.html")
    forms = {".html": "html", ".htm": "html", ".md": "md"}
    if path.suffix not in forms:
        raise OutputError("--out of a guide ends in .html or .md")
    write_text(path, guide(language, forms[path.suffix]))
    click.echo(texts(language)("teach.wrote", path=path))

"""What the page Class says, as plain data: no Solara here."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.paths import PathWords, path_chart
from dashboards.result import Effect
from dashboards.teaching.store import Prediction
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.number_format import Language
from experiments.spreadsheet import safe_cell
from experiments.teaching import lesson_words
from experiments.teaching.found import Found
from experiments.teaching.lesson import Lesson, lessons


@dataclass(frozen=True)
class Row:
    """A lesson in the list.

    Attributes:
        name, number, title, goal: Of the lesson.
        state: "open", "right" or "other"; ``word`` says it.
        word: The same in words.
    """

    name: str
    number: int
    title: str
    goal: str
    state: str
    word: str


def listed(done: dict[str, Prediction], language: Language) -> list[Row]:
    """Return the lessons with what became of them."""
    t = texts(language)
    out = []
    for lesson in lessons().values():
        found = done.get(lesson.name)
        state = "open" if found is None else "right" if found.as_shown else "other"
        out.append(
            Row(
                lesson.name, lesson.number, getattr(lesson.title, language),
                getattr(lesson.goal, language), state, t(f"class.state.{state}"),
            )
        )  # fmt: skip
    return out


def following(lesson: Lesson) -> Lesson | None:
    """Return the next lesson of the course."""
    return next((one for one in lessons().values() if one.number == lesson.number + 1), None)


def _pair(ends: tuple[float, float]) -> tuple[float, float] | None:
    return None if ends[0] != ends[0] else ends


def path_figure(lesson: Lesson, found: list[list[Found]], language: Language) -> Figure | None:
    """Return the asked finding year by year; None where it has no years."""
    years = [one for one in found[0] if one.year]
    if len(years) < 2:
        return None
    t, promise = texts(language), lesson.asked
    measure = lesson_words.measure_of(promise)
    names = lesson_words.world_names(promise, language)
    effects = [
        Effect(
            str(one.year), one.baseline, one.mean, _pair(one.chance), _pair(one.assumptions),
            1000, False,
        )
        for one in years
    ]  # fmt: skip
    unit = (
        t("unit.points")
        if measure.is_share
        else measure.unit_nl
        if language == "nl"
        else measure.unit
    )
    words = PathWords(
        *names, t("class.path.levels", measure=getattr(measure, language)),
        t("class.path.difference", unit=unit), t("band.chance"), t("band.assumptions"),
    )  # fmt: skip
    rows_ = [lesson_words.finding_words(promise, one, language) for one in years]
    last = years[-1]
    return Figure(
        "lesson", getattr(promise.says, language),
        t("class.path.sentence", year=last.year, before=rows_[-1].before, after=rows_[-1].after,
          baseline=names[0], policy=names[1]),
        draw=lambda width: path_chart(
            effects, words, lambda x: shown(measure, x, language),
            lambda x: signed_change(measure, x, language), width,
        ),
        columns=(t("table.year"), *names, t("table.difference"), t("band.chance"),
                 t("band.assumptions")),
        rows=tuple(
            (str(one.year), w.before, w.after, w.change, w.chance, w.assumptions)
            for one, w in zip(years, rows_, strict=True)
        ),
        data=(
            ("year", "baseline", "policy", "difference", "chance_low", "chance_high",
             "assumptions_low", "assumptions_high"),
            *((one.year, one.baseline, one.policy, one.mean, *one.chance, *one.assumptions)
              for one in years),
        ),
    )  # fmt: skip


def findings_table(lesson: Lesson, found: list[list[Found]], language: Language) -> list[list[str]]:
    """Return all findings of a lesson as rows."""
    return [
        [one.says, f"{one.before} → {one.after}", one.change, one.chance, one.assumptions]
        for one in lesson_words.all_words(lesson, found, language)
    ]


def spread(
    lesson: Lesson, predictions: Sequence[Prediction], language: Language
) -> list[tuple[str, str]]:
    """Return how many of a group gave each answer."""
    counts = [0] * len(lesson.answers)
    for one in predictions:
        if 0 <= one.answer < len(counts):
            counts[one.answer] += 1
    return [
        (getattr(answer.text, language), nf.number(count, language))
        for answer, count in zip(lesson.answers, counts, strict=True)
    ]


def group_rows(predictions: Sequence[Prediction], language: Language) -> list[tuple[str, ...]]:
    """Return per lesson how many of a group predicted it, how many as the model shows, how sure."""
    out = []
    for lesson in lessons().values():
        own = [one for one in predictions if one.lesson == lesson.name]
        right = [one for one in own if one.as_shown]
        sure = sum(one.sure for one in own) / len(own) if own else float("nan")
        out.append(
            (f"{lesson.number}. {getattr(lesson.title, language)}", nf.number(len(own), language),
             nf.number(len(right), language),
             "-" if sure != sure else nf.percentage(sure / 100.0, language))
        )  # fmt: skip
    return out


def results_csv(predictions: Sequence[Prediction]) -> str:
    """Return the predictions of a group as CSV, for other programs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("group", "learner", "lesson", "number", "answer", "as_the_model_shows",
                     "sure_percent", "at_utc"))  # fmt: skip
    known = lessons()
    for one in predictions:
        number = known[one.lesson].number if one.lesson in known else ""
        row = (
            one.course, one.learner, one.lesson, number, one.answer + 1, int(one.as_shown),
            one.sure, one.at,
        )  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue()

"""What the page Class says, as plain data: no Solara here."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts.paths import PathWords, path_chart
from dashboards.charts.svg import Scale, Sheet, span
from dashboards.palette import BASELINE, SCENARIOS, SECONDARY, TEXT
from dashboards.result import Effect
from dashboards.teaching.store import Prediction
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure, both_widths
from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.number_format import Language
from experiments.spreadsheet import safe_cell
from experiments.teaching import lesson_words
from experiments.teaching.lesson import Lesson, lessons
from experiments.teaching.lesson_run import Found
from experiments.teaching.twin_words import SHOWN, Twins, heads, month_name, rows
from experiments.texts import texts as sentences


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
        **both_widths(
            lambda width: path_chart(
                effects, words, lambda x: shown(measure, x, language),
                lambda x: signed_change(measure, x, language), width,
            )
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


# --- twin lives

#: Panels of the chart, top to bottom; money is added up over time.
PANELS = ("sessions", "training", "burden", "paid")


def twin_figure(twins: Twins, names: tuple[str, str], language: Language) -> Figure:
    """Return two lives as a figure, with the months round the parting as its table."""
    t, s = texts(language), sentences(language)
    when = month_name(twins.first_year, max(0, twins.parting), language)
    key = "class.twins.sentence" if twins.parting >= 0 else "class.twins.sentence_same"
    wanted = {"when": when} if twins.parting >= 0 else {}
    titles = [
        s(f"twins.column.{name}") if name != "paid" else t("class.twins.money") for name in PANELS
    ]
    return Figure(
        "twins", t("class.twins.title", baseline=names[0], policy=names[1]), t(key, **wanted),
        **both_widths(lambda width: _twin_chart(twins, names, titles, when, width, language)),
        columns=tuple(heads(language)),
        rows=tuple(tuple(row) for row in rows(twins, language)),
        data=(
            ("month", *(f"{name}_{world}" for name in SHOWN for world in ("baseline", "policy"))),
            *(
                (f"{twins.first_year + k // 12}-{k % 12 + 1:02d}",
                 *(one[k] for name in SHOWN for one in twins.lives[name]))
                for k in range(len(twins.status[0]))
            ),
        ),
        note=s("twins.caption", baseline=names[0], policy=names[1]),
    )  # fmt: skip


def _twin_chart(
    twins: Twins, names: tuple[str, str], titles: list[str], when: str, width: float,
    language: Language,
) -> str:  # fmt: skip
    narrow = width < 500
    left, right, pitch = (48.0, 10.0, 118.0) if narrow else (60.0, 16.0, 118.0)
    sheet = Sheet(width, 62 + pitch * len(PANELS) + 24)
    months = len(twins.status[0])
    across = Scale(0, max(1, months - 1), left + 4, width - right - 4)
    colours = (BASELINE, SCENARIOS[0][0])
    for place, (name, colour) in enumerate(zip(names, colours, strict=True)):
        y = 14.0 + 18.0 * place
        sheet.line(0, y - 4, 22, y - 4, colour, 2.4, "6 4" if place == 0 else "")
        sheet.text(28, y, name, colour=colour, bold=True)
    for panel, (name, title) in enumerate(zip(PANELS, titles, strict=True)):
        top = 62.0 + pitch * panel
        lives = [_life(twins, name, place) for place in (0, 1)]
        up = Scale(*span([*lives[0], *lives[1]], zero=name != "burden"), top + 88.0, top + 20.0)
        sheet.text(0, top + 8, title, bold=True, size=12)
        for number in up.ticks(2):
            sheet.line(left, up(number), width - right, up(number))
            digits = 1 if name in ("training", "burden") else 0
            sheet.text(
                left - 6, up(number) + 4, nf.number(number, language, digits), "end", SECONDARY, 12
            )
        for life, colour, dash in zip(lives, colours, ("6 4", ""), strict=True):
            points = [(across(k), up(x)) for k, x in enumerate(life)]
            sheet.path(points, colour, dash=dash)
        if twins.parting >= 0:
            x = across(twins.parting)
            sheet.line(x, top + 16, x, top + 90, TEXT, 1.2, "2 3")
            if panel == 0:
                late = twins.parting > months / 2
                sheet.text(
                    x + (-6 if late else 6), top + 8, when, "end" if late else "start", TEXT, 12
                )
    bottom = 62.0 + pitch * len(PANELS) - 8
    for year in range(0, months, 12):
        sheet.text(across(year), bottom, str(twins.first_year + year // 12), "start", SECONDARY, 12)
    return sheet.done()


def _life(twins: Twins, name: str, place: int) -> list[float]:
    values = twins.lives[name][place]
    if name != "paid":
        return values
    total, out = 0.0, []
    for one in values:
        total += one
        out.append(total)
    return out

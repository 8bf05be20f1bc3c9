"""Class: learn by predicting."""

import uuid
from html import escape

import solara
import solara.lab

from dashboards import service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Button, FigureBox, Notices, Strips
from dashboards.components.widgets import AskText, Chooser, KeepFile, Predict
from dashboards.pages import watch
from dashboards.pages.session import Session
from dashboards.teaching import models, twin_charts
from dashboards.teaching.invitation import base_address, qr_code
from dashboards.teaching.store import GROUP, store
from dashboards.teaching.work import twin_lives
from dashboards.texts import texts
from dashboards.view import View, link
from dashboards.viewmodels.shown import Kind, Notice, Shown
from experiments.teaching import lesson_words
from experiments.teaching.lesson import Lesson, lessons
from experiments.teaching.lesson_results import stored
from experiments.teaching.twin_lives import QUESTIONS
from model.codes import THEORIES

PARTS = ("lessons", "watch", "twins", "lecturer")
#: Fewer others than this are not shown: one would know who they are.
LEAST_SHOWN = 3


@solara.component
def Page(session: Session):
    """A lesson, or one of the three parts of the page."""
    view = session.view.value
    lesson = lessons().get(view.lesson)
    if lesson is not None:
        OneLesson(session, lesson).key(lesson.name)
        return
    t = texts(view.language)
    part = view.part if view.part in PARTS else PARTS[0]
    Markup(f"<h1>{escape(t('class.title'))}</h1><p>{escape(t('class.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))
    with solara.v.Html(tag="nav", class_="zb-parts", attributes={"aria-label": t("class.parts")}):
        for name in PARTS:
            Link(session, t(f"class.part.{name}"), current=name == part, part=name, lesson="")
    parts = {"lessons": Lessons, "watch": watch.Page, "twins": TwinLives, "lecturer": Lecturer}
    parts[part](session).key(part)


@solara.component
def Link(session: Session, label: str, current: bool = False, **changes):
    """A link within the page Class that does not load everything anew."""
    link = solara.v.Html(
        tag="a",
        attributes={"href": session.address(page="class", **changes)}
        | ({"aria-current": "true"} if current else {}),
        class_="zb-open",
        children=[label],
    )
    solara.v.use_event(link, "click.prevent", lambda *_: session.open("class", **changes))


@solara.component
def Lessons(session: Session):
    """The lessons with what became of them."""
    view = session.view.value
    t = texts(view.language)
    rows = models.listed(store().of_learner(view.learner), view.language)
    done = sum(row.state != "open" for row in rows)
    said = [t("class.progress", done=done, all=len(rows))]
    if view.learner:
        said.append(t("class.code", code=view.learner))
    if view.course:
        said.append(t("class.in_group", group=view.course))
    Markup(f"<h2>{escape(t('class.part.lessons'))}</h2>" + html.paragraphs(said))
    with solara.v.Html(tag="ol", class_="zb-lessons"):
        for row in rows:
            with solara.v.Html(tag="li"):
                Markup(
                    f'<h3>{escape(row.title)}</h3><p class="zb-small">{escape(row.goal)}</p>'
                    f'<p class="zb-word zb-{row.state}">{escape(row.word)}</p>'
                )
                key = "class.open" if row.state == "open" else "class.again"
                Link(session, t(key, number=row.number, title=row.title), lesson=row.name)


@solara.component
def OneLesson(session: Session, lesson: Lesson):
    """Read, predict, and only then see."""
    view = session.view.value
    language = view.language
    t = texts(language)
    locked, set_locked = solara.use_state(store().of_learner(view.learner).get(lesson.name))
    found = stored(lesson)
    title = t("class.lesson", number=lesson.number, title=getattr(lesson.title, language))
    Link(session, t("class.back"), lesson="", part="lessons")
    Markup(f"<h1>{escape(title)}</h1>")
    Notices(session, Shown(Kind.LIBRARY, None))
    Markup(
        f'<p class="zb-small">{escape(t("class.goal", goal=getattr(lesson.goal, language)))}</p>'
        f"<p>{escape(getattr(lesson.story, language))}</p>"
    )
    if found is None:
        Strips([Notice("failed", t("class.no_results"))])
        return
    if locked is None:

        def lock(data: dict) -> None:
            answer, sure = data.get("answer"), data.get("sure")
            if not isinstance(answer, int) or not 0 <= answer < len(lesson.answers):
                return
            code = view.learner or store().new_code()
            right = lesson.right(found[0][0].mean) == answer
            sure = sure if isinstance(sure, int) else 50
            set_locked(store().predict(code, view.course, lesson.name, answer, sure, right))
            session.change(learner=code)
            session.announce.set(t("class.locked"))

        Predict(
            words={
                key: t(f"class.{key}") for key in ("sure", "choose", "locks", "missing", "lock")
            },
            question=getattr(lesson.question, language),
            answers=[getattr(one.text, language) for one in lesson.answers],
            event_locked=lock,
        )
        return
    words = lesson_words.all_words(lesson, found, language)
    judged = lesson_words.judged(lesson, found, locked.answer, language)
    Markup(
        f"<h2>{escape(getattr(lesson.question, language))}</h2>"
        f'<p class="zb-answer">{escape(judged)} {escape(t("class.how_sure", sure=locked.sure))}</p>'
        f"<h2>{escape(t('class.shows'))}</h2>"
        + html.paragraphs([lesson_words.sentence(words[0], language)])
    )
    figure = models.path_figure(lesson, found, language)
    if figure is not None:
        FigureBox(session, figure)
    Markup(
        html.table(
            t("class.findings"),
            (t("class.finding"), t("class.from_to"), t("table.difference"), t("band.chance"),
             t("band.assumptions")),
            models.findings_table(lesson, found, language),
        )
        + f'<p class="zb-small">{escape(lesson_words.basis(lesson, language))}</p>'
        + f"<h2>{escape(t('class.why'))}</h2><p>{escape(getattr(lesson.why, language))}</p>"
    )  # fmt: skip
    if lesson.textbook is not None:
        Markup(
            f"<h2>{escape(t('class.textbook'))}</h2>"
            f"<p>{escape(getattr(lesson.textbook, language))}</p>"
        )
    questions = [getattr(one.question, language) for one in lesson.discuss]
    Markup(f"<h2>{escape(t('class.discuss'))}</h2>" + html.items(questions))
    Others(session, lesson)
    after = models.following(lesson)
    if after is not None:
        label = t("class.next", number=after.number, title=getattr(after.title, language))
        Link(session, label, lesson=after.name)


@solara.component
def Others(session: Session, lesson: Lesson):
    """What the group predicted; not before one has predicted oneself."""
    view = session.view.value
    t = texts(view.language)
    if not view.course:
        return
    predictions = store().of_course(view.course, lesson.name)
    Markup(f"<h2>{escape(t('class.group', group=view.course))}</h2>")
    if len(predictions) < LEAST_SHOWN:
        Markup(f"<p>{escape(t('class.few'))}</p>")
        return
    Markup(
        html.table(
            t("class.spread"), (t("class.answer"), t("class.count")),
            models.spread(lesson, predictions, view.language),
        )
    )  # fmt: skip


@solara.component
def Lecturer(session: Session):
    """Make a group, see what it predicted, and save it."""
    view = session.view.value
    language = view.language
    t = texts(language)
    warning = solara.use_reactive("")
    looked = solara.use_reactive(0)
    file = solara.use_reactive({})

    def choose(data: dict) -> None:
        text = str(data.get("value", "")).strip()
        if text and not GROUP.fullmatch(text):
            warning.set(t("class.bad_group"))
            return
        warning.set("")
        session.change(course=text)

    Markup(
        f"<h2>{escape(t('class.part.lecturer'))}</h2>"
        + html.paragraphs([t("class.lecturer.text"), t("class.lecturer.private")])
    )
    AskText(
        id="zb-group", label=t("class.group_name"), value=view.course, button=t("class.group_set"),
        warning=warning.value, event_given=choose,
    )  # fmt: skip
    if view.course:
        base = base_address(solara.lab.headers.value)
        if base:
            address = base + link(View(page="class", language=language, course=view.course))
            picture = qr_code(address, t("class.share.picture", group=view.course))
            Markup(
                f"<p>{escape(t('class.share'))}</p>"
                f'<div class="zb-invite">{picture}<div><code>{escape(address)}</code></div></div>'
            )
        else:
            Strips([Notice("problem", t("class.share.only_here"))])
        Markup(
            html.table(
                t("class.group", group=view.course),
                (t("class.part.lessons"), t("class.predicted"), t("class.as_shown"),
                 t("class.mean_sure")),
                models.group_rows(store().of_course(view.course), language),
            )
        )  # fmt: skip

        def save(_data: dict) -> None:
            text = models.results_csv(store().of_course(view.course))
            name = f"zorgbundel_{view.course}.csv"
            file.set({"text": text, "name": name, "type": "text/csv", "id": uuid.uuid4().hex})

        with solara.v.Html(tag="div", class_="zb-run-row"):
            KeepFile(
                words={"keep": t("class.save"), "look": "zb-secondary"}, file=file.value,
                event_ask=save,
            )  # fmt: skip
            Button(t("class.look_again"), lambda: looked.set(looked.value + 1))
    Markup(f"<h3>{escape(t('class.game'))}</h3><p>{escape(t('class.game.text'))}</p>")
    door = solara.v.Html(
        tag="a", attributes={"href": session.address(page="room")}, class_="zb-open",
        children=[t("class.game.open")],
    )  # fmt: skip
    solara.v.use_event(door, "click.prevent", lambda *_: session.open("room"))
    Markup(
        f"<h3>{escape(t('class.guide'))}</h3><p>{escape(t('class.guide.text'))}</p>"
        f"<code>zorgbundel teach --guide --lang {language} --out guide.html\n"
        f"zorgbundel teach --notebook --lang {language} --out course.ipynb</code>"
    )


@solara.component
def TwinLives(session: Session):
    """The same patient in two worlds."""
    view = session.view.value
    language = view.language
    t = texts(language)
    chosen = solara.use_reactive(
        {
            "question": QUESTIONS[1], "baseline": service.BASELINE, "policy": view.scenario,
            "theory": "", "seed": "1",
        }
    )  # fmt: skip
    asked = solara.use_reactive({})
    Markup(f"<h2>{escape(t('class.part.twins'))}</h2>" + html.paragraphs([t("class.twins.text")]))
    names = service.choices().scenarios

    def take(key: str, allowed, data: dict) -> None:
        value = str(data.get("value", ""))
        if value in allowed:
            chosen.set({**chosen.value, key: value})

    options = {
        "question": [(one, t(f"class.twins.ask.{one}")) for one in QUESTIONS],
        "baseline": [(one, service.label(one, language)) for one in names],
        "policy": [(one, service.label(one, language)) for one in names],
        "theory": [("", t("class.twins.usual"))]
        + [(one, t(f"class.theory.{one}")) for one in THEORIES if one != "default"],
        "seed": [(str(k), str(k)) for k in range(1, 11)],
    }
    with solara.Div(classes=["zb-cards"]):
        for key, pairs in options.items():
            Chooser(
                id=f"twins-{key}",
                label=t(f"class.twins.{key}"),
                value=chosen.value[key],
                options=[{"value": value, "label": label} for value, label in pairs],
                event_chosen=lambda data, key=key, pairs=pairs: take(
                    key, [value for value, _ in pairs], data
                ),
            )

    def run() -> None:
        what = chosen.value
        asked.set({"what": what, "state": "busy"})
        future = service.engine().once(
            twin_lives, what["baseline"], what["policy"], what["question"], int(what["seed"]),
            what["theory"],
        )  # fmt: skip

        def hear(done) -> None:
            failed = done.cancelled() or done.exception() is not None
            found = None if failed else done.result()
            if asked.value.get("what") == what:
                asked.set({"what": what, "state": "failed" if failed else "done", "found": found})
                session.announce.set(t("class.twins.failed" if failed else "class.twins.done"))

        future.add_done_callback(hear)

    if chosen.value["baseline"] == chosen.value["policy"]:
        Strips([Notice("problem", t("class.twins.alike"))])
        return
    with solara.v.Html(tag="div", class_="zb-run-row"):
        Button(t("class.twins.show"), run)
    state = asked.value.get("state")
    if state is None or asked.value["what"] != chosen.value:
        return
    if state != "done":
        key = "busy" if state == "busy" else "failed"
        Strips([Notice(key, t(f"class.twins.{key}"))])
        return
    twins = asked.value["found"]
    Markup(html.paragraphs(twins.sentences[language]))
    if twins.found:
        labels = tuple(service.label(name, language) for name in twins.names)
        FigureBox(session, twin_charts.twin_figure(twins, labels, language))
        if twins.practice >= 0:
            FigureBox(session, twin_charts.practice_figure(twins, labels, language))
    what = chosen.value
    theory = f" --theory {what['theory']}" if what["theory"] else ""
    Markup(
        f"<h3>{escape(t('command.title'))}</h3><code>zorgbundel twins "
        f"{escape(what['baseline'])} {escape(what['policy'])} --ask {escape(what['question'])}"
        f" --seed {escape(what['seed'])} --share 0.02{escape(theory)}</code>"
    )

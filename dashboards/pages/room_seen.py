"""Room, what everybody in it sees: contracts, the board, the debrief."""

from html import escape

import solara

from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Button, Strips
from dashboards.game import shown
from dashboards.game.play import play
from dashboards.game.rooms import RIVERS, Room, rooms
from dashboards.game.rounds import OTHER_ASSUMPTIONS, OTHER_LUCK
from dashboards.game.scores import SHAPE, board, budget
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.shown import Notice


@solara.component
def Contracts(session: Session, looked: int, room: Room, number: int):
    """What each role chose, and the contracts it made."""
    language = session.view.value.language
    t = texts(language)
    chosen = [rooms().choices(room.code, number, team) for team in range(room.teams)]
    key = "game.contracts" if number == room.last else "game.contracts.now"
    Markup(
        f"<h2>{escape(t(key, number=number))}</h2>"
        + html.table(
            t(key, number=number), (t("game.role"), *RIVERS[: room.teams]),
            shown.all_choices(number, chosen, language), hidden=True,
        )
        + "".join(
            f"<details><summary>{escape(t('game.table'))} {escape(RIVERS[team])}</summary>"
            f"{html.items(words)}</details>"
            for team in range(room.teams)
            if (words := play().words(room, number, team, language))
        )
    )  # fmt: skip


@solara.component
def Results(session: Session, looked: int, room: Room, found):
    """The board of the round closed last."""
    language = session.view.value.language
    t = texts(language)
    Markup(f"<h2>{escape(t('game.board', number=room.last))}</h2>")
    if found is None:
        if play().state(room, f"round {room.last}") == "failed":
            Strips([Notice("failed", t("game.failed"))])
            with solara.v.Html(tag="div", class_="zb-run-row"):
                Button(t("game.again"), lambda: play().run_round(room, again=True))
        else:
            Strips([Notice("busy", t("game.running"))])
        return
    one = board(found, language)
    rows = [(RIVERS[team], budget(found, team, language)) for team in range(room.teams)]
    Markup(
        f"<p>{escape(t('game.board.text', shape=SHAPE))}</p>"
        + html.table(t("game.board", number=room.last), one.columns, one.rows)
        + html.items(one.leaders)
        + html.table(t("game.budget"), (t("game.table"), t("game.spending")), rows)
    )


@solara.component
def Debrief(session: Session, looked: int, room: Room, found, host: bool):
    """What was decision and what was chance."""
    language = session.view.value.language
    t = texts(language)
    if found is None:
        return
    one = play().debrief(room, room.last, language)
    state = play().state(room, f"debrief {room.last} told")
    if one is None and not host and not state:
        return
    Markup(f"<h2>{escape(t('game.debrief'))}</h2>")
    if one is None:
        if state == "running":
            Strips([Notice("busy", t("game.debrief.running"))])
            return
        if state == "failed":
            Strips([Notice("failed", t("game.failed"))])
        label = t("game.debrief.run", number=room.last)
        if host:
            with solara.v.Html(tag="div", class_="zb-run-row"):
                Button(label, lambda: play().run_debrief(room, again=True))
        return
    Markup(
        f"<p>{escape(t('game.debrief.text', worlds=OTHER_LUCK, sets=OTHER_ASSUMPTIONS))}</p>"
        + html.items(one.sentences)
        + f"<details><summary>{escape(t('game.debrief.numbers'))}</summary>"
        + html.table(t("game.debrief.numbers"), one.columns, one.rows, hidden=True)
        + "</details>"
    )

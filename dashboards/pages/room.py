"""Room: the class game, for the facilitator, for players and for the screen in the class."""

import threading
from html import escape

import solara
import solara.lab

from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Button, Strips, Warned
from dashboards.components.widgets import AskText, Chooser, GameForm, Ticket
from dashboards.game import shown
from dashboards.game.play import play
from dashboards.game.questions import POINTS, ROLES
from dashboards.game.rooms import (
    MOST_TEAMS,
    OPEN,
    RIVERS,
    RefusedError,
    Room,
    Seat,
    rooms,
)
from dashboards.pages.room_host import Host, Housekeeping
from dashboards.pages.room_seen import Contracts, Debrief, Results
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.shown import Notice

#: Seconds between two looks at whether others changed the room.
LOOK = 0.4


@solara.component
def Page(session: Session):
    """The door, or a room."""
    view = session.view.value
    t = texts(view.language)
    if view.room:
        try:
            room = rooms().room(view.room)
        except RefusedError as error:
            Markup(f"<h1>{escape(t('game.title'))}</h1>")
            Strips([Notice("problem", shown.refusal(error, view.language))])
            Door(session)
            return
        InRoom(session, room.code).key(f"{room.code} {view.ticket}")
        return
    Markup(f"<h1>{escape(t('game.title'))}</h1><p>{escape(t('game.text'))}</p>")
    Door(session)


@solara.component
def Door(session: Session):
    """Type a code, or open a room."""
    view = session.view.value
    t = texts(view.language)
    warning = solara.use_reactive("")
    teams = solara.use_reactive("4")

    def enter(data: dict) -> None:
        try:
            code = rooms().room(str(data.get("value", ""))).code
        except RefusedError as error:
            warning.set(shown.refusal(error, session.view.value.language))
            return
        warning.set("")
        session.change(room=code, ticket="")

    def open_room() -> None:
        room, host = rooms().open_room(int(teams.value))
        session.change(room=room.code, ticket=host)

    Markup(f"<h2>{escape(t('game.join'))}</h2>")
    AskText(
        id="zb-room", label=t("game.code"), value="", button=t("game.go"), warning=warning.value,
        event_given=enter,
    )  # fmt: skip
    Markup(f"<h2>{escape(t('game.host'))}</h2><p>{escape(t('game.host.text'))}</p>")
    counts = [str(k) for k in range(1, MOST_TEAMS + 1)]
    Chooser(
        id="zb-teams", label=t("game.teams"), value=teams.value,
        options=[{"value": one, "label": one} for one in counts],
        event_chosen=lambda data: teams.set(data["value"]) if data.get("value") in counts else None,
    )  # fmt: skip
    with solara.v.Html(tag="div", class_="zb-run-row"):
        Button(t("game.host.open"), open_room)


@solara.component
def InRoom(session: Session, code: str):
    """A room, looked at again whenever anybody changes it."""
    changes = solara.use_reactive(0)
    solara.use_effect(lambda: _watch(code, changes), [code])
    language = session.view.value.language
    try:
        room = rooms().room(code)
    except RefusedError:  # the lecturer removed it while this page was open
        t = texts(language)
        Markup(f"<h1>{escape(t('game.title'))}</h1>")
        Strips([Notice("problem", t("game.removed", code=code))])
        Door(session)
        return
    Inside(session, changes.value, room)  # parts are drawn anew when what they are given differs


@solara.component
def Inside(session: Session, looked: int, room: Room):
    """What stands in a room, for whoever looks."""
    view, code = session.view.value, room.code
    t = texts(view.language)
    found = play().round(room, room.last) if room.last else None

    def run() -> None:
        if room.last:
            play().run_round(room)

    solara.use_effect(run, [room.last])
    said = t(shown.phase_key(room), number=room.round) if room.round else t("game.phase.lobby")
    solara.use_effect(lambda: session.announce.set(said), [said])

    Markup(f"<h1>{escape(t('game.room', code=code))}</h1>")
    host = rooms().is_host(view.ticket, code)
    Ticket(
        room=code, ticket=view.ticket if host or _seat(view.ticket, code) else "",
        label=t("game.resume"),
        event_resume=lambda data: session.change(ticket=shown.ticket(data.get("ticket"))),
    )  # fmt: skip
    Markup(f'<p class="zb-answer">{escape(said)}</p>')
    if host:
        Host(session, looked, room)
    else:
        Player(session, looked, room)
    if room.last:
        Results(session, looked, room, found)
        Debrief(session, looked, room, found, host)
        if not host or room.phase != OPEN:  # the facilitator sees those being made
            Contracts(session, looked, room, room.last)
    if host:
        Housekeeping(session, looked, room)
    Markup(f'<p class="zb-small">{escape(t("game.caveat"))}</p>')


def _watch(code: str, changes: solara.Reactive[int]):
    """Look whether others changed the room, until the page is left."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            now = rooms().changes(code)
            if now != changes.value:
                changes.set(now)

    threading.Thread(target=look, daemon=True, name="room").start()
    return over.set


def _seat(ticket: str, code: str) -> Seat | None:
    try:
        seat = rooms().seat(ticket)
    except RefusedError:
        return None
    return seat if seat.code == code else None


# --- a player


@solara.component
def Player(session: Session, looked: int, room: Room):
    """A seat with its form, or the seats to choose from."""
    view = session.view.value
    t = texts(view.language)
    seat = _seat(view.ticket, room.code)
    if seat is not None:
        Seated(session, looked, room, seat)
        return
    if view.ticket:
        Strips([Notice("problem", t("game.refused.no_ticket"))])
    Seats(session, looked, room)


@solara.component
def Seats(session: Session, looked: int, room: Room):
    """Free seats as buttons, taken ones as words."""
    view = session.view.value
    t = texts(view.language)
    warning = solara.use_reactive("")
    taken = rooms().taken(room.code)

    def join(team: int, role: str) -> None:
        try:
            session.change(ticket=rooms().join(room.code, team, role))
        except RefusedError as error:
            warning.set(shown.refusal(error, session.view.value.language))

    if len(taken) >= room.teams * len(ROLES):
        Strips([Notice("problem", t("game.refused.full", code=room.code))])
        return
    Markup(f"<h2>{escape(t('game.seats'))}</h2><p>{escape(t('game.seats.text'))}</p>")
    Warned(warning.value)
    for team in range(room.teams):
        Markup(f"<h3>{escape(t('game.table'))} {escape(RIVERS[team])}</h3>")
        with solara.v.Html(tag="div", class_="zb-run-row"):
            for role in ROLES:
                name = t(f"game.role.{role}")
                if (team, role) in taken:
                    Markup(f"<span>{escape(name)}: {escape(t('game.seat.taken'))}</span>")
                else:
                    Button(
                        t("game.seat", role=name, team=RIVERS[team]),
                        lambda team=team, role=role: join(team, role),
                    )


@solara.component
def Seated(session: Session, looked: int, room: Room, seat: Seat):
    """What a role decides now."""
    view = session.view.value
    language = view.language
    t = texts(language)
    warned = solara.use_reactive((0, ""))
    warning = warned.value[1] if warned.value[0] == room.round else ""
    name = t(f"game.role.{seat.role}")
    Markup(
        f"<h2>{escape(t('game.you', role=name, team=RIVERS[seat.team]))}</h2>"
        + html.paragraphs([t(f"game.goal.{seat.role}"), t("game.bookmark")])
    )
    own = rooms().choices(room.code, room.round, seat.team)
    if room.phase != OPEN:
        if warning:
            Strips([Notice("problem", warning)])
        if room.round:
            rows = shown.own_choices(seat.role, room.round, own, language)
            undecided = (seat.team, seat.role) not in rooms().decided(room.code, room.round)
            if undecided and not warning:
                Strips([Notice("problem", t("game.not_in_time", number=room.round))])
            Markup(html.table(t("game.own"), (t("game.role"), name), rows))
            key = "game.over" if room.over else "game.waiting"
            Markup(f"<p>{escape(t(key))}</p>")
        return
    number = room.round
    done = (seat.team, seat.role) in rooms().decided(room.code, number)

    def decide(data: dict) -> None:
        given = data.get("choices")
        try:
            rooms().decide(view.ticket, number, given if isinstance(given, dict) else {})
        except RefusedError as error:
            warned.set((number, shown.refusal(error, session.view.value.language)))
            return
        warned.set((0, ""))
        session.announce.set(t("game.sent", number=number))

    Markup(
        f"<h2>{escape(t('game.decide', number=number))}</h2>"
        f"<p>{escape(t('game.decide.text', points=POINTS))}</p>"
    )
    if done:
        Strips([Notice("done", t("game.sent", number=number))])
    GameForm(
        words={
            "spent": t("game.spent", points=POINTS), "missing": t("game.missing"),
            "send": t("game.send"),
        },
        questions=shown.form(seat.role, number, language),
        start=shown.start(seat.role, number, own, done),
        points=POINTS, warning=warning, event_decided=decide,
    ).key(f"{number}")  # fmt: skip

"""Room: the class game, for the facilitator, for players and for the screen in the class."""

import threading
from html import escape

import solara
import solara.lab

from dashboards.components import html
from dashboards.components.parts import Button, Markup, Strips
from dashboards.components.widgets import AskText, Chooser, GameForm, Ticket
from dashboards.game import shown
from dashboards.game.debrief import debrief
from dashboards.game.play import play
from dashboards.game.questions import POINTS, ROLES
from dashboards.game.rooms import MOST_TEAMS, OPEN, RIVERS, RefusedError, Room, Seat, rooms
from dashboards.game.rounds import OTHER_ASSUMPTIONS, OTHER_LUCK
from dashboards.game.scores import SHAPE, board, budget
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
    view = session.view.value
    t = texts(view.language)
    changes = solara.use_reactive(0)
    solara.use_effect(lambda: _watch(code, changes), [code])
    looked = changes.value  # parts are drawn anew when what they are given differs
    room = rooms().room(code)
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
        Contracts(session, looked, room, room.last)
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
    if warning.value:
        Markup(f'<p class="zb-warning" role="alert">{escape(warning.value)}</p>')
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
            Markup(html.table(t("game.own"), (t("game.role"), name), rows))
            Markup(f"<p>{escape(t('game.waiting'))}</p>")
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


# --- the facilitator


@solara.component
def Host(session: Session, looked: int, room: Room):
    """Open and close rounds, and see who has decided what."""
    view = session.view.value
    language = view.language
    t = texts(language)
    warning = solara.use_reactive("")

    def act(work) -> None:
        try:
            work(view.ticket)
            warning.set("")
        except RefusedError as error:
            warning.set(shown.refusal(error, session.view.value.language))

    solara.use_effect(play().warm_up, [])
    host = next(iter((solara.lab.headers.value or {}).get("host", [""])), "")
    public = session.address(page="room", ticket="")
    Markup(f"<h2>{escape(t('game.host.title'))}</h2>")
    seated, decided = rooms().taken(room.code), rooms().decided(room.code, room.round)
    if room.phase == OPEN:
        missing = len(seated - decided)
        Markup(f"<p>{escape(t('game.undecided', count=missing))}</p>")
    if warning.value:
        Markup(f'<p class="zb-warning" role="alert">{escape(warning.value)}</p>')
    with solara.v.Html(tag="div", class_="zb-run-row"):
        if room.phase == OPEN:
            label = t("game.close_round", number=room.round)
            Button(label, lambda: act(rooms().close_round), "zb-primary")
        elif not room.over:
            label = t("game.open_round", number=room.round + 1)
            Button(label, lambda: act(rooms().open_round), "zb-primary")
    Markup(
        html.table(
            t("game.overview"), (t("game.table"), *(t(f"game.role.{role}") for role in ROLES)),
            shown.overview(room, seated, decided, language),
        )
        + f"<p>{escape(t('game.host.alone'))}</p>"
        f"<code>{escape(f'http://{host}' if host else '')}{escape(public)}</code>"
    )  # fmt: skip
    if room.phase == OPEN:
        Contracts(session, looked, room, room.round)
    if seated:
        Markup(f"<h2>{escape(t('game.free.title'))}</h2>")
        with solara.v.Html(tag="div", class_="zb-run-row"):
            for team, role in sorted(seated):
                name = t(f"game.role.{role}")
                Button(
                    t("game.free", role=name, team=RIVERS[team]),
                    lambda team=team, role=role: act(lambda key: rooms().free(key, team, role)),
                )


# --- what everybody sees


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
    worlds = play().debrief(room, room.last)
    state = play().state(room, f"debrief {room.last}")
    if worlds is None and not host and not state:
        return
    Markup(f"<h2>{escape(t('game.debrief'))}</h2>")
    if worlds is None:
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
    one = debrief(found, worlds["luck"], worlds["assumptions"], language)
    Markup(
        f"<p>{escape(t('game.debrief.text', worlds=OTHER_LUCK, sets=OTHER_ASSUMPTIONS))}</p>"
        + html.items(one.sentences)
        + f"<details><summary>{escape(t('game.debrief.numbers'))}</summary>"
        + html.table(t("game.debrief.numbers"), one.columns, one.rows, hidden=True)
        + "</details>"
    )

"""Room, the screen of the facilitator: rounds, who sits where, the invitation, the end."""

from html import escape

import solara
import solara.lab

from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Button, Strips, Warned
from dashboards.game import shown
from dashboards.game.play import play
from dashboards.game.questions import ROLES
from dashboards.game.rooms import KEPT_DAYS, OPEN, RIVERS, RefusedError, Room, rooms
from dashboards.pages.room_seen import Contracts
from dashboards.pages.session import Session
from dashboards.teaching.invitation import base_address, qr_code
from dashboards.texts import texts
from dashboards.view import View, link
from dashboards.viewmodels.shown import Notice


def _act(session: Session, warning: solara.Reactive[str], work) -> None:
    """Do something with the facilitator's ticket; a refusal is said."""
    try:
        work(session.view.value.ticket)
        warning.set("")
    except RefusedError as error:
        warning.set(shown.refusal(error, session.view.value.language))


@solara.component
def Host(session: Session, looked: int, room: Room):
    """Open and close rounds, and see who has decided what; before the first, invite."""
    language = session.view.value.language
    t = texts(language)
    warning = solara.use_reactive("")
    solara.use_effect(play().warm_up, [])
    Markup(f"<h2>{escape(t('game.host.title'))}</h2>")
    seated, decided = rooms().taken(room.code), rooms().decided(room.code, room.round)
    if room.phase == OPEN:
        missing = len(seated - decided)
        Markup(f"<p>{escape(t('game.undecided', count=missing))}</p>")
    Warned(warning.value)
    with solara.v.Html(tag="div", class_="zb-run-row"):
        if room.phase == OPEN:
            label = t("game.close_round", number=room.round)
            Button(label, lambda: _act(session, warning, rooms().close_round), "zb-primary")
        elif not room.over:
            label = t("game.open_round", number=room.round + 1)
            Button(label, lambda: _act(session, warning, rooms().open_round), "zb-primary")
    if not room.round:
        Invitation(session, room)
    Markup(
        html.table(
            t("game.overview"), (t("game.table"), *(t(f"game.role.{role}") for role in ROLES)),
            shown.overview(room, seated, decided, language),
        )
    )  # fmt: skip
    if room.phase == OPEN:
        Contracts(session, looked, room, room.round)


@solara.component
def Housekeeping(session: Session, looked: int, room: Room):
    """What a facilitator needs now and then, below what everybody looks at."""
    t = texts(session.view.value.language)
    warning = solara.use_reactive("")
    freeing = solara.use_reactive(False)
    if room.round:
        Invitation(session, room)
    seated = rooms().taken(room.code)
    if seated:
        Markup(f"<h2>{escape(t('game.free.title'))}</h2>")
        Warned(warning.value)
        with solara.v.Html(tag="div", class_="zb-run-row"):
            if not freeing.value:
                Button(t("game.free.choose"), lambda: freeing.set(True))
            else:
                for team, role in sorted(seated, key=lambda seat: (seat[0], ROLES.index(seat[1]))):
                    Button(
                        t("game.free", role=t(f"game.role.{role}"), team=RIVERS[team]),
                        lambda team=team, role=role: _act(
                            session, warning, lambda key: rooms().free(key, team, role)
                        ),
                    )
                Button(t("game.free.done"), lambda: freeing.set(False))
    Remove(session)


@solara.component
def Invitation(session: Session, room: Room):
    """The link for players, without a key, and its QR code."""
    language = session.view.value.language
    t = texts(language)
    base = base_address(solara.lab.headers.value)
    path = link(View(page="room", language=language, room=room.code))
    said = [t("game.invite.text", code=room.code)]
    Markup(f"<h2>{escape(t('game.invite'))}</h2>" + html.paragraphs(said))
    if not base:
        Strips([Notice("problem", t("game.invite.only_here"))])
        return
    Markup(
        f'<div class="zb-invite">{qr_code(base + path, t("game.invite.picture", code=room.code))}'
        f'<div><p class="zb-room-code">{escape(room.code)}</p>'
        f"<code>{escape(base + path)}</code></div></div>"
        f"<p>{escape(t('game.host.alone'))}</p>"
    )


@solara.component
def Remove(session: Session):
    """Remove the room, after a second click."""
    t = texts(session.view.value.language)
    sure = solara.use_reactive(False)
    warning = solara.use_reactive("")
    Markup(
        f"<h2>{escape(t('game.remove.title'))}</h2>"
        f"<p>{escape(t('game.remove.text', days=KEPT_DAYS))}</p>"
    )
    Warned(warning.value)
    with solara.v.Html(tag="div", class_="zb-run-row"):
        if not sure.value:
            Button(t("game.remove"), lambda: sure.set(True))
        else:
            Button(t("game.remove.sure"), lambda: _act(session, warning, rooms().remove))
            Button(t("game.remove.not"), lambda: sure.set(False))

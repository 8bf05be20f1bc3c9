"""Room, the screen of the facilitator: rounds, who sits where, the invitation, the end."""

from html import escape

import solara
import solara.lab

from dashboards.components import html
from dashboards.components.parts import Button, Markup, Strips
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
            t("game.overview"),
            (t("game.table"), *(t(f"game.role.{role}") for role in ROLES)),
            shown.overview(room, seated, decided, language),
        )
    )
    Invitation(session, room)
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
    Remove(session, act)


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
def Remove(session: Session, act):
    """Remove the room, after a second click."""
    t = texts(session.view.value.language)
    sure = solara.use_reactive(False)
    Markup(
        f"<h2>{escape(t('game.remove.title'))}</h2>"
        f"<p>{escape(t('game.remove.text', days=KEPT_DAYS))}</p>"
    )
    with solara.v.Html(tag="div", class_="zb-run-row"):
        if not sure.value:
            Button(t("game.remove"), lambda: sure.set(True))
        else:
            Button(t("game.remove.sure"), lambda: act(rooms().remove))
            Button(t("game.remove.not"), lambda: sure.set(False))

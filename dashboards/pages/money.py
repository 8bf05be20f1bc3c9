"""Money: where does it go, how do practices fare, and what happens to one of them?"""

from html import escape
from typing import Any

import solara

from dashboards import service, side_service
from dashboards.components.elements import Markup
from dashboards.components.parts import Elsewhere, FigureBox, Notices, Strips
from dashboards.components.side import StoredOrRun
from dashboards.components.widgets import Chooser
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels import money as model
from dashboards.viewmodels.shown import Kind, Notice, Shown


@solara.component
def Page(session: Session):
    """Flows in both worlds, practices in twenty groups, one practice followed."""
    view = session.view.value
    language = view.language
    t = texts(language)
    title = t("money.title", scenario=service.label(view.scenario, language))
    Markup(f"<h1>{escape(title)}</h1><p>{escape(t('money.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))
    if view.scenario == service.BASELINE:
        Strips([Notice("empty", t("state.empty"))])
        Elsewhere(session)
        return
    StoredOrRun(
        session, "money", "follow", side_service.follow_ask(view), t("money.empty"),
        lambda data: Flows(session, data),
    )  # fmt: skip


@solara.component
def Flows(session: Session, data: dict[str, Any]):
    """What a pair of worlds says about money (``dashboards.follow``)."""
    view = session.view.value
    language = view.language
    t = texts(language)
    labels = (service.label(service.BASELINE, language), service.label(view.scenario, language))
    made = t("money.made", share=f"{100 * data['asked']['share']:g}", first=data["years"][0],
             last=data["years"][-1])  # fmt: skip
    Markup(f"<h2>{escape(t('money.flows'))}</h2><p>{escape(made)}</p>")
    for which, label in zip(("scenario", "baseline"), reversed(labels), strict=True):
        FigureBox(session, model.flow_figure(data, which, label, language))
    if data["practices"]["groups"]:
        Practices(session, data, labels)
    told = t("money.command", first=data["years"][0])
    codes = "".join(
        f'<div class="zb-field"><span>{escape(label)}</span><code>{escape(one)}</code></div>'
        for label, one in zip(reversed(labels), model.commands(data, service.BASELINE), strict=True)
    )
    Markup(f"<h2>{escape(t('command.title'))}</h2><p>{escape(told)}</p>{codes}")


@solara.component
def Practices(session: Session, data: dict[str, Any], labels: tuple[str, str]):
    """How practices fare, and one of them followed."""
    view = session.view.value
    language = view.language
    t, groups = texts(language), data["practices"]["groups"]
    chosen = min(view.practice, len(groups))
    Markup(f"<h2>{escape(t('practices.heading'))}</h2><p>{escape(t('practices.text'))}</p>")
    FigureBox(session, model.practices_figure(data, chosen, language))
    Markup(f"<h2>{escape(t('practice.heading'))}</h2>")
    Chooser(
        id="practice",
        label=t("practice.choose"),
        value=str(chosen),
        options=[
            {"value": str(k + 1), "label": t("practice.option", group=k + 1, of=len(groups))}
            for k in range(len(groups))
        ],
        event_chosen=lambda found: (
            session.change(practice=int(found["value"]))
            if str(found.get("value")) in {str(k + 1) for k in range(len(groups))}
            else None
        ),
    )
    FigureBox(session, model.practice_figure(data, chosen, labels, language))

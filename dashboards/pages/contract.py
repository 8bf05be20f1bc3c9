"""Contract: what does this contract reward? Known before anything is simulated."""

import logging
from html import escape

import solara

from dashboards import service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import FigureBox, Notices, Strips
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels import contract as model
from dashboards.viewmodels.shown import Kind, Notice, Shown
from experiments.source_words import page_source

log = logging.getLogger("zorgbundel.dashboard")


@solara.component
def Page(session: Session):
    """Clauses, what they reward, and the chance of a loss."""
    view = session.view.value
    language = view.language
    t = texts(language)
    said, stored = service.about(view.scenario), service.contract(view.scenario)
    asked, dropped = solara.use_reactive({}), solara.use_reactive(0)
    key = (view.scenario, tuple(sorted(view.levers.items())))

    def explain():
        if not view.levers or stored is None:
            return
        future = service.engine().explain(view.scenario, view.levers)

        def hear(told) -> None:
            if told.cancelled():  # too many waited: once more for who still looks at this place
                dropped.set(dropped.value + 1)
                return
            error = told.exception()
            # No price, or levers that exclude each other: nothing to explain, and no failure.
            failed = error is not None and not isinstance(error, ValueError | ZeroDivisionError)
            if failed:
                log.error("a contract could not be explained", exc_info=error)
            found = None if error is not None else told.result()
            asked.set({"key": key, "found": found, "failed": failed})

        future.add_done_callback(hear)

    solara.use_effect(explain, [key, dropped.value])
    found, waiting, failed = stored, False, False
    if view.levers and stored is not None:
        fits = asked.value.get("key") == key
        found, waiting = (asked.value["found"], False) if fits else (None, True)
        failed = fits and asked.value["failed"]
    Markup(
        f"<h1>{escape(t('contract.title', scenario=service.label(view.scenario, language)))}</h1>"
    )
    Notices(session, Shown(Kind.LIBRARY, None))
    if said is None:
        Strips([Notice("failed", t("state.missing"))])
        return
    Markup(html.paragraphs([said["story"][language], t("contract.text")]))
    if waiting:
        Strips([Notice("busy", t("contract.waiting"))])
        return
    if failed:
        Strips([Notice("failed", t("contract.failed"))])
        return
    if found is None:
        Strips([Notice("empty", t("contract.nothing"))])
        return
    Markup(
        f"<h2>{escape(t('contract.clauses'))}</h2>"
        + html.items([*found["contract"][language], *found["facts"][language]])
        + f"<h2>{escape(t('contract.rewards'))}</h2>"
        + html.paragraphs(found["dangers"][language])
    )
    FigureBox(session, model.marginal_figure(found, ("session", "group"), language))
    FigureBox(session, model.marginal_figure(found, ("heavier", "severe"), language))
    if model.pays_for_outcomes(found):
        FigureBox(session, model.marginal_figure(found, ("burden", "admission"), language))
    else:
        Markup(html.paragraphs([t("margin.nothing")]))
    Markup(
        f"<h2>{escape(t('loss.title'))}</h2>"
        + html.table(
            t("loss.caption"), (t("loss.size"), t("loss.chance")), model.losses(found, language)
        )
        + html.paragraphs(found["basis"][language], "zb-small")
        + f'<p class="zb-small">{escape(t("table.source"))}: '
        + html.source_text(page_source(said["source"], language))
        + "</p>"
        + f"<h2>{escape(t('command.title'))}</h2><code>{escape(_command(view))}</code>"
    )


def _command(view) -> str:
    settings = "".join(f" --set {name}={value:g}" for name, value in view.levers.items())
    return f"zorgbundel explain {view.scenario} --lang {view.language}{settings}"

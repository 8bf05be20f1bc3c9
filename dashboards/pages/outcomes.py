"""Outcomes: what changes if we do this?"""

from html import escape

import solara

from dashboards import service
from dashboards.components import html
from dashboards.components.actions import Actions
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import (
    Command,
    Elsewhere,
    FigureBox,
    MeasureChooser,
    Notices,
    Running,
    cards_html,
)
from dashboards.pages.session import Session
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels import budget
from dashboards.viewmodels import outcomes as model
from dashboards.viewmodels.shown import Kind, changes


@solara.component
def Page(session: Session):
    """The answer first, then what it rests on."""
    view, what = session.view.value, session.shown()
    language = view.language
    t = texts(language)
    Markup(f"<h1>{escape(service.label(view.scenario, language))}</h1>")
    Notices(session, what)
    Running(session, what)
    Elsewhere(session, what)
    result = what.result
    if result is None:
        return
    spoken = what.kind not in (Kind.ESTIMATE, Kind.STALE)
    words = result.words(language)
    faded = "zb-stale-content" if what.kind is Kind.STALE else ""
    with Box(faded):
        # Each part has a place of its own, also without words in it: one that comes or goes would
        # move all below it, and who stands there with the keyboard would lose the place.
        Markup(_answer(view, what, result))
        Markup(cards_html(model.cards(result, language), language, 2))
        Markup(
            f"<p><strong>{escape(t('caveat.title'))}</strong></p>"
            + html.items(model.caveats(result, language))
        )
        Markup(f"<h2>{escape(t('budget.title'))}</h2>" + html.paragraphs([t("budget.text")]))
        for test in ("neutrality", "entitlement"):
            FigureBox(session, budget.gauge(result, test, language))
            known = result.test(test).of
            said = [budget.verdict_words(result, test, language)] if known else []
            Markup(html.paragraphs(said))
        said = words["answer"][2:] if spoken else []
        Markup(html.paragraphs(said) + f"<h2>{escape(t('path.title'))}</h2>")
        MeasureChooser(session, "measure")
        labels = (service.label(service.BASELINE, language), service.label(view.scenario, language))
        FigureBox(session, model.path_figure(result, view.measure, labels, language))
        if what.kind is Kind.ESTIMATE:
            return
        Markup(f"<h2>{escape(t('groups.heading'))}</h2>")
        for measure in model.GROUPED:
            FigureBox(session, model.groups_figure(result, measure, language))
        FigureBox(session, model.groups_figure(result, "practice_margin", language))
        Markup(_everything(result, language))
        Actions(session, what)
        Command(session, what)


def _answer(view, what, result) -> str:
    """Return the answer in words; nothing while what was worked out no longer fits."""
    language = view.language
    t = texts(language)
    if what.kind is Kind.STALE:
        return ""
    moved = changes(view, service.all_levers(), language)
    said = t("answer.with", changes="; ".join(moved)) if moved else ""
    if what.kind is Kind.ESTIMATE:
        spending = model.cards(result, language)[2]
        answer = t(
            "answer.estimate", measure=spending.label, change=spending.change,
            ranges=" ".join(spending.ranges),
        )  # fmt: skip
        more = []
    else:
        words = result.words(language)
        said = f"{said} {_compared(result, language)}".strip()
        answer, more = words["findings"]["paramedical_spending"], words["answer"][:1]
    return (
        f'<p class="zb-small">{escape(said)}</p><p class="zb-answer">{escape(answer)}</p>'
        + html.paragraphs(more)
    )


def _compared(result, language) -> str:
    return texts(language)(
        "answer.compared", first=result.years[0], last=result.years[-1], seeds=result.seeds,
        draws=result.draws, share=f"{100 * result.share:g}",
    )  # fmt: skip


@shared
def _everything(result, language) -> str:
    """Return the table of all outcomes, folded away."""
    t = texts(language)
    return (
        f"<h2>{escape(t('all.title'))}</h2><details><summary>{escape(t('all.open'))}</summary>"
        + html.table(
            t("all.caption", first=result.years[0], last=result.years[-1]),
            (t("table.outcome"), *model.effect_heads(language), t("table.reading")),
            model.all_outcomes(result, language),
        )
        + "</details>"
    )

"""A scenario file of the visitor's own, on a page."""

from html import escape

import solara

from dashboards import service, side_service
from dashboards.components import html
from dashboards.components.elements import Markup
from dashboards.components.parts import Strips, cards_html
from dashboards.components.side import SideRun
from dashboards.components.widgets import Upload
from dashboards.pages.session import Session
from dashboards.result import Result
from dashboards.texts import texts
from dashboards.upload import MOST_BYTES, given
from dashboards.viewmodels import outcomes as model
from dashboards.viewmodels.shown import Notice
from dashboards.viewmodels.side import own_words


@solara.component
def OwnScenario(session: Session):
    """Choose a file, run it, read the answer; what is no scenario is said to be none."""
    language = session.view.value.language
    t = texts(language)
    file, again = solara.use_reactive({}), solara.use_reactive(0)
    _ = again.value
    Markup(f"<h2>{escape(t('own.title'))}</h2><p>{escape(t('own.text'))}</p>")
    Upload(words={"label": t("own.label")}, most=MOST_BYTES, event_given=file.set)
    if not file.value:
        return
    sent = given(file.value)
    name = sent.name
    if sent.large:
        Strips([Notice("problem", own_words(name, {"code": "large"}, language))])
        return
    wanted = service.size()
    asked = {"text": sent.text, "name": name, "seeds": max(2, wanted.seeds), "draws": wanted.draws,
             "share": wanted.share}  # fmt: skip
    SideRun(session, "own", "own", asked, lambda: again.set(again.value + 1),
            {"start": t("own.start", name=name), "what": ""})  # fmt: skip
    job = side_service.jobs().find("own", asked)
    found = job.result if job is not None else None
    if found is None:
        return
    if "problem" in found:
        Strips([Notice("problem", own_words(name, found["problem"], language))])
        return
    result = Result(found["result"])
    said = result.words(language)["findings"]["paramedical_spending"]
    Markup(
        f"<h3>{escape(found['about']['title'][language])}</h3>"
        + html.items(found["about"]["clauses"][language])
        + f'<p class="zb-answer">{escape(said)}</p>'
        + cards_html(model.cards(result, language), language)
        + f"<p>{escape(t('own.command'))}</p><code>{escape(result.command)}</code>"
    )

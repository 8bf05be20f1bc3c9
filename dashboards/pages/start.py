"""Start: what is this, and where do I begin?"""

from html import escape

import solara

from dashboards import service
from dashboards.components import html
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import Notices, Strips
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels import outcomes as model
from dashboards.viewmodels.shown import Kind, Notice, Shown
from model.outcomes import BY_ID

CARDS = (
    "bundle_weight_classes",
    "bundle_flat",
    "bundle_floor_weight_classes",
    "bundle_all_safeguards",
)


@solara.component
def Page(session: Session):
    """Two sentences, doors, four scenarios."""
    view = session.view.value
    language = view.language
    t = texts(language)
    Markup(f"<h1>{escape(t('start.title'))}</h1>" + html.paragraphs([t("start.1"), t("start.2")]))
    Notices(session, Shown(Kind.LIBRARY, None))
    if not service.choices().scenarios:
        Strips([Notice("failed", t("state.missing"))])
        return
    with Box("zb-doors"):
        for page in ("outcomes", "compare", "contract", "class", "room"):
            with Box("zb-door"):
                Markup(
                    f"<h2>{escape(t(f'start.{page}.title'))}</h2>"
                    f"<p>{escape(t(f'start.{page}.text'))}</p>"
                )
                Open(session, page, t(f"start.{page}.open"))
    Markup(f"<h2>{escape(t('start.scenarios'))}</h2><p>{escape(t('start.scenarios.text'))}</p>")
    with Box("zb-doors"):
        for name in CARDS:
            result, said = service.stored_result(name), service.about(name)
            if result is None or said is None:
                continue
            measure = BY_ID["paramedical_spending"]
            one = model.card(measure, result.effect(measure.id), language)
            with Box("zb-door"):
                ranges = "".join(f'<p class="zb-small">{escape(x)}</p>' for x in one.ranges)
                Markup(
                    f"<h3>{escape(said['label'][language])}</h3>"
                    f'<p class="zb-small">{escape(one.label)}</p>'
                    f'<p class="zb-number"><strong>{escape(one.change)}</strong></p>{ranges}'
                )
                Open(session, "outcomes", t("start.open", scenario=said["label"][language]), name)
    manifest = service.manifest()
    Markup(
        '<p class="zb-small">'
        + escape(
            t(
                "start.made", seeds=manifest["seeds"], draws=manifest["draws"],
                share=f"{100 * manifest['share']:g}", version=service.version_code(),
            )
        )
        + "</p>"
    )  # fmt: skip


@solara.component
def Open(session: Session, page: str, label: str, scenario: str = ""):
    """A link to a page that does not load everything anew."""
    changes = {"page": page} | ({"scenario": scenario, "levers": {}} if scenario else {})

    def click(*_args) -> None:
        session.open(**changes)

    link = solara.v.Html(
        tag="a",
        attributes={"href": session.address(**changes)},
        class_="zb-open",
        children=[label],
    )
    solara.v.use_event(link, "click.prevent", click)

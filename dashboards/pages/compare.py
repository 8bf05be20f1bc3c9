"""Compare: which of these is better, for whom?"""

from html import escape

import solara

from dashboards import service
from dashboards.components.elements import Box, Markup
from dashboards.components.own import OwnScenario
from dashboards.components.parts import FigureBox, MeasureChooser, Notices
from dashboards.components.widgets import Chooser
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.view import MOST_COMPARED
from dashboards.viewmodels import compare as model
from dashboards.viewmodels.shown import Kind, Shown

#: What is compared when nobody has chosen yet.
USUAL = ("bundle_weight_classes", "bundle_flat", "bundle_floor_weight_classes")


@solara.component
def Page(session: Session):
    """Up to three scenarios beside fee per session."""
    view = session.view.value
    language = view.language
    t = texts(language)
    known = [name for name in service.choices().scenarios if service.stored_data(name) is not None]
    chosen = [name for name in view.compared or USUAL if name in known][:MOST_COMPARED]
    Markup(f"<h1>{escape(t('compare.title'))}</h1><p>{escape(t('compare.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))

    def choose(place: int, name: str) -> None:
        names = [*chosen, *[""] * (MOST_COMPARED - len(chosen))]
        names[place] = name if name in known else ""
        session.change(compared=tuple(dict.fromkeys(one for one in names if one)))

    with Box("zb-cards"):
        for place in range(MOST_COMPARED):
            value = chosen[place] if place < len(chosen) else ""
            Chooser(
                id=f"compared-{place}",
                label=t("compare.scenario", letter="ABC"[place]),
                value=value,
                options=[{"value": "", "label": t("compare.none")}]
                + [{"value": name, "label": service.label(name, language)} for name in known],
                event_chosen=lambda data, place=place: choose(place, data.get("value", "")),
            )
    if not chosen:
        return
    results = [service.stored_result(name) for name in chosen]
    labels = [service.label(name, language) for name in chosen]
    MeasureChooser(session, "compared-measure")
    FigureBox(session, model.measure_figure(results, labels, view.measure, language), 2)
    Markup(_table(model.table(results, language), labels, language))
    names = " ".join(chosen)
    first = results[0]
    Markup(
        f'<p class="zb-small">{escape(t("compare.note"))}</p>'
        f"<h2>{escape(t('command.title'))}</h2>"
        f"<code>zorgbundel compare {service.BASELINE} {escape(names)} --seeds {first.seeds} "
        f"--draws {first.draws} --search 0 --share {first.share:g} "
        f"--draws-from {escape(first.data['design']['draws_from'])}</code>"
    )
    OwnScenario(session)


def _table(rows, labels, language) -> str:
    t = texts(language)
    heads = "".join(f'<th scope="col">{escape(label)}</th>' for label in labels)
    body = ""
    for name, cells in rows:
        body += f'<tr><th scope="row">{escape(name)}</th>'
        for cell in cells:
            change = escape(cell.change)
            change = f"<strong>{change}</strong>" if cell.clear else change
            body += (
                f'<td>{change}<br><span class="zb-small">{escape(cell.range)}<br>'
                f"{escape(cell.word)}</span></td>"
            )
        body += "</tr>"
    caption = escape(t("compare.caption"))
    return (
        f'<h2>{escape(t("compare.table"))}</h2><div class="zb-scroll" tabindex="0" role="region" '
        f'aria-label="{caption}"><table><caption>{caption}</caption><thead><tr>'
        f'<th scope="col">{escape(t("table.outcome"))}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )

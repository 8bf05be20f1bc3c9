"""Compare: which of these is better, for whom?"""

from collections.abc import Sequence
from html import escape

import solara

from dashboards import service
from dashboards.components.elements import Box, Markup
from dashboards.components.own import OwnScenario
from dashboards.components.parts import FigureBox, MeasureChooser, Notices, Strips
from dashboards.components.widgets import Chooser
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.view import MOST_COMPARED, View, places
from dashboards.viewmodels import compare as model
from dashboards.viewmodels.shown import Kind, Notice, Shown, changes

#: What is compared when nobody has chosen yet.
USUAL = ("bundle_weight_classes", "bundle_flat", "bundle_floor_weight_classes")


@solara.component
def Page(session: Session):
    """Up to three scenarios beside fee per session."""
    view = session.view.value
    language = view.language
    t = texts(language)
    known = [name for name in service.choices().scenarios if service.stored_data(name) is not None]
    at = at_places(view.compared, known)
    refused = solara.use_reactive({})
    Markup(f"<h1>{escape(t('compare.title'))}</h1><p>{escape(t('compare.text'))}</p>")
    Notices(session, Shown(Kind.MISSING if _is_damaged(view, known) else Kind.LIBRARY, None))
    Strips(as_stored(view))

    def choose(place: int, given: str) -> None:
        name = given if given in known else ""
        if name and name in at and at.index(name) != place:
            count = refused.value.get("count", 0) + 1
            refused.set({"at": at, "place": place, "name": name, "count": count})
            return
        names = list(at)
        names[place] = name
        session.change(compared=places(names))

    def warning(place: int) -> dict:
        said = refused.value
        if said.get("place") != place or said["at"] != at:
            return {}
        there = "ABC"[at.index(said["name"])]
        text = t("compare.twice", scenario=service.label(said["name"], language), letter=there)
        return {"text": text, "count": said["count"]}

    with Box("zb-cards"):
        for place in range(MOST_COMPARED):
            Chooser(
                id=f"compared-{place}",
                label=t("compare.scenario", letter="ABC"[place]),
                value=at[place],
                options=[{"value": "", "label": t("compare.none")}]
                + [{"value": name, "label": service.label(name, language)} for name in known],
                event_chosen=lambda data, place=place: choose(place, data.get("value", "")),
                warning=warning(place),
            )
    chosen = [name for name in at if name]
    if not chosen:
        Strips([Notice("empty", t("compare.nothing"))] if known else [])
        OwnScenario(session)
        return
    results = [service.stored_result(name) for name in chosen]
    labels = [service.label(name, language) for name in chosen]
    MeasureChooser(session, "compared-measure")
    taken = [place for place, name in enumerate(at) if name]
    FigureBox(session, model.measure_figure(results, labels, view.measure, language, taken), 2)
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


def at_places(compared: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return the scenario at each place, empty where there is none: the usual before a choice."""
    names = USUAL if compared is None else compared
    kept = [name if name in known else "" for name in names[:MOST_COMPARED]]
    return (*kept, *[""] * (MOST_COMPARED - len(kept)))


def as_stored(view: View) -> list[Notice]:
    """Return the strip that says of which levers this page shows nothing; none without levers."""
    t = texts(view.language)
    moved = changes(view, service.all_levers(), view.language)
    if not moved:
        return []
    key = "compare.stored.one" if len(moved) == 1 else "compare.stored.other"
    scenario = service.label(view.scenario, view.language)
    return [Notice("stale", t(key, changes="; ".join(moved), scenario=scenario))]


def _is_damaged(view: View, known: Sequence[str]) -> bool:
    """Return whether of what was chosen (or of everything) no result can be read."""
    there = service.choices().scenarios
    return not known or any(x in there and x not in known for x in view.compared or ())


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

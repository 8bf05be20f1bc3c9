"""Sweeps: where does it tip?"""

import uuid
from html import escape

import solara

from dashboards import service, side_service, sweeping
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import Elsewhere, FigureBox, Notices, Strips
from dashboards.components.side import SideRun
from dashboards.components.widgets import Chooser, KeepFile, SweepForm
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.view import SWEEP_DRAWS, SWEEP_POINTS
from dashboards.viewmodels import sweep as model
from dashboards.viewmodels.shown import Kind, Notice, Shown
from experiments import number_format as nf


@solara.component
def Page(session: Session):
    """Two levers, how long it takes, the map, and the design that gives the same numbers."""
    view = session.view.value
    language = view.language
    t = texts(language)
    again, warning = solara.use_reactive(0), solara.use_reactive("")
    file = solara.use_reactive({})
    _ = again.value
    title = t("sweep.heading", scenario=service.label(view.scenario, language))
    Markup(f"<h1>{escape(title)}</h1><p>{escape(t('sweep.text'))}</p>")
    Notices(session, Shown(Kind.LIBRARY, None))
    levers = service.usable_levers(view.scenario)
    if view.scenario == service.BASELINE or len(levers) < 2:
        Strips([Notice("empty", t("sweep.nothing"))])
        Elsewhere(session)
        return
    ranges = model.ranges_of(view, levers)
    by_name = {lever.name: lever for lever in levers}

    def change(data: dict) -> None:
        found, said = model.changed_ranges(ranges, data, by_name, language)
        warning.set(said)
        if found is not None:
            session.change(ranges=found)

    SweepForm(
        words={key: t(f"sweep.{key}") for key in ("form", "lever", "low", "high")},
        rows=model.form_rows(ranges, by_name, language),
        warning=warning.value,
        event_changed=change,
    )
    with Box("zb-two"):
        for key, allowed in (("points", SWEEP_POINTS), ("draws", SWEEP_DRAWS)):
            Chooser(
                id=f"sweep-{key}", label=t(f"sweep.{key}"), value=str(getattr(view, key)),
                options=[{"value": str(n), "label": t(f"sweep.{key}.option", count=n)}
                         for n in allowed],
                event_chosen=lambda data, key=key, allowed=allowed: (
                    session.change(**{key: int(data["value"])})
                    if str(data.get("value")) in {str(n) for n in allowed} else None
                ),
            )  # fmt: skip
    asked = side_service.sweep_ask(view)
    runs = sweeping.runs_of(asked)
    expected = model.duration(model.seconds(runs, side_service.seconds_a_run()), language)
    before = t("sweep.expected", runs=nf.number(runs, language), duration=expected)
    Markup(f"<p>{escape(before)}</p>")
    SideRun(
        session, "sweep", "sweep", asked, lambda: again.set(again.value + 1),
        {"start": t("sweep.start"), "what": t("page.sweeps"), "pause": t("sweep.pause")},
    )  # fmt: skip
    job = side_service.jobs().find("sweep", asked)
    result = job.result if job is not None else None
    figure = None if result is None else model.map_figure(result, by_name, view, language)
    active = job is not None and job.state in ("waiting", "running")
    if figure is None and not active:
        Strips([Notice("empty", t("sweep.empty"))])
    if figure is not None:
        if job is not None and job.state != "done":
            done = len(result["points"])
            Strips([Notice("partial", t("sweep.partial", points=done, of=view.points**2))])
        if result.get("failed"):
            key = "sweep.failed.one" if result["failed"] == 1 else "sweep.failed.other"
            Strips([Notice("failed", t(key, count=result["failed"]))])
        FigureBox(session, figure, 2)
    text = sweeping.design_yaml(asked)

    def keep(*_args) -> None:
        file.set(
            {"text": text, "name": f"{asked['key']}.yaml", "type": "text/yaml",
             "id": uuid.uuid4().hex}
        )  # fmt: skip

    command = f"zorgbundel sweep {asked['key']}.yaml --out results/{asked['key']}"
    Markup(
        f"<h2>{escape(t('command.title'))}</h2><p>{escape(t('sweep.same'))}</p>"
        f"<code>{escape(command)}</code><details><summary>{escape(t('sweep.design'))}</summary>"
        f"<pre>{escape(text)}</pre></details>"
    )
    KeepFile(words={"keep": t("sweep.keep")}, file=file.value, event_ask=keep)

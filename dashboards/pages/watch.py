"""Class, watch one world: a neighbourhood month by month, and what moves each agent in it.

This keeps the pattern of Mesa's SolaraViz (a model that Mesa's clock advances, a controller that
steps it, components that show it) with parts of our own; why not SolaraViz itself is decision 21.

Time is kept by the browser: it asks for the next month when it has drawn the last. A closed tab
therefore asks for nothing more, and a slow computer never falls behind.
"""

from html import escape

import solara
import solara.lab

from dashboards import service
from dashboards.components import html
from dashboards.components.elements import Box, Markup
from dashboards.components.parts import Button, Strips
from dashboards.components.widgets import Chooser, Watch
from dashboards.pages.session import Session
from dashboards.texts import texts
from dashboards.viewmodels.shown import Notice
from dashboards.watch import elsewhere
from dashboards.watch import places as room

WORDS = ("controls", "play", "pause", "step", "speed", "slow", "usual", "fast", "seed", "restart",
         "end", "across", "up", "line", "waiting", "legend", "choose", "nobody", "patients",
         "practices", "patient", "practice")  # fmt: skip
MOST_SEED = 9999


@solara.component
def Page(session: Session):
    """Choice of the scenario, and the world once there is room and it has been made."""
    view = session.view.value
    language = view.language
    t = texts(language)
    seed = solara.use_reactive(1)
    tries = solara.use_reactive(0)
    places, visitor = room.places(), session.visitor

    def leave() -> None:
        places.leave(visitor)
        elsewhere.forget(visitor)

    solara.use_effect(lambda: leave, [])
    has_place = solara.use_memo(lambda: places.take(visitor), [tries.value])

    def make():
        return elsewhere.make(visitor, view.scenario, seed.value) if has_place else None

    made = solara.lab.use_task(
        make, dependencies=[view.scenario, seed.value, tries.value], prefer_threaded=True
    )
    names = service.choices().scenarios
    Markup(f"<h2>{escape(t('class.part.watch'))}</h2>" + html.paragraphs([t("watch.text")]))
    Chooser(
        id="watch-scenario",
        label=t("watch.scenario"),
        value=view.scenario,
        options=[{"value": name, "label": service.label(name, language)} for name in names],
        event_chosen=lambda data: (
            session.change(scenario=data["value"]) if data.get("value") in names else None
        ),
    )
    said = service.about(view.scenario)
    if said:
        Markup(f'<p class="zb-small">{escape(said["title"][language])}</p>')
    if view.levers:
        Strips([Notice("problem", t("watch.levers"))])
    if not has_place:
        Strips([Notice("busy", t("watch.full", most=places.most))])
        Button(t("watch.again"), lambda: tries.set(tries.value + 1))
    elif made.error:
        Strips([Notice("failed", t("watch.failed"))])
        Button(t("watch.again"), lambda: tries.set(tries.value + 1))
    elif made.pending or made.value is None:
        Markup(f'<div role="status"><p>{escape(t("watch.busy"))}</p></div>')
    else:

        def restart(data: dict) -> None:
            number = data.get("seed")
            if isinstance(number, int) and 1 <= number <= MOST_SEED:
                seed.set(number)
                tries.set(tries.value + 1)

        OneWorld(session, made.value, seed.value, restart).key(f"world{made.value.number}")


@solara.component
def OneWorld(session: Session, world: elsewhere.Watched, seed: int, restart):
    """A world, who was chosen in it, its practices and its ledger."""
    language = session.view.value.language
    t = texts(language)
    month = solara.use_reactive(world.month)
    chosen = solara.use_reactive("")
    open_lines = solara.use_reactive(False)

    def step(data: dict) -> None:
        # A month asked for twice (a double click, a repeated message) is run once.
        if data.get("month") == month.value:
            month.set(world.run(month.value))

    def choose(data: dict) -> None:
        agent = str(data.get("agent", ""))
        kind, number = agent[:1], agent[1:]
        most = {"p": world.patients, "q": world.practices}.get(kind, 0)
        if not agent or (number.isdecimal() and len(number) < 9 and int(number) < most):
            chosen.set(agent)

    seen = solara.use_memo(
        lambda: world.seen(language, chosen.value, open_lines.value),
        [month.value, language, chosen.value, open_lines.value],
    )
    Markup(f'<p class="zb-watch-look">{escape(t("watch.look", month=seen["when"]))}</p>')
    with Box("zb-watch-both"):
        Watch(
            words={word: t(f"watch.ui.{word}") for word in WORDS},
            marks=seen["marks"],
            scene=seen["scene"] | {"month": month.value},
            chosen=chosen.value,
            seed=seed,
            event_step=step,
            event_choose=choose,
            event_restart=restart,
        )
        with Box("zb-watch-side"):
            Markup(seen["practices"])
    if chosen.value:
        with solara.v.Html(tag="section", class_="zb-watch-told"):
            Markup(seen["told"])
    Markup(
        f"<h2>{escape(t('watch.ledger'))}</h2>"
        + html.paragraphs([t("watch.ledger.text")])
        + seen["ledger"]
    )
    key = "watch.hide_lines" if open_lines.value else "watch.show_lines"
    with solara.v.Html(tag="div", class_="zb-run-row"):
        Button(t(key), lambda: open_lines.set(not open_lines.value))
    if open_lines.value:
        Markup(seen["lines"])

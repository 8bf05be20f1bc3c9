"""Visits to every page in one process, as a server has them, and what of the model that loads.

Work of the model is answered by stand-ins with what a worker would send back. Run as a program by
``test_light_server``, in an environment of its own.
"""

import json
import pickle
import sys
from concurrent.futures import Future
from html import escape

import rendered

from dashboards import failures, service, side_service
from dashboards.game.debrief import Debrief
from dashboards.game.rooms import rooms
from dashboards.game.rounds import BASELINE, MEASURES
from dashboards.teaching.store import store
from dashboards.texts import texts
from dashboards.view import PAGES
from dashboards.watch import elsewhere
from experiments.number_format import LANGUAGES
from experiments.teaching.lesson import lessons
from experiments.teaching.twin_lives import SHOWN, Twins

HEAVY = ("pandas", "pyarrow", "matplotlib", "numba", "scipy", "mesa", "statsmodels", "sklearn")
LEARNER = "AAAAAA"
T = texts("en")


class StandIn:
    """An engine whose workers have answered already."""

    workers, active, prepare = 1, 0, lambda self, *_: None
    cancel = close = warm_up = prepare

    def kept(self, ask):
        return None

    run_of = kept

    def once(self, work, *asked):
        months = 24
        ramp = ([float(k) for k in range(months)], [2.0 * k for k in range(months)])
        sent = Twins(
            "fewer_sessions", 1, 0.02, (BASELINE, "bundle_flat"), True, 7, -1, 2025,
            dict.fromkeys(SHOWN, ramp), ([2] * months, [2] * months), 12,
            {"margin": ramp, "treated": ramp}, {"nl": ["Zin."], "en": ["A life told."]},
        )  # fmt: skip
        answered = Future()
        answered.set_result(pickle.loads(pickle.dumps(sent)))
        return answered


class World:
    """The process of watched worlds: one that has begun."""

    _pool = None

    def ask(self, work, *asked):
        if work.__name__ == "_make":
            return elsewhere.Watched("a visitor", 1, 10, 2, 24)
        words = ("when", "practices", "told", "ledger", "lines")
        return {word: f"world: {word}" for word in words} | {"marks": [], "scene": {}}


def a_room_with_its_debrief():
    """Return the facilitator's address of a room where a round was run and debriefed."""
    room, host = rooms().open_room(2)
    rooms().join(room.code, 0, "insurer")
    rooms().open_round(host)
    rooms().close_round(host)
    found = {str(k): {one: 1e8 + k for one in MEASURES} for k in (-1, 0, 1)}
    words = {str(k): {"nl": ["Bepaling."], "en": ["A clause."]} for k in (0, 1)}
    rooms().keep(room.code, "round 1", {"found": found, "words": words})
    told = Debrief(("It was decision.",), ("1", "2", "3", "4", "5"), (("a", "b", "c", "d", "e"),))
    rooms().keep(room.code, "debrief 1 told", {"nl": vars(told), "en": vars(told)})
    return f"/room?lang=en&room={room.code}&ticket={host}"


def visits():
    """Yield address, button to press (or none) and what must be there to read."""
    for page in PAGES:
        yield f"/{'' if page == 'start' else page}?lang=nl", "", "<h1>"
        yield f"/{'' if page == 'start' else page}?lang=en", "", "<h1>"
    for part in ("lessons", "lecturer&group=demo"):
        yield f"/class?lang=en&part={part}", "", escape(T("class.title"))
    for lesson in lessons().values():
        yield f"/class?lang=en&lesson={lesson.name}", "", lesson.question.en
    for lesson in lessons().values():
        store().predict(LEARNER, "demo", lesson.name, 0, 70, False)
        address = f"/class?lang=en&lesson={lesson.name}&who={LEARNER}&group=demo"
        yield address, "", escape(lesson.why.en)
    yield "/class?lang=en&part=twins", T("class.twins.show"), "A life told."
    yield "/class?lang=en&part=watch", "", "world: ledger"
    room = a_room_with_its_debrief()
    yield room, "", "It was decision."
    yield room.split("&ticket")[0], "", "A clause."


def main():
    service.engine = StandIn
    elsewhere.process = World
    print(json.dumps(["nothing yet", True, loaded()]))
    for address, button, wanted in visits():
        with rendered.Visit(address) as visit:
            if button:
                visit.press(button)
            there = visit.waits_for(wanted) and not any(
                texts(language)("state.failed_title") in visit.text() for language in LANGUAGES
            )
        print(json.dumps([address, there, loaded()]))
    side_service.sweep_workers(), failures.reason_of(ValueError())
    print(json.dumps(["a sweep asked for, and a failure told", True, loaded()]))


def loaded():
    return [name for name in HEAVY if name in sys.modules]

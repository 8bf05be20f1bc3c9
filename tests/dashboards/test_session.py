"""A thousand random clicks: what is shown as exact belongs to what is chosen."""

import random
from types import SimpleNamespace

import pytest
import solara

from dashboards import service
from dashboards.pages.session import Session
from dashboards.run import Busy, State
from dashboards.texts import texts
from dashboards.view import PAGES, View
from dashboards.viewmodels.shown import Kind, Progress


class InstantEngine:
    """Every second request is answered at once, every third is refused or never ends."""

    def __init__(self):
        self.results, self.count = {}, 0

    def request(self, ask, visitor):
        self.count += 1
        run = SimpleNamespace(
            state=State.RUNNING, done=0, total=ask.total, partial=None, result=None, error=""
        )
        if self.count % 2:
            data = dict(service.stored_data(ask.scenario))
            data["design"] = {**data["design"], "settings": dict(ask.settings)}
            self.results[ask] = run.result = data
            run.state = State.DONE
        return run

    def kept(self, ask):
        return self.results.get(ask)

    def run_of(self, ask):
        return None

    def cancel(self, visitor):
        pass


@pytest.fixture
def session(monkeypatch):
    engine = InstantEngine()
    monkeypatch.setattr(service, "engine", lambda: engine)
    cells = [solara.Reactive(x) for x in (View(), [], Progress(), None, 0, "", {})]
    return Session(*cells, visitor="anna", push=lambda address: None)


def click(session, luck):
    levers = sorted(service.all_levers())
    scenarios = service.choices().scenarios
    name = luck.choice(levers)
    lever = service.all_levers()[name]
    luck.choice(
        [
            lambda: session.open(luck.choice(PAGES)),
            lambda: session.speak(luck.choice(("nl", "en"))),
            lambda: session.choose(luck.choice(scenarios)),
            lambda: session.move(name, luck.uniform(lever.low - 1.0, lever.high + 1.0)),
            lambda: session.move("bundle_price_factor", luck.uniform(0.8, 1.2)),
            lambda: session.move(luck.choice(("no_such", name)), luck.choice(("x", None, ""))),
            lambda: session.reset(luck.choice(levers)),
            lambda: session.change(levers={}),
            session.start,
            session.start,
            session.stop,
            lambda: session.key(luck.choice(("run", "cancel", "baseline", "other"))),
        ]
    )()


def test_what_is_shown_as_exact_belongs_to_what_is_chosen(session):
    luck, seen = random.Random(5), set()
    for _ in range(1000):
        click(session, luck)
        view, what = session.view.value, session.shown()
        seen.add(what.kind)
        if what.is_exact:
            assert what.result.scenario == view.scenario
            assert what.result.settings == dict(view.levers)
        elif what.result is not None:
            assert what.kind in (Kind.ESTIMATE, Kind.STALE, Kind.PARTIAL)
        for name, value in view.levers.items():
            lever = service.all_levers()[name]
            assert lever.low <= value <= lever.high
    assert {Kind.LIBRARY, Kind.RUN, Kind.ESTIMATE, Kind.STALE, Kind.EMPTY} <= seen


def test_a_typed_text_moves_a_lever_and_an_empty_one_leaves_it_and_says_so(session):
    name = "session_tariff_real_growth"
    session.move(name, "1,0 %")
    assert session.view.value.levers == {name: 0.01} and session.warnings.value == {}
    session.move(name, "")
    assert session.view.value.levers == {name: 0.01}
    assert session.warnings.value == {name: texts("nl")("levers.no_number")}
    session.move(name, "3.1")  # above the highest by less than the slider's step
    assert session.view.value.levers == {name: 0.03} and "3,0%" in session.warnings.value[name]
    session.move(name, "0")
    assert session.view.value.levers == {} and session.warnings.value == {}


@pytest.mark.parametrize(("own", "state"), [(False, "busy"), (True, "too_fast")])
def test_who_is_refused_hears_whether_others_are_the_reason(session, monkeypatch, own, state):
    engine = service.engine()
    monkeypatch.setattr(engine, "request", lambda ask, visitor: Busy(20, 42.0, own))
    session.move("bundle_price_factor", 1.1)
    session.start()
    assert session.progress.value == Progress(state, seconds=42.0, others=20, total=1)
    assert session.run.value is None


def test_a_scenario_whose_results_are_damaged_is_not_called_the_basis_of_comparison(
    session, monkeypatch
):
    monkeypatch.setattr(service, "about", lambda name: None)
    assert session.shown().kind is Kind.MISSING and session.shown().result is None

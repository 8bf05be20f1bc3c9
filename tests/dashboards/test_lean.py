"""A visitor is small: no more components than the page needs, and boxes that are plain boxes."""

import subprocess
import sys

import pytest
import reacton.core
import solara
from conftest import ROOT

from dashboards import lean
from dashboards.components.elements import Box, Markup, Stack
from dashboards.pages import outcomes
from dashboards.pages.session import Session
from dashboards.view import View
from dashboards.viewmodels.shown import Progress


@pytest.fixture
def plain(monkeypatch):
    """As on the server; put back afterwards."""
    monkeypatch.setattr(reacton.core, "_default_container", reacton.core._default_container)
    lean.stack_plainly()


def drawn(element):
    """Return the one element drawn for an element, and how it was drawn."""
    box, context = solara.render(element, handle_error=False)
    return box.children[0], context


def components(context) -> int:
    """Return how many components there are below one, itself included."""
    return 1 + sum(components(one) for one in context.children.values())


def told(widget, *names: str) -> dict:
    """Return what the browser is told of an element, but for what no browser shows."""
    state = widget.get_state()
    return {name: state[name] for name in names}


def test_a_page_of_results_has_few_components(plain):
    cells = [solara.Reactive(x) for x in (View(page="outcomes"), [], Progress(), None, 0, "", {})]
    session = Session(*cells, visitor="anna", push=lambda address: None)
    _, context = drawn(outcomes.Page(session))
    assert components(context.context_root) < 25  # 20; Solara's own boxes would make it 74
    context.close()


def test_a_stack_is_to_the_browser_what_solaras_own_is():
    ours, one = drawn(Stack())
    theirs, other = drawn(solara.Column())
    names = ("class_", "style_", "elevation", "_model_name", "_view_name")
    assert type(ours) is type(theirs) and told(ours, *names) == told(theirs, *names)
    one.close(), other.close()


def test_a_box_is_to_the_browser_what_solaras_own_is():
    ours, one = drawn(Box("zb-two"))
    theirs, other = drawn(solara.Div(classes=["zb-two"]))
    names = ("class_", "tag", "_model_name", "_view_name")
    assert type(ours) is type(theirs) and told(ours, *names) == told(theirs, *names)
    one.close(), other.close()


@pytest.mark.parametrize("css", ["", "zb-note"])
def test_markup_is_to_the_browser_what_solaras_own_is(css):
    ours, one = drawn(Markup("<p>Zorg</p>", css))
    theirs, other = drawn(
        solara.HTML(tag="div", unsafe_innerHTML="<p>Zorg</p>", classes=[css] if css else [])
    )
    names = ("tag", "unsafe_innerHTML", "attributes", "_model_name")
    assert type(ours) is type(theirs) and told(ours, *names) == told(theirs, *names)
    one.close(), other.close()


def test_parts_of_a_component_stand_in_a_plain_stack(plain):
    @solara.component
    def two():
        Markup("<p>one</p>")
        Markup("<p>two</p>")

    found, context = drawn(two())
    assert "row-gap" in found.style_ and [one.unsafe_innerHTML for one in found.children] == [
        "<p>one</p>", "<p>two</p>",
    ]  # fmt: skip
    assert components(context.context_root) == 2
    context.close()


def numbers_kept() -> set[int]:
    """Return the numbers that a page keeps after it was drawn fifty times."""
    level = solara.reactive(0)

    @solara.component
    def moving():
        Markup(f"<p>{level.value}</p>")

    found, context = drawn(moving())
    for k in range(1, 50):
        level.value = k
    assert found.unsafe_innerHTML == "<p>49</p>"
    kept = set(context._old_element_ids)
    context.close()
    return kept


def test_a_page_does_not_number_every_element_that_it_drew(monkeypatch):
    begin = reacton.core._RenderContext.__init__
    assert numbers_kept()  # when this fails, Reacton itself has mended it
    monkeypatch.setattr(reacton.core._RenderContext, "__init__", begin)  # put back afterwards
    lean.number_no_elements()
    assert not numbers_kept()


CLICK = """
import gc
from types import SimpleNamespace
import solara.server.app
from solara.server import patch
from dashboards import lean

kernel = SimpleNamespace(shell=SimpleNamespace(display_pub=None))

def left_by_a_click():
    def click():
        notebook = patch.FakeIPython(SimpleNamespace(kernel=kernel))
        notebook.events.trigger("pre_execute")
        notebook.events.trigger("post_execute")
    click()
    gc.collect()
    gc.disable()
    before = len(gc.get_objects())
    for _ in range(20):
        click()
    return (len(gc.get_objects()) - before) // 20

before = left_by_a_click()
lean.remember_nothing()
print(before > 50, left_by_a_click())
"""


def test_a_click_leaves_no_garbage_behind():
    """What Solara makes for each message of a browser must go when it has been answered."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CLICK],
        capture_output=True, text=True, check=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "0"]

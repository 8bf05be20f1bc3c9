"""Which word stands for which chance: on the pages where the words are read."""

import pytest
import solara

from dashboards.components.chance_words import chance_words_html
from dashboards.pages import certainty, method
from dashboards.pages.session import Session
from dashboards.view import View
from dashboards.viewmodels.shown import Progress
from experiments.number_format import PROBABILITY_WORDS


def html_of(page, name: str, language: str) -> str:
    """Return all markup of a page."""
    view = View(page=name, scenario="bundle_weight_classes", language=language)
    cells = [solara.Reactive(x) for x in (view, [], Progress(), None, 0, "", {})]
    session = Session(*cells, visitor="anna", push=lambda address: None)
    box, context = solara.render(page.Page(session), handle_error=False)
    found, waiting = [], [box]
    while waiting:
        one = waiting.pop()
        found.append(str(getattr(one, "unsafe_innerHTML", "")))
        waiting += [child for child in getattr(one, "children", ()) if not isinstance(child, str)]
    context.close()
    return "".join(found)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_certainty_and_method_show_every_word_with_its_bounds(language):
    table = chance_words_html(language)
    assert all(word[language] in table for _, word in PROBABILITY_WORDS)
    assert table in html_of(certainty, "certainty", language)
    assert table in html_of(method, "method", language)


def test_none_of_ten_is_only_unlikely_and_the_page_says_why():
    table = chance_words_html("nl")
    assert "in geen van de 10 doorrekeningen" in table and "28%" in table
    assert "geen van de 35" in table


def test_method_names_where_to_read_on_and_what_grades_mean():
    page = html_of(method, "method", "nl")
    for place in ("docs/ODD-samenvatting.md", "model/ODD.md", "zorgbundel calibration"):
        assert f"<code>{place}</code>" in page
    assert "A: aanname, geen bron voor het getal" in page and "CCQ-punten" in page
    assert "no source found; declared assumption" not in page

"""The brief in Chromium: accessible by the rules, two pages in print, nothing lost when narrow."""

import io

import pypdfium2
import pytest

from experiments.briefs.as_html import html
from experiments.briefs.contents import brief_of
from experiments.briefs.results import read_results
from experiments.frozen_example import FOLDER

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    results, folder = read_results(FOLDER), tmp_path_factory.mktemp("briefs")
    for language in ("nl", "en"):
        made = html(brief_of(results, "bundle_weight_classes", language))
        (folder / f"{language}.html").write_bytes(made)
    return folder


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_is_accessible_and_two_pages_in_print(chromium, files, language):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((files / f"{language}.html").as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert [one["id"] for one in found.response["violations"]] == []
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed) == 2
    assert printed[0].get_size() == pytest.approx((595.3, 841.9), abs=1.5)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()

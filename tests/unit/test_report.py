"""The report opens offline, is complete in both languages, and leaves nothing half written."""

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from test_findings import GROUPS, hand_made

from experiments import report
from experiments.figures import SavedFigure
from experiments.number_format import LANGUAGES
from experiments.report import report_html, write_report
from experiments.texts import texts
from model.outcomes import MEASURES

MANIFEST = {
    "date": "22 november 2026",
    "version": "0.1.0",
    "fingerprint": "abc123",
    "command": "zorgbundel reproduce results/demo <x>",
}


@pytest.fixture(scope="module")
def comparison():
    return hand_made(
        draws=10, costs=np.linspace(200_000, 900_000, 10), neutral=np.linspace(-1e6, 2e5, 10),
        groups=GROUPS,
    )  # fmt: skip


@pytest.fixture
def figures(tmp_path):
    svg, png = tmp_path / "f.svg", tmp_path / "f.png"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    png.write_bytes(b"")
    names = [*report.IN_REPORT, "2_spending", "7_carriers"]
    return [SavedFigure(n, png, svg, f"alt {n} <&>", f"title {n}", f"caption {n}") for n in names]


class Outline(HTMLParser):
    """Collects what the tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched(comparison, figures, language):
    html = report_html(comparison, {}, figures, MANIFEST, language)
    outline = Outline(html)
    addresses = [
        attributes[key]
        for _, attributes in outline.found
        for key in ("src", "href", "srcset", "data", "action")
        if key in attributes
    ]
    assert addresses and all(a.startswith(("data:", "#")) for a in addresses)
    assert outline.all("script", "link", "iframe", "object") == []
    assert "http" not in html and "@import" not in html and "url(" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_structure_can_be_read_aloud(comparison, figures, language):
    outline = Outline(report_html(comparison, {}, figures, MANIFEST, language))
    assert outline.all("html") == [{"lang": language}]
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(attributes.get("scope") in {"col", "row"} for attributes in outline.all("th"))
    images = outline.all("img")
    assert len(images) == len(report.IN_REPORT) + 1
    assert all(attributes["alt"] for attributes in images)
    first = images[0]["src"].removeprefix("data:image/svg+xml;base64,")
    assert base64.b64decode(first).startswith(b"<svg")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_parts_are_there(comparison, figures, language):
    html = report_html(comparison, {}, figures, MANIFEST, language)
    t = texts(language)
    for key in ("question", "answer", "budget", "must", "carries", "not", "outcomes", "groups"):
        assert f">{t(f'report.{key}')}</h2>" in html
    for measure in MEASURES:
        assert getattr(measure, language) in html.replace("&#39;", "'")
    for year in (2025, 2026):
        assert f'<th scope="row">{year}</th>' in html
    assert ">173</td>" in html and MANIFEST["fingerprint"] in html
    assert "results/demo &lt;x&gt;" in html  # escaped
    assert "BR/REG-25147" in html
    assert ">nan" not in html and "None" not in html


def test_without_draws_nothing_is_invented(figures):
    html = report_html(hand_made(groups=GROUPS), {}, figures, {}, "nl")
    assert texts("nl")("must.no_draws") in html
    assert texts("nl")("answer.seeds_only") in html
    assert "None" not in html and ">nan" not in html


def test_file_is_whole_or_absent(comparison, figures, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    assert write_report(comparison, {}, figures, MANIFEST, path, "nl") == path
    before = path.read_text()
    assert before.rstrip().endswith("</html>")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(report.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(comparison, {}, figures, MANIFEST, path, "en")
    assert path.read_text() == before
    assert list(tmp_path.glob("*.part")) == []

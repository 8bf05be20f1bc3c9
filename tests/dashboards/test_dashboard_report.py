"""The Report button: the link of the view is in it, whole, of this version and nobody's."""

import base64
from types import SimpleNamespace

import pytest
import solara

from dashboards import service, side_service
from dashboards.pages import app
from dashboards.pages.session import Session
from dashboards.report import make_report, steps
from dashboards.view import View, parse
from dashboards.viewmodels.shown import Progress, shown


def a_session(view: View, origin: str = "") -> Session:
    cells = [solara.Reactive(x) for x in (view, [], Progress(), None, 0, "", {})]
    return Session(*cells, visitor="anna", push=lambda address: None, origin=origin)


def test_the_printed_address_is_of_this_version_and_nobodys():
    view = View(
        page="outcomes", language="en", scenario="bundle_flat", levers={"audit_rate": 0.1},
        version="0.0.1", learner="abc123", course="group", lesson="one", part="lessons",
    )  # fmt: skip
    printed = a_session(view, "https://h:8765/zorgbundel").lasting()
    assert printed.startswith("https://h:8765/zorgbundel/outcomes?lang=en")
    assert "abc123" not in printed and "group" not in printed and "0.0.1" not in printed
    path, query = printed.removeprefix("https://h:8765/zorgbundel").split("?")
    found, problems = parse(path, query, service.choices())
    assert not problems
    assert (found.scenario, found.levers) == (view.scenario, view.levers)
    assert found.version == service.version_code()


@pytest.mark.parametrize(
    ("headers", "root", "reached"),
    [
        ({"Origin": ["http://192.168.1.7:8765"]}, "", "http://192.168.1.7:8765"),
        ({"origin": ["https://model.example"]}, "/zorgbundel", "https://model.example/zorgbundel"),
        ({"origin": ["null"]}, "/zorgbundel", ""),
        ({"origin": ["javascript:alert(1)"]}, "", ""),
        ({}, "/zorgbundel", ""),
        (None, "", ""),
    ],
)
def test_only_a_browser_says_where_the_server_is(monkeypatch, headers, root, reached):
    monkeypatch.setattr(app.solara.lab, "headers", SimpleNamespace(value=headers))
    monkeypatch.setenv("SOLARA_ROOT_PATH", root)
    assert app._reached() == reached


@pytest.mark.slow
def test_a_report_has_its_link_in_every_format(tmp_path):
    from docx import Document

    view = View(page="outcomes", scenario="bundle_flat")
    address = a_session(view, "http://127.0.0.1:8765").lasting()
    what = shown(view, service.stored_data("bundle_flat"), None, None)
    asked = side_service.report_ask(view, what, address)
    asked |= {"seeds": 2, "draws": 0, "share": 0.003}
    done = []
    made = make_report(asked, lambda: done.append(1))
    assert len(done) == steps(asked) and made["name"] == "zorgbundel_bundle_flat.nl"
    files = {fmt: base64.b64decode(text) for fmt, text in made["files"].items()}
    assert f'href="{address.replace("&", "&amp;")}"'.encode() in files["html"]
    assert f"/URI({address})".encode() in files["pdf"]
    (tmp_path / "a.docx").write_bytes(files["docx"])
    assert address in "\n".join(p.text for p in Document(tmp_path / "a.docx").paragraphs)

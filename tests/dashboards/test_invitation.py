"""How others find the server: an address they can reach, and a QR code of exactly that."""

import re
import socket

import pytest
from click.testing import CliRunner

from dashboards import command
from dashboards.teaching import invitation
from dashboards.teaching.invitation import LISTENS, base_address, is_own, own_address, qr_code


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    monkeypatch.delenv(LISTENS, raising=False)
    monkeypatch.delenv("SOLARA_ROOT_PATH", raising=False)
    own_address.cache_clear()
    yield
    own_address.cache_clear()


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1:8765", True), ("localhost:8765", True), ("localhost", True), ("", True),
     ("[::1]:80", True), ("::1", True), ("10.1.2.3:8765", False), ("zorg.example", False),
     ("[fe80::1]:80", False)],
)  # fmt: skip
def test_what_a_computer_calls_itself(host, own):
    assert is_own(host) is own


def test_who_came_by_a_name_that_others_know_is_given_that(monkeypatch):
    assert base_address({"Host": ["10.1.2.3:8765"]}) == "http://10.1.2.3:8765"
    headers = {"host": ["zorg.example"], "x-forwarded-proto": ["https"]}
    monkeypatch.setenv("SOLARA_ROOT_PATH", "/bundel")
    assert base_address(headers) == "https://zorg.example/bundel"
    assert base_address({"host": ["zorg.example"], "x-forwarded-proto": ["javascript"]}).startswith(
        "http://"
    )


def test_on_the_own_computer_the_address_in_the_network_is_given_if_it_listens(monkeypatch):
    monkeypatch.setattr(invitation, "own_address", lambda: "192.168.1.20")
    headers = {"host": ["127.0.0.1:8765"]}
    assert base_address(headers) == "" and base_address(None) == ""
    monkeypatch.setenv(LISTENS, "8765")
    assert base_address(headers) == "http://192.168.1.20:8765"
    monkeypatch.setattr(invitation, "own_address", lambda: "")
    assert base_address(headers) == ""


def test_a_computer_without_network_says_so(monkeypatch):
    def no_way(*_):
        raise OSError

    monkeypatch.setattr(socket, "socket", no_way)
    assert own_address() == ""


def test_the_code_holds_the_address_and_has_a_name():
    picture = qr_code("http://10.1.2.3:8765/room?lang=nl&room=ABCD", "QR-code <ABCD>")
    assert picture.startswith("<svg ") and 'role="img"' in picture
    assert "<title>QR-code &lt;ABCD&gt;</title>" in picture
    assert "http" not in re.sub("<title>.*</title>", "", picture)  # no namespace, no link
    longer = qr_code("http://10.1.2.3:8765/room?lang=nl&room=ABCE", "QR-code <ABCD>")
    assert picture != longer


@pytest.mark.parametrize("given", [[], ["--class"]])
def test_only_with_class_does_the_server_listen_for_others(monkeypatch, given):
    from experiments.cli import main

    heard = []
    monkeypatch.setattr("dashboards.server.serve", lambda *a: heard.append(a))
    monkeypatch.setattr(command, "_taken", lambda port: False)
    monkeypatch.setattr(invitation, "own_address", lambda: "192.168.1.20")
    monkeypatch.setenv(LISTENS, "")
    done = CliRunner().invoke(main, ["dashboard", *given])
    assert done.exit_code == 0
    assert heard == [(8765, "", "0.0.0.0" if given else "127.0.0.1")]
    assert ("http://192.168.1.20:8765/" in done.output) is bool(given)

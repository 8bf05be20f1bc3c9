"""What every answer carries, and what is refused with a sentence."""

import asyncio
import base64
import gzip
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboards import headers
from dashboards.headers import SafeAnswers, content_policy
from dashboards.server import KnownPages, is_page

PAGE = b"<html><script>one()</script><script src='x.js'></script>" + b" " * 2000


async def solara(scope, receive, send):
    """Stands in for Solara: one page, or a connection that stays until told."""
    if scope["type"] == "websocket":
        await receive()
        return
    kind = (b"content-type", b"text/html")
    await send({"type": "http.response.start", "status": 200, "headers": [kind]})
    await send({"type": "http.response.body", "body": PAGE[:10], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[10:]})


def run(coroutine):
    """Run it in a thread of its own: Playwright leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result(30)


def asked(app, path="/", query=b"", accepts=b""):
    """Return status, headers and body of an answer."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": query,
             "headers": [(b"accept-encoding", accepts)] if accepts else []}  # fmt: skip
    run(app(scope, None, send))
    body = b"".join(one.get("body", b"") for one in sent[1:])
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, body


@pytest.mark.parametrize("path", ["/", "/outcomes", "/static/x.js"])
def test_every_answer_carries_the_headers(path):
    status, found, body = asked(SafeAnswers(solara, is_page), path)
    assert status == 200 and body == PAGE
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in found["content-security-policy"]
    assert "default-src 'self'" in found["content-security-policy"]


def test_only_the_scripts_of_the_page_itself_may_run():
    policy = content_policy(PAGE)
    own = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert f"'sha256-{own}'" in policy and policy.count("sha256-") == 1
    scripts = re.search(r"script-src ([^;]*)", policy).group(1)
    assert "unsafe-inline" not in scripts and "http" not in scripts and "*" not in policy


def test_a_page_is_compressed_for_who_can_read_that():
    _, found, body = asked(SafeAnswers(solara, is_page), accepts=b"gzip, br")
    assert found["content-encoding"] == "gzip" and gzip.decompress(body) == PAGE
    assert int(found["content-length"]) == len(body) < len(PAGE)


def test_an_address_that_is_too_long_is_refused():
    status, _, body = asked(SafeAnswers(solara, is_page), query=b"x" * 9000)
    assert status == 414 and b"te lang" in body and b"too long" in body


def test_a_full_server_says_so_in_both_languages_and_still_serves_files():
    app = SafeAnswers(solara, is_page, most_visitors=1)
    app.connections["/jupyter/api/kernels/a/channels"] = 1
    status, found, body = asked(app)
    assert status == 503 and found["retry-after"] == "30"
    assert "zoveel bezoekers" in body.decode() and "as many visitors" in body.decode()
    assert asked(app, "/static/x.js")[0] == 200


@pytest.mark.parametrize("comes_back", [True, False])
def test_who_is_gone_for_a_while_is_told_once_and_not_who_comes_back(monkeypatch, comes_back):
    monkeypatch.setattr(headers, "GRACE", 0.05)
    told = []
    app = SafeAnswers(solara, is_page, told.append)
    scope = {"type": "websocket", "path": "/jupyter/api/kernels/a/channels"}

    async def visit(seconds):
        await app(scope, lambda: asyncio.sleep(seconds), None)

    async def day():
        await visit(0.0)
        assert app.connections == {}
        if comes_back:
            await visit(0.2)
            assert told == []
        else:
            await asyncio.sleep(0.2)
            assert told == [scope["path"]]

    run(day())


@pytest.mark.parametrize("path", ["/zorg/outcomes", "/outcomes"])
def test_below_a_path_of_a_proxy_pages_are_known_with_and_without_it(path):
    seen = []

    async def inner(scope, receive, send):
        seen.append((scope["root_path"], scope["path"]))
        await solara(scope, receive, send)

    status, found, _ = asked(SafeAnswers(KnownPages(inner, "/zorg"), is_page), path)
    assert status == 200 and seen == [("/zorg", "/zorg/outcomes")]
    assert "content-security-policy" in found


def test_an_address_of_no_page_keeps_what_else_was_chosen():
    app = SafeAnswers(KnownPages(solara, "/zorg"), is_page)
    status, found, _ = asked(app, "/zorg/nonsense", query=b"lang=nl&s=bundle_flat")
    assert status == 307
    assert found["location"] == "/zorg/?p=nonsense&lang=nl&s=bundle_flat"
    assert asked(app, "/zorg/nonsense")[1]["location"] == "/zorg/?p=nonsense"

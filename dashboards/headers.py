"""What every answer of the server carries for the browser's own safety, and the busy page.

The content policy is as strict as Solara allows: its pages compile templates in the browser
(``unsafe-eval``) and style elements one by one (``unsafe-inline`` for styles only). Scripts in the
page itself are allowed one by one, by their hash, so nothing that slipped into a page could run.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

#: Visitors at the same time.
MOST_VISITORS = 60
#: Characters of an address above which it is refused; the longest of ours has some 2,000.
LONGEST_ADDRESS = 8_000
#: Seconds after which a visitor who was refused may try again.
TRY_AGAIN = 30
#: Seconds that the run of a visitor whose connection is gone goes on; who comes back in time
#: notices nothing. A tab that is closed says so itself, and is heard at once.
GRACE = 30.0

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)

Send = Callable[[Any], Awaitable[None]]


def content_policy(page: bytes = b"") -> str:
    """Return the content security policy of a page.

    Args:
        page: Its HTML; the scripts in it may run, no others.
    """
    hashes = sorted(
        {
            "'sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode() + "'"
            for attributes, body in _SCRIPT.findall(page)
            if b"x-template" not in attributes and b"application/json" not in attributes
        }
    )
    scripts = " ".join(["'self'", "'unsafe-eval'", *hashes])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self'"
    )


class SafeAnswers:
    """Adds headers to every answer, and refuses politely what is too much.

    Args:
        app: ASGI application.
        is_page: Whether a path, without the root path, is a page of ours.
        gone: Told the path of a connection that has been gone for ``GRACE`` seconds.
        dress: What is added to a page before its policy is made, from the page and the request.
        most_visitors: Connections above which new visitors see the busy page.
    """

    def __init__(
        self,
        app: Any,
        is_page: Callable[[str], bool],
        gone: Callable[[str], None] = lambda path: None,
        dress: Callable[[bytes, Any], bytes] = lambda page, scope: page,
        most_visitors: int = MOST_VISITORS,
    ) -> None:
        self.app, self.is_page, self.gone, self.dress = app, is_page, gone, dress
        self.most_visitors = most_visitors
        self.connections: dict[str, int] = {}

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answer."""
        if scope["type"] == "websocket":
            await self._connection(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope["path"]) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            await _answer(send, 414, _too_long(), "text/plain; charset=utf-8")
        elif self.is_page(scope["path"]) and len(self.connections) >= self.most_visitors:
            await _answer(send, 503, _busy_page(), more={"retry-after": str(TRY_AGAIN)})
        elif self.is_page(scope["path"]):
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    async def _connection(self, scope: Any, receive: Any, send: Send) -> None:
        import asyncio

        path = scope["path"]
        self.connections[path] = self.connections.get(path, 0) + 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.connections[path] -= 1
            if self.connections[path] == 0:
                del self.connections[path]
                asyncio.get_running_loop().call_later(GRACE, self._still_gone, path)

    def _still_gone(self, path: str) -> None:
        if path not in self.connections:
            self.gone(path)

    async def _page(self, scope: Any, receive: Any, send: Send) -> None:
        """Send a page whole, because its policy must be known before its first byte."""
        accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
        headers = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
        start: dict[str, Any] = {}
        body: list[bytes] = []

        async def gather(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body.append(message.get("body", b""))
                if not message.get("more_body"):
                    await finish(b"".join(body))

        async def finish(page: bytes) -> None:
            page = self.dress(page, scope)
            policy = content_policy(page)
            drop = {b"content-length", b"content-security-policy"}
            own = [one for one in start["headers"] if one[0].lower() not in drop]
            if b"gzip" in accepts and len(page) > 1000:
                page = gzip.compress(page, 6)
                own += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
            own.append((b"content-length", str(len(page)).encode()))
            await _with_headers(send, policy)({**start, "headers": own})
            await send({"type": "http.response.body", "body": page})

        await self.app({**scope, "headers": headers}, receive, gather)


def _with_headers(send: Send, policy: str = "") -> Send:
    """Return a sender that adds the headers."""
    policy = policy or content_policy()

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            more = [(k.encode(), v.encode()) for k, v in ALWAYS.items()]
            more.append((b"content-security-policy", policy.encode()))
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return sending


async def _answer(
    send: Send, status: int, body: bytes, kind: str = "text/html; charset=utf-8",
    more: dict[str, str] | None = None,
) -> None:  # fmt: skip
    found = {"content-type": kind, "content-length": str(len(body)), **(more or {})}
    headers = [(k.encode(), v.encode()) for k, v in found.items()]
    sending = _with_headers(send, content_policy(body))
    await sending({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _too_long() -> bytes:
    """Return what is said of an address that is too long, in both languages."""
    from dashboards.texts import texts

    return " / ".join(texts(language)("server.long") for language in ("nl", "en")).encode()


def _busy_page() -> bytes:
    """Return the page of a server that has as many visitors as it can serve."""
    from dashboards.texts import texts

    nl, en = (texts(language)("server.full", seconds=TRY_AGAIN) for language in ("nl", "en"))
    template = (Path(__file__).parent / "assets/busy.html").read_text(encoding="utf-8")
    return template.format(nl=nl, en=en, seconds=TRY_AGAIN).encode()

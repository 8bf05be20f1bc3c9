"""The server: one process for all visitors, with nothing asked from outside."""

import gc
import inspect
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dashboards.first_load import hurried
from dashboards.first_words import with_first_words, without_nameless_bar
from dashboards.headers import MOST_VISITORS, SafeAnswers
from dashboards.lean import keep_memory_together, make_lean
from dashboards.pack import make_pack
from dashboards.view import PAGES

APP = "dashboards.pages.app"
#: Nobody listens here: a file that is not in the pack fails instead of being fetched.
NOWHERE = "http://127.0.0.1:9/"
#: Longest message of a browser, bytes; ours have some hundreds.
LONGEST_MESSAGE = 1_000_000
#: Seconds from the first answer to the start of the workers.
AFTERWARDS = 0.2


def pack_folder() -> Path:
    """Return where the browser files are kept: beside the installed packages.

    The number goes up when other files are put there, so that an older pack is not taken for it.
    """
    return Path(sys.prefix) / "share/zorgbundel/pack2"


def settings(pack: Path, root_path: str = "") -> dict[str, str]:
    """Return the environment that Solara reads when it is imported."""
    found = {
        "SOLARA_APP": APP,
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_THEME_VARIANT": "light",
        "SOLARA_ASSETS_PROXY_CACHE_DIR": str(pack),
        "SOLARA_ASSETS_CDN": NOWHERE,
        "SOLARA_KERNEL_CULL_TIMEOUT": "1h",
        # Our own busy page comes first; Solara would let visitors wait without a word.
        "SOLARA_KERNEL_MAX_COUNT": str(2 * MOST_VISITORS),
        # After a restart of the server a page loads itself again: its address holds every choice.
        "SOLARA_THEME_FORCE_REFRESH": "True",
        # Once the server answers, ``_begin`` does that.
        "SOLARA_GC_FREEZE": "False",
        "SOLARA_SESSION_SECRET_KEY": secrets.token_hex(32),
    }
    if root_path:
        found["SOLARA_ROOT_PATH"] = root_path
    return found


#: First parts of addresses that belong to Solara itself.
SOLARAS = ("_solara", "static", "jupyter", "readyz", "resourcez", "favicon.ico", "api")


def is_page(path: str) -> bool:
    """Return whether a path, without the root path, is one of the pages."""
    return path.strip("/") in ("", *PAGES[1:])


class KnownPages:
    """Sends addresses of pages that do not exist to the first page, which says so."""

    def __init__(self, app: Any, root_path: str = "") -> None:
        """Wrap an ASGI application."""
        self.app, self.root_path = app, root_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        # A proxy may leave the path before all addresses in, or take it out: both are welcome.
        inner = scope["path"].removeprefix(self.root_path) or "/"
        scope = {**scope, "root_path": self.root_path, "path": self.root_path + inner}
        parts = inner.strip("/").split("/")
        known = parts[0] in SOLARAS or is_page(inner)
        if scope["type"] == "websocket" or known:
            await self.app(scope, receive, send)
            return
        # What else was chosen stays: language, scenario and levers.
        query = scope.get("query_string", b"").decode("latin-1")
        place = f"{self.root_path}/?p={quote(parts[-1][:60])}" + (f"&{query}" if query else "")
        headers = [(b"location", place.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def serve(port: int, root_path: str = "", host: str = "127.0.0.1") -> None:
    """Serve the dashboard until it is stopped.

    Args:
        port: Port.
        root_path: Path before all addresses, behind a proxy: ``/zorgbundel``.
        host: Address to listen on.
    """
    gc.disable()  # next to nothing of what is loaded now is garbage
    keep_memory_together()
    os.environ.update(settings(make_pack(pack_folder()), root_path))
    with _unread_sources():
        import uvicorn
        from solara.server.starlette import app

        from dashboards import service
        from dashboards.pages import app as _pages  # noqa: F401 - else Solara loads it later

    make_lean()
    _mind_half_loaded_modules()
    workers = threading.Timer(AFTERWARDS, _begin)

    class Server(uvicorn.Server):
        """Starts the workers once visitors are answered, so that nobody waits for them."""

        async def startup(self, *arguments: Any, **named: Any) -> None:
            await super().startup(*arguments, **named)
            workers.start()

        def handle_exit(self, *arguments: Any) -> None:
            service.engine().closing()  # its workers may have heard the signal too, and are gone
            super().handle_exit(*arguments)

    config = uvicorn.Config(
        whole(app, root_path),
        host=host,
        port=port,
        log_level="warning",
        ws_max_size=LONGEST_MESSAGE,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, _terminated)
    told = 0
    try:
        Server(config).run()
    except KeyboardInterrupt:
        pass
    except TerminatedError:
        told = signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # heard once is enough
        workers.cancel()
        service.engine().close()
    if told:  # everything is put away: end as whoever sent the signal expects
        signal.signal(told, signal.SIG_DFL)
        signal.raise_signal(told)


class TerminatedError(Exception):
    """The server is told to end."""


def _terminated(number: int, frame: Any) -> None:
    """Leave ``serve`` in order, once uvicorn has done so itself and passes the signal on."""
    raise TerminatedError


def _begin() -> None:
    """Start the workers and let them prepare what runs share."""
    from dashboards import service

    gc.collect()
    gc.freeze()  # what was loaded stays: looking for garbage there would hold up every visitor
    gc.enable()
    if service.choices().scenarios:
        service.engine().warm_up()
        service.prepare()


def _mind_half_loaded_modules() -> None:
    """Let state change while another thread is loading pandas, should anything ever load it here.

    Reacton asks of every new value whether it is a pandas table, and stumbles over a pandas that is
    half loaded: whoever looked out for a result in that moment, never saw it.
    """
    from reacton import utils

    def import_item(name: str) -> Any:
        module, _, item = name.rpartition(".")
        return getattr(sys.modules.get(module), item, None) if module else sys.modules.get(name)

    utils.import_item = import_item


@contextmanager
def _unread_sources() -> Iterator[None]:
    """Keep Solara from reading the source of every component for mistakes in its use of hooks.

    That takes a tenth of the start and nobody would see what it warns of. Whoever imports the pages
    in another way, as the tests do, still hears it.
    """
    read = inspect.getsource
    inspect.getsource = lambda _: "def component(): ..."
    try:
        yield
    finally:
        inspect.getsource = read


def whole(app: Any, root_path: str = "") -> Any:
    """Return Solara's application with everything of ours around it.

    Args:
        app: Solara's.
        root_path: Path before all addresses, behind a proxy.
    """

    def dress(page: bytes, scope: Any) -> bytes:
        inner = {**scope, "path": scope["path"].removeprefix(root_path)}
        return with_first_words(hurried(without_nameless_bar(page), pack_folder()), inner)

    return SafeAnswers(
        KnownPages(app, root_path),
        lambda path: is_page(path.removeprefix(root_path)),
        _gone,
        dress,
    )


def _gone(path: str) -> None:
    """Stop what runs for a visitor whose connection has been gone for a while.

    Args:
        path: Of the connection: ``/jupyter/api/kernels/CODE/channels``.
    """
    from dashboards import service

    parts = path.strip("/").split("/")
    if "kernels" in parts[:-1]:
        service.engine().cancel(parts[parts.index("kernels") + 1])

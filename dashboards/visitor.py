"""A visitor without a browser: the websocket client with which load is tested and measured.

It opens a page as a browser does (page, cookie, kernel channel, run), keeps the state of every
widget the server sends, and clicks by sending the events that the Vue templates send. Twenty of
these cost less than one Chromium, so what is measured is the server.
"""

import json
import struct
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

#: What tells a widget of ours from the others: some of its properties.
RUN_BAR = ("can_run", "running", "message")
LEVERS = ("groups", "chips")


class Visitor:
    """One visitor.

    Args:
        address: Of the server, with the root path: ``http://127.0.0.1:8765``.
        path: Page and query: ``/outcomes?lang=nl``.

    Attributes:
        widgets: State of every widget, by its code.
        received: Bytes received over the channel.
    """

    def __init__(self, address: str, path: str = "/outcomes?lang=nl") -> None:
        self.address, self.path = address, path
        self.kernel, self.page = (str(uuid.uuid4()) for _ in range(2))
        self.widgets: dict[str, dict[str, Any]] = {}
        self.received = 0
        self._news = threading.Condition()
        self._open = ExitStack()
        self._session = uuid.uuid4().hex
        self._ready = False
        self._closed = ""  # why, once it is

    def open(self, timeout: float = 120.0) -> "Visitor":
        """Open the page and wait until it is all there.

        Raises:
            TimeoutError: It was not.
        """
        from websockets.sync.client import connect

        with urlopen(Request(self.address + self.path), timeout=timeout) as answer:
            answer.read()
            self._cookie = (answer.headers.get("set-cookie") or "").split(";")[0]
        place = urlsplit(self.address)
        url = f"ws://{place.netloc}{place.path}/jupyter/api/kernels/{self.kernel}/channels"
        channel = connect(
            f"{url}?session_id={self.page}", additional_headers={"Cookie": self._cookie},
            max_size=None, open_timeout=timeout, ping_interval=None,
        )  # fmt: skip
        self._socket = self._open.enter_context(channel)
        threading.Thread(target=self._listen, daemon=True, name="visitor").start()
        self._control = uuid.uuid4().hex
        opening = {"comm_id": self._control, "target_name": "solara.control", "data": {}}
        self._send("comm_open", opening)
        arguments = {"path": self.path, "appName": None, "themes": None, "dark": False}
        self._tell(self._control, {"method": "run", "args": arguments})
        self.wait(lambda: self._ready, timeout)
        return self

    def find(self, properties: tuple[str, ...]) -> str | None:
        """Return the newest widget that has all these properties."""
        with self._news:
            return next(
                (
                    code
                    for code in reversed(self.widgets)
                    if all(name in self.widgets[code] for name in properties)
                ),
                None,
            )

    def state(self, properties: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the state of that widget; nothing if there is none."""
        code = self.find(properties)
        return {} if code is None else dict(self.widgets[code])

    def send(self, properties: tuple[str, ...], event: str, data: Mapping[str, Any]) -> None:
        """Send what a template sends, such as a click.

        Raises:
            LookupError: There is no such widget.
        """
        code = self.find(properties)
        if code is None:
            raise LookupError(f"no widget with {', '.join(properties)}")
        content = {"event": event, "data": dict(data)}
        self._tell(code, {"method": "custom", "content": content})

    def wait(self, until: Callable[[], Any], timeout: float) -> float:
        """Wait for news until something holds, and return the seconds it took.

        Raises:
            TimeoutError: It did not come to hold, or the connection is gone.
        """
        begun = time.monotonic()
        with self._news:
            self._news.wait_for(lambda: until() or self._closed, timeout)
            if not until():
                why = f"the connection is gone: {self._closed}" if self._closed else "no answer"
                raise TimeoutError(f"{why} after {time.monotonic() - begun:.0f} s")
        return time.monotonic() - begun

    # --- what visitors of the outcomes page do

    def move(self, lever: str, value: float, timeout: float = 60.0) -> float:
        """Move a lever and return the seconds until it stands there."""

        def stands() -> bool:
            levers = (one for g in self.state(LEVERS)["groups"] for one in g["levers"])
            return any(one["name"] == lever and abs(one["value"] - value) < 1e-9 for one in levers)

        self.send(LEVERS, "changed", {"name": lever, "value": value})
        return self.wait(stands, timeout)

    def run(self) -> None:
        """Press Run."""
        self.send(RUN_BAR, "run", {})

    @property
    def running(self) -> bool:
        """Whether a run is seen to be in progress."""
        return bool(self.state(RUN_BAR).get("running"))

    @property
    def has_result(self) -> bool:
        """Whether a run has ended and its result is shown."""
        bar = self.state(RUN_BAR)
        return bool(bar) and not bar["running"] and not bar["can_run"]

    def close(self, says_so: bool = True) -> None:
        """Leave: as a closed tab does, which says so, or as a lost connection."""
        if says_so:
            url = f"{self.address}/_solara/api/close/{self.kernel}?session_id={self.page}"
            leaving = Request(url, method="POST", headers={"Cookie": self._cookie})
            with urlopen(leaving, timeout=30):
                pass
        self._closed = True
        self._open.close()

    # --- the channel

    def _tell(self, code: str, data: Mapping[str, Any]) -> None:
        self._send("comm_msg", {"comm_id": code, "data": data})

    def _send(self, kind: str, content: Mapping[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "version": "5.2",
                  "session": self._session, "date": "2026-01-01T00:00:00Z"}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                   "buffers": [], "channel": "shell"}  # fmt: skip
        self._socket.send(json.dumps(message))

    def _listen(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            for raw in self._socket:
                self._hear(raw)
            why = "at an end"
        except ConnectionClosed as error:
            why = str(error)
        with self._news:
            self._closed = why
            self._news.notify_all()

    def _hear(self, raw: str | bytes) -> None:
        message = json.loads(raw) if isinstance(raw, str) else _unpacked(raw)
        kind, content = message["header"]["msg_type"], message["content"]
        with self._news:
            self.received += len(raw)
            code, data = content.get("comm_id"), content.get("data", {})
            if kind == "comm_open":
                self.widgets[code] = dict(data.get("state", {}))
            elif kind == "comm_close":
                self.widgets.pop(code, None)
            elif kind == "comm_msg" and code == self._control:
                self._ready = self._ready or data.get("method") == "finished"
            elif kind == "comm_msg" and data.get("method") == "update":
                self.widgets.setdefault(code, {}).update(data.get("state", {}))
            self._news.notify_all()


def _unpacked(raw: bytes) -> dict[str, Any]:
    """Return the message in a binary frame: a count, offsets, then JSON and buffers."""
    count = struct.unpack("!I", raw[:4])[0]
    offsets = struct.unpack(f"!{count}I", raw[4 : 4 * (count + 1)])
    end = offsets[1] if count > 1 else len(raw)
    return json.loads(raw[offsets[0] : end])

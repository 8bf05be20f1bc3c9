"""Pages of the dashboard drawn in this process, without server or browser.

Import it after the environment is as the server sets it (``dashboards.server.settings``).
"""

import time

import ipywidgets
import solara
from solara.server import kernel, kernel_context

from dashboards.pages import app


@solara.component
def At(address):  # noqa: N802 - a component of Solara
    solara.RoutingProvider(children=[app.App()], routes=app.routes, pathname=address)


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


class Visit:
    """One page, as one visitor sees it."""

    def __init__(self, address):
        self._kernel = kernel_context.VirtualKernelContext(
            id=address, kernel=kernel.Kernel(), session_id=address
        )
        with self._kernel:
            self._box, self._drawn = solara.render(At(address), handle_error=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._kernel:
            self._drawn.close()

    def _widgets(self, top=None):
        todo, known = [top or self._box], set()
        while todo:
            widget = todo.pop()
            if id(widget) in known:
                continue
            known.add(id(widget))
            yield widget
            for name in widget.keys:
                value = getattr(widget, name, None)
                values = value if isinstance(value, list | tuple) else [value]
                todo += [one for one in values if isinstance(one, ipywidgets.Widget)]

    def text(self):
        """Return every string that a browser is sent, without the templates that show them."""
        return "\n".join(
            one
            for widget in self._widgets()
            if type(widget).__name__ != "Template"
            for name in widget.keys
            if not name.startswith("_")
            for one in _strings(getattr(widget, name, None))
        )

    def waits_for(self, wanted, seconds=5.0):
        """Return whether a text is there or comes: threads of the page bring theirs later."""
        end = time.monotonic() + seconds
        while wanted not in self.text():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def press(self, label):
        """Click the button of this name."""
        with self._kernel:
            (button,) = [
                one for one in self._widgets()
                if getattr(one, "tag", "") == "button" and label in (one.children or [])
            ]  # fmt: skip
            button.click()

"""What keeps Solara's server small for each visitor, beside what its pages themselves save.

Solara is made for notebooks: it gives a visitor what a programmer there would want. Each function
here leaves one such thing out, and nobody sees a difference. Measured by ``zorgbundel bench
--dashboard`` (memory per visitor).
"""

from types import SimpleNamespace


def make_lean() -> None:
    """Leave it all out, once Solara is loaded and before the first visitor comes."""
    remember_nothing()
    share_magics()
    stack_plainly()
    number_no_elements()


def keep_memory_together() -> None:
    """Let threads share what memory there is: each visitor has one, and glibc gives many their own.

    Elsewhere than on Linux with glibc there is nothing to do.
    """
    import ctypes

    arenas, most = -8, 2  # M_ARENA_MAX of malloc.h
    try:
        ctypes.CDLL("libc.so.6").mallopt(arenas, most)
    except (OSError, AttributeError):
        return


class NoEvents:
    """The events of a notebook where nobody listens."""

    def trigger(self, event: str, *told) -> None:
        """Tell nobody that something happens."""

    def register(self, event: str, listener) -> None:
        """Take no listener."""

    unregister = register


def remember_nothing() -> None:
    """Have nothing stand in for a notebook's events and history, which no page uses.

    Solara's stand-ins are ``unittest.mock`` objects, which remember all that is asked of them. For
    every click of a visitor one is made anew: 34 kB, in circles that only the rarest round of
    garbage collection finds. After two minutes of fifty visitors who move levers the server took
    220 MB with them and 205 without, and a page opened for a visitor takes 0.05 MB less.
    """
    from solara.server import patch
    from solara.server.shell import SolaraInteractiveShell

    patch.mock = SimpleNamespace(MagicMock=NoEvents)
    SolaraInteractiveShell.init_history = lambda shell: None


def share_magics() -> None:
    """Let visitors share the IPython commands (``%run`` and the like), which no page uses.

    Solara makes a shell for every visitor, and these would take a tenth of its memory.
    """
    from solara.server.shell import SolaraInteractiveShell

    make, made = SolaraInteractiveShell.init_magics, []

    def share(shell) -> None:
        if made:
            shell.magics_manager = made[0]
        else:
            make(shell)
            made.append(shell.magics_manager)

    SolaraInteractiveShell.init_magics = share
    SolaraInteractiveShell.init_alias = lambda _: None


def stack_plainly() -> None:
    """Let components put their parts in a plain box instead of in a component of Solara's."""
    import reacton.core

    from dashboards.components.elements import Stack

    reacton.core._default_container = Stack


class NoNumbers(set):
    """A set that stays empty."""

    def add(self, number: int) -> None:
        """Take nothing."""


def number_no_elements() -> None:
    """Have a page not number every element that it ever drew.

    Reacton keeps the number of each, as long as a visitor stays, to word one error of a programmer
    who looks for the widget of an element that is gone. After five minutes of fifty visitors who
    move levers that was 44 MB: half of it at once, when the sets of all fifty grew.
    """
    from reacton.core import _RenderContext

    begin = _RenderContext.__init__

    def begin_empty(self, *arguments, **options) -> None:
        begin(self, *arguments, **options)
        self._old_element_ids = NoNumbers()

    _RenderContext.__init__ = begin_empty

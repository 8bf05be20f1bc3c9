"""The progress bar of long work: what is done, how long it took and how long it will take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from experiments.screen import console


def progress_bar(quiet: bool) -> Progress:
    """Return a bar on standard error; none if the output is for a machine."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(), console=console(stderr=True), disable=quiet,
    )  # fmt: skip


@contextmanager
def following(quiet: bool, what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar while work goes on; yield what is called after each finished part.

    Args:
        quiet: No bar.
        what: What is being done.
        total: Number of parts.
    """
    with progress_bar(quiet) as progress:
        bar = progress.add_task(what, total=total)
        yield lambda: progress.advance(bar)

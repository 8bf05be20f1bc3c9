"""The progress bar of long work: what is done, how long it took and how long it will take."""

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

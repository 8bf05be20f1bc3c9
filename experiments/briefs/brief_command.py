"""``zorgbundel brief``: two pages from the results in a folder."""

from pathlib import Path

import click

from experiments.briefs.brief import Brief
from experiments.number_format import Language
from experiments.output import OutputError
from model.parameters.spelling import hint
from scenarios.loader import ScenarioError


def write_brief_of(
    folder: Path, policy: str | None, language: Language, fmt: str, out: Path | None
) -> None:
    """Write the brief of a results folder; see ``zorgbundel brief --help``."""
    from experiments.briefs.contents import brief_of
    from experiments.briefs.results import read_results

    path = out or Path(f"brief.{language}.{fmt}")
    _check_free(path)
    results = read_results(folder)
    policies = results.comparison.design.policies
    chosen = policy or policies[0]
    if chosen not in policies:
        raise ScenarioError(f"{folder} holds no policy '{chosen}'{hint(chosen, policies)}.")
    write(rendered(brief_of(results, chosen, language), fmt), path)
    click.echo(f"The brief is in {path}.")


def rendered(brief: Brief, fmt: str) -> bytes:
    """Return a brief as a file of the format asked for."""
    if fmt == "pdf":
        from experiments.briefs.as_pdf import pdf

        return pdf(brief)
    if fmt == "docx":
        from experiments.briefs.as_docx import docx

        return docx(brief)
    from experiments.briefs.as_html import html

    return html(brief)


def write(content: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    from experiments.sweeps.chunk import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from None


def _check_free(path: Path) -> None:
    """Refuse early what cannot be written later, and what would destroy somebody's work."""
    if path.is_symlink() or path.is_dir():
        raise OutputError(f"{path} is a folder or a link; choose another --out.")
    if path.exists():
        raise OutputError(f"{path} exists already; choose another --out or remove it first.")
    if not path.parent.is_dir():
        raise OutputError(f"{path.parent} is no folder; choose another --out.")

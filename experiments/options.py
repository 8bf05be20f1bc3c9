"""What options of several commands mean, said once. Nothing heavy is imported here."""

from pathlib import Path

import click


class Share(click.FloatRange):
    """A share above 0 and at most 1; click's own range lets not-a-number through."""

    def convert(self, value, param, ctx):
        """Return the number, refused if it is none."""
        number = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value} is not a number.", param, ctx)
        return number


SHARE = Share(0.0, 1.0, min_open=True)
WHOLE_SHARE = Share(0.0, 1.0)


def option_set(command):
    """Add ``--set name=value``."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a parameter (repeatable); see 'zorgbundel parameters'.",
    )(command)


def new_name(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """Return a path; an empty text is no name."""
    if value is not None and not value.strip():
        raise click.BadParameter("the name is empty.", ctx, param)
    return None if value is None else Path(value)


def option_out(command):
    """Add ``--out DIR``."""
    return click.option(
        "--out", callback=new_name, metavar="DIR", help="Write tables and more to this new folder."
    )(command)


def option_kept(kind: str):
    """Add ``--out DIR`` of a command that keeps its runs, and ``--retry-failed``."""

    def both(command):
        command = click.option(
            "--retry-failed", is_flag=True, help="Try runs that failed once more."
        )(command)
        return click.option(
            "--out",
            callback=new_name,
            metavar="DIR",
            help="Folder of tables and runs; the same command goes on from what is in it. "
            f"Default results/{kind}-POLICY.",
        )(command)

    return both


def option_json(command):
    """Add ``--json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
    )(command)


def option_draws_from(command):
    """Add ``--draws-from prior|posterior|FILE``."""
    return click.option(
        "--draws-from",
        metavar="prior|posterior|FILE",
        help="Draw assumptions from their ranges (prior), or only as agree with the facts "
        "(posterior, or the posterior.csv of your own); default posterior if it fits.",
    )(command)


def option_share(command):
    """Add ``--share S``."""
    return click.option(
        "--share",
        type=SHARE,
        default=0.1,
        show_default=True,
        help="Share of the country to simulate.",
    )(command)


def option_workers(command):
    """Add ``--workers N``."""
    return click.option(
        "--workers", type=click.IntRange(1), help="Processes; default one per core."
    )(command)


def option_lang(command):
    """Add ``--lang en|nl``."""
    return click.option("--lang", type=click.Choice(["en", "nl"]), default="en")(command)

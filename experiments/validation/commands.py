"""The command ``zorgbundel validate``. Heavy imports wait until it runs."""

import click

from experiments.options import (
    option_draws_from,
    option_json,
    option_lang,
    option_out,
    option_workers,
)


@click.command()
@click.option(
    "--seeds",
    type=click.IntRange(2, 1000),
    default=6,
    show_default=True,
    help="Worlds per pattern that differ by chance only.",
)
@click.option(
    "--draws",
    type=click.IntRange(0, 1000),
    default=6,
    show_default=True,
    help="Worlds per pattern that differ by assumptions.",
)
@click.option(
    "--quick",
    is_flag=True,
    help="A look for the classroom: small worlds, three seeds, no draws.",
)
@option_draws_from
@option_workers
@option_lang
@option_out
@option_json
def validate(seeds, draws, quick, draws_from, workers, lang, out, as_json) -> None:
    """Hold the model against every pattern known beforehand: calibrated, emergent, other models.

    One table with the expected band, what the model gives, how sure that is, and a verdict; what
    fails stays in it. About three minutes on two free cores; with --quick half a minute.
    """
    from experiments.validation.validate_command import show_validation

    show_validation(seeds, draws, quick, draws_from, workers, lang, out, as_json)

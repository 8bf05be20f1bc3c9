"""The command ``zorgbundel forecast``. Heavy imports wait until it runs."""

from pathlib import Path

import click

from experiments.options import (
    option_draws_from,
    option_json,
    option_lang,
    option_share,
    option_workers,
)

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--freeze", is_flag=True, help="Run the model and write what it expects, sealed.")
@click.option("--score", type=_FILE, metavar="FILE",
              help="Score a frozen forecast; needs --observed.")  # fmt: skip
@click.option("--observed", type=_FILE, metavar="CSV",
              help="With --score: what was observed (quantity,group,year,value).")  # fmt: skip
@click.option("--verify", type=_FILE, metavar="FILE", help="Say whether a forecast was changed.")
@click.option("--template", type=_FILE, metavar="FILE",
              help="Print the CSV of what a forecast expects, to fill in.")  # fmt: skip
@click.option("--out", type=_FILE, metavar="FILE",
              help="With --freeze: the new file; default forecast-DATE.json.")  # fmt: skip
@click.option("--scenario", default="bundle_by_choice", show_default=True,
              help="With --freeze: what is taken to happen in reality.")  # fmt: skip
@click.option("--draws", type=click.IntRange(2, 100_000), default=40, show_default=True,
              help="With --freeze: worlds that differ by assumptions and chance.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(2, 100_000), default=6, show_default=True,
              help="With --freeze: worlds that differ by chance only.")  # fmt: skip
@option_share
@option_draws_from
@option_workers
@option_lang
@option_json
def forecast(
    freeze, score, observed, verify, template, out, scenario, draws, seeds, share, draws_from,
    workers, lang, as_json,
) -> None:  # fmt: skip
    """Freeze what the model expects of the real evaluations of 2025-2029, and score it later.

    A frozen file carries date, code, parameters and a hash of its content; its worth lies in being
    published before the evaluations. Scoring is by proper scores, with coverage, in words.
    """
    wanted = [freeze, score is not None, verify is not None, template is not None]
    if sum(wanted) != 1:
        raise click.UsageError(
            "Give one of --freeze, --score FILE, --verify FILE, --template FILE."
        )
    if (score is None) != (observed is None):
        raise click.UsageError("--score and --observed go together.")
    if out is not None and not freeze:
        raise click.UsageError("--out goes with --freeze.")
    from experiments.forecasts import forecast_command as command

    if freeze:
        command.freeze_forecast(
            scenario, draws, seeds, share, draws_from, workers, lang, out, as_json
        )
    elif score is not None:
        command.score_forecast(score, observed, lang, as_json)
    elif verify is not None:
        command.verify_forecast(verify, lang, as_json)
    else:
        command.print_template(template)

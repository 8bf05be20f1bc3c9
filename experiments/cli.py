"""The command ``zorgbundel``. Heavy imports wait until a command needs them."""

import sys
from pathlib import Path

import click

from experiments.answer_commands import ANSWERS
from experiments.bench_command import bench
from experiments.briefs.brief import FORMATS
from experiments.describing.describe_command import describe_command
from experiments.forecasts.commands import forecast
from experiments.options import (
    SHARE,
    new_name,
    option_draws_from,
    option_json,
    option_lang,
    option_out,
    option_set,
    option_share,
    option_workers,
)
from experiments.teaching.commands import TEACHING
from experiments.validation.commands import validate
from experiments.why.why_command import why_command


class Sentence(click.ClickException):
    """One clear sentence on standard error, exit code 2."""

    exit_code = 2

    def show(self, file=None) -> None:
        """Print the sentence."""
        from model.parameters.safe_file import one_line

        click.echo(f"zorgbundel: {one_line(self.format_message())}", err=True)


class Commands(click.Group):
    """Turns errors of input and of the system into one sentence and exit code 2."""

    def main(self, *args, standalone_mode: bool = True, **kwargs):
        """Run the program; click's own complaints become one sentence too."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **kwargs)
        try:
            result = super().main(*args, standalone_mode=False, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help())
            sys.exit(0)
        except click.UsageError as error:
            Sentence(error.format_message()).show()
            sys.exit(Sentence.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            Sentence("Stopped; nothing was written.").show()
            sys.exit(Sentence.exit_code)
        sys.exit(result if isinstance(result, int) else 0)

    def invoke(self, ctx: click.Context):
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            raise Sentence("Stopped; nothing was written.") from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Sentence(f"{where}{error.strerror or error}.") from None
        except ValueError as error:
            from experiments.output import OutputError
            from model.parameters import ParameterError
            from scenarios.loader import ScenarioError

            if isinstance(error, OutputError | ParameterError | ScenarioError):
                raise Sentence(str(error)) from None
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zorgbundel")
def main() -> None:
    """Zorgbundel: a policy laboratory for paying COPD physiotherapy per quarter.

    Compares fee per session with a bundle per patient per quarter, on Dutch numbers.
    Results are estimates under stated assumptions, not predictions.
    """


@main.command()
@click.argument("scenario", required=False)
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table")
@option_lang
@click.option(
    "--schema", is_flag=True, help="Print the JSON Schema of scenario files, for editors."
)
def scenarios(scenario: str | None, fmt: str, lang: str, schema: bool) -> None:
    """List the scenarios of the library, or show one SCENARIO (a name or a YAML file) in full."""
    from experiments.scenarios_command import scenarios_text
    from model.parameters import load_registry

    click.echo(scenarios_text(load_registry(), scenario, fmt, lang, schema))


@main.command()
@click.option("--role", type=click.Choice(["fact", "uncertainty", "lever", "target"]))
@click.option("--format", "fmt", type=click.Choice(["table", "csv", "json"]), default="table")
@option_lang
def parameters(role: str | None, fmt: str, lang: str) -> None:
    """Print every parameter with value, range, unit, role and source."""
    from experiments.parameters_command import parameters_table
    from model.parameters import load_registry

    click.echo(parameters_table(load_registry(), role, fmt, lang))


@main.command()
def month() -> None:
    """Print the month: what happens, in which order."""
    from experiments.month_command import month_table

    click.echo(month_table())


@main.command()
@click.argument("contract")
@option_lang
@option_set
@option_out
@option_json
@click.option(
    "--theory", default="default", show_default=True, metavar="NAME",
    help="Theory that moves the typical therapist: default, pure_professional, pure_profit, "
    "target_income, inertia or monotone_benefit.",
)  # fmt: skip
def explain(contract, lang, settings, out, as_json, theory) -> None:
    """Ask a CONTRACT (a library name or a YAML file) what it rewards, before simulating it."""
    from experiments.explain_command import explain_contract

    explain_contract(contract, settings, lang, out, as_json, theory)


@main.command()
@click.argument("scenario")
@option_set
@option_share
@click.option(
    "--years",
    type=click.IntRange(1, 25),
    default=5,
    show_default=True,
    help="Years of the policy window, from 2025.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@option_out
@option_json
def run(scenario, settings, share, years, seed, out, as_json) -> None:
    """Run one SCENARIO (a library name or a YAML file) in one world."""
    from experiments.run_command import run_scenario

    run_scenario(scenario, settings, share, years, seed, out, as_json)


@main.command()
@click.argument("baseline")
@click.argument("policies", nargs=-1, required=True, metavar="POLICY [POLICY ...]")
@click.option(
    "--seeds",
    type=click.IntRange(2),
    default=6,
    show_default=True,
    help="Pairs of worlds that differ by chance only.",
)
@click.option(
    "--draws",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Pairs of worlds that differ by assumptions.",
)
@click.option(
    "--search",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Further pairs where the ministry's estimate of the maxima can be right.",
)
@option_share
@option_workers
@click.option(
    "--until-clear", is_flag=True, help="Add pairs beyond --seeds until what is watched is clear."
)
@click.option(
    "--max-pairs",
    type=click.IntRange(2),
    default=96,
    show_default=True,
    help="With --until-clear: most pairs.",
)
@click.option(
    "--watch",
    "watched",
    multiple=True,
    metavar="MEASURE",
    help="With --until-clear: what must be clear (repeatable); default spending and the dangers.",
)
@option_set
@option_draws_from
@option_out
@option_json
def compare(
    baseline, policies, seeds, draws, search, share, workers, until_clear, max_pairs, watched,
    settings, draws_from, out, as_json,
) -> None:  # fmt: skip
    """Compare POLICY with BASELINE in paired worlds, with both budget tests."""
    from experiments.compare_command import compare_scenarios

    compare_scenarios(
        baseline,
        policies,
        seeds,
        draws,
        search,
        share,
        workers,
        settings,
        draws_from,
        out,
        as_json,
        replace=False,
        max_pairs=max_pairs if until_clear else None,
        watched=watched,
    )


@main.command()
@click.argument("baseline")
@click.argument("policy")
@option_share
@click.option(
    "--seeds",
    type=click.IntRange(2),
    default=3,
    show_default=True,
    help="Pairs of worlds per theory that differ by chance only.",
)
@option_workers
@option_lang
@option_set
@option_out
@option_json
def theories(baseline, policy, share, seeds, workers, lang, settings, out, as_json) -> None:
    """Compare POLICY with BASELINE under each theory of what moves therapists."""
    from experiments.theories_command import show_theories

    show_theories(baseline, policy, seeds, share, workers, settings, lang, out, as_json)


@main.command()
@click.argument("design", type=click.Path(path_type=Path))
@click.option(
    "--out",
    callback=new_name,
    required=True,
    metavar="DIR",
    help="Folder of the results; what is in it already is not run again.",
)
@option_workers
@click.option("--cluster", metavar="ADDRESS", help="Run on the Dask scheduler at this address.")
@click.option("--retry-failed", is_flag=True, help="Try runs that failed once more.")
@option_json
def sweep(design, out, workers, cluster, retry_failed, as_json) -> None:
    """Start, resume or expand the runs of a DESIGN (a YAML file)."""
    from experiments.sweeps.sweep_command import run_sweep

    sys.exit(run_sweep(design, out, workers, cluster, retry_failed, as_json))


@main.command()
@option_workers
@option_draws_from
def demo(workers, draws_from) -> None:
    """Run the main job: fee per session against the bundle, results in results/demo."""
    from experiments.compare_command import run_demo

    run_demo(workers, draws_from)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@option_lang
@click.option(
    "--format", "fmt", type=click.Choice(list(FORMATS)), default="html", show_default=True
)
@click.option("--policy", metavar="NAME", help="The policy it is about; default: the first.")
@click.option(
    "--out", callback=new_name, metavar="FILE", help="File to write; default: brief.LANG.FORMAT."
)
def brief(folder: Path, lang, fmt, policy, out) -> None:
    """Write a policy brief of two pages from the results in FOLDER."""
    from experiments.briefs.brief_command import write_brief_of

    write_brief_of(folder, policy, lang, fmt, out)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--sample", type=click.IntRange(1), metavar="N", help="Of a sweep: only N runs, at random."
)
@option_workers
def reproduce(folder: Path, sample, workers) -> None:
    """Run a results FOLDER again and say whether the numbers are identical.

    FOLDER may be the fingerprint on a figure, if its results are in results/ or in this folder, or
    the file of a frozen forecast.
    """
    from experiments.reproduce_command import reproduce as again

    sys.exit(again(folder, sample, workers))


@main.command()
@click.option("--share", type=SHARE, help="Share of the country; 0.2, or 0.1 for a posterior.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--fit", is_flag=True, help="Repeat the fit and print the fitted numbers.")
@click.option("--posterior", is_flag=True, help="Make draws that agree with the facts, in --out.")
@click.option("--out", callback=new_name, metavar="DIR", help="Folder of the posterior.")
@click.option("--waves", type=click.IntRange(1), help="Waves at most; default 8.")
@click.option("--runs", type=click.IntRange(20), help="Runs per wave; default 300.")
@click.option("--draws", type=click.IntRange(1), help="Draws wanted; default 200.")
@option_workers
@option_json
def calibration(share, seed, fit, posterior, out, waves, runs, draws, workers, as_json) -> None:
    """Compare fee per session with the facts: target, range, model, verdict.

    With --posterior: find parameter draws that agree with the facts of the years before 2025, in
    waves. The same command goes on where it was stopped; more --waves or --draws expand.
    """
    own = {"out": out, "waves": waves, "runs": runs, "draws": draws, "workers": workers}
    given = [f"--{name}" for name, value in own.items() if value is not None]
    if not posterior:
        if given:
            raise click.UsageError(f"{given[0]} goes with --posterior.")
        from experiments.calibration_command import print_calibration

        print_calibration(share or 0.2, seed, fit, as_json)
        return
    if fit:
        raise click.UsageError("--fit and --posterior do not go together.")
    if out is None:
        raise click.UsageError("--posterior needs a folder: --out DIR.")
    from experiments.posteriors.calibration_runs import Plan
    from experiments.posteriors.posterior_command import make_posterior

    sizes = {"waves": waves, "runs": runs, "draws": draws, "share": share}
    plan = Plan(**{name: value for name, value in sizes.items() if value}, seed=seed)
    make_posterior(plan, out, workers, as_json)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option("--root-path", default="", help="Path before all addresses, behind a proxy.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in a browser.")
@click.option("--offline-check", is_flag=True, help="Say whether it can run without internet.")
@click.option("--precompute", is_flag=True, help="Make the results of the library anew.")
@click.option("--workers", type=click.IntRange(1), help="Processes for --precompute.")
@click.option(
    "--class",
    "for_class",
    is_flag=True,
    help="Let other computers in the network join; without it only this one can.",
)
def dashboard(port, root_path, open_browser, offline_check, precompute, workers, for_class) -> None:
    """Start the dashboard for policymakers in a browser; needs no internet."""
    from dashboards.command import dashboard as start

    start(port, root_path, open_browser, offline_check, precompute, workers, for_class)


COMMANDS = (
    *ANSWERS,
    *TEACHING,
    describe_command,
    why_command,
    validate,
    forecast,
    bench,
)

for each in COMMANDS:
    main.add_command(each)

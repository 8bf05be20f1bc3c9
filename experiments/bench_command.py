"""The command ``zorgbundel bench``. Heavy imports wait until it runs."""

import json

import click

from experiments.options import option_json


@click.command()
@click.option("--sweep", is_flag=True, help="Measure sweeps instead, with a plan for a million.")
@click.option(
    "--runs",
    type=click.IntRange(20),
    default=1_000,
    show_default=True,
    help="Paired runs, with --sweep.",
)
@click.option(
    "--dashboard", is_flag=True, help="Measure the dashboard instead, beside its targets."
)
@click.option(
    "--class",
    "for_class",
    is_flag=True,
    help="Measure the watched world and the class game instead, beside their targets.",
)
@option_json
def bench(sweep: bool, runs: int, dashboard: bool, for_class: bool, as_json: bool) -> None:
    """Measure speed and memory: growth, plain Mesa, start-up."""

    def tell(text: str) -> None:
        click.echo(text, err=True)

    if sweep + dashboard + for_class > 1:
        raise click.UsageError("--sweep, --dashboard and --class do not go together.")
    if dashboard or for_class:
        from dashboards.bench import dashboard_report, report_lines
        from dashboards.bench_class import class_report
        from dashboards.command import check_installed

        check_installed()
        measured = (class_report if for_class else dashboard_report)(tell)
        click.echo(json.dumps(measured) if as_json else "\n".join(report_lines(measured)))
        return
    if sweep:
        from experiments.sweeps.bench_sweep import sweep_report

        report = sweep_report(runs, tell)
    else:
        from experiments.bench import bench_report

        report = bench_report(tell)
    if as_json:
        click.echo(json.dumps(report))
        return
    for name, value in report.items():
        click.echo(f"{name}: {value}")

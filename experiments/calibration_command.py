"""``zorgbundel calibration``: the baseline beside the facts."""

import json
import math
from dataclasses import asdict

import click
from rich.table import Table

from experiments.calibration import FREE, calibration_rows, fit
from experiments.terminal import console
from model.parameters import load_registry


def print_calibration(share: float, seed: int, refit: bool, as_json: bool) -> None:
    """Print the calibration table, or repeat the fit first; see ``zorgbundel calibration``."""
    registry = load_registry()
    p = registry.values()
    fitted = {}
    if refit:
        p = fit(registry, p, share, seed, tell=lambda text: click.echo(text, err=True))
        fitted = {name: p[name] for name in FREE}
    rows = calibration_rows(registry, p, share, seed)
    if as_json:
        plain = [
            asdict(row)
            | {
                "range": [row.low, row.high],
                "model": None if math.isnan(row.model) else row.model,
            }
            for row in rows
        ]
        click.echo(json.dumps({"rows": plain, "fitted": fitted}, allow_nan=False))
        return
    screen = console()
    table = Table(title=f"Fee per session against the facts (share {share}, seed {seed})")
    for name in ("target", "value", "range", "model", "verdict"):
        table.add_column(name, justify="left" if name in ("target", "verdict") else "right")
    for row in rows:
        mark = "[green]pass[/green]" if row.verdict == "pass" else "[bold red]fail[/bold red]"
        table.add_row(
            f"{row.label}{' *' if row.fitted else ''}\n[dim]{row.source}[/dim]",
            f"{row.value:,.4g}",
            f"{row.low:,.4g} to {row.high:,.4g}",
            f"{row.model:,.4g}",
            mark,
        )
    screen.print(table)
    passed = sum(row.verdict == "pass" for row in rows)
    screen.print(f"{passed} of {len(rows)} within the stated range. * used in the fit.")
    for name, value in fitted.items():
        screen.print(f"fitted {name}: {value:.4g}")

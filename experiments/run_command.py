"""``zorgbundel run``: one scenario in one world."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np
import pandas as pd
from rich.table import Table

from experiments.evaluations import Seen, beside_truth
from experiments.fingerprints import with_fingerprint
from experiments.manifest import code_fingerprint, table_hash, version
from experiments.output import check_free
from experiments.saving import save_run
from experiments.state_fingerprint import state_fingerprint
from experiments.terminal import console, number, run_evaluation_table
from model.outcomes import BY_ID, MEASURES
from model.parameters import ParameterSet, load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load, parse_settings


def run_scenario(
    name: str,
    settings: Sequence[str],
    share: float,
    years: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run one scenario from the command line; see ``zorgbundel run --help``."""
    registry = load_registry()
    scenario = load(name, registry)
    chosen = parse_settings(settings, registry)
    if out is not None:
        check_free(out)
    states: dict[str, str] = {}

    def note(world: World) -> None:
        states[january_of(world.year)] = state_fingerprint(world)

    world = run_world(
        scenario.policy(), registry.values(chosen), share, years, seed, out is not None,
        each_january=None if out is None else note,
    )  # fmt: skip
    results = yearly_values(world.results())
    evaluations = estimates_only(world)
    about = with_fingerprint({
        "kind": "run", "version": version(), "code": code_fingerprint(),
        "scenario": scenario.model_dump(mode="json"), "parameters": world.p.fingerprint(),
        "settings": chosen, "share": share, "years": years, "seed": seed, "states": states,
        "tables": {"outcomes": table_hash(results), "evaluations": table_hash(evaluations)},
    })  # fmt: skip
    if out is not None:
        save_run(results, evaluations, world, about, out)
    if as_json:
        click.echo(
            json.dumps(_document(scenario.name, results, evaluations, about), allow_nan=False)
        )
        return
    screen = console()
    screen.print(_table(results, scenario.title.en, world.span))
    if len(evaluations):
        screen.print(run_evaluation_table(evaluations))
    small = int((results["small"] & (results["patients"] > 0)).sum())
    if small:
        screen.print(
            f"{small} cells rest on fewer than 10 simulated patients; use a larger --share."
        )
    if out is not None:
        screen.print(f"Tables and ledger are in {out}.")


def run_world(
    policy: Policy,
    p: ParameterSet,
    share: float,
    years: int,
    seed: int,
    keep_lines: bool,
    each_january: Callable[[World], None] | None = None,
) -> World:
    """Return one world, run to the end of the policy window.

    Args:
        policy: What holds in the policy window.
        p: Parameters.
        share: Share of the country.
        years: Years of the policy window.
        seed: Seed of all luck.
        keep_lines: Keep every ledger line.
        each_january: Called at the start of each year of the policy window, to look and not to
            touch.
    """
    span = Span(last_year=Span().policy_year + years - 1)
    history = World(p, HISTORY, seed, Size.of_share(p, share), span, keep_lines=keep_lines)
    world = history.run(span.policy_month).branch(policy)
    if each_january is None:
        return world.run()
    while world.month < span.months:
        each_january(world)
        world.run(world.month + 12)
    return world


def january_of(year: int) -> str:
    """Return the name of the first month of a year, as in 2027-01."""
    return f"{year}-01"


def yearly_values(results: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes with their value per year and group (not-a-number where nobody is)."""
    bottom = results["bottom"].to_numpy(dtype=float)
    value = np.divide(
        results["top"].to_numpy(dtype=float), bottom, out=np.full(bottom.size, np.nan),
        where=bottom != 0,
    )  # fmt: skip
    return results.drop(columns=["top", "bottom"]).assign(value=value)


def estimates_only(world: World) -> pd.DataFrame:
    """Return what the regulator saw in one world; without a baseline nobody knows the truth."""
    return beside_truth(Seen(world.evaluations, world.panel), None, world.span.policy_year)


def _document(name: str, results: pd.DataFrame, evaluations: pd.DataFrame, about: dict) -> dict:
    outcomes, seen = (records(table) for table in (results, evaluations))
    return {"scenario": name, "outcomes": outcomes, "evaluations": seen, "manifest": about}


def records(table: pd.DataFrame) -> list[dict]:
    """Return a table as JSON knows it: one object per row, nothing for not-a-number."""
    return table.astype(object).where(table.notna(), None).to_dict(orient="records")


def _table(results: pd.DataFrame, title: str, span: Span) -> Table:
    own = results[results["split"] == "all"]
    table = Table(title=title, caption=f"warm-up before {span.policy_year} left out")
    table.add_column("outcome")
    years = sorted(year for year in own["year"].unique() if year >= span.policy_year)
    for year in years:
        table.add_column(str(year), justify="right")
    value = own.set_index(["measure", "year"])["value"]
    for measure in MEASURES:
        cells = [number(BY_ID[measure.id], value[(measure.id, year)]) for year in years]
        table.add_row(f"{measure.en} [dim]({measure.unit})[/dim]", *cells)
    return table

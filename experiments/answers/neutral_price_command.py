"""``zorgbundel neutral-price`` and ``zorgbundel safe-corridor``."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
import numpy as np
import pandas as pd
from rich.table import Table

from experiments import number_format as nf
from experiments.answers.neutral_price import (
    FEWEST_DRAWS,
    LEVER,
    NeutralPrice,
    PriceDesign,
    check_has_price,
    neutral_price,
)
from experiments.answers.safe_corridor import CorridorDesign, safe_corridor
from experiments.compare_command import draw_source
from experiments.intervals import (
    MONTE_CARLO_LEVEL,
    PARAMETER_LEVEL,
    monte_carlo_interval,
    parameter_interval,
)
from experiments.manifest import code_fingerprint, version
from experiments.named_scenarios import named_scenarios
from experiments.number_format import Language
from experiments.output import renewed_files, write_table
from experiments.posteriors.draws import source_hash
from experiments.saving import write_manifest
from experiments.sweeps.kept_worlds import HowMade, exit_after, failed_runs, take_folder
from experiments.terminal import console
from experiments.texts import texts
from model.parameters import Registry, load_registry
from scenarios.loader import ScenarioError, parse_settings
from scenarios.schema import Scenario

#: Kinds of question, in what a folder says of itself.
PRICE, CORRIDOR = "neutral-price", "safe-corridor"


def show_neutral_price(
    design: PriceDesign, settings: Sequence[str], how: HowMade, as_json: bool
) -> None:
    """Print the budget-neutral price of a contract; see ``zorgbundel neutral-price --help``.

    Args:
        design: What to run, with the scenarios as the user named them.
        settings: Parameters set by the user, as text.
        how: How worlds are made, and where they are kept.
        as_json: Whether to print for a machine.
    """
    registry = load_registry()
    chosen, design = _chosen(design, settings, registry)
    if LEVER in design.settings:
        raise ScenarioError(f"'{LEVER}' is what this command moves, so it cannot be set.")
    _refuse_without_price(design, chosen)
    take_folder(how.out, _question(PRICE, design))
    found, store = neutral_price(design, chosen, registry, how)
    document = price_document(found, chosen) | {"failed": failed_runs(store)}
    with renewed_files(how.out) as work:
        write_table(found.curves, work, "curves")
        write_table(found.roots, work, "prices")
        write_manifest(document, work)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        exit_after(store)
        return
    screen, language = console(), how.language
    screen.print()
    screen.print(curves_table(found, chosen, language))
    screen.print()
    for sentence in price_sentences(found, language):
        screen.print(f"- {sentence}")
    screen.print()
    screen.print(texts(language)("worlds.kept", folder=how.out))
    exit_after(store)


def show_safe_corridor(
    design: CorridorDesign, settings: Sequence[str], how: HowMade, as_json: bool
) -> None:
    """Print the table of safe corridors; see ``zorgbundel safe-corridor --help``.

    Args:
        design: What to run, with the scenarios as the user named them.
        settings: Parameters set by the user, as text.
        how: How worlds are made, and where they are kept.
        as_json: Whether to print for a machine.
    """
    registry = load_registry()
    chosen, design = _chosen(design, settings, registry)
    _refuse_without_price(design, chosen, fixed=True)
    take_folder(how.out, _question(CORRIDOR, design))
    found, store = safe_corridor(design, chosen, registry, how)
    document = corridor_document(design, found, chosen) | {"failed": failed_runs(store)}
    with renewed_files(how.out) as work:
        write_table(found, work, "corridors")
        write_manifest(document, work)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
        exit_after(store)
        return
    screen, language = console(), how.language
    screen.print()
    screen.print(corridor_table(design, found, chosen, language))
    screen.print(corridor_sentence(design, found, language))
    screen.print()
    screen.print(texts(language)("worlds.kept", folder=how.out))
    exit_after(store)


def _chosen[Asked: (PriceDesign, CorridorDesign)](
    design: Asked, settings: Sequence[str], registry: Registry
) -> tuple[dict[str, Scenario], Asked]:
    """Return the scenarios of a question, and the question with their names and all settings."""
    chosen = named_scenarios((design.baseline, design.policy), registry)
    names = list(chosen)
    return chosen, replace(
        design, baseline=names[0], policy=names[1], settings=parse_settings(settings, registry),
        draws_from=draw_source(registry, design.draws, None),
    )  # fmt: skip


def _refuse_without_price(
    design: PriceDesign | CorridorDesign, chosen: Mapping[str, Scenario], fixed: bool = False
) -> None:
    """Refuse a policy without a bundle, or (unless ``fixed``) with a price that does not move."""
    try:
        check_has_price(design.policy, chosen[design.policy].policy())
    except ValueError as error:
        if not fixed or "no bundle" in str(error):
            raise ScenarioError(str(error)) from None


def _question(kind: str, design: PriceDesign | CorridorDesign) -> dict[str, str]:
    return {"kind": kind, "baseline": design.baseline, "policy": design.policy}


# --- the price in words


def price_sentences(found: NeutralPrice, language: Language) -> list[str]:
    """Return the neutral price in words, with both intervals."""
    t = texts(language)
    grid = found.design.grid
    ends = {"low": nf.number(grid[0], language, 2), "high": nf.number(grid[-1], language, 2)}
    out = []
    below, above = found.off_grid("seed")
    if math.isnan(found.mean):
        out.append(t("price.none", below=below, above=above, of=found.known("seed"), **ends))
    else:
        out.append(
            t(
                "price.mean",
                price=nf.number(found.mean, language, 3),
                interval=nf.between(
                    *(nf.number(end, language, 3) for end in found.monte_carlo), language
                ),
                percent=nf.number(abs(100.0 * (found.mean - 1.0)), language, 1),
                way=t("price.under" if found.mean < 1.0 else "price.over"),
            )
        )
    if (draws := found.known("draw")) >= 2:
        key = "price.draws" if draws >= FEWEST_DRAWS else "price.few_draws"
        out.append(t(key, interval=_range(found, language), draws=nf.number(draws, language)))
        below, above = found.off_grid("draw")
        if below or above:
            out.append(t("price.off", below=below, above=above, of=found.known("draw"), **ends))
    return out


def _range(found: NeutralPrice, language: Language) -> str:
    t = texts(language)
    grid = found.design.grid

    def one(price: float) -> str:
        if price == -math.inf:
            return t("price.below", price=nf.number(grid[0], language, 2))
        if price == math.inf:
            return t("price.above", price=nf.number(grid[-1], language, 2))
        return nf.number(price, language, 2)

    return nf.between(*(one(end) for end in found.parameters), language)


def curves_table(
    found: NeutralPrice, scenarios: Mapping[str, Scenario], language: Language
) -> Table:
    """Return the spending effect at each price: mean over seeds, with both intervals.

    Of fewer than ``FEWEST_DRAWS`` draws the second is their whole range, and the column says so.
    """
    t = texts(language)
    names = {
        key: getattr(scenarios[name].title, language)
        for key, name in (("policy", found.design.policy), ("baseline", found.design.baseline))
    }
    table = Table(title=t("price.title", **names), caption=t("price.caption"))
    table.add_column(t("price.factor"), justify="right")
    table.add_column(t("price.effect"), justify="right")
    table.add_column(t("price.chance"), justify="right")
    table.add_column(_assumptions(found.known("draw"), language), justify="right")
    for price in found.design.grid:
        at = found.curves[found.curves["price"] == price]
        seeds, draws = (at.loc[at["kind"] == kind, "relative"] for kind in ("seed", "draw"))
        table.add_row(
            nf.number(price, language, 2),
            _percent(seeds.mean(), language),
            _percents(monte_carlo_interval(seeds.to_numpy()), language),
            _percents(_spread(draws.to_numpy()), language),
        )
    return table


def _spread(draws: np.ndarray) -> tuple[float, float]:
    """Return the middle 90 % of effects over draws, or their range where they are few."""
    if 2 <= draws.size < FEWEST_DRAWS:
        return float(draws.min()), float(draws.max())
    return parameter_interval(draws)


def _assumptions(draws: int, language: Language) -> str:
    """Return the heading of the range over assumptions: what part of the draws lies in it."""
    t = texts(language)
    if 2 <= draws < FEWEST_DRAWS:
        return t("price.assumptions.few", draws=nf.number(draws, language))
    return t("price.assumptions")


def _percents(ends: tuple[float, float], language: Language) -> str:
    if math.isnan(ends[0]):
        return "-"
    return nf.between(*(_percent(end, language) for end in ends), language)


def _percent(share: float, language: Language) -> str:
    return "-" if math.isnan(share) else nf.difference(100.0 * share, language, 1) + "%"


def price_document(found: NeutralPrice, scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
    """Return what ``neutral-price --json`` prints; a price off the grid is null."""
    design = found.design
    below, above = found.off_grid("seed")
    draws_below, draws_above = found.off_grid("draw")
    return {
        "kind": PRICE,
        "baseline": design.baseline,
        "policy": design.policy,
        "share": design.share,
        "seeds": design.seeds,
        "draws": design.draws,
        "draws_from": design.draws_from,
        "posterior": source_hash(design.draws_from),
        "settings": dict(design.settings),
        "grid": list(design.grid),
        "levels": {"monte_carlo": MONTE_CARLO_LEVEL, "parameters": PARAMETER_LEVEL},
        "price_factor": _finite(found.mean),
        "monte_carlo_interval": [_finite(end) for end in found.monte_carlo],
        "parameter_interval": [_finite(end) for end in found.parameters],
        "off_grid": {
            "seeds": {"below": below, "above": above},
            "draws": {"below": draws_below, "above": draws_above},
        },
        "curves": found.curves.to_dict("records"),
        "version": version(),
        "code": code_fingerprint(),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


# --- the corridor in words


def corridor_table(
    design: CorridorDesign,
    found: pd.DataFrame,
    scenarios: Mapping[str, Scenario],
    language: Language,
) -> Table:
    """Return the probability that each corridor is safe, as a table."""
    t = texts(language)
    table = Table(
        title=t("corridor.title", policy=getattr(scenarios[design.policy].title, language)),
        caption=t(
            "corridor.caption",
            spending=nf.percentage(design.spending_within, language, 1),
            undertreatment=nf.number(100.0 * design.undertreatment_within, language, 1),
            draws=int(found["draws"].iloc[0]),
        ),
    )
    for key in ("width", "part", "spending", "undertreatment", "both", "safe"):
        table.add_column(t(f"corridor.{key}"), justify="left" if key == "safe" else "right")
    for row in found.to_dict("records"):
        itself = math.isnan(row["width"])
        safe = "certain" if row["certain"] else "yes" if row["safe"] else "no"
        table.add_row(
            t("corridor.itself") if itself else nf.percentage(row["width"], language, 1),
            "" if itself else nf.percentage(row["insurer_part"], language),
            nf.percentage(row["spending_hits"] / row["draws"], language),
            nf.percentage(row["undertreatment_hits"] / row["draws"], language),
            f"{nf.percentage(row['probability'], language)} "
            f"{nf.interval(100.0 * row['low'], 100.0 * row['high'], language)}",
            t(f"corridor.safe.{safe}"),
        )
    return table


def corridor_sentence(design: CorridorDesign, found: pd.DataFrame, language: Language) -> str:
    """Return in one sentence which corridors are safe."""
    t = texts(language)
    sure = nf.percentage(design.sure, language)
    safe = found[found["safe"] & found["width"].notna()]
    if safe.empty:
        return t("corridor.none_safe", sure=sure)
    parts = []
    for part, rows in safe.groupby("insurer_part"):
        widths = [nf.percentage(width, language, 1) for width in rows["width"]]
        parts.append(
            t("corridor.at_part", part=nf.percentage(float(part), language),
              widths=nf.listing(widths, language))
        )  # fmt: skip
    return t("corridor.some_safe", sure=sure, parts="; ".join(parts))


def corridor_document(
    design: CorridorDesign, found: pd.DataFrame, scenarios: Mapping[str, Scenario]
) -> dict[str, Any]:
    """Return what ``safe-corridor --json`` prints; the policy as it is has no width."""
    rows = [
        {key: None if isinstance(value, float) and math.isnan(value) else value
         for key, value in row.items()}
        for row in found.to_dict("records")
    ]  # fmt: skip
    return {
        "kind": CORRIDOR,
        "baseline": design.baseline,
        "policy": design.policy,
        "share": design.share,
        "draws": design.draws,
        "draws_from": design.draws_from,
        "posterior": source_hash(design.draws_from),
        "settings": dict(design.settings),
        "spending_within": design.spending_within,
        "undertreatment_within": design.undertreatment_within,
        "sure": design.sure,
        "corridors": rows,
        "version": version(),
        "code": code_fingerprint(),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
    }

"""``zorgbundel forecast``: freeze, verify and score."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.compare_command import draw_source
from experiments.forecasts.again import shown_freeze
from experiments.forecasts.files import (
    check_new,
    read_forecast,
    read_observed,
    template,
    write_forecast,
)
from experiments.forecasts.freeze import ForecastDesign
from experiments.forecasts.quantities import ALL, BY_ID, COMPARATOR, QUANTITIES
from experiments.forecasts.scoring import Coverage, Score, coverage, mean_scores, scores
from experiments.named_scenarios import named_scenarios
from experiments.number_format import Language
from experiments.screen import console
from experiments.texts import texts
from model.parameters import load_registry
from scenarios.loader import load


def freeze_forecast(
    scenario: str,
    draws: int,
    seeds: int,
    share: float,
    draws_from: str | None,
    workers: int | None,
    language: Language,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run the model and write what it expects; see ``zorgbundel forecast --help``."""
    registry = load_registry()
    path = out or Path(f"forecast-{datetime.now(UTC):%Y-%m-%d}.json")
    check_new(path)
    (chosen,) = named_scenarios([scenario], registry).values()
    capped = load(COMPARATOR, registry)
    design = ForecastDesign(draws, seeds, share, draw_source(registry, draws, draws_from))
    found = shown_freeze(design, chosen, capped, registry, workers, as_json)
    write_forecast(found, path)
    if as_json:
        click.echo(json.dumps(found, allow_nan=False))
        return
    t, screen = texts(language), console()
    screen.print(forecast_table(found, language))
    screen.print(Text(t("forecast.frozen", path=path, hash=found["hash"])))


def verify_forecast(path: Path, language: Language, as_json: bool) -> None:
    """Say that a forecast is as it was frozen, or end with one sentence that it is not."""
    found = read_forecast(path)
    if as_json:
        said = {name: found[name] for name in ("date", "version", "code", "model", "hash")}
        click.echo(json.dumps({"intact": True, **said}))
        return
    t = texts(language)
    click.echo(t("forecast.intact", path=path, date=found["date"], hash=found["hash"]))


def print_template(path: Path) -> None:
    """Print the empty CSV of what can be observed."""
    click.echo(template(read_forecast(path)), nl=False)


def score_forecast(path: Path, observed: Path, language: Language, as_json: bool) -> None:
    """Score a frozen forecast against a file with what was observed."""
    found = read_forecast(path)
    seen = read_observed(observed)
    each = scores(found, seen)
    if not each:
        raise click.UsageError(f"{observed.name} holds nothing that {path.name} is about.")
    covered = coverage(found["levels"], each)
    if as_json:
        click.echo(json.dumps(score_document(found, each, covered), allow_nan=False))
        return
    t, screen = texts(language), console()
    screen.print(score_table(each, language))
    screen.print()
    for line in score_sentences(each, covered, language):
        screen.print(Text(line))
    if left := len(seen) - len(each):
        screen.print(t("forecast.left_out", count=left))


def score_document(
    forecast: dict[str, Any], each: Sequence[Score], covered: Sequence[Coverage]
) -> dict[str, Any]:
    """Return what ``forecast --score --json`` prints."""
    return {
        "forecast": forecast["hash"],
        "date": forecast["date"],
        "mean_scores": mean_scores(each),
        "coverage": [{"level": round(c.level, 6), "hits": c.hits, "of": c.of} for c in covered],
        "scores": [
            {
                "quantity": one.quantity,
                "group": one.group,
                "year": one.year,
                "observed": one.observed,
                "median": one.median,
                "score": one.score,
                "within": list(one.within),
            }
            for one in each
        ],
    }


# --- words


def name(quantity: str, group: str, language: Language) -> str:
    """Return what a number of the forecast is called."""
    t = texts(language)
    said = t(f"forecast.{quantity}")
    return said if group == ALL else t("forecast.of_class", what=said, group=group)


def number(quantity: str, value: float | None, language: Language) -> str:
    """Return a number of the forecast as text; money in millions."""
    if value is None:
        return "-"
    known = BY_ID[quantity]
    if known.unit == "share":
        text = nf.percentage(value, language, known.decimals)
    elif known.unit == "EUR/year":
        text = nf.number(value / 1e6, language, known.decimals)
    else:
        text = nf.number(value, language, known.decimals)
    return text.replace(nf.MINUS, "-")


def between(quantity: str, low: float, high: float, language: Language) -> str:
    """Return an interval as text."""
    return nf.between(*(number(quantity, end, language) for end in (low, high)), language)


def forecast_table(forecast: dict[str, Any], language: Language) -> Table:
    """Return what is expected, one column per year: the median, and the middle 90 %."""
    t = texts(language)
    cells = {(p["quantity"], p["group"], p["year"]): p for p in forecast["predictions"]}
    years = sorted({year for _, _, year in cells})
    table = Table(
        title=t("forecast.title", date=forecast["date"]), caption=t("forecast.caption"),
        padding=(0, 0),
    )  # fmt: skip
    table.add_column(t("forecast.quantity"))
    for year in years:
        table.add_column(str(year), justify="right")
    for quantity in QUANTITIES:
        for group in quantity.groups:
            row = [cells.get((quantity.id, group, year)) for year in years]
            if any(row):
                shown = (_cell(quantity.id, one, language) for one in row)
                table.add_row(name(quantity.id, group, language), *shown)
    return table


def _cell(quantity: str, one: dict[str, Any] | None, language: Language) -> str:
    if one is None:
        return "-"
    q = one["quantiles"]
    middle = number(quantity, q[len(q) // 2], language)
    return f"{middle}\n[dim]{between(quantity, q[0], q[-1], language)}[/dim]"


def score_table(each: Sequence[Score], language: Language) -> Table:
    """Return every number beside what came, with its score."""
    t = texts(language)
    table = Table(title=t("forecast.score_title"), caption=t("forecast.score_caption"))
    table.add_column(t("forecast.quantity"))
    for column in ("year", "expected", "observed", "score"):
        table.add_column(t(f"forecast.{column}"), justify="right")
    for one in each:
        mark = {-1: " <", 0: "", 1: " >"}[one.side]
        expected = between(one.quantity, one.quantiles[0], one.quantiles[-1], language)
        table.add_row(
            name(one.quantity, one.group, language),
            str(one.year),
            f"{number(one.quantity, one.median, language)}\n[dim]{expected}[/dim]",
            number(one.quantity, one.observed, language) + mark,
            number(one.quantity, one.score, language),
        )
    return table


def score_sentences(
    each: Sequence[Score], covered: Sequence[Coverage], language: Language
) -> list[str]:
    """Return in words how the forecast did: coverage, mean scores, and where it was surprised."""
    t = texts(language)
    lines = [
        t(
            "forecast.covered", level=nf.percentage(c.level, language), hits=c.hits, of=c.of,
            expected=nf.number(c.level * c.of, language, 1),
        )
        for c in covered
    ]  # fmt: skip
    lines.append(t(f"forecast.{_judgement(covered[0])}"))
    means = "; ".join(
        f"{t(f'forecast.{quantity}')} {number(quantity, mean, language)}"
        for quantity, mean in mean_scores(each).items()
    )
    lines.append(t("forecast.mean", scores=means))
    for side, key in ((1, "forecast.higher"), (-1, "forecast.lower")):
        named = [f"{name(o.quantity, o.group, language)} {o.year}" for o in each if o.side == side]
        if named:
            lines.append(t(key, what="; ".join(named)))
    lines.append(t("forecast.together"))
    return lines


def _judgement(widest: Coverage) -> str:
    """Return whether the widest interval held about as often as it said, more, or less often.

    By the binomial probability of so few or so many (5 % on either side); numbers of one evaluation
    hang together, so this is a first look and no test.
    """
    from scipy import stats

    few = stats.binom.cdf(widest.hits, widest.of, widest.level)
    many = stats.binom.sf(widest.hits - 1, widest.of, widest.level)
    return "too_sure" if few < 0.05 else "too_unsure" if many < 0.05 else "about_right"

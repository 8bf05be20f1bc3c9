"""The tables of ``zorgbundel evaluate``, and its sentences, on the screen."""

import math
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments import number_format as nf
from experiments.number_format import Language
from experiments.power.estimator_spread import FEWEST_COMPARED
from experiments.power.evaluation_power import HEADLINE, EvaluationPower
from experiments.power.evaluation_words import (
    change,
    notes,
    sentences,
    shares,
    signed,
    size,
    uptake_label,
    years_of,
)
from experiments.power.practice_evaluation import BY_ID
from experiments.terminal import console
from experiments.texts import texts
from model.estimates import BEFORE_AFTER
from model.panel import WATCHED
from scenarios.schema import Scenario


def show_evaluation(
    power: EvaluationPower, scenarios: dict[str, Scenario], country: int, language: Language
) -> None:
    """Print the tables and the sentences."""
    screen = console()
    screen.print()
    said = sentences(power, language)
    if len(said) > 1:
        for table in (
            indicators_table(power, scenarios, language),
            designs_table(power, language),
            methods_table(power, language),
        ):
            screen.print(table)
            screen.print()
    for sentence in [*notes(power, country, language), *said]:
        screen.print(Text(f"- {sentence}"))
    screen.print()


def _columns(table: Table, language: Language, first: str, *names: str) -> Table:
    t = texts(language)
    # On a narrow screen a long word goes on below, and is not cut.
    table.add_column(t(f"evaluate.column.{first}"), overflow="fold")
    for name in names:
        table.add_column(t(f"evaluate.column.{name}"), justify="right", overflow="fold")
    return table


def indicators_table(
    power: EvaluationPower, scenarios: dict[str, Scenario], language: Language
) -> Table:
    """Return what the main evaluation says of each indicator in its last year."""
    t, design, few = texts(language), power.design, False
    own = power.table[power.table["uptake"] == design.uptake[0]]
    table = Table(
        padding=(0, 0),
        title=t(
            "evaluate.title",
            year=int(own["year"].max()) + 1,
            **{
                key: getattr(scenarios[name].title, language)
                for key, name in (("policy", design.policy), ("baseline", design.baseline))
            },
        ),
        caption=_caption("evaluate.caption", power, language, seeds=design.seeds),
    )
    _columns(
        table, language, "indicator", "true", "says", "bias", "selection", "covered", "smallest"
    )
    for watched in WATCHED:
        try:
            row = power.row(design.uptake[0], watched.id)
        except KeyError:
            continue
        seen_by = t(f"evaluate.method.{row['method']}.short")
        truth = _with_chance(watched, row, "true", language)
        label = _below(getattr(watched, language), seen_by, _some(row, language))
        if not power.enough(row):
            few = True
            table.add_row(label, truth, *("-" for _ in range(5)))
            continue
        table.add_row(
            label,
            truth,
            _says(watched, row, language),
            _with_chance(watched, row, "bias", language),
            signed(watched, row["selection"], language),
            nf.percentage(row["coverage"], language),
            f"{size(watched, row['detectable'], language)} / "
            f"{size(watched, row['detectable_analytic'], language)}",
        )
    return _dashes(table, few, power, language)


def _says(watched, row: pd.Series, language: Language) -> str:
    """Return what evaluations say on average: the truth, and what they are off by, as shown."""
    return signed(watched, row["true"] + row["bias"], language)


def _below(label: str, *more: str) -> str:
    """Return a label with what is said of its row below it."""
    said = "; ".join(one for one in more if one)
    return f"{label}\n[dim]{said}[/dim]" if said else label


def _some(row: pd.Series, language: Language) -> str:
    """Return in which share the two groups could be compared; empty if in all, or never meant."""
    if row["method"] == BEFORE_AFTER or not row["compared"] < 1.0:
        return ""
    share = shares([row["compared"]], language)
    return texts(language)("evaluate.some_compared", share=share)


def _dashes(table: Table, few: bool, power: EvaluationPower, language: Language) -> Table:
    """Return a table that says below it what a dash means, if there are any."""
    if few:
        said = texts(language)(
            "evaluate.caption.few",
            fewest=nf.number(FEWEST_COMPARED, language),
            of=nf.number(power.design.replications, language),
        )
        table.caption = f"{table.caption} {said}"
    return table


def _caption(key: str, power: EvaluationPower, language: Language, **more: Any) -> str:
    t, first = texts(language), power.design.uptake[0]
    label = uptake_label(first, language)
    return t(
        key,
        uptake=label[0].upper() + label[1:],
        practices=nf.number(power.practices, language),
        years=years_of(power.design.years, language),
        **more,
    )


def _with_chance(watched, row: pd.Series, name: str, language: Language) -> str:
    low, high = row[f"{name}_monte_carlo_low"], row[f"{name}_monte_carlo_high"]
    shown = signed(watched, row[name], language)
    if math.isnan(low):
        return shown
    ends = nf.between(signed(watched, low, language), signed(watched, high, language), language)
    return f"{shown}\n[dim]({ends})[/dim]"


def designs_table(power: EvaluationPower, language: Language) -> Table:
    """Return the ways to decide who takes part beside each other, for the headline indicator."""
    t, watched = texts(language), BY_ID[HEADLINE]
    loss = change(watched, watched.worse * _loss(power), language)
    table = Table(
        padding=(0, 0),
        title=t("evaluate.designs.title", indicator=getattr(watched, language)),
        caption=_caption("evaluate.designs.caption", power, language, loss=loss),
    )
    _columns(
        table, language, "uptake", "joined", "method", "true", "bias", "covered", "smallest",
        "notices", "alarm",
    )  # fmt: skip
    few = False
    for uptake in power.design.uptake:
        label = uptake_label(uptake, language, short=True)
        try:
            row = power.row(uptake, HEADLINE)
        except KeyError:
            table.add_row(label, *("-" for _ in range(8)))
            continue
        few = few or not power.enough(row)
        table.add_row(_below(label, _some(row, language)),
                      nf.percentage(row["take_part"], language),
                      t(f"evaluate.method.{row['method']}.short"),
                      *_quality(power, watched, row, language))  # fmt: skip
    return _dashes(table, few, power, language)


def _quality(power: EvaluationPower, watched, row: pd.Series, language: Language) -> list[str]:
    truth = signed(watched, row["true"], language)
    if not power.enough(row):
        return [truth, *("-" for _ in range(5))]
    return [
        truth,
        _with_chance(watched, row, "bias", language),
        nf.percentage(row["coverage"], language),
        size(watched, row["detectable"], language),
        nf.percentage(row["notices"], language),
        nf.percentage(row["false_alarm"], language, 1),
    ]


def _loss(power: EvaluationPower) -> float:
    own = power.table[power.table["indicator"] == HEADLINE]["loss"]
    return float(own.iloc[0]) if len(own) else math.nan


def methods_table(power: EvaluationPower, language: Language) -> Table:
    """Return the methods beside each other, for the headline indicator."""
    t, watched = texts(language), BY_ID[HEADLINE]
    table = Table(
        padding=(0, 0),
        title=t("evaluate.methods.title", indicator=getattr(watched, language)),
        caption=_caption("evaluate.methods.caption", power, language),
    )
    _columns(
        table, language, "method", "says", "true", "bias", "covered", "smallest", "notices", "alarm"
    )
    own = power.table[
        (power.table["uptake"] == power.design.uptake[0])
        & (power.table["indicator"] == HEADLINE)
        & (power.table["years"] == power.design.years)
    ]
    few = False
    for _, row in own.iterrows():
        few = few or not power.enough(row)
        label = _below(t(f"evaluate.method.{row['method']}.short"), _some(row, language))
        table.add_row(label,
                      _says(watched, row, language) if power.enough(row) else "-",
                      *_quality(power, watched, row, language))  # fmt: skip
    return _dashes(table, few, power, language)

"""What the terminal shows: tables and sentences, in plain words."""

import math

from rich.console import Console
from rich.table import Table

from experiments.comparison import Comparison
from model.outcomes import BY_ID, MEASURES, Measure

WIDTH = 100


def console(stderr: bool = False) -> Console:
    """Return a console; on paper or in a pipe it is as wide as a page."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=WIDTH)


def number(measure: Measure, value: float, signed: bool = False) -> str:
    """Return a value of a measure as text: shares in %, money without cents."""
    if math.isnan(value):
        return "-"
    digits = max(1, measure.decimals - 2) if measure.is_share else measure.decimals
    shown = round(100 * value if measure.is_share else value, digits) + 0.0
    sign = "+" if signed and shown else ""
    unit = (" pp" if signed else " %") if measure.is_share else ""
    return f"{shown:{sign},.{digits}f}{unit}"


def interval(measure: Measure, low: float, high: float) -> str:
    """Return an interval as text."""
    if math.isnan(low):
        return "-"
    return f"{number(measure, low, True)} to {number(measure, high, True)}"


def effects_table(comparison: Comparison, policy: str, title: str) -> Table:
    """Return the effects of one policy over the window, national, as a table."""
    table = Table(title=title, caption="mean per year over the policy window")
    for name, justify in (
        ("outcome", "left"), ("baseline", "right"), ("effect", "right"),
        ("chance (95 %)", "right"), ("assumptions (90 %)", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify)
    for measure in MEASURES:
        row = comparison.effect(policy, measure.id)
        table.add_row(
            f"{measure.en}\n[dim]{measure.unit}[/dim]",
            number(measure, row["baseline"]),
            number(measure, row["mean"], True),
            interval(measure, row["monte_carlo_low"], row["monte_carlo_high"]),
            interval(measure, row["parameter_low"], row["parameter_high"]),
        )
    return table


def budget_table(comparison: Comparison, policy: str) -> Table:
    """Return both budget tests per year as a table."""
    verdict = comparison.budgets[policy]
    money = BY_ID["paramedical_spending"]
    table = Table(
        title="Budget tests, EUR a year",
        caption="mean over seeds; below it the middle 90 % over assumptions",
    )
    table.add_column("")
    for year in verdict.years:
        table.add_column(str(year), justify="right")
    table.add_row("Framework added", *(number(money, x) for x in verdict.framework))
    for label, path in (
        ("Entitlement: open - maxima", verdict.entitlement),
        ("Neutrality: policy - open", verdict.neutrality),
        ("Together: policy - maxima", verdict.together),
    ):
        table.add_row(
            label,
            *(
                f"{number(money, m, True)}\n[dim]{interval(money, *p)}[/dim]"
                for m, p in zip(path.mean, path.parameters, strict=True)
            ),
        )
    for label, chance in (
        ("Chance: neutral", verdict.neutral),
        ("Chance: entitlement within framework", verdict.fits_entitlement),
        ("Chance: together within framework", verdict.within_framework),
    ):
        table.add_row(label, *(f"{100 * p:.0f} %" for p in chance.by_year))
    return table

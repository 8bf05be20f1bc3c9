"""What the terminal shows: tables and sentences, in plain words."""

import math
from collections.abc import Sequence

import pandas as pd
from rich.table import Table

from experiments.budget_of_runs import Decision
from experiments.comparison import Comparison
from experiments.evaluations import seen_and_true, verdicts
from experiments.screen import console, interval, number  # noqa: F401
from experiments.until_clear import Spent
from model.month.evaluation import MACRO_FRAMEWORK, NATIONAL, SESSIONS_GROWTH
from model.outcomes import BY_ID, MEASURES
from model.panel import ROW, WATCHED, Watched


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


#: How each way to estimate is called in a table.
METHODS = {
    "difference_in_differences": "change against others",
    "before_after": "before and after",
    "after_difference": "afterwards only",
    NATIONAL: "national",
}
WATCHES = {
    SESSIONS_GROWTH: "Sessions per patient since before the policy",
    MACRO_FRAMEWORK: "Spending beyond the macro framework",
}


def evaluation_table(comparison: Comparison, policy: str) -> Table | None:
    """Return what the regulator's last evaluation would say against the truth; None if nothing."""
    found = seen_and_true(comparison.evaluations, policy)
    if not found:
        return None
    seeds = verdicts(comparison.evaluations, policy)
    said = ", ".join(f"{word} in {count}" for word, count in sorted(seeds.items()))
    table = Table(
        title="The regulator's last evaluation against the truth, mean over seeds",
        caption=f"verdict: {said} of {sum(seeds.values())} seeds",
    )
    for name, justify in (
        ("indicator", "left"), ("seen by", "left"), ("estimate", "right"),
        ("interval", "right"), ("true", "right"), ("true within", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify)
    for one in found:
        watched = WATCHED[ROW[one.indicator]]
        table.add_row(
            f"{watched.en}\n[dim]{watched.unit}[/dim]",
            METHODS[one.method],
            watched_number(watched, one.estimate),
            f"{watched_number(watched, one.low)} to {watched_number(watched, one.high)}",
            watched_number(watched, one.true),
            f"{one.covered} of {one.of}",
        )
    return table


def watched_number(watched: Watched, value: float) -> str:
    """Return an effect on something the regulator watches, with its sign."""
    if math.isnan(value):
        return "-"
    shown = round(value, watched.decimals) + 0.0
    return f"{shown:{'+' if shown else ''},.{watched.decimals}f}"


def run_evaluation_table(evaluations: pd.DataFrame) -> Table:
    """Return the evaluations of one world as a table: the strongest estimate, year by year."""
    table = Table(
        title="What the regulator sees", caption="estimate (* marks worse or flagged); in the years"
        " after the first of the policy, about the year before",
    )  # fmt: skip
    years = sorted(evaluations["year"].unique())
    table.add_column("indicator")
    for year in years:
        table.add_column(str(year), justify="right")
    strongest = evaluations.drop_duplicates(["year", "indicator"])
    by_place = {(one.indicator, one.year): one for one in strongest.itertuples()}

    def cells(indicator: str, form) -> list[str]:
        found = [by_place.get((indicator, year)) for year in years]
        return [
            "-" if one is None
            else form(one.estimate) + ("*" if one.finding in ("worse", "flagged") else "")
            for one in found
        ]  # fmt: skip

    for watched in WATCHED:
        row = cells(watched.id, lambda value, watched=watched: watched_number(watched, value))
        table.add_row(f"{watched.en} [dim]({watched.unit})[/dim]", *row)
    for watch, label in WATCHES.items():
        table.add_row(label, *cells(watch, lambda value: f"{100 * value:+.1f} %"))
    said = evaluations.drop_duplicates("year").set_index("year")["verdict"]
    table.add_row("Verdict", *(said[year] for year in years))
    return table


#: How each state of a measure is called when pairs are added until it is clear.
STATES = {
    "clear": "clear",
    "small": "small: no importance",
    "size unclear": "sign clear, size not",
    "unclear": "unclear",
}


def spent_table(decisions: Sequence[Decision], title: str) -> Table:
    """Return what the last look says of each measure watched, as a table."""
    table = Table(
        title=f"Added pairs until clear: {title}",
        caption="95 % over all looks together, per measure; other tables as if the number of pairs "
        "had been fixed",
    )
    for name, justify in (
        ("outcome", "left"), ("verdict", "left"), ("effect", "right"), ("interval", "right"),
        ("no importance within", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify)
    for one in decisions:
        measure = BY_ID[one.measure]
        table.add_row(
            measure.en,
            STATES[one.state],
            number(measure, one.mean, True),
            interval(measure, one.low, one.high),
            number(measure, one.margin, True),
        )
    return table


def spent_sentence(spent: Spent) -> str:
    """Return in one or two sentences how the budget of runs was spent."""
    pairs, most = spent.pairs, spent.schedule[-1]
    if spent.settled:
        return (
            f"Stopped after {pairs} pairs of at most {most}: everything watched is clear, or too "
            "small to matter."
        )
    left = [
        BY_ID[one.measure].en.lower()
        for found in spent.decisions.values()
        for one in found
        if not one.settled
    ]
    names = ", ".join(dict.fromkeys(left))
    return f"All {most} pairs are used, and these are still not clear: {names}."

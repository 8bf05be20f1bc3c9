"""The three budget tests per year, with both intervals, as one table."""

import math

from experiments import number_format as nf
from experiments.briefs.brief import Group, Table
from experiments.comparison import Comparison
from experiments.number_format import Language
from experiments.texts import texts

TESTS = ("neutrality", "entitlement", "together")
#: Euros in which amounts are written.
THOUSAND = 1000.0


def years_table(comparison: Comparison, policy: str, language: Language) -> Table:
    """Return what each test costs per year, and what was added to the framework, EUR 1,000."""
    t, verdict = texts(language), comparison.budgets[policy]
    groups = []
    for name in TESTS:
        path = getattr(verdict, name)
        rows = [
            (t("brief.years.mean"), *(_amount(mean, language) for mean in path.mean)),
            (t("brief.column.chance"), *(_range(pair, language) for pair in path.monte_carlo)),
        ]
        if comparison.design.draws:
            drawn = (_range(pair, language) for pair in path.parameters)
            rows.append((t("brief.column.assumptions"), *drawn))
        groups.append(Group(t(f"brief.tests.{name}"), tuple(rows)))
    added = (nf.number(amount / THOUSAND, language) for amount in verdict.framework)
    groups.append(Group(t("brief.years.framework"), ((t("brief.years.added"), *added),)))
    years = tuple(str(year) for year in verdict.years)
    return Table(
        t("brief.years.caption"),
        (t("brief.years.test"), t("brief.years.amount"), *years),
        tuple(groups),
        (1.05, 1.4, *(1.45 for _ in years)),
        whole=True,
    )


def _amount(euros: float, language: Language) -> str:
    return nf.difference(euros / THOUSAND, language) if math.isfinite(euros) else "-"


def _range(pair: tuple[float, float], language: Language) -> str:
    low, high = (_amount(end, language) for end in pair)
    return "-" if "-" in (low, high) else nf.between(low, high, language)

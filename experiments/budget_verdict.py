"""The budget verdict: both tests over seeds and draws, with probabilities."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.intervals import monte_carlo_interval, parameter_interval, share_interval
from model.budget import BudgetTest, budget_test
from model.parameters import ParameterSet

#: The comparator worlds of the two tests, by library name.
CAPPED = "fee_for_service_capped"
OPEN = "fee_for_service_open"


@dataclass(frozen=True)
class Chance:
    """A probability estimated from draws (or seeds, if there are no draws).

    Attributes:
        hits, of: In how many of how many.
        by_year: Probability per year.
    """

    hits: int
    of: int
    by_year: list[float]

    @property
    def value(self) -> float:
        """The probability, not-a-number without any run."""
        return self.hits / self.of if self.of else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval: how well so many draws can tell."""
        return share_interval(self.hits, self.of)


@dataclass(frozen=True)
class Path:
    """Amounts per year, EUR: mean over seeds, with both intervals per year."""

    mean: list[float]
    monte_carlo: list[tuple[float, float]]
    parameters: list[tuple[float, float]]


@dataclass(frozen=True)
class BudgetVerdict:
    """What both tests say of one policy.

    Attributes:
        years: Years of the policy window.
        framework: Amount added per year, EUR.
        entitlement, neutrality, together: Paths (together = their sum).
        fits_entitlement, neutral, within_framework: Probabilities over all draws.
        agreeing: Draws in which lifting the maxima costs what the ministry expected.
        searched: Further runs where that was looked for (``experiments.comparison``).
        agreeing_search: Which of those agree.
        neutral_agreeing, within_framework_agreeing: Probabilities over all agreeing runs only.
    """

    policy: str
    years: list[int]
    framework: list[float]
    entitlement: Path
    neutrality: Path
    together: Path
    fits_entitlement: Chance
    neutral: Chance
    within_framework: Chance
    agreeing: list[int]
    searched: int
    agreeing_search: list[int]
    neutral_agreeing: Chance
    within_framework_agreeing: Chance


def budget_tests(runs: pd.DataFrame, policy: str, p: ParameterSet) -> dict[tuple, BudgetTest]:
    """Return both tests of one policy for every run, by (kind, index)."""
    rows = runs[(runs["measure"] == "paramedical_spending") & (runs["split"] == "all")]
    spending = rows.pivot_table(index=["kind", "index"], columns=["policy", "year"], values="top")
    years = sorted(int(year) for year in rows["year"].unique())
    return {
        key: budget_test(
            years,
            spending.loc[key, CAPPED].to_numpy(),
            spending.loc[key, OPEN].to_numpy(),
            spending.loc[key, policy].to_numpy(),
            p,
        )
        for key in spending.index
    }


def budget_verdict(runs: pd.DataFrame, policy: str, p: ParameterSet) -> BudgetVerdict:
    """Return the verdict on one policy from all seeds and draws.

    Args:
        runs: Output of ``experiments.runner``; must hold both comparator worlds.
        policy: Name of the policy.
        p: Central parameters, for the framework.
    """
    tests = budget_tests(runs, policy, p)
    seeds = [test for (kind, _), test in tests.items() if kind == "seed"]
    draws = {index: test for (kind, index), test in tests.items() if kind == "draw"}
    judged = list(draws.values()) or seeds
    searched = {index: test for (kind, index), test in tests.items() if kind == "search"}
    agreeing, agreeing_search = (_agreeing(runs, p) for runs in (draws, searched))
    agreed = [draws[index] for index in agreeing] + [searched[k] for k in agreeing_search]
    return BudgetVerdict(
        policy=policy,
        years=seeds[0].years,
        framework=seeds[0].framework.tolist(),
        entitlement=_path(seeds, draws, "entitlement"),
        neutrality=_path(seeds, draws, "neutrality"),
        together=_path(seeds, draws, "together"),
        fits_entitlement=_chance(judged, lambda t: t.entitlement_fits,
                                 lambda t: t.entitlement <= t.framework),
        neutral=_chance(judged, lambda t: t.neutral, lambda t: t.neutrality <= 0.0),
        within_framework=_chance(judged, lambda t: t.within_framework,
                                 lambda t: t.together <= t.framework),
        agreeing=agreeing,
        searched=len(searched),
        agreeing_search=agreeing_search,
        neutral_agreeing=_chance(agreed, lambda t: t.neutral, lambda t: t.neutrality <= 0.0),
        within_framework_agreeing=_chance(agreed, lambda t: t.within_framework,
                                          lambda t: t.together <= t.framework),
    )  # fmt: skip


def _agreeing(tests: dict[int, BudgetTest], p: ParameterSet) -> list[int]:
    """Return the runs in which lifting the maxima costs what the ministry expected."""
    least, most = p.entitlement_budget_2025, p.entitlement_budget_2027_structural
    return [index for index, test in tests.items() if test.agrees_with_ministry(least, most)]


def _path(seeds: list[BudgetTest], draws: dict[int, BudgetTest], name: str) -> Path:
    by_seed = np.array([getattr(test, name) for test in seeds])
    by_draw = np.array([getattr(test, name) for test in draws.values()])
    years = by_seed.shape[1]
    return Path(
        mean=by_seed.mean(axis=0).tolist(),
        monte_carlo=[monte_carlo_interval(by_seed[:, y]) for y in range(years)],
        parameters=[
            parameter_interval(by_draw[:, y]) if draws else (float("nan"), float("nan"))
            for y in range(years)
        ],
    )


def _chance(tests: list[BudgetTest], whole, yearly) -> Chance:
    if not tests:
        return Chance(0, 0, [])
    return Chance(
        hits=sum(bool(whole(test)) for test in tests),
        of=len(tests),
        by_year=np.mean([yearly(test) for test in tests], axis=0).tolist(),
    )

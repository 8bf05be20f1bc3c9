"""What must be true for the macro framework to hold, in sentences made from the runs."""

import math

import numpy as np
import pandas as pd

from experiments import number_format as nf
from experiments.budget_verdict import BudgetVerdict, Chance
from experiments.carried import carriers, yearly_means
from experiments.carriers import FEWEST_DRAWS, Carrier
from experiments.comparison import SEARCH_CORNER, Comparison
from experiments.findings import FEWEST_AGREEING, parameter_label, parameter_range
from experiments.number_format import Language
from experiments.scenario_names import Titles
from experiments.texts import texts
from model.parameters import load_registry

MOST_CONDITIONS = 3
CHEAPEST_PART = 0.1


def what_must_be_true(
    comparison: Comparison, policy: str, language: Language, titles: Titles | None = None
) -> list[str]:
    """Return what must be true for the framework to hold, in sentences.

    In how many draws lifting the maxima costs what the ministry expected; which assumptions
    separate those draws from the others; and the probabilities over all and over agreeing draws.
    """
    t = texts(language)
    verdict = comparison.budgets[policy]
    costs = yearly_means(comparison, policy, "entitlement", "draw")
    if costs.size == 0:
        return [t("must.no_draws")]
    most = ministry_amounts(comparison)[1]
    out = [_counts(comparison, policy, costs, language)]
    out += _conditions(comparison, policy, costs, nf.exact_euros(most, language), most, language)
    out.append(
        t("must.all_draws", neutral=_both(verdict.neutral, language),
          within=_both(verdict.within_framework, language))
    )  # fmt: skip
    if verdict.searched:
        out.append(_search(verdict, language))
    agreed = len(verdict.agreeing) + len(verdict.agreeing_search)
    if not agreed:
        return [*out, t("must.agreeing_none")]
    out.append(
        t("must.agreeing_draws", neutral=_both(verdict.neutral_agreeing, language),
          within=_both(verdict.within_framework_agreeing, language))
    )  # fmt: skip
    if agreed < FEWEST_AGREEING:
        out.append(t("must.agreeing_one") if agreed == 1 else t("must.agreeing_few", count=agreed))
    return out


def conditions_in_short(comparison: Comparison, policy: str, language: Language) -> list[str]:
    """Return what the ministry counts on and what that hangs on; empty without varied assumptions.

    As ``what_must_be_true``, without the probabilities.
    """
    verdict = comparison.budgets[policy]
    costs = yearly_means(comparison, policy, "entitlement", "draw")
    if costs.size == 0:
        return []
    most = ministry_amounts(comparison)[1]
    out = [_counts(comparison, policy, costs, language)]
    if costs.size >= FEWEST_DRAWS:  # with fewer, nothing can be said of what carries the answer
        amount = nf.exact_euros(most, language)
        out += _conditions(comparison, policy, costs, amount, most, language)
    return [*out, _search(verdict, language)] if verdict.searched else out


def _counts(comparison: Comparison, policy: str, costs: np.ndarray, language: Language) -> str:
    """Return in how many runs lifting the maxima costs what the ministry expected."""
    t, agreeing = texts(language), comparison.budgets[policy].agreeing
    least, most = ministry_amounts(comparison)
    words = {
        "least": nf.exact_euros(least, language), "most": nf.exact_euros(most, language),
        "below": int((costs < least).sum()), "above": int((costs > most).sum()),
    }  # fmt: skip
    if agreeing:
        runs = nf.runs_share(len(agreeing), costs.size, language)
        return t("must.counts", runs=runs, **words)
    return t("must.counts_none", of=costs.size, **words)


def _search(verdict: BudgetVerdict, language: Language) -> str:
    """Return what the further runs in the corner of the assumptions gave."""
    least = min(low for low, _ in SEARCH_CORNER.values())
    return texts(language)(
        "must.search_found" if verdict.agreeing_search else "must.search_none",
        of=verdict.searched,
        found=len(verdict.agreeing_search),
        labels=nf.listing([f"'{parameter_label(n, language)}'" for n in SEARCH_CORNER], language),
        least=nf.percentage(least, language),
    )


def ministry_amounts(comparison: Comparison) -> tuple[float, float]:
    """Return what the ministry expects lifting the maxima to cost, least and most, EUR a year."""
    p = load_registry().values(dict(comparison.design.settings))
    return p.entitlement_budget_2025, p.entitlement_budget_2027_structural


def _both(chance: Chance, language: Language) -> str:
    """Return number and word; with few runs the number alone."""
    if chance.of < FEWEST_AGREEING:
        return nf.runs_share(chance.hits, chance.of, language)
    return nf.probability(chance.hits, chance.of, language)


def _conditions(
    comparison: Comparison, policy: str, costs: np.ndarray, most_text: str, most: float,
    language: Language,
) -> list[str]:  # fmt: skip
    t = texts(language)
    found = [c for c in carriers(comparison, policy, "entitlement", None) if c.clear]
    found = found[:MOST_CONDITIONS]
    if not found:
        return [t("must.no_carrier")]
    agreeing = comparison.budgets[policy].agreeing
    if agreeing:
        rows = np.array(agreeing)
    else:
        rows = np.argsort(costs, kind="stable")[: math.ceil(CHEAPEST_PART * costs.size)]
    words = [_condition(each, comparison.parameters, rows, language) for each in found]
    conditions = nf.listing(words, language)
    if agreeing:
        if len(agreeing) == 1:
            return [t("must.holds_if_one", conditions=conditions)]
        return [t("must.holds_if", conditions=conditions, count=len(agreeing))]
    low, high = nf.euros(costs[rows].min(), language), nf.euros(costs[rows].max(), language)
    if rows.size == 1:
        out = [t("must.cheapest_one", low=low, conditions=conditions)]
    else:
        out = [t("must.cheapest", count=rows.size, low=low, high=high, conditions=conditions)]
    if costs[rows].min() > most:
        out.append(t("must.cheapest_above", most=most_text))
    return out


def _condition(
    carrier: Carrier, parameters: pd.DataFrame, rows: np.ndarray, language: Language
) -> str:
    t = texts(language)
    seen = parameters[carrier.name].to_numpy()[rows]
    parameter = load_registry()[carrier.name]
    # A high value goes with a low cost when cost falls with the parameter.
    return t(
        "must.condition",
        label=parameter_label(carrier.name, language),
        kind=t("must.high" if carrier.rho < 0.0 else "must.low"),
        range=parameter_range(carrier.name, seen.min(), seen.max(), language),
        possible=parameter_range(carrier.name, parameter.low, parameter.high, language),
    )

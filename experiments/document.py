"""The JSON document of a comparison: one object, money in EUR."""

import math
from typing import Any

from experiments.budget_verdict import BudgetVerdict, Chance, Path
from experiments.comparison import Comparison
from experiments.evaluations import seen_and_true, verdicts
from experiments.intervals import MONTE_CARLO_LEVEL, PARAMETER_LEVEL
from model.outcomes import MEASURES


def _number(value: float) -> float | None:
    """Return a plain number; JSON knows no not-a-number."""
    return None if math.isnan(value) else float(value)


def _pair(low: float, high: float) -> list[float] | None:
    return None if math.isnan(low) else [float(low), float(high)]


def _effect(row: Any) -> dict[str, Any]:
    return {
        "baseline": _number(row["baseline"]),
        "mean": _number(row["mean"]),
        "monte_carlo_interval": _pair(row["monte_carlo_low"], row["monte_carlo_high"]),
        "parameter_interval": _pair(row["parameter_low"], row["parameter_high"]),
    }


def comparison_document(comparison: Comparison, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what ``compare --json`` prints."""
    return {
        "baseline": comparison.design.baseline,
        "policies": [_policy(comparison, name) for name in comparison.design.policies],
        "levels": {"monte_carlo": MONTE_CARLO_LEVEL, "parameters": PARAMETER_LEVEL},
        "manifest": manifest,
    }


def _policy(comparison: Comparison, name: str) -> dict[str, Any]:
    verdict = comparison.budgets[name]
    effects = {}
    for measure in MEASURES:
        effects[measure.id] = _effect(comparison.effect(name, measure.id)) | {
            "by_year": [
                {"year": year} | _effect(comparison.effect(name, measure.id, year))
                for year in verdict.years
            ]
        }
    return {
        "name": name,
        "effects": effects,
        "budget": _budget(verdict),
        "evaluation": _evaluation(comparison, name),
    }


def _evaluation(comparison: Comparison, policy: str) -> dict[str, Any]:
    """Return what the regulator would say in its last evaluation, over seeds, and what is true."""
    return {
        "verdicts": verdicts(comparison.evaluations, policy),
        "indicators": {
            one.indicator: {
                "method": one.method,
                "estimate": _number(one.estimate),
                "interval": _pair(one.low, one.high),
                "true_effect": _number(one.true),
                "seeds_covered": one.covered,
                "seeds": one.of,
            }
            for one in seen_and_true(comparison.evaluations, policy)
        },
    }


def _budget(verdict: BudgetVerdict) -> dict[str, Any]:
    return {
        "years": verdict.years,
        "framework_eur": verdict.framework,
        "entitlement_use_eur": verdict.entitlement.mean,
        "neutrality_eur": verdict.neutrality.mean,
        "together_eur": verdict.together.mean,
        "within_framework_probability": _number(verdict.within_framework.value),
        "neutral_probability": _number(verdict.neutral.value),
        "entitlement_within_framework_probability": _number(verdict.fits_entitlement.value),
        "intervals": {
            "entitlement_use_eur": _path(verdict.entitlement),
            "neutrality_eur": _path(verdict.neutrality),
            "together_eur": _path(verdict.together),
        },
        "probabilities": {
            "within_framework": _chance(verdict.within_framework),
            "neutral": _chance(verdict.neutral),
            "entitlement_within_framework": _chance(verdict.fits_entitlement),
        },
        "agreeing_with_ministry": {
            "draws": verdict.agreeing,
            "searched": verdict.searched,
            "search": verdict.agreeing_search,
            "within_framework": _chance(verdict.within_framework_agreeing),
            "neutral": _chance(verdict.neutral_agreeing),
        },
    }


def _path(path: Path) -> dict[str, Any]:
    return {
        "monte_carlo_interval": [_pair(*pair) for pair in path.monte_carlo],
        "parameter_interval": [_pair(*pair) for pair in path.parameters],
    }


def _chance(chance: Chance) -> dict[str, Any]:
    return {
        "probability": _number(chance.value),
        "hits": chance.hits,
        "of": chance.of,
        "interval": list(chance.interval),
        "by_year": chance.by_year,
    }

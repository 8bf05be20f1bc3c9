"""Findings in plain words, generated from the numbers; nobody writes them by hand."""

import math
from dataclasses import dataclass

import numpy as np

from agents.regulator import VERDICTS
from experiments import number_format as nf
from experiments.amounts import shown_change
from experiments.budget_verdict import Chance
from experiments.carried import carriers, yearly_means
from experiments.comparison import Comparison
from experiments.evaluations import seen_and_true, verdicts
from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.number_format import Language
from experiments.readings import (
    depends_on_assumptions,
    is_clear,
    no_difference,
    runs_apart,
    vanishes,
)
from experiments.scenario_names import Titles, inline
from experiments.texts import texts
from model.estimates import DID
from model.outcomes import BY_ID, MEASURES, Measure
from model.parameters import load_registry

#: Fewer agreeing draws than this are too few for a probability.
FEWEST_AGREEING = 5


@dataclass(frozen=True)
class Finding:
    """One sentence about one measure under one policy.

    Attributes:
        id: ``policy.measure``.
        sentence: The sentence.
        clear: Whether the Monte Carlo interval excludes zero.
        depends_on_assumptions: Whether the parameter interval holds zero
            (``experiments.readings``).
    """

    id: str
    sentence: str
    clear: bool
    depends_on_assumptions: bool


@dataclass(frozen=True)
class Answer:
    """The budget verdict of one policy in words: both tests apart, then together."""

    neutrality: str
    entitlement: str
    together: str
    note: str = ""

    @property
    def sentences(self) -> list[str]:
        """All of it, in order."""
        return [s for s in (self.neutrality, self.entitlement, self.together, self.note) if s]


def findings(
    comparison: Comparison, language: Language, titles: Titles | None = None
) -> list[Finding]:
    """Return one finding per policy and measure, in the order of the declarations.

    Args:
        comparison: Results.
        language: "nl" or "en".
        titles: Titles of scenarios that are not in the library.
    """
    return [
        _finding(comparison, measure, policy, language, titles)
        for policy in comparison.design.policies
        for measure in MEASURES
    ]


def _finding(
    comparison: Comparison,
    measure: Measure,
    policy: str,
    language: Language,
    titles: Titles | None,
) -> Finding:
    t, row = texts(language), comparison.effect(policy, measure.id)
    name = inline(policy, language, titles)
    heading = getattr(measure, language)
    depends = depends_on_assumptions(row)
    id_ = f"{policy}.{measure.id}"
    if math.isnan(row["mean"]):
        return Finding(id_, t("finding.nothing", measure=heading, policy=name) + ".", False, False)
    ranges = _ranges(
        row["mean"], (row["monte_carlo_low"], row["monte_carlo_high"]),
        (row["parameter_low"], row["parameter_high"]),
        lambda value: shown_change(measure, value, language), language, unclear=not is_clear(row),
    )  # fmt: skip
    bracket = f" ({ranges})" if ranges else ""
    tail = ""
    if depends:
        tail = " " + t("finding.vanishes" if vanishes(row) else "finding.depends")
    if is_clear(row):
        direction = "more" if row["mean"] > 0 else "less"
        amount = shown_change(measure, row["mean"], language)
        if measure.is_share:
            amount = t("unit.share", amount=amount)
        sentence = t(f"finding.{measure.id}.{direction}", policy=name, amount=amount)
        return Finding(id_, f"{sentence}{bracket}.{tail}", True, depends)
    words = {"measure": heading, "policy": name}
    if no_difference(row):
        apart, of = runs_apart(comparison, policy, measure.id)
        runs = nf.runs_share(apart, of, language)
        sentence = t("finding.nearly_equal" if apart else "finding.equal", runs=runs, **words)
    elif math.isnan(row["monte_carlo_low"]):
        sentence = t("finding.one_seed" if row["seeds"] == 1 else "finding.too_few", **words)
    else:
        sentence = t("finding.unclear", **words)
    return Finding(id_, f"{sentence}{bracket}.{tail}", False, depends)


def _ranges(
    mean: float,
    chance: tuple[float, float],
    assumptions: tuple[float, float],
    form,
    language: Language,
    unclear: bool = False,
) -> str:
    """Return both intervals in words; parts that are not known are left out."""
    t = texts(language)
    parts = []
    for key, (low, high) in (("chance", chance), ("assumptions", assumptions)):
        if not (math.isnan(low) or math.isnan(high) or low == high == 0.0):
            words = _range(mean, low, high, form, language, unclear)
            parts.append(t(f"interval.{key}", range=words))
    return "; ".join(parts)


def _range(mean: float, low: float, high: float, form, language: Language, unclear: bool) -> str:
    """Return one interval as sizes in the direction of the mean, or with directions in words."""
    t = texts(language)
    if low < 0.0 < high:
        return t("interval.from_less_to_more", low=form(low), high=form(high))
    least, most = sorted((abs(low), abs(high)))
    middle = low + high
    if unclear or middle * mean < 0.0:
        key = "interval.both_less" if middle < 0.0 else "interval.both_more"
        return t(key, low=form(least), high=form(most))
    return nf.between(form(least), form(most), language)


def years_text(comparison: Comparison, policy: str) -> str:
    """Return the policy window, e.g. ``2025-2029``."""
    years = comparison.budgets[policy].years
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])


def answer(
    comparison: Comparison, policy: str, language: Language, titles: Titles | None = None
) -> Answer:
    """Return the budget verdict in words: both tests apart, then together.

    Args:
        comparison: Results.
        policy: Policy.
        language: "nl" or "en".
        titles: Titles of scenarios that are not in the library.
    """
    t = texts(language)
    verdict = comparison.budgets[policy]
    name = inline(policy, language, titles)
    sentences = {}
    common = {
        "policy": name,
        "years": years_text(comparison, policy),
        "first": nf.exact_euros(verdict.framework[0], language),
        "first_year": verdict.years[0],
        "last": nf.exact_euros(verdict.framework[-1], language),
        "last_year": verdict.years[verdict.framework.index(verdict.framework[-1])],
        "framework": nf.euros(float(np.mean(verdict.framework)), language),
    }
    for test, key, chance in (
        ("neutrality", "neutral", verdict.neutral),
        ("entitlement", "entitlement", verdict.fits_entitlement),
        ("together", "together", verdict.within_framework),
    ):
        seeds = yearly_means(comparison, policy, test, "seed")
        mean = float(seeds.mean())
        ranges = _ranges(
            mean, monte_carlo_interval(seeds),
            parameter_interval(yearly_means(comparison, policy, test, "draw")),
            lambda value: nf.euros(abs(value), language), language,
        )  # fmt: skip
        first = t(
            f"answer.{key}.{'more' if mean > 0.0 else 'less'}",
            amount=nf.euros(abs(mean), language), ranges=ranges or "-", **common,
        )  # fmt: skip
        second = t(f"answer.{key}.chance", policy=name, **_probability(chance, language))
        sentences[test] = f"{first.replace(' (-)', '')} {second}"
    note = "" if comparison.design.draws else t("answer.seeds_only")
    return Answer(**sentences, note=note)


def evaluation_sentence(
    comparison: Comparison, policy: str, language: Language, titles: Titles | None = None
) -> str:
    """Return what the regulator would decide in its last year, and how well it sees; "" if nothing.

    Args:
        comparison: Results.
        policy: Policy.
        language: "nl" or "en".
        titles: Titles of scenarios that are not in the library.
    """
    found = seen_and_true(comparison.evaluations, policy)
    if not found:
        return ""
    t = texts(language)
    counts = verdicts(comparison.evaluations, policy)
    of = sum(counts.values())
    said = [
        t(f"evaluation.verdict.{word}", count=counts[word], of=of)
        for word in VERDICTS
        if word in counts
    ]
    compared = any(one.method == DID for one in found)
    return t(
        f"evaluation.{'compared' if compared else 'alone'}",
        policy=inline(policy, language, titles), verdicts=nf.listing(said, language),
        covered=sum(one.covered for one in found), of=sum(one.of for one in found),
    )  # fmt: skip


def _probability(chance: Chance, language: Language) -> dict[str, str]:
    return {
        "word": nf.probability_word(chance.hits, chance.of, language),
        "runs": nf.runs_share(chance.hits, chance.of, language),
    }


def parameter_label(name: str, language: Language) -> str:
    """Return what people call a parameter."""
    registry = load_registry()
    return getattr(registry[name].label, language) if name in registry else name


def parameter_range(name: str, low: float, high: float, language: Language) -> str:
    """Return a range of a parameter in its unit; shares as percentages."""
    unit = load_registry()[name].unit
    if unit in {"share", "share/month", "share/year"} and high >= 0.05:
        low_text, high_text = nf.percentage(low, language), nf.percentage(high, language)
    else:
        decimals = 0 if high >= 100 else 1 if high >= 10 else 2
        low_text = nf.number(low, language, decimals)
        high_text = nf.number(high, language, decimals)
    return low_text if low_text == high_text else nf.between(low_text, high_text, language)


def what_carries(
    comparison: Comparison, policy: str, language: Language, titles: Titles | None = None
) -> list[str]:
    """Return in words which assumptions carry the neutrality effect, closest first."""
    t = texts(language)
    found = carriers(comparison, policy)
    if not found:
        return [t("carries.none")]
    out = []
    if not any(each.clear for each in found):
        out.append(t("carries.no_clear", draws=len(comparison.parameters)))
    for each in found:
        sentence = t(
            "carries.more" if each.rho > 0.0 else "carries.less",
            label=parameter_label(each.name, language), policy=inline(policy, language, titles),
            rho=nf.number(each.rho, language, 2),
        )  # fmt: skip
        out.append(sentence if each.clear else f"{sentence} {t('carries.maybe')}")
    return out


def measure_of(finding: Finding) -> Measure:
    """Return the measure a finding is about."""
    return BY_ID[finding.id.rsplit(".", 1)[1]]

"""Making a result: everything a page shows of one comparison, as plain data.

Runs in a worker process, where pandas, numba and the model are loaded anyway; the server only reads
what comes out (``dashboards.result``). Words come from the same functions as the command line's.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboards.levers import levers as all_levers
from experiments import findings as words
from experiments import scenario_names
from experiments.carried import carriers
from experiments.carriers import yearly_means
from experiments.comparison import Comparison, Design
from experiments.conditions import what_must_be_true
from experiments.document import comparison_document
from experiments.explanation import explain, january
from experiments.explanation_document import explanation_document
from experiments.explanation_words import basis, facts
from experiments.manifest import command, design_to_dict
from experiments.number_format import LANGUAGES
from experiments.posteriors.draws import usual_source
from model.codes import WEIGHT_CLASSES
from model.contracts.contract import Contract
from model.outcomes import MEASURES
from model.parameters import Registry, load_registry
from model.simulation import Span
from scenarios.clause_words import clause_in_words
from scenarios.loader import library, load
from scenarios.schema import Scenario

#: Measures whose effect is shown by group, and the groups.
BY_GROUP = (
    "disease_burden_ccq",
    "undertreated_share",
    "refused_share",
    "sessions_per_patient",
    "out_of_pocket",
    "practice_margin",
)
SPLITS = ("gold", "income", "age", "practice_size")

#: Levers that matter whatever the contract says, and those that need a bundle or the regulator.
ALWAYS = (
    "session_tariff_real_growth",
    "intake_repeat_after_months",
    "risk_equalisation_health_reward",
)
WITH_BUNDLE = (
    "bundle_price_factor",
    "bundle_min_contacts_to_claim",
    "risk_equalisation_sees_bundle",
    "intensive_quarters",
)

_COLUMNS = (
    "baseline", "mean", "monte_carlo_low", "monte_carlo_high", "parameter_low", "parameter_high",
)  # fmt: skip


def needed(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the outcomes that a page shows: summing up the others would only take time."""
    shown = (runs["split"] == "all") | (runs["split"].isin(SPLITS) & runs["measure"].isin(BY_GROUP))
    return runs[shown]


def titles_of(scenarios: Mapping[str, Scenario]) -> dict[str, dict[str, str]]:
    """Return the title of every scenario, by name and language."""
    return {name: one.title.model_dump() for name, one in scenarios.items()}


def make_result(
    comparison: Comparison, policy: str, titles: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return everything a page shows of one policy, as plain data.

    Args:
        comparison: Results; of one policy, so that the command printed gives just this.
        policy: The policy.
        titles: Title of every scenario by name and language.
    """
    document = comparison_document(comparison, {})
    own = next(one for one in document["policies"] if one["name"] == policy)
    return {
        "scenario": policy,
        "baseline": comparison.design.baseline,
        "design": design_to_dict(comparison.design),
        "command": command(comparison.design),
        "years": comparison.budgets[policy].years,
        "effects": _effects(comparison.effects, policy),
        "budget": own["budget"],
        "evaluation": own["evaluation"],
        "carriers": [
            [one.name, _number(one.rho), one.clear, *_swing(comparison, policy, one.name)]
            for one in carriers(comparison, policy, top=7)
        ],
        "words": {language: _words(comparison, policy, language, titles) for language in LANGUAGES},
    }


def _swing(comparison: Comparison, policy: str, name: str) -> tuple[float, float]:
    """Return the difference in spending with one assumption low and high, EUR a year.

    A straight line through the runs with other assumptions, read at the tenth and the ninetieth
    percentile of the values drawn. All other assumptions vary along, so with few runs it is rough.
    """
    effects = yearly_means(comparison, policy, "neutrality", "draw")
    drawn = comparison.parameters[name].to_numpy(dtype=float)[: effects.size]
    slope, middle = np.polyfit(drawn - drawn.mean(), effects, 1)
    ends = np.quantile(drawn, (0.1, 0.9)) - drawn.mean()
    low, high = (float(middle + slope * end) for end in ends)
    return low, high


def _words(comparison: Comparison, policy: str, language, titles) -> dict[str, Any]:
    found = words.findings(comparison, language, titles)
    own = [one for one in found if one.id.startswith(f"{policy}.")]
    return {
        "answer": words.answer(comparison, policy, language, titles).sentences,
        "findings": {words.measure_of(one).id: one.sentence for one in own},
        "clear": [words.measure_of(one).id for one in own if one.clear],
        "carries": words.what_carries(comparison, policy, language, titles),
        "must": what_must_be_true(comparison, policy, language, titles),
        "evaluation": words.evaluation_sentence(comparison, policy, language, titles),
    }


def _effects(table: pd.DataFrame, policy: str) -> dict[str, dict[str, list]]:
    """Return per measure and split the rows [group or year, six numbers, patients, small]."""
    own = table[table["policy"] == policy]
    parts = dict(list(own.groupby(["measure", "split"], sort=False, observed=True)))
    none = own[:0]
    out: dict[str, dict[str, list]] = {}
    for measure in MEASURES:
        everyone = parts.get((measure.id, "all"), none)
        splits = {"all": _rows(everyone.sort_values("year"), "year")}
        if measure.id in BY_GROUP:
            for split in SPLITS:
                chosen = parts.get((measure.id, split), none)
                splits[split] = _rows(chosen[chosen["year"] == 0].sort_values("group"), "group")
        out[measure.id] = splits
    return out


def _rows(table: pd.DataFrame, key: str) -> list[list]:
    names = table[key].tolist()
    numbers = table[list(_COLUMNS)].to_numpy(dtype=float).tolist()
    patients, small = table["patients"].tolist(), table["small"].tolist()
    return [
        [int(name) if key == "year" else str(name), *map(_number, row), int(count), bool(few)]
        for name, row, count, few in zip(names, numbers, patients, small, strict=True)
    ]


def _number(value: float) -> float | None:
    """Return a plain number; JSON knows no not-a-number."""
    return None if math.isnan(value) else float(value)


# --- a scenario and its contract, before it is simulated


def describe(scenario: Scenario, registry: Registry) -> dict[str, Any]:
    """Return what a scenario says, in both languages."""
    titles = {scenario.name: scenario.title.model_dump()}
    p = registry.values()
    return {
        "name": scenario.name,
        "title": scenario.title.model_dump(),
        "story": scenario.story.model_dump(),
        "label": {x: scenario_names.label(scenario.name, x, titles) for x in LANGUAGES},
        "inline": {x: scenario_names.inline(scenario.name, x, titles) for x in LANGUAGES},
        "source": scenario.source,
        "clauses": {
            x: [clause_in_words(clause.filled(p), x) for clause in scenario.contract]
            for x in LANGUAGES
        },
        "levers": relevant_levers(scenario, registry),
    }


def relevant_levers(scenario: Scenario, registry: Registry) -> list[str]:
    """Return the levers that can change something in a scenario and that it leaves free."""
    policy, central = scenario.policy(), registry.values()
    contract = Contract(policy.clauses)
    usual = contract.filled(central).clauses
    free = [name for name in all_levers(registry) if name not in scenario.set]
    always = set(ALWAYS)
    if contract.bundle is not None and policy.offers_contract:
        always |= set(WITH_BUNDLE)
    if policy.regulator_acts:
        always |= {n for n in free if n.startswith(("evaluation_", "regulator_", "watch_"))}

    def matters(name: str) -> bool:
        entry = registry[name]
        ends = {entry.low, entry.high} - {entry.value}
        return any(contract.filled(central.replace({name: end})).clauses != usual for end in ends)

    return [name for name in free if name in always or matters(name)]


def explain_scenario(
    scenario: Scenario, settings: Mapping[str, float], registry: Registry
) -> dict[str, Any]:
    """Return what a contract rewards, as plain data and in words (``experiments.explanation``)."""
    world = january(scenario.policy(), registry.values(settings))
    found = explain(world)
    document = explanation_document(found, scenario, dict(settings), world.p)
    maxima = [world.p[f"guideline_max_sessions_{name}"] for name in WEIGHT_CLASSES]
    kept = (
        "contract", "dangers", "one_more", "average_patient", "loss_probability_share",
        "refused_by_profit_only_provider", "deterrent_audit_rate_share", "units",
    )  # fmt: skip
    return {name: document[name] for name in kept} | {
        "facts": {x: facts(found, x) for x in LANGUAGES},
        "basis": {x: basis(Span().policy_year, maxima, x) for x in LANGUAGES},
    }


# --- designs of the dashboard


def design_of(
    scenario: str, settings: Mapping[str, float], seeds: int, draws: int, share: float, span: Span
) -> Design:
    """Return the design of a page: one scenario against fee per session without maxima."""
    return Design(
        "fee_for_service_open", (scenario,), seeds, draws, 0, share, dict(settings), span=span,
        draws_from=usual_source(load_registry()),
    )  # fmt: skip


def scenarios_of(names: Iterable[str], registry: Registry) -> dict[str, Scenario]:
    """Return scenarios of the library by name."""
    known = library()
    return {name: load(name, registry) for name in names if name in known}

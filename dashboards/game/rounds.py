"""From decisions to a contract, and from contracts to what comes of them.

All tables of a room live in one world with the same luck: one task is one seed (or one set of
assumptions) for all tables, from the same history, beside fee per session. A round is ``SEEDS``
tasks, so both cores of a small laptop work for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.game.questions import Choices, questions
from experiments.number_format import LANGUAGES, Language

#: Part of the country that a round simulates, and its years: small enough for an answer in 5 s.
SHARE = 0.02
YEARS = (2024, 2025, 2027)
#: Worlds of a round; other lucks and other assumptions of a debrief.
SEEDS = 2
OTHER_LUCK = 8
OTHER_ASSUMPTIONS = 8
#: Seeds of a room lie this far apart from those of its debrief and of its next round.
ROUND_STRIDE = 100
#: Fee per session, beside every table.
BASELINE = "fee_for_service_open"
BUNDLE = "weight_class_bundle"

#: Measures of the board, in its order.
MEASURES = (
    "paramedical_spending", "disease_burden_ccq", "refused_share", "job_satisfaction",
    "admin_hours",
)  # fmt: skip

#: What a world gives: measure by team, and of the baseline under -1.
Found = dict[int, dict[str, float]]


def scenario_of(choices: Choices) -> Any:
    """Return the contract of a table as a scenario; raises if it contradicts itself.

    Args:
        choices: Option by question, of all roles; what is missing is as usual.
    """
    from scenarios.schema import Scenario

    contract: list[dict[str, Any]] = [{"clause": "intake_fee"}, {"clause": BUNDLE}]
    levers: dict[str, float] = {}
    participation: dict[str, Any] = {"insurers": 1.0}
    regulator = "watches"
    for question in questions():
        option = question.option(choices.get(question.id))
        contract += option.add
        levers |= option.set
        participation |= option.participation
        regulator = option.regulator or regulator
    words = {"en": "Table", "nl": "Tafel"}
    return Scenario.model_validate(
        {
            "title": words, "story": words, "source": "class game", "contract": contract,
            "set": levers, "participation": participation, "regulator": regulator,
        }
    )  # fmt: skip


def words_of(contracts: Sequence[tuple[int, Choices]]) -> dict[int, dict[Language, list[str]]]:
    """Return the clauses of every table's contract as people would say them.

    Runs in a worker process, as the model is loaded there anyway.
    """
    from model.parameters import load_registry
    from scenarios.clause_words import clause_in_words

    registry = load_registry()
    out = {}
    for team, choices in contracts:
        scenario = scenario_of(choices)
        p = registry.values(scenario.set)
        out[team] = {
            language: [clause_in_words(one.filled(p), language) for one in scenario.contract]
            for language in LANGUAGES
        }
    return out


def seeds_of(luck: int, number: int) -> list[int]:
    """Return the seeds of a round: fixed by room and round, the same for every table."""
    return [luck * 1000 + number * ROUND_STRIDE + k for k in range(SEEDS)]


def other_seeds(luck: int, number: int) -> list[int]:
    """Return the seeds of the debrief of a round, none of which the round itself had."""
    return [luck * 1000 + number * ROUND_STRIDE + SEEDS + k for k in range(OTHER_LUCK)]


def run_world(
    contracts: Sequence[tuple[int, Mapping[str, str]]], seed: int, draw: int = -1,
    share: float = SHARE,
) -> Found:  # fmt: skip
    """Run all tables in one world and return the measures of each over the policy years.

    Runs in a worker process.

    Args:
        contracts: Team and its choices.
        seed: Luck.
        draw: Which set of assumptions; -1 for the central ones.
        share: Share of the country.
    """
    from experiments.runner import Task, run_task
    from model.parameters import load_registry
    from model.simulation import Span
    from scenarios.loader import load

    registry = load_registry()
    policies = {BASELINE: load(BASELINE, registry).policy()}
    alike: dict[str, list[int]] = {}
    for team, choices in contracts:
        made = scenario_of(choices).policy()
        name = next((n for n in alike if policies[n] == made), f"team {team}")
        policies[name] = made
        alike.setdefault(name, []).append(team)
    task = Task(
        "seed" if draw < 0 else "draw", max(0, draw), seed, _parameters(draw), policies, share,
        Span(*YEARS), BASELINE,
    )  # fmt: skip
    values = _values(run_task(task).outcomes)
    found = {-1: values[BASELINE]}
    for name, teams in alike.items():
        found |= dict.fromkeys(teams, values[name])
    return found


def _parameters(draw: int) -> Any:
    from experiments.posteriors.draws import DRAW_SEED, draws, usual_source
    from model.parameters import load_registry

    registry = load_registry()
    if draw < 0:
        return registry.values()
    return draws(registry, OTHER_ASSUMPTIONS, DRAW_SEED, usual_source(registry))[draw]


def _values(outcomes: Any) -> dict[str, dict[str, float]]:
    from experiments.comparison import SUMS
    from experiments.paired import WINDOW, values

    own = outcomes[(outcomes["split"] == "all") & outcomes["measure"].isin(MEASURES)]
    table = values(own, SUMS)
    window = table[table["year"] == WINDOW]
    return {
        str(policy): {row["measure"]: float(row["value"]) for _, row in part.iterrows()}
        for policy, part in window.groupby("policy", observed=True)
    }


def mean_of(worlds: Sequence[Found]) -> Found:
    """Return the mean over worlds."""
    return {
        team: {
            measure: sum(one[team][measure] for one in worlds) / len(worlds)
            for measure in worlds[0][team]
        }
        for team in worlds[0]
    }

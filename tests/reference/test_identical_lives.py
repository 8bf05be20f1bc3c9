"""The engine and the plain Mesa version give identical lives, books and ledgers."""

from collections import Counter
from functools import cache

import pytest

from model.schedule import MONTH

from .compare import TwinRun, ledger_differences, run_both
from .model import ReferenceModel
from .settings import SEED, settings

SETTINGS = settings()
QUICK = [name for name, setting in SETTINGS.items() if not setting.slow]
SLOW = [name for name, setting in SETTINGS.items() if setting.slow]

#: What must happen somewhere, or equality would say little (names: ``ReferenceModel.happened``).
INTERESTING = (
    "a colleague was caught",
    "above the maximum paid by patient",
    "above the maximum paid by supplementary",
    "admission",
    "asks though refused before",
    "at a distance",
    "at home",
    "attack",
    "audit at an earlier account",
    "audit finds no need only",
    "audit finds",
    "audit learns nothing of classes",
    "audit rate above its least",
    "audit rate at its least",
    "audited though not by lot",
    "back after a loss",
    "breaks off at a distance",
    "broke off under warranty",
    "bundle quarter payable",
    "burden inflated",
    "ceiling binds",
    "class upgraded",
    "clawed back",
    "colleague imitated",
    "colleague of another kind",
    "colleagues upcode",
    "contract ended",
    "contract kept",
    "contract left",
    "contract lost after a plan",
    "contract lost at once",
    "contract refused",
    "contract signed",
    "coordination is over",
    "coordination paid",
    "coordination starts",
    "counted in the next year",
    "death in hospital",
    "death",
    "decides by default",
    "decides by inertia",
    "decides by monotone_benefit",
    "decides by pure_professional",
    "decides by pure_profit",
    "decides by target_income",
    "deductible paid",
    "downgraded to 0",
    "downgraded to 1",
    "drop-out",
    "effort from what is not",
    "effort to what is measured",
    "entered",
    "episode ended",
    "excepted at year end",
    "excepted",
    "excess hazard",
    "extension",
    "file audited",
    "file without the contract",
    "first sessions not covered",
    "first sessions paid otherwise",
    "floor binds",
    "framework passed",
    "gave up",
    "graded anew",
    "health_reward",
    "held back",
    "honest though it costs",
    "improvement plan",
    "in a group",
    "income gap",
    "income lacking",
    "income made up by other patients",
    "income still falls short",
    "index noted",
    "intake after waiting",
    "intake",
    "judged after the contract",
    "keeps what it has",
    "learned from audits",
    "left in discontent",
    "left out",
    "lost, not yet to be had again",
    "maintenance unknown",
    "maintenance weighed",
    "maximum binds a plan",
    "maximum reached",
    "mean price without claims",
    "misses no session",
    "misses sessions",
    "monitoring crowds out honesty",
    "monitoring crowds out",
    "need beyond the guideline",
    "negotiated",
    "neighbours hold the contract",
    "new stage",
    "newcomer",
    "next treatment year",
    "no answer",
    "no effect can be told",
    "no member of the network",
    "no qualms left",
    "no room",
    "no supplement is enough",
    "not every practice considered",
    "not the nearest practice",
    "nothing to learn from audits",
    "nothing to learn from",
    "nothing to weigh",
    "only locums to ask",
    "others have no room",
    "others refused last year",
    "out of patience",
    "outcome pay weighed",
    "outside the offer band",
    "over",
    "overclaim: class",
    "overclaim: no need",
    "paid for next year",
    "past the first sessions",
    "patient sets the limit",
    "patients would lose by it",
    "post stays empty",
    "price cut by the regulator",
    "price cut for total cost",
    "price kept without claims",
    "price raised",
    "price trimmed",
    "priced from own claims",
    "priced from pooled claims",
    "profile changed",
    "quarter finished by the old insurer",
    "quarter under warranty",
    "reference price without claims",
    "refund of next year",
    "refusal would count",
    "refusal",
    "registered with the old insurer",
    "relevant improvement",
    "repriced",
    "reputation",
    "return within a year",
    "risk_equalisation",
    "sessions above the maximum",
    "sessions flagged",
    "side payments",
    "slots are scarce",
    "soft refusal",
    "start too late",
    "still waits at year end",
    "stop-loss pays a session",
    "stop-loss takes risk away",
    "stop-loss weighed",
    "stop_loss at an earlier account",
    "stopped by the regulator",
    "stretched to the threshold at intake",
    "stretched to the threshold",
    "style at its bound",
    "style given up",
    "style kept",
    "style tried",
    "substitution weighed",
    "supplement agreed",
    "supplement weighed at intake",
    "supplement weighed in planning",
    "survey answered",
    "switched in a running quarter",
    "switched insurer",
    "taught as much as can be",
    "therapist left",
    "told to come back later",
    "too ill to answer",
    "trained for the test",
    "trained in hospital",
    "treated under warranty",
    "treatment year turns within a quarter",
    "turned back",
    "turned to hospital",
    "under",
    "unseen by the fund",
    "upcode 1",
    "upcode 2",
    "verdict 0",
    "verdict 1",
    "verdict 2",
    "wait expected",
    "walk inflated",
    "warranty of another practice",
    "warranty weighed",
    "watched file audited",
    "watched",
    "withheld",
    "worse: satisfaction",
    "worse: total_cost",
)

#: Clauses that must have paid somewhere, and those that must have taken money back. A KPI on whom a
#: practice takes in takes nothing: where it is agreed, nobody is refused in so many words.
PAID = (
    "change_cap",
    "fee_per_session",
    "flat_bundle",
    "intake_fee",
    "kpi_ccq_change",
    "kpi_prem",
    "kpi_relevant_change",
    "kpi_start_in_time",
    "kpi_walk_change",
    "mixed_fee",
    "outcome_pay",
    "period_tariff",
    "phase_bundle",
    "profile_phase_bundle",
    "risk_corridor",
    "shared_savings",
    "stop_loss",
    "weight_class_bundle",
)
TAKEN_BACK = (
    "audit",
    "change_cap",
    "index_band",
    "kpi_dropout",
    "kpi_walk_change",
    "pro_rata",
    "risk_corridor",
    "shared_savings",
)


@cache
def twins(name: str) -> TwinRun:
    setting = SETTINGS[name]
    p = setting.parameters
    return run_both(p, setting.policy, SEED, setting.size(p), setting.span)


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_lives_books_and_ledgers_are_identical(name: str) -> None:
    run = twins(name)

    assert run.difference is None, str(run.difference)
    assert run.reference.month == run.engine.month == SETTINGS[name].span.months
    assert ledger_differences(run.engine, run.reference) == ""
    assert run.reference.ledger


def test_every_branch_of_the_month_is_taken_somewhere() -> None:
    happened = sum((twins(name).reference.happened for name in QUICK), Counter())
    wanted = [
        *INTERESTING,
        *(f"paid: {clause}" for clause in PAID),
        *(f"back: {clause}" for clause in TAKEN_BACK),
    ]

    assert [name for name in wanted if happened[name] == 0] == []


def test_the_reference_runs_the_same_month() -> None:
    ours = [(name, None if only is None else only + 1) for name, _, only in ReferenceModel.MONTH]

    assert ours == [(part.name, part.calendar_month) for part in MONTH]

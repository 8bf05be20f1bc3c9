"""An explanation: what a contract rewards, asked before it is simulated.

The history up to the policy year sets neutral prices and norms; then one January opens the year.
What is read off is what the agents decide on that year (``model.rewards``) and what they plan with
it (``agents.behaviours.default``), so nothing here is a second opinion.
"""

import math
from dataclasses import replace

import numpy as np

from agents.behaviours.target_income import lacking_share
from experiments.explained_contract import Explanation, Marginal, Patient, Response, mean_of
from experiments.provider import (
    LEAST_NEED,
    NEED_STEP,
    NIL,
    SEVERITIES,
    TYPICAL,
    Provider,
    Severity,
    need_at,
    refusals,
)
from model import expectations
from model.codes import (
    DEFAULT,
    GROUP,
    HABIT_CONTRACT,
    HEAVIEST,
    INDIVIDUAL,
    POLICY_CONTRACT,
    REGULAR_CONTRACT,
    THEORIES,
    TREATED,
    WEIGHT_CLASSES,
)
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.incentives import first_year, treated_more, without
from model.contracts.risk import loss_probability
from model.contracts.stop_loss import StopLoss
from model.month.contracts import open_year
from model.parameters import ParameterSet
from model.policy import HISTORY, Policy
from model.population import Size
from model.practices import moral_scale
from model.rewards import Rewards
from model.simulation import Span, World

#: The world that is asked: large enough for stable norms, small enough to be ready at once.
SHARE, SEED = 0.05, 1

#: Negotiated prices differ by insurer; this is the one that is explained (A, the largest).
INSURER = 0

#: Patients a practice may have. Nine is the mean (30,000 patients, 3,400 practices).
PRACTICES = (3, 9, 25, 100)


def january(policy: Policy, p: ParameterSet, share: float = SHARE, seed: int = SEED) -> World:
    """Return a world on 1 January of the policy year: contracts signed, prices set, asked.

    Args:
        policy: What changes from the policy year on.
        p: Parameters.
        share: Share of the country.
        seed: Seed of all luck.
    """
    history = World(p, HISTORY, seed, Size.of_share(p, share), keep_lines=False)
    world = history.run(Span().policy_month).branch(policy)
    open_year(world)
    return world


def contract_number(world: World) -> int:
    """Return which contract is explained: the scenario's own, or the regular one without it."""
    return POLICY_CONTRACT if world.policy.offers_contract else REGULAR_CONTRACT


def explain(world: World, theory: str = THEORIES[DEFAULT]) -> Explanation:
    """Ask the contract of a world what it rewards this year.

    Args:
        world: A world whose year has been opened (``january``).
        theory: Theory that moves the typical therapist; what the contract rewards is the same.
    """
    number = contract_number(world)
    contract, p = world.contracts[number], world.p
    rewards = Rewards(*(array[number, INSURER] for array in world.rewards))
    constants = world.constants["intake"]
    typical = _typical(world, rewards, theory)
    driven = Provider(rewards, constants, p.rho_strongly_extrinsic, p.norm_median)
    classes = range(len(WEIGHT_CLASSES))
    patients = tuple(
        _patient(world, typical, weight_class, severity)
        for weight_class in classes
        for severity in SEVERITIES
    )
    in_class = world.care.weight_class[world.care.status == TREATED]
    mix = np.bincount(in_class, minlength=len(WEIGHT_CLASSES)) / max(1, in_class.size)
    needs = np.arange(LEAST_NEED, constants.most + NEED_STEP, NEED_STEP)
    profits = np.array(
        [[driven.profit(c, SEVERITIES[TYPICAL].stage, float(n)) for n in needs] for c in classes]
    )
    marginals = tuple(_marginal(world, number, typical, c) for c in classes)
    losses, sd = _losses(world, contract, marginals, patients, mix)
    return Explanation(
        contract=contract,
        regular=number == REGULAR_CONTRACT,
        negotiated=bool(contract.terms.negotiated),
        capped=bool(world.maxima.min() < constants.most),
        self_paid=int(world.self_paid),
        prices=world.prices[number],
        patients=patients,
        marginals=marginals,
        mix=mix,
        needs=needs,
        profits=profits,
        refusals=tuple(
            refusals(driven, c, needs, profits[c], p.reservation_value) for c in classes
        ),
        profit_driven=np.array(
            [driven.sessions(c, need_at(constants, c, SEVERITIES[TYPICAL])) for c in classes]
        ),
        losses=losses,
        margin_sd=sd,
        half_point=0.5 * world.incentives[number][INSURER].answer_pull,
        gap=world.incentives[number][INSURER].completeness,
        metre=world.incentives[number][INSURER].walk_pull,
        deterrent_rate=_deterrent_rate(contract.find(Audit)),
        theory=theory,
        response=tuple(_response(world, typical, c) for c in classes),
    )


def _typical(world: World, rewards: Rewards, theory: str) -> Provider:
    """Return a therapist with median motives and norm who is moved by a theory.

    Target income looks at the practice: here one with the usual mix of patients.
    """
    habit = Rewards(*(array[HABIT_CONTRACT, INSURER] for array in world.rewards))
    p, constants = world.p, world.constants["intake"]
    typical = Provider(
        rewards, constants, p.altruism_rho_median, p.norm_median, THEORIES.index(theory), habit
    )
    in_class = world.care.weight_class[world.care.status == TREATED]
    kinds = [
        (float(count) * severity.weight, c, severity)
        for c, count in enumerate(np.bincount(in_class, minlength=len(WEIGHT_CLASSES)))
        for severity in SEVERITIES
    ]
    usual, at_need = (
        sum(w * typical.income(r, c, s.stage, need_at(constants, c, s)) for w, c, s in kinds)
        for r in (habit, rewards)
    )
    return replace(typical, lacking=lacking_share(usual, at_need))


def _response(world: World, provider: Provider, weight_class: int) -> Response:
    """Return what a therapist does with patients of a class."""
    severe, typical = SEVERITIES[-1], SEVERITIES[TYPICAL]
    constants = provider.constants
    return Response(
        accepts_severe=float(
            provider.accepts(weight_class, severe.stage, need_at(constants, weight_class, severe))
        ),
        grades_too_heavy=None
        if weight_class == HEAVIEST
        else provider.grades_too_heavy(
            weight_class, need_at(constants, weight_class, typical), moral_scale(world.p)
        ),
    )


def _patient(world: World, provider: Provider, weight_class: int, severity: Severity) -> Patient:
    """Return what a practice expects of one kind of patient."""
    number, p = contract_number(world), world.p
    contract, known = world.contracts[number], world.outlooks[number]
    answer = expectations.response(
        p, known.norms, world.books.usual_sessions, world.books.class_mix
    )
    need = need_at(provider.constants, weight_class, severity)
    sessions = provider.sessions(weight_class, need, severity.stage)
    usual = first_year(weight_class, severity.stage, INSURER, known, answer)
    case = replace(treated_more(usual, sessions - usual.sessions), intakes=1.0)
    reckoned = contract.reckon(case, known)
    per_session = float(provider.rewards.session[weight_class, INDIVIDUAL])
    treating = without(contract, StopLoss).worth(usual, known) - per_session * usual.sessions
    access = float(provider.rewards.fixed[weight_class, severity.stage]) - treating
    intake = p.intake_to_session_tariff_ratio
    return Patient(
        weight_class=weight_class,
        severity=severity.name,
        need=need,
        sessions=sessions,
        paid=contract.expected(case, known),
        session_cost=sessions * p.variable_cost_per_session,
        intake_cost=intake * p.variable_cost_per_session,
        own_time=sum(clause.burden(reckoned, known) for clause in contract.clauses),
        full_cost=(sessions + intake) * p.full_cost_per_session,
        access=access if abs(access) > NIL else 0.0,
    )


def _marginal(world: World, number: int, provider: Provider, weight_class: int) -> Marginal:
    """Return what a little more brings in one weight class."""
    r, p = provider.rewards, world.p
    asked = world.incentives[number][INSURER]
    need = need_at(provider.constants, weight_class, SEVERITIES[TYPICAL])
    heaviest = weight_class == HEAVIEST
    upgrade = None if heaviest else float(r.grading[weight_class, HEAVIEST])
    return Marginal(
        session=provider.pay(weight_class, need),
        session_cost=p.variable_cost_per_session,
        group=float(r.session[weight_class, GROUP] - r.session[weight_class, INDIVIDUAL]),
        group_cost=-(1.0 - p.group_cost_ratio) * p.variable_cost_per_session,
        upgrade=upgrade,
        audited=None if upgrade is None else max(0.0, upgrade) * float(r.expected_loss),
        ccq_point=float(asked.ccq_point[weight_class]),
        admission=float(asked.admission[weight_class]),
        quarters=tuple(float(x) for x in r.quarter[weight_class]),
        lighter=tuple(float(x) for x in r.grading[HEAVIEST, :HEAVIEST]) if heaviest else (),
    )


def _losses(
    world: World,
    contract: Contract,
    marginals: tuple[Marginal, ...],
    patients: tuple[Patient, ...],
    mix: np.ndarray,
) -> tuple[dict[int, float], float]:
    """Return the chance of a loss by number of patients, and the SD of a patient's margin, EUR.

    The SD is what a session brings or costs at full cost x the spread of cost x mean sessions.
    """
    p = world.p
    pay = float(mix @ np.array([one.session for one in marginals]))
    sessions = mean_of(patients, mix, "sessions")
    sd = abs(pay - p.full_cost_per_session) * p.cost_cv_per_patient * sessions
    margin = mean_of(patients, mix, "full_margin")
    lump = contract.find(CoordinationLumpSum)
    losses = {}
    for count in PRACTICES:
        # A lump sum is per practice: the fewer patients, the more of it for each.
        usual = expectations.patients_per_practice(p)
        more = 0.0 if lump is None else lump.amount / count - lump.amount / usual
        losses[count] = loss_probability(margin + more, sd, float(count))
    return losses, sd


def _deterrent_rate(audit: Audit | None) -> float | None:
    """Return the audit rate from which misgrading stops paying, 1 / (delta (r + f)) (U2)."""
    if audit is None:
        return None
    per_audit = audit.detection * (audit.repayment + audit.fine)
    return 1.0 / per_audit if per_audit > 0.0 else math.inf

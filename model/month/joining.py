"""January: who holds the scenario's contract this year, by lot or by the practice's own choice."""

from collections import namedtuple

import numpy as np
from scipy.special import ndtri

from agents.behaviours.default import acceptance_probability
from agents.insurer import in_offer_band
from agents.joining import (
    joining_value,
    result_under,
    sessions_under,
    share_of_neighbours,
    trust_in_insurer,
)
from model.codes import (
    GOLD_STAGES,
    INDIVIDUAL,
    INSURERS,
    MAINTENANCE,
    POLICY_CONTRACT,
    REGULAR_CONTRACT,
)
from model.contracts.noise import crowded_rho
from model.contracts.offer_band import OfferBand
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.contracts.risk import result_sd
from model.expectations import MINUTES_PER_HOUR, minute_cost, typical_sessions
from model.parameters import ParameterSet
from model.population import insurer_shares
from model.randomness import ONCE, draw, stream
from model.register import TREATMENT_INDEX, account_of
from model.rules import phase

MONTHS_PER_YEAR = 12

Constants = namedtuple(
    "Constants",
    "cost cost_cv curvature most aversion trust_mean changing peer_value precision kept_minutes",
)

#: A practice's patients of last year at each insurer, (practices x 10,): how many, and what the
#: offered contract is expected to bring for them above the regular one, EUR, with its variance.
Caseload = namedtuple("Caseload", "patients gain variance")


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters of joining."""
    return Constants(
        cost=p.variable_cost_per_session,
        cost_cv=p.cost_cv_per_patient,
        curvature=p.benefit_curvature_k,
        most=p.sessions_most_per_year,
        aversion=p.loss_aversion,
        trust_mean=p.trust_in_insurer_mean,
        changing=p.joining_switch_hours * MINUTES_PER_HOUR * minute_cost(p),
        peer_value=p.joining_peer_value,
        precision=p.joining_precision,
        kept_minutes=p.admin_minutes_bundle_quarter,
    )


def empty_caseload(practices: int) -> Caseload:
    """Return a caseload without patients."""
    return Caseload(*(np.zeros(practices * len(INSURERS)) for _ in Caseload._fields))


def usual_years(p: ParameterSet, usual: np.ndarray) -> np.ndarray:
    """Return the sessions of a patient-year that a practice reckons with, (2, 3 weight classes).

    First row: a whole first year; second: a year of maintenance. As they were nationally last year:
    a practice knows the class of its patients, and next year's will be others. Where nothing is
    known of maintenance, the usual part of a first year.

    Args:
        p: Parameters.
        usual: Sessions of a quarter last year, by weight class and phase, (3, 3).
    """
    first = typical_sessions(p, usual)
    lasting = FIRST_YEAR_QUARTERS * usual[:, MAINTENANCE]
    return np.stack([first, np.where(lasting > 0.0, lasting, p.maintenance_ratio * first)])


def draw_lots(world) -> None:
    """Decide, once, which practices take the contract if nobody asks what it is worth to them."""
    policy, take = world.policy, stream(world.seed, "take contract", ONCE)
    for practice in world.practice_agents:
        if policy.only_practices is not None:
            practice.willing = practice.number in policy.only_practices
        else:
            practice.consider_contract(policy.practices_share, draw(take, practice.number))


def on_offer(world, lost: np.ndarray) -> np.ndarray:
    """Return which practice may hold the contract with which insurer this year, (practices, 10).

    Args:
        world: A world in January.
        lost: Contracts that ended by December's reckoning: not to be had again at once.
    """
    contract = world.contracts[POLICY_CONTRACT]
    allowed = np.full(world.practices.count, not world.regulator.stopped)
    if contract.terms.network_only:
        allowed &= np.asarray(world.practices.in_network, dtype=bool)
    band = contract.find(OfferBand)
    if band is not None:
        allowed &= _within(world, band)
    offers = np.array([insurer.offers for insurer in world.insurers])
    return allowed[:, None] & offers & ~lost


def _within(world, band: OfferBand) -> np.ndarray:
    """Return which practices keep within an offer band, all their insurers' patients together."""
    register = world.books.register
    count, total = (
        sums[TREATMENT_INDEX].reshape(-1, len(INSURERS)).sum(axis=1)
        for sums in (register.count, register.total)
    )
    sd = world.books.norms()["treatment_index"].sd
    score = float(ndtri(band.confidence))
    return np.array(
        [
            in_offer_band(
                total[k] / max(1.0, count[k]), sd, count[k], band.lower, band.upper, score,
                band.minimum_patients,
            )
            for k in range(count.size)
        ]
    )  # fmt: skip


def sign_by_lot(world, allowed: np.ndarray) -> None:
    """Give the contract to practices that drew it, where they may hold it.

    Without an offer band this happens once. With one the offer is made anew each January: who has
    left the band has to stop, who has come back may sign again.
    """
    first = world.month == world.contract_month
    banded = world.contracts[POLICY_CONTRACT].find(OfferBand) is not None
    if first or banded:
        willing = np.array([practice.willing for practice in world.practice_agents])
        signs = willing[:, None] & allowed
        world.contract_of[:] = np.where(signs, POLICY_CONTRACT, REGULAR_CONTRACT)


def choose_contracts(world, allowed: np.ndarray, held: np.ndarray) -> None:
    """Let every practice join, stay or leave at each insurer that offers it the contract.

    Prices and rewards of the year must be known. A practice without patients of an insurer last
    year has nothing to weigh and leaves things as they are.

    Args:
        world: A world in January.
        allowed: Where the contract may be held this year, (practices, 10).
        held: Where it was held last year, (practices, 10).
    """
    practices, c = world.practices, constants(world.p)
    world.caseload = empty_caseload(practices.count)
    of_practice = (-1, practices.per_practice)
    _weigh(
        world.rows, world.month, world.person, world.health, world.care, world.rewards,
        world.drives.rho_sessions.reshape(of_practice).mean(axis=1),
        world.drives.norm.reshape(of_practice).mean(axis=1),
        usual_years(world.p, world.books.usual_sessions), c, world.caseload,
    )  # fmt: skip
    size = practices.region_start.size - 1
    in_region = np.bincount(practices.region, minlength=size)
    holders = np.stack(
        [
            np.bincount(practices.region, held[:, insurer], size).astype(np.int64)
            for insurer in range(len(INSURERS))
        ],
        axis=1,
    )
    minutes = c.kept_minutes if world.contracts[POLICY_CONTRACT].per_patient else 0.0
    kept = minutes * FIRST_YEAR_QUARTERS * minute_cost(world.p)
    _choose(
        world.contract_of, allowed, held, practices.region, in_region, holders, world.caseload,
        _sd_of_mean(world, allowed), kept, c,
        stream(world.seed, "trust in insurer", ONCE), stream(world.seed, "join contract", ONCE),
    )  # fmt: skip


def _sd_of_mean(world, allowed: np.ndarray) -> np.ndarray:
    """Return the SD of the mean gain per patient of each practice, EUR; 0 without patients.

    The luck of all patients who could be under the contract evens out: those of all insurers that
    offer it, and of all practices that contract jointly.
    """
    contract, practices = world.contracts[POLICY_CONTRACT], world.practices
    group = practices.groups(contract.terms.pooled_practices)
    patients, variance = (
        np.bincount(group, (part.reshape(allowed.shape) * allowed).sum(axis=1))[group]
        for part in (world.caseload.patients, world.caseload.variance)
    )
    return np.sqrt(variance) / np.maximum(patients, 1.0)


@phase
def _weigh(rows, month, person, health, care, rewards, rho, norm, years, c, caseload):
    """Add up what last year's patients would bring under the offered contract above the regular."""
    for i in range(rows):
        practice, insurer = care.treated_by[i], person.insurer[i]
        if practice < 0 or care.last_care[i] < month - MONTHS_PER_YEAR:
            continue
        kind, stage = care.weight_class[i], health.gold[i] - GOLD_STAGES[0]
        lasting = care.quarter[i] >= FIRST_YEAR_QUARTERS
        need = years[1 if lasting else 0, kind]
        gain, varies, stopped, level = 0.0, 0.0, 0.0, 0.0
        for contract in (REGULAR_CONTRACT, POLICY_CONTRACT):
            fixed = rewards.fixed[contract, insurer, kind, stage]
            if lasting:
                quarter = rewards.quarter[contract, insurer, kind, MAINTENANCE]
                fixed = FIRST_YEAR_QUARTERS * quarter
            fee = rewards.session[contract, insurer, kind, INDIVIDUAL]
            reference = rewards.reference[contract, insurer, INDIVIDUAL]
            attachment = rewards.attachment[contract, insurer]
            stop_share = rewards.stop_share[contract, insurer]
            sessions = sessions_under(
                need, crowded_rho(rho[practice], rewards.crowding[contract, insurer]),
                norm[practice], fee, c.cost, c.curvature,
                rewards.outcome_pay[contract, insurer, kind], rewards.floor[contract, insurer],
                c.most, reference, c.cost_cv, attachment, stop_share,
            )  # fmt: skip
            side = 1.0 if contract == POLICY_CONTRACT else -1.0
            gain += side * result_under(
                fixed, fee, c.cost, sessions, reference, c.cost_cv, attachment, stop_share
            )
            varies += side * (fee - c.cost) * sessions
            if stop_share > 0.0 and sessions > 0.0:
                stopped = side * stop_share * sessions * reference
                level = attachment / (sessions * reference)
        account = account_of(practice, insurer)
        caseload.patients[account] += 1.0
        caseload.gain[account] += gain
        caseload.variance[account] += result_sd(varies, stopped, c.cost_cv, level) ** 2


@phase
def _choose(
    contract_of, allowed, held, region, in_region, holders, caseload, sd, kept, c, luck_trust,
    luck_taste,
):  # fmt: skip
    """Write the contract that each practice holds with each insurer this year."""
    for practice in range(contract_of.shape[0]):
        for insurer in range(contract_of.shape[1]):
            account = account_of(practice, insurer)
            own = caseload.patients[account]
            holds = contract_of[practice, insurer] == POLICY_CONTRACT
            if not allowed[practice, insurer]:
                contract_of[practice, insurer] = REGULAR_CONTRACT
                continue
            if own == 0.0:
                continue
            where = region[practice]
            neighbours = share_of_neighbours(
                holders[where, insurer], in_region[where], 1 if held[practice, insurer] else 0
            )
            value = joining_value(
                caseload.gain[account] / own,
                sd[practice],
                trust_in_insurer(draw(luck_trust, account), c.trust_mean),
                c.aversion,
                kept,
                c.changing / own,
                holds,
                neighbours,
                c.peer_value,
            )
            # The same taste every year: a practice changes its mind when something has changed.
            joins = draw(luck_taste, account) < acceptance_probability(value, 0.0, c.precision)
            contract_of[practice, insurer] = POLICY_CONTRACT if joins else REGULAR_CONTRACT


def joined_share(world) -> np.ndarray:
    """Return per practice with how many of the offering insurers it has the contract, 0 to 1.

    Each insurer counts by the people it insures.
    """
    offers = np.array([insurer.offers for insurer in world.insurers])
    weight = np.where(offers, insurer_shares(world.p), 0.0)
    if weight.sum() <= 0.0:
        return np.zeros(world.practices.count)
    return (world.contract_of == POLICY_CONTRACT) @ weight / weight.sum()

"""January: who holds the scenario's contract this year, by lot or by the practice's own choice."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.behaviours.default import acceptance_probability
from agents.behaviours.inertia import weighs_contracts
from agents.insurer import CENTS, in_offer_band, negotiated_supplement
from agents.joining import (
    gain_asked,
    joining_value,
    share_of_neighbours,
    trust_in_insurer,
    value_asked,
    value_beside_money,
)
from model.codes import INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.offer_band import OfferBand
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.expectations import MINUTES_PER_HOUR, minute_cost
from model.month.caseload import weigh_caseload
from model.month.prices import bargaining_power
from model.parameters import ParameterSet
from model.population import insurer_shares
from model.randomness import ONCE, draw, stream
from model.register import TREATMENT_INDEX, account_of, of_practices
from model.rules import phase

if TYPE_CHECKING:
    from model.month.caseload import Caseload

if TYPE_CHECKING:
    from model.simulation import World

Constants = namedtuple("Constants", "aversion trust_mean changing peer_value precision")


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters of joining."""
    return Constants(
        aversion=p.loss_aversion,
        trust_mean=p.trust_in_insurer_mean,
        changing=p.joining_switch_hours * MINUTES_PER_HOUR * minute_cost(p),
        peer_value=p.joining_peer_value,
        precision=p.joining_precision,
    )


def draw_lots(world: "World") -> None:
    """Decide, once, which practices take the contract if nobody asks what it is worth to them."""
    policy, take = world.policy, stream(world.seed, "take contract", ONCE)
    for practice in world.practice_agents:
        if policy.only_practices is not None:
            practice.willing = practice.number in policy.only_practices
        else:
            practice.consider_contract(policy.practices_share, draw(take, practice.number))


def on_offer(world: "World") -> np.ndarray:
    """Return which practice may hold the contract with which insurer this year, (practices, 10).

    Who lost the contract has to wait (``contract_loss_years``), signed by lot or by choice.

    Args:
        world: A world in January.
    """
    contract = world.contracts[POLICY_CONTRACT]
    allowed = np.full(world.practices.count, not world.regulator.stopped)
    if contract.terms.network_only:
        allowed &= np.asarray(world.practices.in_network, dtype=bool)
    band = contract.find(OfferBand)
    if band is not None:
        allowed &= _within(world, band)
    offers = np.array([insurer.offers for insurer in world.insurers])
    out: np.ndarray = allowed[:, None] & offers & (world.month >= world.barred_until)
    return out


def _within(world: "World", band: OfferBand) -> np.ndarray:
    """Return which practices keep within an offer band, all their insurers' patients together."""
    count, total = of_practices(world.books.register, TREATMENT_INDEX)
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


def sign_by_lot(world: "World", allowed: np.ndarray) -> None:
    """Give the contract to practices that drew it, where they may hold it.

    The lot is drawn once and the offer made anew each January: who has left an offer band, or lost
    the contract for some years, has to stop, and who may hold it again signs again.
    """
    willing = np.array([practice.willing for practice in world.practice_agents], dtype=bool)
    signs = willing[:, None] & allowed
    world.contract_of[:] = np.where(signs, POLICY_CONTRACT, REGULAR_CONTRACT)


def choose_contracts(world: "World", allowed: np.ndarray, held: np.ndarray) -> None:
    """Let every practice join, stay or leave at each insurer that offers it the contract.

    Prices and rewards of the year must be known. A practice without patients of an insurer last
    year has nothing to weigh and leaves things as they are; so does one in which everybody decides
    out of habit. Where prices are negotiated, who would refuse the price on offer asks for more;
    what is agreed holds for the year.

    Args:
        world: A world in January.
        allowed: Where the contract may be held this year, (practices, 10).
        held: Where it was held last year, (practices, 10).
    """
    practices, c = world.practices, constants(world.p)
    world.caseload = weigh_caseload(world)
    world.supplement[:] = 0
    theories = world.drives.theory.reshape(-1, practices.per_practice)
    weighs = np.array([any(weighs_contracts(one) for one in own) for own in theories.tolist()])
    size = practices.region_start.size - 1
    in_region = np.bincount(practices.region, minlength=size)
    holders = np.stack(
        [
            np.bincount(practices.region, held[:, insurer], size).astype(np.int64)
            for insurer in range(len(INSURERS))
        ],
        axis=1,
    )
    offered, regular = (
        world.contracts[number].minutes_beside_burden(world.p)
        for number in (POLICY_CONTRACT, REGULAR_CONTRACT)
    )
    administration = FIRST_YEAR_QUARTERS * (offered - regular) * minute_cost(world.p)
    _choose(
        world.contract_of, allowed, held, weighs, practices.region, in_region, holders,
        world.caseload, _sd_of_mean(world, allowed), administration, c, world.supplement,
        bargaining_power(world),
        stream(world.seed, "trust in insurer", ONCE), stream(world.seed, "join contract", ONCE),
    )  # fmt: skip


def _sd_of_mean(world: "World", allowed: np.ndarray) -> np.ndarray:
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
    out: np.ndarray = np.sqrt(variance) / np.maximum(patients, 1.0)
    return out


@phase
def _choose(
    contract_of: np.ndarray, allowed: np.ndarray, held: np.ndarray, weighs: np.ndarray,
    region: np.ndarray, in_region: np.ndarray, holders: np.ndarray, caseload: "Caseload",
    sd: np.ndarray, administration: float, c: Constants, supplement: np.ndarray, power: np.ndarray,
    luck_trust: np.uint64, luck_taste: np.uint64,
) -> None:  # fmt: skip
    """Write the contract that each practice holds with each insurer this year."""
    for practice in range(contract_of.shape[0]):
        for insurer in range(contract_of.shape[1]):
            account = account_of(practice, insurer)
            own = caseload.patients[account]
            holds = contract_of[practice, insurer] == POLICY_CONTRACT
            if not allowed[practice, insurer]:
                contract_of[practice, insurer] = REGULAR_CONTRACT
                continue
            if own == 0.0 or not weighs[practice]:
                continue
            where = region[practice]
            neighbours = share_of_neighbours(
                holders[where, insurer], in_region[where], 1 if held[practice, insurer] else 0
            )
            trust = trust_in_insurer(draw(luck_trust, account), c.trust_mean)
            gain, benefit = caseload.gain[account] / own, caseload.benefit[account] / own
            changing = c.changing / own
            value = joining_value(
                gain, sd[practice], trust, c.aversion, benefit, administration, changing, holds,
                neighbours, c.peer_value,
            )  # fmt: skip
            # The same taste every year: a practice changes its mind when something has changed.
            taste = draw(luck_taste, account)
            joins = taste < acceptance_probability(value, 0.0, c.precision)
            if not joins and caseload.room[account] > 0.0 and caseload.euros[account] > 0.0:
                beside = value_beside_money(
                    benefit, administration, changing, holds, neighbours, c.peer_value
                )
                asked = gain_asked(
                    value_asked(taste, c.precision) - beside, trust, sd[practice], c.aversion
                )
                least = (asked - gain) * own / (FIRST_YEAR_QUARTERS * caseload.euros[account])
                agreed = negotiated_supplement(
                    least, caseload.room[account] / (FIRST_YEAR_QUARTERS * own), power[insurer]
                )
                joins = agreed > 0.0
                supplement[practice, insurer] = round(CENTS * agreed)
            contract_of[practice, insurer] = POLICY_CONTRACT if joins else REGULAR_CONTRACT


def joined_share(world: "World") -> np.ndarray:
    """Return per practice with how many of the offering insurers it has the contract, 0 to 1.

    Each insurer counts by the people it insures.
    """
    offers = np.array([insurer.offers for insurer in world.insurers])
    weight = np.where(offers, insurer_shares(world.p), 0.0)
    if weight.sum() <= 0.0:
        return np.zeros(world.practices.count)
    out: np.ndarray = (world.contract_of == POLICY_CONTRACT) @ weight / weight.sum()
    return out

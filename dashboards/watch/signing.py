"""What a practice weighed in January: to hold the contract with an insurer, or not.

Noted right after the phase in which contracts are signed, where practices choose for themselves.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.behaviours.default import acceptance_probability
from agents.behaviours.inertia import weighs_contracts
from agents.joining import (
    joining_value,
    loss_averse_value,
    share_of_neighbours,
    trust_in_insurer,
    trusted_gain,
    value_asked,
)
from model.codes import INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.expectations import minute_cost
from model.month import joining
from model.randomness import ONCE, draw, stream
from model.register import account_of


@dataclass(frozen=True)
class Weighed:
    """What a practice weighed about one insurer's contract; EUR per patient-year.

    Attributes:
        month: January in which it did.
        insurer: Number, from 0.
        patients: Its patients of that insurer last year.
        gain, sd: Expected above the regular contract, and the SD of the mean of its patients.
        trust: In the insurer, 0 to 1.
        money: What that gain is worth to who minds losses more, as far as the promise is trusted.
        benefit: What patients gain or lose, as far as it counts.
        administration, changing: Extra work; signing or leaving, spread over its patients.
        holds: Whether it had the contract.
        neighbours, pull: Share of neighbours that had it, and what that is worth.
        value: All together.
        asked: Value from which this practice signs.
        chance: With which a practice like this signs.
        supplement: Agreed above the price of a quarter, EUR.
        signs: What the engine did.
    """

    month: int
    insurer: int
    patients: float
    gain: float
    sd: float
    trust: float
    money: float
    benefit: float
    administration: float
    changing: float
    holds: bool
    neighbours: float
    pull: float
    value: float
    asked: float
    chance: float
    supplement: float
    signs: bool


def see_contracts(world: Any, held: np.ndarray) -> dict[int, list[Weighed]]:
    """Return what each practice weighed, by practice, insurers with most patients first.

    Args:
        world: A world of which the January phase has run; nothing is found if nobody chose.
        held: Where the contract was held before, (practices, insurers).
    """
    policy = world.policy
    if not (world.policy_holds and policy.offers_contract and policy.by_choice):
        return {}
    p, c, practices = world.p, joining.constants(world.p), world.practices
    allowed = joining.on_offer(world)
    sd = joining._sd_of_mean(world, allowed)
    offered, regular = (
        world.contracts[number].minutes_beside_burden(p)
        for number in (POLICY_CONTRACT, REGULAR_CONTRACT)
    )
    work = FIRST_YEAR_QUARTERS * (offered - regular) * minute_cost(p)
    trusting, tasting = (
        stream(world.seed, name, ONCE) for name in ("trust in insurer", "join contract")
    )
    theories = world.drives.theory.reshape(-1, practices.per_practice).tolist()
    weighs = [any(weighs_contracts(one) for one in own) for own in theories]
    found: dict[int, list[Weighed]] = {}
    for practice in np.flatnonzero(weighs).tolist():
        same = practices.region == practices.region[practice]
        for insurer in np.flatnonzero(allowed[practice]).tolist():
            account = account_of(practice, insurer)
            own = float(world.caseload.patients[account])
            if own == 0.0:
                continue
            holds = bool(held[practice, insurer])
            neighbours = share_of_neighbours(
                int(held[same, insurer].sum()), int(same.sum()), int(holds)
            )
            trust = trust_in_insurer(draw(trusting, account), c.trust_mean)
            gain, benefit = (
                float(part[account]) / own for part in (world.caseload.gain, world.caseload.benefit)
            )
            changing = c.changing / own
            value = joining_value(
                gain, sd[practice], trust, c.aversion, benefit, work, changing, holds, neighbours,
                c.peer_value,
            )  # fmt: skip
            found.setdefault(practice, []).append(
                Weighed(
                    month=world.month, insurer=insurer, patients=own, gain=gain,
                    sd=float(sd[practice]), trust=float(trust),
                    money=float(
                        loss_averse_value(trusted_gain(gain, trust), sd[practice], c.aversion)
                    ),
                    benefit=benefit, administration=float(work), changing=float(changing),
                    holds=holds, neighbours=float(neighbours),
                    pull=float(c.peer_value * neighbours), value=float(value),
                    asked=float(value_asked(draw(tasting, account), c.precision)),
                    chance=float(acceptance_probability(value, 0.0, c.precision)),
                    supplement=float(world.supplement[practice, insurer]) / 100.0,
                    signs=bool(world.contract_of[practice, insurer] == POLICY_CONTRACT),
                )
            )  # fmt: skip
    for own_list in found.values():
        own_list.sort(key=lambda one: -one.patients)
    return found


def name_of(insurer: int) -> str:
    """Return what an insurer is called."""
    return str(INSURERS[insurer])

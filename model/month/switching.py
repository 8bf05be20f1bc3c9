"""January: some people take another health insurer."""

from typing import TYPE_CHECKING

import numpy as np

from agents.patient import other_insurer, switches_insurer
from model.codes import ALIVE, REGULAR_CONTRACT
from model.population import insurer_shares
from model.randomness import draw, stream
from model.rules import phase

if TYPE_CHECKING:
    from model.simulation import World
    from model.state import Care


def switch_insurers(world: "World") -> None:
    """Let people switch, and note how many each insurer won less lost.

    After what was paid ahead for this year has been counted at the insurer that paid it. Sessions
    are paid by the insurer one has; but a quarter under the scenario's contract is finished under
    the contract it began with, and the old insurer goes on paying it (``care.payer``).
    """
    world.won[:] = 0
    _switch(
        world.rows, world.health.alive, world.person.insurer, world.care, world.won,
        np.cumsum(insurer_shares(world.p)), world.p.insurer_switch_rate_copd,
        stream(world.seed, "switch insurer", world.month),
        stream(world.seed, "new insurer", world.month),
    )  # fmt: skip


@phase
def _switch(
    rows: int,
    alive: np.ndarray,
    insurer: np.ndarray,
    care: "Care",
    won: np.ndarray,
    shares_upto: np.ndarray,
    rate: float,
    luck_switch: np.uint64,
    luck_new: np.uint64,
) -> None:
    for i in range(rows):
        if alive[i] == ALIVE and switches_insurer(draw(luck_switch, i), rate):
            old = insurer[i]
            insurer[i] = other_insurer(draw(luck_new, i), old, shares_upto)
            won[old] -= 1
            won[insurer[i]] += 1
            if care.contract[i] == REGULAR_CONTRACT:
                care.payer[i] = insurer[i]

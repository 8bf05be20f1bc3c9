"""Rewards: what each contract rewards at each insurer, as arrays that the month reads.

Made each January from ``model.contracts.incentives``, so the agents act on the very numbers that
``zorgbundel explain`` prints.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from model.codes import (
    GOLD_STAGES,
    HABIT_CONTRACT,
    INSURERS,
    MODES,
    PHASES,
    REGULAR_CONTRACT,
    WEIGHT_CLASSES,
)
from model.contracts.incentives import Incentives

if TYPE_CHECKING:
    from model.columns import Columns

_CLASSES = len(WEIGHT_CLASSES)
#: The two contracts, and the memory of the regular one (``HABIT_CONTRACT``).
_CONTRACTS = 3

#: Shape of each array behind (contracts, insurers): see ``Incentives`` for the meanings.
SHAPES = {
    "session": (_CLASSES, len(MODES)),
    "quarter": (_CLASSES, len(PHASES)),
    "grading": (_CLASSES, _CLASSES),
    "fixed": (_CLASSES, len(GOLD_STAGES)),
    "outcome_pay": (_CLASSES,),
    "expected_loss": (),
    "gaming": (2,),
    "answer_pull": (),
    "answer_par": (_CLASSES, len(GOLD_STAGES)),
    "completeness": (),
    "walk_pull": (),
    "stop_share": (),
    "attachment": (),
    "reference": (len(MODES),),
    "floor": (),
    "least_contacts": (),
    "crowding": (),
    "warranty_months": (),
    "regrade": (),
    "access_watched": (),
}

if TYPE_CHECKING:

    class Rewards(Columns):
        """Arrays by the names of ``SHAPES``."""

else:
    Rewards = namedtuple("Rewards", list(SHAPES))


def no_rewards() -> Rewards:
    """Return arrays of zeros, each of shape (3 contracts, 10 insurers, ...)."""
    return Rewards(*(np.zeros((_CONTRACTS, len(INSURERS), *shape)) for shape in SHAPES.values()))


def remember(rewards: Rewards) -> None:
    """Keep what the regular contract rewards now, as what therapists were used to."""
    for array in rewards:
        array[HABIT_CONTRACT] = array[REGULAR_CONTRACT]


def enter(rewards: Rewards, contract: int, insurer: int, incentives: Incentives) -> None:
    """Write what one contract rewards at one insurer into the arrays."""
    for name in SHAPES:
        getattr(rewards, name)[contract, insurer] = getattr(incentives, name)

"""Giving up on a practice: some go to the hospital for exercise therapy, others go without.

The ministry's letter of 25 June 2021 (29 689 nr. 1105) names both: dearer forms of care, and care
put off or forgone.
"""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import OUTSIDE
from model.randomness import draw
from model.rules import phase

if TYPE_CHECKING:
    from model.state import Care


@phase
def give_up(
    i: int,
    month: int,
    until: int,
    care: "Care",
    luck_hospital: np.uint64,
    share: float,
    months: int,
) -> None:
    """Let a patient stop trying until a month; a share goes to the hospital meanwhile.

    Args:
        i: Row of the patient.
        month: Month number now.
        until: Month before which the patient does not ask again.
        care: Columns.
        luck_hospital: Stream of the decision.
        share: Share who go to the hospital.
        months: Months of therapy there.
    """
    care.status[i] = OUTSIDE
    care.pause_until[i] = until
    if draw(luck_hospital, i) < share:
        care.hospital_until[i] = month + months
        care.pause_until[i] = max(until, month + months)

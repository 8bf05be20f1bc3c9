"""Profile-and-phase bundle: the finest price list, by weight class and by phase."""

from typing import Literal

import numpy as np

from model.codes import PHASES, WEIGHT_CLASSES
from model.contracts.quarter_bundle import QuarterBundle


class ProfilePhaseBundle(QuarterBundle):
    """Pay by weight class in the intensive and the tapering phase, and one price in maintenance.

    Prices come closest to need, so there is least to select on. The danger is upcoding, most of all
    in the intensive phase, where the classes lie furthest apart; and it is the most administration.
    """

    clause: Literal["profile_phase_bundle"] = "profile_phase_bundle"

    def groups(self) -> np.ndarray:
        """Return 0 to 5 for class and phase, class by class, and 6 for maintenance, (3, 3)."""
        return np.array([[0, 1, 6], [2, 3, 6], [4, 5, 6]])

    def group_names(self) -> tuple[str, ...]:
        """Return the names of the seven prices."""
        intensive, tapering, maintenance = PHASES
        first_year = [f"{c}_{phase}" for c in WEIGHT_CLASSES for phase in (intensive, tapering)]
        return (*first_year, maintenance)

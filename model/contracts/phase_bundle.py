"""Phase bundle: a quarter is paid by how long the patient has been in treatment."""

from typing import Literal

import numpy as np

from model.codes import PHASES
from model.contracts.quarter_bundle import QuarterBundle


class PhaseBundle(QuarterBundle):
    """Pay the intensive, tapering and maintenance phases apart, alike for every weight class.

    Payment follows the calendar, which nobody grades. The dangers are risk selection within a phase
    and churning: a new patient brings in more per quarter than one who stays.
    """

    clause: Literal["phase_bundle"] = "phase_bundle"

    def groups(self) -> np.ndarray:
        """Return the phase, (3, 3)."""
        return np.tile([0, 1, 2], (3, 1))

    def group_names(self) -> tuple[str, ...]:
        """Return the names of the three prices."""
        return PHASES

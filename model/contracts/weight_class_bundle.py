"""Weight-class bundle: the first year is paid by guideline profile."""

from typing import Literal

import numpy as np

from model.codes import WEIGHT_CLASSES
from model.contracts.quarter_bundle import QuarterBundle


class WeightClassBundle(QuarterBundle):
    """Pay the quarters of the first year by weight class (KNGF profiles 3 to 5), then maintenance.

    Heavy patients bring in more, so there is less to select on. The danger is upcoding: the
    therapist who grades is the one who is paid, and one class up is paid in all four quarters.
    """

    clause: Literal["weight_class_bundle"] = "weight_class_bundle"

    def groups(self) -> np.ndarray:
        """Return the weight class in the first year and 3 in maintenance, (3, 3)."""
        return np.array([[0, 0, 3], [1, 1, 3], [2, 2, 3]])

    def group_names(self) -> tuple[str, ...]:
        """Return the names of the four prices."""
        return (*WEIGHT_CLASSES, "maintenance")

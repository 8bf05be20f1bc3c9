"""Flat bundle: one price for every patient, whatever their need."""

from typing import Literal

import numpy as np
from pydantic import StrictBool

from model.contracts.quarter_bundle import QuarterBundle


class FlatBundle(QuarterBundle):
    """Pay the same for every quarter, maintenance apart if wanted.

    There is nothing to grade, so nothing to upcode. The danger is risk selection: heavy patients
    cost more than they bring in.

    Attributes:
        maintenance_price: Whether the lighter maintenance quarters have a price of their own.
    """

    clause: Literal["flat_bundle"] = "flat_bundle"
    maintenance_price: StrictBool = True

    def groups(self) -> np.ndarray:
        """Return 0 for every quarter, 1 for maintenance if it has its own price, (3, 3)."""
        return np.tile([0, 0, int(self.maintenance_price)], (3, 1))

    def group_names(self) -> tuple[str, ...]:
        """Return the names of the one or two prices."""
        return ("first_year", "maintenance") if self.maintenance_price else ("every_quarter",)

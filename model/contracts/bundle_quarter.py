"""The bundle: one amount per patient per quarter, whatever is delivered in it.

Quarters run on the patient's own clock (BR/REG-25147, article 1). The quarter is payable in the
month in which the least number of contacts is reached; no session is claimed beside it.
"""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from model.contracts.clause import Activity
from model.contracts.prices import Prices

#: A quarter is three months from any date (BR/REG-25147, article 1).
MONTHS_PER_QUARTER = 3

Euros = Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)]


def _no_boolean(classes: object) -> object:
    """Refuse ``true``, which Python takes for the number 1."""
    return "true" if classes is True else classes


class BundleQuarter(BaseModel):
    """Pay one price per quarter: flat, or by weight class with a lighter maintenance quarter.

    Attributes:
        weight_classes: 1 for a flat price, 3 for guideline profiles 3, 4 and 5.
        maintenance_class: Whether maintenance quarters have a price of their own.
        prices: Fixed prices in EUR (weight classes, then maintenance); left out, insurers set the
            price that keeps spending neutral at the sessions of the year before the contract.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ClassVar[str] = "bundle_quarter"
    clause: Literal["bundle_quarter"] = "bundle_quarter"
    weight_classes: Annotated[Literal[1, 3], BeforeValidator(_no_boolean)] = 3
    maintenance_class: StrictBool = True
    prices: tuple[Euros, ...] | None = None

    @model_validator(mode="after")
    def _prices_fit_classes(self) -> Self:
        if self.weight_classes > 1 and not self.maintenance_class:
            raise ValueError("three weight classes need maintenance_class: true")
        wanted = self.weight_classes + self.maintenance_class
        if self.prices is not None and len(self.prices) != wanted:
            raise ValueError(
                f"prices needs {wanted} amounts ({self.weight_classes} weight classes"
                f"{' and maintenance' if self.maintenance_class else ''}), not {len(self.prices)}"
            )
        return self

    def group_of_kind(self) -> np.ndarray:
        """Return for each kind of quarter which price it shares, shape (4,)."""
        first = [0, 0, 0] if self.weight_classes == 1 else [0, 1, 2]
        return np.array([*first, max(first) + 1 if self.maintenance_class else 0])

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return the price of the quarter where one became payable, cents."""
        kind = np.where(activity.maintenance == 1, 3, activity.weight_class)
        return activity.opened.astype(np.int64) * prices.quarter[kind]

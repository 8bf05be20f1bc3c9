"""Period tariff: an amount for every day, week, month or quarter in care.

Client profiles paid per day, week, month or quarter were developed for district nursing (NZa, Stand
van de zorg 2023); paying COPD physiotherapy that way is an assumption.
"""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator

from model.codes import WEIGHT_CLASSES
from model.contracts.clause import Activity, Clause, Euros
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices, cents
from model.parameters import ParameterSet

#: Periods paid in each month of a patient's quarter; a quarter counts 91 days or 13 weeks.
PERIODS = {"day": (30, 30, 31), "week": (4, 4, 5), "month": (1, 1, 1), "quarter": (1, 0, 0)}


def _one_or_by_class(prices: tuple[float, ...]) -> tuple[float, ...]:
    if len(prices) not in (1, len(WEIGHT_CLASSES)):
        raise ValueError(
            f"prices needs 1 amount or {len(WEIGHT_CLASSES)} ({', '.join(WEIGHT_CLASSES)}), "
            f"not {len(prices)}"
        )
    return prices


class PeriodTariff(Clause):
    """Pay for each period in care, with or without a session.

    The shorter the period, the less is paid for a patient who breaks off. The danger is care that
    goes on without being given: time is paid for, not sessions.

    Attributes:
        period: What is counted.
        prices: EUR per period: one amount, or one per weight class (the client profile).
    """

    pays_for_care: ClassVar[bool] = True
    per_patient: ClassVar[bool] = True
    clause: Literal["period_tariff"] = "period_tariff"
    period: Literal["day", "week", "month", "quarter"]
    prices: Annotated[tuple[Euros, ...], AfterValidator(_one_or_by_class)]

    def _price(self) -> np.ndarray:
        """Return the price of a period by weight class, cents, shape (3,)."""
        one_or_three = np.array([cents(euros) for euros in self.prices], dtype=np.int64)
        return np.broadcast_to(one_or_three, len(WEIGHT_CLASSES))

    @property
    def pays_ahead(self) -> bool:
        """A tariff per quarter is paid in its first month, the others as the periods pass."""
        return self.period == "quarter"

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to keep and bill the periods of a quarter."""
        return p.admin_minutes_bundle_quarter

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return the whole periods of a month in care x price, cents, shape (rows,)."""
        periods = np.array(PERIODS[self.period], dtype=np.int64)[activity.quarter_month]
        out: np.ndarray = activity.in_care * periods * self._price()[activity.weight_class]
        return out

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return quarters x periods in a quarter x price, EUR per patient-year."""
        periods = sum(case.quarters) * sum(PERIODS[self.period])
        return periods * float(self._price()[case.weight_class]) / 100.0

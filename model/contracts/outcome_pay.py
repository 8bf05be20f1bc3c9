"""Outcome pay: an amount for measured improvement, whoever delivered how much."""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from model.contracts.clause import Clause, Euros, Filled
from model.contracts.outlook import Case, Outlook
from model.contracts.year import Accounts
from model.indicators import Measurer
from model.parameters import ParameterSet


class OutcomePay(Clause):
    """Pay for the measured fall of disease burden, by the point or by the relevant change.

    Paid on the sum over a practice's measured patients, so that the noise of single patients
    cancels; a sum below zero pays nothing. Paying a share 1 - 1/rho of what health is worth gives
    optimal care under a bundle (T2), if the measurement is honest: whoever measures has a reason to
    make it look better (K3).

    Attributes:
        per_ccq_point: EUR per CCQ point of measured improvement.
        per_relevant_change: EUR per patient with a relevant change; exactly one of the two.
        minimum_patients: With fewer measured patients nothing is paid.
        measured_by: Who measures.
    """

    priced_in: ClassVar[bool] = True
    clause: Literal["outcome_pay"] = "outcome_pay"
    per_ccq_point: Filled[Euros] = None
    per_relevant_change: Filled[Euros] = None
    minimum_patients: Annotated[int, Field(strict=True, ge=1)] = 1
    measured_by: Measurer = "patient"

    @model_validator(mode="after")
    def _pays_for_one_thing(self) -> Self:
        if (self.per_ccq_point is None) == (self.per_relevant_change is None):
            raise ValueError("outcome pay needs either per_ccq_point or per_relevant_change")
        return self

    @property
    def indicator(self) -> str:
        """The indicator that is paid for (``model.indicators``)."""
        return "relevant_change" if self.per_ccq_point is None else "ccq_change"

    @property
    def slope(self) -> float:
        """EUR per unit of the indicator."""
        return self.per_relevant_change if self.per_ccq_point is None else self.per_ccq_point

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to measure, record and remind: as for a KPI."""
        return p.admin_minutes_kpi

    def settle_accounts(self, accounts: Accounts) -> np.ndarray:
        """Return slope x total improvement of this year, cents, shape (accounts,)."""
        this_year = accounts.measured[self.indicator][0]
        enough = this_year.count >= self.minimum_patients
        improvement = np.where(enough, np.maximum(this_year.total, 0.0), 0.0)
        return np.rint(100.0 * self.slope * improvement).astype(np.int64)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return slope x expected improvement x chance of being measured, EUR per patient-year.

        Leaves out the floor at zero and the least number of patients: exact where a practice's sum
        is never negative and enough patients are measured.
        """
        return self.slope * case.values[self.indicator] * case.values.get("measured", 1.0)

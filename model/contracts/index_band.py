"""Index band: the treatment index (sessions against the national mean) must keep within bounds.

The upper bound guards against overtreatment, the lower against undertreatment. A practice is judged
with the benefit of the doubt: its interval, wide when n is small, must lie outside the band.
"""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from model.contracts.clause import Clause, Filled, Share
from model.contracts.kpi import Kpi
from model.contracts.outlook import Case, Outlook
from model.contracts.terms import Terms
from model.contracts.year import Accounts
from model.parameters import ParameterSet

Index = Annotated[float, Field(strict=True, ge=0, le=1000, allow_inf_nan=False)]


class IndexBand(Clause):
    """A KPI on the treatment index with a lower and an upper bound and a confidence interval.

    Attributes:
        lower, upper: Bounds of the index, 100 is the national mean.
        confidence: One-sided confidence with which the index must lie outside the band.
        consequence, share: What follows; as in ``Kpi``.
    """

    levers: ClassVar[dict[str, str]] = {
        "lower": "treatment_index_floor",
        "upper": "treatment_index_no_contract_from",
        "minimum_patients": "kpi_minimum_patients",
        "confidence": "kpi_confidence",
        "share": "kpi_withhold_share",
    }
    priced_in: ClassVar[bool] = True
    burden_has_minutes: ClassVar[bool] = True
    clause: Literal["index_band"] = "index_band"
    lower: Filled[Index] = None
    upper: Filled[Index] = None
    minimum_patients: Filled[Annotated[float, Field(strict=True, ge=1, le=10_000)]] = None
    confidence: Filled[Annotated[float, Field(strict=True, gt=0.5, lt=1)]] = None
    consequence: Literal["malus", "improvement_plan", "loss_of_contract"] = "improvement_plan"
    share: Filled[Share] = None

    @model_validator(mode="after")
    def _lower_below_upper(self) -> Self:
        if None not in (self.lower, self.upper) and self.lower > self.upper:
            raise ValueError("lower is above upper, so nobody could keep within the band")
        return self

    @property
    def kpi(self) -> Kpi:
        """The KPI that this clause stands for."""
        return Kpi(
            indicator="treatment_index", at_least=self.lower, at_most=self.upper,
            minimum_patients=self.minimum_patients, judged_on="confidence_bound",
            confidence=self.confidence, consequence=self.consequence,
            share=self.share if self.consequence == "malus" else None,
        )  # fmt: skip

    def terms(self) -> Terms:
        """As any KPI with a consequence."""
        return self.kpi.terms()

    def admin_minutes(self, p: ParameterSet) -> float:
        """As any KPI with a consequence."""
        return self.kpi.admin_minutes(p)

    def settle_accounts(self, accounts: Accounts) -> np.ndarray | None:
        """As a KPI on the treatment index."""
        return self.kpi.settle_accounts(accounts)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """As a KPI on the treatment index."""
        return self.kpi.expect(case, outlook)

    def burden(self, case: Case, outlook: Outlook) -> float:
        """As a KPI on the treatment index."""
        return self.kpi.burden(case, outlook)

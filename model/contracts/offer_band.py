"""Offer band: the contract is offered only to practices whose treatment index lies in a band."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from model.contracts.clause import Clause, Filled
from model.contracts.index_band import Index, IndexBand
from model.contracts.outlook import Case, Outlook
from model.contracts.terms import Terms


class OfferBand(Clause):
    """Offer the contract in January to practices whose index of last year kept within bounds.

    The treatment index is sessions per quarter against the national mean (100), all insurers'
    patients of a practice together, as Vektis makes it. A practice has the benefit of the doubt: it
    is left out only if its interval, wide when n is small (in patient-quarters), lies outside the
    band. VGZ had such tiers in 2018-2019: no contract from 150, a lower one below 40. The offer is
    made anew each January: who is back within the band may sign again. No money is settled by this
    clause (``IndexBand`` does that): it decides who may sign, and who has to stop.

    Attributes:
        lower, upper: Bounds of the index, 100 is the national mean.
        minimum_patients: With fewer measurements nothing is said, and the contract is offered. The
            index is noted once per patient-quarter, so these are patient-quarters, not patients: a
            patient of a whole year counts four times.
        confidence: One-sided confidence with which the index must lie outside the band.
    """

    levers: ClassVar[dict[str, str]] = {
        "lower": "treatment_index_floor",
        "upper": "treatment_index_no_contract_from",
        "minimum_patients": "kpi_minimum_patients",
        "confidence": "kpi_confidence",
    }
    clause: Literal["offer_band"] = "offer_band"
    lower: Filled[Index] = None
    upper: Filled[Index] = None
    minimum_patients: Filled[Annotated[float, Field(strict=True, ge=1, le=10_000)]] = None
    confidence: Filled[Annotated[float, Field(strict=True, gt=0.5, lt=1)]] = None

    @model_validator(mode="after")
    def _lower_below_upper(self) -> Self:
        if None not in (self.lower, self.upper) and self.lower > self.upper:
            raise ValueError("lower is above upper, so the contract would be offered to nobody")
        return self

    @property
    def threat(self) -> IndexBand:
        """What the clause comes to for a practice: who leaves the band loses the contract."""
        return IndexBand(
            lower=self.lower, upper=self.upper, minimum_patients=self.minimum_patients,
            confidence=self.confidence, consequence="loss_of_contract",
        )  # fmt: skip

    def terms(self) -> Terms:
        """Watching an index with a consequence is monitoring."""
        return self.threat.terms()

    def burden(self, case: Case, outlook: Outlook) -> float:
        """As an index band whose consequence is the loss of the contract."""
        return self.threat.burden(case, outlook)

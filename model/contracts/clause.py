"""What a clause is: one agreement of a contract, small enough to read in a minute.

A contract is a list of clauses, and clauses add up. A clause may pay by the month for what was
done, settle a patient's year, settle a practice's year, or bind the parties to a term that changes
what may be billed. It says what it is expected to pay, so that a contract can be asked what it
rewards before anything is simulated. A new idea is one new file beside this one and one word in
``contract.py``.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.terms import Terms
from model.contracts.year import Accounts, Files
from model.parameters import ParameterSet

Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Euros = Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)]


if TYPE_CHECKING:
    # A number wherever it is read: a clause is filled, or checked to have it, before it is asked.
    type Filled[T] = T | Any
else:
    #: A field that may be left out, until it is filled from its lever.
    Filled = Optional


@dataclass(frozen=True)
class Activity:
    """A month of care, one row per patient under the contract; all arrays of shape (rows,).

    Attributes:
        insurer: Insurer, 0 to 9.
        sessions: Covered sessions delivered this month.
        mode: How they were given (``model.codes.MODES``).
        intake: 1 where an intake was done this month.
        opened: 1 where a bundle quarter became payable this month.
        weight_class: Weight class on file, 0 to 2.
        phase: Phase of the quarter: 0 intensive, 1 tapering, 2 maintenance.
        quarter_month: Month of the patient's own quarter, 0 to 2.
        unused: Months of a paid quarter left when the patient broke off this month, 0 to 2.
        in_care: 1 where the patient was in treatment this month, with or without a session.
        supplement: What the practice negotiated above the price of a quarter, cents; 0 for none.
    """

    insurer: np.ndarray
    sessions: np.ndarray
    mode: np.ndarray
    intake: np.ndarray
    opened: np.ndarray
    weight_class: np.ndarray
    phase: np.ndarray
    quarter_month: np.ndarray
    unused: np.ndarray
    in_care: np.ndarray
    supplement: np.ndarray | int = 0

    def price_of_quarter(self, prices: Prices) -> np.ndarray:
        """Return what the patient's quarter costs, supplement included, cents, shape (rows,)."""
        price = prices.quarter[self.insurer, self.weight_class, self.phase]
        return np.where(price > 0, price + self.supplement, 0)

    @staticmethod
    def of_one(**known: int) -> "Activity":
        """Return a table of one row; what is not named is 0."""
        return Activity(**{f.name: np.array([known.get(f.name, 0)]) for f in fields(Activity)})


class Clause(BaseModel):
    """One clause of a contract. A clause overrides what it is about and leaves the rest.

    Attributes:
        clause: Name in a scenario file (each clause declares it as a ``Literal``).
        levers: Fields that may be left out, and the lever of the registry that then holds.
        pays_for_care: Whether it is one of the clauses that pay for care itself; shares of revenue
            in other clauses are shares of what these pay.
        per_patient: Whether it pays for having a patient in care rather than for sessions: then the
            class on file matters, and a quarter or period has to be kept in the books.
        priced_in: Whether insurers set the bundle price so that it and this clause together cost
            as much as before (at unchanged behaviour).
        burden_has_minutes: Whether ``burden`` counts the administration already.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    levers: ClassVar[dict[str, str]] = {}
    pays_for_care: ClassVar[bool] = False
    per_patient: ClassVar[bool] = False
    priced_in: ClassVar[bool] = False
    burden_has_minutes: ClassVar[bool] = False
    clause: str

    @property
    def name(self) -> str:
        """Name of its lines in the ledger, unique in a contract."""
        return self.clause

    @property
    def pays_ahead(self) -> bool:
        """Whether it pays for a whole quarter when that opens."""
        return False

    def filled(self, p: ParameterSet) -> Self:
        """Return the clause with every field that was left out taken from its lever."""
        missing = {f: p[lever] for f, lever in self.levers.items() if getattr(self, f) is None}
        return self.model_copy(update=missing) if missing else self

    def terms(self) -> Terms:
        """Return what the clause binds the parties to, apart from amounts."""
        return Terms()

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the administration it brings a therapist, minutes per patient-quarter billed."""
        return 0.0

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray | None:
        """Return whole cents per row of a month, shape (rows,); negative goes back to the insurer.

        Args:
            activity: A month of care.
            prices: Prices in force this year.
        """
        return None

    def settle_files(self, files: Files) -> np.ndarray | None:
        """Return whole cents per patient-year, shape (files,); negative goes to the insurer."""
        return None

    def settle_accounts(self, accounts: Accounts) -> np.ndarray | None:
        """Return whole cents per practice-year, shape (accounts,); negative goes to the insurer."""
        return None

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return what the clause is expected to pay for a typical patient-year, EUR.

        Smooth in the numbers of the case: its differences are the marginal euros that ``explain``
        shows and the agents use.
        """
        return 0.0

    def burden(self, case: Case, outlook: Outlook) -> float:
        """Return what the clause costs the practice itself per patient-year, EUR (its own time)."""
        return 0.0

"""The ledger: every euro once, in whole cents, with both ends named.

A line has payer, payee, patient, insurer, clause, macro framework, month and amount. Paid equals
received because a line is both. Who pays what is a group-by.
"""

from enum import IntEnum

import numpy as np
import pandas as pd

from model.codes import INSURERS


class Party(IntEnum):
    """Kinds of payer and payee."""

    INSURER = 0
    PATIENT = 1
    PRACTICE = 2
    SUPPLEMENTARY = 3
    HOSPITAL = 4
    OTHER_PROVIDERS = 5
    ADMINISTRATION = 6  # insurers' own staff, such as auditors
    GOVERNMENT = 7
    EQUALISATION_FUND = 8


class Framework(IntEnum):
    """Where an amount counts in the national budget."""

    PARAMEDICAL = 0
    HOSPITAL = 1
    OTHER_CURATIVE = 2
    OUTSIDE = 3  # private payments and supplementary insurance: no public framework
    DEDUCTIBLE = 4  # from patient to insurer; lowers no framework
    INSURER_RESULT = 5  # insurers' own cost and equalisation: no care framework


COLUMNS = {
    "month": np.int16,
    "payer": np.int8,
    "payer_id": np.int32,
    "payee": np.int8,
    "payee_id": np.int32,
    "patient": np.int32,
    "insurer": np.int8,
    "clause": np.int16,
    "framework": np.int8,
    "cents": np.int64,
}

#: Stands for "no patient": an amount for a group, such as other care of all insured together.
NOBODY = -1


class Ledger:
    """Lines in order of posting, and running totals.

    Args:
        keep_lines: Keep every line (28 bytes each); totals are always kept.
    """

    def __init__(self, keep_lines: bool = True) -> None:
        self.keep_lines = keep_lines
        self.clauses: list[str] = []
        self._chunks: list[dict[str, np.ndarray]] = []
        self._totals: dict[tuple[int, int, int, int, int], np.ndarray] = {}

    def post(
        self,
        month: int,
        clause: str,
        framework: Framework,
        payer: Party,
        payer_id: np.ndarray | np.integer,
        payee: Party,
        payee_id: np.ndarray | np.integer,
        patient: np.ndarray | np.integer,
        insurer: np.ndarray,
        cents: np.ndarray,
    ) -> None:
        """Add one line per row with a non-zero amount; arrays are of shape (rows,) or scalars.

        Raises:
            ValueError: An amount is negative; a repayment is a line the other way round.
        """
        if not cents.any():
            return
        if int(cents.min()) < 0:
            raise ValueError(f"The ledger holds no negative amounts (clause {clause}).")
        if clause not in self.clauses:
            self.clauses.append(clause)
        number = self.clauses.index(clause)
        insurers = insurer if np.shape(insurer) == cents.shape else np.full(cents.shape, insurer)
        key = (month // 12, number, int(framework), int(payer), int(payee))
        # Sums of whole cents are exact as floats up to 90 trillion euros.
        by_insurer = np.bincount(insurers, cents, len(INSURERS)).astype(np.int64)
        self._totals[key] = self._totals.get(key, 0) + by_insurer
        if self.keep_lines:
            used = np.flatnonzero(cents)
            full = {
                "month": month,
                "payer": int(payer),
                "payer_id": payer_id,
                "payee": int(payee),
                "payee_id": payee_id,
                "patient": patient,
                "insurer": insurer,
                "clause": number,
                "framework": int(framework),
                "cents": cents,
            }
            self._chunks.append(
                {
                    name: np.broadcast_to(np.asarray(full[name], dtype=kind), cents.shape)[used]
                    for name, kind in COLUMNS.items()
                }
            )

    def copy(self) -> "Ledger":
        """Return a ledger that continues from here; posted lines are shared, never changed."""
        other = Ledger(self.keep_lines)
        other.clauses = list(self.clauses)
        other._chunks = list(self._chunks)
        other._totals = {key: amounts.copy() for key, amounts in self._totals.items()}
        return other

    def lines(self) -> pd.DataFrame:
        """Return all kept lines with numbers as codes, in order of posting."""
        if not self._chunks:
            return pd.DataFrame({name: np.empty(0, kind) for name, kind in COLUMNS.items()})
        return pd.DataFrame(
            {name: np.concatenate([chunk[name] for chunk in self._chunks]) for name in COLUMNS}
        )

    def readable(self) -> pd.DataFrame:
        """Return the lines with words for clause, framework and kinds of party."""
        table = self.lines()
        for column, words in (
            ("payer", [party.name.lower() for party in Party]),
            ("payee", [party.name.lower() for party in Party]),
            ("framework", [framework.name.lower() for framework in Framework]),
            ("clause", self.clauses),
        ):
            table[column] = pd.Categorical.from_codes(table[column], categories=words)
        return table

    def totals(self, first_year: int = 0) -> pd.DataFrame:
        """Return cents by year of payment, clause, framework, kinds of party, and insurer.

        A bundle is paid when its quarter opens; the outcome ``paramedical_spending`` counts it in
        the year in which the care falls, so the two differ at New Year.

        Args:
            first_year: Calendar year of month 0.
        """
        rows = [
            (
                first_year + year,
                self.clauses[clause],
                Framework(framework).name.lower(),
                Party(payer).name.lower(),
                Party(payee).name.lower(),
                insurer,
                int(amount),
            )
            for (year, clause, framework, payer, payee), amounts in sorted(self._totals.items())
            for insurer, amount in enumerate(amounts)
            if amount
        ]
        return pd.DataFrame(
            rows,
            columns=["paid_in", "clause", "framework", "payer", "payee", "insurer", "cents"],
        )

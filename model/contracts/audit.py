"""Audit: a sample of files is checked; what was claimed too much goes back, with a fine."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, StrictBool

from model.contracts.clause import Clause, Euros, Filled, Share
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import cents
from model.contracts.year import Files

FineMultiple = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]


class Audit(Clause):
    """Audit files at random; ask back what an honest bill would not have brought, and fine it.

    With full repayment the expected loss per euro gained is A delta (1 + f), so misgrading stops
    paying at the rate A = 1 / (delta (1 + f)). With delta 0.8 that is 1.25 without a fine:
    repayment alone never deters (U2). What an audit cannot find stays (U3).

    Attributes:
        rate: Share of files audited, A.
        detection: Chance that an audit finds what is wrong, delta.
        fine: Multiple of the gain on top of repayment, f.
        repayment: Share of the gain that goes back.
        insurer_cost: What an audit costs the insurer, EUR.
        practice_cost: What it costs the practice in its own time, EUR.
        rate_watched: Share of files audited in practices that missed a KPI.
        targeted: Whether insurers set the rate anew each January, from what audits found last year
            (U4, ``agents.insurer.best_audit_rate``); the rate is then no more than a first idea.
    """

    levers: ClassVar[dict[str, str]] = {
        "rate": "audit_rate",
        "detection": "audit_detection_prob",
        "fine": "audit_fine_multiple",
        "insurer_cost": "audit_cost",
        "practice_cost": "audit_practice_cost",
        "rate_watched": "audit_rate_watched",
    }
    clause: Literal["audit"] = "audit"
    rate: Filled[Share] = None
    detection: Filled[Share] = None
    fine: Filled[FineMultiple] = None
    repayment: Share = 1.0
    insurer_cost: Filled[Euros] = None
    practice_cost: Filled[Euros] = None
    rate_watched: Filled[Share] = None
    targeted: StrictBool = False

    def minutes(self, minute_cost: float) -> float:
        """Return the practice's own time for one audit, minutes.

        Args:
            minute_cost: Full cost of a minute of its time, EUR.
        """
        return self.practice_cost / minute_cost if minute_cost > 0.0 else 0.0

    @property
    def insurer_cost_cents(self) -> int:
        """What an audit costs the insurer, cents."""
        return cents(self.insurer_cost)

    @property
    def loss_per_audit(self) -> float:
        """Expected loss per euro gained if every file were audited, D = delta (1 + f)."""
        return self.detection * (self.repayment + self.fine)

    def audited(self, files: Files) -> np.ndarray:
        """Return which files are audited, shape (files,); being watched never means less often."""
        watched = max(self.rate, self.rate_watched)
        return files.luck_audit < np.where(files.watched == 1, watched, self.rate)

    def sampled(self, files: Files) -> np.ndarray:
        """Return which files are audited because a lot fell on them, shape (files,).

        Everybody's chance is the same, watched or not, so what is found says how many are wrong.
        """
        return files.luck_audit < self.rate

    def finds(self, files: Files) -> np.ndarray:
        """Return in which files an audit finds that too much was claimed, shape (files,)."""
        wrong = files.overclaim > 0
        return self.audited(files) & wrong & (files.luck_detect < self.detection)

    def settle_files(self, files: Files) -> np.ndarray:
        """Return minus (repayment + fine) x overclaim where an audit finds it, cents."""
        owed = np.rint((self.repayment + self.fine) * files.overclaim).astype(np.int64)
        return np.where(self.finds(files), -owed, 0)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return minus A delta (repayment + f) x overclaim, EUR."""
        return -self.rate * self.loss_per_audit * case.overclaim

    def burden(self, case: Case, outlook: Outlook) -> float:
        """Return the practice's own time for audits per patient-year, EUR."""
        return self.rate * self.practice_cost

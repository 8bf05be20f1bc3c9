"""A contract explained, as plain data: patients, what a little more brings, what a therapist does.

Made by ``experiments.explanation``; figures, words and documents read it.
"""

from dataclasses import dataclass

import numpy as np

from experiments.provider import SEVERITIES, Refusal
from model.contracts.contract import Contract
from model.contracts.prices import Prices


@dataclass(frozen=True)
class Patient:
    """The first year of one kind of patient at a typical therapist, as the practice expects it.

    Attributes:
        weight_class: 0, 1, 2 for profile 3, 4, 5; graded honestly.
        severity: Name of a ``Severity``.
        need: Sessions needed.
        sessions: Sessions planned, given individually as most are.
        paid: EUR per clause.
        session_cost, intake_cost: Variable cost, EUR.
        own_time: What the clauses cost the practice in its own time, EUR.
        full_cost: Sessions and intake at full cost (room, equipment, overhead), EUR.
        access: What accepting the patient instead of refusing brings through a KPI on access, EUR;
            no income by itself, so in no margin.
    """

    weight_class: int
    severity: str
    need: float
    sessions: float
    paid: dict[str, float]
    session_cost: float
    intake_cost: float
    own_time: float
    full_cost: float
    access: float = 0.0

    @property
    def revenue(self) -> float:
        """What all clauses pay together, EUR."""
        return sum(self.paid.values())

    @property
    def margin(self) -> float:
        """What is left after variable cost, EUR."""
        return self.revenue - self.session_cost - self.intake_cost - self.own_time

    @property
    def full_margin(self) -> float:
        """What is left after full cost, EUR."""
        return self.revenue - self.full_cost - self.own_time


@dataclass(frozen=True)
class Marginal:
    """What a little more brings in one weight class at typical need, EUR.

    Attributes:
        session: One more session in the year.
        session_cost: Its variable cost.
        group: A group session instead of an individual one, revenue.
        group_cost: The same, cost (negative: cheaper).
        upgrade: A year on file in the heaviest class, before audits; None for the heaviest itself.
        audited: What of it audits are expected to take back.
        lighter: A year of a patient of the heaviest class on file in each lighter one (one test
            scored high); empty for the other classes.
        ccq_point: One CCQ point less disease burden.
        admission: One admission avoided.
        quarters: One quarter more, before its sessions, by phase, (3,).
    """

    session: float
    session_cost: float
    group: float
    group_cost: float
    upgrade: float | None
    audited: float | None
    ccq_point: float
    admission: float
    quarters: tuple[float, float, float]
    lighter: tuple[float, ...] = ()

    @property
    def session_net(self) -> float:
        """One more session, after its cost."""
        return self.session - self.session_cost

    @property
    def group_net(self) -> float:
        """A group session instead of an individual one, after cost."""
        return self.group - self.group_cost

    @property
    def upgrade_net(self) -> float | None:
        """The heaviest class on file, after what audits are expected to take back."""
        return None if self.upgrade is None else self.upgrade - self.audited


@dataclass(frozen=True)
class Response:
    """What a typical therapist does with patients of one weight class.

    Attributes:
        accepts_severe: Chance that a severe patient (heavy need, GOLD IV) is accepted, where slots
            are ample and others have room.
        grades_too_heavy: Whether a patient at the border of the heaviest class ends up in it; None
            for the heaviest itself.
    """

    accepts_severe: float
    grades_too_heavy: bool | None


@dataclass(frozen=True)
class Explanation:
    """What a contract rewards.

    Attributes:
        contract: The contract, filled in.
        regular: Whether it is the regular contract, because the scenario has no other.
        negotiated: Whether insurers negotiate, so that these are the prices of one of them.
        capped: Whether session maxima hold; they are left out here.
        self_paid: First sessions of a condition that the insurer does not pay; left out as well.
        prices: Prices of the first year.
        patients: One per weight class and severity, lightest first.
        marginals: One per weight class.
        mix: Share of each weight class among those in treatment now, (3,).
        needs: Sessions of need of the curves, (needs,).
        profits: Profit of a profit-driven provider by weight class and need, EUR, (3, needs).
        refusals: Per weight class, where that provider refuses.
        profit_driven: Sessions that provider plans at typical need, by weight class, (3,).
        losses: Chance of a loss at full cost by number of patients.
        margin_sd: SD of the full margin between patients, EUR.
        half_point: What not measuring a patient half a CCQ point below the norm brings, before what
            a KPI on completeness takes for it, EUR.
        gap: What that KPI takes for a missing measurement, EUR.
        metre: What a metre more in the walking test brings, EUR.
        deterrent_rate: Audit rate from which misgrading stops paying (U2); infinite if none does,
            None without audits.
        theory: Theory that moves the typical therapist (``model.codes.THEORIES``).
        response: What that therapist does with patients, one per weight class.
    """

    contract: Contract
    regular: bool
    negotiated: bool
    capped: bool
    self_paid: int
    prices: Prices
    patients: tuple[Patient, ...]
    marginals: tuple[Marginal, ...]
    mix: np.ndarray
    needs: np.ndarray
    profits: np.ndarray
    refusals: tuple[tuple[Refusal, ...], ...]
    profit_driven: np.ndarray
    losses: dict[int, float]
    margin_sd: float
    half_point: float
    gap: float
    metre: float
    deterrent_rate: float | None
    theory: str
    response: tuple[Response, ...]

    def patient(self, weight_class: int, severity: int) -> Patient:
        """Return one kind of patient by weight class and place in ``SEVERITIES``."""
        return self.patients[len(SEVERITIES) * weight_class + severity]

    def severe(self, weight_class: int) -> float:
        """Return what accepting a severe patient brings: heavy need, GOLD IV, after cost, EUR."""
        one = self.patient(weight_class, len(SEVERITIES) - 1)
        return one.margin + one.access

    def mean(self, what: str) -> float:
        """Return the mean of a number over the usual mix of patients."""
        return mean_of(self.patients, self.mix, what)


def mean_of(patients: tuple[Patient, ...], mix: np.ndarray, what: str) -> float:
    """Return the mean of a number of the patients over weight classes and severities."""
    weights = [float(share) * severity.weight for share in mix for severity in SEVERITIES]
    return sum(w * getattr(one, what) for w, one in zip(weights, patients, strict=True))

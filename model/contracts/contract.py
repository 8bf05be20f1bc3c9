"""A contract: clauses that add up."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from model.contracts.audit import Audit
from model.contracts.change_cap import ChangeCap
from model.contracts.clause import Activity, Clause
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.macro_clawback import MacroClawback
from model.contracts.membership import Membership
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.negotiation import Negotiation
from model.contracts.offer_band import OfferBand
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Case, Outlook
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.prices import Prices
from model.contracts.pro_rata import ProRata
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.quarter_bundle import QuarterBundle
from model.contracts.regrading import Regrading
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.session_floor import SessionFloor
from model.contracts.shared_savings import SharedSavings
from model.contracts.single_purchasing import SinglePurchasing
from model.contracts.stop_loss import StopLoss
from model.contracts.terms import Terms
from model.contracts.warranty import Warranty
from model.contracts.weight_class_bundle import WeightClassBundle
from model.contracts.year import Accounts, Files
from model.parameters import ParameterSet

#: Every clause a scenario can name. A new clause is one new file and one word here.
AnyClause = Annotated[
    FeePerSession | IntakeFee | FlatBundle | WeightClassBundle | PhaseBundle | ProfilePhaseBundle
    | MixedFee | PeriodTariff | OutcomePay | SharedSavings | CoordinationLumpSum
    | Kpi | IndexBand | OfferBand | Audit | StopLoss | RiskCorridor | ChangeCap
    | MinimumContacts | ProRata | Regrading | Warranty | SessionFloor | Membership
    | JointContracting | Negotiation | SinglePurchasing | MacroClawback,
    Field(discriminator="clause"),
]  # fmt: skip


@dataclass(frozen=True)
class Settlement:
    """What a month comes to, cents, each of shape (rows,).

    Attributes:
        paid: Per clause name, what it pays (negative: goes back to the insurer).
        withheld: Per KPI name, what the insurer keeps until the KPI is judged.
        care: What the clauses pay together that pay for care.
        ahead: The part of it that pays for a whole quarter now.
        refund: What the other clauses pay by the month (negative: refunds of unused months).
    """

    paid: dict[str, np.ndarray]
    withheld: dict[str, np.ndarray]
    care: np.ndarray
    ahead: np.ndarray
    refund: np.ndarray


class Contract:
    """A list of clauses between a practice and an insurer."""

    def __init__(self, clauses: tuple[Clause, ...]) -> None:
        if len({clause.name for clause in clauses}) < len(clauses):
            raise ValueError("A contract cannot have the same clause twice.")
        self.clauses = clauses

    def filled(self, p: ParameterSet) -> "Contract":
        """Return the contract with every field that was left out taken from its lever."""
        return Contract(tuple(clause.filled(p) for clause in self.clauses))

    def audited_at(self, rate: float) -> "Contract":
        """Return the contract with another audit rate, where it has audits."""
        return Contract(
            tuple(
                clause.model_copy(update={"rate": rate}) if isinstance(clause, Audit) else clause
                for clause in self.clauses
            )
        )

    @property
    def audit_rate(self) -> float:
        """Share of files audited; 0 without audits."""
        audit = self.find(Audit)
        return audit.rate if audit is not None else 0.0

    def find[Kind: Clause](self, kind: type[Kind]) -> Kind | None:
        """Return the clause of a kind, or None."""
        return next((clause for clause in self.clauses if isinstance(clause, kind)), None)

    @property
    def bundle(self) -> QuarterBundle | None:
        """The bundle clause, if there is one."""
        return self.find(QuarterBundle)  # type: ignore[type-abstract] # of any kind

    @property
    def per_patient(self) -> bool:
        """Whether it pays for having a patient in care rather than for sessions alone."""
        return any(clause.per_patient for clause in self.clauses)

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs, index band included."""
        kpis = (c.kpi if isinstance(c, IndexBand) else c for c in self.clauses)
        return tuple(kpi for kpi in kpis if isinstance(kpi, Kpi))

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the administration all clauses bring, minutes per patient-quarter billed."""
        return sum(clause.admin_minutes(p) for clause in self.clauses)

    def minutes_beside_burden(self, p: ParameterSet) -> float:
        """Return those of them that no clause has counted in its burden."""
        return sum(c.admin_minutes(p) for c in self.clauses if not c.burden_has_minutes)

    @property
    def terms(self) -> Terms:
        """The terms of all clauses together."""
        together = Terms()
        for clause in self.clauses:
            together = together | clause.terms()
        return together

    def settle(self, activity: Activity, prices: Prices) -> Settlement:
        """Settle a month. Clauses add up in any order."""
        paid: dict[str, Any] = {
            c.name: amount for c in self.clauses if (amount := c.pay(activity, prices)) is not None
        }
        care, ahead, refund = np.zeros((3, activity.sessions.size), dtype=np.int64)
        for clause in self.clauses:
            amount = paid.get(clause.name, 0)
            if clause.pays_for_care:
                care += amount
            else:
                refund += amount
            if clause.pays_ahead:
                ahead += amount
        withheld = {
            kpi.name: amount
            for kpi in self.clauses
            if isinstance(kpi, Kpi) and (amount := kpi.withheld(care)) is not None
        }
        return Settlement(paid, withheld, care, ahead, refund)

    def settle_files(self, files: Files) -> dict[str, np.ndarray]:
        """Return cents per clause name for each patient-year."""
        amounts = {c.name: c.settle_files(files) for c in self.clauses}
        return {name: amount for name, amount in amounts.items() if amount is not None}

    def settle_accounts(self, accounts: Accounts) -> dict[str, np.ndarray]:
        """Return cents per clause name for each practice-year."""
        amounts = {c.name: c.settle_accounts(accounts) for c in self.clauses}
        return {name: amount for name, amount in amounts.items() if amount is not None}

    # --- what it rewards

    def reckon(self, case: Case, outlook: Outlook) -> Case:
        """Return the case with revenue, stop-loss and what an honest bill would not bring."""
        paying = [c for c in self.clauses if c.pays_for_care]
        revenue = due = sum(c.expect(case, outlook) for c in paying)
        if case.weight_class != case.true_class:
            honest = case.but(weight_class=case.true_class)
            due = sum(c.expect(honest, outlook) for c in paying)
        stop = self.find(StopLoss)
        ceded = stop.expect(case, outlook) if stop is not None else 0.0
        return case.but(revenue=revenue, ceded=ceded, overclaim=max(0.0, revenue - due))

    def expected(self, case: Case, outlook: Outlook) -> dict[str, float]:
        """Return what each clause is expected to pay for a patient-year, EUR."""
        reckoned = self.reckon(case, outlook)
        return {clause.name: clause.expect(reckoned, outlook) for clause in self.clauses}

    def worth(self, case: Case, outlook: Outlook) -> float:
        """Return what a patient-year is worth to the practice before its cost of sessions, EUR.

        The expected payments of all clauses, less what the clauses cost the practice itself.
        """
        reckoned = self.reckon(case, outlook)
        return sum(c.expect(reckoned, outlook) - c.burden(reckoned, outlook) for c in self.clauses)


#: What every practice has unless it signs something else.
REGULAR = Contract((IntakeFee(), FeePerSession()))

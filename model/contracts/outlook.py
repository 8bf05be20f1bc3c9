"""What a practice expects: a typical patient-year, and what is known of the coming year."""

from dataclasses import dataclass, field

import numpy as np

from model.codes import INDIVIDUAL
from model.contracts.prices import Prices


@dataclass(frozen=True)
class Case:
    """A typical patient-year, as a practice expects it when it decides.

    Attributes:
        sessions: Covered sessions in the year.
        mode: How they are given (``model.codes.MODES``).
        weight_class: Weight class on file, 0 to 2.
        true_class: Weight class that an honest grading gives.
        quarters: Bundle quarters billed in the year, by phase (intensive, tapering, maintenance).
        stage: Severity as the referring doctor knows it: 0, 1, 2 for GOLD II, III, IV.
        intakes: Intakes in the year.
        insurer: Insurer, 0 to 9.
        admissions: Lung attacks with admission expected in the year.
        dropout: Chance that the patient breaks off within the year.
        values: Expected value per indicator id (``model.indicators``) for this patient.
        revenue: What the payment clauses are expected to bring, EUR (filled in by the contract).
        ceded: What a stop-loss is expected to pay, EUR (filled in by the contract).
        overclaim: Part of it that an honest grading would not bring and an audit can find, EUR.
    """

    sessions: float
    quarters: tuple[float, float, float]
    mode: int = 0
    weight_class: int = 0
    true_class: int = 0
    stage: int = 0
    intakes: float = 0.0
    insurer: int = 0
    admissions: float = 0.0
    dropout: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    revenue: float = 0.0
    ceded: float = 0.0
    overclaim: float = 0.0

    def but(self, **changes: object) -> "Case":
        """Return the case with other values, as ``dataclasses.replace`` but many times faster.

        A contract is asked about some hundred cases each January.
        """
        other = object.__new__(Case)
        other.__dict__.update(self.__dict__, **changes)
        return other


@dataclass(frozen=True)
class Norm:
    """What is known of one indicator in the whole country, from last year's measurements.

    Attributes:
        mean: Mean per measured patient.
        sd: SD between patients.
        expected: Mean by weight class on file and GOLD stage, shape (3, 3): the case-mix norm.
        patients: Measured patients per practice in a year.
    """

    mean: float
    sd: float
    expected: np.ndarray
    patients: float


#: How many practices' patients a pool holds, if nobody contracts jointly and regions are ignored.
SINGLE_POOLS = {"contract": 1.0, "practice": 1.0, "group": 1.0, "region": 1.0}


@dataclass(frozen=True)
class Outlook:
    """What is known, in January, of the coming year under one contract.

    Attributes:
        prices: Prices of the contract.
        norms: ``Norm`` per indicator id.
        patients: Patients treated per practice in a year.
        sessions: Mean sessions per patient-year.
        margin: Mean of revenue and stop-loss minus sessions at the reference price, EUR per
            patient-year.
        cost_cv: Coefficient of variation of cost between patients.
        reference_cost: Price per session that risk-sharing clauses reckon with, EUR: the session
            tariff, so that at unchanged behaviour a neutral bundle has no result to share.
        benchmark: Mean care cost per patient-year that shared savings are measured from, EUR.
        admission_cost: Cost of one admission, EUR.
        ccq_value: What one CCQ point for a year is worth, EUR.
        icc: Real difference between practices as a share of all differences (intra-class).
        overrun_rate: Expected overrun of the macro framework per euro of turnover.
        unused_share: Mean share of a paid quarter left when a patient breaks off in it.
        first_calendar_share: Share of a first year's sessions in the calendar year it starts in,
            on average: what is settled by the calendar year meets only so much of it.
        care_sd: SD between patients of the care cost per patient-year, EUR.
        revenue_before: Paid per patient-quarter in the year before, EUR; 0 if not known.
        pool_size: Practices' worth of patients that are judged together, per pool level.
        kpi_minutes_cost: Therapist time for one KPI per patient-quarter, EUR.
        plan_cost: Cost of an improvement plan per patient-year, EUR.
        contract_gain: What the contract brings above the regular one per patient-year, EUR.
    """

    prices: Prices
    norms: dict[str, Norm]
    patients: float
    sessions: float
    margin: float
    cost_cv: float
    reference_cost: float
    benchmark: float
    admission_cost: float
    ccq_value: float
    icc: float
    overrun_rate: float = 0.0
    unused_share: float = 0.0
    first_calendar_share: float = 1.0
    care_sd: float = 0.0
    revenue_before: float = 0.0
    pool_size: dict[str, float] = field(default_factory=lambda: dict(SINGLE_POOLS))
    kpi_minutes_cost: float = 0.0
    plan_cost: float = 0.0
    contract_gain: float = 0.0

    def reference_value(self, case: Case) -> float:
        """Return the case's sessions at the reference price of their mode, EUR.

        A group session counts at its own tariff: giving it is no way to look busier.
        """
        individual = float(self.prices.session[INDIVIDUAL])
        ratio = float(self.prices.session[case.mode]) / individual if individual else 1.0
        return case.sessions * self.reference_cost * ratio

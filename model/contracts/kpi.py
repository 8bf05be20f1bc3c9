"""KPI: an indicator, how it is judged, and what follows.

Whatever is judged is what was measured (``model.indicators``), so it is noisy at small practices
and can be made to look better by whoever measures.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, StrictBool, model_validator
from scipy.special import ndtri, pdtrc

from model.contracts.clause import Activity, Clause, Euros, Filled, Share
from model.contracts.noise import normal_density, passing_chance, reliability
from model.contracts.outlook import Case, Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.terms import Terms
from model.contracts.verdict import JudgedOn, Verdict, Yardstick, judge
from model.contracts.year import Accounts
from model.indicators import BY_ID, Measurer
from model.parameters import ParameterSet

if TYPE_CHECKING:
    IndicatorId = str
else:
    IndicatorId = Literal[tuple(BY_ID)]
Bound = Annotated[float, Field(strict=True, ge=-1000, le=1000, allow_inf_nan=False)]
Consequence = Literal[
    "none", "withhold", "bonus", "malus", "audit", "improvement_plan", "loss_of_contract"
]
#: Consequences that move money, and so need a share of revenue.
_PAID = ("withhold", "bonus", "malus")


class Kpi(Clause):
    """Judge every practice once a year on one indicator.

    Attributes:
        indicator: One of ``model.indicators``.
        at_least, at_most: Bounds of the value, in the indicator's unit.
        slope: Instead of bounds: EUR per unit better than ``reference``, per measured patient.
        reference: Value from which the slope counts; left out, the national mean.
        minimum_patients: With fewer measured, the KPI neither pays nor punishes.
        case_mix: Compare with what the same mix of patients gives nationally.
        pool, years, judged_on, confidence: See ``model.contracts.verdict.Yardstick``.
        consequence: What follows if the bounds are missed (bonus: if they are kept).
        share: Share of revenue that is withheld, paid or taken back.
        by_reliability: Whether only so much of that share is at stake as the number of measurements
            judged makes reliable (K2): where chance rules, little money moves.
        measured_by: Who measures; left out, as usual for the indicator.
    """

    levers: ClassVar[dict[str, str]] = {
        "minimum_patients": "kpi_minimum_patients",
        "confidence": "kpi_confidence",
        "share": "kpi_withhold_share",
    }
    priced_in: ClassVar[bool] = True
    burden_has_minutes: ClassVar[bool] = True
    clause: Literal["kpi"] = "kpi"
    indicator: IndicatorId
    at_least: Filled[Bound] = None
    at_most: Filled[Bound] = None
    slope: Filled[Euros] = None
    reference: Filled[Bound] = None
    minimum_patients: Filled[Annotated[float, Field(strict=True, ge=1, le=10_000)]] = None
    case_mix: StrictBool = False
    pool: Literal["contract", "practice", "group", "region"] = "practice"
    years: Annotated[int, Field(strict=True, ge=1, le=3)] = 1
    judged_on: JudgedOn = "estimate"
    confidence: Filled[Annotated[float, Field(strict=True, gt=0.5, lt=1)]] = None
    consequence: Consequence = "none"
    share: Filled[Share] = None
    by_reliability: StrictBool = False
    measured_by: Filled[Measurer] = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        bounds = self.at_least is not None or self.at_most is not None
        if bounds == (self.slope is not None):
            raise ValueError("a KPI has either bounds (at_least, at_most) or a slope")
        both = self.at_least is not None and self.at_most is not None
        if both and self.at_least > self.at_most:
            raise ValueError("at_least is above at_most, so nobody could meet the KPI")
        if self.slope is not None and self.consequence != "none":
            raise ValueError("a slope pays by itself; leave the consequence out")
        if self.reference is not None and self.slope is None:
            raise ValueError("'reference' belongs to a slope")
        if self.share is not None and self.consequence not in _PAID:
            raise ValueError(f"'share' belongs to a consequence of {', '.join(_PAID)}")
        if self.by_reliability and self.consequence not in _PAID:
            raise ValueError(f"'by_reliability' belongs to a consequence of {', '.join(_PAID)}")
        return self

    @property
    def name(self) -> str:
        """Name of its lines in the ledger."""
        return f"kpi_{self.indicator}"

    @property
    def who_measures(self) -> Measurer:
        """Who measures under this contract."""
        return self.measured_by or BY_ID[self.indicator].measured_by

    @property
    def yardstick(self) -> Yardstick:
        """How the KPI judges."""
        return Yardstick(
            self.at_least, self.at_most, self.minimum_patients or 1.0, self.case_mix, self.pool,
            self.years, self.judged_on, self.confidence or 0.5,
        )  # fmt: skip

    def terms(self) -> Terms:
        """A KPI with a consequence is monitoring, and monitoring crowds out (K4)."""
        return Terms(monitoring=float(self.slope is not None or self.consequence != "none"))

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to record, remind and check, if anything follows from the KPI."""
        return p.admin_minutes_kpi * self.terms().monitoring

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray | None:
        """Nothing by the month: what is withheld is taken from payments by the contract."""
        return None

    def withheld(self, paid: np.ndarray) -> np.ndarray | None:
        """Return what is withheld from amounts paid by the month, cents (rows,); None if nothing.

        Args:
            paid: Paid to the practice by the clauses that pay for care, cents.
        """
        if self.consequence != "withhold":
            return None
        out: np.ndarray | None = np.rint(np.maximum(paid, 0) * self.share).astype(np.int64)
        return out

    def verdict(self, accounts: Accounts) -> Verdict:
        """Judge every account."""
        return judge(accounts, self.indicator, self.yardstick)

    def settle_accounts(self, accounts: Accounts) -> np.ndarray | None:
        """Pay back what was withheld where the KPI is met, pay the bonus, take the malus."""
        if self.slope is None and self.consequence not in _PAID:
            return None
        verdict = self.verdict(accounts)
        if self.slope is not None:
            return self._pay_slope(accounts, verdict)
        weight = self._weights(verdict, accounts.icc)
        amount = np.rint(accounts.revenue * self.share * weight).astype(np.int64)
        if self.consequence == "withhold":
            # Where nothing can be said the money goes back: a KPI below its n never punishes.
            kept = accounts.withheld[self.name]
            lost = np.rint(kept * weight).astype(np.int64)
            return np.where(verdict.met, kept, kept - lost)
        if self.consequence == "bonus":
            return np.where(verdict.judged & verdict.met, amount, 0)
        return np.where(verdict.missed, -amount, 0)

    def _weights(self, verdict: Verdict, icc: float) -> np.ndarray:
        """Return the part of the stake that counts, (accounts,): all, or as reliable as n makes it.

        n are the measurements the verdict rests on: the practice's own, or those of its pool.
        """
        if not self.by_reliability:
            return np.ones(verdict.patients.size)
        return np.array([reliability(float(n), icc) for n in verdict.patients])

    def _pay_slope(self, accounts: Accounts, verdict: Verdict) -> np.ndarray:
        """Return slope x own measured patients x (value - reference), cents."""
        own = accounts.measured[self.indicator][0].count
        if not verdict.judged.any():
            return np.zeros(own.size, dtype=np.int64)
        reference = self.reference
        if reference is None:
            weights = np.maximum(own[verdict.judged], 1e-9)
            reference = float(np.average(verdict.value[verdict.judged], weights=weights))
        gain = self._sloping * (verdict.value - reference)
        return np.rint(np.where(verdict.judged, 100.0 * own * gain, 0.0)).astype(np.int64)

    # --- what it rewards

    def observations(self, outlook: Outlook) -> float:
        """Return how many measurements a typical pool has."""
        norm = outlook.norms[self.indicator]
        return norm.patients * self.years * outlook.pool_size[self.pool]

    def own_part(self, outlook: Outlook) -> float:
        """Return the practice's own part of its pool: what it does better lifts all of the pool."""
        return 1.0 / max(1.0, outlook.pool_size[self.pool])

    def pull(self, stake: float, outlook: Outlook) -> float:
        """Return what one unit of the indicator is worth to a practice, EUR per patient (K1).

        In a pool the noise is less, but only the own part of a gain comes back. Years change the
        noise alone: what is measured now counts in each of the years' verdicts for its part.

        Args:
            stake: Won or kept per patient by meeting the KPI, EUR.
            outlook: What is known of the coming year.
        """
        norm = outlook.norms[self.indicator]
        n = self.observations(outlook)
        judged = self._judged_chance(n) * self.own_part(outlook)
        if self.slope is not None:
            shrunk = self.judged_on == "shrunk"
            return judged * self._sloping * (reliability(n, outlook.icc) if shrunk else 1.0)
        spread = norm.sd / math.sqrt(max(n, 1e-9))
        pull = 0.0
        for bound, side in self._bounds(outlook, norm, n, spread):
            if spread > 0.0:
                pull += side * normal_density((bound - norm.mean) / spread) / spread
        return stake * judged * pull

    @property
    def _sloping(self) -> float:
        """The slope as it counts: positive where more is better, EUR per unit."""
        return self.slope if BY_ID[self.indicator].better == "higher" else -self.slope

    def _bounds(
        self, outlook: Outlook, norm: Norm, n: float, spread: float
    ) -> Iterator[tuple[float, float]]:
        """Yield each bound as it bears on the plain mean, with +1 for a floor, -1 for a ceiling."""
        for bound, side in ((self.at_least, 1.0), (self.at_most, -1.0)):
            if bound is None:
                continue
            if self.judged_on == "shrunk":
                weight = reliability(n, outlook.icc)
                bound = norm.mean + (bound - norm.mean) / max(weight, 1e-9)
            if self.judged_on == "confidence_bound":
                bound -= side * float(ndtri(self.confidence)) * spread
            yield bound, side

    def _judged_chance(self, n: float) -> float:
        """Return the chance that enough patients are measured (their number is Poisson)."""
        return float(pdtrc(math.ceil(self.minimum_patients or 1.0) - 1.0, n))

    def _meeting_chance(self, outlook: Outlook) -> float:
        """Return the chance that a typical practice keeps both bounds, if it is judged."""
        norm = outlook.norms[self.indicator]
        n = self.observations(outlook)
        spread = norm.sd / math.sqrt(max(n, 1e-9))
        chance = 1.0
        for bound, side in self._bounds(outlook, norm, n, spread):
            above = passing_chance(norm.mean, bound, spread)
            chance -= 1.0 - above if side > 0 else above
        return max(0.0, chance)

    def gap(self, case: Case, outlook: Outlook) -> float:
        """Return how far the case stands from the national mean, in the indicator's unit."""
        norm = outlook.norms[self.indicator]
        value = case.values[self.indicator]
        if self.case_mix:
            return value - float(norm.expected[case.weight_class, case.stage])
        return value - norm.mean

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return the expected amount: at the national mean, plus the pull on this case's gap."""
        if self.slope is not None:
            norm = outlook.norms[self.indicator]
            level = 0.0
            if self.reference is not None:
                judged = self._judged_chance(self.observations(outlook))
                level = judged * self._sloping * (norm.mean - self.reference)
            own = self.pull(0.0, outlook) * self.gap(case, outlook)
            return measurements(self.indicator, case) * (level + own)
        if self.consequence not in _PAID:
            return 0.0
        stake = self.stake(case.revenue, outlook)
        judged = self._judged_chance(self.observations(outlook))
        missing = judged * (1.0 - self._meeting_chance(outlook))
        at_mean = judged - missing if self.consequence == "bonus" else -missing
        return stake * at_mean + self.pull(stake, outlook) * self.gap(case, outlook)

    def stake(self, revenue: float, outlook: Outlook) -> float:
        """Return what the KPI puts at stake per patient-year, EUR.

        Args:
            revenue: Paid for care per patient-year, EUR.
            outlook: What is known of the coming year.
        """
        if self.consequence not in _PAID:
            return self._threat(outlook)
        n = self.observations(outlook)
        weight = reliability(n, outlook.icc) if self.by_reliability else 1.0
        return self.share * revenue * weight

    def _threat(self, outlook: Outlook) -> float:
        """Return what an improvement plan or the loss of the contract would cost, EUR."""
        threats = {
            "improvement_plan": outlook.plan_cost,
            "loss_of_contract": max(0.0, outlook.contract_gain),
        }
        return threats.get(self.consequence, 0.0)

    def burden(self, case: Case, outlook: Outlook) -> float:
        """Return the cost of measuring, and what a lost contract or a plan would cost, EUR."""
        cost = outlook.kpi_minutes_cost * sum(case.quarters) if self.terms().monitoring else 0.0
        stake = self._threat(outlook)
        if stake > 0.0:
            judged = self._judged_chance(self.observations(outlook))
            cost += stake * judged * (1.0 - self._meeting_chance(outlook))
            cost -= self.pull(stake, outlook) * self.gap(case, outlook)
        return cost


def measurements(indicator: str, case: Case) -> float:
    """Return how often the indicator is measured in a patient's first year, on average."""
    known = BY_ID[indicator]
    return known.a_year * (case.values.get("measured", 1.0) if known.answered else 1.0)

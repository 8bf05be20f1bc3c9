"""One person with COPD as one agent with plain attributes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa
from scipy.special import ndtri

from model.codes import INSURERS, REGULAR_CONTRACT
from model.disease import along_fev1
from model.physiotherapy import guideline_profile, walk_distance

if TYPE_CHECKING:
    from .model import ReferenceModel

MONTHS_REMEMBERED = 12


@dataclass
class YearTally:
    """What is counted about one person in a calendar year (units: ``model.state``)."""

    months: int = 0
    asked_months: int = 0
    ccq_sum: float = 0.0
    qalys: float = 0.0
    admissions: int = 0
    died: int = 0
    copd_death: float = 0.0
    stable_death: float = 0.0
    sessions: int = 0
    requests: int = 0
    refused: int = 0
    soft_refused: int = 0
    intakes: int = 0
    waited: int = 0
    quarters: int = 0
    under: int = 0
    over: int = 0
    upcoded: int = 0
    unprovable: int = 0
    downgraded: int = 0
    followed: int = 0
    improved: int = 0
    answered: int = 0
    left_out: int = 0
    excepted: int = 0
    stopped: int = 0
    stopped_early: int = 0
    stopped_programme: int = 0
    paramedical: int = 0
    total_care: int = 0
    out_of_pocket: int = 0
    revenue: int = 0
    cost: float = 0.0
    admin: float = 0.0
    grouped: int = 0
    digital: int = 0
    hospital_therapy: int = 0
    overclaim: int = 0
    policy_value: int = 0
    gradable: int = 0
    too_heavy: int = 0


class ReferencePatient(mesa.Agent):
    """A person: every fact of ``model.state`` is an attribute of the same name and unit.

    Two facts are kept in another form: the engine packs the attacks and the admissions of the last
    year in bits, here they are lists of twelve booleans, this month first.

    Attributes:
        row: The person's number for life; it is also the person's place in every stream of luck.
        attack_months, admission_months: Whether there was one in each of the last twelve months.
        phase, month_of_quarter: Of the quarter that this month belongs to (set at delivery, before
            the counters move on).
        tally: What is counted this calendar year.
    """

    def __init__(self, model: "ReferenceModel", row: int, facts: dict[str, int | float]) -> None:
        super().__init__(model)
        self.row = row
        self.attack_months = unpacked(int(facts["attacks"]))
        self.admission_months = unpacked(int(facts["admissions"]))
        self.phase = self.month_of_quarter = 0
        self.tally = YearTally()
        for name, value in facts.items():
            if name not in ("attacks", "admissions"):
                setattr(self, name, value)

    @property
    def attacks(self) -> int:
        """The attacks of the last year as the engine stores them."""
        return packed(self.attack_months)

    @property
    def admissions(self) -> int:
        """The admissions of the last year as the engine stores them."""
        return packed(self.admission_months)

    def luck(self, decision: str) -> float:
        """Return this person's number in (0, 1) for one decision this month."""
        return self.model.luck(decision, self.row)

    def between_stages(self, name: str) -> float:
        """Return a parameter given per GOLD stage at this person's lung function."""
        p = self.model.p
        return along_fev1(
            self.fev1,
            p[f"{name}_gold2"],
            p[f"{name}_gold3"],
            p[f"{name}_gold4"],
            (p.gold_2_fev1_below + p.gold_3_fev1_below) / 2.0,
            (p.gold_3_fev1_below + p.gold_4_fev1_below) / 2.0,
            (p.gold_4_fev1_below + p.fev1_floor) / 2.0,
        )

    def walk_share(self) -> float:
        """Return the true 6-minute walk as a share of the predicted distance."""
        p = self.model.p
        walk = walk_distance(
            self.between_stages("sixmwd_baseline"),
            self.walk_offset,
            p.effect_6mwd_initial,
            self.training,
            p.training_reference,
        )
        return walk / p.walk_predicted

    def true_walk(self) -> float:
        """Return the true 6-minute walk, m."""
        return self.walk_share() * self.model.p.walk_predicted

    def normal_luck(self, decision: str) -> float:
        """Return this person's standard normal number for one decision this month."""
        return float(ndtri(self.luck(decision)))

    def note(self, indicator: str, value: float) -> None:
        """Have a measurement entered in the register of the practice, at who pays the quarter."""
        self.model.happened["registered with the old insurer"] += self.payer != self.insurer
        self.model.books.register.note(
            indicator, self.practice, self.payer, self.weight_class, self.gold, value
        )

    def count_care(self, cents: int) -> None:
        """Count an amount as this year's spending on physiotherapy for this person."""
        self.tally.paramedical += cents
        self.tally.total_care += cents
        self.tally.revenue += cents

    def count_other_care(self, cents: int) -> None:
        """Count an amount that practices earn outside the paramedical framework."""
        self.tally.total_care += cents
        self.tally.revenue += cents

    @property
    def pays_now(self) -> int:
        """The insurer that pays this month: of a bundle quarter the one it began with."""
        if self.contract != REGULAR_CONTRACT and self.payer != self.insurer:
            self.model.happened["quarter finished by the old insurer"] += 1
            return self.payer
        return self.insurer

    @property
    def file_key(self) -> tuple[int, int]:
        """Practice and insurer of the last quarter under the scenario's contract this year."""
        practice, insurer = divmod(self.policy_account, len(INSURERS))
        return practice, insurer

    def true_profile(self) -> int:
        """Return the guideline profile; 2 means advice only, no supervised exercise."""
        p = self.model.p
        cutoff = p.capacity_cutoff_6mwd_pct_predicted / 100.0
        return guideline_profile(
            self.walk_share(), self.steps, cutoff, p.activity_cutoff_steps_per_day
        )


def unpacked(bits: int) -> list[bool]:
    """Return twelve booleans, this month first, from the engine's bits."""
    return [bool(bits >> months_ago & 1) for months_ago in range(MONTHS_REMEMBERED)]


def packed(months: list[bool]) -> int:
    """Return the engine's bits from twelve booleans, this month first."""
    return sum(2**months_ago for months_ago, marked in enumerate(months) if marked)

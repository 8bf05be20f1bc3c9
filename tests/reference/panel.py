"""December: what is known of each practice's year, as it is seen and as it is."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scipy.special import ndtri

from model.codes import POLICY_CONTRACT, WAITING

from .people import satisfaction
from .providers import ReferencePractice
from .reckoning import macro_ceiling

if TYPE_CHECKING:
    from .model import ReferenceModel


@dataclass
class Mean:
    """A running mean."""

    total: float = 0.0
    count: float = 0.0

    def add(self, total: float, count: float = 1.0) -> None:
        """Add the sum of some values."""
        self.total += total
        self.count += count

    @property
    def value(self) -> float:
        """The mean."""
        return self.total / self.count


@dataclass
class PracticeYear:
    """One practice in one year.

    Attributes:
        joined: Whether it holds the scenario's contract with any insurer.
        patients: Treated patients.
        under: Those whose insurer is one with which the contract is held.
        seen, true: Mean by what is watched.
    """

    joined: bool
    patients: int = 0
    under: int = 0
    seen: defaultdict[str, Mean] = field(default_factory=lambda: defaultdict(Mean))
    true: defaultdict[str, Mean] = field(default_factory=lambda: defaultdict(Mean))


@dataclass
class PanelYear:
    """All practices in a year.

    Attributes:
        year: Calendar year.
        practices: One entry per practice.
        spending, ceiling: Paramedical spending, and what the framework allows, cents.
        overrun: Whether the ceiling was passed, before any clawback.
    """

    year: int
    practices: list[PracticeYear]
    spending: int
    ceiling: int
    overrun: bool


def note_year(model: "ReferenceModel") -> None:
    """Add this year to the panel."""
    entries = [
        PracticeYear(joined=POLICY_CONTRACT in practice.contract_with)
        for practice in model.practices
    ]
    for patient in model.patients:
        if patient.tally.sessions == 0:
            continue
        entry = entries[patient.treated_by]
        entry.patients += 1
        signed = model.practices[patient.treated_by].contract_with[patient.insurer]
        entry.under += signed == POLICY_CONTRACT
        for means in (entry.seen, entry.true):
            means["admissions"].add(patient.tally.admissions)
            means["sessions"].add(patient.tally.sessions)
            means["total_cost"].add(patient.tally.total_care / 100.0)
            means["spending"].add(patient.tally.paramedical / 100.0)
    for (indicator, number, _), sums in model.books.register.of_account.items():
        if indicator == "ccq_change":
            entries[number].seen["burden_fall"].add(sums.total, sums.count)
        elif indicator == "start_in_time":
            entries[number].seen["start_in_time"].add(sums.total, sums.count)
    for patient in model.patients:
        if patient.status == WAITING:
            entries[patient.practice].true["start_in_time"].add(0.0)
            model.happened["still waits at year end"] += 1
    for practice, entry in zip(model.practices, entries, strict=True):
        entry.true["start_in_time"].add(practice.tally.in_time, practice.tally.sought)
        entry.true["burden_fall"].add(practice.tally.fall, practice.tally.followed)
        if practice.tally.sessions > 0:
            survey(model, practice, entry)
    spending = sum(patient.tally.paramedical for patient in model.patients)
    in_force = model.month >= model.policy_month
    ceiling = macro_ceiling(model) if in_force else 0
    overrun = in_force and (spending > ceiling or model.books.overrun_rate > 0.0)
    model.panel.append(PanelYear(model.year, entries, spending, ceiling, overrun))
    model.happened["framework passed"] += overrun


def survey(model: "ReferenceModel", practice: ReferencePractice, entry: PracticeYear) -> None:
    """Ask a practice how content it is; not all answer, and none knows it exactly."""
    index = satisfaction(model, practice)
    entry.true["satisfaction"].add(index)
    if model.luck("answer survey", practice.number) < model.p.survey_response_share:
        noise = float(ndtri(model.luck("survey noise", practice.number)))
        entry.seen["satisfaction"].add(index + model.p.survey_noise_sd * noise)
        model.happened["survey answered"] += 1

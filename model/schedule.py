"""The month as data: one ordered list of phases.

``MONTH`` is the schedule: it runs the step and prints in the README, and a test holds the two
together. To see it: ``zorgbundel month``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.month import (
    care_seeking,
    contracts,
    coordination,
    delivery,
    disease,
    evaluation,
    intake,
    learning,
    measurement,
    observation,
    people,
    planning,
    reckoning,
    settlement,
    training,
)

if TYPE_CHECKING:
    from model.simulation import World


@dataclass(frozen=True)
class Phase:
    """One phase of the month.

    Attributes:
        name: Short name.
        does: What happens, in a few words.
        run: Function of the world.
        calendar_month: 1 to 12 if it runs once a year, else None.
    """

    name: str
    does: str
    run: Callable[["World"], None]
    calendar_month: int | None = None

    def due(self, month: int) -> bool:
        """Return whether the phase runs in a month (0 is January of the first year)."""
        return self.calendar_month is None or month % 12 == self.calendar_month - 1


MONTH = (
    Phase("evaluation", "January: the regulator evaluates the experiment on what was seen",
          evaluation.evaluate_year, 1),
    Phase("contracts", "January: new contracts, prices and deductibles", contracts.open_year, 1),
    Phase("disease", "the disease progresses: lung function, attacks, death",
          disease.progress_disease),
    Phase("care seeking", "patients seek care and choose a practice", care_seeking.seek_care),
    Phase("intake", "practices with room accept or refuse, measure and grade", intake.take_in),
    Phase("planning", "treatment is planned at the start of each patient's quarter",
          planning.plan_treatment),
    Phase("delivery", "sessions are delivered; some patients break off",
          delivery.deliver_sessions),
    Phase("training", "sessions train, rest undoes it; burden follows", training.train),
    Phase("measurement", "outcomes are measured at the end of each patient's first quarter",
          measurement.measure_outcomes),
    Phase("settlement", "bills are settled in the ledger", settlement.settle_bills),
    Phase("coordination", "lump sums for coordinating groups of patients are paid",
          coordination.pay_coordination),
    Phase("reckoning", "December: audits, KPIs, risk sharing and equalisation are settled",
          reckoning.reckon_year, 12),
    Phase("people", "December: therapists leave or stay; newcomers take up vacant posts",
          people.change_people, 12),
    Phase("learning", "December: practices learn from their own year and from colleagues nearby",
          learning.learn, 12),
    Phase("observation", "December: the year is observed", observation.observe_year, 12),
)  # fmt: skip

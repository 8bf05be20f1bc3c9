"""A neighbourhood: a small world that is watched. It steps as every world does, and takes notes."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboards.watch.decision import Seen, see
from dashboards.watch.grading import Graded, graded_rows, see_grading
from dashboards.watch.manner import Manner, see_manner
from dashboards.watch.request import Asked, before_intake, see_requests
from dashboards.watch.seeking import Sought, see_seeking
from dashboards.watch.signing import Weighed, see_contracts
from model.codes import OUTSIDE, POLICY_CONTRACT, TREATED, WAITING
from model.ledger import Ledger
from model.parameters import ParameterSet
from model.policy import Policy
from model.population import Size
from model.schedule import MONTH
from model.simulation import Span, World

#: People with COPD, so many that about 200 of them are in treatment; few enough practices that
#: each has patients to look at.
PEOPLE, PRACTICES = 5_000, 12
#: One year of the fee as it was, then two years of the scenario.
SPAN = Span(first_year=2024, policy_year=2025, last_year=2026)
#: Watching begins so many months before the contract does.
BEFORE = 3
#: Sessions and need are added up over so many months: a patient's own quarter.
WINDOW = 3


def size_of(p: ParameterSet) -> Size:
    """Return how much of the country a neighbourhood holds."""
    return replace(Size.of_share(p, PEOPLE / p.gold2plus_patients), practices=PRACTICES)


class NotedLedger(Ledger):
    """A ledger that gives each line out once, so that a month need not read all months before."""

    def __init__(self) -> None:
        super().__init__(keep_lines=True)
        self._given = 0

    def new_lines(self) -> pd.DataFrame:
        """Return the lines posted since the last time, as ``lines`` does for all."""
        fresh = Ledger(keep_lines=True)
        fresh._chunks, self._given = self._chunks[self._given :], len(self._chunks)
        return fresh.lines()


class Neighbourhood(World):
    """A world that notes what its visitor looks at; nothing it does depends on the notes.

    Args:
        p: Parameters.
        policy: What changes from the policy year on.
        seed: Seed of all luck.
        size: How many people and practices; None for a neighbourhood.
        span: Simulated period.

    Attributes:
        seen: What was seen when each patient's last quarter was planned, by row.
        graded: What was seen when each patient was last graded, by row.
        manners: How sessions could be given when that was last decided; None without another way.
        asked: What was seen when each patient last asked to be taken in, by row.
        sought: What moved each patient to ask last, by row.
        weighed: What each practice weighed in January, by practice.
        received, needed: Sessions of the last months, and need of them, (``WINDOW``, rows).
        result: Revenue less cost of each practice so far this year, cents.
        refused: Requests refused so far this year.
        lines: Ledger lines of the month just passed.
    """

    def __init__(
        self,
        p: ParameterSet,
        policy: Policy,
        seed: int,
        size: Size | None = None,
        span: Span = SPAN,
    ) -> None:
        super().__init__(p, policy, seed, size or size_of(p), span)
        rows = self.person.female.size
        self.seen: dict[int, Seen] = {}
        self.graded: dict[int, Graded] = {}
        self.manners: dict[int, Manner | None] = {}
        self.asked: dict[int, Asked] = {}
        self.sought: dict[int, Sought] = {}
        self.weighed: dict[int, list[Weighed]] = {}
        self.received, self.needed = np.zeros((2, WINDOW, rows))
        self.result = np.zeros(self.practices.count)
        self.refused = 0
        self.ledger = NotedLedger()  # nothing is paid before the first month
        self.lines: pd.DataFrame = self.ledger.new_lines()

    @property
    def over(self) -> bool:
        """Whether the last month has passed."""
        return self.month >= self.span.months

    def step(self) -> None:
        """Run one month as ``World.step`` does, and take notes between its phases."""
        for column in ("intake", "sessions", "uncovered", "opened", "unused", "month_cost"):
            getattr(self.care, column)[:] = 0
        for part in MONTH:
            if part.name == "observation":  # in December it clears the year's tallies
                self.result = self.practice_tally.revenue - self.practice_tally.cost
                self.refused = int(self.tally.refused.sum())
            if part.name == "contracts":
                held = self.contract_of == POLICY_CONTRACT
            elif part.name == "care seeking":
                outside = self.care.status == OUTSIDE
            elif part.name == "intake":
                asking = before_intake(self)
            if part.due(self.month):
                part.run(self)
                if part.name == "contracts":
                    self.weighed = see_contracts(self, held)
            if part.name == "care seeking":
                for row in np.flatnonzero(outside & (self.care.status == WAITING)).tolist():
                    self.sought[row] = see_seeking(self, row)
            if part.name == "intake":
                self.asked |= see_requests(self, asking)
                self._note_gradings(np.flatnonzero(self.care.intake))
                before = self.care.contract.copy()
            if part.name == "planning":
                self._note_gradings(graded_rows(self, before))
                self._note_plans()
        self._note_month()
        self.month += 1

    def _note_gradings(self, rows: np.ndarray) -> None:
        for row in rows.tolist():
            self.graded[row] = see_grading(self, row)

    def _note_plans(self) -> None:
        care, rows = self.care, np.asarray(self.in_care)
        planned = rows[(care.status[rows] == TREATED) & (care.quarter_month[rows] == 0)]
        for row in planned.tolist():
            self.seen[row] = see(self, row)
            self.manners[row] = see_manner(self, row, self.seen[row])

    def _note_month(self) -> None:
        care, place = self.care, self.month % WINDOW
        self.received[place] = care.sessions + care.uncovered
        treated = (care.status == TREATED) | (self.received[place] > 0)
        self.needed[place] = np.where(treated, care.need_quarter / WINDOW, 0.0)
        self.lines = self.ledger.new_lines()


def begin(p: ParameterSet, policy: Policy, seed: int) -> Neighbourhood:
    """Return a neighbourhood shortly before the contract begins."""
    world = Neighbourhood(p, policy, seed)
    world.run(world.policy_month - BEFORE)
    return world

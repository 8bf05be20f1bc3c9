"""The plain model: who lives in it, and its month in order."""

from collections import Counter
from collections.abc import Callable, Mapping

import mesa
import numpy as np

from model.codes import INSURERS
from model.contracts.incentives import Incentives
from model.contracts.prices import Prices
from model.entitlement import Entitlement
from model.randomness import draw, stream
from model.simulation import World

from .access import Asked, intake, seek_care
from .books import Books
from .caseload import Caseload
from .coordination import pay_coordination
from .delivery import deliver_sessions
from .disease import progress_disease
from .equalisation import InsurerYear
from .evaluation import Evaluation, evaluate_year
from .learning import learn, set_drives
from .ledger import Line
from .measurement import measure
from .new_year import open_year
from .panel import PanelYear, note_year
from .patient import ReferencePatient, YearTally
from .people import capacity, change_people
from .planning import plan_treatment
from .providers import (
    PracticeTally,
    ReferenceInsurer,
    ReferencePractice,
    Therapist,
    no_claims,
)
from .reckoning import reckon_year
from .settlement import settle
from .training import train

JANUARY, DECEMBER = 0, 11


def observe_year(model: "ReferenceModel") -> None:
    """Enter the year in the panel and close it: every tally starts anew."""
    note_year(model)
    for patient in model.patients:
        patient.tally = YearTally()
    for practice in model.practices:
        practice.tally = PracticeTally()


class ReferenceModel(mesa.Model):
    """A world of plain agents that starts exactly where an engine world starts.

    Args:
        start: A new engine world. Its people, practices and settings are copied; nothing is shared.

    Attributes:
        month: Month now (0 is January of the first year).
        contracts: The regular one and the scenario's, with their levers filled in.
        patients, practices, insurers, therapists: Agents in order of their number.
        prices, rewards: Of this year: per contract, and for rewards per insurer.
        habit: What the regular contract rewarded in the last year of history, per insurer.
        asked: Requests and refusals by region.
        price_limits: What insurers would pay at most for a quarter this year, cents, by insurer,
            weight class and phase.
        bundle_prices: Price of each price group this year, per insurer, EUR.
        beside: What clauses beside the bundle are expected to pay per quarter, EUR.
        claims: Quarters finished this year, per contract and insurer.
        caseloads: What practices that choose weighed this January, by practice and insurer.
        books: What insurers keep of practices.
        insurer_years: Result of each insurer in the last year reckoned.
        panel: Every practice in every year.
        evaluations: What the regulator concluded, one per January.
        stopped: Whether the regulator stopped the experiment.
        price_factor: What the regulator leaves of the bundle price, 1 without adjustments.
        ledger: Every line posted.
        happened: How often each notable thing happened, to see that a run tests something.
        usual_satisfaction: Mean job satisfaction of the last year before the policy.
        watch: Called with the name of each phase after it has run.
    """

    #: The ordered month: name, phase, and the calendar month if it runs once a year.
    MONTH: tuple[tuple[str, Callable[["ReferenceModel"], None], int | None], ...] = (
        ("evaluation", evaluate_year, JANUARY),
        ("contracts", open_year, JANUARY),
        ("disease", progress_disease, None),
        ("care seeking", seek_care, None),
        ("intake", intake, None),
        ("planning", plan_treatment, None),
        ("delivery", deliver_sessions, None),
        ("training", train, None),
        ("measurement", measure, None),
        ("settlement", settle, None),
        ("coordination", pay_coordination, None),
        ("reckoning", reckon_year, DECEMBER),
        ("people", change_people, DECEMBER),
        ("learning", learn, DECEMBER),
        ("observation", observe_year, DECEMBER),
    )

    def __init__(self, start: World) -> None:
        if start.month != 0:
            raise ValueError("The reference starts in the first month.")
        super().__init__(rng=start.seed)
        self.p, self.policy, self.size, self.seed = start.p, start.policy, start.size, start.seed
        self.policy_month, self.first_year = start.policy_month, start.span.first_year
        self.policy_year = start.span.policy_year
        self.contracts = tuple(contract.filled(self.p) for contract in self.policy.contracts)
        self.month = 0
        self.entitlement = Entitlement.MAXIMA_2021  # what held before the policy
        self.prices: list[Prices] = []
        self.rewards: list[list[Incentives]] = []
        self.habit: list[Incentives] = []
        self.asked = Asked()
        self.bundle_prices: list[list[float]] = []
        self.price_limits: dict[tuple[int, int, int], int] = {}
        self.beside = 0.0
        self.claims = no_claims()
        self.caseloads: dict[tuple[int, int], Caseload] = {}
        self.books = Books(start.practices.count)
        self.insurer_years: list[InsurerYear] = []
        self.panel: list[PanelYear] = []
        self.evaluations: list[Evaluation] = []
        self.stopped, self.price_factor = False, 1.0
        self.ledger: list[Line] = []
        self.happened: Counter[str] = Counter()
        self.watch: Callable[[str], None] = lambda phase: None
        self._streams: dict[tuple[str, int], np.uint64] = {}

        self.insurers = [ReferenceInsurer(self, number) for number in range(len(INSURERS))]
        self.practices = copied_practices(self, start)
        self.usual_satisfaction = 0.0  # not known yet
        for practice in self.practices:
            practice.capacity = capacity(self, practice)
        self.therapists = [who for practice in self.practices for who in practice.therapists]
        self.patients = copied_patients(self, start)
        set_drives(self)

    def step(self) -> None:
        """Run one month."""
        for patient in self.patients:
            patient.intake = patient.sessions = patient.uncovered = patient.opened = 0
            patient.unused = patient.month_cost = 0
        for name, phase, only_in in self.MONTH:
            if only_in is None or self.month % 12 == only_in:
                phase(self)
                self.watch(name)
        self.month += 1

    @property
    def year(self) -> int:
        """Calendar year now."""
        return self.first_year + self.month // 12

    @property
    def policy_holds(self) -> bool:
        """Whether the scenario's own contract is in force."""
        return self.month >= self.policy_month and self.policy.offers_contract

    @property
    def theories(self) -> Mapping[str, float]:
        """Share of therapists by the theory that moves them now."""
        holds = self.month >= self.policy_month or self.policy.theories_in_history
        return self.policy.theories if holds else {"default": 1.0}

    def luck(self, decision: str, number: int, month: int | None = None) -> float:
        """Return the number in (0, 1) of one person, practice or insurer for one decision."""
        key = (decision, self.month if month is None else month)
        if key not in self._streams:
            self._streams[key] = stream(self.seed, *key)
        return draw(self._streams[key], number)


def copied_patients(model: ReferenceModel, start: World) -> list[ReferencePatient]:
    """Return an agent per person, with all facts of the first month."""
    columns = {
        name: values.tolist()
        for table in (start.person, start.health, start.care)
        for name, values in table._asdict().items()
    }
    return [
        ReferencePatient(model, row, {name: values[row] for name, values in columns.items()})
        for row in range(start.person.female.size)
    ]


def copied_practices(model: ReferenceModel, start: World) -> list[ReferencePractice]:
    """Return an agent per practice, with its therapists."""
    columns = start.practices
    drives = list(
        zip(
            columns.rho.tolist(),
            columns.norm.tolist(),
            columns.own_moral_cost.tolist(),
            columns.keeps_guideline.tolist(),
            start.people.in_post.tolist(),
            columns.theory_luck.tolist(),
            strict=True,
        )
    )
    return [
        ReferencePractice(
            model,
            number,
            int(columns.region[number]),
            float(columns.staff[number]),
            float(columns.capacity[number]),
            float(columns.cost_factor[number]),
            float(start.load[number]),
            bool(columns.in_network[number]),
            [
                Therapist(who, *drives[who])
                for who in range(number * columns.per_practice, (number + 1) * columns.per_practice)
            ],
        )
        for number in range(columns.count)
    ]

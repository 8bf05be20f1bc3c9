"""The world: a Mesa model that runs the phases of a month in order (``model.schedule``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
import pandas as pd

from agents.drives import drives
from agents.insurer import Insurer
from agents.patient import Patient
from agents.practice import Practice
from agents.regulator import Regulator
from agents.therapist import Therapist
from model import state
from model.access import Access
from model.books import Books
from model.budget import framework
from model.claims import Claims
from model.codes import INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT
from model.conduct import Conduct
from model.continuation import Former, check_month, take_over
from model.entitlement import maxima
from model.first_month import place_in_treatment
from model.intakes import Intakes
from model.ledger import Ledger
from model.month import (
    care_seeking,
    caseload,
    delivery,
    disease,
    examination,
    intake,
    learning,
    measurement,
    modes,
    people,
    planning,
    practice_year,
    prices,
    settlement,
    training,
)
from model.panel import PanelYear
from model.parameters import ParameterSet
from model.people import People, capacity
from model.policy import HISTORY, Policy
from model.population import Size, make_population
from model.practices import Practices, make_practices
from model.rewards import Rewards, no_rewards
from model.schedule import MONTH


@dataclass(frozen=True)
class Span:
    """The simulated period.

    Attributes:
        first_year: First year of the warm-up.
        policy_year: First year of the policy window.
        last_year: Last year of the policy window, included.
    """

    first_year: int = 2023
    policy_year: int = 2025
    last_year: int = 2029

    @property
    def months(self) -> int:
        """Number of months."""
        return 12 * (self.last_year - self.first_year + 1)

    @property
    def policy_month(self) -> int:
        """Month number of the first month of the policy window."""
        return 12 * (self.policy_year - self.first_year)


class World(mesa.Model):  # type: ignore[misc] # Mesa ships no types
    """One world: a population, practices and insurers under one policy and one seed.

    Args:
        p: Parameters.
        policy: What changes from the policy year on.
        seed: Seed of all luck.
        size: How much of the country (``Size.of_share`` or ``Size.of_treated``).
        span: Simulated period.
        keep_lines: Keep every ledger line (else totals only).
        history: A world to branch from: its state is copied and continued under ``policy``.

    Attributes:
        month: Month now (0 is January of the first year).
        basis: Parameters without the levers of the policy.
        contract_month: Month in which the policy's contract is first offered: the start of the
            policy window, or later in a branch (``model.continuation``).
        former: Contract that ended when this one took its place; None if there was none.
        person, health, care, tally: Columns of all persons (``model.state``).
        practices, practice_tally: Columns of all practices.
        people: Who works in them now (``model.people``).
        capacity: Sessions a month for which each practice has people now.
        ledger: Every euro.
        books: What insurers keep of every practice (``model.books``).
        rewards: What each contract rewards this year (``model.rewards``).
        conduct: Styles of practices, and what they saw of colleagues (``model.conduct``).
        drives: What moves each therapist this year (``agents.drives``).
        waits: Expected wait at each practice this month, months (``model.month.choice``).
        reputations: Each practice's reputation this year.
        access: Requests and refusals by region (``model.access``).
        in_care: Rows of all who wait or are treated this month (after care seeking).
        years: One table of outcomes per year observed.
        facts: What the calibration compares, one dictionary per year observed.
        insurer_years: Each insurer's result after risk equalisation, one table per year.
        panel: Every practice in every year, as seen and as true (``model.panel``).
        evaluations: What the regulator concluded, one table per year of the policy window but the
            last (``model.month.evaluation``).
        regulator: Whether the experiment was stopped, and the factor on the bundle price.
        bundle_prices: Of this year before negotiation, EUR, shape (10 insurers, price groups).
        offer_factor: Each insurer's own price against that one, (10,).
        won: People with COPD who came to each insurer this January less those who left, (10,).
        caseload: What practices that choose weighed this January (``model.month.caseload``).
        supplement: What each practice negotiated with each insurer for this year above the price
            of a bundle quarter, cents, (practices, 10).
        barred_until: Month from which a practice that lost the contract with an insurer may hold it
            again, (practices, 10).
    """

    month: int
    people: People
    conduct: Conduct
    practices: Practices

    def __init__(
        self,
        p: ParameterSet,
        policy: Policy,
        seed: int,
        size: Size,
        span: Span | None = None,
        keep_lines: bool = True,
        history: "World | None" = None,
    ) -> None:
        super().__init__(rng=seed)
        self.basis, self.policy, self.seed, self.size = p, policy, seed, size
        self.span = span or Span()
        self.policy_month = self.contract_month = self.span.policy_month
        late = history is not None and history.month > self.policy_month
        self.p = p.replace(policy.levers) if late and policy.levers else p
        self.former: Former | None = None
        self._collect_constants()
        if history is None:
            self._draw(keep_lines)
        else:
            self._copy(history)
        self.drives = drives(self.people, self.conduct, self.practices, self.theories, self.p)
        if history is not None:
            self.drives.lacking[:] = history.drives.lacking
        self.insurers = [Insurer(self, number) for number in range(len(INSURERS))]
        self.practice_agents = list(
            Practice.create_agents(self, self.practices.count, list(range(self.practices.count)))
        )
        self.regulator = Regulator(self)
        self._patients: dict[int, Patient] = {}
        self._therapists: dict[int, Therapist] = {}
        if history is None:
            place_in_treatment(self)
        elif late:
            take_over(self, history)

    def _collect_constants(self) -> None:
        """Collect the parameters of each phase once, in the form its loop reads."""
        p = self.p
        self.contracts = tuple(contract.filled(p) for contract in self.policy.contracts)
        self.set_quarter_minutes()
        self.constants: dict[str, Any] = {
            "disease": disease.constants(p),
            "care_seeking": care_seeking.constants(p, self.size),
            "intake": intake.constants(p),
            "planning": planning.constants(p),
            "delivery": delivery.constants(p),
            "training": training.constants(p),
            "measurement": measurement.constants(p),
            "modes": modes.constants(p),
            "settlement": settlement.constants(p),
            "practice_year": practice_year.constants(p),
            "people": people.constants(p),
            "learning": learning.constants(p),
        }
        self.class_shares = examination.class_shares(p)

    def set_quarter_minutes(self) -> None:
        """Note the administration of a quarter by contract, also of one that ended and runs out."""
        minutes = [contract.admin_minutes(self.p) for contract in self.contracts]
        if self.former is not None and len(minutes) == POLICY_CONTRACT:
            minutes.append(self.former.minutes)
        self.quarter_minutes = np.array(minutes)

    def _draw(self, keep_lines: bool) -> None:
        """Draw a new world in its first month."""
        population = make_population(self.size, self.p, self.seed, self.span.months)
        self.person, self.health, self.care = (
            population.person,
            population.health,
            population.care,
        )
        self.rows_upto = population.rows_upto
        self.practices = make_practices(self.size, self.p, self.seed)
        self.people = People.first(self.practices, self.p, self.seed)
        self.capacity = capacity(self.practices, self.people, self.p)
        self.tally = state.empty("tally", self.person.female.size)
        self.practice_tally = state.empty("practice_tally", self.practices.count)
        self.month = 0
        self.ledger = Ledger(keep_lines)
        self.years: list[pd.DataFrame] = []
        self.facts: list[dict[str, Any]] = []
        self.claims, self.intakes = Claims.none(), Intakes.none()
        self.maxima = maxima(HISTORY.entitlement, self.p)
        self.load = np.zeros(self.practices.count)
        self.practice_deferred = np.zeros(self.practices.count)
        self.waits, self.reputations = np.zeros((2, self.practices.count))
        self.contract_of = np.full(
            (self.practices.count, len(INSURERS)), REGULAR_CONTRACT, dtype=np.int8
        )
        self.supplement = np.zeros(self.contract_of.shape, dtype=np.int64)
        self.barred_until = np.zeros(self.contract_of.shape, dtype=np.int64)
        self.books = Books.empty(self.practices.count)
        self.conduct = Conduct.new(self.practices.count)
        self.rewards = no_rewards()
        self.access = Access.none(self.practices.region_start.size - 1)
        self.self_paid = 0
        self.prices: list[Any] = []
        self.bundle_prices: np.ndarray | Any = None
        self.side_payment = 0.0
        self.offer_factor = np.ones(len(INSURERS))
        self.won = np.zeros(len(INSURERS), dtype=np.int64)
        self.caseload = caseload.empty_caseload(self.practices.count)
        self.outlooks: dict[int, Any] = {}
        self.incentives: dict[Any, Any] = {}
        self.insurer_years: list[pd.DataFrame] = []
        self.panel: list[PanelYear] = []
        self.evaluations: list[pd.DataFrame] = []

    def _copy(self, other: "World") -> None:
        """Take over the state of another world.

        Traits are shared, for they never change; only the insurer of a person does.
        """
        check_month(other)
        self.person = other.person._replace(insurer=other.person.insurer.copy())
        self.practices, self.rows_upto = other.practices, other.rows_upto
        for table in ("health", "care", "tally", "practice_tally"):
            setattr(self, table, state.copy(getattr(other, table)))
        self.month = other.month
        self.ledger = other.ledger.copy()
        self.years, self.facts = list(other.years), list(other.facts)
        self.intakes, self.claims = other.intakes.copy(), other.claims.copy()
        self.people = other.people.copy()
        for array in (
            "maxima", "load", "capacity", "contract_of", "practice_deferred", "waits",
            "reputations", "offer_factor", "won", "barred_until", "supplement",
        ):  # fmt: skip
            setattr(self, array, getattr(other, array).copy())
        self.books = other.books.copy()
        self.conduct = other.conduct.copy()
        self.rewards = Rewards(*(array.copy() for array in other.rewards))
        self.access = other.access.copy()
        self.self_paid = other.self_paid
        self.outlooks, self.incentives = dict(other.outlooks), dict(other.incentives)
        self.insurer_years = list(other.insurer_years)
        self.panel, self.evaluations = list(other.panel), list(other.evaluations)
        self.prices = list(other.prices)
        self.bundle_prices, self.side_payment = other.bundle_prices, other.side_payment
        self.caseload = other.caseload

    @property
    def rows(self) -> int:
        """Rows that have entered by the end of this month."""
        return int(self.rows_upto[self.month])

    @property
    def year(self) -> int:
        """Calendar year now."""
        return self.span.first_year + self.month // 12

    @property
    def policy_holds(self) -> bool:
        """Whether the policy is in force this month."""
        return self.month >= self.policy_month

    @property
    def theories(self) -> Mapping[str, float]:
        """Share of therapists moved by each theory of behaviour now."""
        return self.policy.theories_now(self.policy_holds)

    def macro_ceiling(self) -> int:
        """Return what the framework allows this year, cents.

        Spending of the last year before the policy, at this year's tariff, plus what was added.
        """
        years = (self.month - self.policy_month) // 12
        first = prices.session_tariff(self.p, 0)
        growth = prices.session_tariff(self.p, years) / first if first > 0.0 else 1.0
        added = float(framework([self.year], self.p)[0]) / self.size.scale
        return round(self.books.reference_spending * growth + 100.0 * added)

    def patient(self, row: int) -> Patient:
        """Return the agent of one row, made on first use (an agent costs more than a row)."""
        if not 0 <= row < self.person.female.size:
            raise IndexError(f"There is no patient {row}.")
        if row not in self._patients:
            self._patients[row] = Patient(self, row)
        return self._patients[row]

    def therapist(self, number: int) -> Therapist:
        """Return the agent of one post, made on first use as a patient's is."""
        if not 0 <= number < self.practices.rho.size:
            raise IndexError(f"There is no therapist {number}.")
        if number not in self._therapists:
            self._therapists[number] = Therapist(self, number)
        return self._therapists[number]

    def enter_policy(self) -> None:
        """Let the levers of the policy hold from now on."""
        if self.policy.levers:
            self.p = self.p.replace(self.policy.levers)
            self._collect_constants()

    def step(self) -> None:
        """Run one month: every phase of ``MONTH`` that is due, in order."""
        for column in ("intake", "sessions", "uncovered", "opened", "unused", "month_cost"):
            getattr(self.care, column)[:] = 0
        for part in MONTH:
            if part.due(self.month):
                part.run(self)
        self.month += 1

    def run(self, until_month: int | None = None) -> "World":
        """Run up to a month (default: the end of the span) and return the world."""
        last = self.span.months if until_month is None else until_month
        self.run_for(last - self.month)
        return self

    def branch(self, policy: Policy) -> "World":
        """Return a world that continues from the present state under another policy.

        Up to the start of the policy window in any month, later in January
        (``model.continuation``).
        """
        return World(self.basis, policy, self.seed, self.size, self.span, history=self)

    def results(self) -> pd.DataFrame:
        """Return all observed years as one table (``model.month.observation``)."""
        return pd.concat(self.years, ignore_index=True)

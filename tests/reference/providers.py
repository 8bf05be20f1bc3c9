"""Practices with their therapists, and insurers."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import mesa

from agents.insurer import neutral_price, repriced
from model.codes import INSURERS, POLICY_CONTRACT, REGULAR_CONTRACT

if TYPE_CHECKING:
    from .model import ReferenceModel

#: A kind of quarter: weight class on file and phase.
Kind = tuple[int, int]
#: A practice that has not started with paid coordination starts in a month that never comes.
NEVER = 32_000
#: A practice that had no patients last year has no kind of contract.
NO_KIND = -1


class Style(NamedTuple):
    """How heavily money weighs in a practice: log of a multiplier on rho, in three decisions."""

    sessions: float
    acceptance: float
    grading: float


@dataclass
class Therapist:
    """A post for a therapist, what drives who holds it or held it last, and that in this year.

    Attributes:
        number: Number among all therapists.
        rho: Weight on profit over patient benefit.
        norm: Strength of the professional norm, EUR per session of deviation.
        own_moral_cost: Moral cost of misgrading a borderline patient, EUR a year.
        keeps_guideline: Whether plans stay under the ceilings of the guideline.
        in_post: Whether somebody holds the post.
        theory_luck: Place among the theories of behaviour, 0 to 1.
        rho_sessions, rho_acceptance, rho_grading: This year's weight on profit in each decision.
        moral_cost: This year's moral cost of misgrading, EUR a year.
        lacking: Share of its usual income that the practice lacks this year (target income).
    """

    number: int
    rho: float
    norm: float
    own_moral_cost: float
    keeps_guideline: bool
    in_post: bool
    theory_luck: float
    rho_sessions: float = 0.0
    rho_acceptance: float = 0.0
    rho_grading: float = 0.0
    moral_cost: float = 0.0
    lacking: float = 0.0


@dataclass
class PracticeTally:
    """What is counted about one practice in a calendar year (units: ``model.state``)."""

    revenue: float = 0.0
    cost: float = 0.0
    usual_cost: float = 0.0
    sessions: float = 0.0
    admin: float = 0.0
    quarters: float = 0.0
    policy_quarters: float = 0.0
    upcoded: float = 0.0
    gradable: float = 0.0
    too_heavy: float = 0.0
    caught: float = 0.0
    gap: float = 0.0
    need: float = 0.0
    sought: float = 0.0
    in_time: float = 0.0
    followed: float = 0.0
    fall: float = 0.0


class ReferencePractice(mesa.Agent):
    """A practice.

    Attributes:
        number: Number of the practice.
        region: Region it is in.
        staff: Therapists of all kinds; patients choose in proportion to it.
        room: Sessions a month kept for COPD, with the usual vacancies.
        capacity: Sessions a month for COPD for which there are people now.
        staffed, left: Posts filled this year, and therapists who left at its end.
        cost_factor: Cost of a session against the mean of all practices.
        wait: Wait that patients expect this month, months.
        reputation: How last year's patients felt, against the country.
        load: Sessions a month planned now (a group session takes less of a therapist's time).
        in_network: Whether it belongs to the quality network.
        willing: Whether it takes the scenario's contract where it is offered, by lot.
        coordinates_from: Month in which paid coordination started.
        deferred: Cents received for months of quarters that fall in the next calendar year.
        therapists: Those who treat COPD.
        contract_with: Contract number held with each insurer.
        tally: What is counted this calendar year.
        style, style_before: How heavily money weighs; and before the last change.
        tried: Whether the style was changed last December.
        kind, payoff: Contract of most quarters last year, and margin per treated patient, EUR.
        too_heavy_nearby: Share of colleagues' gradable quarters that they graded too heavy.
        caught_nearby: Share of colleagues in whose files an audit found something.
    """

    def __init__(
        self,
        model: "ReferenceModel",
        number: int,
        region: int,
        staff: float,
        room: float,
        cost_factor: float,
        load: float,
        in_network: bool,
        therapists: list[Therapist],
    ) -> None:
        super().__init__(model)
        self.number, self.region, self.staff, self.room = number, region, staff, room
        self.capacity = room
        self.staffed = self.left = 0
        self.cost_factor = cost_factor
        self.load = load
        self.wait = self.reputation = 0.0
        self.in_network = in_network
        self.willing = False
        self.coordinates_from = NEVER
        self.deferred = 0
        self.therapists = therapists
        self.contract_with = [REGULAR_CONTRACT] * len(INSURERS)
        self.tally = PracticeTally()
        self.style = self.style_before = Style(0.0, 0.0, 0.0)
        self.tried = False
        self.kind, self.payoff = NO_KIND, 0.0
        self.too_heavy_nearby = self.caught_nearby = 0.0

    def has_room_for(self, sessions_a_month: float) -> bool:
        """Return whether a patient fits; an empty practice always takes its first patient."""
        return self.load <= 0.0 or self.load + sessions_a_month <= self.capacity


@dataclass
class Claims:
    """Quarters finished in a year under one contract, and their sessions.

    Attributes:
        sessions, quarters: By kind of quarter: weight class on file and phase.
        value: Those sessions at the tariff of their mode, in individual sessions.
    """

    sessions: Counter[Kind] = field(default_factory=Counter)
    quarters: Counter[Kind] = field(default_factory=Counter)
    value: defaultdict[Kind, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: "Claims", kinds: list[Kind]) -> None:
        """Add the quarters of some kinds from another register."""
        for kind in kinds:
            self.sessions[kind] += other.sessions[kind]
            self.quarters[kind] += other.quarters[kind]
            self.value[kind] += other.value[kind]


def no_claims() -> list[list[Claims]]:
    """Return an empty register per contract and insurer."""
    return [[Claims() for _ in INSURERS] for _ in (REGULAR_CONTRACT, POLICY_CONTRACT)]


class ReferenceInsurer(mesa.Agent):
    """An insurer; number 0 is the largest.

    Attributes:
        number: Number of the insurer.
        offers: Whether it offers the scenario's contract.
        price_factor: Its own price against the price as set.
        won: People with COPD who came last January less those who left.
    """

    def __init__(self, model: "ReferenceModel", number: int) -> None:
        super().__init__(model)
        self.number = number
        self.offers = False
        self.price_factor = 1.0
        self.won = 0

    @property
    def share_of_insured(self) -> float:
        """Share of all people who are insured here."""
        people = [self.model.p[f"insurer_share_2022_{name.lower()}"] for name in INSURERS]
        return people[self.number] / sum(people)

    def price_of_quarter(
        self, kinds: list[Kind], claims: Claims, old_price: float | None, tariff: float, left: float
    ) -> float:
        """Return the price (EUR) of the quarters of some kinds that share one price.

        In the first year of the contract it is last year's mean number of sessions in a quarter
        times the tariff (a session of another mode counts at its own tariff); later it follows that
        figure, less what other clauses pay, with the ratchet. Without a quarter of these kinds it
        starts at the price of the mean quarter of any kind (of the reference price if there was
        none at all), and later stays what it was.

        Args:
            kinds: Kinds of quarter with this price.
            claims: Last year's claims.
            old_price: Price of last year, or None in the first year of the contract.
            tariff: Session tariff of the new year, EUR.
            left: Part of the cost that no fee beside the bundle pays.
        """
        p = self.model.p
        factor = p.bundle_price_factor * left
        sessions = sum(claims.value[kind] for kind in kinds)
        quarters = sum(claims.quarters[kind] for kind in kinds)
        if quarters > 0:
            expected = neutral_price(sessions, float(quarters), tariff, factor)
            if old_price is None:
                return expected
            expected = max(0.0, expected - self.model.beside)
            return repriced(old_price, expected, p.price_ratchet)
        if old_price is not None:
            self.model.happened["price kept without claims"] += 1
            return old_price
        if claims.quarters.total() > 0:
            self.model.happened["mean price without claims"] += 1
            sessions, quarters = sum(claims.value.values()), float(claims.quarters.total())
            return neutral_price(sessions, quarters, tariff, factor)
        self.model.happened["reference price without claims"] += 1
        return factor * p.bundle_price_quarter_average_patient

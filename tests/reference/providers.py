"""Practices with their therapists, and insurers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mesa

from agents.insurer import neutral_price, repriced
from model.codes import INSURERS, REGULAR_CONTRACT

if TYPE_CHECKING:
    from .model import ReferenceModel


@dataclass(frozen=True)
class Therapist:
    """What drives one therapist.

    Attributes:
        number: Number among all therapists.
        rho: Weight on profit over patient benefit.
        norm: Strength of the professional norm, EUR per session of deviation.
        own_moral_cost: Moral cost of misgrading a borderline patient, EUR a year.
        keeps_guideline: Whether plans stay under the ceilings of the guideline.
    """

    number: int
    rho: float
    norm: float
    own_moral_cost: float
    keeps_guideline: bool


@dataclass
class PracticeTally:
    """What is counted about one practice in a calendar year (units: ``model.state``)."""

    revenue: float = 0.0
    cost: float = 0.0
    sessions: float = 0.0
    admin: float = 0.0
    quarters: float = 0.0
    policy_quarters: float = 0.0
    upcoded: float = 0.0
    gap: float = 0.0
    need: float = 0.0


class ReferencePractice(mesa.Agent):
    """A practice.

    Attributes:
        number: Number of the practice.
        region: Region it is in.
        staff: Therapists of all kinds; patients choose in proportion to it.
        capacity: Sessions a month kept for COPD.
        cost_factor: Cost of a session against the mean of all practices.
        load: Sessions a month planned now.
        deferred: Cents received for months of quarters that fall in the next calendar year.
        therapists: Those who treat COPD.
        contract_with: Contract number held with each insurer.
        tally: What is counted this calendar year.
    """

    def __init__(
        self,
        model: "ReferenceModel",
        number: int,
        region: int,
        staff: float,
        capacity: float,
        cost_factor: float,
        load: float,
        therapists: list[Therapist],
    ) -> None:
        super().__init__(model)
        self.number, self.region, self.staff, self.capacity = number, region, staff, capacity
        self.cost_factor = cost_factor
        self.load = load
        self.deferred = 0
        self.therapists = therapists
        self.contract_with = [REGULAR_CONTRACT] * len(INSURERS)
        self.tally = PracticeTally()

    def has_room_for(self, sessions_a_month: float) -> bool:
        """Return whether a patient fits; an empty practice always takes its first patient."""
        return self.load <= 0.0 or self.load + sessions_a_month <= self.capacity


@dataclass
class Claims:
    """Quarters finished in a year under one contract, and their sessions, by kind of quarter.

    Kinds: 0 to 2 for the three weight classes, 3 for maintenance.
    """

    sessions: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    quarters: list[int] = field(default_factory=lambda: [0, 0, 0, 0])


class ReferenceInsurer(mesa.Agent):
    """An insurer; number 0 is the largest."""

    def __init__(self, model: "ReferenceModel", number: int) -> None:
        super().__init__(model)
        self.number = number
        self.offers = False

    def price_of_quarter(
        self, kinds: list[int], claims: Claims, old_price: float | None, tariff: float
    ) -> float:
        """Return the price (EUR) of the quarters of some kinds that share one price.

        In the first year of the contract it is last year's mean number of sessions in a quarter
        times the tariff; later it follows that figure with the ratchet. Without a quarter of these
        kinds it starts at the price of the mean quarter of any kind (of the reference price if
        there was none at all), and later stays what it was.
        """
        p = self.model.p
        sessions = sum(claims.sessions[kind] for kind in kinds)
        quarters = sum(claims.quarters[kind] for kind in kinds)
        if quarters > 0:
            expected = neutral_price(
                float(sessions), float(quarters), tariff, p.bundle_price_factor
            )
            return expected if old_price is None else repriced(old_price, expected, p.price_ratchet)
        if old_price is not None:
            self.model.happened["price kept without claims"] += 1
            return old_price
        if sum(claims.quarters) > 0:
            self.model.happened["mean price without claims"] += 1
            return neutral_price(
                float(sum(claims.sessions)),
                float(sum(claims.quarters)),
                tariff,
                p.bundle_price_factor,
            )
        self.model.happened["reference price without claims"] += 1
        return p.bundle_price_factor * p.bundle_price_quarter_average_patient

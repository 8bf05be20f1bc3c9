"""A provider as explanations see it: what a therapist plans, earns, and would rather refuse.

The calls are those of the intake (``model.month.intake``), one patient at a time.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from agents.behaviours.capacity import outside_option
from agents.behaviours.target_income import gap_felt
from agents.behaviours.theory import (
    acceptance_under,
    grading_under,
    sessions_under,
    stretches_under,
)
from model.codes import DEFAULT, HONEST, INDIVIDUAL, INERTIA, INTENSIVE, PROFILE_3
from model.contracts.incentives import HEAVIEST, stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.risk import normal_probability
from model.month.intake import Constants
from model.physiotherapy import first_year_need
from model.rewards import Rewards

#: Sessions of need over which refusal is looked for.
LEAST_NEED, NEED_STEP = 1.0, 0.5

#: Less than this is rounding, EUR a year.
NIL = 1e-9

#: A range of need in which fewer patients fall is no incentive.
NOBODY = 0.001


@dataclass(frozen=True)
class Severity:
    """How ill a typical patient is.

    Attributes:
        name: Key of its label.
        score: Normal score of the need within the weight class.
        stage: 0, 1, 2 for GOLD II, III, IV.
        weight: Weight in a mean over the three: Swanson's rule for the 10th, 50th and 90th
            percentile (Hurst, Brown and Swanson 2000, AAPG Bulletin 84:1883).
    """

    name: str
    score: float
    stage: int
    weight: float


SEVERITIES = (
    Severity("light", -1.2816, 0, 0.3),
    Severity("typical", 0.0, 1, 0.4),
    Severity("heavy", 1.2816, 2, 0.3),
)
TYPICAL = 1


def need_at(constants: Constants, weight_class: int, severity: Severity) -> float:
    """Return the sessions of a first year that such a patient needs."""
    maximum = float(constants.guideline_maximum[PROFILE_3 + weight_class])
    return first_year_need(maximum, constants.need_share, constants.need_sigma, severity.score)


@dataclass(frozen=True)
class Provider:
    """A therapist of given motives and theory under one contract.

    Attributes:
        rewards: What the contract rewards at one insurer.
        constants: Parameters of the intake.
        rho: Weight on profit over patient benefit.
        norm: Strength of the professional norm, EUR per session of deviation.
        theory: Theory of behaviour (``model.codes``).
        habit: What the regular contract of history rewarded; needed by inertia and target income.
        lacking: Share of its usual income that a practice lacks (target income).
    """

    rewards: Rewards
    constants: Constants
    rho: float
    norm: float
    theory: int = DEFAULT
    habit: Rewards | None = None
    lacking: float = 0.0

    @property
    def seen(self) -> Rewards:
        """What the therapist reckons with: out of habit, the regular contract of history."""
        return self.habit if self.theory == INERTIA and self.habit is not None else self.rewards

    def pay(self, weight_class: int, need: float) -> float:
        """Return what one more individual session brings, EUR."""
        return self._pay(self.rewards, weight_class, need)

    def _pay(self, r: Rewards, weight_class: int, need: float) -> float:
        c = self.constants
        return float(r.session[weight_class, INDIVIDUAL]) + stop_loss_session(
            need, r.reference[INDIVIDUAL], c.cost_cv, r.attachment, r.stop_share
        )

    def gap(self, weight_class: int, stage: int, need: float) -> float:
        """Return the income gap felt with an honestly graded patient, EUR a year."""
        if self.habit is None:
            return 0.0
        return gap_felt(self.lacking, self.income(self.habit, weight_class, stage, need), 0.0)

    def sessions(self, weight_class: int, need: float, stage: int = 1) -> float:
        """Return the sessions planned in a first year."""
        r, c = self.seen, self.constants
        rho, fee = crowded_rho(self.rho, r.crowding), self._pay(r, weight_class, need)
        accepted = c.patient_limit * need
        most, gap = min(c.most, accepted), self.gap(weight_class, stage, need)
        sessions = sessions_under(
            self.theory, need, rho, self.norm, fee, c.cost, c.curvature,
            r.outcome_pay[weight_class], r.floor, most, most, gap, c.cost, c.decay,
        )  # fmt: skip
        contacts = max(c.least_contacts, float(r.least_contacts))
        stretched = stretches_under(
            self.theory, 0.25 * sessions, contacts, float(r.quarter[weight_class, INTENSIVE]), rho,
            4.0 * c.curvature, fee, c.cost, 0.25 * accepted, gap,
        )  # fmt: skip
        return 4.0 * contacts if stretched else sessions

    def accepts(self, weight_class: int, stage: int, need: float) -> float:
        """Return the chance of accepting a patient while slots are ample and others have room."""
        r, c = self.seen, self.constants
        sessions = self.sessions(weight_class, need, stage)
        return acceptance_under(
            self.theory, self.income(r, weight_class, stage, sessions), sessions, need, c.most,
            outside_option(c.outside_option, 1.0, 0.0), crowded_rho(self.rho, r.crowding),
            c.curvature, c.cost, c.decay, c.reservation, c.precision,
        )  # fmt: skip

    def grades_too_heavy(self, weight_class: int, need: float, moral_cost: float) -> bool:
        """Return whether a patient at the border ends up on file in the heaviest class."""
        r, c = self.seen, self.constants
        gain = float(r.grading[weight_class, HEAVIEST])
        choice = grading_under(
            self.theory, gain, gain * c.hidden_share, crowded_rho(self.rho, r.crowding),
            float(r.expected_loss), moral_cost, self.gap(weight_class, 1, need),
        )  # fmt: skip
        return gain > 0.0 and choice != HONEST

    def profit(self, weight_class: int, stage: int, need: float) -> float:
        """Return the profit that acceptance is decided on, EUR a year (the intake apart)."""
        return self.income(
            self.rewards, weight_class, stage, self.sessions(weight_class, need, stage)
        )

    def income(self, r: Rewards, weight_class: int, stage: int, sessions: float) -> float:
        """Return what a first year of so many sessions brings above its variable cost, EUR."""
        c = self.constants
        fixed = float(r.fixed[weight_class, stage])
        fixed += stop_loss_pay(
            sessions, r.reference[INDIVIDUAL], c.cost_cv, r.attachment, r.stop_share
        )
        return fixed + (float(r.session[weight_class, INDIVIDUAL]) - c.cost) * sessions


@dataclass(frozen=True)
class Refusal:
    """A range of need in which a provider that looks at profit only refuses.

    Attributes:
        above, below: Its ends, sessions a year; None where it has no end.
        share: Share of the patients of the weight class in it.
    """

    above: float | None
    below: float | None
    share: float


def refusals(
    provider: Provider, weight_class: int, needs: np.ndarray, profits: np.ndarray, least: float
) -> tuple[Refusal, ...]:
    """Return the ranges of need in which the profit stays below what the slot is worth."""

    def surplus(need: float) -> float:
        return provider.profit(weight_class, SEVERITIES[TYPICAL].stage, need) - least + NIL

    refuses = profits - least + NIL < 0.0
    turns = np.flatnonzero(refuses[1:] != refuses[:-1])
    ends = [float(brentq(surplus, needs[k], needs[k + 1], xtol=1e-6)) for k in turns]
    bounds: list[float | None] = [None, *ends, None] if refuses[0] else [*ends, None]
    found = (
        Refusal(above, below, _share_between(provider.constants, weight_class, above, below))
        for above, below in zip(bounds[0::2], bounds[1::2], strict=False)
    )
    return tuple(one for one in found if one.share >= NOBODY)


def _share_between(
    constants: Constants, weight_class: int, above: float | None, below: float | None
) -> float:
    """Return the share of a weight class with a need in a range (need is lognormal)."""
    sigma = constants.need_sigma
    median = need_at(constants, weight_class, SEVERITIES[TYPICAL])

    def upto(need: float) -> float:
        return normal_probability(math.log(need / median) / sigma)

    return (1.0 if below is None else upto(below)) - (0.0 if above is None else upto(above))

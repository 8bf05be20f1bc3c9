"""Practices and their therapists: where they are, how large, and what drives them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from agents.behaviours.default import loglogistic_quantile, moral_cost_scale, profit_weight
from model.parameters import ParameterSet
from model.population import Size, regions_of
from model.randomness import stratified_draws, stream


@dataclass
class Practices:
    """Practices and their therapists as columns.

    Attributes:
        region: Region of each practice (sorted), shape (practices,).
        staff: Therapists of all kinds employed.
        large: 1 for five staff or more.
        capacity: Sessions a month kept for COPD, with the usual vacancies (``model.people``).
        cost_factor: Full cost against the mean practice.
        region_start: First practice of each region, shape (regions + 1,). The practices of a region
            stand evenly on a ring, in order (``agents.seeking.ring_distance``).
        rho, norm, own_moral_cost, keeps_guideline: Of who works there at the start, per therapist;
            therapist t works in practice t // per_practice. Who works there now: ``model.people``.
        theory_luck: Place of each post, 0 to 1, among theories of behaviour.
        in_network: Whether the practice belongs to the quality network.
        per_practice: Therapists who treat COPD, per practice.
    """

    region: np.ndarray
    staff: np.ndarray
    large: np.ndarray
    capacity: np.ndarray
    cost_factor: np.ndarray
    region_start: np.ndarray
    rho: np.ndarray
    norm: np.ndarray
    own_moral_cost: np.ndarray
    keeps_guideline: np.ndarray
    theory_luck: np.ndarray
    in_network: np.ndarray
    per_practice: int

    @property
    def count(self) -> int:
        """Number of practices."""
        return self.region.size

    def groups(self, practices: int) -> np.ndarray:
        """Return the joint-contracting group of each practice: neighbours in the same region.

        Args:
            practices: Practices in a full group; the last of a region may be smaller.
        """
        place = np.arange(self.count) - self.region_start[self.region]
        group = self.region.astype(np.int64) * self.count + place // practices
        return np.unique(group, return_inverse=True)[1]


class Motives(NamedTuple):
    """What drives some therapists, one value each (``agents.drives``)."""

    rho: np.ndarray
    norm: np.ndarray
    own_moral_cost: np.ndarray
    keeps_guideline: np.ndarray


def motives(
    p: ParameterSet,
    kind: np.ndarray,
    motive: np.ndarray,
    norm: np.ndarray,
    moral: np.ndarray,
    guideline: np.ndarray,
) -> Motives:
    """Return what drives therapists, from their luck in (0, 1), one number each per argument.

    rho is lognormal with a point mass of pure professionals and one of strongly extrinsic
    therapists (clinical evidence, section 3.5); the norm is lognormal; the moral cost of misgrading
    is log-logistic (4.6) on the scale that reproduces ``upcode_share_at_border``.
    """
    rho = p.altruism_rho_median * np.exp(p.altruism_rho_sigma * ndtri(motive))
    rho = np.where(kind < p.share_pure_professional, p.rho_pure_professional, rho)
    rho = np.where(kind > 1.0 - p.share_strongly_extrinsic, p.rho_strongly_extrinsic, rho)
    scale, shape = moral_scale(p), p.upcode_loglogistic_shape
    return Motives(
        rho=rho,
        norm=p.norm_median * np.exp(p.norm_sigma * ndtri(norm)),
        own_moral_cost=np.array([loglogistic_quantile(u, scale, shape) for u in moral]),
        keeps_guideline=guideline < p.guideline_adherence_share,
    )


def make_practices(size: Size, p: ParameterSet, seed: int) -> Practices:
    """Draw practices and therapists."""
    n, regions = size.practices, regions_of(size, p)

    def luck(name: str, count: int = n) -> np.ndarray:
        return stratified_draws(stream(seed, f"practice {name}"), count)

    large = (luck("size") >= p.small_practice_share).astype(np.int8)
    mean_staff = np.where(large == 1, p.staff_large_practice, p.staff_small_practice)
    staff = np.maximum(1.0, mean_staff * (1.0 + p.staff_spread * (2.0 * luck("staff") - 1.0)))
    region = (np.arange(n) * regions) // n
    per_practice = int(p.copd_therapists_per_practice)
    therapists = n * per_practice
    drawn = motives(
        p,
        luck("motive kind", therapists),
        luck("motive", therapists),
        luck("norm", therapists),
        luck("moral cost", therapists),
        luck("guideline", therapists),
    )
    sd = p.practice_cost_log_sd
    monthly_sessions = p.copd_physio_patients * p.sessions_per_patient_year_mean / 12.0 / size.scale
    return Practices(
        region=region,
        staff=staff,
        large=large,
        capacity=monthly_sessions * (1.0 + p.capacity_slack) * staff / staff.sum(),
        cost_factor=np.exp(sd * ndtri(luck("cost")) - 0.5 * sd * sd),
        region_start=np.searchsorted(region, np.arange(regions + 1)),
        **drawn._asdict(),
        theory_luck=luck("theory", therapists),
        in_network=luck("quality network") < p.network_practice_share,
        per_practice=per_practice,
    )


def moral_scale(p: ParameterSet) -> float:
    """Return the scale of the moral cost of misgrading, EUR a year (see ``moral_cost_scale``)."""
    return moral_cost_scale(
        p.upcode_share_at_border,
        p.upcode_loglogistic_shape,
        profit_weight(p.altruism_rho_median),
        p.upcode_reference_step,
    )

"""Choosing a practice: each of the nearest few has a weight, and a lot decides."""

from typing import TYPE_CHECKING

from agents.seeking import appeal, first_considered, reputation, ring_distance

from .patient import ReferencePatient
from .providers import ReferencePractice

if TYPE_CHECKING:
    from .model import ReferenceModel


def of_region(model: "ReferenceModel", region: int) -> list[ReferencePractice]:
    """Return the practices of a region in the order in which they stand on its ring."""
    return [practice for practice in model.practices if practice.region == region]


def considered(model: "ReferenceModel", patient: ReferencePatient) -> list[ReferencePractice]:
    """Return the nearest practices of a person's region, as many as a patient weighs."""
    ring = of_region(model, patient.region)
    most = min(int(model.p.practices_considered), len(ring))
    start = first_considered(patient.place, len(ring), most)
    model.happened["not every practice considered"] += most < len(ring)
    return [ring[(start + step) % len(ring)] for step in range(most)]


def distance(
    model: "ReferenceModel", patient: ReferencePatient, practice: ReferencePractice
) -> float:
    """Return the distance from a person to a practice of the own region, km."""
    ring = of_region(model, patient.region)
    return ring_distance(patient.place, ring.index(practice), len(ring), model.p.practice_spacing)


def nearest_distance(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the distance to the nearest practice, km."""
    return min(distance(model, patient, practice) for practice in of_region(model, patient.region))


def wait_nearby(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the wait a person expects, months: that of the practices weighed, by their staff."""
    near = considered(model, patient)
    return sum(one.staff * one.wait for one in near) / sum(one.staff for one in near)


def choose_practice(
    model: "ReferenceModel", patient: ReferencePatient, decision: str, without: int = -1
) -> int:
    """Return the practice chosen, in proportion to its weight.

    Args:
        model: The model.
        patient: The patient.
        decision: Name of the decision, for its luck.
        without: Practice that has just refused or let the patient wait: another, if there is one.
    """
    p = model.p
    near = considered(model, patient)
    if len(near) > 1:
        near = [practice for practice in near if practice.number != without]
    weights = [
        appeal(
            practice.staff,
            distance(model, patient, practice),
            p.choice_per_km,
            practice.wait,
            p.choice_per_month_wait,
            practice.reputation,
            p.choice_per_reputation,
        )
        for practice in near
    ]
    wanted = patient.luck(decision) * sum(weights)
    passed = 0.0
    for practice, weight in zip(near, weights, strict=True):
        passed += weight
        if passed > wanted:
            model.happened["not the nearest practice"] += practice is not min(
                near, key=lambda one: distance(model, patient, one)
            )
            return practice.number
    return near[-1].number


def renew_reputations(model: "ReferenceModel") -> None:
    """Let it be known how the patients of last year felt."""
    national = model.books.register.all_of("gpe")
    mean = national.total / national.count if national.count else 0.0
    for practice in model.practices:
        own = [
            sums
            for (indicator, number, _), sums in sorted(model.books.register.of_account.items())
            if indicator == "gpe" and number == practice.number
        ]
        practice.reputation = reputation(
            sum(one.total for one in own),
            sum(one.count for one in own),
            mean,
            model.p.kpi_icc_practice,
        )
        model.happened["reputation"] += practice.reputation != 0.0

"""December: every practice's year is entered in the panel, as it is seen and as it is."""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import POLICY_CONTRACT, WAITING
from model.panel import ROW, WATCHED, PanelYear
from model.randomness import draws, normal_draws, stream
from model.register import CCQ_CHANGE, START_IN_TIME, of_practices

if TYPE_CHECKING:
    from model.simulation import World

#: What claims show as it is, per treated patient: column of the tally, its units in one of ours.
_CLAIMED = {
    "admissions": ("admissions", 1.0),
    "sessions": ("sessions", 1.0),
    "total_cost": ("total_care", 100.0),
    "spending": ("paramedical", 100.0),
}


def note_year(world: "World", satisfaction: np.ndarray) -> None:
    """Add the year to the panel of a world; changes no life.

    Args:
        world: The world, in December, before the tallies are cleared.
        satisfaction: Job-satisfaction index per practice.
    """
    tally, books = world.tally, world.books
    treated = np.flatnonzero(tally.sessions[: world.rows] > 0)
    # Who holds the contract is looked at as it stands in December, whoever paid the last quarter.
    practice, insurer = world.care.treated_by[treated], world.person.insurer[treated]
    on_contract = world.contract_of == POLICY_CONTRACT
    count = world.practices.count

    def per_practice(weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(practice, weights, count).astype(float)

    patients = per_practice()
    seen_total, seen_count = np.zeros((2, len(WATCHED), count))
    for watched, (column, units) in _CLAIMED.items():
        seen_total[ROW[watched]] = per_practice(getattr(tally, column)[treated] / units)
        seen_count[ROW[watched]] = patients
    true_total, true_count = seen_total.copy(), seen_count.copy()

    access = ROW["start_in_time"]
    seen_count[access], seen_total[access] = of_practices(books.register, START_IN_TIME)
    waits = world.care.practice[world.care.status == WAITING]
    true_total[access] = world.practice_tally.in_time
    true_count[access] = world.practice_tally.sought + np.bincount(waits, minlength=count)

    burden = ROW["burden_fall"]
    seen_count[burden], seen_total[burden] = of_practices(books.register, CCQ_CHANGE)
    true_total[burden] = world.practice_tally.fall
    true_count[burden] = world.practice_tally.followed

    joy = ROW["satisfaction"]
    active = world.practice_tally.sessions > 0
    true_total[joy], true_count[joy] = np.where(active, satisfaction, 0.0), active
    answers, told = _survey(world, satisfaction)
    seen_total[joy], seen_count[joy] = np.where(active & answers, told, 0.0), active & answers

    spending = int(tally.paramedical.sum())
    ceiling = world.macro_ceiling() if world.policy_holds else 0
    world.panel.append(
        PanelYear(
            year=world.year,
            joined=on_contract.any(axis=1),
            under=per_practice(on_contract[practice, insurer].astype(float)),
            patients=patients,
            seen_total=seen_total,
            seen_count=seen_count,
            true_total=true_total,
            true_count=true_count,
            spending=spending,
            ceiling=ceiling,
            # A clawback brings spending back to the ceiling; that it was needed is in the books.
            overrun=world.policy_holds and (spending > ceiling or books.overrun_rate > 0.0),
        )
    )


def _survey(world: "World", satisfaction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which practices answer the yearly survey on job satisfaction, and what they say."""
    p, count = world.p, satisfaction.size
    answers = draws(stream(world.seed, "answer survey", world.month), count)
    noise = normal_draws(stream(world.seed, "survey noise", world.month), count)
    return answers < p.survey_response_share, satisfaction + p.survey_noise_sd * noise

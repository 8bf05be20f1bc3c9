"""Phase (December): therapists leave or stay as the year has pleased them; posts are filled."""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.career import leaving_chance
from model.month.practice_year import practice_year
from model.parameters import ParameterSet
from model.people import capacity
from model.randomness import draw, stream
from model.rules import allocating_phase

if TYPE_CHECKING:
    from model.simulation import World

Constants = namedtuple("Constants", "turnover slope fill_chance")


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    return Constants(
        turnover=p.therapist_turnover,
        slope=p.turnover_per_satisfaction_point,
        fill_chance=p.vacancy_fill_chance,
    )


@allocating_phase
def _careers(
    in_post: np.ndarray,
    satisfaction: np.ndarray,
    active: np.ndarray,
    reference: float,
    per_practice: int,
    c: Constants,
    luck_leave: np.uint64,
    luck_fill: np.uint64,
    left: np.ndarray,
) -> np.ndarray:
    """Let therapists leave, count them, and return which posts a newcomer takes up."""
    left[:] = 0
    taken_up = np.zeros(in_post.size, dtype=np.bool_)
    for post in range(in_post.size):
        practice = post // per_practice
        if in_post[post]:
            # A year without COPD patients says nothing of the work with them.
            own = satisfaction[practice] if active[practice] > 0.0 else reference
            if draw(luck_leave, post) < leaving_chance(c.turnover, own, reference, c.slope):
                in_post[post] = False
                left[practice] += 1
        if not in_post[post] and draw(luck_fill, post) < c.fill_chance:
            taken_up[post] = True
    return taken_up


def change_people(world: "World") -> None:
    """Run the phase on a world.

    Satisfaction is that of the practice in the year that ends. Who leaves has gone by January; a
    post is filled by then, or stands empty for at least a year.
    """
    month, seed, people = world.month, world.seed, world.people
    people.staffed[:] = people.filled(world.practices.per_practice)
    year = practice_year(world)
    active = year["active"]
    known = people.usual_satisfaction[0] > 0.0
    if active.any() and not (world.policy_holds and known):
        people.usual_satisfaction[0] = year["satisfaction"].sum() / active.sum()
    taken_up = _careers(
        people.in_post,
        year["satisfaction"],
        active,
        people.usual_satisfaction[0],
        world.practices.per_practice,
        world.constants["people"],
        stream(seed, "leave the practice", month),
        stream(seed, "fill a vacancy", month),
        people.left,
    )
    people.take_up(np.flatnonzero(taken_up), world.p, seed, month)
    world.capacity = capacity(world.practices, people, world.p)

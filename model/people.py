"""People: who works in the practices now, in which post, and what drives them.

A post keeps its number, and patients stay with the post: until a newcomer arrives, colleagues and
locums treat them in the leaver's way.
"""

from dataclasses import dataclass, fields

import numpy as np

from agents.career import vacancies_in_balance, working_share
from model.parameters import ParameterSet
from model.practices import Practices, motives
from model.randomness import draws, stratified_draws, stream


@dataclass
class People:
    """Posts for therapists who treat COPD; post t belongs to practice t // per_practice.

    Attributes:
        rho, norm, own_moral_cost, keeps_guideline: Of who holds the post, or held it last
            (``model.practices.Practices``).
        in_post: Whether the post is filled.
        staffed: Posts that were filled this year, per practice.
        left: Therapists who left this December, per practice.
        usual_satisfaction: Mean job satisfaction of the last year before the policy, (1,); 0 while
            it is not known.
    """

    rho: np.ndarray
    norm: np.ndarray
    own_moral_cost: np.ndarray
    keeps_guideline: np.ndarray
    in_post: np.ndarray
    staffed: np.ndarray
    left: np.ndarray
    usual_satisfaction: np.ndarray

    @staticmethod
    def first(practices: Practices, p: ParameterSet, seed: int) -> "People":
        """Return who works at the start; vacancies are in balance."""
        vacant = vacancies_in_balance(p.therapist_turnover, p.vacancy_fill_chance)
        luck = stratified_draws(stream(seed, "practice vacancy"), practices.rho.size)
        return People(
            rho=practices.rho.copy(),
            norm=practices.norm.copy(),
            own_moral_cost=practices.own_moral_cost.copy(),
            keeps_guideline=practices.keeps_guideline.copy(),
            in_post=luck >= vacant,
            staffed=np.zeros(practices.count, dtype=np.int64),
            left=np.zeros(practices.count, dtype=np.int64),
            usual_satisfaction=np.zeros(1),
        )

    def copy(self) -> "People":
        """Return people whose lives continue from here."""
        return People(*(getattr(self, field.name).copy() for field in fields(self)))

    def filled(self, per_practice: int) -> np.ndarray:
        """Return the filled posts of each practice, shape (practices,)."""
        return self.in_post.reshape(-1, per_practice).sum(axis=1)

    def take_up(self, posts: np.ndarray, p: ParameterSet, seed: int, month: int) -> None:
        """Let newcomers take up posts: drawn like everybody else, by luck of the post and month."""
        luck = (
            draws(stream(seed, f"newcomer {name}", month), posts)
            for name in ("motive kind", "motive", "norm", "moral cost", "guideline")
        )
        drawn = motives(p, *luck)
        for name, values in drawn._asdict().items():
            getattr(self, name)[posts] = values
        self.in_post[posts] = True


def capacity(practices: Practices, people: People, p: ParameterSet) -> np.ndarray:
    """Return the sessions a month for which each practice has people, shape (practices,).

    Of the room it keeps for COPD, the part that is staffed now, against a country whose vacancies
    are in balance: the room was fitted to how soon patients get in with the vacancies there are.
    """
    filled = people.filled(practices.per_practice) / practices.per_practice
    vacant = vacancies_in_balance(p.therapist_turnover, p.vacancy_fill_chance)
    usual = working_share(1.0 - vacant, p.vacancy_cover_share)
    return practices.capacity * working_share(filled, p.vacancy_cover_share) / usual

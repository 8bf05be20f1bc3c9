"""Words for robust contracts: how an objective is judged, and what reads the same."""

from experiments.answers.robust import Objective
from experiments.number_format import Language
from experiments.screen import number
from experiments.texts import texts
from model.outcomes import BY_ID

#: With fewer draws a tenth of them is less than two: the value judged by lies close to the worst.
FEWEST_FOR_TENTH = 20


def judged(draws: int, language: Language) -> str:
    """Return by what an objective is judged (``Objective.worst``), in so many draws."""
    key = "few" if draws < FEWEST_FOR_TENTH else "many"
    return texts(language)(f"robust.judged.{key}", draws=draws)


def reads(objective: Objective, value: float) -> str:
    """Return a value as the table shows it: what reads the same is a tie."""
    return number(BY_ID[objective.measure], value, True, "en")


def counted(key: str, count: int, language: Language, **values: object) -> str:
    """Return a text in the singular if there is one of what it counts."""
    return texts(language)(f"{key}.one" if count == 1 else key, **values)

"""What each role decides in each round, and what it costs of the role's room to negotiate.

The questions are data (``questions.yaml``): four roles, four rounds, one question each. An option
adds clauses, sets levers of the registry, or says who signs. A choice stays open for change in
later rounds, as long as everything that a role has chosen fits its points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from experiments.number_format import Language
from model.parameters import Label

#: Roles, in the order of the table.
ROLES = ("insurer", "practices", "federation", "ministry")
ROUNDS = 4
#: Points of every role for all four rounds together: enough for the dearest option of two rounds.
POINTS = 5

_FILE = Path(__file__).with_name("questions.yaml")

#: What a role has chosen: option by question.
Choices = Mapping[str, str]


@dataclass(frozen=True)
class Option:
    """One answer.

    Attributes:
        id: Name, unique within its question.
        points: What it costs of the role's points.
        label: What people read.
        add: Clauses added to the contract of the table.
        set: Levers set.
        participation: Who signs.
        regulator: Whether the regulator acts; empty for as usual.
    """

    id: str
    points: int
    label: Label
    add: tuple[dict[str, Any], ...] = ()
    set: Mapping[str, float] = field(default_factory=dict)
    participation: Mapping[str, Any] = field(default_factory=dict)
    regulator: str = ""

    def text(self, language: Language) -> str:
        """Return what people read."""
        return getattr(self.label, language)


@dataclass(frozen=True)
class Question:
    """What one role decides in one round.

    Attributes:
        id: Name, e.g. ``insurer_1``.
        role: Of ``ROLES``.
        round: From 1.
        text: The question.
        why: What hangs on it, in a sentence.
        options: Answers; the first holds while nobody has chosen, and costs nothing.
    """

    id: str
    role: str
    round: int
    text: Label
    why: Label
    options: tuple[Option, ...]

    @property
    def usual(self) -> Option:
        """What holds while nobody has chosen."""
        return self.options[0]

    def option(self, id_: str | None) -> Option:
        """Return an option by name; the usual one if there is none of that name."""
        return next((one for one in self.options if one.id == id_), self.usual)


@cache
def questions() -> tuple[Question, ...]:
    """Return all questions: by round, then by role."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        _question(role, number, data[role][number - 1])
        for number in range(1, ROUNDS + 1)
        for role in ROLES
    )


def open_to(role: str, number: int) -> tuple[Question, ...]:
    """Return the questions of a role in a round: the new one last, earlier ones to change."""
    return tuple(one for one in questions() if one.role == role and one.round <= number)


def cost(role: str, choices: Choices) -> int:
    """Return the points that a role's choices cost."""
    return sum(
        one.option(choices.get(one.id)).points for one in questions() if one.role == role
    )  # fmt: skip


def checked(role: str, number: int, choices: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a form a role may decide in a round: known questions and options only."""
    found: dict[str, str] = {}
    if not isinstance(choices, Mapping):  # a browser may send anything
        return found
    for one in open_to(role, number):
        given = choices.get(one.id)
        if any(option.id == given for option in one.options):
            found[one.id] = str(given)
    return found


def _question(role: str, number: int, data: dict[str, Any]) -> Question:
    options = tuple(
        Option(
            str(one["id"]), int(one["points"]), Label(en=one["en"], nl=one["nl"]),
            tuple(one.get("add", ())), one.get("set", {}), one.get("participation", {}),
            one.get("regulator", ""),
        )
        for one in data["options"]
    )  # fmt: skip
    return Question(
        f"{role}_{number}", role, number, Label(**data["question"]), Label(**data["why"]), options
    )

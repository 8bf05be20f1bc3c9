"""What the page Room says, as plain data: no Solara here."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.game.questions import ROLES, Choices, open_to, questions
from dashboards.game.rooms import CLOSED, OPEN, RIVERS, TICKET, RefusedError, Room
from dashboards.texts import texts
from experiments.number_format import Language


def refusal(error: RefusedError, language: Language) -> str:
    """Return why something cannot be done, as a sentence."""
    t = texts(language)
    values = dict(error.values_)
    role = values.get("role")
    if role is not None:
        values["role"] = t(f"game.role.{role}")
    return t(f"game.refused.{error.key}", **values)


def phase_key(room: Room) -> str:
    """Return the text that says where a room stands after its first round was opened."""
    return "game.phase.over" if room.over else f"game.phase.{room.phase}"


def ticket(given: Any) -> str:
    """Return a ticket that a browser kept, or nothing if it is none."""
    text = str(given or "")
    return text if TICKET.fullmatch(text) else ""


def form(role: str, number: int, language: Language) -> list[dict[str, Any]]:
    """Return the questions of a form, the new one first."""
    t = texts(language)
    return [
        {
            "id": one.id, "text": getattr(one.text, language), "why": getattr(one.why, language),
            "options": [
                {
                    "id": option.id, "text": option.text(language), "points": option.points,
                    "cost": t("game.points", points=option.points),
                }
                for option in one.options
            ],
        }
        for one in reversed(open_to(role, number))
    ]  # fmt: skip


def start(role: str, number: int, chosen: Choices, done: bool) -> dict[str, str]:
    """Return what a form begins with: earlier choices, and the new question without an answer.

    Args:
        role: Role.
        number: Open round.
        chosen: What the table holds now.
        done: Whether the role has decided in this round already.
    """
    return {
        one.id: one.option(chosen.get(one.id)).id
        for one in open_to(role, number)
        if done or one.round < number
    }


def own_choices(
    role: str, number: int, chosen: Choices, language: Language
) -> list[tuple[str, str]]:
    """Return a role's questions with what holds."""
    return [
        (getattr(one.text, language), one.option(chosen.get(one.id)).text(language))
        for one in open_to(role, number)
    ]


def all_choices(
    number: int, chosen: Sequence[Mapping[str, str]], language: Language
) -> list[tuple[str, ...]]:
    """Return per question what holds at each table."""
    t = texts(language)
    return [
        (
            f"{t(f'game.role.{one.role}')}: {getattr(one.text, language)}",
            *(one.option(table.get(one.id)).text(language) for table in chosen),
        )
        for role in ROLES
        for one in questions()
        if one.role == role and one.round <= number
    ]


def overview(
    room: Room, seated: set[tuple[int, str]], decided: set[tuple[int, str]], language: Language
) -> list[tuple[str, ...]]:
    """Return per table and role whether somebody sits there and has decided."""
    t = texts(language)

    def state(seat: tuple[int, str]) -> str:
        if room.phase in (OPEN, CLOSED) and seat in decided:
            return t("game.state.decided")
        return t("game.state.seated") if seat in seated else t("game.state.empty")

    return [(RIVERS[team], *(state((team, role)) for role in ROLES)) for team in range(room.teams)]

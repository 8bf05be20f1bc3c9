"""What was decision and what was chance: the same contracts under other luck.

A table that was best once may have been lucky. Under other luck the tables share their luck again,
so the difference between two of them, seed by seed, is decision; its interval is what chance leaves
open. What other assumptions would say stands beside it and is never mixed with chance.

A worker process works it out (``told``), as intervals need SciPy; the server keeps and shows it.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dashboards.game.rooms import RIVERS
from dashboards.game.rounds import MEASURES, Found
from dashboards.game.scores import best, word
from dashboards.texts import texts
from experiments import number_format as nf
from experiments.amounts import shown, signed_change
from experiments.number_format import LANGUAGES, Language
from model.outcomes import BY_ID


@dataclass(frozen=True)
class Debrief:
    """A debrief as plain data.

    Attributes:
        sentences: Per measure, whether the lead was decision or may have been chance.
        columns, rows: Per table and measure the difference with fee per session: mean, interval of
            chance, interval of assumptions.
    """

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Debrief":
        """Return a debrief as it was kept: JSON knows lists only."""
        rows = tuple(tuple(row) for row in data["rows"])
        return cls(tuple(data["sentences"]), tuple(data["columns"]), rows)


@dataclass(frozen=True)
class Lead:
    """How firm the lead of a table is.

    Attributes:
        teams: Tables that were best in the round; empty if all were alike.
        kept: Under how many other lucks one of them, and no other, is best.
        worlds: Other lucks.
        clear: Whether chance alone can hardly explain the lead over the next table.
        assumed: Under how many other assumptions one of them, and no other, is best.
        sets: Other assumptions.
    """

    teams: tuple[int, ...]
    kept: int
    worlds: int
    clear: bool
    assumed: int
    sets: int


def lead(
    played: Found, luck: Sequence[Found], assumptions: Sequence[Found], measure: str
) -> Lead:  # fmt: skip
    """Return how firm the lead on one measure is.

    Args:
        played: The round as it was played.
        luck: The same contracts under other luck.
        assumptions: The same contracts under other assumptions.
        measure: Of the board.
    """
    teams = best(played, measure)
    others = [team for team in played if team >= 0 and team not in teams]

    def held(worlds: Sequence[Found]) -> int:
        # Where another table is just as good, the lead is gone.
        found = (set(best(one, measure)) for one in worlds)
        return sum(bool(leading) and leading <= set(teams) for leading in found)

    clear = bool(teams and others) and any(
        all(_clearly_better(luck, measure, mine, other) for other in others) for mine in teams
    )
    return Lead(
        tuple(teams), held(luck), len(luck), clear, held(assumptions), len(assumptions)
    )  # fmt: skip


def _clearly_better(worlds: Sequence[Found], measure: str, mine: int, other: int) -> bool:
    low, high = chance([one[mine][measure] - one[other][measure] for one in worlds])
    return low > 0.0 if BY_ID[measure].better == "higher" else high < 0.0


def chance(effects: Sequence[float]) -> tuple[float, float]:
    """Return the 95% interval of a mean over lucks."""
    from experiments.intervals import monte_carlo_interval

    return monte_carlo_interval(np.array(effects))


def assumed(effects: Sequence[float]) -> tuple[float, float]:
    """Return the middle 90% over assumptions."""
    from experiments.intervals import parameter_interval

    return parameter_interval(np.array(effects))


def told(
    played: Found, luck: Sequence[Found], assumptions: Sequence[Found]
) -> dict[Language, dict[str, Any]]:  # fmt: skip
    """Return the debrief of a round in every language, as plain data.

    Runs in a worker process.
    """
    return {
        language: asdict(debrief(played, luck, assumptions, language)) for language in LANGUAGES
    }  # fmt: skip


def debrief(
    played: Found, luck: Sequence[Found], assumptions: Sequence[Found], language: Language
) -> Debrief:  # fmt: skip
    """Return the debrief of a round in words and numbers."""
    t = texts(language)
    sentences = [
        _sentence(measure, lead(played, luck, assumptions, measure), language)
        for measure in MEASURES
    ]
    rows = []
    for measure in MEASURES:
        declared = BY_ID[measure]
        for team in sorted(team for team in played if team >= 0):
            own, drawn = (
                [one[team][measure] - one[-1][measure] for one in worlds]
                for worlds in (luck, assumptions)
            )
            rows.append(
                (
                    f"{getattr(declared, language)}: {RIVERS[team]}",
                    shown(declared, played[team][measure], language),
                    signed_change(declared, float(np.mean(own)), language),
                    *(_range(measure, ends, language) for ends in (chance(own), assumed(drawn))),
                )
            )
    columns = tuple(
        t(key)
        for key in ("game.debrief.what", "game.debrief.played", "game.debrief.difference",
                    "band.chance", "band.assumptions")
    )  # fmt: skip
    return Debrief(tuple(sentences), columns, tuple(rows))


def _range(measure: str, ends: tuple[float, float], language: Language) -> str:
    if math.isnan(ends[0]):
        return nf.number(ends[0], language)
    low, high = (signed_change(BY_ID[measure], end, language) for end in ends)
    return nf.between(low, high, language)


def _sentence(measure: str, found: Lead, language: Language) -> str:
    t, name = texts(language), getattr(BY_ID[measure], language)
    if not found.teams:
        return t("game.leader.none", measure=name)
    return t(
        "game.lead.decision" if found.clear else "game.lead.chance", measure=name,
        teams=nf.listing([RIVERS[team] for team in found.teams], language),
        word=word(measure, language),
        kept=found.kept, worlds=found.worlds, assumed=found.assumed, sets=found.sets,
    )  # fmt: skip

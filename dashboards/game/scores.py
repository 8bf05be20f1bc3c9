"""The board: every table on several measures, best per measure in words and a shape.

There is no total and no winner: what is best for the insurer need not be for the patient.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.game.rooms import RIVERS
from dashboards.game.rounds import MEASURES, Found
from dashboards.texts import texts
from experiments import number_format as nf
from experiments.amounts import shown
from experiments.number_format import Language
from model.outcomes import BY_ID

#: Shape beside the best of a measure; the word beside it says the same.
SHAPE = "◆"


@dataclass(frozen=True)
class Board:
    """A board as plain data.

    Attributes:
        columns: Heads: table, then measures with what is best of them.
        rows: One per table, then fee per session.
        leaders: In words, per measure which table is best.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    leaders: tuple[str, ...]


def best(found: Found, measure: str, language: Language = "en") -> list[int]:
    """Return the tables that are best on a measure: as shown, so no invisible differences.

    Nobody is best where all are alike.
    """
    values = {
        team: of[measure] for team, of in found.items() if team >= 0 and not math.isnan(of[measure])
    }
    if not values:
        return []
    pick = max if BY_ID[measure].better == "higher" else min
    top = shown(BY_ID[measure], pick(values.values()), language)
    leading = [
        team for team, value in values.items() if shown(BY_ID[measure], value, language) == top
    ]
    return [] if len(leading) == len(values) and len(values) > 1 else leading


def word(measure: str, language: Language) -> str:
    """Return "lowest" or "highest", whichever is marked on the board."""
    side = "higher" if BY_ID[measure].better == "higher" else "lower"
    return texts(language)(f"game.best.{side}")


def board(found: Found, language: Language) -> Board:
    """Return the board of one round."""
    t = texts(language)
    leading = {measure: best(found, measure, language) for measure in MEASURES}

    def cell(team: int, measure: str) -> str:
        text = shown(BY_ID[measure], found[team][measure], language)
        return f"{text} {SHAPE} {word(measure, language)}" if team in leading[measure] else text

    teams = sorted(team for team in found if team >= 0)
    rows = [(RIVERS[team], *(cell(team, measure) for measure in MEASURES)) for team in teams]
    rows.append((t("game.fee"), *(cell(-1, measure) for measure in MEASURES)))
    return Board(
        (t("game.table"), *(_head(measure, language) for measure in MEASURES)),
        tuple(rows),
        tuple(_leader(measure, leading[measure], language) for measure in MEASURES),
    )


def _head(measure: str, language: Language) -> str:
    """Return the name of a measure, with its unit where the numbers do not show it."""
    declared = BY_ID[measure]
    name = getattr(declared, language)
    if "/" not in declared.unit or declared.unit.startswith("EUR"):
        return name
    return f"{name} ({declared.unit_nl if language == 'nl' else declared.unit})"


def _leader(measure: str, teams: Sequence[int], language: Language) -> str:
    t, name = texts(language), getattr(BY_ID[measure], language)
    if not teams:
        return t("game.leader.none", measure=name)
    rivers = nf.listing([RIVERS[team] for team in teams], language)
    return t("game.leader", measure=name, word=word(measure, language), teams=rivers)


def budget(found: Found, team: int, language: Language) -> str:
    """Return in words how a table's spending stands to fee per session under the same luck."""
    t = texts(language)
    spent, fee = (found[k]["paramedical_spending"] for k in (team, -1))
    share = spent / fee - 1.0
    percent = f"{abs(100.0 * share):.0f}"
    if percent == "0":
        return t("game.budget.same")
    return t("game.budget.over" if share > 0.0 else "game.budget.under", percent=percent)

"""Phase (January): the regulator evaluates the experiment on what was seen up to last year.

It comes before the year's contracts, so that what it decides holds from this January: a stop leaves
nothing to sign, and an adjusted price is the price that practices look at when they sign.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.regulator import (
    ADJUST,
    FINDINGS,
    NO_VERDICT,
    STOP,
    VERDICTS,
    WORSE,
    finding,
    growth_is_flagged,
    lowered,
    neutral_spending,
    verdict,
)
from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.estimates import Estimate, estimates
from model.panel import ROW, WATCHED, PanelYear, Watched, held, sample

if TYPE_CHECKING:
    from model.simulation import World

MONTHS_PER_YEAR = 12

#: Watches on the country as a whole, beside what is compared between practices: growth of sessions
#: per treated patient since the last year before the policy, and spending against the framework.
SESSIONS_GROWTH, MACRO_FRAMEWORK = "national_sessions_growth", "macro_framework"
NATIONAL = "national"
FLAGGED, WITHIN = "flagged", "within"

#: One line of an evaluation.
#:
#: year: Year evaluated. indicator: ``model.panel.WATCHED``, or a national watch. method:
#: ``model.estimates``, or national. estimate, standard_error, low, high, identified: As there.
#: mean: Value of those who joined, afterwards. margin: Worsening that is accepted, in the unit of
#: the indicator. joined, others: Practices compared. finding: What this line says. verdict: What
#: was decided on the year. price_factor: Factor on the bundle price from this January on.
Line = namedtuple(
    "Line",
    "year indicator method estimate standard_error low high identified mean margin joined others "
    "finding verdict price_factor",
)
COLUMNS = Line._fields


def evaluate_year(world: "World") -> None:
    """Run the phase on a world: judge last year, and act if the policy says so."""
    if world.month <= world.contract_month:
        return  # also where another contract has just taken the place of one: it is not judged
    year = world.year - 1
    joined, _ = held(world.panel, year, _first_year(world))
    lines = _compared(world, year) if joined.any() else []
    decided = _decide(world, lines)
    word = VERDICTS[decided] if joined.any() else NO_VERDICT
    if world.policy.regulator_acts:
        _act(world, decided, lines)
    factor = world.regulator.price_factor
    lines += _watches(world.panel, year, world.span.policy_year, world.regulator.terms.growth)
    world.evaluations.append(
        pd.DataFrame(
            [line._replace(verdict=word, price_factor=factor) for line in lines], columns=COLUMNS
        )
    )


def _first_year(world: "World") -> int:
    """Return the first year of the contract that is judged."""
    return world.span.policy_year + (world.contract_month - world.policy_month) // MONTHS_PER_YEAR


def _compared(world: "World", year: int) -> list[Line]:
    """Return what the practices that hold the contract say, against the others."""
    terms = world.regulator.terms
    lines = []
    for watched in WATCHED:
        seen = sample(world.panel, watched, year, _first_year(world))
        known = seen.joined & np.isfinite(seen.after) & (seen.weight > 0)
        weight = np.where(known, seen.weight, 0.0)
        mean = float((weight * np.where(known, seen.after, 0.0)).sum() / max(1.0, weight.sum()))
        margin = world.p[watched.margin] if watched.margin else 0.0
        for found in estimates(
            seen.joined, seen.others, seen.before, seen.after, seen.change, seen.weight,
            fewest=terms.fewest, level=terms.confidence,
        ):  # fmt: skip
            neutral = neutral_spending(mean, found.estimate) if watched.money else 1.0
            lines.append(_line(watched, year, found, mean, margin * neutral))
    return lines


def _line(watched: Watched, year: int, found: Estimate, mean: float, margin: float) -> Line:
    """Return one estimate with what it says."""
    said = FINDINGS[finding(found.low, found.high, watched.worse, margin)]
    return Line(
        year, watched.id, found.method, found.estimate, found.standard_error, found.low, found.high,
        found.identified, mean, margin, found.joined, found.others, said, NO_VERDICT, 1.0,
    )  # fmt: skip


def _decide(world: "World", lines: list[Line]) -> int:
    """Return the verdict on the lines that can tell an effect from everything else."""
    worse = {line.indicator for line in _worse(lines)}
    judged = [watched for watched in WATCHED if watched.margin and watched.id in worse]
    harms = sum(not watched.money for watched in judged)
    has_price = world.contracts[-1].bundle is not None
    return verdict(harms, int(len(judged) > harms), int(has_price))


def _worse(lines: list[Line]) -> list[Line]:
    """Return the lines that can tell an effect, and find a worsening beyond the margin."""
    return [line for line in lines if line.identified and line.finding == FINDINGS[WORSE]]


def _act(world: "World", decided: int, lines: list[Line]) -> None:
    """Stop the experiment from this January, or lower the price of the bundle."""
    regulator = world.regulator
    if decided == STOP:
        regulator.stopped = True
        world.contract_of[world.contract_of == POLICY_CONTRACT] = REGULAR_CONTRACT
    elif decided == ADJUST:
        # By the larger overrun, of paramedical spending or of total cost. The price acts on
        # paramedical spending alone, so that is what a part of it is taken of.
        paid = next(line.mean for line in lines if line.indicator == "spending")
        regulator.price_factor = min(
            lowered(
                regulator.price_factor,
                found.estimate,
                neutral_spending(found.mean, found.estimate)
                if found.indicator == "spending"
                else paid,
                regulator.terms.most,
                regulator.terms.floor,
            )
            for found in _worse(lines)
            if WATCHED[ROW[found.indicator]].money
        )


def _watches(panel: list[PanelYear], year: int, policy_year: int, threshold: float) -> list[Line]:
    """Return the Zorginstituut's watch on sessions, and whether the framework was passed."""
    (last,) = [one for one in panel if one.year == year]
    lines = []
    growth = sessions_growth(panel, year, policy_year)
    if np.isfinite(growth):
        flagged = growth_is_flagged(growth, threshold)
        lines.append(_national(year, SESSIONS_GROWTH, growth, threshold, bool(flagged)))
    excess = framework_excess(panel, year)
    if np.isfinite(excess):
        lines.append(_national(year, MACRO_FRAMEWORK, excess, 0.0, last.overrun))
    return lines


def _national(year: int, watch: str, value: float, margin: float, flagged: bool) -> Line:
    unknown = float("nan")
    return Line(
        year, watch, NATIONAL, value, unknown, unknown, unknown, False, value, margin, 0, 0,
        FLAGGED if flagged else WITHIN, NO_VERDICT, 1.0,
    )  # fmt: skip


def sessions_growth(panel: list[PanelYear], year: int, policy_year: int) -> float:
    """Return the growth of sessions per treated patient since the year before the policy, share."""
    row = ROW["sessions"]
    per_patient = {
        one.year: one.seen_total[row].sum() / one.seen_count[row].sum()
        for one in panel
        if one.year in (policy_year - 1, year) and one.seen_count[row].sum() > 0
    }
    if len(per_patient) < 2 or per_patient[policy_year - 1] == 0.0:
        return float("nan")
    return float(per_patient[year] / per_patient[policy_year - 1] - 1.0)


def framework_excess(panel: list[PanelYear], year: int) -> float:
    """Return paramedical spending beyond the framework, share of the framework."""
    (last,) = [one for one in panel if one.year == year]
    return last.spending / last.ceiling - 1.0 if last.ceiling > 0 else float("nan")

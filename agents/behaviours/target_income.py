"""Target income: who earns less than used to makes up the gap, and no more.

Hypothesis: a provider wants a usual income and induces demand only as far as is needed to reach it
(Evans 1974, in The Economics of Health and Medical Care; McGuire and Pauly 1991, J Health Econ
10:385). The income is that of the practice: what the need of its patients of last year, honestly
graded, would have earned under the fee per session of the last year of history, against what it
earns under the contracts held now. A loss on one patient is offset by a gain on another; fewer
patients are no gap, for the contract did not make it.

Equation: of a usual income T the contracts leave Y at need, so the practice lacks the share
s = max(0, (T - Y) / T), and feels it with every patient in proportion to what the patient used to
bring: gap = s T_i, less what a heavier class on file or a cheaper mode already adds. Then
q = n + gap / (p - c), which is more sessions where p > c and fewer where p < c; without a gap, or
where a session brings nothing, need. If all patients are alike, gap = T_i - [F + (p - c) n].
Upcoding counts as a gain only up to the gap; another mode of session is taken, and care is
stretched to a paid threshold, only if there is one. Who brings in at least the reservation value is
accepted, because that helps to reach the income; who does not is weighed as in the default theory,
and so are the moral cost of misgrading and the width of a stretch.
"""

from agents.behaviours.default import HALF_A_CENT, margin
from model.rules import rule


@rule
def lacking_share(usual: float, at_need: float) -> float:
    """Return the share of its usual income that a practice lacks, 0 or more: (T - Y) / T.

    Args:
        usual: T, what the need of its patients earned under last history year's fee, EUR.
        at_need: Y, what it earns under the present contracts, EUR.
    """
    if usual <= 0.0 or usual - at_need < HALF_A_CENT:
        return 0.0
    return (usual - at_need) / usual


@rule
def gap_felt(lacking: float, used_to_bring: float, added: float) -> float:
    """Return the gap that is felt with one patient, EUR a year; never below zero.

    Args:
        lacking: Share of the usual income that the practice lacks (``lacking_share``).
        used_to_bring: What the patient's need brought under last history year's fee, EUR.
        added: What grading and mode bring above an honest class in the usual mode, EUR.
    """
    gap = lacking * used_to_bring - added
    return gap if lacking > 0.0 and gap >= HALF_A_CENT else 0.0


@rule
def shortfall(result: float, at_need: float, gap: float) -> float:
    """Return by how much a result falls short of the usual income, EUR; never below zero.

    What comes above the usual income is worth nothing to who wants no more than that.

    Args:
        result: Expected result at the sessions planned, EUR.
        at_need: Result if need were given, EUR.
        gap: Value of ``income_gap``: at need so much is lacking.
    """
    return max(0.0, at_need + gap - result) if gap > 0.0 else 0.0


@rule
def sessions_for_income(
    need: float, gap: float, fee: float, cost: float, floor: float, ceiling: float
) -> float:
    """Return the sessions that make up an income gap, sessions a year: n + gap / (p - c).

    Args:
        need: Patient-optimal sessions n.
        gap: Value of ``gap_felt``, EUR a year.
        fee: Marginal revenue of one more session, p.
        cost: Marginal cost of one more session, c.
        floor: Least share of need a quality clause demands.
        ceiling: Most sessions that can be given.
    """
    per_session = margin(fee, cost)
    wished = need + gap / per_session if per_session != 0.0 else need
    return min(ceiling, max(0.0, floor * need, wished))

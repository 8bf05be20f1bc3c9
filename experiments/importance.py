"""What an effect comes to, and how large it must be to matter: one margin and one rule for all.

Refining until clear, comparing theories, analysing a sweep, reports and pages all read it here. It
loads nothing heavy: the server of the dashboard reads effects by it too.
"""

from typing import Literal

from model.outcomes import Measure

Reading = Literal["equal", "small", "unclear", "better", "worse", "neither"]

#: The measure whose neutrality is a test of its own.
SPENDING = "paramedical_spending"

#: Practically nil: within half a percentage point for a share, and half a percent of the baseline
#: for other measures. What is counted in all patients with GOLD II or higher moves with the one in
#: twelve of them who is treated, so there a tenth of that.
NIL = 0.005
NIL_IN_COUNTRY = 0.0005
IN_COUNTRY = frozenset({"total_care_cost", "admissions", "deaths", "qalys"})


def nil_band(measure: Measure, baseline: float) -> float:
    """Return the size below which an effect is practically nil, in the unit of the measure."""
    if measure.is_share:
        return NIL
    return (NIL_IN_COUNTRY if measure.id in IN_COUNTRY else NIL) * abs(baseline)


def matters_from(measure: Measure, baseline: float) -> float:
    """Return the size from which an effect matters, in the unit of the measure.

    Of spending any difference does: the money added to the macro framework is itself hardly more
    than the margin would be.
    """
    return 0.0 if measure.id == SPENDING else nil_band(measure, baseline)


def is_nothing(chance: tuple[float, float], assumptions: tuple[float, float] | None) -> bool:
    """Return whether an effect is zero whatever the luck and the assumptions: 0 to 0 each."""
    return chance == (0.0, 0.0) and assumptions in (None, (0.0, 0.0))


def is_nil(interval: tuple[float, float], margin: float) -> bool:
    """Return whether a whole interval of effects lies within a margin of no importance."""
    return -margin <= interval[0] and interval[1] <= margin


def reading(
    measure: Measure,
    baseline: float,
    chance: tuple[float, float],
    assumptions: tuple[float, float] | None,
) -> Reading:
    """Return what an effect comes to, in one word.

    Args:
        measure: Of what.
        baseline: Its value without the policy.
        chance: Interval of the effect over luck, in the unit of the measure; not-a-number if
            unknown.
        assumptions: Interval over assumptions; None if they were not varied.

    Returns:
        "equal": nothing, whatever the luck and the assumptions. "small": chance and all, it is
        smaller than what matters (``matters_from``). "unclear": chance alone may explain it.
        Otherwise "better" or "worse", or "neither" where no direction is welcome.
    """
    if is_nothing(chance, assumptions):
        return "equal"
    if is_nothing(chance, None):
        return "unclear"  # only other assumptions make it anything
    if is_nil(chance, matters_from(measure, baseline)):
        return "small"
    if not (chance[0] > 0.0 or chance[1] < 0.0):
        return "unclear"
    if measure.better == "neither":
        return "neither"
    return "better" if (chance[0] > 0.0) == (measure.better == "higher") else "worse"

"""How large an effect must be to matter: the one margin below which every part calls it small.

Refining until clear, comparing theories, analysing a sweep and the pages all read it here. It
loads nothing heavy: the server of the dashboard reads effects by it too.
"""

from model.outcomes import Measure

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


def is_nil(interval: tuple[float, float], margin: float) -> bool:
    """Return whether a whole interval of effects lies within a margin of no importance."""
    return -margin <= interval[0] and interval[1] <= margin

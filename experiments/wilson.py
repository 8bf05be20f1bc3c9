"""Wilson's interval of a share in a few lines, for words that need no more than its two ends.

``experiments.intervals.share_interval`` gives the same for tables, by SciPy; a test compares. Words
are also written where SciPy is not loaded: by the server of the dashboard.
"""

import math
from statistics import NormalDist

LEVEL = 0.95


def wilson_interval(hits: int, of: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a probability estimated from ``of`` runs.

    Equation:
        (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

    Source:
        E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal
        of the American Statistical Association 22 (1927) 209-212.
    """
    if of == 0:
        return (0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2.0)
    share, part = hits / of, z * z / of
    half = z * math.sqrt(share * (1.0 - share) / of + part / (4.0 * of))
    middle = share + part / 2.0
    low, high = (middle - half) / (1.0 + part), (middle + half) / (1.0 + part)
    return (0.0 if hits == 0 else low, 1.0 if hits == of else high)

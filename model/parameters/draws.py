"""Latin hypercube draws over the uncertain parameters.

Each parameter owns a random generator seeded by the SHA-256 of its name together with the
seed, and shuffles its own strata. That is a Latin hypercube (every parameter has exactly
one draw in each of `count` equally likely strata) in which adding, removing or renaming one
parameter leaves the draws of all others as they were. One joint design would not do that.

Parameters are drawn independently. Shares that must add up to one (weight profiles, GOLD
stages, quarters) therefore have to be rescaled where they are used.
"""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from model.parameters.parameter import Parameter, ParameterError

if TYPE_CHECKING:
    import numpy as np


def check_design(count: object, seed: object) -> None:
    """Refuse a number of draws or a seed that cannot work."""
    for name, number, least in (("count", count, 1), ("seed", seed, 0)):
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            raise ParameterError(
                f"the {name} of a draw must be a whole number from {least}, not {number!r}"
            )


def draw_parameter(parameter: Parameter, count: int, seed: int) -> "np.ndarray":
    """Return `count` stratified draws of one parameter, in random order.

    Args:
        parameter: Parameter with a range.
        count: Number of draws, also the number of strata.
        seed: Seed of the whole design.

    Returns:
        Array of length `count`, inside the parameter's range.
    """
    import numpy as np  # numpy and scipy load only when somebody draws

    rng = np.random.default_rng(_parameter_seed(parameter.name, seed))
    quantiles = (rng.permutation(count) + rng.random(count)) / count
    numbers = distribution_of(parameter).ppf(quantiles)
    # Rounding in the inverse may step over the edge by one unit in the last place.
    out: np.ndarray = np.clip(numbers, parameter.low, parameter.high)
    return out


def _parameter_seed(name: str, seed: int) -> int:
    """Return a seed that depends on the name, not on Python's own (salted) hash."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "big")


@lru_cache(maxsize=512)
def distribution_of(parameter: Parameter) -> Any:
    """Return the scipy distribution of one parameter; kept, as making one takes a millisecond.

    Args:
        parameter: Parameter with a range; in its own unit.

    Raises:
        ParameterError: It has no range.
    """
    from scipy import stats

    low, high = parameter.low, parameter.high
    if low is None or high is None:
        raise ParameterError(f"'{parameter.name}' has no range to draw from ({parameter.place})")
    width = high - low
    if parameter.distribution == "triangular":
        return stats.triang(c=(parameter.value - low) / width, loc=low, scale=width)
    if parameter.distribution == "loguniform":
        return stats.loguniform(low, high)
    return stats.uniform(loc=low, scale=width)

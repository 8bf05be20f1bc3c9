"""Sampling: the points and the draws of a design, each made so that a larger design keeps them.

A finished run is never repeated, so a design that grows must keep what it had. A Latin hypercube
cannot grow; a row of them can. Draws and hypercube points therefore come in blocks that double
(20, 20, 40, 80, ... up to 1,280), each a Latin hypercube of its own. The first block of draws is
the one of ``zorgbundel compare``. Draws from a posterior take its rows in one fixed order through
all blocks, each row once before any is used again. Sobol sequences grow by themselves, and each
trajectory of a Morris design has a seed of its own.
"""

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from experiments.posteriors.draws import PRIOR, from_posterior
from experiments.sweeps.design import SweepDesign
from model.parameters import Registry
from model.parameters.draws import distribution_of, draw_parameter

#: Seed of the points of a sampler.
POINT_SEED = 1

FIRST_BLOCK, LARGEST_BLOCK = 20, 1_280

#: Levels of a Morris design (the usual choice: an even number, steps of two thirds).
MORRIS_LEVELS = 4


def block_of(k: int) -> tuple[int, int, int]:
    """Return number, start and size of the block that holds draw (or point) ``k``."""
    number, start, size = 0, 0, FIRST_BLOCK
    while k >= start + size:
        number, start = number + 1, start + size
        size = min(start, LARGEST_BLOCK)
    return number, start, size


def draw(
    k: int, names: tuple[str, ...], registry: Registry, source: str = PRIOR
) -> dict[str, float]:
    """Return draw ``k`` of the named uncertainties; ``source`` as for ``draw_table``."""
    from experiments.posteriors.draws import DRAW_SEED

    number, start, size = block_of(k)
    rows = _draw_block(DRAW_SEED + number, size, names, registry)
    prior = dict(zip(names, rows[k - start].tolist(), strict=True))
    return prior if source == PRIOR else from_posterior(k, prior, registry, DRAW_SEED, source)


@lru_cache(maxsize=16)
def _draw_block(seed: int, size: int, names: tuple[str, ...], registry: Registry) -> np.ndarray:
    """Return a block of draws, one row each: a plan reads it row by row."""
    rows = np.empty((size, len(names)))
    for k, name in enumerate(names):
        rows[:, k] = draw_parameter(registry[name], size, seed)
    return rows


def problem(design: SweepDesign, registry: Registry) -> dict:
    """Return the problem as SALib wants it, in quantiles (0 to 1) of each factor.

    Notes:
        Quantiles treat a lever and any distribution alike; ``points`` turns them into numbers. A
        sensitivity analysis takes this problem together with ``unit_points``.
    """
    names = design.sampled(registry)
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def unit_points(design: SweepDesign, registry: Registry) -> np.ndarray:
    """Return the points of a sampler in quantiles, shape (points, factors)."""
    described = problem(design, registry)
    count = design.samples or 0
    if design.sampling == "latin_hypercube":
        return _latin_hypercube(count, described["num_vars"])
    if design.sampling == "sobol":
        from SALib.sample import sobol

        return sobol.sample(described, count, calc_second_order=True, seed=POINT_SEED)
    from SALib.sample import morris

    return np.concatenate(
        [
            morris.sample(described, 1, num_levels=MORRIS_LEVELS, seed=POINT_SEED + k)
            for k in range(count)
        ]
    )


def _latin_hypercube(count: int, factors: int) -> np.ndarray:
    from scipy.stats import qmc

    parts, start = [], 0
    while start < count:
        number, start, size = block_of(start)
        sampler = qmc.LatinHypercube(factors, rng=np.random.default_rng([POINT_SEED, number]))
        parts.append(sampler.random(size))
        start += size
    return np.concatenate(parts)[:count]


def points(design: SweepDesign, registry: Registry) -> Iterator[dict[str, float]]:
    """Yield the points of a design: values of levers, and of uncertainties that are sampled."""
    names = design.sampled(registry)
    if design.sampling == "grid":
        for values in itertools.product(*design.levers.values()):
            yield dict(zip(names, values, strict=True))
        return
    unit = unit_points(design, registry)
    columns = [_scaled(design, registry, name, unit[:, k]) for k, name in enumerate(names)]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, map(float, values), strict=True))


def _scaled(design: SweepDesign, registry: Registry, name: str, unit: np.ndarray) -> np.ndarray:
    """Return quantiles as numbers: a lever is uniform, an uncertainty has its distribution."""
    if name in design.levers:
        low, high = design.levers[name]
        return np.clip(low + unit * (high - low), low, high)
    parameter = registry[name]
    return np.clip(distribution_of(parameter).ppf(unit), parameter.low, parameter.high)

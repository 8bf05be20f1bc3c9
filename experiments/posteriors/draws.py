"""Draws of the uncertain parameters: from their ranges, or from those that agree with the facts.

``prior``: every uncertainty from its own range, independently (``Registry.draw_table``).
``posterior``: all of them jointly, as in a run that agreed with the facts
(``experiments.posteriors.posterior``).
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from experiments.output import OutputError
from experiments.posteriors.stored_posterior import (
    StoredPosterior,
    checked_posterior,
    read_posterior,
)
from model.parameters import ParameterSet, Registry

PRIOR, POSTERIOR = "prior", "posterior"

#: Luck shared by all parameter draws, so that their spread shows assumptions and nothing else.
DRAW_SEED = 1


def draw_table(
    registry: Registry, count: int, seed: int, source: str = PRIOR
) -> dict[str, np.ndarray]:
    """Return draws of every uncertainty, as one array per name.

    Args:
        registry: Parameters.
        count: Number of draws.
        seed: Seed of the draws.
        source: "prior", "posterior" (the one that comes with the program), or the path of a
            posterior's CSV file.

    Raises:
        OutputError: The posterior cannot be read.
        ParameterError: It was made with other parameters.

    Notes:
        Where more draws are wanted than the posterior has, rows are used again, but only for the
        parameters that the facts bear on; the others are then drawn from their ranges.
    """
    table = {name: column.copy() for name, column in _prior(registry, count, seed).items()}
    if source == PRIOR:
        return table
    posterior = _posterior(registry, source)
    rows = _rows(len(posterior.table), count, seed)
    once = np.arange(count) < len(posterior.table)
    for name, column in posterior.table.items():
        own = once | (name in posterior.constrained)
        table[str(name)] = np.where(own, column.to_numpy()[rows], table[str(name)])
    return table


@lru_cache(maxsize=4)
def _prior(registry: Registry, count: int, seed: int) -> dict[str, np.ndarray]:
    """Return draws from the ranges; kept, because a server asks for the same ones all day."""
    return registry.draw_table(count, seed)


def from_posterior(
    k: int, prior: Mapping[str, float], registry: Registry, seed: int, source: str
) -> dict[str, float]:
    """Return draw ``k`` of a series without end: ``draw_table`` row by row, however many there are.

    Args:
        k: Number of the draw, from 0.
        prior: What is drawn, with the values that its ranges give in draw ``k``.
        registry: Parameters.
        seed: Seed of the order in which rows are used.
        source: "posterior" or the path of one.

    Raises:
        OutputError: The posterior cannot be read.
        ParameterError: It was made with other parameters.

    Notes:
        Draw ``k`` is row ``k`` of one fixed order of the posterior, so no two draws share a row
        until all are used. After that a row gives only what the facts bear on, as in
        ``draw_table``.
    """
    posterior = _posterior(registry, source)
    available = len(posterior.table)
    # Made for a power of two of rounds, which is cached, so that a long series costs little.
    rounds = 1 << (k // available).bit_length()
    row = int(_rows(available, rounds * available, seed)[k])
    names, numbers = posterior.given(tuple(prior), k < available)
    return {**prior, **dict(zip(names, numbers[row].tolist(), strict=True))}


def draws(registry: Registry, count: int, seed: int, source: str = PRIOR) -> list[ParameterSet]:
    """Return parameter sets, see ``draw_table``."""
    table = draw_table(registry, count, seed, source)
    return [
        registry.values({name: float(column[row]) for name, column in table.items()})
        for row in range(count)
    ]


def choose_source(registry: Registry, wanted: str | None) -> tuple[str, str]:
    """Return where draws come from, and a sentence if that is not what one would expect.

    Args:
        registry: Parameters.
        wanted: What the user asked for; None for the shipped posterior if it fits the parameters.

    Raises:
        OutputError: What the user asked for cannot be read.
        ParameterError: It was made with other parameters.
    """
    if wanted is not None:
        if wanted != PRIOR:
            checked_posterior(registry, _path(wanted))
        return wanted, ""
    try:
        fits = read_posterior(_path(POSTERIOR)).fits(registry)
    except OutputError as error:
        return PRIOR, f"Draws come from the ranges of the parameters (prior): {error}"
    if fits:
        return POSTERIOR, ""
    return PRIOR, (
        "Draws come from the ranges of the parameters (prior): the posterior that comes with the "
        "program was made with other parameters ('zorgbundel calibration --posterior' makes one)."
    )


def usual_source(registry: Registry) -> str:
    """Return where draws come from if nobody says: the shipped posterior if it fits, or prior."""
    return choose_source(registry, None)[0]


def source_hash(source: str) -> str:
    """Return the SHA-256 of the posterior that draws come from; empty for the prior."""
    return "" if source == PRIOR else read_posterior(_path(source)).sha256


def _path(source: str) -> Path:
    from experiments.posteriors import stored_posterior

    return stored_posterior.SHIPPED if source == POSTERIOR else Path(source)


def _posterior(registry: Registry, source: str) -> StoredPosterior:
    """Return a posterior that fits; one that was read stays in memory until its file changes."""
    path = _path(source)
    try:
        about = path.stat()
    except OSError:
        return checked_posterior(registry, path)  # which says what is wrong
    return _kept_posterior(registry, path, (about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=4)
def _kept_posterior(registry: Registry, path: Path, of: tuple[int, int]) -> StoredPosterior:
    return checked_posterior(registry, path)


@lru_cache(maxsize=8)
def _rows(available: int, count: int, seed: int) -> np.ndarray:
    """Return which rows of a posterior to use: all once, in random order, before any twice."""
    start = int.from_bytes(hashlib.sha256(f"{seed}:posterior".encode()).digest()[:16], "big")
    rng = np.random.default_rng(start)
    rounds = -(-count // available)
    return np.concatenate([rng.permutation(available) for _ in range(max(rounds, 1))])[:count]

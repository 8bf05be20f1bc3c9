"""Luck: one stream per decision and month, indexed by person.

Two worlds with the same seed give every person the same luck in every decision, whatever else
happens in those worlds, so a difference between them is caused by policy (design.md, section 6).
A draw depends on four things only: the seed, the *name* of the decision, the month and the person.
Nothing is consumed: asking twice gives the same number, not asking changes nothing.

The generator is SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195): the person's
number is the counter, the hash of (seed, decision, month) the starting state.
"""

import hashlib
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from model.rules import rule

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TWO_POW_MINUS_53 = 1.0 / 9007199254740992.0

#: The month number for luck that is drawn once in a life (traits, not events).
ONCE = -1


@lru_cache(maxsize=1 << 14)  # a world and its twin ask for the same
def stream(seed: int, decision: str, month: int = ONCE) -> np.uint64:
    """Return the stream of one decision in one month.

    Uses SHA-256 rather than ``hash()``, which differs between processes.

    Args:
        seed: Seed of the world.
        decision: Name of the decision, for example ``"attack"``.
        month: Month number (0 is the first simulated month), or ``ONCE`` for traits.
    """
    digest = hashlib.sha256(f"{seed}|{decision}|{month}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))


@rule
def draw(stream_key: np.uint64, person: int) -> float:
    """Return the uniform number in (0, 1) that belongs to one person in one stream.

    Args:
        stream_key: Value of ``stream`` (unsigned 64-bit).
        person: Row number of the person, 0 or higher; kept for life.
    """
    z = np.uint64(stream_key) + (np.uint64(person) + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    z = z ^ (z >> np.uint64(31))
    return (float(z >> np.uint64(11)) + 0.5) * _TWO_POW_MINUS_53


@rule
def _draw_each(stream_key: np.uint64, persons: np.ndarray) -> np.ndarray:
    out = np.empty(persons.size)
    for k in range(persons.size):
        out[k] = draw(stream_key, persons[k])
    return out


def draws(stream_key: np.uint64, persons: int | np.ndarray) -> np.ndarray:
    """Return the draws of persons 0 to ``persons`` - 1, or of the persons listed, in one stream."""
    listed = np.arange(persons) if isinstance(persons, int) else np.asarray(persons)
    return _draw_each(stream_key, listed.astype(np.int64))


def normal_draws(stream_key: np.uint64, persons: int | np.ndarray) -> np.ndarray:
    """Return standard normal draws, made from ``draws`` by the inverse distribution function."""
    out: np.ndarray = ndtri(draws(stream_key, persons))
    return out


def stratified_draws(stream_key: np.uint64, count: int) -> np.ndarray:
    """Return ``count`` uniforms that fill (0, 1) evenly, in random order.

    Each of ``count`` equal slices holds exactly one number. Traits drawn this way have (nearly)
    exact shares in any sample: a tenth of the country is then a *stratified* tenth.
    """
    if count == 0:
        return np.empty(0)
    jitter = draws(stream_key ^ _GOLDEN, count)
    out: np.ndarray = (ranks(draws(stream_key, count)) + jitter) / count
    return out


@rule
def ranks(uniforms: np.ndarray) -> np.ndarray:
    """Return the rank of each of some numbers in (0, 1), from 0, shape (numbers,).

    Numbers spread evenly are nearly in order once dropped into as many equal buckets; inside
    a bucket an insertion sort does the rest. Four times faster than sorting at 40,000.
    """
    count = uniforms.size
    start = np.zeros(count + 1, dtype=np.int64)
    for k in range(count):
        start[min(int(uniforms[k] * count), count - 1) + 1] += 1
    for bucket in range(count):
        start[bucket + 1] += start[bucket]
    order, filled = np.empty(count, dtype=np.int64), start[:-1].copy()
    for k in range(count):
        bucket = min(int(uniforms[k] * count), count - 1)
        place = filled[bucket]
        while place > start[bucket] and uniforms[order[place - 1]] > uniforms[k]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
        filled[bucket] += 1
    out = np.empty(count, dtype=np.int64)
    for place in range(count):
        out[order[place]] = place
    return out

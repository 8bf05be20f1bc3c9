"""A fingerprint of everything that a world goes on from: equal means the same state.

With it a saved run need not store its state: run again from its manifest, the world proves to be
the same one at every January (``zorgbundel branch``).
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from model.simulation import World

#: What a world goes on from, beside the standing of its agents and the ledger's totals.
STATE = (
    "month", "seed", "person", "health", "care", "tally", "practice_tally", "people", "conduct",
    "books", "claims", "intakes", "rewards", "access", "maxima", "load", "capacity", "contract_of",
    "practice_deferred", "waits", "reputations", "offer_factor", "won", "self_paid", "prices",
    "bundle_prices", "side_payment", "contract_month", "barred_until", "supplement",
    "quarter_minutes", "panel",
)  # fmt: skip


def state_fingerprint(world: World) -> str:
    """Return a SHA-256 over the state of a world."""
    digest = hashlib.sha256()
    for name in STATE:
        digest.update(name.encode())
        _add(digest, getattr(world, name))
    _add(digest, world.p.fingerprint())
    _add(digest, [insurer.offers for insurer in world.insurers])
    _add(digest, [practice.willing for practice in world.practice_agents])
    _add(digest, [world.regulator.stopped, world.regulator.price_factor])
    _add(digest, [contract.audit_rate for contract in world.contracts])
    if world.former is not None:
        _add(digest, [world.former.prices, world.former.minutes, world.former.supplement])
    digest.update(world.ledger.totals().to_csv(index=False).encode())
    return digest.hexdigest()


def _add(digest, value: Any) -> None:
    """Add a value with all its parts, in a fixed order.

    Raises:
        TypeError: It is of a kind that has no parts and no fixed text.
    """
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif value is None or isinstance(value, str | bool | int | float | np.generic):
        digest.update(repr(value.item() if isinstance(value, np.generic) else value).encode())
    elif isinstance(value, Mapping):
        for key in sorted(value, key=repr):
            digest.update(repr(key).encode())
            _add(digest, value[key])
    elif isinstance(value, list | tuple):
        digest.update(f"{len(value)}:".encode())
        for part in value:
            _add(digest, part)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            digest.update(part.name.encode())
            _add(digest, getattr(value, part.name))
    else:
        raise TypeError(f"{type(value).__name__} has no fingerprint")

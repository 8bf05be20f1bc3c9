"""Run the engine beside the reference without compiling, while working on either.

    NUMBA_DISABLE_JIT=1 python -m tests.reference.side_by_side "safeguarded, some"
    NUMBA_DISABLE_JIT=1 python -m tests.reference.side_by_side all

A world takes about two seconds instead of the half minute that compiling takes after an edit. The
compiled test (``test_identical_lives.py``) stays the proof: here whole numbers are 64 bits wide,
because NumPy's scalars overflow where numba widens them.
"""

import os
import sys
import time
import warnings

import numpy as np

from model import state
from tests.reference import compare
from tests.reference.settings import SEED, settings


def _wide(dtype: object) -> object:
    """Return the 64-bit type for whole numbers, and any other type as it is."""
    return "i8" if np.dtype(dtype).kind in "iu" else dtype


def _widen_columns() -> None:
    """Let every table of the world hold whole numbers of 64 bits."""
    for name, (kind, columns) in list(state.TABLES.items()):
        state.TABLES[name] = (
            kind,
            tuple(state.Column(c.name, _wide(c.dtype), c.unit, c.meaning) for c in columns),
        )


def _widened(world):
    """Return the world with all its tables and code columns widened."""
    for name in ("person", "health", "care", "tally", "practice_tally"):
        table = getattr(world, name)
        setattr(world, name, type(table)(*(one.astype(_wide(one.dtype)) for one in table)))
    for name in ("contract_of", "maxima"):
        setattr(world, name, getattr(world, name).astype("i8"))
    return world


def main(names: list[str]) -> int:
    """Run the named settings (or all quick ones) and print the first difference of each."""
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        print("Set NUMBA_DISABLE_JIT=1: this is the way that does not compile.", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    _widen_columns()
    engine = compare.World
    compare.World = lambda *args, **named: _widened(engine(*args, **named))
    known = settings()
    if names == ["all"]:
        names = [name for name, one in known.items() if not one.slow]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        print(f"Unknown: {unknown}. Choose from: all, {', '.join(known)}", file=sys.stderr)
        return 2
    different = 0
    for name in names:
        start, one = time.perf_counter(), known[name]
        p = one.parameters
        found = compare.run_both(p, one.policy, SEED, one.size(p), one.span).difference
        different += found is not None
        print(f"{name}: {found or 'identical'} ({time.perf_counter() - start:.1f} s)", flush=True)
    print(f"{different} of {len(names)} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

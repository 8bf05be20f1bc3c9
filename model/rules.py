"""What a *rule* is in this project.

A rule is one short pure function on plain numbers: an equation with its units and its source in
the docstring. It is written once. The month calls it for half a million patients, explanations and
the plain Mesa reference under ``tests/`` call the same function for one patient.

Rules are compiled, because the month is hot; compiled or not, they give the same numbers
(``fastmath`` stays off, so no operation is re-ordered). Calling one from Python costs about
a microsecond.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

_ROOT = Path(__file__).resolve().parent.parent
_SOURCES = ("model", "agents")


def _code_hash() -> str:
    """Return a hash of everything that is compiled, and of the compiler."""
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in _SOURCES:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return where compiled code is kept: a folder named after the code it was made from.

    Numba by itself renews a phase only when the phase's own file changes, not when a rule it calls
    in another file does: an edited equation would go on giving the old numbers.
    """
    name = _code_hash()
    shared = Path(tempfile.gettempdir()) / f"zorgbundel-numba-cache-{_user()}"
    for base in (_ROOT / ".numba-cache", shared):
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            # What is kept here is run: in a folder for everybody only our own is trusted.
            safe = base != shared or (not base.is_symlink() and base.stat().st_uid == _user())
            if safe and os.access(base, os.W_OK):
                return base / name
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="zorgbundel-"))


def _user() -> int:
    """Return the number of the user; 0 on systems that have none."""
    return os.getuid() if hasattr(os, "getuid") else 0


def _use_cache() -> None:
    """Keep compiled code beside the program; forget what older code left behind."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    folder = _cache_folder()
    if not folder.exists():
        others = sorted(folder.parent.glob("*"), key=lambda path: path.stat().st_mtime)
        for old in others[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined] # made at import


#: Compiled versions of older code that are kept, for those who switch to and fro.
_KEPT = 4

_use_cache()

#: Marks a pure scalar function as a rule (compiled, cached between runs, callable anywhere).
rule = numba.njit(cache=True, error_model="numpy")

#: Marks a loop over columns that makes a new array.
allocating_phase = numba.njit(cache=True, error_model="numpy")


def phase[Loop: Callable[..., Any]](loop: Loop) -> Loop:
    """Mark a loop over columns as a phase of the month. Phases call rules; rules never call phases.

    It writes into the arrays it is given and makes none, so numba need not count who holds them:
    with a hundred columns passed from loop to loop, counting took longer than treating the patient
    (docs/decisions/0020).
    """
    compiled: Loop = numba.njit(  # type: ignore[call-overload] # its types leave _nrt out
        cache=True, error_model="numpy", _nrt=False
    )(loop)
    return compiled

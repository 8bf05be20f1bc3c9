"""What a *rule* is in this project.

A rule is one short pure function on plain numbers: an equation with its units and its source in the
docstring. It is written once. The month calls it for half a million patients, ``zorgbundel explain``
and the plain Mesa reference under ``tests/`` call the same function for one patient.

Rules are compiled, because the month is hot; compiled or not, they give the same numbers
(``fastmath`` stays off, so no operation is re-ordered). Calling one from Python costs about
a microsecond.
"""

import numba

#: Marks a pure scalar function as a rule (compiled, cached between runs, callable anywhere).
rule = numba.njit(cache=True, error_model="numpy")

#: Marks a loop over columns as a phase of the month. Phases call rules; rules never call phases.
phase = numba.njit(cache=True, error_model="numpy")

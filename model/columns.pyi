"""How a type checker sees a named tuple whose columns are listed in a table; it never runs."""

from typing import Any, Self

import numpy as np

class Columns(tuple[np.ndarray, ...]):
    """A named tuple of arrays, one per column (``model.state``, ``model.rewards``)."""

    _fields: tuple[str, ...]

    def __new__(cls, *columns: np.ndarray, **named: np.ndarray) -> Self: ...
    def __getattr__(self, name: str) -> np.ndarray: ...
    def _replace(self, **columns: np.ndarray) -> Self: ...
    def _asdict(self) -> dict[str, Any]: ...

"""The numbers of one run: what the model reads, frozen."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from model.parameters.parameter import UnknownParameterError
from model.parameters.spelling import hint


class ParameterSet:
    """Immutable numbers by name, as attribute (`p.audit_rate`) or item (`p["audit_rate"]`).

    Notes:
        A set carries numbers only: no ranges, no labels. Ask the registry for those. It
        pickles, compares and hashes by content, so it can travel to worker processes.
    """

    __slots__ = ("_numbers",)

    _numbers: dict[str, float]

    def __init__(self, numbers: Mapping[str, float]) -> None:
        """Copy the numbers, each as a plain float, so that nobody can change them later."""
        copied = {name: float(number) for name, number in numbers.items()}
        object.__setattr__(self, "_numbers", copied)

    def __getattr__(self, name: str) -> float:
        """Return a number; a misspelt name says what was probably meant."""
        # Python asks for private names before a set is filled (copy, pickle): never look them up.
        if not name.startswith("_"):
            numbers = self._numbers
            if name in numbers:
                return numbers[name]
            raise AttributeError(f"there is no parameter '{name}'{hint(name, numbers)}")
        raise AttributeError(name)

    def __getitem__(self, name: str) -> float:
        """Return a number by name."""
        try:
            return self._numbers[name]
        except KeyError:
            message = f"there is no parameter '{name}'{hint(str(name), self._numbers)}"
            raise UnknownParameterError(message) from None

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse every change."""
        raise AttributeError(f"a parameter set cannot be changed ('{name}')")

    def __delattr__(self, name: str) -> None:
        """Refuse every removal."""
        raise AttributeError(f"a parameter set cannot be changed ('{name}')")

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._numbers)

    def __len__(self) -> int:
        """Return how many parameters there are."""
        return len(self._numbers)

    def __contains__(self, name: object) -> bool:
        """Return whether a name exists."""
        return name in self._numbers

    def __eq__(self, other: object) -> bool:
        """Return whether names and numbers are the same."""
        if not isinstance(other, ParameterSet):
            return NotImplemented
        return self._numbers == other._numbers

    def __hash__(self) -> int:
        """Return a hash that fits equality."""
        return hash(frozenset(self._numbers.items()))

    def __dir__(self) -> list[str]:
        """List the parameters too, for completion in an editor or notebook."""
        return [*super().__dir__(), *self._numbers]

    def __repr__(self) -> str:
        """Show size and fingerprint: 300 numbers help nobody."""
        return f"ParameterSet({len(self)} parameters, {self.fingerprint()[:12]})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by content."""
        return ParameterSet, (dict(self._numbers),)

    def to_dict(self) -> dict[str, float]:
        """Return a fresh dictionary of names and numbers."""
        return dict(self._numbers)

    def fingerprint(self) -> str:
        """Return the SHA-256 of all names and numbers, equal exactly when they are equal."""
        lines = (f"{name}={self._numbers[name]!r}" for name in sorted(self._numbers))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def replace(self, changes: Mapping[str, float]) -> "ParameterSet":
        """Return a copy with some values changed; unknown names raise."""
        for name in changes:
            self[name]
        return ParameterSet({**self._numbers, **changes})

"""A posterior on disk: the draws (CSV) and what they rest on (JSON beside it)."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.output import OutputError
from experiments.safe_files import MOST_CSV, read_json
from model.parameters import ParameterError, Registry
from model.parameters.safe_file import UnreadableError, read_bytes

#: The posterior that comes with the program.
SHIPPED = Path(__file__).parent / "shipped" / "posterior.csv"

#: Columns that a table of draws can have; there are some hundreds of parameters.
MOST_PARAMETERS = 5_000


@dataclass(frozen=True)
class StoredPosterior:
    """Draws with their provenance.

    Attributes:
        path: The CSV file.
        table: One row per draw, one column per parameter.
        about: What made it.
        sha256: Hash of the CSV file.
    """

    path: Path
    table: pd.DataFrame
    about: dict[str, Any]
    sha256: str

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The draws by parameter: a single number of them is quickly read."""
        return {str(name): column.to_numpy() for name, column in self.table.items()}

    @property
    def constrained(self) -> frozenset[str]:
        """Parameters that the facts bear on."""
        return frozenset(self.about["constrained"])

    def given(self, names: tuple[str, ...], whole: bool) -> tuple[tuple[str, ...], np.ndarray]:
        """Return which of these parameters its draws give, and their values with a row per draw.

        Args:
            names: Parameters wanted.
            whole: Whether all of a draw is meant, or only what the facts bear on.
        """
        if (names, whole) not in self._given:
            own = tuple(
                name
                for name in names
                if name in self.columns and (whole or name in self.constrained)
            )
            numbers = np.column_stack([self.columns[name] for name in own] or [self.table[[]]])
            self._given[names, whole] = own, numbers
        return self._given[names, whole]

    @cached_property
    def _given(self) -> dict[tuple[tuple[str, ...], bool], tuple[tuple[str, ...], np.ndarray]]:
        """What was asked of it before: a plan asks the same for every run."""
        return {}

    def fits(self, registry: Registry) -> bool:
        """Return whether it was made with these parameters."""
        return self.about.get("registry") == registry_fingerprint(registry)


def registry_fingerprint(registry: Registry) -> str:
    """Return a SHA-256 of every number, range, distribution and role: what a posterior rests on."""
    lines = (
        f"{p.name}={p.value!r} {p.low!r} {p.high!r} {p.distribution} {p.role}"
        for p in sorted(registry.all(), key=lambda p: p.name)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_posterior(path: Path) -> StoredPosterior:
    """Read a posterior.

    Raises:
        OutputError: It is missing, was changed after it was made, or is no posterior.
    """
    if not path.name:
        raise OutputError("The name of a posterior is empty.")
    beside = path.with_suffix(".json")
    try:
        body = read_bytes(path, MOST_CSV)
    except UnreadableError as error:
        raise OutputError(f"{path}: {error}.") from None
    try:
        about = read_json(beside)
    except UnreadableError as error:
        raise OutputError(
            f"{beside} is damaged: it is no posterior of this program ({error})."
        ) from None
    sha256 = hashlib.sha256(body).hexdigest()
    if not isinstance(about, dict) or about.get("kind") != "posterior":
        raise OutputError(f"{beside} is not about a posterior of this program.")
    constrained = about.get("constrained")
    if not isinstance(constrained, list) or not all(isinstance(one, str) for one in constrained):
        raise OutputError(f"{beside} is damaged: it is no posterior of this program.")
    if about.get("sha256") != sha256:
        raise OutputError(f"{path} was changed after it was made.")
    if body.partition(b"\n")[0].count(b",") > MOST_PARAMETERS:
        raise OutputError(f"{path} has more columns than there can be parameters.")
    try:
        table = pd.read_csv(BytesIO(body), dtype=float)
    except (ValueError, OverflowError, MemoryError):
        raise OutputError(f"{path} is damaged: it is no table of numbers.") from None
    if not len(table) or not np.isfinite(table.to_numpy()).all():
        raise OutputError(f"{path} holds no draws.")
    return StoredPosterior(path, table, about, sha256)


def checked_posterior(registry: Registry, path: Path) -> StoredPosterior:
    """Read a posterior and refuse one that was made with other parameters.

    Raises:
        OutputError: It cannot be read.
        ParameterError: It is stale.
    """
    posterior = read_posterior(path)
    if not posterior.fits(registry):
        raise ParameterError(
            f"the posterior {path.name} was made with other parameters than there are now; make it "
            "again with 'zorgbundel calibration --posterior', or use --draws-from prior."
        )
    return posterior

"""Patients: a Mesa agent that reads and writes one row of the columns."""

from typing import Any

import mesa
import numpy as np

from model.codes import ENTITLEMENT_CLASSES
from model.rules import rule

STATUSES = ("outside", "waiting", "treated")


@rule
def switches_insurer(luck: float, rate: float) -> bool:
    """Return whether a person takes another health insurer this January.

    Args:
        luck: Uniform number of the person this January.
        rate: Share of people with COPD who switch in a year; older insured switch less, and that is
            in the rate.
    """
    return luck < rate


@rule
def other_insurer(luck: float, own: int, shares_upto: np.ndarray) -> int:
    """Return the insurer that a person changes to: one of the others, by market share.

    Args:
        luck: Uniform number of the person this January.
        own: Insurer that is left.
        shares_upto: Running sum of the market shares, (insurers,).
    """
    before = shares_upto[own - 1] if own > 0 else 0.0
    share = shares_upto[own] - before
    place = luck * (shares_upto[-1] - share)
    if place >= before:
        place += share  # skip over the own insurer
    for insurer in range(shares_upto.size):
        if place < shares_upto[insurer] and insurer != own:
            return insurer
    return shares_upto.size - 1 if own < shares_upto.size - 1 else own - 1


class Patient(mesa.Agent):  # type: ignore[misc] # Mesa ships no types
    """One person with COPD, known by row number for life.

    Every column of ``model.state`` can be read and written as an attribute, for example
    ``patient.ccq`` or ``patient.need``; the columns stay the only copy of the truth.

    Attributes:
        row: Row number.
    """

    _TABLES = ("health", "care", "person", "tally")

    def __init__(self, model: mesa.Model, row: int) -> None:
        super().__init__(model)
        object.__setattr__(self, "row", row)

    def __getattr__(self, name: str) -> Any:
        """Read a column of this row."""
        if name.startswith("_") or name in ("model", "row"):
            raise AttributeError(name)
        for table in self._TABLES:
            columns = getattr(self.model, table)
            if name in columns._fields:
                return getattr(columns, name)[self.row].item()
        raise AttributeError(f"A patient has no column {name!r}.")

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a column of this row, or an attribute of the agent."""
        model = self.__dict__.get("model")
        if model is not None:
            for table in self._TABLES:
                columns = getattr(model, table, None)
                if columns is not None and name in columns._fields:
                    getattr(columns, name)[self.row] = value
                    return
        object.__setattr__(self, name, value)

    @property
    def stands(self) -> str:
        """Where the person stands towards physiotherapy, in a word."""
        return STATUSES[self.status]

    @property
    def class_name(self) -> str:
        """Entitlement class: A, B1, B2, C or D."""
        return ENTITLEMENT_CLASSES[self.entitlement_class]

"""One parameter: a number with its unit, range, role, source and evidence grade.

Every number of the model is written once, in a YAML file of this folder, with its birth
certificate. This module says what such an entry must look like.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from model.parameters.safe_file import one_line, short

# A target is a fact with its range that the baseline must reproduce: checked by
# ``zorgbundel calibration``, never read by the model, never varied.
Role = Literal["fact", "uncertainty", "lever", "target"]
Distribution = Literal["fixed", "uniform", "triangular", "loguniform"]
Kind = Literal["seed", "literature", "derived", "assumption"]
Grade = Literal["SF", "SF-q", "M", "A", "D", "seed", "calibrated"]

# The only place where a unit is made known. Keep it sorted by subject.
UNITS: tuple[str, ...] = (
    # money
    "EUR", "EUR/session", "EUR/intake", "EUR/quarter", "EUR/year", "EUR/patient",
    "EUR/patient-year", "per EUR", "EUR/event", "EUR/audit", "EUR/QALY", "EUR/session^2",
    "EUR/point", "EUR/point^2", "sessions/EUR",
    # care delivered
    "sessions", "sessions/week", "sessions/month", "sessions/year", "sessions/episode",
    "contacts", "classes", "minutes", "minutes/week", "hours", "hours/week", "hours/year", "count",
    "quarters", "responses",
    "inputs", "admissions/year", "days/year",
    # people and practices
    "patients", "patients/year", "deaths/year", "therapists", "practices", "regions",
    "registrations",
    # time
    "days", "month", "months", "year", "years",
    # rates, shares and shapes without dimension
    "share", "share/month", "share/year", "per patient-year", "percent", "ratio",
    "relative change", "log ratio", "elasticity", "correlation", "shape", "SD of log", "index",
    "boolean", "per CCQ point", "per km", "per month", "per EUR 100",
    # health
    "CAT points", "CCQ points", "CRQ points", "SGRQ points", "PREM points", "utility", "QALY/event",
    "m", "km", "litres", "mL/year", "mL/event", "steps/day",
)  # fmt: skip

CHOICES: dict[str, tuple[str, ...]] = {
    "unit": UNITS,
    "role": get_args(Role),
    "distribution": get_args(Distribution),
    "kind": get_args(Kind),
    "grade": get_args(Grade),
}

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True, pattern=r"\S")]


class ParameterError(ValueError):
    """A parameter file, name or value is wrong; the message is one sentence."""

    def __str__(self) -> str:
        """Return the bare sentence (KeyError, mixed in below, would add quotes)."""
        return one_line(str(self.args[0])) if self.args else ""


class UnknownParameterError(ParameterError, KeyError):
    """A parameter was asked for that nobody declared."""


class Label(BaseModel):
    """What people call the parameter, in English and in Dutch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Text
    nl: Text


class Entry(BaseModel):
    """A parameter as written in a YAML file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Number
    low: Number | None = None
    high: Number | None = None
    distribution: Distribution
    unit: str
    role: Role
    kind: Kind
    grade: Grade
    source: Text
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    note: Annotated[str, Field(strict=True)] = ""
    label: Label

    @model_validator(mode="after")
    def _check_consistency(self) -> "Entry":
        """Refuse an entry whose parts contradict each other."""
        if self.unit not in UNITS:
            raise _complaint("unit", f"unknown unit '{short(self.unit)}'")
        if (self.low is None) != (self.high is None):
            lone = "high" if self.low is None else "low"
            raise _complaint(lone, "'low' and 'high' must be given together")
        if self.low is None or self.high is None:
            self._check_without_range()
        else:
            self._check_range(self.low, self.high)
        return self

    def _check_without_range(self) -> None:
        if self.kind == "assumption":
            raise _complaint("kind", "an assumption needs a range ('low' and 'high')")
        if self.role != "fact":
            raise _complaint("role", f"role '{self.role}' needs a range ('low' and 'high')")
        if self.distribution != "fixed":
            raise _complaint("distribution", f"distribution '{self.distribution}' needs a range")

    def _check_range(self, low: float, high: float) -> None:
        if low > high:
            raise _complaint("low", f"low {low:g} is above high {high:g}")
        if low == high:
            raise _complaint("low", "low equals high; a fact is written without a range")
        if not low <= self.value <= high:
            raise _complaint("value", f"value {self.value:g} lies outside {low:g}..{high:g}")
        if self.role == "fact":
            raise _complaint("role", "a fact has no range; make it an uncertainty or a lever")
        if (self.distribution == "fixed") != (self.role == "target"):
            fixed = self.distribution == "fixed"
            fits = "does not go with" if fixed else "is not for a target with"
            raise _complaint("distribution", f"distribution '{self.distribution}' {fits} a range")
        if self.distribution == "loguniform" and low <= 0:
            raise _complaint("low", "distribution 'loguniform' needs a low above zero")


class Parameter(Entry):
    """A parameter that knows its name and where it was written."""

    name: str
    file: str
    line: int

    @property
    def has_range(self) -> bool:
        """Return whether the parameter may take another value than its default."""
        return self.low is not None

    @property
    def place(self) -> str:
        """Return file and line, for error sentences."""
        return f"{self.file}, line {self.line}"


def _complaint(key: str, message: str) -> PydanticCustomError:
    """Return a validation error that remembers which key it is about."""
    # Passed as a field, because pydantic would read braces in a message as a template.
    context: dict[str, Any] = {"key": key, "text": message}
    return PydanticCustomError("complaint", "{text}", context)

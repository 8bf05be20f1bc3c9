"""Levers: what a visitor can move, read from the parameter registry.

Label, unit, range and source are the parameter's own. Here stands only which levers belong
together, which are shown first, and how far one press of an arrow key goes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from experiments import number_format as nf
from experiments.number_format import Language
from model.parameters import Label, Parameter, Registry

#: Order of the conversation. What is in no group comes last, under "more".
GROUPS: Mapping[str, tuple[str, ...]] = {
    "payment": (
        "bundle_price_factor",
        "session_tariff_real_growth",
        "bundle_min_contacts_to_claim",
        "intensive_quarters",
        "intake_repeat_after_months",
    ),
    "requirements": (
        "kpi_withhold_share",
        "kpi_minimum_patients",
        "kpi_confidence",
        "session_floor_share",
    ),
    "risk": (
        "shared_savings_minimum_rate",
        "shared_savings_most",
        "coordination_lump_sum",
        "risk_equalisation_sees_bundle",
        "risk_equalisation_health_reward",
    ),
    "oversight": (
        "audit_rate",
        "audit_fine_multiple",
        "audit_detection_prob",
        "audit_rate_watched",
        "audit_cost",
    ),
}

#: Stated in a scenario, so that moving them here would change nothing.
NOT_HERE = (
    "practice_participation_share",
    "insurer_participation_share",
    "bundle_price_quarter_average_patient",
)

#: Presses of an arrow key from one end of a lever to the other, about.
_STEPS = 40
_WHOLE = {"contacts", "quarters", "patients", "months", "count", "practices", "boolean"}
_SHARES = {"share", "share/year", "share/month"}


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes:
        name: Parameter.
        label: What people call it.
        group: Key of ``GROUPS``, or "other".
        value, low, high: Where it stands usually, and its range.
        step: One press of an arrow key.
        unit: Unit of the parameter.
        source, grade, note: Where the number comes from.
    """

    name: str
    label: Label
    group: str
    value: float
    low: float
    high: float
    step: float
    unit: str
    source: str
    grade: str
    note: str

    def clamped(self, value: float) -> float:
        """Return the nearest value that the lever can have."""
        if self.unit in _WHOLE:
            value = float(round(value))
        return min(self.high, max(self.low, value))

    def shown(self, value: float, language: Language) -> str:
        """Return a value with its unit."""
        if self.unit in _SHARES:
            return nf.percentage(value, language, _decimals(100.0 * self.step))
        text = nf.number(value, language, _decimals(self.step))
        if self.unit.startswith("EUR"):
            return f"EUR {text}"
        return text

    def change(self, value: float, language: Language) -> str:
        """Return what was changed: ``Bundelprijs ... 1,00 → 1,05``."""
        label = getattr(self.label, language)
        return f"{label}: {self.shown(self.value, language)} → {self.shown(value, language)}"


def levers(registry: Registry) -> dict[str, Lever]:
    """Return every lever by name, in order of the conversation."""
    found = {
        parameter.name: parameter
        for parameter in registry.by_role("lever")
        if parameter.name not in NOT_HERE and parameter.low < parameter.high
    }
    named = [(name, group) for group, names in GROUPS.items() for name in names]
    placed = {name for name, _ in named}
    named += [(name, "other") for name in found if name not in placed]
    return {name: _lever(found[name], group) for name, group in named}


def _lever(parameter: Parameter, group: str) -> Lever:
    return Lever(
        name=parameter.name,
        label=parameter.label,
        group=group,
        value=parameter.value,
        low=parameter.low,
        high=parameter.high,
        step=1.0 if parameter.unit in _WHOLE else _step(parameter.high - parameter.low),
        unit=parameter.unit,
        source=parameter.source,
        grade=parameter.grade,
        note=parameter.note,
    )


def _step(width: float) -> float:
    """Return a round step (1, 2 or 5 times a power of ten) of about a fortieth of the range."""
    rough = width / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(k * power for k in (1.0, 2.0, 5.0, 10.0) if k * power >= rough * 0.999)


def _decimals(step: float) -> int:
    """Return the decimals that a step needs."""
    return max(0, -math.floor(math.log10(step) + 1e-9))

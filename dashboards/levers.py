"""Levers: what a visitor can move, read from the parameter registry.

Label, unit, range and source are the parameter's own. Here stands only which levers belong
together, which are shown first, and how far one press of an arrow key goes.
"""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

#: A number as people type it: sign, digits with one decimal mark, percent sign.
_TYPED = re.compile(
    rf"(?:EUR|€)?\s*([-+–{nf.MINUS}]?)\s*([0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)\s*(%?)", re.IGNORECASE
)
#: A mark between thousands; read as such only where values of a thousand and more occur.
_THOUSANDS = re.compile(r"(?<=[0-9])[.,](?=[0-9]{3}(?![0-9]))")
#: Longer texts are no number that anybody typed.
_LONGEST = 40


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

    def written(self, value: float, language: Language) -> str:
        """Return a value as it stands in a field to type in: unrounded, and ``read`` takes it."""
        share = self.unit in _SHARES
        amount, step = (100.0 * value, 100.0 * self.step) if share else (value, self.step)
        digits = f"{amount:.8f}".rstrip("0").partition(".")[2]
        text = nf.number(amount, language, max(len(digits), _decimals(step)))
        return text + "%" if share else text

    def read(self, given: Any) -> float | None:
        """Return the value that is meant; None if it is no number. It may be out of range.

        Args:
            given: A number in the unit of the parameter, as sliders send it; or a typed text in
                the unit that is shown, with the decimal mark of either language. For a share
                ``1``, ``1%`` and ``1,0 %`` are all one percent.
        """
        if isinstance(given, int | float):
            return float(given) if abs(given) <= sys.float_info.max else None
        if not isinstance(given, str) or len(given) > _LONGEST:
            return None
        text = _THOUSANDS.sub("", given) if self.high >= 1000.0 else given
        found = _TYPED.fullmatch(text.strip())
        if found is None:
            return None
        sign, digits, percent = found.groups()
        share = self.unit in _SHARES
        if percent and not share and self.unit != "ratio":
            return None
        size = float(digits.replace(",", ".")) / (100.0 if share or percent else 1.0)
        return round(-size if sign and sign != "+" else size, 10)

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

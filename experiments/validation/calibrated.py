"""Facts of fee per session that the calibration uses, or checks itself against."""

from experiments.calibration import TARGETS, Facts, Target, baseline_facts
from experiments.validation.pattern import CALIBRATED, Lab, Pattern, once
from model.parameters import load_registry

SHARE = 0.1

#: Of a unit in the registry, how a number of it is printed.
_UNITS = {"share": ("share", 1), "ratio": ("ratio", 2)}


@once
def facts(lab: Lab) -> Facts:
    """Return the facts of a tenth of the country under fee per session."""
    return baseline_facts(lab.p, SHARE * lab.size, lab.seed)


def _pattern(target: Target) -> Pattern:
    entry = load_registry()[target.parameter]
    unit, decimals = _UNITS.get(entry.unit, (entry.unit, 3 if abs(entry.value) < 2 else 0))
    return Pattern(
        target.id,
        CALIBRATED,
        entry.value if entry.low is None else entry.low,
        entry.value if entry.high is None else entry.high,
        entry.source,
        lambda lab: float(target.model(facts(lab))),
        unit,
        decimals,
        fitted=target.fitted,
        labels=(("en", entry.label.en), ("nl", entry.label.nl)),
    )


PATTERNS = tuple(_pattern(target) for target in TARGETS)

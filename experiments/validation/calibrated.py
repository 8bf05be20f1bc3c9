"""Facts of fee per session that the calibration uses, or checks itself against."""

from experiments.calibration import TARGETS, Facts, Target, baseline_facts
from experiments.validation.pattern import CALIBRATED, Lab, Pattern, once
from model.parameters import load_registry

SHARE = 0.1


def _decimals(size: float, is_share: bool) -> int:
    """Return how many digits show a number of this size (of the percentage, for a share)."""
    if is_share:
        return 1 if size >= 0.05 else 2
    return 3 if size < 2.0 else 1 if size < 100.0 else 0


@once
def facts(lab: Lab) -> Facts:
    """Return the facts of a tenth of the country under fee per session."""
    return baseline_facts(lab.p, SHARE * lab.size, lab.seed)


def _pattern(target: Target) -> Pattern:
    entry = load_registry()[target.parameter]
    return Pattern(
        target.id,
        CALIBRATED,
        entry.value if entry.low is None else entry.low,
        entry.value if entry.high is None else entry.high,
        entry.source,
        lambda lab: float(target.model(facts(lab))),
        entry.unit,
        _decimals(entry.value, entry.unit == "share"),
        fitted=target.fitted,
        labels=(("en", entry.label.en), ("nl", entry.label.nl)),
    )


PATTERNS = tuple(_pattern(target) for target in TARGETS)

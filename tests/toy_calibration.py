"""A calibration whose posterior is known: two parameters must add up to one; a third is idle."""

from experiments.calibration import Target
from experiments.posteriors import calibration_runs, posterior, posterior_command, posterior_report
from experiments.posteriors.calibration_runs import CalibrationResult
from model.parameters import Registry
from model.parameters.parameter import Parameter

#: Their sum must lie within 0.9 to 1.1, so that 1 - 0.9^2 = 19 % of the square agrees.
AGREEING = 0.19


def entry(name, role="uncertainty", value=0.5, low=0.0, high=1.0) -> Parameter:
    return Parameter(
        name=name, file="toy.yaml", line=1, value=value, low=low, high=high, role=role,
        distribution="fixed" if role == "target" else "uniform", unit="share", kind="assumption",
        grade="A", source="toy", label={"en": name, "nl": name},
    )  # fmt: skip


def toy_registry(high=1.0) -> Registry:
    entries = [
        entry("first", high=high), entry("second"), entry("idle"),
        entry("sum_target", "target", 1.0, 0.9, 1.1),
        entry("later_target", "target", 0.5, 0.0, 0.6),
    ]  # fmt: skip
    return Registry({one.name: one for one in entries})


TARGETS = (
    Target("sum", "sum_target", lambda f: f["sum"]),
    Target("later", "later_target", lambda f: f["idle"]),
)


def toy_facts(run):
    p = run.parameters
    values = {"sum": p.first + p.second, "later": p.idle}
    return CalibrationResult(run.wave, run.index, values)


def calibrate_the_toy(monkeypatch) -> Registry:
    """Calibrate the toy instead of the world; no target of it is measured in later years."""
    for module in (posterior, calibration_runs, posterior_report):
        monkeypatch.setattr(module, "TARGETS", TARGETS)
    monkeypatch.setattr(posterior, "KEPT_APART", ("later",))
    monkeypatch.setattr(posterior, "run_facts", toy_facts)
    registry = toy_registry()
    monkeypatch.setattr(posterior_command, "load_registry", lambda: registry)
    monkeypatch.setattr(posterior_command, "past_facts", lambda *_: {})
    return registry

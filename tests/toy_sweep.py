"""A sweep of eight runs in this process."""

from click.testing import CliRunner

from experiments.cli import main
from experiments.sweeps.design import SweepDesign
from model.parameters import load_registry

REGISTRY = load_registry()
SMALL = {
    "baseline": "fee_for_service_open", "policies": ("bundle_flat",), "share": 0.001, "years": 1,
    "seeds": 2, "draws": 2, "uncertainties": ("need_class_correlation",),
    "levers": {"bundle_price_factor": (0.9, 1.1)},
}  # fmt: skip


def design(**more):
    return SweepDesign.model_validate(SMALL | more, context={"registry": REGISTRY})


def run(*words):
    return CliRunner().invoke(main, ["sweep", *map(str, words)])

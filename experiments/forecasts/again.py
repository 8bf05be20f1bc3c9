"""Make a frozen forecast again, and say whether every number is the same."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from experiments.forecasts.files import read_forecast
from experiments.forecasts.freeze import MODEL, ForecastDesign, freeze, jobs
from experiments.forecasts.quantities import COMPARATOR
from experiments.manifest import code_fingerprint
from experiments.output import OutputError
from experiments.posteriors.draws import DRAW_SEED, source_hash
from experiments.progress_bar import following
from experiments.runner import warm_up_compiler
from model.parameters import Registry, load_registry
from scenarios.loader import load
from scenarios.schema import Scenario


def shown_freeze(
    design: ForecastDesign, scenario: Scenario, capped: Scenario, registry: Registry,
    workers: int | None, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    """Freeze a forecast and show how far it is (``experiments.forecasts.freeze.freeze``)."""
    total = len(jobs(design, scenario, capped, registry))
    with following(quiet, f"Simulating {total} x 2 worlds", total) as done:
        warm_up_compiler(registry.values(), {"one": scenario.policy(), "other": capped.policy()})
        return freeze(design, scenario, capped, registry, workers, done)


class _Design(BaseModel):
    """The design in a forecast, with the bounds of the command line."""

    draws: int = Field(ge=2, le=100_000)
    seeds: int = Field(ge=2, le=100_000)
    share: float = Field(gt=0.0, le=1.0)
    draws_from: str
    draw_seed: Literal[1] = DRAW_SEED


class _MadeFrom(BaseModel):
    """What a forecast must say of itself to be made again."""

    design: _Design
    scenario: dict[str, Any]
    comparator: Literal["fee_for_service_capped"]
    posterior: str


@dataclass(frozen=True)
class Again:
    """What came of making a forecast again.

    Attributes:
        numbers: Predictions in the file.
        different: How many of them are not exactly the same, or are missing on one side.
        model_changed: Whether model or agents have changed since.
    """

    numbers: int
    different: int
    model_changed: bool

    def sentence(self, path: Path) -> str:
        """Return what came of it, in words."""
        if not self.different:
            return f"Identical: all {self.numbers:,} predictions of {path} were made again."
        return f"Different: {self.different:,} of {self.numbers:,} predictions of {path} differ."


def forecast_again(path: Path, workers: int | None) -> Again:
    """Run what a frozen forecast says that it was made from, and compare every prediction.

    Raises:
        OutputError: It is no whole forecast, or its draws came from a posterior that has changed.
    """
    found = read_forecast(path)
    design, scenario = how_made(found, path)
    registry = load_registry()
    again = shown_freeze(
        design, scenario, load(COMPARATOR, registry), registry, workers, quiet=False
    )
    was, now = ({_key(one): one for one in each["predictions"]} for each in (found, again))
    different = sum(was.get(key) != now.get(key) for key in {*was, *now})
    return Again(len(was), different, found["model"] != code_fingerprint(MODEL))


def how_made(found: dict[str, Any], path: Path) -> tuple[ForecastDesign, Scenario]:
    """Return the design and the scenario that a forecast says it was made from.

    Raises:
        OutputError: It does not say so, or its draws came from a posterior that has changed.
    """
    try:
        made = _MadeFrom.model_validate(found)
        body = {key: value for key, value in made.scenario.items() if key != "name"}
        scenario = Scenario.model_validate(body)
    except ValueError:
        raise OutputError(f"{path} does not say how it was made.") from None
    design = ForecastDesign(**made.design.model_dump(exclude={"draw_seed"}))
    if made.posterior != source_hash(design.draws_from):
        raise OutputError(
            f"The draws of {path} came from a posterior that has changed since "
            f"({design.draws_from})."
        )
    return design, scenario


def _key(prediction: dict[str, Any]) -> tuple[str, str, int]:
    return prediction["quantity"], prediction["group"], prediction["year"]

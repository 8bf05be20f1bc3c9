"""A design: one YAML file that says which worlds a sweep runs.

The smallest one::

    baseline: fee_for_service_open
    policies: [bundle_weight_classes]
    share: 0.1
    seeds: 6
    draws: 20

Levers and uncertainties are named as in the registry (``zorgbundel parameters``). A lever holds in
the policies compared, from the policy year on; the baseline and history stay as they are. An
uncertainty holds everywhere and always.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from model.outcomes import SPLITS
from model.parameters import ParameterError, Registry
from model.parameters.located_yaml import Located, LocatedYamlError, read_located
from model.parameters.spelling import hint
from scenarios.complaint import ScenarioError, complaint
from scenarios.parts import Name, Number
from scenarios.schema import registry_of
from scenarios.sentences import at, first_problem

if TYPE_CHECKING:
    from model.simulation import Span

#: Levers that a scenario states in a place of its own; a design sets them there.
PARTICIPATION = {
    "practice_participation_share": "practices_share",
    "insurer_participation_share": "insurers_share",
}

#: Levers that change nothing when set, and what to set instead.
WITHOUT_EFFECT = {"bundle_price_quarter_average_patient": "bundle_price_factor"}

Sampling = Literal["grid", "latin_hypercube", "sobol", "morris"]


class SweepDesign(BaseModel):
    """What a sweep runs.

    Attributes:
        baseline: Scenario that the policies are compared with: a name of the library or a file.
        policies: Scenarios compared with it.
        share: Share of the country simulated.
        patients: Everybody eligible (GOLD II or higher), or only a cohort that is in treatment.
        years: Years of the policy window, from 2025.
        seeds: Pairs of worlds per point that differ by chance only.
        first_seed: First seed; seeds are consecutive.
        draws: Pairs of worlds per point that differ by assumptions.
        uncertainties: Uncertainties that the draws vary, or without draws the sampler; ``all``, or
            a list of names. Left out: all that there are if there are draws, else none.
        draws_from: ``prior``, ``posterior`` or the CSV file of one (``experiments.posteriors``).
            Left out: the posterior of the program if it fits the parameters.
        levers: By name: the values of a grid, or ``[low, high]`` for a sampler.
        sampling: How points are chosen: every combination, or a design of SciPy or SALib.
        samples: Size of the sampler: points of a Latin hypercube, N of a Sobol design (a power of
            two; it makes N x (2 x factors + 2) points), trajectories of a Morris design.
        settings: Parameters set for all worlds, by name; held fixed in every draw.
        splits: How outcomes are split in what is stored; ``all`` are national numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    baseline: Name
    policies: tuple[Name, ...] = Field(min_length=1)
    share: float = Field(0.1, strict=True, gt=0, le=1, allow_inf_nan=False)
    patients: Literal["eligible", "treated"] = "eligible"
    years: StrictInt = Field(5, ge=1, le=25)
    seeds: StrictInt = Field(6, ge=0, le=10_000_000)
    first_seed: StrictInt = Field(1, ge=0)
    draws: StrictInt = Field(0, ge=0, le=10_000_000)
    uncertainties: Literal["all"] | tuple[Name, ...] | None = None
    levers: dict[str, tuple[Number, ...]] = Field(default_factory=dict)
    draws_from: Name | None = None
    sampling: Sampling = "grid"
    samples: StrictInt | None = Field(None, ge=1, le=10_000_000)
    settings: dict[str, Number] = Field(default_factory=dict)
    splits: tuple[Literal["all", "gold", "income", "insurer", "practice_size", "age"], ...] = tuple(
        SPLITS
    )

    @field_validator("levers")
    @classmethod
    def _levers_exist(cls, levers: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        for name, values in levers.items():
            _check_lever(name, values, registry_of(info))
        return levers

    @field_validator("settings")
    @classmethod
    def _settings_exist(cls, settings: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        for name, value in settings.items():
            _check_range(name, value, registry_of(info), "parameter")
        return settings

    @field_validator("uncertainties")
    @classmethod
    def _uncertainties_exist(cls, names: Any, info: ValidationInfo) -> Any:
        known = [one.name for one in registry_of(info).by_role("uncertainty")]
        listed = names if isinstance(names, tuple) else ()
        for k, name in enumerate(listed):
            if name not in known:
                raise complaint(f"there is no uncertainty '{name}'{hint(name[:100], known)}", k)
            if name in listed[:k]:
                raise complaint(f"'{name}' is named twice", k)
        return names

    @field_validator("splits")
    @classmethod
    def _national_numbers_stay(cls, splits: tuple[str, ...]) -> tuple[str, ...]:
        if "all" not in splits:
            raise complaint("must contain 'all': every summary rests on the national numbers")
        return tuple(name for name in SPLITS if name in splits)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = (self.baseline, *self.policies)
        for k, name in enumerate(self.policies):
            if name in names[: k + 1]:
                raise complaint(f"'{name}' is named twice", "policies", k)
        if self.seeds + self.draws == 0:
            raise complaint("'seeds' and 'draws' are both 0, so there is nothing to run", "seeds")
        for name in self.settings:
            if name in self.levers or name in (self.uncertainties or ()):
                raise complaint(f"'{name}' is fixed under 'settings' and varied elsewhere", name)
        self._check_sampler()
        return self

    def _check_sampler(self) -> None:
        """Refuse a sampler without a size or range, or a grid with one."""
        if self.sampling == "grid":
            if self.samples is not None:
                raise complaint("'samples' needs a 'sampling' other than grid", "samples")
            if self.uncertainties is not None and not self.draws:
                raise complaint("'uncertainties' need 'draws' or a sampler to vary them", "draws")
            return
        if self.samples is None:
            raise complaint(f"'sampling: {self.sampling}' needs 'samples'", "sampling")
        if self.sampling == "sobol" and self.samples & (self.samples - 1):
            raise complaint("'samples' of a Sobol design must be a power of two", "samples")
        for name, values in self.levers.items():
            if len(values) != 2 or not values[0] < values[1]:
                raise complaint(f"a sampler needs '{name}: [low, high]'", "levers", name)
        if not self.levers and (self.uncertainties is None or self.draws):
            raise complaint("the sampler has no 'levers' or 'uncertainties' to vary", "sampling")

    @property
    def span(self) -> "Span":
        """The simulated period."""
        return span_of(self.years)

    def uncertain(self, registry: Registry) -> tuple[str, ...]:
        """Return the uncertainties varied, by the draws or by the sampler, in registry order."""
        chosen = self.uncertainties
        if chosen is None:
            chosen = "all" if self.draws else ()
        return tuple(
            one.name
            for one in registry.by_role("uncertainty")
            if (chosen == "all" or one.name in chosen) and one.name not in self.settings
        )

    def source(self, registry: Registry) -> str:
        """Return where draws come from (``experiments.posteriors.draws.choose_source``).

        Raises:
            OutputError, ParameterError: The posterior asked for cannot be used.
        """
        return self.chosen_source(registry)[0]

    def chosen_source(self, registry: Registry) -> tuple[str, str]:
        """Return ``source``, and a sentence if that is not what one would expect."""
        from experiments.posteriors.draws import PRIOR, choose_source

        return choose_source(registry, self.draws_from) if self.draws else (PRIOR, "")

    def sampled(self, registry: Registry) -> tuple[str, ...]:
        """Return what the points vary: levers, and uncertainties if the sampler varies them."""
        by_sampler = self.sampling != "grid" and not self.draws
        return (*self.levers, *(self.uncertain(registry) if by_sampler else ()))

    def inputs(self, registry: Registry) -> tuple[str, ...]:
        """Return everything that differs between runs, levers first."""
        return (*self.levers, *self.uncertain(registry))


def span_of(years: int) -> "Span":
    """Return the usual period with so many years of policy."""
    from model.simulation import Span  # the whole world comes with it

    usual = Span()
    return Span(usual.first_year, usual.policy_year, usual.policy_year + years - 1)


def read_design(path: Path, registry: Registry) -> SweepDesign:
    """Read and check a design; files that it names are looked for from its own folder.

    Raises:
        ScenarioError: At the first thing that is wrong, with its line.
    """
    try:
        located = read_located(path)
    except LocatedYamlError as error:
        raise ScenarioError(str(error)) from None
    try:
        design = SweepDesign.model_validate(located.data, context={"registry": registry})
    except ValidationError as error:
        raise _sentence(error, located) from None
    if design.draws_from in (None, "prior", "posterior"):
        return design
    return design.model_copy(update={"draws_from": str(path.parent / design.draws_from)})


def _sentence(error: ValidationError, located: Located) -> ScenarioError:
    """Return what is wrong; a key nobody knows comes first, as it explains one that is missing."""
    for problem in error.errors(include_url=False):
        if problem["type"] == "extra_forbidden":
            key = str(problem["loc"][-1])
            tail = hint(key[:100], SweepDesign.model_fields)
            return at(located, f"unknown key '{key[:60]}'{tail}", *problem["loc"])
    return first_problem(error, located)


def _check_lever(name: str, values: tuple[float, ...], registry: Registry) -> None:
    """Refuse a lever that is none, has no effect, or would take a value it cannot have."""
    levers = [lever.name for lever in registry.by_role("lever")]
    if name not in levers:
        raise complaint(f"there is no lever '{name[:100]}'{hint(name[:100], levers)}", name)
    if name in WITHOUT_EFFECT:
        raise complaint(f"'{name}' changes nothing here; use '{WITHOUT_EFFECT[name]}'", name)
    if not values:
        raise complaint(f"'{name}' has no values", name)
    for k, value in enumerate(values):
        if value in values[:k]:
            raise complaint(f"'{name}' has the value {value:g} twice", name)
        _check_range(name, value, registry, "lever")


def _check_range(name: str, value: float, registry: Registry, kind: str) -> None:
    if name not in registry:
        raise complaint(f"there is no {kind} '{name[:100]}'{hint(name[:100], registry)}", name)
    try:
        registry.values({name: value})
    except ParameterError as error:
        raise complaint(str(error), name) from None

"""The worlds of an evaluation: what is run, and how it is kept (``experiments.sweeps``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from experiments.posteriors.draws import PRIOR
from experiments.power.kept_panels import PanelCommon
from experiments.power.uptake import WAYS, allocation
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.kept_worlds import HowMade, enough, kept_worlds
from experiments.sweeps.planned_runs import common
from experiments.sweeps.store import Store
from model.parameters import Registry
from model.simulation import Span
from scenarios.schema import Scenario

#: Evaluations drawn for each way of uptake and year.
REPLICATIONS = 200

#: Fewest worlds that say anything of chance.
FEWEST_SEEDS = 2


@dataclass(frozen=True)
class EvaluationDesign:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policy: Name of the policy.
        uptake: Ways to decide who takes part, first the one that is reported at length.
        practices: Practices in an evaluation; None for all that one world simulates.
        years: Years of the policy window.
        share: Share of the country in one world.
        seeds: Worlds that differ by chance.
        draws: Worlds that differ by assumptions.
        settings: Parameters set by the user, by name.
        first_seed: First seed; seeds are consecutive.
        replications: Evaluations drawn.
        draws_from: Where the draws come from (``experiments.posteriors.draws``).
    """

    baseline: str
    policy: str
    uptake: tuple[str, ...] = WAYS
    practices: int | None = None
    years: int = 5
    share: float = 0.1
    seeds: int = 6
    draws: int = 10
    settings: Mapping[str, float] = field(default_factory=dict)
    first_seed: int = 1
    replications: int = REPLICATIONS
    draws_from: str = PRIOR

    @property
    def span(self) -> Span:
        """Simulated period."""
        return Span(last_year=Span().policy_year + self.years - 1)

    @property
    def sweep(self) -> SweepDesign:
        """The worlds, as a sweep whose policies are the ways to decide who takes part."""
        return SweepDesign(
            baseline=self.baseline, policies=self.uptake, share=self.share, years=self.years,
            seeds=self.seeds, first_seed=self.first_seed, draws=self.draws,
            draws_from=self.draws_from, settings=dict(self.settings), splits=("all",),
        )  # fmt: skip


def worlds_of(
    design: EvaluationDesign, scenarios: Mapping[str, Scenario], registry: Registry
) -> PanelCommon:
    """Return what all runs share: the baseline, and the policy under every way of uptake."""
    shared = common(design.sweep, scenarios, registry)
    policy = shared.policies[design.policy]
    ways = {name: allocation(policy, name, design.years) for name in design.uptake}
    worlds = {design.baseline: shared.policies[design.baseline]}
    worlds |= {name: one for name, (one, _) in ways.items()}
    waves = {name: count for name, (_, count) in ways.items() if count > 1}
    return PanelCommon(**vars(replace(shared, policies=worlds)), waves=waves)


def evaluate_worlds(
    design: EvaluationDesign, scenarios: Mapping[str, Scenario], registry: Registry, how: HowMade
) -> Store:
    """Make the worlds of a design that are not there yet, and return all of them.

    Args:
        design: What to run.
        scenarios: Both scenarios by name, the baseline first.
        registry: Parameters.
        how: How worlds are made, and where they are kept.

    Raises:
        OutputError: Too few worlds came to an end.
    """
    shared = worlds_of(design, scenarios, registry)
    store = kept_worlds(design.sweep, scenarios, registry, how, shared)
    enough(store, "seed", FEWEST_SEEDS, how.language)
    return store

"""Does a result hold whatever moves therapists? The paired effect under each theory of behaviour.

Behaviour is a hypothesis, not a constant. Both worlds, and the history they share, are lived under
each theory in turn, with central parameters and the same seeds; a verdict per measure says whether
the effect is the same under all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from experiments.comparison import SUMS
from experiments.importance import nil_band
from experiments.paired import WINDOW, effects, values
from experiments.runner import Task, run_tasks, warm_up_compiler
from model.codes import THEORIES
from model.outcomes import BY_ID, MEASURES, Measure
from model.parameters import ParameterSet, Registry
from model.policy import HISTORY, Policy
from model.simulation import Span

if TYPE_CHECKING:
    from experiments.kept_tasks import Simulate

#: The variant of the default theory that is no theory of motives; it has a column, not a part of
#: the mix.
VARIANTS = ("monotone_benefit",)
MIX = "mix"
_MIXED = tuple(name for name in THEORIES if name not in VARIANTS)

#: Shares of therapists by theory, for each column of the comparison: every theory alone, and an
#: equal mix (a declared assumption: nobody has counted).
SHARES: dict[str, dict[str, float]] = {
    **{name: {name: 1.0} for name in THEORIES},
    MIX: {name: 1.0 / len(_MIXED) for name in _MIXED},
}


@dataclass(frozen=True)
class TheoryDesign:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policy: Name of the policy compared with it.
        seeds: Number of seeds.
        share: Share of the country simulated.
        settings: Parameters set by the user, by name.
        first_seed: First seed; seeds are consecutive.
        span: Simulated period.
    """

    baseline: str
    policy: str
    seeds: int = 3
    share: float = 0.1
    settings: Mapping[str, float] = field(default_factory=dict)
    first_seed: int = 1
    span: Span = field(default_factory=Span)


ROBUST, FRAGILE, UNCLEAR = "robust", "fragile", "unclear"
#: What each kind of finding comes to.
WORD_OF = {
    **dict.fromkeys(("rises", "falls", "nil"), ROBUST),
    **dict.fromkeys(("turns", "depends"), FRAGILE),
    **dict.fromkeys(("partly", "none"), UNCLEAR),
}


@dataclass(frozen=True)
class Verdict:
    """What all theories together say about one measure.

    Attributes:
        measure: Id of the measure.
        kind: "rises", "falls" or "nil" if robust; "turns" (it rises under one and falls under
            another) or "depends" (an effect under one, practically none under another) if fragile;
            "partly" (clear under some, chance may explain the others) or "none" (clear under none)
            if unclear.
        up: Theories under which it clearly rises.
        down: Theories under which it clearly falls.
        nil: Theories under which it is practically nil and not clear of zero.
    """

    measure: str
    kind: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    nil: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Robust, fragile or unclear."""
        return WORD_OF[self.kind]


@dataclass(frozen=True)
class TheoryComparison:
    """Results.

    Attributes:
        design: What was run.
        effects: Paired effects over the window (``experiments.paired.effects``), with a column
            ``theory``; national.
        verdicts: One per measure, in the order of the declarations.
    """

    design: TheoryDesign
    effects: pd.DataFrame
    verdicts: tuple[Verdict, ...]

    def effect(self, theory: str, measure: str) -> pd.Series:
        """Return the effect on one measure under one theory."""
        e = self.effects
        return e[(e["theory"] == theory) & (e["measure"] == measure)].iloc[0]


def under(policy: Policy, shares: Mapping[str, float]) -> Policy:
    """Return a policy whose world is moved by these theories from the first month of history."""
    return replace(policy, theories=dict(shares), theories_in_history=True)


def tasks(
    design: TheoryDesign, policies: Mapping[str, Policy], parameters: ParameterSet
) -> list[Task]:
    """Return one task per theory and seed; its kind is the name of the theory."""
    seeds = range(design.first_seed, design.first_seed + design.seeds)
    return [
        Task(
            name,
            seed,
            seed,
            parameters,
            {world: under(policies[world], shares) for world in (design.baseline, design.policy)},
            design.share,
            design.span,
            design.baseline,
            under(HISTORY, shares),
        )
        for name, shares in SHARES.items()
        for seed in seeds
    ]


def compare_theories(
    design: TheoryDesign,
    policies: Mapping[str, Policy],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
    simulate: "Simulate | None" = None,
) -> TheoryComparison:
    """Run a design and return effects and verdicts.

    Args:
        design: What to run.
        policies: Policy of both scenarios, by name.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished task.
        simulate: Runs the tasks, if not ``run_tasks`` (``experiments.kept_tasks`` goes on where
            it was left).
    """
    jobs = tasks(design, policies, registry.values(design.settings))
    warm_up_compiler(registry.values(), policies)
    results = [one.outcomes for one in (simulate or run_tasks)(jobs, workers, done)]
    runs = pd.concat(results, ignore_index=True)
    runs = runs[runs["split"] == "all"].sort_values(
        ["kind", "index", "policy", "year", "measure"], ignore_index=True
    )
    found = pd.concat(
        [theory_effects(runs[runs["kind"] == name], name, design.baseline) for name in SHARES],
        ignore_index=True,
    )
    return TheoryComparison(design, found, verdicts(found))


def theory_effects(runs: pd.DataFrame, theory: str, baseline: str) -> pd.DataFrame:
    """Return the paired effects over the window under one theory, national."""
    table = values(runs.assign(kind="seed"), SUMS)
    found = effects(table[table["year"] == WINDOW], baseline)
    columns = ["measure", "baseline", "mean", "monte_carlo_low", "monte_carlo_high", "seeds"]
    return found[columns].assign(theory=theory)


def verdicts(found: pd.DataFrame) -> tuple[Verdict, ...]:
    """Return the verdict on each measure, in the order of the declarations."""
    return tuple(verdict(measure, found[found["measure"] == measure.id]) for measure in MEASURES)


def verdict(measure: Measure, found: pd.DataFrame) -> Verdict:
    """Return whether an effect is robust against the theory of behaviour.

    Robust: under all theories the same sign, with every Monte Carlo interval clear of zero; or
    under all theories practically nil, with every interval inside ``nil_band``.

    Fragile: theories are seen to differ. One shows an effect, its interval clear of zero and not
    inside the band, and another shows the opposite sign or is practically nil.

    Unclear: everything else. Nothing contradicts, but under some theories the interval holds zero
    and is wider than the band, so chance may explain it; more seeds or a larger share may tell.

    Args:
        measure: The measure.
        found: Its effect under each theory: theory, baseline, mean, monte_carlo_low and _high.
    """
    low, high = found["monte_carlo_low"], found["monte_carlo_high"]
    band = found["baseline"].map(lambda baseline: nil_band(measure, baseline))
    up = tuple(found.loc[low > 0.0, "theory"])
    down = tuple(found.loc[high < 0.0, "theory"])
    small = (low >= -band) & (high <= band)
    nil = tuple(found.loc[small & (low <= 0.0) & (high >= 0.0), "theory"])
    if len(up) == len(found):
        return Verdict(measure.id, "rises", up, down)
    if len(down) == len(found):
        return Verdict(measure.id, "falls", up, down)
    if bool(small.all()):
        return Verdict(measure.id, "nil", up, down, nil)
    effect = bool((((low > 0.0) | (high < 0.0)) & ~small).any())
    if effect and up and down:
        kind = "turns"
    elif effect and bool(small.any()):
        kind = "depends"
    else:
        kind = "partly" if up or down or nil else "none"
    return Verdict(measure.id, kind, up, down, nil)


def measure_of(verdict: Verdict) -> Measure:
    """Return the measure a verdict is about."""
    return BY_ID[verdict.measure]

"""The safe corridor: how wide a risk corridor may be before spending or undertreatment runs away.

A risk corridor leaves a practice its result within a band, and shares what lies outside it with the
insurer. Wide: the practice bears everything (a plain bundle). Narrow, with a large part for the
insurer: nearly a fee per session again. Every width and part is lived in the same worlds, over all
draws of the assumptions; a corridor is safe if, in enough of them, spending stays within a margin
and undertreatment rises by no more than another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from experiments.comparison import SUMS
from experiments.intervals import share_interval
from experiments.paired import WINDOW, values
from experiments.posteriors.draws import PRIOR
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.kept_worlds import HowMade, enough, kept_worlds
from experiments.sweeps.planned_runs import Common, common
from experiments.sweeps.store import Store
from model.contracts.risk_corridor import RiskCorridor
from model.parameters import Registry
from model.policy import Policy
from scenarios.schema import Scenario

SPENDING, UNDERTREATED = "paramedical_spending", "undertreated_share"

#: Fewest draws of which a share means anything.
FEWEST_DRAWS = 2


@dataclass(frozen=True)
class CorridorDesign:
    """What to run.

    Attributes:
        baseline: Name of the baseline scenario.
        policy: Name of the scenario that gets the corridor; one that it has is replaced.
        widths: Half widths of the band, shares of revenue.
        insurer_parts: Parts of the result outside the band that go to, or come from, the insurer.
        draws: Draws of the assumptions.
        spending_within: Spending may rise by this part of the baseline's.
        undertreatment_within: The share of undertreated patient-quarters may rise by this.
        sure: Probability from which on a corridor counts as safe.
        share: Share of the country simulated.
        settings: Parameters set by the user, by name.
        draws_from: Where the draws come from (``experiments.posteriors.draws``).
        years: Years of the policy window.
    """

    baseline: str
    policy: str
    widths: tuple[float, ...] = (0.0, 0.025, 0.05, 0.1, 0.2)
    insurer_parts: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)
    draws: int = 20
    spending_within: float = 0.02
    undertreatment_within: float = 0.05
    sure: float = 0.8
    share: float = 0.1
    settings: Mapping[str, float] = field(default_factory=dict)
    draws_from: str = PRIOR
    years: int = 5

    @property
    def corridors(self) -> dict[str, tuple[float, float]]:
        """Width and insurer's part of each corridor, by the name of its world."""
        return {
            f"width {width:g}, insurer {part:g}": (width, part)
            for width in self.widths
            for part in self.insurer_parts
        }

    @property
    def sweep(self) -> SweepDesign:
        """The worlds, as a sweep of draws: each holds the policy as it is, and every corridor."""
        return SweepDesign(
            baseline=self.baseline, policies=(self.policy, *self.corridors), share=self.share,
            years=self.years, seeds=0, draws=self.draws, draws_from=self.draws_from,
            settings=dict(self.settings), splits=("all",),
        )  # fmt: skip


def with_corridor(policy: Policy, width: float, insurer_part: float) -> Policy:
    """Return a policy with this corridor instead of any it had."""
    clauses = tuple(clause for clause in policy.clauses if not isinstance(clause, RiskCorridor))
    corridor = RiskCorridor(clause="risk_corridor", width=width, kept=1.0 - insurer_part)
    return replace(policy, clauses=(*clauses, corridor))


def worlds_of(
    design: CorridorDesign, scenarios: Mapping[str, Scenario], registry: Registry
) -> Common:
    """Return what all runs share: baseline, the policy as it is, and every corridor."""
    shared = common(design.sweep, scenarios, registry)
    policies = {name: shared.policies[name] for name in (design.baseline, design.policy)}
    for name, (width, part) in design.corridors.items():
        policies[name] = with_corridor(policies[design.policy], width, part)
    return replace(shared, policies=policies)


def safe_corridor(
    design: CorridorDesign, scenarios: Mapping[str, Scenario], registry: Registry, how: HowMade
) -> tuple[pd.DataFrame, Store]:
    """Make the worlds of a design that are not there yet; return its table and all worlds.

    Args:
        design: What to run.
        scenarios: Both scenarios by name, the baseline first.
        registry: Parameters.
        how: How worlds are made, and where they are kept.

    Returns:
        The table of corridors (``judged``), and the worlds behind it.

    Raises:
        OutputError: Too few worlds came to an end.
    """
    shared = worlds_of(design, scenarios, registry)
    store = kept_worlds(design.sweep, scenarios, registry, how, shared)
    enough(store, "draw", FEWEST_DRAWS, how.language)
    runs = store.outcomes([SPENDING, UNDERTREATED]).drop(columns=["run", "point"])
    return judged(design, runs), store


def judged(design: CorridorDesign, runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row per corridor, the policy as it is (without one, or with its own) first.

    Columns: width and insurer_part (not-a-number for the policy as it is), spending (mean relative
    effect), undertreatment (mean effect), spending_hits, undertreatment_hits, hits (draws within
    one margin, the other, and both), draws, probability (of both), low, high (Wilson 95 %), safe
    (probability at least ``design.sure``), certain (its whole interval is).
    """
    table = values(runs, SUMS)
    wide = table[table["year"] == WINDOW].pivot_table(
        index="index", columns=["measure", "policy"], values="value"
    )
    money, under = wide[SPENDING], wide[UNDERTREATED]
    rows = []
    nothing = {design.policy: (float("nan"), float("nan"))}
    for name, (width, part) in (nothing | design.corridors).items():
        spending = money[name] / money[design.baseline] - 1.0
        undertreatment = under[name] - under[design.baseline]
        cheap = spending <= design.spending_within
        treated = undertreatment <= design.undertreatment_within
        hits, of = int((cheap & treated).sum()), len(wide)
        low, high = share_interval(hits, of)
        rows.append(
            {
                "width": width, "insurer_part": part, "spending": spending.mean(),
                "undertreatment": undertreatment.mean(), "spending_hits": int(cheap.sum()),
                "undertreatment_hits": int(treated.sum()), "hits": hits, "draws": of,
                "probability": hits / of, "low": low, "high": high,
                "safe": hits / of >= design.sure, "certain": low >= design.sure,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)

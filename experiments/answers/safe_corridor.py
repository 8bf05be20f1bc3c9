"""The safe corridor: how wide a risk corridor may be before spending or undertreatment runs away.

A risk corridor leaves a practice its result within a band, and shares what lies outside it with the
insurer. Wide: the practice bears everything (a plain bundle). Narrow, with a large part for the
insurer: nearly a fee per session again. Every width and part is lived in the same worlds, over all
draws of the assumptions; a corridor is safe if, in enough of them, spending stays within a margin
and undertreatment rises by no more than another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from experiments.comparison import DRAW_SEED, SUMS
from experiments.paired import WINDOW, share_interval, values
from experiments.posteriors.draws import PRIOR, draws
from experiments.runner import Task, run_tasks, warm_up_compiler
from model.contracts.risk_corridor import RiskCorridor
from model.parameters import Registry
from model.policy import Policy
from model.simulation import Span

SPENDING, UNDERTREATED = "paramedical_spending", "undertreated_share"


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
        span: Simulated period.
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
    span: Span = field(default_factory=Span)

    @property
    def corridors(self) -> dict[str, tuple[float, float]]:
        """Width and insurer's part of each corridor, by the name of its world."""
        return {
            f"width {width:g}, insurer {part:g}": (width, part)
            for width in self.widths
            for part in self.insurer_parts
        }


def with_corridor(policy: Policy, width: float, insurer_part: float) -> Policy:
    """Return a policy with this corridor instead of any it had."""
    clauses = tuple(clause for clause in policy.clauses if not isinstance(clause, RiskCorridor))
    corridor = RiskCorridor(clause="risk_corridor", width=width, kept=1.0 - insurer_part)
    return replace(policy, clauses=(*clauses, corridor))


def tasks(design: CorridorDesign, policies: Mapping[str, Policy], registry: Registry) -> list[Task]:
    """Return one task per draw: baseline, the policy as it is, and every corridor."""
    worlds = {name: policies[name] for name in (design.baseline, design.policy)}
    for name, (width, part) in design.corridors.items():
        worlds[name] = with_corridor(policies[design.policy], width, part)
    task = partial(Task, policies=worlds, share=design.share, span=design.span)
    return [
        task("draw", k, DRAW_SEED, p.replace(design.settings))
        for k, p in enumerate(draws(registry, design.draws, DRAW_SEED, design.draws_from))
    ]


def safe_corridor(
    design: CorridorDesign,
    policies: Mapping[str, Policy],
    registry: Registry,
    workers: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Run a design and return the table of corridors (``judged``).

    Args:
        design: What to run.
        policies: Policy of both scenarios, by name.
        registry: Parameters.
        workers: Processes; None for one per core.
        done: Called after each finished task.
    """
    warm_up_compiler(registry.values(), policies)
    parts = []
    for one in run_tasks(tasks(design, policies, registry), workers, done):
        runs = one.outcomes
        wanted = (runs["split"] == "all") & runs["measure"].isin([SPENDING, UNDERTREATED])
        parts.append(runs[wanted])
    return judged(design, pd.concat(parts, ignore_index=True))


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
